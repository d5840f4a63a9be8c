//! The verdict over all rows.

use std::collections::HashSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::ResultRow;
use crate::terms::{CheckId, Outcome, Requirement, SkipReason, exit_code};

/// Whether the install works, in one word. The order is from best to worst, so that the worst is the maximum.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing required and nothing optional is wrong.
    Ready,
    /// Booking works; an optional feature does not, or could not be decided.
    ReadyLimited,
    /// Something required could not be decided.
    Inconclusive,
    /// Something required is wrong.
    NotReady,
}

/// What makes the exit code differ from 0 (`--fail-on`). Each level includes those before it.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Required checks.
    #[default]
    Required,
    /// Optional checks as well: `ready-limited` ends with 4.
    Optional,
    /// Notes that require action as well, such as a secret that expires soon: exit code 4.
    Note,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ready => "ready",
            Self::ReadyLimited => "ready-limited",
            Self::Inconclusive => "inconclusive",
            Self::NotReady => "not-ready",
        })
    }
}

impl Verdict {
    /// The verdict over rows: the worst contribution of any row.
    pub fn of(rows: &[ResultRow]) -> Self {
        let open = UndecidedChecks::among(rows);
        rows.iter()
            .map(|row| contribution(row, &open))
            .max()
            .unwrap_or(Self::Ready)
    }

    /// The rows that made this verdict: nothing else has to change for a better one.
    pub(super) fn decisive(self, rows: &[ResultRow]) -> Vec<&ResultRow> {
        let open = UndecidedChecks::among(rows);
        rows.iter()
            // For `ready` nothing has to change, so no row is decisive.
            .filter(|row| self != Self::Ready && contribution(row, &open) == self)
            .collect()
    }

    /// The exit code of a complete run. `asks_for_action` is whether a note requires action.
    pub fn exit_code(self, fail_on: FailOn, asks_for_action: bool) -> u8 {
        let counts = match self {
            Self::Ready => fail_on == FailOn::Note && asks_for_action,
            Self::ReadyLimited => fail_on != FailOn::Required,
            Self::Inconclusive => return exit_code::INCONCLUSIVE,
            Self::NotReady => return exit_code::NOT_READY,
        };
        if counts {
            exit_code::LIMITED
        } else {
            exit_code::SUCCESS
        }
    }
}

/// What one row contributes to the verdict.
fn contribution(row: &ResultRow, open: &UndecidedChecks) -> Verdict {
    match row.requirement {
        Requirement::Required => required(row, open),
        Requirement::Optional => optional(row),
        Requirement::Advisory => Verdict::Ready,
    }
}

fn required(row: &ResultRow, open: &UndecidedChecks) -> Verdict {
    match row.outcome {
        Outcome::Fail if !is_network(row) => Verdict::NotReady,
        _ if is_undecided(row) || open.block(row) => Verdict::Inconclusive,
        _ => Verdict::Ready,
    }
}

/// An optional check that did not complete (`error`, `out-of-time`) is as undecided as an `unknown` one and must not count
/// as passed.
fn optional(row: &ResultRow) -> Verdict {
    match row.outcome {
        Outcome::Fail | Outcome::Unknown | Outcome::Error => Verdict::ReadyLimited,
        Outcome::Skipped if row.skip_reason == Some(SkipReason::OutOfTime) => Verdict::ReadyLimited,
        Outcome::Pass | Outcome::Skipped => Verdict::Ready,
    }
}

/// A failed `network.*` check is about the network path from this machine, not about the tenant.
fn is_network(row: &ResultRow) -> bool {
    row.check.is_network()
}

/// Whether a row by itself leaves undecided what a required check depends on.
fn is_undecided(row: &ResultRow) -> bool {
    let required = row.requirement == Requirement::Required;
    match row.outcome {
        Outcome::Pass => false,
        Outcome::Fail => is_network(row),
        Outcome::Unknown | Outcome::Error => required,
        Outcome::Skipped => required && leaves_undecided(row.skip_reason),
    }
}

