//! Findings that the customer knows and accepts for a time, and what a report did with them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A finding that someone accepts until a day. It stays visible and does not count for the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptedFinding {
    /// The ID of the cause.
    pub cause: String,
    /// The connection; absent if the finding is accepted in every connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The room, host or other subject; absent if the finding is accepted for every subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Why the finding is accepted.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// The last day, in UTC, on which the finding does not count.
    #[schemars(with = "String")]
    pub expires: Date,
    /// The line of the file that accepts it, from 1.
    pub line: usize,
}

/// What became of an accepted finding in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acceptance {
    /// The finding as accepted.
    pub finding: AcceptedFinding,
    /// Whether it was applied.
    pub state: AcceptanceState,
    /// The numbers of the rows that do not count because of it.
    pub rows: Vec<u32>,
}

/// Whether an accepted finding was applied to a report.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AcceptanceState {
    /// The finding is there and does not count.
    InForce,
    /// The last day is over: the finding counts again if it is there.
    Expired,
    /// The run has no such finding.
    Unused,
    /// The finding counts, because no room works.
    NoRoomWorks,
}
