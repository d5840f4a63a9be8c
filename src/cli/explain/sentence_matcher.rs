//! Finds known messages and bare HTTP statuses in a text that contains no code.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::knowledge::{self, CodeSource, KnownSentence};
use crate::terms::CauseId;

use super::findings::{Detail, Findings, SentenceFinding};
use super::folding::{fold_into, folded};
use super::occurrences::Occurrences;
use super::service_context::ServiceContext;

/// Finds every part of every sentence in one pass over the folded text.
struct SentenceFinder {
    automaton: AhoCorasick,
    /// For each pattern, its row, and its part of the row.
    origins: Vec<(usize, &'static KnownSentence, &'static str)>,
}

static FINDER: LazyLock<Option<SentenceFinder>> = LazyLock::new(|| {
    let rows = knowledge::known_sentences().iter().enumerate();
    let origins: Vec<(usize, &'static KnownSentence, &'static str)> = rows
        .flat_map(|(row, entry)| {
            entry
                .parts
                .iter()
                .map(move |part| (row, entry, part.as_str()))
        })
        .collect();
    let automaton = AhoCorasick::new(origins.iter().map(|(_, _, part)| folded(part))).ok()?;
    Some(SentenceFinder { automaton, origins })
});

/// Occurrence of a known message.
struct SentenceMatch {
    row: usize,
    entry: &'static KnownSentence,
    part: &'static str,
    record: usize,
    at: usize,
}

/// Adds the known messages of a text, without those that repeat a code of the same record.
pub(super) fn add_sentences<'t>(
    found: &mut Findings<'t>,
    context: &ServiceContext,
    text: &'t str,
    folded_text: &FoldedText,
) {
    let mut repeated = RepeatedSentences::default();
    let places = places(found, folded_text);
    let strong: HashSet<usize> = places
        .iter()
        .filter(|place| !place.entry.weak)
        .map(|place| place.record)
        .collect();
    let mut added: Vec<SentenceFinding<'t>> = Vec::new();
    let mut rows: Vec<Option<usize>> = vec![None; knowledge::known_sentences().len()];
    for place in places {
        let has_more = strong.contains(&place.record) || found.detail.contains_key(&place.record);
        if (place.entry.weak && has_more) || repeated.contains(found, &place) {
            continue;
        }
        let service = context.service(text, found.timeline.span(place.at));
        // If the code itself appears elsewhere in the text, this sentence is the same finding.
        if code_of(place.entry, service).is_some_and(|code| found.counts_as(code, place.at)) {
            continue;
        }
        let Some(row) = rows.get_mut(place.row) else {
            continue;
        };
        let index = *row.get_or_insert(added.len());
        if index == added.len() {
            added.push(SentenceFinding {
                entry: place.entry,
                part: place.part,
                occurrences: Occurrences::default(),
                service,
            });
        }
        if let Some(sentence) = added.get_mut(index) {
            sentence.occurrences.add(&found.timeline, place.at);
        }
    }
    found.sentences = added;
}

/// Row of the code that belongs to a message, for the service that the text is about.
pub(super) fn code_of(
    entry: &KnownSentence,
    service: Option<CodeSource>,
) -> Option<&'static knowledge::CodeEntry> {
    service
        .and_then(|service| entry.code_entry_at(service))
        .or_else(|| entry.code_entry())
}

