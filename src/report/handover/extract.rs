//! Extraction of the tasks from a report.

use crate::diagnosis::AdministratorSummary;
use crate::report::settled_by_evidence::can_be_settled;
use crate::report::{Report, sanitize};

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
            readiness: safe.migration.as_ref().map(|migration| migration.readiness),
            redacted: safe.redaction.is_redacted(),
            incomplete: safe.interrupted || !safe.target.narrowed_by.is_empty(),
            needs_evidence: needs_evidence(&safe),
            blocked: safe.results.iter().filter(|row| is_blocked(row)).count(),
            parts: match &safe.migration {
                Some(migration) => migration_tasks::by_phase(migration),
                None => group_by_role(&safe),
            },
            report_id: safe.report_id,
            target: safe.target,
        }
    }
}

/// Whether a cause is in doubt that the configuration can settle. A report that was diagnosed with complete
/// evidence does not request it again, and a redacted one lacks the addresses for the script.
fn needs_evidence(report: &Report) -> bool {
    let is_settled = |own: &AdministratorSummary| own.limits.is_empty();
    !report.administrator.as_ref().is_some_and(is_settled)
        && !report.redaction.is_redacted()
        && report.causes.iter().any(can_be_settled)
}
