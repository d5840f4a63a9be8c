//! Joins codes that mail programs and consoles broke across lines. `AADSTS70002=` and `22` on the next line are one number,
//! and so are `AADSTS70002` and `22:` where a console wraps at its last column. The first part alone can be another code.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::knowledge;

use super::index::{LONGEST_NUMBER, aadsts_digits, is_number};

/// Shortest line that a console may have wrapped.
pub(super) const SHORTEST_WRAPPED: usize = 60;

/// Longest part of a word that is read on each side of a line break.
const LONGEST_WORD: usize = 48;

/// How PHP dumps print a header with one value: as a list.
const LIST_OF_ONE: &str = r#"(?i)["\]]*\s*=>\s*array(?::\d+ ?\[|\(\d+\) ?\{|\s*\()\s*\[?\d+\]?\s*=>\s*(?:string\(\d+\)\s*)?"#;

static LIST_PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(LIST_OF_ONE).ok());

/// Moves the value of each header behind its name, where a PHP dump prints it on a line of its own.
pub(super) fn join_headers(text: &str) -> Cow<'_, str> {
    match LIST_PATTERN.as_ref().filter(|_| text.contains("=>")) {
        Some(pattern) => pattern.replace_all(text, "\": "),
        None => Cow::Borrowed(text),
    }
}

/// Joins numbers and codes that a line break splits.
pub(super) fn join_codes(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let known: HashSet<&str> = knowledge::codes()
        .iter()
        .map(|entry| entry.code.as_str())
        .collect();
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\n') {
        let (line, next) = (&rest[..at], &rest[at + 1..]);
        let line = line.strip_suffix('\r').unwrap_or(line);
        // Quoted-printable mail ends a wrapped line with `=`, and a reply starts the next one with `>`.
        let (bare, is_soft) = line
            .strip_suffix('=')
            .map_or((line, false), |bare| (bare, true));
        let start = next.trim_start_matches(['>', ' ', '\t']);
        let head = word_at_start(start);
        let tail = word_at_end(&joined, bare);
        if is_cut(&tail, head, is_soft, bare.len(), &known) || is_cut_guid(&joined, bare, start) {
            joined.push_str(bare);
            rest = start;
        } else {
            joined.push_str(&rest[..=at]);
            rest = next;
        }
    }
    joined.push_str(rest);
    Cow::Owned(joined)
}

/// Whether a line break splits a number or a code.
fn is_cut(tail: &str, head: &str, is_soft: bool, line: usize, known: &HashSet<&str>) -> bool {
    if tail.is_empty() || head.is_empty() {
        return false;
    }
    let (ends, begins) = (
        tail.ends_with(|end: char| end.is_ascii_digit()),
        head.starts_with(|start: char| start.is_ascii_digit()),
    );
    // Quoted-printable marks the wrapped line, so digits on both sides are certainly one number.
    if is_soft && ends && begins {
        return true;
    }
    // A console wraps only at its last column, so a short line ended on purpose.
    if !is_soft && line < SHORTEST_WRAPPED {
        return false;
    }
    // A console leaves no mark, so the joined word has to be a known code and the first part must not be one.
    let whole = format!("{tail}{head}");
    let is_known_number = aadsts_digits(&whole).is_some_and(|digits| known.contains(digits));
    let goes_on = is_number(head) || aadsts_digits(tail).is_none();
    let is_number_of_sign_in =
        is_known_number && goes_on && whole.len() <= "AADSTS".len() + LONGEST_NUMBER;
    let is_word = known.contains(whole.as_str()) && !is_number(&whole) && !known.contains(tail);
    is_number_of_sign_in || is_word
}

/// Whether a line break splits a GUID: both parts together are one, and nothing else has this form.
fn is_cut_guid(joined: &str, line: &str, next: &str) -> bool {
    let head_length = next
        .bytes()
        .take(GUID)
        .take_while(|byte| is_guid_byte(*byte))
        .count();
    let mut tail_length = guid_bytes_at_end(line);
    if tail_length == line.len() {
        tail_length += guid_bytes_at_end(joined);
    }
    if head_length == 0 || tail_length == 0 || tail_length + head_length < GUID {
        return false;
    }
    let from_joined = tail_length.saturating_sub(line.len());
    let mut whole = joined.as_bytes()[joined.len() - from_joined..].to_vec();
    whole.extend(&line.as_bytes()[line.len() - (tail_length - from_joined)..]);
    whole.extend(&next.as_bytes()[..head_length]);
    whole.len() == GUID && uuid::Uuid::try_parse_ascii(&whole).is_ok()
}

