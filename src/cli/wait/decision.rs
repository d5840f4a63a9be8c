//! Whether to look again, when, or why not.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::diagnosis::{Cause, Outcome, ResultRow};
use crate::evidence::{Requirement, SkipReason};
use crate::knowledge::{self, Waiting};
use crate::report::{Report, Verdict};

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
                write!(formatter, "what is left does not mend itself by waiting: {}", ids.join(", "))
            }
            Self::TimeOver => formatter.write_str("the time of --wait is over"),
            Self::TooShort(pause) => write!(
                formatter,
                "the time of --wait is over: the next look should come {} after the last one, because looking earlier \
                 may prolong the wait",
                spoken(*pause)
            ),
            Self::Interrupted => formatter.write_str("interrupted"),
        }
    }
}

/// Decides after a look. `remaining` is the rest of the time, `longest_pause` shortens every pause.
pub(super) fn decide(report: &Report, remaining: Duration, longest_pause: Option<Duration>) -> Decision {
    if report.summary.exit_code == 0 {
        return Decision::Stop(Ending::Works);
    }
    let rows: Vec<&Waiting> = standing_in_the_way(report).filter_map(|cause| knowledge::waiting(&cause.id)).collect();
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
    report.causes.iter().filter(|cause| counts(cause.requirement, report.summary.verdict))
}

fn counts(requirement: Requirement, verdict: Verdict) -> bool {
    match requirement {
        Requirement::Required => true,
        Requirement::Optional => verdict == Verdict::ReadyLimited,
        Requirement::Advisory => false,
    }
}

/// The pause that no look may undercut: looking may prolong the wait, or a service has named its own time.
fn shortest_allowed(report: &Report, rows: &[&Waiting]) -> Duration {
    let silent = rows.iter().filter(|row| row.silent).map(|row| row.pause()).max().unwrap_or_default();
    let own = if rows.iter().any(|row| row.own_time) { named_by_a_service(report) } else { Duration::ZERO };
    silent.max(own)
}

/// The longest `Retry-After` among the last answers. A date instead of seconds is left to the usual pause.
fn named_by_a_service(report: &Report) -> Duration {
    let named = report.requests.iter().filter_map(|request| request.headers.get("retry-after")?.trim().parse().ok());
    Duration::from_secs(named.max().unwrap_or_default())
}

fn left(report: &Report) -> BTreeSet<String> {
    let causes: BTreeSet<String> = standing_in_the_way(report).map(|cause| cause.id.clone()).collect();
    if !causes.is_empty() {
        return causes;
    }
    let verdict = report.summary.verdict;
    let open = report.results.iter().filter(|row| counts(row.requirement, verdict) && is_open(row));
    open.map(|row| row.check.to_string()).collect()
}

fn is_open(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Pass => false,
        Outcome::Skipped => matches!(row.skip_reason, Some(SkipReason::NeedsInput | SkipReason::OutOfTime)),
        Outcome::Fail | Outcome::Unknown | Outcome::Error => true,
    }
}

/// A duration in its largest whole unit.
pub(super) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if duration.subsec_millis() > 0 => format!("{} ms", duration.as_millis()),
        0 => "0 s".to_owned(),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
