//! Decides whether to repeat the check, after which pause, or why to stop.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::diagnosis::{Cause, ResultRow};
use crate::knowledge::{self, Propagation};
use crate::report::{Report, Verdict};
use crate::terms::{Outcome, Requirement, SkipReason};

/// What to do after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Repeat the check after this pause.
    Retry(Duration),
    /// End with the report as it is.
    Stop(StopReason),
}

/// Why a wait ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StopReason {
    /// All required checks pass.
    AllPassed,
    /// Waiting cannot resolve what is left: the ids of its causes or, if there are none, of its checks.
    NothingRecovers(BTreeSet<String>),
    /// The time is over.
    TimedOut,
    /// The next attempt needs this pause, which is longer than the remaining time.
    TooShort(Duration),
    /// The user ended it.
    Interrupted,
}

impl fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllPassed => formatter.write_str("all required checks pass"),
            Self::NothingRecovers(ids) => {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                write!(
                    formatter,
                    "waiting does not resolve what is left: {}",
                    ids.join(", ")
                )
            }
            Self::TimedOut => formatter.write_str("the time limit of --wait is reached"),
            Self::TooShort(pause) => write!(
                formatter,
                "the next attempt should start {} after the last one, because an earlier attempt may prolong the wait, and \
                 the time limit of --wait comes first",
                format_duration(*pause)
            ),
            Self::Interrupted => formatter.write_str("interrupted"),
        }
    }
}

/// Decides after an attempt. `remaining` is the rest of the time; `longest_pause` limits every pause.
pub(super) fn decide(
    report: &Report,
    remaining: Duration,
    longest_pause: Option<Duration>,
) -> Decision {
    // The exit code already takes `--fail-on` into account.
    if report.summary.exit_code == 0 {
        return Decision::Stop(StopReason::AllPassed);
    }
    // A cause without a row about its propagation does not go away by waiting.
    let rows: Vec<&Propagation> = blocking_causes(report)
        .filter_map(|cause| knowledge::propagation(cause.id.parse().ok()?))
        .collect();
    if rows.is_empty() {
        return Decision::Stop(StopReason::NothingRecovers(unresolved_ids(report)));
    }
    if remaining.is_zero() {
        return Decision::Stop(StopReason::TimedOut);
    }
    let cut = |pause: Duration| pause.min(longest_pause.unwrap_or(Duration::MAX));
    let at_least = cut(minimum_pause(report, &rows));
    if at_least > remaining {
        return Decision::Stop(StopReason::TooShort(at_least));
    }
    let usual = cut(rows.iter().map(|row| row.pause()).min().unwrap_or_default());
    // The last attempt runs at the end of the time limit, not after it.
    Decision::Retry(at_least.max(usual).min(remaining))
}

/// The causes without which the wait would be over. Optional ones count only where nothing else is left, which is with
/// `--fail-on optional`.
pub(super) fn blocking_causes(report: &Report) -> impl Iterator<Item = &Cause> {
    report
        .causes
        .iter()
        .filter(|cause| affects_verdict(cause.requirement, report.summary.verdict))
}

fn affects_verdict(requirement: Requirement, verdict: Verdict) -> bool {
    match requirement {
        Requirement::Required => true,
        Requirement::Optional => verdict == Verdict::ReadyLimited,
        Requirement::Advisory => false,
    }
}

/// The minimum pause: an earlier attempt may prolong the wait, or a service requested a delay.
fn minimum_pause(report: &Report, rows: &[&Propagation]) -> Duration {
    let silent = rows
        .iter()
        .filter(|row| row.silent)
        .map(|row| row.pause())
        .max()
        .unwrap_or_default();
    let own = if rows.iter().any(|row| row.own_time) {
        delay_requested_by_services(report)
    } else {
        Duration::ZERO
    };
    silent.max(own)
}

/// The longest wait that a service named in its last responses, however it wrote it.
fn delay_requested_by_services(report: &Report) -> Duration {
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

fn unresolved_ids(report: &Report) -> BTreeSet<String> {
    let causes: BTreeSet<String> = blocking_causes(report)
        .map(|cause| cause.id.clone())
        .collect();
    if !causes.is_empty() {
        return causes;
    }
    let verdict = report.summary.verdict;
    let open = report
        .results
        .iter()
        .filter(|row| affects_verdict(row.requirement, verdict) && is_unresolved(row));
    open.map(|row| row.check.to_string()).collect()
}

fn is_unresolved(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Pass => false,
        Outcome::Skipped => {
            // Other skipped checks were not wanted, or follow from a row that is listed itself.
            matches!(
                row.skip_reason,
                Some(SkipReason::NeedsInput | SkipReason::NeedsPermission | SkipReason::OutOfTime)
            )
        }
        Outcome::Fail | Outcome::Unknown | Outcome::Error => true,
    }
}

