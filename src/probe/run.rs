//! The runner: runs the checks of the plan in the order of their dependencies.

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::evidence::{Control, Evidence, Observation, RequestRecord};
use crate::settings::{Clock, Endpoints, Estate};
use crate::wire::Wire;

use super::context::{Run, plan};
use super::control_rules::ControlRules;
use super::journal::Journal;
use super::plan::CheckOptions;
use super::progress::Progress;
use super::recording::{evidence_so_far, observations};
use super::results::Results;
use super::stages;

/// How long a run that is to stop may take to keep what it has.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(300);

/// What ends a run before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The user interrupted it.
    Interrupted,
    /// The time for the whole run is over.
    Deadline,
}

/// What a run needs besides the estate.
pub struct RunContext<'r> {
    /// Where the services are.
    pub endpoints: &'r Endpoints,
    /// How to talk to them.
    pub wire: &'r Wire,
    /// Options of the check beyond the settings.
    pub extras: &'r CheckOptions,
    /// Keeps what the run may create until it is removed.
    pub journal: &'r dyn Journal,
    /// The clock of the run.
    pub clock: &'r Clock,
    /// Maximum number of mailboxes to check concurrently.
    pub concurrency: usize,
    /// The time for the whole run.
    pub deadline: Option<Duration>,
    /// The time limit of the run as the user knows it, to be named where it ended the run.
    pub time_limit: Duration,
    /// Who hears how it goes on.
    pub progress: &'r dyn Progress,
    /// When a response needs a control, and which.
    pub controls: &'r ControlRules,
    /// The `User-Agent` in use, for the record.
    pub user_agent: &'r str,
}

/// Runs every check of an estate. `interrupt` ends the run early; what was not reached by then is kept as out of time.
pub async fn run(
    estate: &Estate,
    context: RunContext<'_>,
    interrupt: impl Future<Output = ()>,
) -> Evidence {
    run_and_collect(estate, context, interrupt, |finished| {
        let results = finished.run.results.take();
        let rows = observations(
            finished.run,
            finished.run.estate,
            &finished.run.plan,
            results,
        );
        finished.evidence(finished.run.estate, rows, finished.take_requests())
    })
    .await
}

/// A run that has ended.
pub(super) struct Finished<'f> {
    pub(super) run: &'f Run<'f>,
    context: &'f RunContext<'f>,
    started_at: Timestamp,
    stopped: Option<Stop>,
    controls: Vec<Control>,
}

impl Finished<'_> {
    /// The requests of the run, which are then gone.
    pub(super) fn take_requests(&self) -> Vec<RequestRecord> {
        self.context.wire.ledger().take()
    }

    /// The evidence about an estate, from its rows.
    pub(super) fn evidence(
        &self,
        estate: &Estate,
        observations: Vec<Observation>,
        requests: Vec<RequestRecord>,
    ) -> Evidence {
        let Self { context, .. } = self;
        Evidence {
            started_at: self.started_at,
            finished_at: context.clock.now(),
            interrupted: self.stopped == Some(Stop::Interrupted),
            user_agent: context.user_agent.to_owned(),
            narrowed_by: context.extras.narrowed_by.clone(),
            deadline: (self.stopped == Some(Stop::Deadline)).then(|| spoken(context.time_limit)),
            controls: self.controls.clone(),
            requests,
            ..evidence_so_far(self.run, estate, observations)
        }
    }
}

/// Runs every check of an estate, and collects the results while they are still in their places.
pub(super) async fn run_and_collect<T>(
    estate: &Estate,
    context: RunContext<'_>,
    interrupt: impl Future<Output = ()>,
    collect: impl FnOnce(&Finished<'_>) -> T,
) -> T {
    let started_at = context.clock.now();
    // Planning takes its time where there are very many rooms, and counts.
    let ends_at = context.deadline.map(|deadline| Instant::now() + deadline);
    let run = new_run(estate, &context);
    run.announce_open_rows();
    let mut stop = pin!(stop(interrupt, ends_at));
    let (prepared, mut stopped) =
        until_stopped(Box::pin(stages::prepare(&run)), context.wire, stop.as_mut()).await;
    let complete = prepared.as_ref().filter(|_| stopped.is_none());
    let run = match complete.and_then(|prepared| prepared.listed.as_ref()) {
        Some(listed) => {
            let extras = listed.options.as_ref().unwrap_or(run.extras);
            run.over(&listed.estate, extras)
        }
        None => run,
    };
    run.announce_open_rows();
    if let Some(prepared) = complete {
        (_, stopped) = until_stopped(stages::run_checks(&run, prepared), context.wire, stop).await;
    }
    collect(&Finished {
        controls: run.take_controls(),
        run: &run,
        context: &context,
        started_at,
        stopped,
    })
}

fn new_run<'r>(estate: &'r Estate, context: &RunContext<'r>) -> Run<'r> {
    let plan = plan(estate, context.endpoints, context.extras);
    let results = Results::new(plan.rows.len());
    Run {
        estate,
        endpoints: context.endpoints,
        wire: context.wire,
        extras: context.extras,
        plan,
        results,
        journal: context.journal,
        concurrency: context.concurrency.max(1),
        progress: context.progress,
        controls: context.controls,
        kept_controls: Mutex::default(),
    }
}

/// A time limit as people write it, such as `1h 30m`.
fn spoken(limit: Duration) -> String {
    SignedDuration::try_from(limit).map_or_else(
        |_| format!("{} s", limit.as_secs()),
        |limit| format!("{limit:#}"),
    )
}

/// Works until the work is done or is to stop. Then nothing more is sent or waited for, and the work is given a moment to
/// keep what it has: a row that waits for a retry ends with the response that it has had.
async fn until_stopped<T>(
    work: impl Future<Output = T>,
    wire: &Wire,
    stop: impl Future<Output = Stop>,
) -> (Option<T>, Option<Stop>) {
    let mut work = pin!(work);
    let stop = tokio::select! {
        done = work.as_mut() => return (Some(done), None),
        stop = stop => stop,
    };
    wire.end();
    (
        tokio::time::timeout(SHUTDOWN_GRACE, work).await.ok(),
        Some(stop),
    )
}

async fn stop(interrupt: impl Future<Output = ()>, ends_at: Option<Instant>) -> Stop {
    tokio::select! {
        () = interrupt => Stop::Interrupted,
        () = until(ends_at) => Stop::Deadline,
    }
}

async fn until(ends_at: Option<Instant>) {
    match ends_at {
        Some(ends_at) => tokio::time::sleep_until(ends_at).await,
        None => std::future::pending().await,
    }
}
