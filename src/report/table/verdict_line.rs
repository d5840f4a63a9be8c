//! The last line.

use super::page::Page;
use super::tone::Tone;
use crate::report::{Report, Verdict, verdict_notes, verdict_reason};

/// Draws the verdict, in one line that is never broken.
pub fn draw_verdict(page: &mut Page, report: &Report) {
    page.gap();
    let summary = report.summary;
    let word = page.paint(verdict_reason::verdict_label(report), tone(summary.verdict));
    let interrupted = if report.interrupted {
        ", interrupted"
    } else {
        ""
    };
    let notes = verdict_notes::notes_sentence(report)
        .map_or_else(String::new, |notes| format!(" {notes}."));
    let reason = verdict_reason::verdict_reason(report);
    page.line(format!(
        "{word} (exit code {}{interrupted}): {reason}{notes}",
        summary.exit_code
    ));
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ready => Tone::Good,
        Verdict::NotReady => Tone::Bad,
        Verdict::ReadyLimited | Verdict::Inconclusive => Tone::Doubtful,
    }
}
