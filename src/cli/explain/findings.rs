//! What was found in a text, each thing once, in the order in which it first appears.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::index::CodeIndex;
use super::narrowing::Narrowing;
use super::occurrences::Occurrences;
use super::ticket::{DistinctTexts, TicketDetails};
use super::timeline::Timeline;
use crate::knowledge::{
    CauseEntry, CodeEntry, CodeSource, Meaning, PolicyHeader, SentenceEntry, StatusEntry,
};
use crate::terms::CheckId;

/// A sentence of the table.
#[derive(Debug)]
pub(super) struct SentenceFinding<'t> {
    /// The row of the table.
    pub(super) entry: &'static SentenceEntry,
    /// The part of the row that the text holds.
    pub(super) part: &'static str,
    /// How often, when and for which addresses.
    pub(super) occurrences: Occurrences<'t>,
    /// The service that the text around it is about.
    pub(super) service: Option<CodeSource>,
}

/// How often the text beside one code is read; beyond that, it says what it said the last time.
const READ_BESIDE: usize = 500;

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Findings<'t> {
    codes: Vec<CodeFinding<'t>>,
    places: HashMap<(Option<CodeSource>, &'t str, usize), usize>,
    narrowing: HashMap<(CodeSource, &'static str), (usize, Narrowing)>,
    /// For each record, the codes that it holds.
    records: HashMap<usize, BTreeSet<usize>>,
    /// The first place of each row of the table.
    rows: HashMap<(CodeSource, &'static str), usize>,
    /// Records with a code of a fault that passes.
    passing: HashSet<usize>,
    /// Causes that were named by id.
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Checks that were named by id.
    pub(super) checks: Vec<CheckId>,
    /// Documented values of `X-EWS-Policy-Reason`.
    pub(super) policies: Vec<(&'static PolicyHeader, Occurrences<'t>)>,
    /// Values of that header that nobody documented.
    pub(super) unknown_policies: DistinctTexts<'t>,
    /// Where an application access policy is named without a code beside it.
    pub(super) access_policy: Option<Occurrences<'t>>,
    /// Fixed sentences without their code.
    pub(super) sentences: Vec<SentenceFinding<'t>>,
    /// Bare HTTP statuses with nothing beside them that says more.
    pub(super) statuses: Vec<(&'static StatusEntry, Occurrences<'t>)>,
    /// Ids and times.
    pub(super) ticket: TicketDetails<'t>,
    /// The records of the text.
    pub(super) timeline: Timeline<'t>,
    /// Records that hold something that says more than a bare status, and whether that comes from the sign-in only.
    pub(super) detail: HashMap<usize, Detail>,
}

/// What a record holds besides sentences and statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Codes of the sign-in only.
    SignIn,
    /// Something of another service.
    Service,
}

/// One code.
#[derive(Debug)]
pub(super) struct CodeFinding<'t> {
    /// As its service writes it, without the letters `AADSTS`.
    pub(super) code: &'t str,
    /// The service it comes from, where that can be told.
    pub(super) service: Option<CodeSource>,
    /// The row of the table, if there is one.
    pub(super) entry: Option<&'static CodeEntry>,
    /// What the text beside it says.
    pub(super) narrowing: Narrowing,
    /// What the service said beside it, for a code without a row.
    pub(super) reason: Option<&'t str>,
    /// How often, when and for which addresses.
    pub(super) occurrences: Occurrences<'t>,
}

impl CodeFinding<'_> {
    /// The place of the code among others: 0 for a lasting fault, 1 for a passing one, 2 for an unknown code.
    fn rank(&self) -> u8 {
        match self.entry {
            Some(_) if self.is_passing() => 1,
            Some(_) => 0,
            None => 2,
        }
    }

    /// What the code and the text beside it lead to.
    pub(super) fn meaning(&self) -> Option<&'static Meaning> {
        match (self.narrowing, self.entry) {
            (Narrowing::Sentence(narrowed), _) => Some(&narrowed.meaning),
            (_, entry) => entry.map(|entry| &entry.meaning),
        }
    }

    /// Whether the fault passes by itself.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self.meaning(),
            Some(Meaning::Throttled | Meaning::Transient)
        )
    }

    /// As people write it, such as `AADSTS7000215`.
    pub(super) fn shown(&self) -> String {
        match self.service {
            Some(CodeSource::SignIn) => format!("AADSTS{}", self.code),
            _ => self.code.to_owned(),
        }
    }
}

