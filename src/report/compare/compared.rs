//! What a comparison is made of.

use serde::Serialize;

use crate::terms::{Outcome, Requirement};

/// A cause of one of the two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedCause {
    /// The public id.
    pub id: String,
    /// The connection it concerns; `null` when it concerns several.
    pub connection: Option<String>,
    /// How much depends on it.
    pub requirement: Requirement,
    /// What is wrong, in a line.
    pub title: String,
    /// How many subjects it concerned before and concerns now.
    pub subjects: (usize, usize),
}

impl ComparedCause {
    /// Whether it is more than a note.
    pub(super) fn counts(&self) -> bool {
        self.requirement != Requirement::Advisory
    }
}

/// A check of one subject that ended differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedRow {
    /// The check.
    pub check: String,
    /// The connection; `null` when several share it.
    pub connection: Option<String>,
    /// What was asked about.
    pub subject: String,
    /// How it ended before; `null` when it was not planned.
    pub before: Option<Outcome>,
    /// How it ends now; `null` when it is not planned any more.
    pub after: Option<Outcome>,
}
