//! Fixed sentences and bare HTTP statuses in a text that names no code.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::knowledge::{self, CodeSource, SentenceEntry, StatusEntry};

/// A sentence of the table, and how often the text holds it.
#[derive(Debug)]
pub(super) struct FoundSentence {
    /// The row of the table.
    pub(super) entry: &'static SentenceEntry,
    /// The part of the row that the text holds.
    pub(super) part: &'static str,
    /// How often.
    pub(super) times: usize,
}

/// Finds every part of every sentence in one pass over the folded text.
struct Finder {
    automaton: AhoCorasick,
    /// For each pattern, its row and the part of the row.
    origins: Vec<(usize, &'static str)>,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    let rows = knowledge::sentences().iter().enumerate();
    let origins: Vec<(usize, &'static str)> =
        rows.flat_map(|(row, entry)| entry.parts.iter().map(move |part| (row, part.as_str()))).collect();
    let automaton = AhoCorasick::new(origins.iter().map(|(_, part)| folded(part))).ok()?;
    Some(Finder { automaton, origins })
});

/// The sentences of the table that a text holds, in the order in which they first appear.
pub(super) fn sentences(text: &str) -> Vec<FoundSentence> {
    let Some(finder) = FINDER.as_ref() else { return Vec::new() };
    let text = folded(text);
    let mut times: HashMap<usize, usize> = HashMap::new();
    let mut order = Vec::new();
    for found in finder.automaton.find_overlapping_iter(&text) {
        let pattern = found.pattern().as_usize();
        if *times.entry(pattern).and_modify(|times| *times += 1).or_insert(1) == 1 {
            order.push(pattern);
        }
    }
    rows_of(finder, &order, &times)
}

/// One finding for each row, even where the text holds several of its parts.
fn rows_of(finder: &Finder, order: &[usize], times: &HashMap<usize, usize>) -> Vec<FoundSentence> {
    let mut found: Vec<FoundSentence> = Vec::new();
    for pattern in order {
        let Some((row, part)) = finder.origins.get(*pattern).copied() else { continue };
        let Some(entry) = knowledge::sentences().get(row) else { continue };
        let seen = found.iter().any(|known| known.entry.parts == entry.parts);
        let holds = |part: &&String| order.iter().any(|at| finder.origins.get(*at) == Some(&(row, part.as_str())));
        if !seen && (!entry.all || entry.parts.iter().filter(holds).count() == entry.parts.len()) {
            found.push(FoundSentence { entry, part, times: times.get(pattern).copied().unwrap_or(1) });
        }
    }
    found
}

/// Letters and digits only, in lower case: line breaks, wrapping, quotation marks and escapes make no difference.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let skipped = match character {
            '\\' => escape(rest),
            '&' => entity(rest),
            '%' => percent(rest),
            _ => None,
        };
        match character {
            _ if skipped.is_some() => {}
            'a'..='z' | '0'..='9' => folded.push(character),
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            other if !other.is_ascii() && other.is_alphanumeric() => folded.extend(other.to_lowercase()),
            _ => {}
        }
        rest = rest.get(skipped.unwrap_or(character.len_utf8())..).unwrap_or_default();
    }
    folded
}

/// The length of `\n`, `\r`, `\t` and of `\u0027`.
fn escape(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    match bytes.get(1)? {
        b'n' | b'r' | b't' => Some(2),
        b'u' if bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit) => Some(6),
        _ => None,
    }
}

/// The length of a character of HTML such as `&quot;` or `&#39;`.
fn entity(rest: &str) -> Option<usize> {
    const LONGEST: usize = 8;
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b';')?;
    rest.as_bytes().get(1..end)?.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').then_some(end + 1)
}

/// The length of `%20` and its like.
fn percent(rest: &str) -> Option<usize> {
    rest.as_bytes().get(1..3)?.iter().all(u8::is_ascii_hexdigit).then_some(3)
}

/// Where logs and exceptions write an HTTP status: behind a label, in a status line, or in parentheses as .NET does in
/// every language.
const STATUS: &str = r#"(?i)(?:\bHTTP/\d(?:\.\d)?["']?\s+|\bHTTP(?:\s+(?:status|code|error))*\s*[:=]?\s+|\bstatus(?:[ _-]?code)?["']?\s*[:=]\s*"?|\bcode:\s+|indicate success:\s+)([45]\d\d)\b|\(([45]\d\d)\)\s?\p{L}"#;

static STATUS_PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STATUS).ok());

