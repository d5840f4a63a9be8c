//! Message next to a code that narrows its meaning: the mark of an application access policy, or a known sentence.

use crate::knowledge::{self, CodeEntry, CodeSource, CodeText};

/// How many bytes behind a code its message can be; in front of it, half as many.
const REACH: usize = 1200;

/// What the message next to a code adds to it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Narrowing {
    /// No known message.
    #[default]
    Nothing,
    /// The mark of an application access policy.
    AccessPolicy,
    /// A known sentence that narrows the code.
    Sentence(&'static CodeText),
}

impl Narrowing {
    /// Searches for a message next to the code at an offset, within its record.
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
        // The limits count bytes, so they can be inside a character.
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
        // Services write the message behind the code; some products print it in front.
        Self::read(entry, up_to_next_occurrence(behind, &entry.code))
            .or_else(|| Self::read(entry, front))
            .unwrap_or_default()
    }

    fn read(entry: &CodeEntry, part: &str) -> Option<Self> {
        if is_graph_access_denied(entry) && knowledge::names_access_policy(part) {
            return Some(Self::AccessPolicy);
        }
        knowledge::find_log_narrowing(entry.service, &entry.code, part).map(Self::Sentence)
    }

    /// Key that is equal for equal narrowings.
    pub(super) fn key(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::AccessPolicy => 1,
            Self::Sentence(entry) => std::ptr::from_ref(entry).addr(),
        }
    }

    /// Row of the sentence, if there is one.
    pub(super) fn sentence(self) -> Option<&'static CodeText> {
        match self {
            Self::Sentence(entry) => Some(entry),
            _ => None,
        }
    }
}

fn may_be_narrowed(entry: &CodeEntry) -> bool {
    is_graph_access_denied(entry) || knowledge::can_be_narrowed(entry.service, &entry.code)
}

/// An application access policy rejects requests with this code only.
fn is_graph_access_denied(entry: &CodeEntry) -> bool {
    entry.service == CodeSource::Graph && entry.code == "ErrorAccessDenied"
}

/// Text behind a code, up to the next occurrence of the same code, where another response begins.
fn up_to_next_occurrence<'t>(behind: &'t str, code: &str) -> &'t str {
    // The text begins with the code itself, so the search continues behind it.
    let code_end = behind.find(code).map_or(behind.len(), |at| at + code.len());
    let next = behind
        .get(code_end..)
        .and_then(|rest| rest.find(code))
        .map(|at| at + code_end);
    next.and_then(|at| behind.get(..at)).unwrap_or(behind)
}
