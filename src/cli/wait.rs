//! `--wait`: looks again until everything required works, nothing that is wrong can mend itself, or the time is over.

mod changes;
mod decision;
mod teller;

use std::pin::pin;
use std::time::{Duration, Instant};

use decision::{Decision, Ending, decide};
use teller::Teller;

use super::args::WaitArguments;
use super::session::{self, Session, examine};
use super::{CliError, Exit};
use crate::probe::Journal;
use crate::report::Report;

/// How long to wait, and how long at most between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    total: Duration,
    longest_pause: Option<Duration>,
}

impl Wait {
    /// Reads the options; `None` without `--wait`.
    pub(super) fn read(arguments: &WaitArguments) -> Result<Option<Self>, CliError> {
        let longest_pause = session::duration("--wait-pause", arguments.wait_pause.as_deref())?;
        let total = session::duration("--wait", arguments.wait.as_deref())?;
        Ok(total.map(|total| Self { total, longest_pause }))
    }
}

/// Examines once or, with a wait, as often as it takes. Every round is a whole examination with tokens of its own; the
/// report is that of the last round.
pub(super) async fn examine_until(
    session: &mut Session,
    wait: Option<Wait>,
    journal: &dyn Journal,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CliError> {
    match wait {
        None => examine(session, journal, interrupt).await,
        Some(wait) => rounds(session, wait, journal, interrupt).await,
    }
}

async fn rounds(
    session: &mut Session,
    wait: Wait,
    journal: &dyn Journal,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CliError> {
    let mut interrupt = pin!(interrupt);
    let mut teller = Teller::new(session.clock);
    let started = Instant::now();
    let usual_patience = session.limits.patience;
    let mut last: Option<Report> = None;
    loop {
        session.limits.patience = usual_patience.max(wait.total.saturating_sub(started.elapsed()));
        let report = examine(session, journal, interrupt.as_mut()).await?;
        if report.interrupted {
            teller.end(&Ending::Interrupted);
            return Ok(last.map_or(report, interrupted));
        }
        teller.changes(last.as_ref(), &report);
        match decide(&report, wait.total.saturating_sub(started.elapsed()), wait.longest_pause) {
            Decision::Stop(ending) => {
                teller.end(&ending);
                return Ok(report);
            }
            Decision::LookAgain(pause) => {
                teller.waiting(&report, pause);
                tokio::select! {
                    () = interrupt.as_mut() => {
                        teller.end(&Ending::Interrupted);
                        return Ok(interrupted(report));
                    }
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
        last = Some(report);
    }
}

/// The last complete report, as one after which the user would not wait any longer.
fn interrupted(mut report: Report) -> Report {
    report.interrupted = true;
    report.summary.exit_code = Exit::Interrupted.code();
    report
}
