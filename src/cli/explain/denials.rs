//! Parts of a log that name an error without reporting it: a line that denies it or reports that it is over, and a link to
//! its documentation.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::token_context::beginning;

/// How far from a denial its line is searched: a line can be as long as the text.
const REACH: usize = 300;

/// How far from its start a line can name its level.
const LEVEL_REACH: usize = 100;

/// `no error X`, `0 errors`: these deny an error in a line of any level except that of a failure.
const NO_ERROR: &str = r"(?i)(?-u:\b)(?:no|0|zero|without|kein\w{0,2}|aucune?|ning\x{fa}n|nessun)\s+(?:(?:more|further|new|such|any)\s+)?(?:(?:errors?|fehler|erreurs?|failures?|issues?|problems?|occurrences?)(?-u:\b)|AADSTS\d|(?-i:Error[A-Z])|invalid_[a-z])";

/// Words for the end of an error, and for a count of 0. These count only in a line of a level without failures.
const IS_OVER: &str = r#"(?i)(?:(?:not|be|n't)\s+(?:yet\s+|be\s+|been\s+)?)?(?-u:\b)(?:resolved|fixed|cleared|recovered|solved|succeeded|successfully|behoben|synced ok)(?-u:\b)|(?-u:\b)(?:count|total|errors?|failures?|failed)["']?\s*[:=]\s*["']?0(?-u:\b)"#;

/// Addresses of pages about a code.
const DOCUMENTATION: &str = r#"(?i)https?://(?:learn|docs|support|aka|techcommunity)\.[^\s"'<>]+|https?://login\.microsoftonline\.com/error\?code=\d+"#;

/// The level of a line, as most loggers write it.
const LEVEL: &str = r#"(?-u:\b)(INFO|INF|INFORMATION|DEBUG|DBG|TRACE|VERBOSE|SUCCESS|NOTICE|ERROR|ERR|FATAL|CRITICAL|SEVERE|WARN|WARNING)(?-u:\b)|[\[|](?i:(info|information|debug|trace|success|error|fatal|critical|warn|warning))[\]|]|(?i:(?:level|severity|lvl)["']?\s*[:=]\s*["']?(\w+))"#;

static PATTERNS: LazyLock<[Option<Regex>; 4]> =
    LazyLock::new(|| [NO_ERROR, IS_OVER, DOCUMENTATION, LEVEL].map(|text| Regex::new(text).ok()));

/// Whether the level of a line is that of a failure; None if the line names no level.
fn is_failure(line: &str, level: &Regex) -> Option<bool> {
    const FAILURES: &[&str] = &["err", "fatal", "crit", "severe", "warn", "alert", "emerg"];
    let found = level.captures(beginning(line, LEVEL_REACH))?;
    let name = found.iter().skip(1).flatten().next()?;
    let name = name.as_str().to_ascii_lowercase();
    Some(FAILURES.iter().any(|failure| name.starts_with(failure)))
}

/// Ranges of a text that name errors without reporting them, in order of appearance.
pub(super) fn denied_ranges(text: &str) -> Vec<Range<usize>> {
    let [
        Some(no_error),
        Some(is_over),
        Some(documentation),
        Some(level),
    ] = &*PATTERNS
    else {
        return Vec::new();
    };
    let mut ranges: Vec<Range<usize>> = documentation
        .find_iter(text)
        .map(|found| found.range())
        .collect();
    for found in no_error.find_iter(text) {
        let line = line_around(text, found.range());
        if is_failure(&text[line.clone()], level) != Some(true) {
            ranges.push(found.start()..end_of_clause(text, found.end(), line.end));
        }
    }
    for found in is_over.find_iter(text) {
        // "could not be resolved" and "can be resolved by" report no end.
        let word = found.as_str().to_ascii_lowercase();
        let is_open = ["not", "be", "n't"]
            .iter()
            .any(|front| word.starts_with(front))
            && !word.starts_with("behoben");
        let line = line_around(text, found.range());
        if !is_open && is_failure(&text[line.clone()], level) == Some(false) {
            ranges.push(line);
        }
    }
    ranges.sort_by_key(|range| range.start);
    merged(ranges)
}

/// Line of a range, at most [`REACH`] bytes away on both sides.
fn line_around(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.ceil_char_boundary(range.start.saturating_sub(REACH));
    let end = text.floor_char_boundary(range.end + REACH);
    let line_start = text[start..range.start].rfind('\n');
    let line_end = text[range.end..end].find('\n');
    line_start.map_or(start, |at| start + at + 1)..line_end.map_or(end, |at| range.end + at)
}

/// End of the clause from `start` on, before `line_end`: what follows it can report another error.
fn end_of_clause(text: &str, start: usize, line_end: usize) -> usize {
    let rest = &text[start..line_end];
    let end = rest.find([',', ';']).into_iter().chain(rest.find(". "));
    end.min().map_or(line_end, |at| start + at)
}

/// Ranges without overlaps.
fn merged(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_denied(text: &str) -> bool {
        !denied_ranges(text).is_empty()
    }

    #[test]
    fn lines_that_deny_an_error_are_recognized() {
        for text in [
            "2026-11-28 07:03:37 INFO AADSTS7000222 resolved: new secret",
            "INFO 0 errors; ErrorAccessDenied count: 0",
            "[info] ErrorServerBusy count=0",
            "INFO No ErrorMailboxMoveInProgress found",
            "No error AADSTS700016 found",
            r#"{"level":"information","message":"AADSTS7000222 fixed"}"#,
            "SUCCESS retry after ErrorServerBusy succeeded",
            "see https://login.microsoftonline.com/error?code=7000222",
            "https://learn.microsoft.com/x/error-code-aadsts700016-application-not-found",
        ] {
            assert!(is_denied(text), "{text}");
        }
        for text in [
            "ERROR AADSTS7000222 not resolved, 0 errors before",
            "INFO The remote name could not be resolved: 'outlook.office365.com'",
            "INFO AADSTS7000222 can be resolved by a new secret",
            "INFO ErrorNonExistentMailbox: No mailbox with such guid",
            "INFO AADSTS90002: Tenant 'x' not found",
            "AADSTS7000222: The provided client secret keys are expired.",
            r#"{"level":"error","count":0,"message":"AADSTS7000222"}"#,
        ] {
            assert!(!is_denied(text), "{text}");
        }
    }

    #[test]
    fn only_the_line_or_the_link_is_denied() {
        let text = "ERROR AADSTS1\nINFO no errors AADSTS2\nERROR AADSTS3 https://learn.microsoft.com/aadsts3 x";
        let denied: Vec<&str> = denied_ranges(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(
            denied,
            ["no errors AADSTS2", "https://learn.microsoft.com/aadsts3"]
        );
    }

    #[test]
    fn an_error_behind_a_denied_one_is_reported() {
        for text in [
            "INFO Check done, no AADSTS1, got AADSTS7000215: Invalid client secret",
            "no error AADSTS1 found; AADSTS7000215: Invalid client secret",
            "No error AADSTS1 found. AADSTS7000215: Invalid client secret",
        ] {
            let denied = denied_ranges(text);
            let is_in = |code: &str| {
                let at = text.find(code).unwrap();
                denied.iter().any(|range| range.contains(&at))
            };
            assert!(is_in("AADSTS1") && !is_in("AADSTS7000215"), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_searched_without_panic(text in "(no error|INFO|resolved|é|東| |\n|count: 0|https://learn.x){0,40}") {
            for range in denied_ranges(&text) {
                proptest::prop_assert!(text.get(range).is_some());
            }
        }
    }
}
