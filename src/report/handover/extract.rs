//! Extraction of the tasks from a report.

use crate::diagnosis::{AdministratorSummary, Migration};
use crate::report::decisive_rows::DecisiveRows;
use crate::report::settled_by_evidence::can_be_settled;
use crate::report::{Report, Verdict, migration_view, sanitize, verdict_reason, wording};
use crate::terms::SkipReason;

use super::migration_tasks;
use super::tasks::{Handover, group_by_role, is_blocked};

impl Handover {
    /// Extracts the tasks of a report, with every text sanitized.
    ///
    /// Notes that need an action are included as the last part: a secret that expires soon can be renewed, an unused
    /// permission can be removed. A note that needs no action is omitted. A failed or unknown check whose cause no
    /// administrator can fix is included, because the remedy is to wait.
    pub fn new(report: &Report) -> Self {
        // A saved report can contain any text, so it is sanitized before any format sees it.
        let safe = sanitize::sanitize_report(report, true);
        Self {
            tested_at: safe.started_at,
            verdict: safe.summary.verdict,
            label: label(&safe),
            reason: reason(&safe),
            readiness: plan_of(&safe).map(|migration| migration.readiness),
            redacted: safe.redaction.is_redacted(),
            incomplete: safe.interrupted || !safe.target.narrowed_by.is_empty(),
            needs_evidence: needs_evidence(&safe),
            blocked: safe.results.iter().filter(|row| is_blocked(row)).count(),
            parts: match &safe.migration {
                Some(migration) => migration_tasks::plan_and_remaining(&safe, migration),
                None => group_by_role(&safe),
            },
            report_id: safe.report_id,
            target: safe.target,
        }
    }
}

/// The comparison, if it has a plan. Without one, the hand-over is that of a check.
fn plan_of(report: &Report) -> Option<&Migration> {
    let migration = report.migration.as_ref();
    migration.filter(|migration| !migration.plan.is_empty())
}

fn label(report: &Report) -> &'static str {
    match plan_of(report) {
        Some(migration) => migration_view::readiness_label(report, migration),
        None => verdict_reason::verdict_label(report),
    }
}

/// Why the report has its readiness, or a verdict that no task explains, and what to do about it.
fn reason(report: &Report) -> Option<String> {
    if let Some(migration) = plan_of(report) {
        return Some(migration_view::readiness_sentence(report, migration));
    }
    let is_good = matches!(
        report.summary.verdict,
        Verdict::Ready | Verdict::ReadyLimited
    );
    let decisive = DecisiveRows::of_report(report);
    if is_good || decisive.problem().is_some() {
        return None;
    }
    let mut roots = decisive.roots.iter();
    let next = if roots.any(|row| row.skip_reason == Some(SkipReason::NeedsInput)) {
        wording::PROVIDE_MISSING_INPUT
    } else {
        wording::REPEAT_THE_CHECK
    };
    let reason = wording::as_sentence(&verdict_reason::verdict_headline(report));
    Some(format!("{reason} {next}"))
}

/// Whether a cause is in doubt that the configuration can settle. A report that was diagnosed with complete
/// evidence does not request it again, and a redacted one lacks the addresses for the script.
fn needs_evidence(report: &Report) -> bool {
    let is_settled = |own: &AdministratorSummary| own.limits.is_empty();
    !report.administrator.as_ref().is_some_and(is_settled)
        && !report.redaction.is_redacted()
        && report.causes.iter().any(can_be_settled)
}
