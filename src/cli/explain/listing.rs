//! `explain --list`: one line for each entry of the knowledge base, sorted.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::knowledge::{self, CodeSource};
use crate::terms::CheckId;

use super::cause_text::plain;

/// Kind of entries that explain --list shows
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ListedArgument {
    /// Problems, with who can fix them and how
    Causes,
    /// Checks of rx-preflight check
    Checks,
    /// Error codes of the services
    Codes,
    /// Known messages of services, libraries and commands
    Texts,
    /// Permissions of Microsoft Graph and Exchange Online
    Permissions,
}

/// Lists the entries of a kind, or the kinds.
pub(super) fn list(kind: Option<ListedArgument>) -> String {
    match kind {
        Some(kind) => entries(kind).iter().fold(String::new(), |mut list, entry| {
            let _ = writeln!(list, "{}  {}", entry.0, entry.1);
            list
        }),
        None => kinds(),
    }
}

/// Every kind with its description.
const KINDS: &[(ListedArgument, &str, &str)] = &[
    (
        ListedArgument::Causes,
        "causes",
        "problems, with who can fix them and how",
    ),
    (
        ListedArgument::Checks,
        "checks",
        "checks of `rx-preflight check`",
    ),
    (
        ListedArgument::Codes,
        "codes",
        "error codes of the sign-in service, Microsoft Graph and Exchange",
    ),
    (
        ListedArgument::Texts,
        "texts",
        "known messages of services, libraries and commands",
    ),
    (
        ListedArgument::Permissions,
        "permissions",
        "permissions of Microsoft Graph and Exchange Online",
    ),
];

fn kinds() -> String {
    let mut list = String::new();
    for (kind, name, description) in KINDS {
        let _ = writeln!(
            list,
            "{name:<12} {:>4}  {description}",
            entries(*kind).len()
        );
    }
    list.push_str(
        "Run `rx-preflight explain --list KIND` to list the entries of a kind, and `rx-preflight explain ENTRY` to explain \
         an entry.\n",
    );
    list
}

/// Entries of a kind with their titles, sorted and without duplicates.
fn entries(kind: ListedArgument) -> BTreeSet<(String, String)> {
    match kind {
        ListedArgument::Causes => knowledge::causes()
            .iter()
            .map(|cause| (cause.id.to_string(), plain(&cause.title)))
            .collect(),
        ListedArgument::Checks => CheckId::ALL
            .iter()
            .map(|check| check_entry(*check))
            .collect(),
        ListedArgument::Codes => knowledge::codes().iter().map(code_entry).collect(),
        ListedArgument::Texts => texts(),
        ListedArgument::Permissions => permissions(),
    }
}

fn check_entry(check: CheckId) -> (String, String) {
    (
        check.as_str().to_owned(),
        knowledge::check(check).title.clone(),
    )
}

fn code_entry(entry: &knowledge::CodeEntry) -> (String, String) {
    let (prefix, service) = match entry.service {
        CodeSource::SignIn => ("AADSTS", "sign-in"),
        CodeSource::Graph => ("", "Graph"),
        CodeSource::Exchange => ("", "Exchange"),
        CodeSource::ExchangeDiagnostics => ("", "x-ms-diagnostics"),
    };
    (
        format!("{prefix}{}", entry.code),
        format!("({service}) {}", entry.text),
    )
}

fn texts() -> BTreeSet<(String, String)> {
    let narrowing = knowledge::code_texts().iter().flat_map(|row| {
        let meaning = format!("(with {}) {}", row.codes.join(", "), row.text);
        row.sentences
            .iter()
            .map(move |part| (part.clone(), meaning.clone()))
    });
    let alone = knowledge::known_sentences().iter().flat_map(|row| {
        let joined = [row.parts.join(" … ")];
        let parts = if row.all {
            joined.to_vec()
        } else {
            row.parts.clone()
        };
        parts.into_iter().map(|part| (part, row.text.clone()))
    });
    let statuses = knowledge::statuses()
        .iter()
        .map(|row| (format!("HTTP {}", row.status), row.text.clone()));
    narrowing.chain(alone).chain(statuses).collect()
}

fn permissions() -> BTreeSet<(String, String)> {
    let roles = knowledge::roles().iter().map(|role| {
        (
            role.value.clone(),
            format!("({}) {}", role.api.title(), role.title),
        )
    });
    let delegated = knowledge::delegated_names().map(|(api, value)| {
        (
            value.to_owned(),
            format!(
                "({}) delegated; ResourceXpress does not use it",
                api.title()
            ),
        )
    });
    roles.chain(delegated).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_line_for_each_entry() {
        assert_eq!(
            list(Some(ListedArgument::Causes)).lines().count(),
            knowledge::causes().len()
        );
        assert_eq!(
            list(Some(ListedArgument::Checks)).lines().count(),
            CheckId::ALL.len()
        );
        assert_eq!(
            list(Some(ListedArgument::Codes)).lines().count(),
            knowledge::codes().len()
        );
        for kind in [ListedArgument::Texts, ListedArgument::Permissions] {
            let list = list(Some(kind));
            assert!(
                list.lines().count() > 30 && list.lines().all(|line| line.contains("  ")),
                "{list}"
            );
        }
    }
}
