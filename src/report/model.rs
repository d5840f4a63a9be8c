//! The report as data, in the order of its JSON form.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{AdministratorSummary, Cause, EndDate, Migration, ResultRow};
use crate::evidence::{
    Acceptance, ConnectionFacts, Control, Evidence, InputNote, Observation, ProxyInUse,
    RequestRecord,
};
use crate::terms::Api;

use super::{Baseline, Summary};

/// The word for a redacted copy in [`Redaction::mode`].
pub const PSEUDONYMS: &str = "pseudonyms";

/// The version of the report's form. Within a major version fields are only ever added.
pub const SCHEMA_VERSION: &str = "1.0";

/// One run: what was tested, which problems were found, and the evidence for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form, `major.minor`.
    pub schema_version: String,
    /// The program that wrote it.
    pub tool: Tool,
    /// A random UUID that names this report in a ticket.
    pub report_id: String,
    /// When the run began, UTC, in whole seconds.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// When the run ended, UTC, in whole seconds.
    #[schemars(with = "String")]
    pub finished_at: Timestamp,
    /// The run was stopped before it was complete.
    pub interrupted: bool,
    /// What was replaced in this copy.
    #[serde(default)]
    pub redaction: Redaction,
    /// What was tested.
    pub target: Target,
    /// The verdict and the counts.
    pub summary: Summary,
    /// The problems, the root first; notes have the requirement `advisory`.
    pub causes: Vec<Cause>,
    /// One row for every planned check and subject, in order.
    pub results: Vec<ResultRow>,
    /// Every request that was made, in order.
    pub requests: Vec<RequestRecord>,
    /// What a diagnosis needs to be run again with newer knowledge.
    #[serde(default)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub evidence: RecordedEvidence,
    /// What the report does not cover, in sentences.
    #[serde(default)]
    pub not_visible: Vec<String>,
    /// The days on which something ends that works today, the earliest first; absent in reports before this key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub end_dates: Vec<EndDate>,
    /// What was left out of the inputs, such as lines of a rooms file, or replaced by an option.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input_notes: Vec<InputNote>,
    /// The evidence of an administrator that took part in the diagnosis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<AdministratorSummary>,
    /// Whether the connections over EWS can switch to Graph; only in a report of `migrate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Migration>,
    /// The accepted findings of the run, in the order of their file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Acceptance>,
    /// The earlier report whose findings do not count for the exit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

impl Report {
    /// A copy without the evidence, which is the larger half of it and which no renderer shows.
    pub(super) fn without_evidence(&self) -> Self {
        Self {
            schema_version: self.schema_version.clone(),
            tool: self.tool.clone(),
            report_id: self.report_id.clone(),
            started_at: self.started_at,
            finished_at: self.finished_at,
            interrupted: self.interrupted,
            redaction: self.redaction.clone(),
            target: self.target.clone(),
            summary: self.summary,
            causes: self.causes.clone(),
            results: self.results.clone(),
            requests: self.requests.clone(),
            evidence: RecordedEvidence::default(),
            not_visible: self.not_visible.clone(),
            end_dates: self.end_dates.clone(),
            input_notes: self.input_notes.clone(),
            administrator: self.administrator.clone(),
            migration: self.migration.clone(),
            accepted: self.accepted.clone(),
            baseline: self.baseline.clone(),
        }
    }

    /// The whole evidence of the run, to be diagnosed again; `None` when the file holds none.
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence.restore(self)
    }

    /// The evidence about the estate on Graph; `None` if this is not the report of `migrate`.
    pub fn evidence_on_graph(&self) -> Option<Evidence> {
        let RecordedOnGraph {
            connections,
            observations,
        } = self.evidence.on_graph.clone()?;
        Some(Evidence {
            connections,
            observations,
            ..self.evidence()?
        })
    }
}

/// The program that wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `rx-preflight`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The date of its knowledge base, `YYYY-MM-DD`.
    pub knowledge_date: String,
}

/// What was replaced in a copy of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redaction {
    /// `none` for the original, `pseudonyms` for a redacted copy.
    pub mode: String,
    /// A word that is the same in all copies of one key: only their pseudonyms can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was replaced, and how often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// How many words were left out of sentences because they could have been names.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub words_left_out: u64,
}

impl Redaction {
    const NONE: &str = "none";

    /// Whether this is a redacted copy. A mode that this program does not know, or one without the word of its key, is
    /// not believed.
    pub fn is_redacted(&self) -> bool {
        self.mode == PSEUDONYMS && self.key.is_some()
    }

    /// Whether two reports call the same thing by the same name: both as it is, or both by the pseudonyms of one key.
    pub fn shares_names_with(&self, other: &Self) -> bool {
        (&self.mode, &self.key) == (&other.mode, &other.key)
    }
}

impl Default for Redaction {
    fn default() -> Self {
        Self {
            mode: Self::NONE.to_owned(),
            key: None,
            replaced: Vec::new(),
            words_left_out: 0,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What was replaced of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replaced {
    /// The kind, such as `room` or `host`: the word that its pseudonyms begin with.
    pub kind: String,
    /// How many different values.
    pub values: usize,
    /// How often, in all places together.
    pub times: usize,
}

impl Replaced {
    pub(super) fn none_of(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            values: 0,
            times: 0,
        }
    }
}

/// What was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The cloud id, such as `global`.
    pub cloud: String,
    /// The tenant's GUID where it was found, else the tenant id as typed; that of the first connection.
    pub tenant_id: String,
    /// Every connection, in the order of the settings.
    pub connections: Vec<TargetConnection>,
    /// How the run was narrowed, in the words of the user, such as `--only mailbox`; empty when every check was run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed_by: Vec<String>,
    /// The time limit that ended the run, such as `5m`; absent when the run came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// How many days ahead a date requires action (`--warn-days`); absent for the defaults of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_days: Option<u16>,
    /// The account that ran the check, `DOMAIN\user` on Windows: its proxy and certificates were used. Absent for a simulated
    /// run and in reports before this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The proxy of the requests and where it was configured; absent if every service was reached directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyInUse>,
}

impl Target {
    /// The option by which only some rooms of each list were checked; `None` if all of them were.
    pub fn sample(&self) -> Option<&str> {
        // The text begins with the option, as the command line writes it.
        let mut options = self.narrowed_by.iter();
        options
            .find(|option| option.starts_with("--sample"))
            .map(String::as_str)
    }
}

/// One connection that was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetConnection {
    /// `system`, `mail`, `user-sync`, or the name of the location or profile.
    pub name: String,
    /// The API over which it books; `null` for mail and user sync with credentials of their own.
    pub api: Option<Api>,
    /// The client id as typed.
    pub client_id: String,
    /// The number of distinct rooms.
    pub rooms: usize,
    /// The tenant id as typed.
    #[serde(default)]
    pub tenant_id: String,
}

/// An [`Evidence`] without its requests and without the fields that are elsewhere in the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordedEvidence {
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
    /// The estate after the switch to Graph; only in a report of `migrate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_graph: Option<RecordedOnGraph>,
}

/// What differs in the evidence after the switch to Graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordedOnGraph {
    /// Every connection after the switch.
    pub connections: Vec<ConnectionFacts>,
    /// One entry for every planned check and subject.
    pub observations: Vec<Observation>,
}