/// All occurrences of all messages. A row that requires all its parts matches at the last of them.
fn places(found: &Findings<'_>, folded_text: &FoldedText) -> Vec<SentenceMatch> {
    let Some(finder) = FINDER.as_ref() else {
        return Vec::new();
    };
    // For each row that requires all its parts: the parts that its latest record contains.
    let mut whole: Vec<(usize, HashSet<&'static str>)> =
        vec![Default::default(); knowledge::known_sentences().len()];
    let mut places: Vec<SentenceMatch> = Vec::new();
    // A part can be contained in a longer part of another row, so overlapping matches count.
    for matched in finder.automaton.find_overlapping_iter(&folded_text.text) {
        let Some((row, entry, part)) = finder.origins.get(matched.pattern().as_usize()).copied()
        else {
            continue;
        };
        let at = folded_text.line_of(matched.start());
        let record = found.timeline.record(at);
        if entry.all {
            let Some((in_record, matched_parts)) = whole.get_mut(row) else {
                continue;
            };
            if *in_record != record {
                matched_parts.clear();
                *in_record = record;
            }
            matched_parts.insert(part);
            if matched_parts.len() < entry.parts.len() {
                continue;
            }
            // The same parts can follow again as a second occurrence.
            matched_parts.clear();
        }
        // Several parts of one row in one place are one finding.
        let is_same = |last: &&SentenceMatch| {
            last.row == row && last.record == record && last.at == at && last.part != part
        };
        if places.iter().rev().take(8).find(is_same).is_none() {
            places.push(SentenceMatch {
                row,
                entry,
                part,
                record,
                at,
            });
        }
    }
    places
}

/// Messages that the codes of a record repeat; computed once for each record.
#[derive(Default)]
struct RepeatedSentences {
    record: Option<usize>,
    codes: HashSet<&'static str>,
    narrowing: Vec<String>,
    access_policy: bool,
}

impl RepeatedSentences {
    fn contains(&mut self, found: &Findings<'_>, place: &SentenceMatch) -> bool {
        if self.record != Some(place.record) {
            self.read(found, place.record);
        }
        let part = folded(place.part);
        let by_code = place
            .entry
            .code_entry()
            .is_some_and(|code| self.codes.contains(code.code.as_str()));
        let by_policy = self.access_policy
            && place
                .entry
                .causes
                .contains(&CauseId::MailboxOutsideAccessPolicy);
        by_code
            || by_policy
            || self
                .narrowing
                .iter()
                .any(|known| part.contains(known) || known.contains(&part))
    }

    fn read(&mut self, found: &Findings<'_>, record: usize) {
        *self = Self {
            record: Some(record),
            access_policy: found.access_policy.is_some(),
            ..Self::default()
        };
        for code in found.codes_of_record(record) {
            self.codes
                .extend(code.entry.map(|entry| entry.code.as_str()));
            self.access_policy |=
                matches!(code.narrowing, super::narrowing::Narrowing::AccessPolicy);
            let sentences = code
                .narrowing
                .sentence()
                .map_or(&[][..], |narrowed| narrowed.sentences.as_slice());
            self.narrowing
                .extend(sentences.iter().map(|part| folded(part)));
        }
    }
}

/// Folded text with the positions of its lines.
#[derive(Debug)]
pub(super) struct FoldedText {
    pub(super) text: String,
    /// Start of each line: in the folded text, and in the original text.
    lines: Vec<(usize, usize)>,
}

impl FoldedText {
    /// Folds a text line by line.
    pub(super) fn of(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            lines.push((folded.len(), start));
            fold_into(&mut folded, line);
            start += line.len();
        }
        Self {
            text: folded,
            lines,
        }
    }

    /// Position in the original text for a position in the folded text: on the same line, but not exact.
    fn line_of(&self, at: usize) -> usize {
        let line = self
            .lines
            .partition_point(|(folded, _)| *folded <= at)
            .saturating_sub(1);
        let (folded, start) = self.lines.get(line).copied().unwrap_or_default();
        let next = self.lines.get(line + 1).copied();
        match next {
            // Empty lines have the same place in the folded text.
            Some((_, next)) => (start + (at - folded)).min(next.saturating_sub(1)),
            None => start + (at - folded),
        }
    }
}

/// How logs and exceptions write an HTTP status: behind a label, in a status line, or in parentheses, as .NET does in
/// every language. The word boundaries are those of ASCII, which are also found fast in a text with other letters.
const STATUS: &str = r#"(?i)(?:(?-u:\b)HTTP/\d(?:\.\d)?["']?\s+|(?-u:\b)HTTP(?:\s+(?:status|code|error))*\s*[:=]?\s+|(?-u:\b)status(?:[ _-]?code)?["']?\s*[:=]\s*"?|(?-u:\b)status code\s+|(?-u:\b)code:\s+|indicate success:\s+)([45]\d\d)(?-u:\b)|\(([45]\d\d)\)\s?\p{L}|(?-u:\b)([45]\d\d)\s(?:unauthorized|forbidden|not found|bad request|too many requests|proxy authentication|service unavailable|server unavailable|bad gateway|gateway time-?out|internal server error|client error|server error)"#;

static STATUS_PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STATUS).ok());

/// Adds the known HTTP statuses of a text, unless something more specific is next to them.
pub(super) fn add_statuses<'t>(found: &mut Findings<'t>, context: &ServiceContext, text: &'t str) {
    let Some(pattern) = STATUS_PATTERN.as_ref() else {
        return;
    };
    // A bare status adds nothing to a message of the same record.
    let sentences: HashSet<usize> = found
        .sentences
        .iter()
        .flat_map(|sentence| sentence.occurrences.all_records())
        .collect();
    for capture in pattern.captures_iter(text) {
        let Some(digits) = (1..=3).find_map(|group| capture.get(group)) else {
            continue;
        };
        let (at, record) = (digits.start(), found.timeline.record(digits.start()));
        let Ok(status) = digits.as_str().parse() else {
            continue;
        };
        if sentences.contains(&record) || has_more_detail(found, record, status) {
            continue;
        }
        // A status means nothing without its request, which other records do not contain.
        let service = context.service_of_record(text, found.timeline.span(at));
        let Some(entry) = knowledge::status_entry(status, service) else {
            continue;
        };
        found.status(entry, at);
    }
}

