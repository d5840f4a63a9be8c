//! What was found in a text, each thing once, in the order in which it first appears.

use std::collections::HashMap;

use super::known::Known;
use super::sentences::FoundSentence;
use super::ticket::{Distinct, Ticket};
use crate::knowledge::{CauseEntry, CodeEntry, CodeSource, Meaning, PolicyHeader, StatusEntry};
use crate::terms::CheckId;

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Found<'t> {
    codes: Vec<FoundCode<'t>>,
    places: HashMap<(Option<CodeSource>, &'t str), usize>,
    /// Causes that were named by id.
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Checks that were named by id.
    pub(super) checks: Vec<CheckId>,
    /// Documented values of `X-EWS-Policy-Reason`.
    pub(super) policies: Vec<&'static PolicyHeader>,
    /// Values of that header that nobody documented.
    pub(super) unknown_policies: Distinct<'t>,
    /// Whether an application access policy is named.
    pub(super) access_policy: bool,
    /// Fixed sentences without their code.
    pub(super) sentences: Vec<FoundSentence>,
    /// Bare HTTP statuses, where nothing else was found, and how often.
    pub(super) statuses: Vec<(&'static StatusEntry, usize)>,
    /// Ids and times.
    pub(super) ticket: Ticket<'t>,
}

/// One code.
#[derive(Debug)]
pub(super) struct FoundCode<'t> {
    /// As its service writes it, without the letters `AADSTS`.
    pub(super) code: &'t str,
    /// The service it comes from, where that can be told.
    pub(super) service: Option<CodeSource>,
    /// The row of the table, if there is one.
    pub(super) entry: Option<&'static CodeEntry>,
    /// What the service said beside it, for a code without a row.
    pub(super) said: Option<&'t str>,
    /// How often it stands in the text.
    pub(super) times: usize,
}

impl FoundCode<'_> {
    /// The place of the code among others: 0 for a lasting fault, 1 for a passing one, 2 for an unknown code.
    fn rank(&self) -> u8 {
        match self.entry.map(|entry| &entry.meaning) {
            Some(Meaning::Throttled | Meaning::Transient) => 1,
            Some(_) => 0,
            None => 2,
        }
    }

    /// As people write it, such as `AADSTS7000215`.
    pub(super) fn shown(&self) -> String {
        match self.service {
            Some(CodeSource::SignIn) => format!("AADSTS{}", self.code),
            _ => self.code.to_owned(),
        }
    }
}

impl<'t> Found<'t> {
    /// Whether there is nothing that could be explained.
    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
            && self.causes.is_empty()
            && self.checks.is_empty()
            && self.policies.is_empty()
            && self.unknown_policies.is_empty()
            && !self.access_policy
            && self.sentences.is_empty()
            && self.statuses.is_empty()
    }

    /// Whether a code of the table is in the text.
    pub(super) fn holds(&self, entry: &CodeEntry) -> bool {
        self.codes.iter().any(|code| code.entry.is_some_and(|row| row.code == entry.code))
    }

    /// The codes: first those that a table knows, since they lead to a cause, and among them the lasting ones before what
    /// passes by itself.
    pub(super) fn codes(&self) -> impl Iterator<Item = &FoundCode<'t>> {
        (0..=2).flat_map(|rank| self.codes.iter().filter(move |code| code.rank() == rank))
    }

    /// How many different codes there are.
    pub(super) fn number_of_codes(&self) -> usize {
        self.codes.len()
    }

    /// Takes a code that a table knows.
    pub(super) fn known_code(&mut self, entry: &'static CodeEntry) {
        self.code(FoundCode {
            code: &entry.code,
            service: Some(entry.service),
            entry: Some(entry),
            said: None,
            times: 1,
        });
    }

    /// Takes a code without a row.
    pub(super) fn unknown_code(&mut self, service: Option<CodeSource>, code: &'t str, said: Option<&'t str>) {
        self.code(FoundCode { code, service, entry: None, said, times: 1 });
    }

    fn code(&mut self, code: FoundCode<'t>) {
        let place = *self.places.entry((code.service, code.code)).or_insert(self.codes.len());
        match self.codes.get_mut(place) {
            Some(known) => known.times += 1,
            None => self.codes.push(code),
        }
    }

    /// Takes a value of the policy header.
    pub(super) fn policy(&mut self, header: &'static PolicyHeader) {
        if !self.policies.iter().any(|known| known.value == header.value) {
            self.policies.push(header);
        }
    }

    /// Takes a cause.
    pub(super) fn cause(&mut self, cause: &'static CauseEntry) {
        if !self.causes.iter().any(|known| known.id == cause.id) {
            self.causes.push(cause);
        }
    }

    /// Takes what has this id: a check, a cause, or one of each.
    pub(super) fn named(&mut self, known: &Known, id: &str) -> bool {
        let (check, cause) = (known.check(id), known.cause(id));
        if let Some(check) = check {
            self.check(check);
        }
        if let Some(cause) = cause {
            self.cause(cause);
        }
        check.is_some() || cause.is_some()
    }

    /// Takes a check.
    pub(super) fn check(&mut self, check: CheckId) {
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }
}
