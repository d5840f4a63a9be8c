//! Whether the later report checked again what a cause explained in the earlier one.
//!
//! A problem that is missing from the later report is fixed only if its checks have a result there. If they were skipped,
//! had no clear result, or were not part of the run, it is not known.

use std::collections::{HashMap, HashSet};

use crate::diagnosis::{Cause, ResultRow};
use crate::report::Report;
use crate::report::row_key::RowKey;
use crate::terms::{Outcome, SkipReason};

/// The rows of both reports, by what connects them.
pub(super) struct CheckedAgain<'r> {
    before: HashMap<u32, &'r ResultRow>,
    after: HashMap<RowKey<'r>, &'r ResultRow>,
    connections: HashSet<&'r str>,
    /// Whether a row can be missing from the later report although it belongs to the installation.
    is_partial: bool,
}

impl<'r> CheckedAgain<'r> {
    pub(super) fn new(before: &'r Report, after: &'r Report) -> Self {
        let connections = &after.target.connections;
        Self {
            before: before.results.iter().map(|row| (row.n, row)).collect(),
            after: after
                .results
                .iter()
                .map(|row| (RowKey::of(row), row))
                .collect(),
            connections: connections.iter().map(|own| own.name.as_str()).collect(),
            is_partial: after.interrupted || !after.target.narrowed_by.is_empty(),
        }
    }

    /// Whether every check in which the earlier report found the cause has a result in the later one. If the later report
    /// has the cause as well (`remains`), a check that had no result before needs none now.
    pub(super) fn covers(&self, cause: &Cause, remains: bool) -> bool {
        let explained = cause.explains.iter();
        let rows: Vec<&ResultRow> = explained
            .filter_map(|n| self.before.get(n).copied())
            .collect();
        // A cause is found in what failed; what was blocked by it can have other reasons now.
        let found_in = [Outcome::Fail, Outcome::Unknown, Outcome::Error]
            .into_iter()
            .map(|outcome| {
                let found = rows.iter().filter(|row| row.outcome == outcome);
                found.copied().collect::<Vec<_>>()
            })
            .find(|found| !found.is_empty())
            .unwrap_or(rows);
        found_in
            .iter()
            .all(|row| self.has_result(row) || (remains && self.is_unchanged(row)))
    }

    fn has_result(&self, row: &ResultRow) -> bool {
        match self.after.get(&RowKey::of(row)) {
            Some(now) => match now.outcome {
                Outcome::Pass | Outcome::Fail => true,
                // What is no longer needed cannot be broken.
                Outcome::Skipped => now.skip_reason == Some(SkipReason::NotApplicable),
                Outcome::Unknown | Outcome::Error => false,
            },
            None => !self.is_partial && self.has_connection(row),
        }
    }

    fn is_unchanged(&self, row: &ResultRow) -> bool {
        self.after
            .get(&RowKey::of(row))
            .is_some_and(|now| now.outcome == row.outcome)
    }

    fn has_connection(&self, row: &ResultRow) -> bool {
        row.connection
            .as_deref()
            .is_none_or(|name| self.connections.contains(name))
    }
}
