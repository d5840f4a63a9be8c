//! The verdict, at the top and in the last line.

use unicode_width::UnicodeWidthStr;

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

/// Draws the verdict at the top, without what is shown below it.
pub fn draw_headline(page: &mut Page, report: &Report) {
    let label = verdict_reason::verdict_label(report);
    let tone = tone(report.summary.verdict);
    let reason = verdict_reason::verdict_headline(report);
    draw_above(page, (label, tone), report.interrupted, &reason);
}

/// Draws a verdict of any kind at the top.
pub fn draw_above(page: &mut Page, (label, tone): (&str, Tone), interrupted: bool, reason: &str) {
    let lead = wording::headline_lead(label, interrupted);
    let mark = format!("{} ", page.paint(&lead, tone));
    page.marked(&mark, lead.width() + 1, reason, Tone::Strong);
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ready => Tone::Good,
        Verdict::NotReady => Tone::Bad,
        Verdict::ReadyLimited | Verdict::Inconclusive => Tone::Doubtful,
    }
}
