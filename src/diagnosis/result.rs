//! Result of a diagnosis: one row for each planned check and subject, and the causes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// The connection it belongs to; `null` when several connections share it.
    pub connection: Option<String>,
    /// What was asked about.
    pub subject: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How much depends on it.
    pub requirement: Requirement,
    /// How sure the outcome is; `null` where nothing was decided.
    pub confidence: Option<Confidence>,
    /// The roles in the token that bear on this row.
    pub declared: Vec<String>,
    /// What the service really answered.
    pub observed: Option<Observed>,
    /// The outcome in a sentence.
    pub message: String,
    /// The id of the cause behind a failure, or of the note that a pass carries.
    pub cause: Option<String>,
    /// Why it was not asked.
    pub skip_reason: Option<SkipReason>,
    /// The check whose outcome prevented this one.
    #[schemars(with = "Option<String>")]
    pub blocked_by: Option<CheckId>,
    /// The numbers of the requests it rests on.
    pub requests: Vec<u32>,
    /// How long those requests took, in milliseconds.
    pub duration_ms: u64,
}

/// The answer of a service, as far as a row needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observed {
    /// The HTTP status; `null` when no answer came.
    pub status: Option<u16>,
    /// The code that the service gave.
    pub code: Option<String>,
    /// The service's own words, join_first and made harmless.
    pub detail: Option<String>,
}

/// What is wrong with the tenant, the network or the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The public id.
    pub id: String,
    /// The connection it concerns; `null` when it concerns several.
    pub connection: Option<String>,
    /// Every connection it concerns, in the order of the settings; empty in reports of earlier versions.
    #[serde(default)]
    pub connections: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// How much depends on it; `advisory` for notes.
    pub requirement: Requirement,
    /// What is wrong, in a line.
    pub title: String,
    /// What it means for the users of ResourceXpress.
    pub impact: String,
    /// What was seen that speaks for it, in sentences; most telling first.
    #[serde(default)]
    pub because: Vec<String>,
    /// The day, `YYYY-MM-DD`, on which what works today ends, for notes about such a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether a note asks for action now: something will soon stop working, or is unsafe.
    #[serde(default)]
    pub asks_for_action: bool,
    /// The numbers of the rows that it explains.
    pub explains: Vec<u32>,
    /// The subjects it concerns.
    pub subjects: Vec<String>,
    /// Other cause ids that the answers cannot tell apart from this one.
    pub candidates: Vec<String>,
    /// What mends it.
    pub remedy: Remedy,
}

/// What mends a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// The least powerful role that can do it.
    pub who: String,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// Commands, filled in with the customer's values.
    pub commands: Vec<Command>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes to be effective.
    pub takes: String,
    /// Where to read more.
    pub links: Vec<String>,
}

// The text of the doc comments is part of the published schema.
/// A command to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "UncheckedCommand")]
#[schemars(!from)]
pub struct Command {
    /// The shell it is quoted for: `powershell` or `bash`.
    shell: String,
    /// The text.
    text: String,
}

/// A command as a file holds it.
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

/// Nothing that changes anything runs when a command is pasted as it is: every way to make one, also from a saved report,
/// goes through [`knowledge::printable`].
impl Command {
    /// A command from any source.
    pub fn new(shell: &str, text: &str) -> Self {
        Self {
            shell: shell.to_owned(),
            text: knowledge::printable(shell, text),
        }
    }

    /// A command of the knowledge tables, with its placeholders filled in and with the remarks about its cmdlets.
    pub fn from_catalog(shell: &str, filled: &str) -> Self {
        Self::new(shell, &knowledge::add_remarks(shell, filled))
    }

    /// The shell it is quoted for: `powershell` or `bash`.
    pub fn shell(&self) -> &str {
        &self.shell
    }

    /// The text; lines that change something are comments.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text with its long lists of mailboxes as arrays.
    pub fn laid_out(&self, layout: ArrayLayout) -> String {
        knowledge::lay_out_arrays(&self.shell, &self.text, layout)
    }

    /// The shell as people write it.
    pub fn shell_name(&self) -> &str {
        if self.shell == "powershell" {
            "PowerShell"
        } else {
            &self.shell
        }
    }
}

/// The whole diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// One row for every planned check and subject, in order.
    pub rows: Vec<ResultRow>,
    /// The causes, the root first.
    pub causes: Vec<Cause>,
}
