//! Findings in a text: each one once, in the order in which it first appears.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::knowledge::{
    CauseEntry, CodeEntry, CodeSource, KnownSentence, Meaning, PolicyHeader, StatusEntry,
};
use crate::terms::CheckId;

use super::index::CodeIndex;
use super::narrowing::Narrowing;
use super::occurrences::Occurrences;
use super::ticket::{DistinctTexts, TicketDetails};
use super::timeline::Timeline;

/// Known message in the text.
#[derive(Debug)]
pub(super) struct SentenceFinding<'t> {
    /// Its row in the table.
    pub(super) entry: &'static KnownSentence,
    /// The part of the row that the text contains.
    pub(super) part: &'static str,
    /// How often, when and for which addresses.
    pub(super) occurrences: Occurrences<'t>,
    /// The service that the text around it is about.
    pub(super) service: Option<CodeSource>,
}

/// How often the text around one code is searched for a message. A long log repeats it, so later occurrences reuse the last
/// result.
const MAX_NARROWINGS: usize = 500;

/// Everything that was found in a text.
#[derive(Debug, Default)]
pub(super) struct Findings<'t> {
    codes: Vec<CodeFinding<'t>>,
    places: HashMap<(Option<CodeSource>, &'t str, usize), usize>,
    narrowing: HashMap<(CodeSource, &'static str), (usize, Narrowing)>,
    /// For each record, the indexes of the codes in it.
    records: HashMap<usize, BTreeSet<usize>>,
    /// For each row of the table, the index of its first code.
    rows: HashMap<(CodeSource, &'static str), usize>,
    /// Records with the code of a temporary fault.
    passing: HashSet<usize>,
    /// Causes that were named by id.
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Checks that were named by id.
    pub(super) checks: Vec<CheckId>,
    /// Documented values of `X-EWS-Policy-Reason`.
    pub(super) policies: Vec<(&'static PolicyHeader, Occurrences<'t>)>,
    /// Values of that header that Microsoft does not document.
    pub(super) unknown_policies: DistinctTexts<'t>,
    /// Where an application access policy is named without a code next to it.
    pub(super) access_policy: Option<Occurrences<'t>>,
    /// Known messages without their code.
    pub(super) sentences: Vec<SentenceFinding<'t>>,
    /// HTTP statuses without anything more specific next to them.
    pub(super) statuses: Vec<(&'static StatusEntry, Occurrences<'t>)>,
    /// Ids and times.
    pub(super) ticket: TicketDetails<'t>,
    /// The records of the text.
    pub(super) timeline: Timeline<'t>,
    /// Records with something more specific than a bare status, and whether all of it comes from the sign-in service.
    pub(super) detail: HashMap<usize, Detail>,
}

/// Source of the codes and policy headers in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The sign-in service only.
    SignIn,
    /// Another service as well.
    Service,
}

/// Error code in the text.
#[derive(Debug)]
pub(super) struct CodeFinding<'t> {
    /// The code as its service writes it, without the letters `AADSTS`.
    pub(super) code: &'t str,
    /// The service that it comes from, if known.
    pub(super) service: Option<CodeSource>,
    /// Its row in the table, if there is one.
    pub(super) entry: Option<&'static CodeEntry>,
    /// What the message next to it adds.
    pub(super) narrowing: Narrowing,
    /// The reason that the service sent with it, for an unknown code.
    pub(super) reason: Option<&'t str>,
    /// How often, when and for which addresses.
    pub(super) occurrences: Occurrences<'t>,
}

impl CodeFinding<'_> {
    /// Sort key: 0 for a lasting fault, 1 for a temporary one, 2 for an unknown code.
    fn rank(&self) -> u8 {
        match self.entry {
            Some(_) if self.is_passing() => 1,
            Some(_) => 0,
            None => 2,
        }
    }

    /// What the code and the message next to it mean.
    pub(super) fn meaning(&self) -> Option<&'static Meaning> {
        match (self.narrowing, self.entry) {
            (Narrowing::Sentence(narrowed), _) => Some(&narrowed.meaning),
            (_, entry) => entry.map(|entry| &entry.meaning),
        }
    }

    /// Whether the fault ends by itself.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self.meaning(),
            Some(Meaning::Throttled | Meaning::Transient)
        )
    }

    /// The code as people write it, such as `AADSTS7000215`.
    pub(super) fn shown(&self) -> String {
        match self.service {
            Some(CodeSource::SignIn) => format!("AADSTS{}", self.code),
            _ => self.code.to_owned(),
        }
    }
}

