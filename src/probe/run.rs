//! The runner: runs the checks of the plan in the order of their dependencies.

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::evidence::{CertificateFacts, Control, Evidence, Execution, Observation, RequestRecord};
use crate::settings::{Clock, Connection, Endpoints, Estate};
use crate::terms::{CheckId, Service, SkipReason};
use crate::wire::Wire;

use super::context::{Run, endpoint_of, host_of, plan};
use super::control_rules::ControlRules;
use super::journal::Journal;
use super::plan::{CheckOptions, Plan, Planned, Way};
use super::progress::Progress;
use super::results::{Results, RowResult};
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
            cloud: estate.cloud.clone(),
            sign_in_host: host_of(context.endpoints, Service::SignIn),
            user_agent: context.user_agent.to_owned(),
            product_version: estate.product_version.as_ref().map(ToString::to_string),
            narrowed_by: context.extras.narrowed_by.clone(),
            input_notes: estate.input_notes.clone(),
            deadline: (self.stopped == Some(Stop::Deadline)).then(|| spoken(context.time_limit)),
            warn_days: None,
            account: None,
            proxy: context.wire.proxy_in_use(),
            connections: estate.connections.iter().map(Connection::facts).collect(),
            observations,
            controls: self.controls.clone(),
            requests,
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

/// One observation for each row of a plan, which is that of `estate`.
pub(super) fn observations(
    run: &Run<'_>,
    estate: &Estate,
    plan: &Plan,
    results: Vec<Option<RowResult>>,
) -> Vec<Observation> {
    plan.rows
        .iter()
        .zip(results)
        .map(|(planned, result)| observation(run, estate, planned, result))
        .collect()
}

fn observation(
    run: &Run<'_>,
    estate: &Estate,
    planned: &Planned,
    result: Option<RowResult>,
) -> Observation {
    let result = result_or_reason(&planned.way, result);
    Observation {
        check: planned.check,
        connection: planned
            .connection
            .and_then(|index| estate.connections.get(index))
            .map(|c| c.name.clone()),
        subject: planned.subject.clone(),
        credentials: planned.credentials,
        requirement: planned.requirement,
        certificate: certificate(run, planned, &result.execution),
        execution: result.execution,
        withheld: result.withheld,
        requests: result.requests,
        duration_ms: result.ms,
    }
}

/// The result of a row that was run, else why it has none.
fn result_or_reason(way: &Way, result: Option<RowResult>) -> RowResult {
    match (way, result) {
        (Way::Derive, _) => RowResult::bare(Execution::Derived),
        (Way::Skip(reason, blocked_by), _) => RowResult::skipped(*reason, *blocked_by),
        (Way::Run, Some(result)) => result,
        (Way::Run, None) => RowResult::skipped(SkipReason::OutOfTime, None),
    }
}

/// The certificate of the host of a `network.*` row, if the connection used TLS.
fn certificate(
    run: &Run<'_>,
    planned: &Planned,
    execution: &Execution,
) -> Option<CertificateFacts> {
    let service = match planned.check {
        CheckId::NetworkSignIn => Service::SignIn,
        CheckId::NetworkGraph => Service::Graph,
        CheckId::NetworkExchange => Service::Exchange,
        _ => return None,
    };
    let endpoint = endpoint_of(run.endpoints, service);
    let tls = matches!(execution, Execution::Completed(_)) && endpoint.url.scheme() == "https";
    let issuer = run
        .wire
        .certificate_issuer(endpoint.url.host_str()?)
        .filter(|_| tls)?;
    let (issuer, organization) = (issuer.title, issuer.organization);
    Some(CertificateFacts {
        issuer,
        organization,
        of_cloud: !endpoint.given_by_user,
    })
}
