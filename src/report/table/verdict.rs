//! The last line.

use super::page::Page;
use super::style::Tone;
use crate::diagnosis::{Outcome, ResultRow};
use crate::evidence::{Requirement, SkipReason};
use crate::report::order;
use crate::report::{Counts, Report, Verdict, wording};

/// Draws the verdict, in one line that is never broken.
pub fn draw(page: &mut Page, report: &Report) {
    page.gap();
    let summary = report.summary;
    let word = page.paint(wording::verdict(summary.verdict), tone(summary.verdict));
    let interrupted = if report.interrupted { ", interrupted" } else { "" };
    page.line(format!("{word} (exit code {}{interrupted}): {}", summary.exit_code, reason(report)));
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ready => Tone::Good,
        Verdict::NotReady => Tone::Bad,
        Verdict::ReadyLimited | Verdict::Inconclusive => Tone::Doubtful,
    }
}

fn reason(report: &Report) -> String {
    let rows = |requirement| report.results.iter().filter(move |row| row.requirement == requirement);
    match report.summary.verdict {
        Verdict::NotReady => {
            let failed = Counts::of(rows(Requirement::Required)).fail;
            format!("{} failed{}.", wording::number(failed, "required check"), begin_with(report))
        }
        Verdict::Inconclusive => format!("what is required could not all be checked{}.", begin_with(report)),
        Verdict::ReadyLimited => {
            let counts = Counts::of(rows(Requirement::Optional));
            format!("booking works; {} of {} passed.", counts.pass, wording::number(counts.total(), "optional check"))
        }
        Verdict::Ready => ready(report),
    }
}

fn ready(report: &Report) -> String {
    let asked = |row: &&ResultRow| row.outcome != Outcome::Skipped;
    let counts = Counts::of(report.results.iter().filter(asked));
    let left_out = report.results.iter().filter(|row| row.skip_reason == Some(SkipReason::Deselected));
    let left_out = match Counts::of(left_out).total() {
        0 => String::new(),
        count => format!(", {count} left out on request"),
    };
    if counts.total() == 0 {
        return format!("but nothing was asked{left_out}.");
    }
    format!("{} of {} passed{left_out}.", counts.pass, wording::number(counts.total(), "check"))
}

/// Where to begin: the first cause that is more than a note.
fn begin_with(report: &Report) -> &'static str {
    match order::causes(report).iter().filter(|cause| !cause.is_note()).count() {
        0 => "",
        _ => "; begin with cause 1 above",
    }
}