/// The bare statuses of a text that the table knows, each once, with how often the text holds it.
pub(super) fn statuses(text: &str) -> Vec<(&'static StatusEntry, usize)> {
    let Some(pattern) = STATUS_PATTERN.as_ref() else { return Vec::new() };
    let service = service_of(text);
    let mut found: Vec<(&'static StatusEntry, usize)> = Vec::new();
    for capture in pattern.captures_iter(text) {
        let digits = capture.get(1).or_else(|| capture.get(2)).map_or("", |digits| digits.as_str());
        let entry = digits.parse().ok().and_then(|status| knowledge::status_entry(status, service));
        let Some(entry) = entry else { continue };
        match found.iter_mut().find(|(known, _)| known.status == entry.status) {
            Some((_, times)) => *times += 1,
            None => found.push((entry, 1)),
        }
    }
    found
}

/// Which service a text is about, by the hosts and libraries that it names.
fn service_of(text: &str) -> Option<CodeSource> {
    const MARKS: &[(&str, CodeSource)] = &[
        ("graph.microsoft.", CodeSource::Graph),
        ("microsoft.graph.", CodeSource::Graph),
        ("exchange.asmx", CodeSource::Exchange),
        ("outlook.office", CodeSource::Exchange),
        ("exchangelib", CodeSource::Exchange),
        ("exchange.webservices", CodeSource::Exchange),
        ("login.microsoftonline.", CodeSource::SignIn),
    ];
    let text = text.to_ascii_lowercase();
    MARKS.iter().find(|(mark, _)| text.contains(mark)).map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&'static str> {
        sentences(text).iter().map(|found| found.part).collect()
    }

    fn shown(text: &str) -> Vec<(u16, usize)> {
        statuses(text).iter().map(|(entry, times)| (entry.status, *times)).collect()
    }

    #[test]
    fn a_sentence_survives_wrapping_quoting_and_escapes() {
        let wanted = "The account does not have permission to impersonate the requested user";
        for text in [
            "The account does not have permission to impersonate the requested user.",
            "Exception calling \"Bind\": \"The account does not have permission to impersonate the requested\nuser.\"",
            "> The account does not have per\r\n> mission to impersonate the requested user.",
            r"THE ACCOUNT does not have permission\r\nto impersonate the requested user",
            "The&nbsp;account does not have permission to impersonate the requested user&quot;",
            "The%20account%20does%20not%20have%20permission%20to%20impersonate%20the%20requested%20user",
        ] {
            assert_eq!(parts(text), [wanted], "{text}");
        }
        assert!(parts("The account has permission to impersonate the requested user").is_empty());
    }

    #[test]
    fn every_part_of_every_row_is_found_by_itself() {
        for entry in knowledge::sentences() {
            let texts = if entry.all { vec![entry.parts.join(" 'x' ")] } else { entry.parts.clone() };
            for text in texts {
                let found = sentences(&text);
                assert!(found.iter().any(|found| found.entry.parts == entry.parts), "{text}");
            }
        }
    }

    #[test]
    fn a_row_with_several_necessary_parts_needs_them_all() {
        assert_eq!(sentences("The requested user 'room1@contoso.com' is invalid.").len(), 1);
        assert!(sentences("The requested user is here").is_empty() && sentences("this is invalid").is_empty());
    }

    #[test]
    fn sentences_are_counted_in_the_order_of_the_text() {
        let found = sentences("ECONNREFUSED x The operation has timed out. ECONNREFUSED");
        let seen: Vec<(&str, usize)> = found.iter().map(|found| (found.part, found.times)).collect();
        assert_eq!(seen, [("ECONNREFUSED", 2), ("The operation has timed out", 1)]);
    }

    #[test]
    fn a_status_is_read_in_every_language_and_form() {
        for text in [
            "The request failed. The remote server returned an error: (403) Forbidden.",
            "Der Remoteserver hat einen Fehler zurückgegeben: (403) Unzulässig.",
            "リモート サーバーがエラーを返しました: (403) 使用不可能",
            "The remote server returned an error: (403)Forbidden",
            "HTTP/1.1 403",
            "HTTP/2 403 ",
            "Code: 403 headers: {}",
            "Response status code does not indicate success: 403 (Forbidden).",
            "StatusCode=403",
            r#"{"status": 403}"#,
        ] {
            assert_eq!(shown(text), [(403, 1)], "{text}");
        }
        for text in ["call (404) 555-1234", "room 403", "took 403 ms", "(403)", "HTTP/1.1 200 OK"] {
            assert!(shown(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_host_in_the_text_decides_the_service() {
        let first = |text: &str| statuses(text)[0].0.causes[0].as_str();
        assert_eq!(first("HTTP/1.1 403 https://graph.microsoft.com/v1.0"), "grant.calendars-read-write-missing");
        assert_eq!(first("exchangelib Code: 403"), "ews.disabled");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_folded_without_panic(text in "[\\\\%&;#nu0-9a-zÀé東 ]{0,60}") {
            let _ = (folded(&text), sentences(&text), statuses(&text));
        }
    }
}
