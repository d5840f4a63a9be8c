//! Whether to look again, when, or why not.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::diagnosis::{Cause, ResultRow};
use crate::knowledge::{self, Propagation};
use crate::report::{Report, Verdict};
use crate::terms::{Outcome, Requirement, SkipReason};

/// What to do after a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Look again after this pause.
    LookAgain(Duration),
    /// End with the report as it is.
    Stop(Ending),
}

/// Why a wait ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// There is nothing left to wait for.
    Works,
    /// What is left stays as it is; the ids of its causes or, where none is known, of its checks.
    NothingMends(BTreeSet<String>),
    /// The time is over.
    TimeOver,
    /// The next look would come too early if it came within the time; it needs this pause.
    TooShort(Duration),
    /// The user ended it.
    Interrupted,
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Works => formatter.write_str("everything required works"),
            Self::NothingMends(ids) => {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                write!(
                    formatter,
                    "what is left does not mend itself by waiting: {}",
                    ids.join(", ")
                )
            }
            Self::TimeOver => formatter.write_str("the time of --wait is over"),
            Self::TooShort(pause) => write!(
                formatter,
                "the next look should come {} after the last one, because looking earlier may prolong the wait, and the \
                 time of --wait does not reach so far",
                spoken(*pause)
            ),
            Self::Interrupted => formatter.write_str("interrupted"),
        }
    }
}

/// Decides after a look. `remaining` is the rest of the time, `longest_pause` shortens every pause.
pub(super) fn decide(
    report: &Report,
    remaining: Duration,
    longest_pause: Option<Duration>,
) -> Decision {
    if report.summary.exit_code == 0 {
        return Decision::Stop(Ending::Works);
    }
    let rows: Vec<&Propagation> = standing_in_the_way(report)
        .filter_map(|cause| knowledge::propagation(cause.id.parse().ok()?))
        .collect();
    if rows.is_empty() {
        return Decision::Stop(Ending::NothingMends(left(report)));
    }
    if remaining.is_zero() {
        return Decision::Stop(Ending::TimeOver);
    }
    let cut = |pause: Duration| pause.min(longest_pause.unwrap_or(Duration::MAX));
    let at_least = cut(shortest_allowed(report, &rows));
    if at_least > remaining {
        return Decision::Stop(Ending::TooShort(at_least));
    }
    let usual = cut(rows.iter().map(|row| row.pause()).min().unwrap_or_default());
    Decision::LookAgain(at_least.max(usual).min(remaining))
}

/// The causes without which the wait would be over. Optional ones count only where nothing else is left, which is with
/// `--fail-on optional`.
pub(super) fn standing_in_the_way(report: &Report) -> impl Iterator<Item = &Cause> {
    report
        .causes
        .iter()
        .filter(|cause| counts(cause.requirement, report.summary.verdict))
}

fn counts(requirement: Requirement, verdict: Verdict) -> bool {
    match requirement {
        Requirement::Required => true,
        Requirement::Optional => verdict == Verdict::ReadyLimited,
        Requirement::Advisory => false,
    }
}

/// The pause that no look may undercut: looking may prolong the wait, or a service has named its own time.
fn shortest_allowed(report: &Report, rows: &[&Propagation]) -> Duration {
    let silent = rows
        .iter()
        .filter(|row| row.silent)
        .map(|row| row.pause())
        .max()
        .unwrap_or_default();
    let own = if rows.iter().any(|row| row.own_time) {
        named_by_a_service(report)
    } else {
        Duration::ZERO
    };
    silent.max(own)
}

/// The longest wait that a service named in its last responses, however it wrote it.
fn named_by_a_service(report: &Report) -> Duration {
    let observations = report.evidence.observations.iter();
    let waits = observations
        .filter_map(|row| row.finding()?.refusal()?.retry_after_ms)
        .map(Duration::from_millis);
    // A header that no row rests on, such as that of a batch, counts as well.
    let headers = report
        .requests
        .iter()
        .filter_map(|request| request.headers.get("retry-after"));
    let seconds = headers
        .filter_map(|value| value.trim().parse().ok())
        .map(Duration::from_secs);
    waits.chain(seconds).max().unwrap_or_default()
}

