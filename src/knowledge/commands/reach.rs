//! How far a changing statement reaches: every mailbox of a tenant, or a whole list. Such a statement is not printed.
//!
//! This looks at the words of a statement and not at its grammar, because it has to hold for statements that the
//! grammar does not understand, too.

use super::{Effect, commands};

/// The comment that replaces a statement that must not be printed, if it is one.
pub(super) fn refusal(statement: &str) -> Option<String> {
    let words = &commands().words;
    if affects_all_mailboxes(statement) {
        return Some(words.too_wide.clone());
    }
    let list = replaced_list(statement)?;
    (!is_guarded(statement)).then(|| words.unguarded_list.replace("{list}", list))
}

/// The words of a statement: cmdlets, parameters and values.
fn words(statement: &str) -> impl Iterator<Item = &str> {
    let is_inside = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    statement
        .split(move |character| !is_inside(character))
        .filter(|word| !word.is_empty())
}

/// Whether a statement names one of these cmdlets or programs.
pub(super) fn mentions_any(statement: &str, names: &[String]) -> bool {
    words(statement).any(|word| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

/// Whether it takes its mailboxes from the whole tenant. A list of mailboxes that is only saved to a file changes none.
pub(super) fn affects_all_mailboxes(statement: &str) -> bool {
    let commands = commands();
    let mut changing =
        words(statement).filter(|word| is_cmdlet(word) && commands.effect(word) != Effect::Reads);
    if changing.all(|word| commands.only_writes_a_file(word)) && words(statement).any(is_cmdlet) {
        return false;
    }
    let is_unlimited = |word: &str| {
        ["-ResultSize", "-All"]
            .iter()
            .any(|wide| wide.eq_ignore_ascii_case(word))
    };
    words(statement).any(is_unlimited) || lists_mailboxes(statement)
}

/// Whether a cmdlet returns mailboxes without being given which ones.
fn lists_mailboxes(statement: &str) -> bool {
    let lower = statement.to_ascii_lowercase();
    let is_inside = |character: char| character.is_ascii_alphanumeric() || character == '-';
    commands().mailbox_cmdlets.iter().any(|cmdlet| {
        let cmdlet = cmdlet.to_ascii_lowercase();
        lower.match_indices(&cmdlet).any(|(at, _)| {
            let rest = &lower[at + cmdlet.len()..];
            let is_whole = !lower[..at].ends_with(is_inside) && !rest.starts_with(is_inside);
            let given = rest.trim_start_matches(' ');
            // A value directly behind the cmdlet is its identity, so it returns one mailbox only.
            is_whole && !given.starts_with("-identity") && !given.starts_with(['\'', '"', '$'])
        })
    })
}

/// A verb and a noun, as a cmdlet has them; not a parameter, nor an id.
fn is_cmdlet(word: &str) -> bool {
    let is_part = |part: &str| part.starts_with(|first: char| first.is_ascii_alphabetic());
    word.split_once('-').is_some_and(|(verb, noun)| {
        is_part(verb)
            && is_part(noun)
            && verb
                .chars()
                .all(|character| character.is_ascii_alphabetic())
            && !noun.contains('-')
    })
}

/// The parameter of a statement that replaces a whole list, if there is one. `@{Add=…}` adds to the list.
pub(super) fn replaced_list(statement: &str) -> Option<&'static str> {
    let lower = statement.to_ascii_lowercase();
    commands()
        .list_parameters
        .iter()
        .map(String::as_str)
        .find(|parameter| {
            let wanted = format!("-{}", parameter.to_ascii_lowercase());
            lower.match_indices(&wanted).any(|(at, _)| {
                let rest = &lower[at + wanted.len()..];
                // A longer name is another parameter.
                let ends = !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
                ends && !rest.trim_start_matches([' ', ':']).starts_with("@{")
            })
        })
}

/// A block of its own that stops on the first error, refuses what it must not write, saves the old value and reads back.
pub(super) fn is_guarded(statement: &str) -> bool {
    let text = statement.trim();
    let first = text.strip_prefix("& {").map(str::trim_start);
    first.is_some_and(|rest| rest.starts_with("$ErrorActionPreference = 'Stop'"))
        && text.ends_with('}')
        && ["throw ", "-NoClobber", "-WhatIf", "-ErrorAction Stop"]
            .iter()
            .all(|part| text.contains(part))
}

/// Whether something is to be filled in, such as `<group of the policy>`.
pub(super) fn has_value_to_fill_in(statement: &str) -> bool {
    let is_inside =
        |character: char| character.is_ascii_alphanumeric() || " -_".contains(character);
    statement.split('<').skip(1).any(|rest| {
        rest.split_once('>')
            .is_some_and(|(inside, _)| !inside.trim().is_empty() && inside.chars().all(is_inside))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_all_mailboxes_is_wide() {
        for statement in [
            "(Get-EXOMailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited).PrimarySmtpAddress | ForEach-Object { Set-CalendarProcessing -Identity $_ -DeleteSubject $false }",
            "get-mailbox | Set-CASMailbox -EwsEnabled $true",
            "Get-Mailbox -Filter * | Remove-Mailbox",
            "Get-MgUser -All | Update-MgUser -AccountEnabled:$false",
            "Get-DistributionGroupMember -Identity 'a' -ResultSize Unlimited | Set-CASMailbox",
        ] {
            assert!(affects_all_mailboxes(statement), "{statement}");
            assert!(refusal(statement).is_some(), "{statement}");
        }
        for statement in [
            "'a','b' | ForEach-Object { Set-CASMailbox -Identity $_ -EwsEnabled $true }",
            "'a' | ForEach-Object { Get-CalendarProcessing -Identity $_ } | Set-CalendarProcessing -DeleteSubject $false",
            "Get-Mailbox -ResultSize Unlimited | Export-Csv rooms.csv -NoClobber",
            "Set-OrganizationConfig -EwsEnabled $true",
        ] {
            assert!(!affects_all_mailboxes(statement), "{statement}");
        }
    }

    #[test]
    fn a_list_is_only_replaced_behind_its_guard() {
        for statement in [
            "Set-OrganizationConfig -EwsAllowedAppIDs 'a'",
            "Set-OrganizationConfig -ewsallowlist:'a'",
            "Set-CASMailbox -Identity 'a' -EwsBlockList 'x'",
            "& { Set-OrganizationConfig -EwsAllowedAppIDs 'a' }",
        ] {
            assert!(refusal(statement).is_some(), "{statement}");
        }
        assert_eq!(
            refusal("Set-OrganizationConfig -EwsAllowList @{Add='a'}"),
            None
        );
        assert_eq!(
            replaced_list("Get-OrganizationConfig | Format-List EwsAllowedAppIDs"),
            None
        );
    }

    #[test]
    fn a_value_to_fill_in_is_recognized() {
        assert!(has_value_to_fill_in(
            "Add-X -Identity '<group of the policy>'"
        ));
        assert!(!has_value_to_fill_in("a <> <  > b < c"));
    }
}