impl<'t> Findings<'t> {
    /// Starts without findings, in a text with these records.
    pub(super) fn with_timeline(timeline: Timeline<'t>) -> Self {
        Self {
            timeline,
            ..Self::default()
        }
    }

    /// Whether there is nothing to explain.
    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
            && self.causes.is_empty()
            && self.checks.is_empty()
            && self.policies.is_empty()
            && self.unknown_policies.is_empty()
            && self.access_policy.is_none()
            && self.sentences.is_empty()
            && self.statuses.is_empty()
    }

    /// Whether there are only codes, all of them unknown.
    pub(super) fn has_only_unknown_codes(&self) -> bool {
        let has_more =
            !self.causes.is_empty() || !self.checks.is_empty() || !self.policies.is_empty();
        !self.codes.is_empty() && !has_more && self.codes.iter().all(|code| code.entry.is_none())
    }

    /// Codes: known ones first, because they lead to a cause, and among them lasting faults before temporary ones.
    pub(super) fn codes(&self) -> impl Iterator<Item = &CodeFinding<'t>> {
        (0..=2).flat_map(|rank| self.codes.iter().filter(move |code| code.rank() == rank))
    }

    /// Codes in a record.
    pub(super) fn codes_of_record(&self, record: usize) -> impl Iterator<Item = &CodeFinding<'t>> {
        let places = self.records.get(&record).into_iter().flatten();
        places.filter_map(|place| self.codes.get(*place))
    }

    /// Whether a record contains the code of a temporary fault.
    pub(super) fn has_passing_code(&self, record: usize) -> bool {
        self.passing.contains(&record)
    }

    /// Counts a message as an occurrence of its code, if the text contains that code anywhere.
    pub(super) fn counts_as(&mut self, entry: &'static CodeEntry, at: usize) -> bool {
        let place = self.rows.get(&(entry.service, entry.code.as_str()));
        let Some(code) = place.and_then(|place| self.codes.get_mut(*place)) else {
            return false;
        };
        code.occurrences.add(&self.timeline, at);
        true
    }

    /// Adds a known code at an offset of the text.
    pub(super) fn known_code(&mut self, text: &'t str, entry: &'static CodeEntry, at: usize) {
        let read = self
            .narrowing
            .entry((entry.service, entry.code.as_str()))
            .or_default();
        if read.0 < MAX_NARROWINGS {
            *read = (
                read.0 + 1,
                Narrowing::of(entry, text, at, self.timeline.span(at)),
            );
        }
        let narrowing = read.1;
        self.code(entry_of(entry, narrowing), at);
    }

    /// Adds an unknown code at an offset of the text.
    pub(super) fn unknown_code(
        &mut self,
        service: Option<CodeSource>,
        code: &'t str,
        reason: Option<&'t str>,
        at: usize,
    ) {
        self.code(
            CodeFinding {
                code,
                service,
                entry: None,
                narrowing: Narrowing::Nothing,
                reason,
                occurrences: Occurrences::default(),
            },
            at,
        );
    }

    fn code(&mut self, code: CodeFinding<'t>, at: usize) {
        let key = (code.service, code.code, code.narrowing.key());
        let (service, entry, is_passing) = (code.service, code.entry, code.is_passing());
        let record = self.timeline.record(at);
        let place = *self.places.entry(key).or_insert(self.codes.len());
        if place == self.codes.len() {
            self.codes.push(code);
        }
        if let Some(known) = self.codes.get_mut(place) {
            known.occurrences.add(&self.timeline, at);
        }
        if let Some(entry) = entry {
            self.rows
                .entry((entry.service, entry.code.as_str()))
                .or_insert(place);
        }
        if is_passing {
            self.passing.insert(record);
        }
        self.records.entry(record).or_default().insert(place);
        let detail = if service == Some(CodeSource::SignIn) {
            Detail::SignIn
        } else {
            Detail::Service
        };
        self.note_detail(record, detail);
    }

    /// Marks a record as more specific than a bare status.
    pub(super) fn note_detail(&mut self, record: usize, what: Detail) {
        let known = self.detail.entry(record).or_insert(what);
        // Anything from a service outweighs the numbers of the sign-in service, whichever comes first.
        if what == Detail::Service {
            *known = what;
        }
    }

    /// Adds a documented value of the policy header.
    pub(super) fn policy(&mut self, header: &'static PolicyHeader, at: usize) {
        let place = self
            .policies
            .iter()
            .position(|(known, _)| known.value == header.value);
        let place = place.unwrap_or(self.policies.len());
        if place == self.policies.len() {
            self.policies.push((header, Occurrences::default()));
        }
        if let Some((_, occurrences)) = self.policies.get_mut(place) {
            occurrences.add(&self.timeline, at);
        }
        self.note_detail(self.timeline.record(at), Detail::Service);
    }

    /// Adds an HTTP status.
    pub(super) fn status(&mut self, entry: &'static StatusEntry, at: usize) {
        let place = self
            .statuses
            .iter()
            // Rows about one status at different services are different findings.
            .position(|(known, _)| std::ptr::eq(*known, entry));
        let place = place.unwrap_or(self.statuses.len());
        if place == self.statuses.len() {
            self.statuses.push((entry, Occurrences::default()));
        }
        if let Some((_, occurrences)) = self.statuses.get_mut(place) {
            occurrences.add(&self.timeline, at);
        }
    }

    /// Adds a cause.
    pub(super) fn cause(&mut self, cause: &'static CauseEntry) {
        if !self.causes.iter().any(|known| known.id == cause.id) {
            self.causes.push(cause);
        }
    }

    /// Adds what has this id: a check, a cause, or one of each.
    pub(super) fn named(&mut self, index: &CodeIndex, id: &str) -> bool {
        let (check, cause) = (index.check(id), index.cause(id));
        if let Some(check) = check {
            self.check(check);
        }
        if let Some(cause) = cause {
            self.cause(cause);
        }
        check.is_some() || cause.is_some()
    }

    /// Adds a check.
    pub(super) fn check(&mut self, check: CheckId) {
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }

    /// Removes codes that only wrap the error of another service, if their records contain a more specific code.
    pub(super) fn remove_wrappers(&mut self, is_wrapper: impl Fn(&CodeFinding<'t>) -> bool) {
        let specific: HashSet<usize> = (0..)
            .zip(&self.codes)
            .filter(|(_, code)| code.entry.is_some() && !is_wrapper(code))
            .map(|(index, _)| index)
            .collect();
        let mut with_specific: HashSet<usize> = HashSet::new();
        let mut without_specific: HashSet<usize> = HashSet::new();
        for codes in self.records.values() {
            if codes.iter().any(|index| specific.contains(index)) {
                with_specific.extend(codes);
            } else {
                without_specific.extend(codes);
            }
        }
        let mut index = 0;
        self.codes.retain(|code| {
            // A wrapper that is the only code of any record stays: there it is all that the service reported.
            let is_redundant = with_specific.contains(&index) && !without_specific.contains(&index);
            index += 1;
            !(is_wrapper(code) && is_redundant)
        });
        // The indexes have moved. Nothing looks codes up by record or by key after this.
        self.records.clear();
        self.places.clear();
        self.rows.clear();
    }
}

fn entry_of<'t>(entry: &'static CodeEntry, narrowing: Narrowing) -> CodeFinding<'t> {
    CodeFinding {
        code: &entry.code,
        service: Some(entry.service),
        entry: Some(entry),
        narrowing,
        reason: None,
        occurrences: Occurrences::default(),
    }
}
