//! What stands beside a code narrows it: the mark of an access policy, or a fixed sentence of the service.

use crate::knowledge::{self, CodeEntry, CodeSource, TextEntry};

/// How far behind a code the message that belongs to it is read; in front of it, half as far.
const REACH: usize = 1200;

/// What the text beside a code says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Narrowing {
    /// Nothing that any table knows.
    #[default]
    Nothing,
    /// The mark of an access policy for apps.
    AccessPolicy,
    /// A sentence that narrows the code.
    Sentence(&'static TextEntry),
}

impl Narrowing {
    /// Reads what stands beside the code at an offset, within the record that holds it.
    pub(super) fn of(
        entry: &CodeEntry,
        text: &str,
        at: usize,
        (start, end): (usize, usize),
    ) -> Self {
        if !may_be_narrowed(entry) {
            return Self::Nothing;
        }
        let (mut from, mut to) = (start.max(at.saturating_sub(REACH / 2)), end.min(at + REACH));
        while !text.is_char_boundary(from) {
            from += 1;
        }
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        let (front, behind) = (
            text.get(from..at).unwrap_or_default(),
            text.get(at..to).unwrap_or_default(),
        );
        let read = |part: &str| Self::read(entry, part);
        read(up_to_the_next(behind, &entry.code))
            .or_else(|| read(front))
            .unwrap_or_default()
    }

    fn read(entry: &CodeEntry, part: &str) -> Option<Self> {
        if is_refusal_of_graph(entry) && knowledge::names_access_policy(part) {
            return Some(Self::AccessPolicy);
        }
        knowledge::find_log_narrowing(entry.service, &entry.code, part).map(Self::Sentence)
    }

    /// A number that is the same for the same finding.
    pub(super) fn key(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::AccessPolicy => 1,
            Self::Sentence(entry) => std::ptr::from_ref(entry).addr(),
        }
    }

    /// The row of the sentence, if there is one.
    pub(super) fn sentence(self) -> Option<&'static TextEntry> {
        match self {
            Self::Sentence(entry) => Some(entry),
            _ => None,
        }
    }
}

fn may_be_narrowed(entry: &CodeEntry) -> bool {
    is_refusal_of_graph(entry) || knowledge::can_be_narrowed(entry.service, &entry.code)
}

/// A policy about apps refuses with this code only.
fn is_refusal_of_graph(entry: &CodeEntry) -> bool {
    entry.service == CodeSource::Graph && entry.code == "ErrorAccessDenied"
}

/// The text behind a code up to the next place that names the same code, where another response begins.
fn up_to_the_next<'t>(behind: &'t str, code: &str) -> &'t str {
    let own_end = behind.find(code).map_or(behind.len(), |at| at + code.len());
    let next = behind
        .get(own_end..)
        .and_then(|rest| rest.find(code))
        .map(|at| at + own_end);
    next.and_then(|at| behind.get(..at)).unwrap_or(behind)
}