/// Formats a duration in at most its two largest units, and in milliseconds only below a second.
pub(super) fn format_duration(duration: Duration) -> String {
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
    let largest = parts[from..]
        .iter()
        .take(2)
        .enumerate()
        .filter(|(place, (count, _))| *place == 0 || *count > 0);
    largest
        .map(|(_, (count, unit))| format!("{count} {unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Execution, Finding, Refusal, Reply};
    use crate::report::sample_report;

    const HOURS: Duration = Duration::from_hours(3);

    /// A report that is not ready for these causes, all required.
    fn left_by(causes: &[&str]) -> Report {
        let mut report = sample_report::report();
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
    fn durations_have_at_most_two_units() {
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
        for (millis, expected) in cases {
            assert_eq!(format_duration(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn a_report_that_is_ready_ends_the_wait() {
        assert_eq!(
            decide(&sample_report::report_all_passed(), HOURS, None),
            Decision::Stop(StopReason::AllPassed)
        );
    }

    #[test]
    fn consent_is_looked_for_every_minute_and_once_more_at_the_very_end() {
        let consent = ["registration.consent-missing"];
        assert_eq!(
            after(&consent, HOURS),
            Decision::Retry(Duration::from_mins(1))
        );
        assert_eq!(
            after(&consent, Duration::from_secs(20)),
            Decision::Retry(Duration::from_secs(20))
        );
        assert_eq!(
            after(&consent, Duration::ZERO),
            Decision::Stop(StopReason::TimedOut)
        );
    }

    #[test]
    fn a_scope_is_left_in_peace_for_half_an_hour_whatever_else_is_waited_for() {
        let half_an_hour = Duration::from_mins(30);
        for causes in [
            &["mailbox.outside-scope"][..],
            &["registration.consent-missing", "mailbox.outside-scope"],
        ] {
            assert_eq!(after(causes, HOURS), Decision::Retry(half_an_hour));
            assert_eq!(
                after(causes, Duration::from_mins(29)),
                Decision::Stop(StopReason::TooShort(half_an_hour))
            );
        }
    }

    #[test]
    fn the_longest_pause_shortens_every_pause() {
        let report = left_by(&["mailbox.outside-scope"]);
        let second = Duration::from_secs(1);
        assert_eq!(
            decide(&report, Duration::from_secs(10), Some(second)),
            Decision::Retry(second)
        );
    }

    #[test]
    fn a_cause_that_waiting_cannot_resolve_ends_the_wait_and_is_named_once() {
        let ids = [
            "sign-in.secret-expired",
            "mailbox.not-found",
            "mailbox.not-found",
        ];
        let Decision::Stop(reason) = after(&ids, HOURS) else {
            panic!("waits for a new secret")
        };
        let expected =
            "waiting does not resolve what is left: mailbox.not-found, sign-in.secret-expired";
        assert_eq!(reason.to_string(), expected);
    }

    #[test]
    fn one_cause_that_waiting_can_resolve_is_enough_to_wait() {
        let ids = ["mailbox.not-found", "registration.consent-missing"];
        assert_eq!(after(&ids, HOURS), Decision::Retry(Duration::from_mins(1)));
    }

    #[test]
    fn optional_causes_count_only_where_nothing_required_is_left() {
        let mut report = left_by(&["mailbox.not-found", "grant.mail-send-missing"]);
        report.causes[1].requirement = Requirement::Optional;
        let ids = BTreeSet::from(["mailbox.not-found".to_owned()]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Stop(StopReason::NothingRecovers(ids))
        );
        report.causes.remove(0);
        (report.summary.verdict, report.summary.exit_code) = (Verdict::ReadyLimited, 4);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Retry(Duration::from_mins(1))
        );
    }

    #[test]
    fn what_has_no_cause_is_named_by_its_check() {
        let mut report = left_by(&[]);
        (report.summary.verdict, report.summary.exit_code) = (Verdict::Inconclusive, 3);
        report.results = vec![sample_report::skipped(
            crate::terms::CheckId::SettingsRooms,
            Requirement::Required,
            SkipReason::NeedsInput,
        )];
        let ids = BTreeSet::from(["settings.rooms".to_owned()]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Stop(StopReason::NothingRecovers(ids))
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
            Decision::Stop(StopReason::TooShort(_))
        ));
    }

    #[test]
    fn a_service_is_given_the_time_that_it_names() {
        let mut report = left_by(&["service.throttled"]);
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Retry(Duration::from_mins(1))
        );
        report.requests[0]
            .headers
            .insert("retry-after".into(), "300".to_owned());
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Retry(Duration::from_mins(5))
        );
        let early = decide(&report, Duration::from_mins(4), None);
        assert_eq!(
            early,
            Decision::Stop(StopReason::TooShort(Duration::from_mins(5)))
        );
        report.causes = left_by(&["registration.consent-missing"]).causes;
        assert_eq!(
            decide(&report, HOURS, None),
            Decision::Retry(Duration::from_mins(1))
        );
    }
}
