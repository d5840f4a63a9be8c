//! Another level of findings for the exit code of a saved report.

use super::{FailOn, Report, verdict_notes};

/// Makes the exit code of a report follow another level. That of `migrate` is about the switch, and an interrupted run stays
/// interrupted.
pub fn set_fail_on(report: &mut Report, level: FailOn) {
    report.summary.fail_on = level;
    if report.interrupted || report.migration.is_some() {
        return;
    }
    let (verdict, asks_for_action) = match &report.baseline {
        Some(baseline) => (baseline.verdict, baseline.asks_for_action),
        None => (
            report.summary.verdict,
            verdict_notes::any_needs_action(&report.causes),
        ),
    };
    report.summary.exit_code = verdict.exit_code(level, asks_for_action);
}