/// Whether a required check is undecided after it was skipped for this reason.
fn leaves_undecided(reason: Option<SkipReason>) -> bool {
    matches!(
        reason,
        Some(SkipReason::NeedsInput | SkipReason::NeedsPermission | SkipReason::OutOfTime)
    )
}

/// A check of a connection; `None` when several connections share it.
type CheckOfConnection<'a> = (CheckId, Option<&'a str>);

/// The checks that stayed open, and with them everything that they block, however long the chain.
struct UndecidedChecks<'a> {
    settled: HashSet<CheckOfConnection<'a>>,
    open: HashSet<CheckOfConnection<'a>>,
}

impl<'a> UndecidedChecks<'a> {
    fn among(rows: &'a [ResultRow]) -> Self {
        let settled = rows
            .iter()
            .filter(|row| row.outcome != Outcome::Pass)
            .map(check_of_connection)
            .collect();
        let open = rows
            .iter()
            .filter(|row| is_undecided(row))
            .map(check_of_connection)
            .collect();
        let mut checks = Self { settled, open };
        while checks.grow(rows) {}
        checks
    }

    /// Adds the checks that an undecided one blocks; `false` when nothing was added.
    fn grow(&mut self, rows: &'a [ResultRow]) -> bool {
        let blocked: Vec<_> = rows
            .iter()
            .filter(|row| self.block(row))
            .map(check_of_connection)
            .collect();
        let before = self.open.len();
        self.open.extend(blocked);
        self.open.len() > before
    }

    /// Whether a row was skipped because of an undecided check. A blocker that passed, or that has no row, explains nothing,
    /// so the row is undecided as well.
    fn block(&self, row: &ResultRow) -> bool {
        row.skip_reason == Some(SkipReason::Blocked)
            && row.blocked_by.is_none_or(|check| {
                let blocker = (check, row.connection.as_deref());
                contains(&self.open, blocker) || !contains(&self.settled, blocker)
            })
    }
}

fn check_of_connection(row: &ResultRow) -> CheckOfConnection<'_> {
    (row.check, row.connection.as_deref())
}

