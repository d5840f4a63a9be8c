//! The report in at most twelve lines, to be pasted into a chat.

use super::page::Page;
use crate::diagnosis::Cause;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::{Report, sections, verdict_notes, wording};

/// How many causes and notes are shown; with the other lines that makes twelve.
const CAUSES: usize = 6;
/// How many of them are notes at most; the last line counts all notes.
const NOTES: usize = 2;

/// Draws who was asked, the causes without their remedies, and the counts.
pub fn draw_brief(page: &mut Page, report: &Report) {
    let tool = &report.tool;
    page.line(format!(
        "{} {}, knowledge of {}, report {}",
        tool.name, tool.version, tool.knowledge_date, report.report_id
    ));
    let connections = wording::count_noun(report.target.connections.len(), "connection");
    page.line(format!(
        "Tenant {}, {connections}, {}",
        report.target.tenant_id, report.started_at
    ));
    let causes: Vec<_> = cause_order::numbered_causes(report)
        .into_iter()
        .filter(|cause| !cause.is_note())
        .collect();
    let notes = verdict_notes(report);
    let shown = CAUSES - notes.len().min(NOTES);
    for cause in causes.iter().take(shown) {
        page.line(line(cause));
    }
    if causes.len() > shown {
        page.line(format!(
            "and {}",
            wording::count_noun(causes.len() - shown, "more cause")
        ));
    }
    for note in notes.iter().take(NOTES) {
        page.line(note_line(note.cause));
    }
    page.line(sections::describe_totals(&report.results));
}

/// A note without a number: what it says, and who acts on it.
fn note_line(cause: &Cause) -> String {
    let word = wording::requirement(cause.requirement);
    format!(
        "[{word}] {} ({}; {})",
        cause.title,
        cause.id,
        wording::who(&cause.remedy.who)
    )
}

fn line(numbered: &NumberedCause<'_>) -> String {
    let cause = numbered.cause;
    let word = wording::requirement(cause.requirement);
    let number = numbered.number;
    format!(
        "{number} [{word}] {} ({}; {})",
        cause.title,
        cause.id,
        wording::who(&cause.remedy.who)
    )
}
