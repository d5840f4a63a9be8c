//! The rows that decided the verdict, with the rows and problems behind them.

use std::collections::HashSet;

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, SkipReason};

use super::cause_order::{self, NumberedCause};
use super::{Report, room_counts, wording};

/// How many undecided checks are quoted before the rest is counted.
const QUOTED: usize = 2;
/// How many blocked checks may follow each other. A report is a file that may have been edited, so a circle is possible.
const LONGEST_CHAIN: usize = 16;

/// The rows that decided the verdict, and for each of them the row with its reason.
pub(super) struct DecisiveRows<'r> {
    pub(super) rows: Vec<&'r ResultRow>,
    pub(super) roots: Vec<&'r ResultRow>,
    causes: Vec<NumberedCause<'r>>,
    results: &'r [ResultRow],
}

impl<'r> DecisiveRows<'r> {
    pub(super) fn of_report(report: &'r Report) -> Self {
        let rows = report.summary.verdict.decisive(&report.results);
        let mut seen = HashSet::new();
        let roots = rows
            .iter()
            .map(|row| root_of_blocked(row, &report.results))
            .filter(|root| seen.insert(root.n))
            .collect();
        Self {
            rows,
            roots,
            causes: cause_order::numbered_causes(report),
            results: &report.results,
        }
    }

    /// The first problem that explains a decisive row, or the row that such a row waits for.
    pub(super) fn problem(&self) -> Option<NumberedCause<'r>> {
        self.causes.iter().copied().find(|numbered| {
            !numbered.is_note()
                && self
                    .rows
                    .iter()
                    .chain(&self.roots)
                    .any(|row| numbered.cause.explains.contains(&row.n))
        })
    }

    /// The first note that explains a decisive row.
    pub(super) fn note(&self) -> Option<NumberedCause<'r>> {
        self.causes.iter().copied().find(|numbered| {
            numbered.is_note()
                && self
                    .roots
                    .iter()
                    .any(|row| numbered.cause.explains.contains(&row.n))
        })
    }

    fn is_explained(&self, row: &ResultRow) -> bool {
        self.causes
            .iter()
            .any(|numbered| !numbered.is_note() && numbered.cause.explains.contains(&row.n))
    }

    pub(super) fn shares_problem_with_room(&self, row: &ResultRow) -> bool {
        self.causes
            .iter()
            .filter(|numbered| numbered.cause.explains.contains(&row.n))
            .any(|numbered| {
                self.results
                    .iter()
                    .filter(|row| row.outcome == Outcome::Fail && room_counts::is_room(row))
                    .any(|room| numbered.cause.explains.contains(&room.n))
            })
    }

    /// The undecided checks that no problem explains, each with what was observed.
    pub(super) fn undecided(&self) -> Option<String> {
        let mut quoted: Vec<String> = Vec::new();
        for row in self
            .roots
            .iter()
            .filter(|row| !self.is_explained(row) && is_undecided(row))
        {
            let quote = quote_row(row);
            if !quoted.contains(&quote) {
                quoted.push(quote);
            }
        }
        let more = quoted.len().saturating_sub(QUOTED);
        quoted.truncate(QUOTED);
        (!quoted.is_empty()).then(|| wording::quotations(&quoted, more))
    }

    pub(super) fn named_checks(&self) -> String {
        let mut checks: Vec<String> = self.rows.iter().map(|row| row.check.to_string()).collect();
        // Rows are in the order of the checks, so equal names are next to each other.
        checks.dedup();
        wording::list_up_to(&checks, QUOTED)
    }
}

/// The row that a blocked row waits for: the same subject's where there is one, then the connection's, then any.
fn root_of_blocked<'r>(row: &'r ResultRow, rows: &'r [ResultRow]) -> &'r ResultRow {
    let mut current = row;
    for _ in 0..LONGEST_CHAIN {
        let Some(blocker) = blocker_of(current, rows) else {
            break;
        };
        current = blocker;
    }
    current
}

fn blocker_of<'r>(row: &ResultRow, rows: &'r [ResultRow]) -> Option<&'r ResultRow> {
    if row.skip_reason != Some(SkipReason::Blocked) {
        return None;
    }
    let check = row.blocked_by?;
    rows.iter()
        .filter(|other| other.check == check && other.outcome != Outcome::Pass)
        // `false` sorts before `true`, so the same subject comes first, then the same connection.
        .min_by_key(|other| {
            (
                other.subject != row.subject,
                other.connection != row.connection,
            )
        })
}

fn is_undecided(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Unknown | Outcome::Error | Outcome::Fail => true,
        Outcome::Skipped => row
            .skip_reason
            .is_none_or(|reason| reason == SkipReason::Blocked),
        Outcome::Pass => false,
    }
}

/// A check with what is known of it, such as `sign-in.graph: the token cannot be read`.
fn quote_row(row: &ResultRow) -> String {
    let first_line = row.message.lines().next().unwrap_or_default();
    match (row.outcome, row.blocked_by) {
        // The message of an internal error is for the maintainer, not for the verdict.
        (Outcome::Error, _) => wording::internal_error_in(row.check),
        (Outcome::Skipped, Some(by)) => wording::requires_check(row.check, by),
        _ => wording::check_with_message(row.check, first_line.trim_end_matches('.')),
    }
}
