//! What is different from the look before.

use std::collections::HashMap;

use crate::diagnosis::{Outcome, ResultRow};
use crate::evidence::CheckId;
use crate::report::Report;

type Key<'r> = (CheckId, Option<&'r str>, &'r str);

/// One line for every row that ended differently, in the order of the report.
pub(super) fn changes(before: &Report, after: &Report) -> Vec<String> {
    let earlier: HashMap<Key<'_>, Outcome> = before.results.iter().map(|row| (key(row), row.outcome)).collect();
    let several = after.target.connections.len() > 1;
    let changed = after.results.iter().filter_map(|row| {
        let was = *earlier.get(&key(row))?;
        (was != row.outcome).then(|| line(row, was, several))
    });
    changed.collect()
}

fn key(row: &ResultRow) -> Key<'_> {
    (row.check, row.connection.as_deref(), &row.subject)
}

fn line(row: &ResultRow, was: Outcome, several: bool) -> String {
    let place = match &row.connection {
        Some(name) if several => format!(" ({name})"),
        _ => String::new(),
    };
    format!("{} {}{place}: {} -> {}", row.check, row.subject, word(was), word(row.outcome))
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
        Outcome::Error => "error",
    }
}
