//! The guide as data, in the order of its JSON form.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::Guide;
use crate::report::sanitize;
use crate::report::{Report, Tool, Verdict};
use crate::terms::{CauseId, CheckId};

/// The version of the guide's form. Within a major version fields are only ever added.
pub const GUIDE_VERSION: &str = "1.0";

/// A setup guide with the program that wrote it and the report that it was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuideDocument {
    /// The version of this form, `major.minor`.
    pub guide_version: String,
    /// The program that wrote it.
    pub tool: Tool,
    /// The report whose results are ticked off; `null` without one.
    pub report: Option<GuideReport>,
    /// The estate and the steps. In JSON, its fields are those of the document.
    #[serde(flatten)]
    pub guide: Guide,
}

/// The report that a guide was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuideReport {
    /// The ID of the report.
    pub report_id: String,
    /// When the run began, UTC.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// Its verdict.
    pub verdict: Verdict,
    /// Whether names and addresses are pseudonyms.
    pub redacted: bool,
    /// The options that limited the run to a part of the configuration; absent where it covers all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed_by: Vec<String>,
    /// Whether the run was stopped before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Whether a role inside Exchange grants access to calendars, which a consent in Entra would widen to every mailbox.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited_in_exchange: bool,
}

/// Whether the report shows a role of RBAC for Applications that takes the place of a consent for calendars.
fn is_limited_in_exchange(report: &Report) -> bool {
    let of_calendars = [
        CheckId::GrantFullAccessAsApp,
        CheckId::GrantCalendarsReadWrite,
    ];
    let mut notes = report.causes.iter();
    notes.any(|note| {
        note.id == CauseId::GrantByExchangeRbac.as_str()
            && note
                .explained(&report.results)
                .any(|row| of_calendars.contains(&row.check))
    })
}

impl GuideDocument {
    /// A document of this version.
    pub fn new(guide: Guide, report: Option<&Report>, tool: Tool) -> Self {
        Self {
            guide_version: GUIDE_VERSION.to_owned(),
            tool,
            report: report.map(|report| GuideReport {
                report_id: report.report_id.clone(),
                started_at: report.started_at,
                verdict: report.summary.verdict,
                redacted: report.redaction.is_redacted(),
                narrowed_by: report.target.narrowed_by.clone(),
                interrupted: report.interrupted,
                limited_in_exchange: is_limited_in_exchange(report),
            }),
            guide,
        }
    }

    /// The copy that is safe to print; without `unicode` in ASCII alone. A saved report can contain any text.
    pub(super) fn sanitized(&self, unicode: bool) -> Self {
        let mut copy = self.clone();
        copy.guide = sanitize::sanitize_guide(&self.guide, unicode);
        if let Some(report) = &mut copy.report {
            report.report_id = sanitize::sanitize(&report.report_id);
            for option in &mut report.narrowed_by {
                *option = sanitize::sanitize(option);
            }
        }
        copy
    }
}