impl<'t> Findings<'t> {
    /// Nothing yet, in a text with these records.
    pub(super) fn with_timeline(timeline: Timeline<'t>) -> Self {
        Self {
            timeline,
            ..Self::default()
        }
    }

    /// Whether there is nothing that could be explained.
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

    /// Whether there are codes and nothing else, and no table knows any of them.
    pub(super) fn has_only_unknown_codes(&self) -> bool {
        let has_more =
            !self.causes.is_empty() || !self.checks.is_empty() || !self.policies.is_empty();
        !self.codes.is_empty() && !has_more && self.codes.iter().all(|code| code.entry.is_none())
    }

    /// The codes: first those that a table knows, since they lead to a cause, and among them the lasting ones before what
    /// passes by itself.
    pub(super) fn codes(&self) -> impl Iterator<Item = &CodeFinding<'t>> {
        (0..=2).flat_map(|rank| self.codes.iter().filter(move |code| code.rank() == rank))
    }

    /// The codes that a record holds.
    pub(super) fn codes_of_record(&self, record: usize) -> impl Iterator<Item = &CodeFinding<'t>> {
        let places = self.records.get(&record).into_iter().flatten();
        places.filter_map(|place| self.codes.get(*place))
    }

    /// Whether a record holds the code of a fault that passes.
    pub(super) fn has_passing_code(&self, record: usize) -> bool {
        self.passing.contains(&record)
    }

    /// Counts a sentence as the code that belongs to it, if the text holds that code somewhere.
    pub(super) fn counts_as(&mut self, entry: &'static CodeEntry, at: usize) -> bool {
        let place = self.rows.get(&(entry.service, entry.code.as_str()));
        let Some(code) = place.and_then(|place| self.codes.get_mut(*place)) else {
            return false;
        };
        code.occurrences.add(&self.timeline, at);
        true
    }

    /// Takes a code that a table knows, at an offset of the text.
    pub(super) fn known_code(&mut self, text: &'t str, entry: &'static CodeEntry, at: usize) {
        let read = self
            .narrowing
            .entry((entry.service, entry.code.as_str()))
            .or_default();
        if read.0 < READ_BESIDE {
            *read = (
                read.0 + 1,
                Narrowing::of(entry, text, at, self.timeline.span(at)),
            );
        }
        let narrowing = read.1;
        self.code(entry_of(entry, narrowing), at);
    }

    /// Takes a code without a row, at an offset of the text.
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
        self.note_detail(
            record,
            if service == Some(CodeSource::SignIn) {
                Detail::SignIn
            } else {
                Detail::Service
            },
        );
    }

    /// Notes that a record says more than a bare status.
    pub(super) fn note_detail(&mut self, record: usize, what: Detail) {
        let known = self.detail.entry(record).or_insert(what);
        if what == Detail::Service {
            *known = what;
        }
    }

    /// Takes a value of the policy header.
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

    /// Takes a cause.
    pub(super) fn cause(&mut self, cause: &'static CauseEntry) {
        if !self.causes.iter().any(|known| known.id == cause.id) {
            self.causes.push(cause);
        }
    }

    /// Takes what has this id: a check, a cause, or one of each.
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

    /// Takes a check.
    pub(super) fn check(&mut self, check: CheckId) {
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }

    /// Leaves out codes that only wrap others: what stands in the same records says more.
    pub(super) fn remove_wrappers(&mut self, is_wrapper: impl Fn(&CodeFinding<'t>) -> bool) {
        let detail = |place: usize| {
            self.codes
                .get(place)
                .is_some_and(|code| code.entry.is_some() && !is_wrapper(code))
        };
        let with_telling = |places: &&BTreeSet<usize>| places.iter().any(|place| detail(*place));
        let wrapped: HashSet<usize> = self
            .records
            .values()
            .filter(with_telling)
            .flatten()
            .copied()
            .collect();
        let alone: HashSet<usize> = self
            .records
            .values()
            .filter(|places| !with_telling(places))
            .flatten()
            .copied()
            .collect();
        let mut place = 0;
        self.codes.retain(|code| {
            let keep = !(is_wrapper(code) && wrapped.contains(&place) && !alone.contains(&place));
            place += 1;
            keep
        });
        // The places have moved; nothing looks codes up by record or by key after this.
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
