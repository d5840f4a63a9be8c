//! The report in at most twelve lines, to be pasted into a chat.

use crate::diagnosis::Cause;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::{Report, sections, verdict_notes, wording};

use super::page::Page;

/// How many causes and notes are shown; with the other lines that makes twelve.
const CAUSES: usize = 6;
/// How many of them are notes at most; the last line counts all notes.
const NOTES: usize = 2;

/// Draws the tenant, the problems without their remedies, and the counts.
pub fn draw_brief(page: &mut Page, report: &Report) {
    page.line(wording::tool_line(&report.tool, &report.report_id));
    let connections = wording::count_noun(report.target.connections.len(), "connection");
    page.line(format!(
        "{} {}, {connections}, {}",
        wording::TENANT,
        report.target.tenant_id,
        report.started_at
    ));
    let causes: Vec<_> = cause_order::numbered_causes(report)
        .into_iter()
        .filter(|cause| !cause.is_note())
        .collect();
    let notes = verdict_notes(report);
    let shown = CAUSES - notes.len().min(NOTES);
    for cause in causes.iter().take(shown) {
        page.line(problem_line(cause));
    }
    if causes.len() > shown {
        page.line(wording::more_problems(causes.len() - shown));
    }
    for note in notes.iter().take(NOTES) {
        page.line(note_line(note.cause));
    }
    page.line(sections::describe_totals(&report.results));
}

/// A note has no number in a brief report; nothing refers to it.
fn note_line(cause: &Cause) -> String {
    let word = wording::cause_word(cause);
    format!(
        "[{word}] {} ({}; {})",
        cause.title,
        cause.id,
        wording::who(&cause.remedy.who)
    )
}

fn problem_line(numbered: &NumberedCause<'_>) -> String {
    format!("{} {}", numbered.number, note_line(numbered.cause))
}
