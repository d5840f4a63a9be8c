//! Names that are neither a code nor an id: a permission, a group, a word of an id, and what a mistyped name meant.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::cause_text::{self, plain};
use crate::knowledge::{self};
use crate::settings::nearest;
use crate::terms::{CheckId, Resource};

/// A shorter word is in too many names.
const SHORTEST: usize = 4;

/// More names than these say that the word means nothing here.
const MOST: usize = 25;

/// What a typed name means, if it is known.
pub(super) fn explain(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.');
    permission(name)
        .or_else(|| group(name))
        .or_else(|| word(name))
}

/// A permission, on every API that has it.
pub(super) fn permission(name: &str) -> Option<String> {
    let mut output = String::new();
    for role in knowledge::roles()
        .iter()
        .filter(|role| role.value.eq_ignore_ascii_case(name))
    {
        let _ = writeln!(
            output,
            "{}, an application permission of {}: {}",
            role.value,
            role.api.title(),
            role.title
        );
        let _ = writeln!(output, "  It allows: {}", role.allows);
        match needs().find(|need| need.api == role.api && need.value == role.value) {
            Some(need) => write_need(&mut output, need),
            None => write_substitute(&mut output, role.api, &role.value),
        }
        output.push('\n');
    }
    for (api, value) in
        knowledge::delegated_names().filter(|(_, value)| value.eq_ignore_ascii_case(name))
    {
        let _ = writeln!(output, "{value}, a delegated permission of {}", api.title());
        output.push_str(
            "  Portals and templates add it by themselves. ResourceXpress signs in as an app and does not use it.\n",
        );
        output.push_str("  See: registration.delegated-instead-of-application\n\n");
    }
    (!output.is_empty()).then_some(output)
}

fn needs() -> impl Iterator<Item = &'static knowledge::Need> {
    knowledge::needs()
        .iter()
        .chain([knowledge::room_list_need()])
}

fn write_need(output: &mut String, need: &knowledge::Need) {
    let _ = writeln!(output, "  Needed to {}.", need.purpose);
    if let Some(role) = &need.exchange_rbac_role {
        let _ = writeln!(
            output,
            "  The role '{role}' of Exchange, with a scope, grants the same for some mailboxes only."
        );
    }
    let _ = writeln!(output, "  Cause when it is missing: {}", need.missing_cause);
    cause_text::write_cause_line(output, knowledge::cause(need.missing_cause), true);
}

/// A permission that ResourceXpress does not ask for: what it stands in for, if anything.
fn write_substitute(output: &mut String, api: Resource, value: &str) {
    let holds = |values: &[String]| values.iter().any(|one| one == value);
    let serves = needs().find(|need| need.api == api && holds(&need.full));
    let reads =
        needs().find(|need| need.api == api && (holds(&need.read_only) || holds(&need.basic)));
    let resembles = needs().find(|need| {
        need.same_name_elsewhere
            .iter()
            .any(|one| one.api == api && one.value == value)
    });
    let _ = match (serves, reads, resembles) {
        (Some(need), ..) => {
            writeln!(
                output,
                "  It also covers {}, which ResourceXpress needs to {}.",
                need.value, need.purpose
            )
        }
        (_, Some(need), _) => {
            writeln!(
                output,
                "  It is not enough in place of {}, which ResourceXpress needs to {}.",
                need.value, need.purpose
            )
        }
        (.., Some(need)) => {
            writeln!(
                output,
                "  It resembles {} of {} and does not replace it.",
                need.value,
                need.api.title()
            )
        }
        _ => writeln!(output, "  ResourceXpress does not need it."),
    };
}

/// The causes and checks of a group, such as `mailbox`.
fn group(name: &str) -> Option<String> {
    let prefix = format!(
        "{}.",
        name.trim_end_matches(['.', '*']).to_ascii_lowercase()
    );
    matching(name, "the group", |id| id.starts_with(&prefix), usize::MAX)
}

/// Everything whose name holds the word.
fn word(name: &str) -> Option<String> {
    let word = name.to_ascii_lowercase();
    let is_word =
        word.len() >= SHORTEST && !word.contains(|mark: char| mark.is_whitespace() || mark == '.');
    is_word
        .then(|| {
            matching(
                name,
                "names with",
                |id| id.to_ascii_lowercase().contains(&word),
                MOST,
            )
        })
        .flatten()
}

fn matching(name: &str, what: &str, fits: impl Fn(&str) -> bool, most: usize) -> Option<String> {
    let checks = CheckId::ALL
        .iter()
        .filter(|check| fits(check.as_str()))
        .map(|check| format!("{check}, a check: {}", knowledge::check(*check).title));
    let causes = knowledge::causes()
        .iter()
        .filter(|cause| fits(cause.id.as_str()));
    let causes = causes.map(|cause| format!("{}, a cause: {}", cause.id, plain(&cause.title)));
    let codes = knowledge::codes().iter().filter(|entry| fits(&entry.code));
    let codes = codes.map(|entry| format!("{}, a code: {}", entry.code, entry.text));
    let roles = knowledge::roles().iter().filter(|role| fits(&role.value));
    let roles = roles.map(|role| {
        format!(
            "{}, a permission of {}: {}",
            role.value,
            role.api.title(),
            role.title
        )
    });
    let lines: BTreeSet<String> = checks.chain(causes).chain(codes).chain(roles).collect();
    if lines.is_empty() || lines.len() > most {
        return None;
    }
    let mut output =
        format!("{what} `{name}`; `rx-preflight explain NAME` explains one of them:\n");
    if let Some(first) = output.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    for line in &lines {
        let _ = writeln!(output, "  {line}");
    }
    output.push('\n');
    Some(output)
}

/// What a mistyped name was meant to be.
pub(super) fn nearest_name(name: &str) -> Option<&'static str> {
    let is_name = name.len() >= SHORTEST && name.len() < 80 && !name.contains(char::is_whitespace);
    let mut known: Vec<&'static str> = knowledge::causes()
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    known.extend(CheckId::ALL.iter().map(|check| check.as_str()));
    known.extend(knowledge::codes().iter().map(|entry| entry.code.as_str()));
    known.extend(knowledge::roles().iter().map(|role| role.value.as_str()));
    is_name.then(|| nearest(name, &known)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_groups_and_words_are_explained() {
        for (name, expected) in [
            (
                "full_access_as_app",
                "Cause when it is missing: grant.full-access-as-app-missing",
            ),
            (
                "mail.send",
                "Cause when it is missing: grant.mail-send-missing",
            ),
            ("User.Read", "a delegated permission"),
            ("Place.Read.All", "settings.rooms-not-listed"),
            (
                "Calendars.ReadBasic",
                "It is not enough in place of Calendars.ReadWrite",
            ),
            ("Directory.Read.All", "It also covers"),
            ("impersonation", "ews.impersonation-denied, a cause"),
            ("mailbox", "mailbox.moving, a cause"),
            ("ews.", "ews.disabled, a cause"),
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
