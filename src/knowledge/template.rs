//! Placeholders in the texts of the knowledge files, and their replacement.

/// Names that may be in braces in a title, impact, step, command or verification text.
///
/// - `{rooms}` lists every subject of the finding, `{room}` is the first one.
/// - `{permission}` and `{api}` are the permission ResourceXpress needs and the title of the API it belongs to; with
///   `grant.surplus`, `{permission}` lists the surplus ones, and with `grant.calendars-read-only` it is the one held.
/// - `{consequence}` is what does not work in ResourceXpress without the permissions of `{permission}`.
/// - `{other_cloud}` is the id of the cloud in which the tenant was found, and `{other_cloud_name}` its name for people.
/// - `{code}` is the service's code as people look it up, such as `AADSTS7000222`.
/// - `{rbac_role}` is the Exchange role that grants what the finding lacks, on the API of its connection; `{scope_name}`
///   and `{scope_filter}` are the management scope for it, which holds the mailboxes of this check and no others.
/// - `{limit}` is a time limit with its unit, `{date}` a day, `{days}` a number of days.
/// - `{connections}` names the connections of a migration plan, `{cloud_name}` is the name of their cloud for people, and
///   `{name}` the location or resource profile with its own settings.
/// - `{portal}` is the address of the Entra admin center of the cloud; `{permission_id}` and `{api_id}` are the GUIDs of a
///   permission and of the app of its API.
/// - `{detail}` is what was observed, in a few words or the service's own; each text states what it expects there.
///
/// Inside a command the caller supplies values that are already quoted for the command's shell (`{rooms}` as
/// `'a','b'`), so no template puts quotes around a placeholder.
pub const PLACEHOLDERS: &[&str] = &[
    "tenant_id",
    "client_id",
    "app_name",
    "connection",
    "room",
    "rooms",
    "service_account",
    "sender",
    "sign_in_host",
    "graph_url",
    "ews_url",
    "host",
    "port",
    "lookup",
    "api_path",
    "permission",
    "consequence",
    "api",
    "code",
    "detail",
    "date",
    "days",
    "secret_id",
    "right_address",
    "user_agent",
    "other_cloud",
    "other_cloud_name",
    "consent_url",
    "issuer",
    "limit",
    "rbac_role",
    "scope_name",
    "scope_filter",
    "connections",
    "cloud_name",
    "name",
    "portal",
    "permission_id",
    "api_id",
];

/// Replaces every `{name}` in `template` by what `values` returns for that name.
///
/// A name without a value becomes a marker a reader understands, such as `<tenant id>`. Values are inserted as they are
/// and never searched for placeholders themselves. Braces around anything but lower-case letters and underscores, as
/// script blocks have them, stay untouched.
pub fn fill(template: &str, values: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        filled.push_str(&values(name).unwrap_or_else(|| marker(name)));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The names in braces of a template, in order and with repetitions.
pub fn placeholders(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, name, after)) = next_placeholder(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// Splits at the first placeholder: the text before it, its name, the text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let inside = &text[open + 1..];
        let length = inside
            .find(|c: char| !c.is_ascii_lowercase() && c != '_')
            .unwrap_or(inside.len());
        if length > 0 && inside[length..].starts_with('}') {
            return Some((&text[..open], &inside[..length], &inside[length + 1..]));
        }
        // A brace of a script block is not a placeholder, but one can follow inside the block.
        from = open + 1;
    }
    None
}

/// What is in the text while a value is missing, such as `<tenant id>`.
pub fn marker(name: &str) -> String {
    format!("<{}>", name.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> Option<String> {
        match name {
            "room" => Some("{rooms}".to_owned()),
            "client_id" => Some("'9a41'".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn values_replace_their_names_and_are_not_searched_again() {
        assert_eq!(
            fill("Test -Identity {room} -AppId {client_id}.", &sample),
            "Test -Identity {rooms} -AppId '9a41'."
        );
    }

    #[test]
    fn a_missing_value_becomes_a_readable_marker() {
        assert_eq!(fill("tenant {tenant_id}", &sample), "tenant <tenant id>");
        assert_eq!(fill("{nonsense_name}", &sample), "<nonsense name>");
    }

    #[test]
    fn script_blocks_and_lone_braces_stay_as_they_are() {
        let script = "ForEach-Object { $_.Trim() } @{n='Room'} {} { {room";
        assert_eq!(fill(script, &sample), script);
        assert!(placeholders(script).is_empty());
    }

    #[test]
    fn text_beyond_ascii_is_kept() {
        assert_eq!(fill("Größe {client_id} – Ä{", &sample), "Größe '9a41' – Ä{");
    }

    #[test]
    fn names_are_listed_in_order() {
        assert_eq!(placeholders("{a}{ x }{b}{a}"), ["a", "b", "a"]);
    }

    #[test]
    fn no_placeholder_is_listed_twice() {
        let mut names = PLACEHOLDERS.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PLACEHOLDERS.len());
    }
}
