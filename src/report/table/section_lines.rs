//! One line for each part of the chain.

use crate::diagnosis::ResultRow;
use crate::knowledge::checks::{Section, SectionEntry};
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

/// Draws one line for each section of which something was checked, and one for all the others.
pub fn draw_section_marks(page: &mut Page, report: &Report) {
    let (skipped, run): (Vec<_>, Vec<_>) = sections::sections_with_rows(&report.results)
        .into_iter()
        .partition(|(_, rows)| rows.iter().all(|row| row.outcome == Outcome::Skipped));
    for (section, rows) in run {
        line(page, &section.title, &rows);
    }
    match skipped.as_slice() {
        [] => {}
        [(section, rows)] => line(page, &section.title, rows),
        several => draw_skipped(page, several),
    }
}

fn draw_skipped(page: &mut Page, sections: &[(&SectionEntry, Vec<&ResultRow>)]) {
    let titles: Vec<&str> = sections
        .iter()
        .map(|(section, _)| section.title.as_str())
        .collect();
    let rows: Vec<&ResultRow> = sections
        .iter()
        .flat_map(|(_, rows)| rows)
        .copied()
        .collect();
    let text = wording::sections_with_counts(&titles, &sections::describe_rows(&rows));
    let mark = format!(" {} ", status(page, &rows));
    page.marked(&mark, STATUS + 2, &text, Tone::Normal);
}

/// The line of a section, as the rows so far show it; `None` if it has no rows.
pub fn section_line(rows: &[ResultRow], id: Section) -> Option<String> {
    let sections = sections::sections_with_rows(rows);
    let (section, rows) = sections.into_iter().find(|(section, _)| section.id == id)?;
    let status = pad(&format!("[{}]", sections::section_label(&rows)), STATUS);
    let title = pad(&section.title, TITLE);
    let counts = sections::describe_rows(&rows);
    Some(format!("{status} {title} {counts}"))
}

/// Draws the chain.
pub fn draw_sections(page: &mut Page, report: &Report) {
    page.heading(wording::CHECKS);
    for (section, rows) in sections::sections_with_rows(&report.results) {
        line(page, &section.title, &rows);
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
    let word = status(page, rows);
    add(
        page,
        &word,
        title,
        &sections::describe_rows(rows),
        Tone::Normal,
    );
}

/// The label of a section in its brackets and its tone.
fn status(page: &Page, rows: &[&ResultRow]) -> String {
    let label = format!("[{}]", sections::section_label(rows));
    page.paint(&pad(&label, STATUS), tone(sections::section_status(rows)))
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