fn left(report: &Report) -> BTreeSet<String> {
    let causes: BTreeSet<String> = standing_in_the_way(report)
        .map(|cause| cause.id.clone())
        .collect();
    if !causes.is_empty() {
        return causes;
    }
    let verdict = report.summary.verdict;
    let open = report
        .results
        .iter()
        .filter(|row| counts(row.requirement, verdict) && is_open(row));
    open.map(|row| row.check.to_string()).collect()
}

fn is_open(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Pass => false,
        Outcome::Skipped => {
            matches!(
                row.skip_reason,
                Some(SkipReason::NeedsInput | SkipReason::NeedsPermission | SkipReason::OutOfTime)
            )
        }
        Outcome::Fail | Outcome::Unknown | Outcome::Error => true,
    }
}

/// A duration as people say it: in its two largest units at most, and in milliseconds only below a second.
pub(super) fn spoken(duration: Duration) -> String {
    if duration < Duration::from_secs(1) && !duration.is_zero() {
        return format!("{} ms", duration.as_millis());
    }
    let seconds = duration.as_secs() + u64::from(duration.subsec_millis() >= 500);
    let parts = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let from = parts
        .iter()
        .position(|(count, _)| *count > 0)
        .unwrap_or(parts.len() - 1);
    let told = parts[from..]
        .iter()
        .take(2)
        .enumerate()
        .filter(|(place, (count, _))| *place == 0 || *count > 0);
    told.map(|(_, (count, unit))| format!("{count} {unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Execution, Finding, Refusal, Reply};
    use crate::report::fixture;

    const HOURS: Duration = Duration::from_hours(3);

    /// A report that is not ready for these causes, all required.
    fn left_by(causes: &[&str]) -> Report {
        let mut report = fixture::report();
        let model = report.causes[0].clone();
        let cause = |id: &&str| Cause {
            id: (*id).to_owned(),
            requirement: Requirement::Required,
            ..model.clone()
        };
        report.causes = causes.iter().map(cause).collect();
        (report.summary.verdict, report.summary.exit_code) = (Verdict::NotReady, 1);
        for request in &mut report.requests {
            request.headers.clear();
        }
        report
    }

    fn after(causes: &[&str], remaining: Duration) -> Decision {
        decide(&left_by(causes), remaining, None)
    }

    #[test]
    fn durations_are_said_in_two_units_at_most() {
        let cases = [
            (0, "0 s"),
            (200, "200 ms"),
            (1_400, "1 s"),
            (20_000, "20 s"),
            (35_945, "36 s"),
            (60_000, "1 min"),
            (95_000, "1 min 35 s"),
            (1_800_000, "30 min"),
            (3_600_000, "1 h"),
            (3_605_000, "1 h"),
            (9_000_000, "2 h 30 min"),
            (86_400_000, "24 h"),
        ];
        for (millis, told) in cases {
            assert_eq!(spoken(Duration::from_millis(millis)), told);
        }
    }

    #[test]
    fn a_report_that_is_ready_ends_the_wait() {
        assert_eq!(
            decide(&fixture::report_all_passed(), HOURS, None),
            Decision::Stop(Ending::Works)
        );
    }

    #[test]
    fn consent_is_looked_for_every_minute_and_once_more_at_the_very_end() {
        let consent = ["registration.consent-missing"];
        assert_eq!(
            after(&consent, HOURS),
            Decision::LookAgain(Duration::from_mins(1))
        );
        assert_eq!(
            after(&consent, Duration::from_secs(20)),
            Decision::LookAgain(Duration::from_secs(20))
        );
        assert_eq!(
            after(&consent, Duration::ZERO),
            Decision::Stop(Ending::TimeOver)
        );
    }

    #[test]
    fn a_scope_is_left_in_peace_for_half_an_hour_whatever_else_is_waited_for() {
        let half_an_hour = Duration::from_mins(30);
        for causes in [
            &["mailbox.outside-scope"][..],
            &["registration.consent-missing", "mailbox.outside-scope"],
        ] {
            assert_eq!(after(causes, HOURS), Decision::LookAgain(half_an_hour));
            assert_eq!(
                after(causes, Duration::from_mins(29)),
                Decision::Stop(Ending::TooShort(half_an_hour))
            );
        }
    }

    #[test]
    fn the_longest_pause_shortens_every_pause() {
        let report = left_by(&["mailbox.outside-scope"]);
        let second = Duration::from_secs(1);
        assert_eq!(
            decide(&report, Duration::from_secs(10), Some(second)),
            Decision::LookAgain(second)
        );
    }

    #[test]
    fn what_does_not_mend_itself_ends_the_wait_and_is_named_once() {
        let ids = [
            "sign-in.secret-expired",
            "mailbox.not-found",
            "mailbox.not-found",
        ];
        let Decision::Stop(ending) = after(&ids, HOURS) else {
            panic!("waits for a new secret")
        };
        let expected = "what is left does not mend itself by waiting: mailbox.not-found, sign-in.secret-expired";
        assert_eq!(ending.to_string(), expected);
    }

    #[test]
    fn one_cause_that_mends_itself_is_reason_enough_to_wait() {
        let ids = ["mailbox.not-found", "registration.consent-missing"];
        assert_eq!(
            after(&ids, HOURS),
            Decision::LookAgain(Duration::from_mins(1))
        );
    }

    #[test]
    fn optional_causes_count_only_where_nothing_required_is_left() {
        let mut report = left_by(&["mailbox.not-found", "grant.mail-send-missing"]);
        report.causes[1].requirement = Requirement::Optional;
        let ids = BTreeSet::from(["mailbox.not-found".to_owned()]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Stop(Ending::NothingMends(ids))
        );
        report.causes.remove(0);
        (report.summary.verdict, report.summary.exit_code) = (Verdict::ReadyLimited, 4);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::LookAgain(Duration::from_mins(1))
        );
    }

    #[test]
    fn what_has_no_cause_is_named_by_its_check() {
        let mut report = left_by(&[]);
        (report.summary.verdict, report.summary.exit_code) = (Verdict::Inconclusive, 3);
        report.results = vec![fixture::skipped(
            crate::terms::CheckId::SettingsRooms,
            Requirement::Required,
            SkipReason::NeedsInput,
        )];
        let ids = BTreeSet::from(["settings.rooms".to_owned()]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Stop(Ending::NothingMends(ids))
        );
    }

    #[test]
    fn a_wait_too_large_for_a_number_is_not_undercut() {
        let mut report = left_by(&["service.throttled"]);
        let refusal = Refusal {
            status: 429,
            retry_after_ms: Some(u64::MAX),
            ..Refusal::default()
        };
        report.evidence.observations[0].execution =
            Execution::completed(Finding::Listing(Reply::Refused(refusal)));
        assert!(matches!(
            decide(&report, HOURS, None),
            Decision::Stop(Ending::TooShort(_))
        ));
    }

    #[test]
    fn a_service_is_given_the_time_that_it_names() {
        let mut report = left_by(&["service.throttled"]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::LookAgain(Duration::from_mins(1))
        );
        report.requests[0]
            .headers
            .insert("retry-after".into(), "300".to_owned());
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::LookAgain(Duration::from_mins(5))
        );
        let early = decide(&report, Duration::from_mins(4), None);
        assert_eq!(
            early,
            Decision::Stop(Ending::TooShort(Duration::from_mins(5)))
        );
        report.causes = left_by(&["registration.consent-missing"]).causes;
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::LookAgain(Duration::from_mins(1))
        );
    }
}
