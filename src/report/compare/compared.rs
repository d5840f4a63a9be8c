//! Causes and rows of a comparison.

use serde::Serialize;

use crate::terms::{Outcome, Requirement};

/// A cause of at least one of the two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedCause {
    /// The public ID.
    pub id: String,
    /// The affected connection; `null` if there are several.
    pub connection: Option<String>,
    /// Whether it is a required or optional problem, or a note.
    pub requirement: Requirement,
    /// The problem, in one line.
    pub title: String,
    /// The number of affected subjects before and now.
    pub subjects: (usize, usize),
    /// Whether the later report has a result for every check in which the earlier one found the cause.
    pub checked_again: bool,
}

impl ComparedCause {
    /// Whether it is a problem, as opposed to a note.
    pub(super) fn is_problem(&self) -> bool {
        self.requirement != Requirement::Advisory
    }
}

/// A check of one subject whose outcome changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedRow {
    /// The check.
    pub check: String,
    /// The connection; `null` if several share the row.
    pub connection: Option<String>,
    /// The checked room, host, app or tenant.
    pub subject: String,
    /// The outcome before; `null` if the check was not planned.
    pub before: Option<Outcome>,
    /// The outcome now; `null` if the check is not planned.
    pub after: Option<Outcome>,
}
