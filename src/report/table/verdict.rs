//! The last line.

use super::page::Page;
use super::style::Tone;
use crate::report::{Report, Verdict, notes, reason};

/// Draws the verdict, in one line that is never broken.
pub fn draw(page: &mut Page, report: &Report) {
    page.gap();
    let summary = report.summary;
    let word = page.paint(reason::verdict_of(report), tone(summary.verdict));
    let interrupted = if report.interrupted {
        ", interrupted"
    } else {
        ""
    };
    let notes = notes::sentence(report).map_or_else(String::new, |notes| format!(" {notes}."));
    let reason = reason::reason(report);
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