/// Length of a GUID with its hyphens.
const GUID: usize = 36;

fn is_guid_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'-'
}

fn guid_bytes_at_end(text: &str) -> usize {
    text.bytes()
        .rev()
        .take(GUID)
        .take_while(|byte| is_guid_byte(*byte))
        .count()
}

fn word_at_start(text: &str) -> &str {
    let end = text
        .bytes()
        .take(LONGEST_WORD)
        .position(|byte| !is_word_byte(byte))
        .unwrap_or(text.len().min(LONGEST_WORD));
    text.get(..end).unwrap_or_default()
}

/// Last word of a line. It can begin on a line that was joined to it.
fn word_at_end(joined: &str, line: &str) -> String {
    let word = last_word(line);
    let before = if word.len() == line.len() {
        last_word(joined)
    } else {
        ""
    };
    format!("{before}{word}")
}

fn last_word(text: &str) -> &str {
    let length = text
        .bytes()
        .rev()
        .take(LONGEST_WORD)
        .take_while(|byte| is_word_byte(*byte))
        .count();
    text.get(text.len() - length..).unwrap_or_default()
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_broken_by_a_soft_line_break_is_joined() {
        for cut in [
            "AADSTS70002=\n22: x",
            "AADSTS70002=\r\n22: x",
            "AADSTS7=\n00022=\n2: x",
        ] {
            assert_eq!(join_codes(cut), "AADSTS7000222: x", "{cut:?}");
        }
        for whole in [
            "a=\nb",
            "code=\n70002",
            "70002=\nx",
            "70002=22",
            "=",
            "70002=",
        ] {
            assert_eq!(join_codes(whole), whole);
        }
    }

    #[test]
    fn a_code_wrapped_by_a_console_is_joined() {
        let filler = "x ".repeat(35);
        for (cut, whole) in [
            (
                format!("{filler}AADSTS70002\n22: expired"),
                format!("{filler}AADSTS7000222: expired"),
            ),
            (
                format!("{filler}AAD\r\nSTS7000222: expired"),
                format!("{filler}AADSTS7000222: expired"),
            ),
            (
                format!("> {filler}AADSTS70002\n> 22: expired"),
                format!("> {filler}AADSTS7000222: expired"),
            ),
            (
                format!("{filler}ErrorNonExis\ntentMailbox x"),
                format!("{filler}ErrorNonExistentMailbox x"),
            ),
        ] {
            assert_eq!(join_codes(&cut), whole, "{cut:?}");
        }
        for other in [
            format!("{filler}AADSTS70002\n2026-11-28 next record"),
            format!("{filler}AADSTS7000222\nAADSTS7000215"),
            format!("{filler}took 70002\n22 ms"),
            "AADSTS70002\n22".to_owned(),
        ] {
            assert_eq!(join_codes(&other), other, "{other:?}");
        }
    }

    #[test]
    fn a_guid_is_joined_wherever_it_is_cut() {
        let id = "0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d";
        let whole = format!("Trace ID: {id} x");
        for at in 1..id.len() {
            for mark in ["\n", "\r\n", "=\n", "\n> "] {
                let cut = format!("Trace ID: {}{mark}{} x", &id[..at], &id[at..]);
                assert_eq!(join_codes(&cut), whole, "{cut:?}");
            }
        }
        for other in [
            format!("{id}\nabc"),
            format!("{id}\n{id}"),
            format!("{}\n{id}", &id[..8]),
        ] {
            assert_eq!(join_codes(&other), other);
        }
    }

    #[test]
    fn a_header_of_a_php_dump_is_on_one_line() {
        for dump in [
            "\"request-id\" => array:1 [\n    0 => \"4f7b\"\n  ]",
            "[\"request-id\"]=>\n  array(1) {\n    [0]=>\n    string(4) \"4f7b\"",
            "[request-id] => Array\n        (\n            [0] => 4f7b",
        ] {
            let joined = join_headers(dump);
            assert!(
                joined.contains("request-id\": ")
                    && joined.lines().next().unwrap().contains("4f7b"),
                "{joined}"
            );
        }
        assert_eq!(join_headers("a => b"), "a => b");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_joined_without_panic(text in "(AADSTS|[0-9=é\r\n >a]){0,60}") {
            let _ = join_codes(&text);
        }
    }
}
