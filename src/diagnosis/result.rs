//! Result of a diagnosis: one row for each planned check and subject, and the causes.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::AcceptedFinding;
use crate::knowledge::{self, ArrayLayout};
use crate::terms::{CheckId, Confidence, Outcome, Requirement, SkipReason};

/// One row of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultRow {
    /// The number of the row, from 1, in the order of the report.
    pub n: u32,
    /// The check.
    #[schemars(with = "String")]
    pub check: CheckId,
    /// The connection of the row; `null` if several connections share it.
    pub connection: Option<String>,
    /// The checked room, host, app, tenant or value.
    pub subject: String,
    /// The outcome of the check.
    pub outcome: Outcome,
    /// Whether the check is required, optional or advice.
    pub requirement: Requirement,
    /// The requirement of a row that would count if its finding were not accepted; absent for every other row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement_if_counted: Option<Requirement>,
    /// The confidence in the outcome; `null` if nothing was decided.
    pub confidence: Option<Confidence>,
    /// The relevant roles in the token.
    pub declared: Vec<String>,
    /// What the configuration states that an administrator collected, in sentences; empty without such evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub configured: Vec<String>,
    /// The response of the service.
    pub observed: Option<Observed>,
    /// The outcome in one sentence.
    pub message: String,
    /// The ID of the cause of a failure, or of the note of a pass.
    pub cause: Option<String>,
    /// The reason if the check did not run.
    pub skip_reason: Option<SkipReason>,
    /// The check whose outcome blocked this one.
    #[schemars(with = "Option<String>")]
    pub blocked_by: Option<CheckId>,
    /// The numbers of the requests behind the row.
    pub requests: Vec<u32>,
    /// The duration of those requests, in milliseconds.
    pub duration_ms: u64,
}

/// The response of a service, as far as a row needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observed {
    /// The HTTP status; `null` without a response.
    pub status: Option<u16>,
    /// The code from the service.
    pub code: Option<String>,
    /// The message of the service, shortened and sanitized.
    pub detail: Option<String>,
}

/// A problem of the tenant, the network or the settings, or a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The public ID.
    pub id: String,
    /// The affected connection; `null` if there are several.
    pub connection: Option<String>,
    /// All affected connections, in the order of the settings; empty in reports of earlier versions.
    #[serde(default)]
    pub connections: Vec<String>,
    /// The confidence in the cause.
    pub confidence: Confidence,
    /// Whether the cause is required or optional; `advisory` for notes.
    pub requirement: Requirement,
    /// The requirement of a cause that would count if it were not accepted; absent for every other cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement_if_counted: Option<Requirement>,
    /// Who accepted the cause, why, and until when; absent if it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<AcceptedFinding>,
    /// The problem, in one line.
    pub title: String,
    /// The impact on the users of ResourceXpress.
    pub impact: String,
    /// The evidence, in sentences; the most specific one first.
    #[serde(default)]
    pub because: Vec<String>,
    /// The day, `YYYY-MM-DD`, on which something stops working, for notes about such a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether a note needs an action now: something will soon stop working, or is not secure.
    #[serde(default)]
    pub asks_for_action: bool,
    /// The numbers of the rows that the cause explains.
    pub explains: Vec<u32>,
    /// The affected subjects.
    pub subjects: Vec<String>,
    /// The IDs of other causes that would give the same responses.
    pub candidates: Vec<String>,
    /// The fix.
    pub remedy: Remedy,
}

impl Cause {
    /// The rows that the cause explains, out of all rows of its report.
    pub fn explained<'r>(&self, rows: &'r [ResultRow]) -> impl Iterator<Item = &'r ResultRow> {
        // Rows are numbered from 1 in their order. A search would be slow for thousands of rooms.
        let row = |n: &u32| rows.get(usize::try_from(*n).ok()?.checked_sub(1)?);
        self.explains.iter().filter_map(row)
    }
}

/// The fix of a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// The least privileged role that can do it.
    pub who: String,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// Commands with the customer's values.
    pub commands: Vec<Command>,
    /// How to verify the fix.
    pub verify: String,
    /// How long the fix takes to become effective.
    pub takes: String,
    /// Links to documentation.
    pub links: Vec<String>,
}

// The text of the doc comments is part of the published schema.
/// A command to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "UncheckedCommand")]
#[schemars(!from)]
pub struct Command {
    /// The shell for which it is quoted: `powershell` or `bash`.
    shell: String,
    /// The text of the command.
    text: String,
}

/// A command from a file, before the check.
#[derive(Deserialize)]
struct UncheckedCommand {
    shell: String,
    text: String,
}

impl From<UncheckedCommand> for Command {
    fn from(unchecked: UncheckedCommand) -> Self {
        Self::new(&unchecked.shell, &unchecked.text)
    }
}

/// A command changes nothing when it is pasted unedited. Every constructor, including deserialization of a saved report,
/// therefore goes through [`knowledge::printable`].
impl Command {
    /// Creates a command from any source.
    pub fn new(shell: &str, text: &str) -> Self {
        Self {
            shell: shell.to_owned(),
            text: knowledge::printable(shell, text),
        }
    }

    /// Creates a command from the knowledge base, with filled-in placeholders and with the remarks about its cmdlets.
    pub fn from_catalog(shell: &str, filled: &str) -> Self {
        Self::new(shell, &knowledge::add_remarks(shell, filled))
    }

    /// The shell for which it is quoted: `powershell` or `bash`.
    pub fn shell(&self) -> &str {
        &self.shell
    }

    /// The text of the command; lines that change settings are comments.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of the command with long lists of mailboxes as arrays.
    pub fn laid_out(&self, layout: ArrayLayout) -> String {
        knowledge::lay_out_arrays(&self.shell, &self.text, layout)
    }

    /// The display name of the shell.
    pub fn shell_name(&self) -> &str {
        if self.shell == "powershell" {
            "PowerShell"
        } else {
            &self.shell
        }
    }
}

/// A day on which something ends that works today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndDate {
    /// What ends.
    #[schemars(with = "String")]
    pub kind: EndDateKind,
    /// The day (UTC), `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub date: Date,
    /// The number of days from the run; 0 or less from that day on.
    pub days: i64,
    /// The affected connections, in the order of the settings.
    pub connections: Vec<String>,
}

/// What ends on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndDateKind {
    /// The client secret that is in use.
    ClientSecret,
    /// The certificate with which the check signs in.
    ClientCertificate,
    /// EWS in Exchange Online.
    Ews,
}

impl EndDateKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::ClientSecret, Self::ClientCertificate, Self::Ews];

    /// The ID, as in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::Ews => "ews",
        }
    }
}

/// The evidence of an administrator that took part in the diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorSummary {
    /// When it was collected, UTC.
    #[schemars(with = "String")]
    pub collected_at: Timestamp,
    /// The tenant ID that the script was written for.
    pub tenant_id: String,
    /// What it does not cover, and how far it can be relied on, in sentences.
    pub limits: Vec<String>,
}

/// A complete diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The evidence of an administrator that took part.
    pub administrator: Option<AdministratorSummary>,
    /// What the checks do not cover, in sentences.
    pub not_visible: Vec<String>,
    /// The days on which something ends that works today, the earliest first.
    pub end_dates: Vec<EndDate>,
    /// One row for each planned check and subject, in order.
    pub rows: Vec<ResultRow>,
    /// The causes, the root cause first.
    pub causes: Vec<Cause>,
}
