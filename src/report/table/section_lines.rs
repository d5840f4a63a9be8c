//! One line for each part of the chain.

use crate::diagnosis::ResultRow;
use crate::report::sections::{self, SectionStatus};
use crate::report::{Report, wording};
use crate::terms::Outcome;

use super::page::Page;
use super::tone::Tone;
use super::wrap::pad;

/// The widest status in its brackets.
const STATUS: usize = "[Skipped]".len();

/// The widest title of a section.
const TITLE: usize = "App registration".len();

/// Draws the chain.
pub fn draw_sections(page: &mut Page, report: &Report) {
    page.heading(wording::CHECKS);
    let mut skipped: (Vec<String>, Vec<&ResultRow>) = (Vec::new(), Vec::new());
    for (section, rows) in sections::sections_with_rows(&report.results) {
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
        wording::ALL_CHECKS,
        &wording::describe_counts(report.summary.counts),
        Tone::Quiet,
    );
}

fn line(page: &mut Page, title: &str, rows: &[&ResultRow]) {
    let mark = sections::section_status(rows);
    let word = page.paint(
        &pad(&format!("[{}]", sections::section_label(rows)), STATUS),
        tone(mark),
    );
    add(
        page,
        &word,
        title,
        &sections::describe_rows(rows),
        Tone::Normal,
    );
}

fn tone(mark: SectionStatus) -> Tone {
    match mark {
        SectionStatus::Ok => Tone::Good,
        SectionStatus::Skipped => Tone::Quiet,
        SectionStatus::Part | SectionStatus::Warn | SectionStatus::Unknown => Tone::Doubtful,
        SectionStatus::Error | SectionStatus::Fail => Tone::Bad,
    }
}

fn add(page: &mut Page, word: &str, title: &str, words: &str, tone: Tone) {
    let mark = format!(" {word} {} ", pad(title, TITLE));
    page.marked(&mark, STATUS + TITLE + 3, words, tone);
}
