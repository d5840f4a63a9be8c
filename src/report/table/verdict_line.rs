//! The last line.

use crate::report::{Report, Verdict, verdict_notes, verdict_reason, wording};

use super::page::Page;
use super::tone::Tone;

/// Draws the verdict, in one line that is never broken.
pub fn draw_verdict(page: &mut Page, report: &Report) {
    page.gap();
    let summary = report.summary;
    let word = page.paint(verdict_reason::verdict_label(report), tone(summary.verdict));
    let notes = verdict_notes::notes_sentence(report)
        .map_or_else(String::new, |notes| format!(" {notes}."));
    let rest = verdict_reason::verdict_reason(report) + &notes;
    page.line(wording::verdict_line(
        &word,
        summary.exit_code,
        report.interrupted,
        &rest,
    ));
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ready => Tone::Good,
        Verdict::NotReady => Tone::Bad,
        Verdict::ReadyLimited | Verdict::Inconclusive => Tone::Doubtful,
    }
}
