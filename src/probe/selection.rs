//! Selection of checks: `--only` and `--skip`, by ID or group, with `!` to exclude.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::terms::{Api, CheckGroup, CheckId};

use super::dependencies::{needs, uses};

/// A word that names neither a check nor a group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no check and no group `{0}`")]
pub struct UnknownSelector(pub String);

/// A choice of checks. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    only: Option<BTreeSet<CheckId>>,
    skip: BTreeSet<CheckId>,
}

impl Selection {
    /// Reads the words of `--only` and `--skip`.
    ///
    /// # Errors
    /// The first word that names neither a check nor a group.
    pub fn read(only: &[String], skip: &[String]) -> Result<Self, UnknownSelector> {
        Ok(Self {
            only: chosen(only)?,
            skip: chosen(skip)?.unwrap_or_default(),
        })
    }

    /// Whether the user selected this check by name, or selected everything.
    pub(super) fn wants(&self, check: CheckId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&check)) && !self.skip.contains(&check)
    }

    /// The checks that run on connections over `api`: those that the user selected with all that they require, but
    /// never one that the user skips, nor a check that requires a skipped one.
    pub(super) fn selected(&self, api: Option<Api>) -> BTreeSet<CheckId> {
        let wanted = match &self.only {
            None => CheckId::ALL.iter().copied().collect(),
            Some(only) => with_foundations(only, api),
        };
        let mut selected: BTreeSet<CheckId> = wanted.difference(&self.skip).copied().collect();
        // Checks are ordered by their dependencies, except grants; a second pass over the list covers those.
        for _ in 0..2 {
            for check in CheckId::ALL {
                if !needs(*check, api)
                    .iter()
                    .all(|needed| selected.contains(needed))
                {
                    selected.remove(check);
                }
            }
        }
        selected
    }
}

/// The names by which checks can be chosen: every group, then every check.
pub fn selectors() -> Vec<&'static str> {
    let mut names: Vec<&str> = CheckGroup::ALL.iter().map(|group| group.as_str()).collect();
    names.extend(CheckId::ALL.iter().map(|check| check.as_str()));
    names
}

fn with_foundations(only: &BTreeSet<CheckId>, api: Option<Api>) -> BTreeSet<CheckId> {
    let mut all = only.clone();
    let mut new: Vec<CheckId> = only.iter().copied().collect();
    while let Some(check) = new.pop() {
        // A check also selects what can explain its result, so that a failure is reported with its
        // cause.
        let below = needs(check, api).iter().chain(uses(check, api));
        new.extend(below.filter(|other| all.insert(**other)));
    }
    all
}

/// The checks that some words choose; `None` without any word. Words with `!` take away, from all checks where no other
/// word chooses any.
fn chosen(words: &[String]) -> Result<Option<BTreeSet<CheckId>>, UnknownSelector> {
    if words.is_empty() {
        return Ok(None);
    }
    let (negated, plain): (Vec<&str>, Vec<&str>) = words
        .iter()
        .map(|word| word.trim())
        .partition(|word| word.starts_with('!'));
    let mut set: BTreeSet<CheckId> = BTreeSet::new();
    for word in &plain {
        set.extend(named(word)?);
    }
    if plain.is_empty() {
        set.extend(CheckId::ALL);
    }
    for word in negated {
        for check in named(word.trim_start_matches('!'))? {
            set.remove(&check);
        }
    }
    Ok(Some(set))
}

/// The checks of an id or a group; `mailbox.*` is the group as well.
fn named(word: &str) -> Result<Vec<CheckId>, UnknownSelector> {
    let word = word.trim();
    let group = word.strip_suffix(".*").unwrap_or(word);
    let checks: Vec<CheckId> = CheckId::ALL
        .iter()
        .copied()
        .filter(|check| check.as_str() == word || check.group().as_str() == group)
        .collect();
    if checks.is_empty() {
        Err(UnknownSelector(word.to_owned()))
    } else {
        Ok(checks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn selected(only: &str, skip: &str, api: Api) -> BTreeSet<CheckId> {
        Selection::read(&words(only), &words(skip))
            .unwrap()
            .selected(Some(api))
    }

    #[test]
    fn without_words_everything_is_selected() {
        assert_eq!(
            Selection::default().selected(Some(Api::Ews)).len(),
            CheckId::ALL.len()
        );
        assert_eq!(selected("", "", Api::Graph).len(), CheckId::ALL.len());
    }

    #[test]
    fn what_a_wanted_check_requires_is_selected_as_well() {
        let checks = selected("mailbox.impersonation", "", Api::Ews);
        for needed in [
            "sign-in.exchange",
            "network.exchange",
            "tenant.discovery",
            "settings.client-secret",
        ] {
            assert!(checks.contains(&needed.parse().unwrap()), "{needed}");
        }
        for other in [
            "mail.send",
            "directory.users",
            "mailbox.calendar-write",
            "grant.full-access-as-app",
        ] {
            assert!(!checks.contains(&other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn what_requires_a_skipped_check_is_left_out_too() {
        let checks = selected("", "mailbox.calendar-read", Api::Graph);
        assert!(!checks.contains(&CheckId::MailboxCalendarWrite));
        assert!(
            checks.contains(&CheckId::GrantCalendarsReadWrite),
            "the write is not all that it is judged by"
        );
        let checks = selected("", "sign-in", Api::Ews);
        assert!(checks.iter().all(|check| {
            ["settings", "network", "tenant", "room"].contains(&check.group().as_str())
        }));
    }

    #[test]
    fn a_skipped_foundation_alone_does_not_take_away_what_only_uses_it() {
        let checks = selected("", "network tenant settings", Api::Graph);
        assert!(
            checks.contains(&CheckId::MailboxCalendarWrite)
                && !checks.contains(&CheckId::NetworkGraph)
        );
    }

    #[test]
    fn an_exclamation_mark_takes_away() {
        let checks = Selection::read(&words("mailbox !mailbox.calendar-write"), &[]).unwrap();
        assert!(
            checks.wants(CheckId::MailboxCalendarRead)
                && !checks.wants(CheckId::MailboxCalendarWrite)
        );
        let all_but = Selection::read(&words("!mail"), &[]).unwrap();
        assert!(all_but.wants(CheckId::MailboxCalendarRead) && !all_but.wants(CheckId::MailSend));
        let skipped = Selection::read(&[], &words("mailbox !mailbox.service-account")).unwrap();
        assert!(
            skipped.wants(CheckId::MailboxServiceAccount)
                && !skipped.wants(CheckId::MailboxCalendarRead)
        );
    }

    #[test]
    fn an_unknown_word_is_named_and_every_known_one_is_understood() {
        assert_eq!(
            Selection::read(&words("mailbx"), &[]),
            Err(UnknownSelector("mailbx".to_owned()))
        );
        assert!(Selection::read(&[], &words("mailbox.*")).is_ok());
        for name in selectors() {
            assert!(Selection::read(&words(name), &[]).is_ok(), "{name}");
        }
    }
}
