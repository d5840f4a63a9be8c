//! `--wait`: repeats the check until all required checks pass, waiting can no longer help, or the time is over.

mod changes;
mod decision;
mod narrator;

use std::pin::pin;
use std::time::{Duration, Instant};

use decision::{Decision, StopReason, decide};
use narrator::Narrator;

use crate::probe::Journal;
use crate::report::Report;
use crate::settings::DurationOption;

use super::args::WaitArguments;
use super::session::{self, Session, examine};
use super::{CliError, Exit};

/// The pause of a demo, in which a tenant becomes effective within seconds.
const DEMO_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait of a demo: what has not become effective by then does not change any more.
const DEMO_TOTAL: Duration = Duration::from_secs(30);

/// Total time to wait, and the longest pause between two attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    total: Duration,
    longest_pause: Option<Duration>,
    is_demo: bool,
}

impl Wait {
    /// Reads the options; `None` without `--wait`.
    pub(super) fn read(arguments: &WaitArguments) -> Result<Option<Self>, CliError> {
        let longest_pause =
            session::duration(&DurationOption::WAIT_PAUSE, arguments.wait_pause.as_deref())?;
        let total = session::duration(&DurationOption::WAIT, arguments.wait.as_deref())?;
        Ok(total.map(|total| Self {
            total,
            longest_pause,
            is_demo: false,
        }))
    }

    /// The wait of a demo: changes in a simulated tenant take effect within seconds, so hours of waiting are pointless.
    #[must_use]
    pub(super) fn shortened(self) -> Self {
        let longest_pause = self.longest_pause.or(Some(DEMO_PAUSE));
        Self {
            total: self.total.min(DEMO_TOTAL),
            longest_pause,
            is_demo: true,
        }
    }

    /// The longest `Retry-After` to obey within an attempt that begins after `passed`.
    fn patience(self, usual: Duration, passed: Duration) -> Duration {
        usual.max(self.total.saturating_sub(passed))
    }
}

/// Runs the checks once or, with a wait, repeatedly. Every attempt is a complete run with new tokens; the report is that of
/// the last attempt.
pub(super) async fn examine_until(
    session: &mut Session,
    wait: Option<Wait>,
    journal: &dyn Journal,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CliError> {
    match wait {
        None => examine(session, journal, interrupt).await,
        Some(wait) => run_attempts(session, wait, journal, interrupt).await,
    }
}

async fn run_attempts(
    session: &mut Session,
    wait: Wait,
    journal: &dyn Journal,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CliError> {
    // All attempts share one future, so that a signal between two attempts is not lost.
    let mut interrupt = pin!(interrupt);
    let mut narrator = Narrator::new(session.clock);
    let started = Instant::now();
    let usual_patience = session.limits.retry.patience;
    let mut last: Option<Report> = None;
    loop {
        session.limits.retry.patience = wait.patience(usual_patience, started.elapsed());
        let report = examine(session, journal, interrupt.as_mut()).await?;
        if report.interrupted {
            narrator.announce_stop(&StopReason::Interrupted);
            // The interrupted attempt is incomplete, so an earlier complete report is the better result.
            return Ok(last.map_or(report, mark_interrupted));
        }
        narrator.print_changes(last.as_ref(), &report);
        match decide(
            &report,
            wait.total.saturating_sub(started.elapsed()),
            wait.longest_pause,
        ) {
            Decision::Stop(reason) => {
                narrator.announce_stop(&reason);
                return Ok(report);
            }
            Decision::Retry(pause) => {
                // The time to read the settings counts against the first attempt only.
                session.started = None;
                if wait.is_demo && last.is_none() {
                    narrator.announce_shortened(wait.total);
                }
                narrator.announce_pause(&report, pause);
                tokio::select! {
                    () = interrupt.as_mut() => {
                        narrator.announce_stop(&StopReason::Interrupted);
                        return Ok(mark_interrupted(report));
                    }
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
        last = Some(report);
    }
}

/// Marks the last complete report as one after which the user interrupted the wait.
fn mark_interrupted(mut report: Report) -> Report {
    report.interrupted = true;
    report.summary.exit_code = Exit::Interrupted.code();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wait: Option<&str>, pause: Option<&str>) -> Result<Option<Wait>, CliError> {
        let (wait, wait_pause) = (wait.map(str::to_owned), pause.map(str::to_owned));
        Wait::read(&WaitArguments { wait, wait_pause })
    }

    #[test]
    fn durations_are_read_and_nothing_is_waited_for_unasked() {
        assert_eq!(read(None, None).unwrap(), None);
        let both = Wait {
            total: Duration::from_hours(2),
            longest_pause: Some(Duration::from_secs(1)),
            is_demo: false,
        };
        assert_eq!(read(Some("2h"), Some("1s")).unwrap(), Some(both));
        assert!(read(Some("soon"), None).is_err() && read(Some("2h"), Some("soon")).is_err());
    }

    #[test]
    fn only_the_wait_of_a_demo_is_shortened() {
        let long = read(Some("2h"), None).unwrap().unwrap();
        assert_eq!(
            (long.total, long.longest_pause),
            (Duration::from_hours(2), None)
        );
        let shortened = long.shortened();
        assert_eq!(
            (shortened.total, shortened.longest_pause),
            (DEMO_TOTAL, Some(DEMO_PAUSE))
        );
        let chosen = read(Some("5s"), Some("200ms"))
            .unwrap()
            .unwrap()
            .shortened();
        assert_eq!(
            (chosen.total, chosen.longest_pause),
            (Duration::from_secs(5), Some(Duration::from_millis(200)))
        );
    }

    #[test]
    fn the_patience_with_a_service_is_the_rest_of_the_wait_but_never_less_than_usual() {
        let wait = read(Some("10m"), None).unwrap().unwrap();
        let usual = Duration::from_secs(30);
        assert_eq!(
            wait.patience(usual, Duration::ZERO),
            Duration::from_mins(10)
        );
        assert_eq!(
            wait.patience(usual, Duration::from_mins(8)),
            Duration::from_mins(2)
        );
        assert_eq!(wait.patience(usual, Duration::from_mins(20)), usual);
    }

    #[test]
    fn an_interrupted_wait_marks_the_report() {
        let report = mark_interrupted(crate::report::sample_report::report());
        assert!(report.interrupted);
        assert_eq!(report.summary.exit_code, 130);
    }
}
