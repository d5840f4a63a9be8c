//! Rows of two reports whose outcomes differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::ResultRow;
use crate::report::Report;
use crate::report::row_key::{RowKey, without_local_port};
use crate::terms::{Outcome, Requirement, SkipReason};

use super::compared::ComparedRow;
use super::room_lists::RoomListChanges;

/// The kind of difference between two outcomes of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutcomeChange {
    /// Failed before, passed now.
    Better,
    /// Passed before, failed now.
    Worse,
    /// Undecided before, passed now.
    Resolved,
    /// Undecided or not planned before, decided now. The result is new, so it is not an improvement.
    NewlyChecked,
    /// Undecided now, or undecided in both reports with different outcomes.
    NotComparable,
}

/// The outcome of a row, and the reason if it was skipped.
pub(super) type RowOutcome = (Outcome, Option<SkipReason>);

/// The difference between two outcomes; `None` if there is none. A row that was not planned has no outcome.
pub(super) fn classify_change(
    before: Option<RowOutcome>,
    after: Option<RowOutcome>,
) -> Option<OutcomeChange> {
    use Outcome::{Fail, Pass};
    let was = before.map(|(outcome, _)| outcome);
    let is = after.map(|(outcome, _)| outcome);
    if was == is {
        return None;
    }
    Some(match (was, is) {
        (Some(Fail), Some(Pass)) => OutcomeChange::Better,
        (Some(Pass), Some(Fail)) => OutcomeChange::Worse,
        (Some(Pass | Fail), _) => OutcomeChange::NotComparable,
        (Some(_), Some(Pass)) if was_undecided(before) => OutcomeChange::Resolved,
        (_, Some(Pass | Fail)) => OutcomeChange::NewlyChecked,
        _ => OutcomeChange::NotComparable,
    })
}

/// Whether a check was planned and remained undecided, as opposed to one that the user excluded.
fn was_undecided(before: Option<RowOutcome>) -> bool {
    match before {
        Some((Outcome::Unknown | Outcome::Error, _)) => true,
        Some((Outcome::Skipped, reason)) => !matches!(
            reason,
            Some(SkipReason::Deselected | SkipReason::NotApplicable) | None
        ),
        _ => false,
    }
}

/// A row whose outcome changed.
pub(super) struct ChangedRow {
    pub(super) change: OutcomeChange,
    /// Whether the row counts for the verdict or an optional feature, as opposed to advice.
    pub(super) counts: bool,
    pub(super) row: ComparedRow,
}

/// The rows whose outcome changed, in the order of their keys. Rows about a room that only one of the reports lists are
/// omitted, because the changed list of rooms is reported on its own.
pub(super) fn changed_rows(
    before: &Report,
    after: &Report,
    rooms: &RoomListChanges,
) -> Vec<ChangedRow> {
    let earlier = rows_by_key(before);
    let later = rows_by_key(after);
    let keys: BTreeSet<&RowKey<'_>> = earlier.keys().chain(later.keys()).collect();
    let mut changed = Vec::new();
    for key in keys {
        let (before, after) = (earlier.get(key).copied(), later.get(key).copied());
        let Some(shown) = after.or(before).filter(|row| !rooms.contains(row)) else {
            continue;
        };
        if let Some(change) = classify_change(before.map(outcome), after.map(outcome)) {
            changed.push(ChangedRow {
                change,
                counts: shown.requirement != Requirement::Advisory,
                row: ComparedRow {
                    check: shown.check.as_str().to_owned(),
                    connection: shown.connection.clone(),
                    subject: without_local_port(&shown.subject).to_owned(),
                    before: before.map(|row| row.outcome),
                    after: after.map(|row| row.outcome),
                },
            });
        }
    }
    changed
}

fn rows_by_key(report: &Report) -> BTreeMap<RowKey<'_>, &ResultRow> {
    report
        .results
        .iter()
        .map(|row| (RowKey::of(row), row))
        .collect()
}

/// The outcome of a row, and why it was skipped.
pub(super) fn outcome(row: &ResultRow) -> RowOutcome {
    (row.outcome, row.skip_reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Outcome; 5] = [
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Unknown,
        Outcome::Skipped,
        Outcome::Error,
    ];

    fn of(outcome: Outcome, reason: SkipReason) -> RowOutcome {
        (outcome, (outcome == Outcome::Skipped).then_some(reason))
    }

    /// Rows are the outcomes before, columns those after, in the order of `ALL`.
    #[test]
    fn every_pair_of_outcomes_has_its_change() {
        use OutcomeChange::*;
        let none = None;
        let table: [[Option<OutcomeChange>; 5]; 5] = [
            [
                none,
                Some(Worse),
                Some(NotComparable),
                Some(NotComparable),
                Some(NotComparable),
            ],
            [
                Some(Better),
                none,
                Some(NotComparable),
                Some(NotComparable),
                Some(NotComparable),
            ],
            [
                Some(Resolved),
                Some(NewlyChecked),
                none,
                Some(NotComparable),
                Some(NotComparable),
            ],
            [
                Some(Resolved),
                Some(NewlyChecked),
                Some(NotComparable),
                none,
                Some(NotComparable),
            ],
            [
                Some(Resolved),
                Some(NewlyChecked),
                Some(NotComparable),
                Some(NotComparable),
                none,
            ],
        ];
        for (before, row) in ALL.into_iter().zip(table) {
            for (after, class) in ALL.into_iter().zip(row) {
                let reason = SkipReason::Blocked;
                assert_eq!(
                    classify_change(Some(of(before, reason)), Some(of(after, reason))),
                    class,
                    "{before:?} {after:?}"
                );
            }
        }
    }

    #[test]
    fn an_excluded_or_unplanned_row_is_newly_checked_and_never_an_improvement() {
        let pass = Some((Outcome::Pass, None));
        for reason in [SkipReason::Deselected, SkipReason::NotApplicable] {
            assert_eq!(
                classify_change(Some((Outcome::Skipped, Some(reason))), pass),
                Some(OutcomeChange::NewlyChecked)
            );
        }
        assert_eq!(
            classify_change(None, pass),
            Some(OutcomeChange::NewlyChecked)
        );
        assert_eq!(
            classify_change(pass, None),
            Some(OutcomeChange::NotComparable)
        );
        for reason in [
            SkipReason::OutOfTime,
            SkipReason::NeedsInput,
            SkipReason::NeedsPermission,
        ] {
            assert_eq!(
                classify_change(Some((Outcome::Skipped, Some(reason))), pass),
                Some(OutcomeChange::Resolved)
            );
        }
    }
}
