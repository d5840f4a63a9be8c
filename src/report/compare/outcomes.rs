//! Which rows of two reports ended differently, and what each difference is.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::ComparedRow;
use super::room_lists::RoomListChanges;
use crate::diagnosis::ResultRow;
use crate::report::Report;
use crate::terms::{Outcome, SkipReason};

/// What the difference between two outcomes of one row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutcomeChange {
    /// It failed and passes.
    Better,
    /// It passed and fails.
    Worse,
    /// It was left open and passes now.
    Resolved,
    /// It was left open, or was not planned, and is decided now: what was found is new, and not a change.
    NewlyChecked,
    /// It was decided and is not any more, or it was left open both times in different ways.
    NotComparable,
}

/// How a row ended, and why it was skipped.
pub(super) type RowOutcome = (Outcome, Option<SkipReason>);

/// The difference between two outcomes; `None` where there is none. A row that is not planned has no outcome.
pub(super) fn classify_change(
    before: Option<RowOutcome>,
    after: Option<RowOutcome>,
) -> Option<OutcomeChange> {
    use Outcome::{Fail, Pass};
    let (was, is) = (
        before.map(|(outcome, _)| outcome),
        after.map(|(outcome, _)| outcome),
    );
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

/// Whether a check was meant to run and could not be decided, as opposed to one that was left out.
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

/// The rows that ended differently, each with what the difference is, in the order of their places.
/// What is about a room that only one of the reports lists is no difference of its own.
pub(super) fn changed_rows(
    before: &Report,
    after: &Report,
    rooms: &RoomListChanges,
) -> Vec<(OutcomeChange, ComparedRow)> {
    let (earlier, later) = (outcomes_by_row(before), outcomes_by_row(after));
    let places: BTreeSet<&RowKey<'_>> = earlier.keys().chain(later.keys()).collect();
    let compared = |place: &RowKey<'_>| {
        let (before, after) = (earlier.get(place).copied(), later.get(place).copied());
        let row = ComparedRow {
            check: place.0.to_owned(),
            connection: place.1.map(str::to_owned),
            subject: place.2.to_owned(),
            before: before.map(|(outcome, _)| outcome),
            after: after.map(|(outcome, _)| outcome),
        };
        Some((classify_change(before, after)?, row))
    };
    places
        .into_iter()
        .filter(|(_, connection, subject)| !rooms.contains(*connection, subject))
        .filter_map(compared)
        .collect()
}

/// The subject of a row without the port of a service on this machine: a simulated tenant has another one in every run.
fn comparable_subject(row: &ResultRow) -> &str {
    match row.subject.rsplit_once(':') {
        Some((host @ ("127.0.0.1" | "localhost" | "[::1]"), _)) => host,
        _ => &row.subject,
    }
}

type RowKey<'r> = (&'static str, Option<&'r str>, &'r str);

fn outcomes_by_row(report: &Report) -> BTreeMap<RowKey<'_>, RowOutcome> {
    let place = |row: &'_ ResultRow| row.check.as_str();
    let rows = report.results.iter();
    rows.map(|row| {
        (
            (
                place(row),
                row.connection.as_deref(),
                comparable_subject(row),
            ),
            (row.outcome, row.skip_reason),
        )
    })
    .collect()
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
    fn every_pair_of_outcomes_has_its_class() {
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
    fn what_was_left_out_on_purpose_or_not_planned_is_newly_checked_and_never_an_improvement() {
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