/// Whether the record, or one next to it in the same second, contains the reason of a status.
fn has_more_detail(found: &Findings<'_>, record: usize, status: u16) -> bool {
    let near = [record.checked_sub(1), Some(record), Some(record + 1)];
    near.into_iter().flatten().any(|other| {
        found.timeline.same_second(record, other) && explains_status(found, other, status)
    })
}

fn explains_status(found: &Findings<'_>, record: usize, status: u16) -> bool {
    match found.detail.get(&record) {
        None => false,
        Some(Detail::Service) => true,
        // The sign-in service sends its numbers with 400 and 401; a 403 beside one comes from another service.
        Some(Detail::SignIn) => matches!(status, 400 | 401) || found.has_passing_code(record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Findings<'_> {
        let folded_text = FoldedText::of(text);
        let context = ServiceContext::new(&folded_text.text);
        let mut found = Findings::with_timeline(super::super::timeline::Timeline::of(text));
        add_sentences(&mut found, &context, text, &folded_text);
        found
    }

    fn parts(text: &str) -> Vec<&'static str> {
        read(text)
            .sentences
            .iter()
            .map(|found| found.part)
            .collect()
    }

    fn statuses(text: &str) -> Vec<(&'static knowledge::StatusEntry, usize)> {
        let folded_text = FoldedText::of(text);
        let context = ServiceContext::new(&folded_text.text);
        let mut found = Findings::with_timeline(super::super::timeline::Timeline::of(text));
        add_statuses(&mut found, &context, text);
        found
            .statuses
            .iter()
            .map(|(entry, occurrences)| (*entry, occurrences.times))
            .collect()
    }

    fn shown(text: &str) -> Vec<(u16, usize)> {
        statuses(text)
            .iter()
            .map(|(entry, times)| (entry.status, *times))
            .collect()
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
        for entry in knowledge::known_sentences() {
            let texts = if entry.all {
                vec![entry.parts.join(" 'x' ")]
            } else {
                entry.parts.clone()
            };
            for text in texts {
                let found = read(&text);
                assert!(
                    found
                        .sentences
                        .iter()
                        .any(|found| found.entry.parts == entry.parts),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_name_with_an_underscore_is_not_found_in_words() {
        for text in [
            "Invalid client IP address",
            "Invalid request: parameter x",
            "Unauthorized client 10.1.2.51",
            "Invalid scope for report",
            "Admin consent required by the house rules",
        ] {
            assert!(parts(text).is_empty(), "{text}: {:?}", parts(text));
        }
        for text in [
            "error=invalid_client&x",
            r#"{\"error\":\"invalid_client\"}"#,
            "invalid\\_client",
            "INVALID_CLIENT",
            "invalid_\r\nclient",
            "invalid\n_client",
        ] {
            assert_eq!(parts(text), ["invalid_client"], "{text}");
        }
    }

    #[test]
    fn a_row_with_several_necessary_parts_needs_them_all() {
        assert_eq!(
            parts("The requested user 'room1@contoso.com' is invalid.").len(),
            1
        );
        assert!(
            parts("The requested user is here").is_empty() && parts("this is invalid").is_empty()
        );
    }

    #[test]
    fn sentences_are_counted_in_the_order_of_the_text() {
        let found = read("ECONNREFUSED x The operation has timed out. ECONNREFUSED");
        let occurrences: Vec<(&str, usize)> = found
            .sentences
            .iter()
            .map(|found| (found.part, found.occurrences.times))
            .collect();
        assert_eq!(
            occurrences,
            [("ECONNREFUSED", 2), ("The operation has timed out", 1)]
        );
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
            "Request failed with status code 403",
            "resulted in a `403 Forbidden` response",
            "403 Client Error: Forbidden for url",
            r#"{"status": 403}"#,
        ] {
            assert_eq!(shown(text), [(403, 1)], "{text}");
        }
        for text in [
            "call (404) 555-1234",
            "room 403",
            "took 403 ms",
            "(403)",
            "HTTP/1.1 200 OK",
        ] {
            assert!(shown(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_host_in_the_text_decides_the_service() {
        let first = |text: &str| statuses(text)[0].0.causes[0].as_str();
        assert_eq!(
            first("HTTP/1.1 403 https://graph.microsoft.com/v1.0"),
            "grant.calendars-read-write-missing"
        );
        assert_eq!(first("exchangelib Code: 403"), "ews.disabled");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_folded_without_panic(text in "[\\\\%&;#nu0-9a-zÀé東 ]{0,60}") {
            let _ = (folded(&text), parts(&text), statuses(&text));
        }
    }
}
