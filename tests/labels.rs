//! The renderers of the report write no label, heading or sentence of their own: all of them are in `report/wording`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot continue fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sources::{rust_files, without_tests};

#[path = "support/sources.rs"]
mod sources;

/// What lays out or orders a report. `wording` itself is the place for texts; `redact`, `compare`, `handover` and `json`
/// have texts of other documents.
const CHECKED: &[&str] = &[
    "html.rs",
    "html",
    "markdown.rs",
    "junit.rs",
    "table.rs",
    "table",
    "sections.rs",
    "section_status.rs",
    "room_counts.rs",
    "app_permissions.rs",
    "verdict_notes.rs",
    "verdict_reason.rs",
    "decisive_rows.rs",
    "row_groups.rs",
    "cause_order.rs",
    "long_command.rs",
];

/// Literals that are not text for readers.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("Content-Security-Policy", "name of an HTTP header"),
    ("default-src 'none'", "value of an HTTP header"),
    ("width=device-width", "value of an HTML element"),
    (
        "permission {} of app {}",
        "name of a JUnit property, which build jobs may read",
    ),
    (
        "[Skipped]",
        "the widest status, for the width of its column",
    ),
    (
        "App registration",
        "the widest title of a section, for the width of its column",
    ),
    ("Calendars.ReadWrite", "permission of Microsoft Graph"),
    ("Mail.Send", "permission of Microsoft Graph"),
    ("User.Read.All", "permission of Microsoft Graph"),
    ("Group.Read.All", "permission of Microsoft Graph"),
    (
        "each of these",
        "replaces the subject in the message of a group",
    ),
    ("M{x} {y}h{SIDE}", "path of an SVG picture"),
    ("M{} {}", "path of an SVG picture"),
    ("%H:%M:%SZ", "format of a time"),
];

#[test]
fn renderers_write_no_label_of_their_own() {
    let mut found = Vec::new();
    for file in files() {
        let source = fs::read_to_string(&file).unwrap();
        let code = without_tests(&source);
        for (line, literal) in literals(&code) {
            if is_text(&literal) && !EXCEPTIONS.iter().any(|(known, _)| literal.contains(known)) {
                found.push(format!("{}:{line}: {literal:?}", file.display()));
            }
        }
    }
    assert_eq!(
        found,
        Vec::<String>::new(),
        "move these to src/report/wording"
    );
}

#[test]
fn labels_and_sentences_are_texts_and_markup_is_not() {
    for text in [
        "Impact",
        "NOTES",
        "- Evidence: {}",
        " (exit code ",
        "no rooms were given",
    ] {
        assert!(is_text(text), "{text}");
    }
    for markup in [
        "dl",
        "### {}\n",
        ", ",
        "{status} {}",
        "tag {}",
        "https://",
        "report_id",
        "app ",
    ] {
        assert!(!is_text(markup), "{markup}");
    }
}

fn files() -> Vec<PathBuf> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
    let mut files = Vec::new();
    for name in CHECKED {
        let path = room.join(name);
        if path.is_dir() {
            files.extend(
                rust_files(&path)
                    .into_iter()
                    .filter(|file| file.file_stem().is_some_and(|stem| stem != "tests")),
            );
        } else {
            files.push(path);
        }
    }
    assert!(files.len() > CHECKED.len(), "the renderers have moved");
    files
}

/// The string literals of a source with their lines. Comments are skipped, since they may contain quotation marks.
fn literals(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in code.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let mut rest = line;
        while let Some((literal, behind)) = next_literal(rest) {
            found.push((at + 1, literal.to_owned()));
            rest = behind;
        }
    }
    found
}

fn next_literal(line: &str) -> Option<(&str, &str)> {
    let start = line.find('"')? + 1;
    let mut is_escaped = false;
    for (at, character) in line[start..].char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some((&line[start..start + at], &line[start + at + 1..])),
            _ => {}
        }
    }
    None
}

/// Whether a literal has two words, or one that is written like a label.
fn is_text(literal: &str) -> bool {
    let text = without_placeholders(literal);
    let is_word =
        |word: &&str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_alphabetic());
    let words: Vec<&str> = text
        .split(|character: char| character.is_whitespace() || "(),.:;*[]#".contains(character))
        .filter(is_word)
        .collect();
    words.len() > 1
        || words.iter().any(|word| {
            word.len() > 2 && word.starts_with(|letter: char| letter.is_ascii_uppercase())
        })
}

fn without_placeholders(literal: &str) -> String {
    let mut text = String::new();
    let mut is_placeholder = false;
    for character in literal.replace("\\n", " ").chars() {
        match character {
            '{' => is_placeholder = true,
            '}' => is_placeholder = false,
            _ if !is_placeholder => text.push(character),
            _ => {}
        }
    }
    text
}
