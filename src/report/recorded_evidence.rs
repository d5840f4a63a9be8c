//! The evidence of a report, put together again.

use crate::evidence::Evidence;

use super::{RecordedEvidence, Report};

impl RecordedEvidence {
    /// Puts the evidence together again. A file from which it was taken out gives `None` and not an empty run, which
    /// would look as if nothing had been wrong.
    pub(super) fn restore(&self, report: &Report) -> Option<Evidence> {
        if self.connections.is_empty() && self.observations.is_empty() {
            return None;
        }
        Some(Evidence {
            started_at: report.started_at,
            finished_at: report.finished_at,
            interrupted: report.interrupted,
            cloud: report.target.cloud.clone(),
            sign_in_host: self.sign_in_host.clone(),
            user_agent: self.user_agent.clone(),
            product_version: self.product_version.clone(),
            narrowed_by: report.target.narrowed_by.clone(),
            input_notes: report.input_notes.clone(),
            deadline: report.target.deadline.clone(),
            warn_days: report.target.warn_days,
            account: report.target.account.clone(),
            proxy: report.target.proxy.clone(),
            connections: self.connections.clone(),
            observations: self.observations.clone(),
            controls: self.controls.clone(),
            requests: report.requests.clone(),
        })
    }
}
