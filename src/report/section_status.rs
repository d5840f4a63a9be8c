//! The status of a section: what its rows show together.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, Requirement, SkipReason};

/// The status of a section. The order is from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SectionStatus {
    /// Nothing was checked.
    Skipped,
    /// Everything that counts was checked and passed.
    Ok,
    /// What was checked passed, and something that counts was not checked.
    Part,
    /// Something is wrong or unknown that is not required.
    Warn,
    /// Something required has no clear result.
    Unknown,
    /// An internal error in something required.
    Error,
    /// Something required is wrong.
    Fail,
}

impl SectionStatus {
    /// The id in JSON, in JUnit properties, and in class names; the label is in `wording`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Part => "part",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Fail => "fail",
        }
    }
}

/// How the rows of a section ended together. Rows that are blocked by something else do not make a section bad, and do not
/// let it look complete.
pub fn section_status(rows: &[&ResultRow]) -> SectionStatus {
    if rows.iter().all(|row| row.outcome == Outcome::Skipped) {
        return SectionStatus::Skipped;
    }
    rows.iter()
        .map(|row| row_status(row))
        .max()
        .unwrap_or(SectionStatus::Skipped)
}

fn row_status(row: &ResultRow) -> SectionStatus {
    let required = row.requirement == Requirement::Required;
    match row.outcome {
        Outcome::Pass => SectionStatus::Ok,
        Outcome::Skipped if is_missing(row) => SectionStatus::Part,
        Outcome::Skipped => SectionStatus::Skipped,
        Outcome::Fail if required => SectionStatus::Fail,
        Outcome::Error if required => SectionStatus::Error,
        Outcome::Unknown if required => SectionStatus::Unknown,
        Outcome::Fail | Outcome::Error | Outcome::Unknown => SectionStatus::Warn,
    }
}

/// Whether a section without this check is not complete.
fn is_missing(row: &ResultRow) -> bool {
    let required = row.requirement == Requirement::Required;
    match row.skip_reason {
        Some(SkipReason::NotApplicable) => false,
        // As in the verdict, an optional check without its input does not count.
        Some(SkipReason::Deselected | SkipReason::NeedsInput) => required,
        _ => row.requirement != Requirement::Advisory,
    }
}
