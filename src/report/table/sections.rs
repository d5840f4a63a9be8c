//! One line for each part of the chain.

use super::page::Page;
use super::style::Tone;
use super::wrap::pad;
use crate::diagnosis::ResultRow;
use crate::report::{Counts, Report, section, wording};
use crate::terms::{Outcome, Requirement};

/// The widest status word in its brackets.
const STATUS: usize = "[SKIPPED]".len();

/// The widest title of a section.
const TITLE: usize = "App registration".len();

/// Draws the chain.
pub fn draw(page: &mut Page, report: &Report) {
    page.heading("CHECKS");
    let mut skipped: (Vec<String>, Vec<&ResultRow>) = (Vec::new(), Vec::new());
    for (section, rows) in section::with_rows(&report.results) {
        if page.is_compact() && rows.iter().all(|row| row.outcome == Outcome::Skipped) {
            skipped.0.push(section.title.clone());
            skipped.1.extend(rows);
        } else {
            line(page, &section.title, &rows);
        }
    }
    if !skipped.1.is_empty() {
        line(page, &skipped.0.join(", "), &skipped.1);
    }
    add(page, &pad("", STATUS), "In all", &wording::tally(report.summary.counts), Tone::Quiet);
}

fn line(page: &mut Page, title: &str, rows: &[&ResultRow]) {
    let (word, tone) = status(rows);
    let counts = Counts::of(rows.iter().copied());
    let words = if counts.pass == counts.total() { all_right(counts.total()) } else { wording::tally(counts) };
    let words = if is_limit(rows) { words + ", optional only" } else { words };
    let words = if has_note(rows) { words + ", with a note" } else { words };
    let word = page.paint(&pad(&format!("[{word}]"), STATUS), tone);
    add(page, &word, title, &words, Tone::Normal);
}

fn add(page: &mut Page, word: &str, title: &str, words: &str, tone: Tone) {
    let mark = format!(" {word} {} ", pad(title, TITLE));
    page.marked(&mark, STATUS + TITLE + 3, words, tone);
}

fn all_right(count: usize) -> String {
    format!("all right ({count})")
}

/// Whether something is wrong or open here, and nothing required is.
fn is_limit(rows: &[&ResultRow]) -> bool {
    let wrong = |row: &&&ResultRow| !matches!(row.outcome, Outcome::Pass | Outcome::Skipped);
    let mut wrong = rows.iter().filter(wrong).peekable();
    wrong.peek().is_some() && wrong.all(|row| row.requirement != Requirement::Required)
}

/// A pass that carries the id of a cause carries a note.
fn has_note(rows: &[&ResultRow]) -> bool {
    rows.iter().any(|row| row.outcome == Outcome::Pass && row.cause.is_some())
}

/// The outcome of the worst row, with its tone.
fn status(rows: &[&ResultRow]) -> (&'static str, Tone) {
    let worst = rows.iter().max_by_key(|row| weight(row));
    worst.map_or(("PASS", Tone::Good), |row| (word(row), Tone::of(row.outcome, row.requirement)))
}

fn word(row: &ResultRow) -> &'static str {
    if row.outcome == Outcome::Pass { "OK" } else { wording::outcome(row.outcome) }
}

/// What was not asked weighs nothing beside what was, and required rows weigh more than others.
fn weight(row: &ResultRow) -> (u8, bool) {
    let outcome = match row.outcome {
        Outcome::Skipped => 0,
        Outcome::Pass => 1,
        Outcome::Unknown => 2,
        Outcome::Error => 3,
        Outcome::Fail => 4,
    };
    (outcome, row.requirement == Requirement::Required)
}
