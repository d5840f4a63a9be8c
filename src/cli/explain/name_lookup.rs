//! Explains names that are neither a code nor an id: permissions, groups, and words in names. Also corrects mistyped names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::knowledge;
use crate::settings::nearest;
use crate::terms::{CauseId, CheckId, Resource};

use super::cause_text::{self, plain};

/// Minimum length of a word that is searched for: too many names contain a shorter one.
const MIN_WORD_LENGTH: usize = 4;

/// Maximum number of names that a word may match: with more of them, it is too common to mean anything.
const MAX_MATCHES: usize = 25;

const MIGRATE: &str = "rx-preflight migrate checks the connections that use EWS also as they would be on Microsoft Graph. It states for \
                       each room whether it would work, for each connection whether it can switch, and what to do first.";

/// Explains a typed name, if it is known.
pub(super) fn explain(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.');
    permission(name)
        .or_else(|| move_to_graph(name))
        .or_else(|| group(name))
        .or_else(|| word(name))
}

/// Explains the command that plans the move from EWS to Graph, with the reason for it.
fn move_to_graph(name: &str) -> Option<String> {
    if !["migrate", "migration"].contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let mut output = format!("{MIGRATE}\n\n");
    cause_text::write_cause_line(&mut output, knowledge::cause(CauseId::EwsRetiring), true);
    let _ = writeln!(
        output,
        "  See also: rx-preflight explain {}\n",
        CauseId::EwsRetiring
    );
    Some(output)
}

/// Explains a permission, for every API that has it.
pub(super) fn permission(name: &str) -> Option<String> {
    let mut output = String::new();
    let roles = knowledge::roles().iter();
    for role in roles.filter(|role| role.value.eq_ignore_ascii_case(name)) {
        let (value, api, title) = (&role.value, role.api, &role.title);
        let _ = writeln!(
            output,
            "{value} (application permission of {}): {title}",
            api.title()
        );
        let _ = writeln!(output, "  It allows: {}", role.allows);
        match needs().find(|need| need.api == api && need.value == *value) {
            Some(need) => write_need(&mut output, need),
            None => write_substitute(&mut output, api, value),
        }
        output.push('\n');
    }
    for (api, value) in knowledge::delegated_names() {
        if value.eq_ignore_ascii_case(name) {
            write_delegated_permission(&mut output, api, value);
        }
    }
    (!output.is_empty()).then_some(output)
}

fn write_delegated_permission(output: &mut String, api: Resource, value: &str) {
    let _ = writeln!(output, "{value} (delegated permission of {})", api.title());
    output.push_str(
        "  Portals and templates add it automatically. ResourceXpress signs in as an app and does not use it.\n",
    );
    let cause = CauseId::RegistrationDelegatedInsteadOfApplication;
    let _ = writeln!(output, "  See also: rx-preflight explain {cause}\n");
}

fn needs() -> impl Iterator<Item = &'static knowledge::Need> {
    knowledge::needs()
        .iter()
        .chain([knowledge::room_list_need()])
}

fn write_need(output: &mut String, need: &knowledge::Need) {
    let _ = writeln!(output, "  It is needed to {}.", need.purpose);
    if let Some(role) = &need.exchange_rbac_role {
        let _ = writeln!(
            output,
            "  In Exchange, the role '{role}' with a scope grants the same for some mailboxes only."
        );
    }
    output.push_str("  If it is missing, see:\n  ");
    cause_text::write_cause_line(output, knowledge::cause(need.missing_cause), true);
}

/// Writes how a permission that ResourceXpress does not need relates to one that it needs.
fn write_substitute(output: &mut String, api: Resource, value: &str) {
    let _ = match substitute(api, value) {
        Substitute::Full(need) => writeln!(
            output,
            "  It also covers {}, which ResourceXpress needs to {}.",
            need.value, need.purpose
        ),
        Substitute::Partial(need) => writeln!(
            output,
            "  It is not enough in place of {}, which ResourceXpress needs to {}.",
            need.value, need.purpose
        ),
        Substitute::Namesake(need) => writeln!(
            output,
            "  It resembles {} of {}, but does not replace it.",
            need.value,
            need.api.title()
        ),
        Substitute::Unrelated => writeln!(output, "  ResourceXpress does not need it."),
    };
}

