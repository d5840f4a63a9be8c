//! One line for each part of the chain.

use super::page::Page;
use super::style::Tone;
use super::wrap::pad;
use crate::diagnosis::ResultRow;
use crate::report::section::{self, Mark};
use crate::report::{Report, wording};
use crate::terms::Outcome;

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
    add(
        page,
        &pad("", STATUS),
        "All checks",
        &wording::tally(report.summary.counts),
        Tone::Quiet,
    );
}

fn line(page: &mut Page, title: &str, rows: &[&ResultRow]) {
    let mark = section::mark(rows);
    let word = page.paint(&pad(&format!("[{}]", mark.word()), STATUS), tone(mark));
    add(page, &word, title, &section::words(rows), Tone::Normal);
}

fn tone(mark: Mark) -> Tone {
    match mark {
        Mark::Ok => Tone::Good,
        Mark::Skipped => Tone::Quiet,
        Mark::Part | Mark::Warn | Mark::Unknown => Tone::Doubtful,
        Mark::Error | Mark::Fail => Tone::Bad,
    }
}

fn add(page: &mut Page, word: &str, title: &str, words: &str, tone: Tone) {
    let mark = format!(" {word} {} ", pad(title, TITLE));
    page.marked(&mark, STATUS + TITLE + 3, words, tone);
}