/// Whether the check is in the set for the same connection, or on either side for a shared one.
fn contains(
    checks: &HashSet<CheckOfConnection<'_>>,
    (check, connection): CheckOfConnection<'_>,
) -> bool {
    match connection {
        Some(_) => checks.contains(&(check, connection)) || checks.contains(&(check, None)),
        None => checks.iter().any(|(other, _)| *other == check),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample_report::{any_check, any_rows, blocked, row, skipped};
    use super::*;
    use CheckId::*;
    use Requirement::*;

    fn verdict(rows: &[ResultRow]) -> Verdict {
        Verdict::of(rows)
    }

    #[test]
    fn a_failed_required_check_is_not_ready() {
        assert_eq!(
            verdict(&[row(SignInGraph, Required, Outcome::Fail)]),
            Verdict::NotReady
        );
    }

    #[test]
    fn a_failed_network_check_is_inconclusive() {
        assert_eq!(
            verdict(&[row(NetworkGraph, Required, Outcome::Fail)]),
            Verdict::Inconclusive
        );
        assert_eq!(
            verdict(&[row(NetworkGraph, Optional, Outcome::Fail)]),
            Verdict::ReadyLimited
        );
    }

    #[test]
    fn an_undecided_required_check_is_inconclusive() {
        for outcome in [Outcome::Unknown, Outcome::Error] {
            assert_eq!(
                verdict(&[row(TenantDiscovery, Required, outcome)]),
                Verdict::Inconclusive
            );
        }
        for reason in [
            SkipReason::NeedsInput,
            SkipReason::NeedsPermission,
            SkipReason::OutOfTime,
        ] {
            assert_eq!(
                verdict(&[skipped(MailboxCalendarRead, Required, reason)]),
                Verdict::Inconclusive
            );
        }
    }

    #[test]
    fn an_optional_check_that_did_not_pass_is_a_limitation() {
        for outcome in [Outcome::Fail, Outcome::Unknown, Outcome::Error] {
            assert_eq!(
                verdict(&[row(MailSend, Optional, outcome)]),
                Verdict::ReadyLimited
            );
        }
        assert_eq!(
            verdict(&[skipped(MailSend, Optional, SkipReason::OutOfTime)]),
            Verdict::ReadyLimited
        );
    }

    #[test]
    fn deselected_checks_do_not_count() {
        for requirement in [Required, Optional] {
            for reason in [SkipReason::Deselected, SkipReason::NotApplicable] {
                assert_eq!(
                    verdict(&[skipped(MailSend, requirement, reason)]),
                    Verdict::Ready
                );
            }
        }
        assert_eq!(
            verdict(&[skipped(MailSend, Optional, SkipReason::NeedsInput)]),
            Verdict::Ready
        );
    }

    #[test]
    fn advisory_checks_never_count() {
        for outcome in [Outcome::Fail, Outcome::Unknown, Outcome::Error] {
            assert_eq!(
                verdict(&[row(NetworkClock, Advisory, outcome)]),
                Verdict::Ready
            );
        }
    }

    #[test]
    fn what_an_undecided_check_blocks_is_undecided_at_any_depth() {
        let rows = [
            row(SignInGraph, Optional, Outcome::Pass),
            row(NetworkGraph, Optional, Outcome::Fail),
            blocked(SignInGraph, Optional, NetworkGraph),
            blocked(MailboxCalendarRead, Optional, SignInGraph),
            blocked(MailboxCalendarWrite, Required, MailboxCalendarRead),
        ];
        assert_eq!(verdict(&rows), Verdict::Inconclusive);
    }

    #[test]
    fn checks_blocked_by_a_failure_do_not_make_the_verdict_worse() {
        let rows = [
            row(MailSend, Optional, Outcome::Fail),
            blocked(DirectoryUsers, Required, MailSend),
        ];
        assert_eq!(verdict(&rows), Verdict::ReadyLimited);
    }

    #[test]
    fn a_blocker_of_another_connection_explains_nothing() {
        let of = |connection: &str, row| ResultRow {
            connection: Some(connection.into()),
            ..row
        };
        let rows = |own| {
            [
                of("Berlin", row(SignInGraph, Required, Outcome::Fail)),
                of("system", row(SignInGraph, Required, own)),
                of(
                    "system",
                    blocked(MailboxCalendarRead, Required, SignInGraph),
                ),
            ]
        };
        let blocked = |own| UndecidedChecks::among(&rows(own)).block(&rows(own)[2]);
        assert!(!blocked(Outcome::Fail));
        assert!(blocked(Outcome::Pass) && blocked(Outcome::Unknown));
    }

    #[test]
    fn a_shared_blocker_counts_for_every_connection() {
        let shared = row(NetworkSignIn, Required, Outcome::Fail);
        let own = ResultRow {
            connection: Some("system".into()),
            ..blocked(SignInGraph, Required, NetworkSignIn)
        };
        assert!(UndecidedChecks::among(&[shared, own.clone()]).block(&own));
    }

    #[test]
    fn rows_that_block_each_other_terminate() {
        let rows = [
            blocked(MailSend, Required, DirectoryUsers),
            blocked(DirectoryUsers, Required, MailSend),
        ];
        assert_eq!(verdict(&rows), Verdict::Ready);
    }

    #[test]
    fn a_missing_blocker_leaves_the_check_undecided() {
        assert_eq!(
            verdict(&[blocked(MailSend, Required, DirectoryUsers)]),
            Verdict::Inconclusive
        );
    }

    #[test]
    fn thousands_of_blocked_rooms_are_evaluated_quickly() {
        let mut rows = vec![row(SignInGraph, Optional, Outcome::Fail)];
        for _ in 0..5_000 {
            rows.push(blocked(MailboxCalendarRead, Required, SignInGraph));
            rows.push(blocked(MailboxCalendarWrite, Required, MailboxCalendarRead));
        }
        assert_eq!(verdict(&rows), Verdict::ReadyLimited);
    }

    #[test]
    fn exit_codes_follow_the_verdict() {
        let all = [
            Verdict::Ready,
            Verdict::ReadyLimited,
            Verdict::Inconclusive,
            Verdict::NotReady,
        ];
        let codes = |fail_on, note| all.map(|verdict| verdict.exit_code(fail_on, note));
        for note in [false, true] {
            assert_eq!(codes(FailOn::Required, note), [0, 0, 3, 1]);
            assert_eq!(codes(FailOn::Optional, note), [0, 4, 3, 1]);
        }
        assert_eq!(codes(FailOn::Note, false), [0, 4, 3, 1]);
        assert_eq!(codes(FailOn::Note, true), [4, 4, 3, 1]);
    }

    proptest! {
        #[test]
        fn the_worst_row_decides_the_verdict(rows in any_rows()) {
            let blocked = |row: &ResultRow| row.skip_reason == Some(SkipReason::Blocked);
            let rows: Vec<_> = rows.into_iter().filter(|row| !blocked(row)).collect();
            let worst = rows.iter().map(|row| verdict(std::slice::from_ref(row))).max().unwrap_or(Verdict::Ready);
            prop_assert_eq!(verdict(&rows), worst);
        }

        #[test]
        fn one_more_failure_never_improves_the_verdict(mut rows in any_rows(), at in any::<prop::sample::Index>()) {
            prop_assume!(!rows.is_empty());
            let before = verdict(&rows);
            let index = at.index(rows.len());
            // A check that was blocked, or that passed and blocks another (which explains nothing), decides the checks
            // behind it when it fails.
            prop_assume!(rows[index].skip_reason != Some(SkipReason::Blocked));
            let blocks = rows.iter().any(|other| other.blocked_by == Some(rows[index].check));
            prop_assume!(rows[index].outcome != Outcome::Pass || !blocks);
            rows[index].outcome = Outcome::Fail;
            rows[index].skip_reason = None;
            prop_assert!(verdict(&rows) >= before);
        }

        #[test]
        fn the_order_of_the_rows_does_not_matter(
            (rows, shuffled) in any_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        ) {
            prop_assert_eq!(verdict(&rows), verdict(&shuffled));
        }

        #[test]
        fn a_row_that_appears_twice_counts_once(rows in any_rows(), at in any::<prop::sample::Index>()) {
            prop_assume!(!rows.is_empty());
            let mut more = rows.clone();
            more.push(rows[at.index(rows.len())].clone());
            prop_assert_eq!(verdict(&rows), verdict(&more));
        }

        #[test]
        fn another_required_failure_never_improves_the_verdict(mut rows in any_rows(), check in any_check()) {
            let before = verdict(&rows);
            rows.push(row(check, Required, Outcome::Fail));
            let least = if check.is_network() { Verdict::Inconclusive } else { Verdict::NotReady };
            prop_assert!(verdict(&rows) >= before.max(least));
        }

        #[test]
        fn only_a_failed_required_check_makes_the_verdict_not_ready(rows in any_rows()) {
            let failed = |row: &ResultRow| {
                row.requirement == Required && row.outcome == Outcome::Fail && !row.check.is_network()
            };
            prop_assert_eq!(verdict(&rows) == Verdict::NotReady, rows.iter().any(failed));
        }

        #[test]
        fn an_unknown_required_check_is_neither_a_pass_nor_a_failure(
            mut rows in any_rows(),
            check in any_check(),
            outcome in prop::sample::select(vec![Outcome::Unknown, Outcome::Error]),
        ) {
            let before = verdict(&rows);
            rows.push(row(check, Required, outcome));
            let least = Verdict::Inconclusive;
            prop_assert!(verdict(&rows) == before.max(least), "{} after {}", verdict(&rows), before);
        }
    }
}