/// How a permission relates to the permissions that ResourceXpress needs.
enum Substitute {
    /// It includes a needed permission.
    Full(&'static knowledge::Need),
    /// It includes a part of a needed permission.
    Partial(&'static knowledge::Need),
    /// It has the name of a needed permission, on another API.
    Namesake(&'static knowledge::Need),
    Unrelated,
}

fn substitute(api: Resource, value: &str) -> Substitute {
    let lists = |values: &[String]| values.iter().any(|one| one == value);
    let mut of_api = needs().filter(|need| need.api == api);
    if let Some(need) = of_api.find(|need| lists(&need.full)) {
        return Substitute::Full(need);
    }
    // The search above has used up its iterator.
    let mut of_api = needs().filter(|need| need.api == api);
    if let Some(need) = of_api.find(|need| lists(&need.read_only) || lists(&need.basic)) {
        return Substitute::Partial(need);
    }
    let namesake = needs().find(|need| {
        need.same_name_elsewhere
            .iter()
            .any(|one| one.api == api && one.value == value)
    });
    namesake.map_or(Substitute::Unrelated, Substitute::Namesake)
}

/// Lists the causes and checks of a group, such as `mailbox`.
fn group(name: &str) -> Option<String> {
    let prefix = format!(
        "{}.",
        name.trim_end_matches(['.', '*']).to_ascii_lowercase()
    );
    let lines = matching_lines(|id| id.starts_with(&prefix));
    list_of_matches(&lines, &format!("Entries in the group `{name}`"))
}

/// Lists everything whose name contains a word.
fn word(name: &str) -> Option<String> {
    let word = name.to_ascii_lowercase();
    let has_separator = word.contains(|mark: char| mark.is_whitespace() || mark == '.');
    if word.len() < MIN_WORD_LENGTH || has_separator {
        return None;
    }
    let lines = matching_lines(|id| id.to_ascii_lowercase().contains(&word));
    if lines.len() > MAX_MATCHES {
        return None;
    }
    list_of_matches(&lines, &format!("Entries with `{name}` in their name"))
}

/// A line for each check, cause, code and permission whose name matches.
fn matching_lines(matches: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for check in CheckId::ALL.iter().filter(|check| matches(check.as_str())) {
        let title = &knowledge::check(*check).title;
        lines.insert(format!("{check} (check): {title}"));
    }
    for cause in knowledge::causes() {
        if matches(cause.id.as_str()) {
            lines.insert(format!("{} (cause): {}", cause.id, plain(&cause.title)));
        }
    }
    for entry in knowledge::codes() {
        if matches(&entry.code) {
            lines.insert(format!("{} (code): {}", entry.code, entry.text));
        }
    }
    for role in knowledge::roles() {
        if matches(&role.value) {
            let (value, api, title) = (&role.value, role.api.title(), &role.title);
            lines.insert(format!("{value} (permission of {api}): {title}"));
        }
    }
    lines
}

fn list_of_matches(lines: &BTreeSet<String>, heading: &str) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let mut output = format!("{heading} (run `rx-preflight explain NAME` for one of them):\n");
    for line in lines {
        let _ = writeln!(output, "  {line}");
    }
    output.push('\n');
    Some(output)
}

/// Known name that is closest to a mistyped one.
pub(super) fn nearest_name(name: &str) -> Option<&'static str> {
    let is_name =
        name.len() >= MIN_WORD_LENGTH && name.len() < 80 && !name.contains(char::is_whitespace);
    if !is_name {
        return None;
    }
    let mut names: Vec<&'static str> = knowledge::causes()
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    names.extend(CheckId::ALL.iter().map(|check| check.as_str()));
    names.extend(knowledge::codes().iter().map(|entry| entry.code.as_str()));
    names.extend(knowledge::roles().iter().map(|role| role.value.as_str()));
    nearest(name, &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_groups_and_words_are_explained() {
        for (name, expected) in [
            ("full_access_as_app", "  grant.full-access-as-app-missing"),
            ("mail.send", "  grant.mail-send-missing"),
            ("User.Read", "(delegated permission of"),
            ("Place.Read.All", "settings.rooms-not-listed"),
            (
                "Calendars.ReadBasic",
                "It is not enough in place of Calendars.ReadWrite",
            ),
            ("Directory.Read.All", "It also covers"),
            ("impersonation", "ews.impersonation-denied (cause)"),
            ("mailbox", "mailbox.moving (cause)"),
            ("ews.", "ews.disabled (cause)"),
        ] {
            let output = explain(name).unwrap_or_default();
            assert!(output.contains(expected), "{name}: {output}");
        }
        for name in ["the", "error", "nothing-that-anybody-knows", "two words"] {
            assert_eq!(explain(name), None, "{name}");
        }
    }

    #[test]
    fn a_mistyped_name_is_corrected() {
        assert_eq!(
            nearest_name("mailbox.outside-scop"),
            Some("mailbox.outside-scope")
        );
        assert_eq!(
            nearest_name("full_acess_as_app"),
            Some("full_access_as_app")
        );
        assert_eq!(
            nearest_name("ErrorNonExistentMailbx"),
            Some("ErrorNonExistentMailbox")
        );
        assert_eq!(nearest_name("two words"), None);
    }
}
