//! The part of the evidence that the rest of a report does not already hold.

use serde::{Deserialize, Serialize};

use super::Report;
use crate::evidence::{ConnectionFacts, Control, Evidence, Observation};

/// An [`Evidence`] without its requests and without the fields that stand elsewhere in the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recorded {
    /// The sign-in host in use.
    pub sign_in_host: String,
    /// The `User-Agent` that was sent.
    pub user_agent: String,
    /// The ResourceXpress version of the settings.
    pub product_version: Option<String>,
    /// Every connection, with all that is known of its settings.
    pub connections: Vec<ConnectionFacts>,
    /// One entry for every planned check and subject.
    pub observations: Vec<Observation>,
    /// The control of each connection that needed one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
}

impl Recorded {
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
            connections: self.connections.clone(),
            observations: self.observations.clone(),
            controls: self.controls.clone(),
            requests: report.requests.clone(),
        })
    }
}
