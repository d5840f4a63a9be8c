//! Message next to a code that narrows its meaning: the mark of an application access policy, or a known sentence.

use std::sync::LazyLock;

use regex::Regex;

use crate::knowledge::{self, CodeEntry, CodeSource, CodeText};

use super::line_joining::SHORTEST_WRAPPED;

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
        // The limits count bytes, so they can be inside a character.
        let from = text.ceil_char_boundary(start.max(at.saturating_sub(REACH / 2)));
        let to = text.floor_char_boundary(end.min(at + REACH));
        let (front, behind) = (
            text.get(from..at).unwrap_or_default(),
            text.get(at..to).unwrap_or_default(),
        );
        // Services write the message behind the code; some products print it in front.
        let message = up_to_end_of_message(up_to_next_occurrence(behind, &entry.code));
        if let Some(narrowing) = Self::read(entry, message) {
            return narrowing;
        }
        // A message that names another value, such as the resource, is complete and decides alone.
        if knowledge::names_deciding_value(entry.service, &entry.code, message) {
            return Self::Nothing;
        }
        Self::read(entry, from_start_of_message(front)).unwrap_or_default()
    }

    fn read(entry: &CodeEntry, part: &str) -> Option<Self> {
        if is_graph_access_denied(entry) && names_access_policy(part) {
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

/// Whether a text names an application access policy, and not only that none is involved.
pub(super) fn names_access_policy(text: &str) -> bool {
    static DENIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:not|no|without|nicht|kein\w*)\b[^.\n]{0,30}(?:\[RAOP\]|AppOnly)").ok()
    });
    let Some(denied) = DENIED.as_ref() else {
        return false;
    };
    knowledge::names_access_policy(text)
        && knowledge::names_access_policy(&denied.replace_all(text, ""))
}

/// Starts of the labels with which a response or an exception continues on the next line.
const CONTINUATIONS: &[&str] = &[
    "message",
    "description",
    "detail",
    "reason",
    "error",
    "code",
    "status",
    "inner",
    "exception",
    "content",
    "body",
    "response",
    "caused",
    "trace",
    "correlation",
    "timestamp",
    "request",
    "date",
    "x-",
    "client",
    "additional",
    "failure",
    "result",
];

/// Text up to the line behind which something else begins.
fn up_to_end_of_message(text: &str) -> &str {
    let end = line_breaks(text).find(|at| !continues(&text[..*at], &text[at + 1..]));
    end.map_or(text, |end| &text[..end])
}

/// Text from the line in front of which something else ends.
fn from_start_of_message(text: &str) -> &str {
    let breaks: Vec<usize> = line_breaks(text).collect();
    let start = breaks
        .into_iter()
        .rev()
        .find(|at| !continues(&text[..*at], &text[at + 1..]));
    start.map_or(text, |start| &text[start + 1..])
}

fn line_breaks(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('\n').map(|(at, _)| at)
}

/// Whether the text behind a line break belongs to the same message as the line in front of it.
fn continues(before: &str, behind: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim_end();
    let next = behind.split('\n').next().unwrap_or_default();
    // Replies to a mail begin every line with this mark.
    let next = next.trim_start_matches("> ").trim_end();
    if next.trim().is_empty() {
        return false;
    }
    let is_wrapped = line.len() >= SHORTEST_WRAPPED && !line.ends_with(['.', '!', '?', '}']);
    let goes_on = next.starts_with(|first: char| {
        !first.is_alphanumeric() && first != '-' && first != '*' && first != '#'
    });
    let label = next.to_ascii_lowercase();
    is_wrapped || goes_on || CONTINUATIONS.iter().any(|start| label.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_something_else_begins() {
        let long = format!("{}and", "x ".repeat(35));
        for (text, message) in [
            ("a\nSupport wrote: b", "a"),
            ("a\nMessage: b\n\nc", "a\nMessage: b"),
            ("a\n  \"message\": b\nnext", "a\n  \"message\": b"),
        ] {
            assert_eq!(up_to_end_of_message(text), message);
        }
        let wrapped = format!("{long}\nthe rest");
        assert_eq!(up_to_end_of_message(&wrapped), wrapped);
        assert_eq!(from_start_of_message("other\na\n b"), "a\n b");
    }

    #[test]
    fn a_denied_access_policy_is_not_named() {
        assert!(names_access_policy("OData is disabled: [RAOP]"));
        assert!(names_access_policy("this is not [RAOP]. But here: [RAOP]"));
        for text in [
            "this is not [RAOP] related",
            "no trace of [RAOP]",
            "nothing",
        ] {
            assert!(!names_access_policy(text), "{text}");
        }
    }
}
