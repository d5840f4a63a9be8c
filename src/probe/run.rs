//! The runner: asks what the plan says, in the order that the dependencies allow.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::board::{Board, Filled};
use super::journal::Journal;
use super::plan::{Extras, Plan, Planned, Way};
use super::progress::{Progress, Underway};
use super::stages::{self, ControlRules};
use crate::evidence::{Asked, CertificateFacts, ConnectionFacts, Control, Evidence, Observation};
use crate::settings::{Clock, Connection, Endpoint, Endpoints, Estate};
use crate::terms::{CheckId, Service, SkipReason};
use crate::wire::Wire;

/// How long a run that is to stop may take to keep what it has.
const WINDING_UP: Duration = Duration::from_millis(300);

/// What ends a run before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The user interrupted it.
    Interrupted,
    /// The time for the whole run is over.
    Deadline,
}

/// Everything that the stages of a run share.
pub(super) struct Run<'r> {
    pub(super) estate: &'r Estate,
    pub(super) endpoints: &'r Endpoints,
    pub(super) wire: &'r Wire,
    pub(super) extras: &'r Extras,
    pub(super) plan: Plan,
    pub(super) board: Board,
    pub(super) journal: &'r dyn Journal,
    pub(super) concurrency: usize,
    pub(super) progress: &'r dyn Progress,
    pub(super) controls: &'r ControlRules,
    kept_controls: Mutex<Vec<Control>>,
}

impl<'r> Run<'r> {
    /// The same run over an estate in which rooms have been found, with the answers that it has already.
    fn over(self, estate: &'r Estate) -> Self {
        let plan = plan(estate, self.endpoints, self.extras);
        let board = self.board.moved(&self.plan.rows, &plan.rows);
        Self { estate, plan, board, ..self }
    }
}

impl Run<'_> {
    pub(super) fn connections(&self) -> impl Iterator<Item = (usize, &Connection)> {
        self.estate.connections.iter().enumerate()
    }

    /// Fills every row of `rows` that asks with the same answer.
    pub(super) fn fill_all(&self, rows: impl IntoIterator<Item = usize>, filled: &Filled) {
        for row in rows {
            if self.asks(row) {
                self.board.fill(row, filled.clone());
            }
        }
    }

    pub(super) fn asks(&self, row: usize) -> bool {
        self.plan.rows.get(row).is_some_and(|planned| planned.way == Way::Ask)
    }

    /// Whether a row about an app belongs to the credential set of `connection`.
    pub(super) fn speaks_for(&self, row: usize, connection: &Connection) -> bool {
        self.plan.rows.get(row).is_some_and(|planned| planned.credentials == Some(connection.credentials))
    }

    /// Tells whoever listens that a question about `subject` is on its way, until what it returns is dropped.
    pub(super) fn underway(&self, subject: &str) -> Underway<'_> {
        Underway::begin(self.progress, subject)
    }

    /// Keeps what came of a control.
    pub(super) fn keep_control(&self, control: Control) {
        self.kept_controls.lock().unwrap_or_else(PoisonError::into_inner).push(control);
    }

    /// The controls in the order of their connections.
    fn take_controls(&self) -> Vec<Control> {
        let mut controls = std::mem::take(&mut *self.kept_controls.lock().unwrap_or_else(PoisonError::into_inner));
        controls.sort_by_key(|control| self.connections().position(|(_, own)| own.name == control.connection));
        controls
    }

    /// Whether the user allowed a real write in the room of `row`: the first room of its connection.
    pub(super) fn is_to_be_written(&self, row: usize) -> bool {
        let Some(planned) = self.plan.rows.get(row) else { return false };
        self.extras.write_calendar && self.plan.find(planned.check, planned.connection).next() == Some(row)
    }
}

/// What a run needs besides the estate.
pub struct Means<'r> {
    /// Where the services are.
    pub endpoints: &'r Endpoints,
    /// How to talk to them.
    pub wire: &'r Wire,
    /// What the user allowed or asked for beyond the settings.
    pub extras: &'r Extras,
    /// Keeps what the run may create until it is removed.
    pub journal: &'r dyn Journal,
    /// The clock of the run.
    pub clock: &'r Clock,
    /// How many mailboxes are asked at once.
    pub concurrency: usize,
    /// The time for the whole run.
    pub deadline: Option<Duration>,
    /// Who hears how it goes on.
    pub progress: &'r dyn Progress,
    /// When a response needs a control, and which.
    pub controls: &'r ControlRules,
    /// The `User-Agent` in use, for the record.
    pub user_agent: &'r str,
}

/// The plan of a run, to be looked at before the run begins.
pub fn plan(estate: &Estate, endpoints: &Endpoints, extras: &Extras) -> Plan {
    Plan::new(estate, extras, &|service| host_of(endpoints, service))
}

/// Runs every check of an estate. `interrupt` ends the run early; what was not reached by then is kept as out of time.
pub async fn run(estate: &Estate, means: Means<'_>, interrupt: impl Future<Output = ()>) -> Evidence {
    let started_at = means.clock.now();
    // Planning takes its time where there are very many rooms, and counts.
    let ends_at = means.deadline.map(|deadline| Instant::now() + deadline);
    let plan = plan(estate, means.endpoints, means.extras);
    let board = Board::new(plan.rows.len());
    let run = Run {
        estate,
        endpoints: means.endpoints,
        wire: means.wire,
        extras: means.extras,
        plan,
        board,
        journal: means.journal,
        concurrency: means.concurrency.max(1),
        progress: means.progress,
        controls: means.controls,
        kept_controls: Mutex::default(),
    };
    let mut stop = pin!(stop(interrupt, ends_at));
    let (prepared, mut stopped) = until_stopped(Box::pin(stages::prepare(&run)), means.wire, stop.as_mut()).await;
    let complete = prepared.as_ref().filter(|_| stopped.is_none());
    let run = match complete.and_then(|prepared| prepared.with_rooms.as_ref()) {
        Some(estate) => run.over(estate),
        None => run,
    };
    if let Some(prepared) = complete {
        (_, stopped) = until_stopped(stages::ask(&run, prepared), means.wire, stop).await;
    }
    let observations = observations(&run);
    Evidence {
        started_at,
        finished_at: means.clock.now(),
        interrupted: stopped == Some(Stop::Interrupted),
        cloud: run.estate.cloud.clone(),
        sign_in_host: host_of(means.endpoints, Service::SignIn),
        user_agent: means.user_agent.to_owned(),
        product_version: run.estate.product_version.as_ref().map(ToString::to_string),
        narrowed_by: means.extras.narrowed_by.clone(),
        connections: run.estate.connections.iter().map(facts).collect(),
        observations,
        controls: run.take_controls(),
        requests: means.wire.ledger().take(),
    }
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
    (tokio::time::timeout(WINDING_UP, work).await.ok(), Some(stop))
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

fn endpoint_of(endpoints: &Endpoints, service: Service) -> &Endpoint {
    match service {
        Service::SignIn => &endpoints.sign_in,
        Service::Graph => &endpoints.graph,
        Service::Exchange => &endpoints.exchange,
    }
}

fn host_of(endpoints: &Endpoints, service: Service) -> String {
    let endpoint = endpoint_of(endpoints, service);
    let host = endpoint.url.host_str().unwrap_or_default();
    match endpoint.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn observations(run: &Run<'_>) -> Vec<Observation> {
    let answers = run.board.take();
    run.plan.rows.iter().zip(answers).map(|(planned, filled)| observation(run, planned, filled)).collect()
}

fn observation(run: &Run<'_>, planned: &Planned, filled: Option<Filled>) -> Observation {
    let filled = match (&planned.way, filled) {
        (Way::Derive, _) => Filled::bare(Asked::Derived),
        (Way::Skip(reason, blocked_by), _) => Filled::skipped(*reason, *blocked_by),
        (Way::Ask, Some(filled)) => filled,
        (Way::Ask, None) => Filled::skipped(SkipReason::OutOfTime, None),
    };
    Observation {
        check: planned.check,
        connection: planned.connection.and_then(|index| run.estate.connections.get(index)).map(|c| c.name.clone()),
        subject: planned.subject.clone(),
        credentials: planned.credentials,
        requirement: planned.requirement,
        certificate: certificate(run, planned, &filled.asked),
        asked: filled.asked,
        withheld: filled.withheld,
        requests: filled.requests,
        duration_ms: filled.ms,
    }
}

/// The certificate of the host that a `network.*` row asked, if it was asked over TLS.
fn certificate(run: &Run<'_>, planned: &Planned, asked: &Asked) -> Option<CertificateFacts> {
    let service = match planned.check {
        CheckId::NetworkSignIn => Service::SignIn,
        CheckId::NetworkGraph => Service::Graph,
        CheckId::NetworkExchange => Service::Exchange,
        _ => return None,
    };
    let endpoint = endpoint_of(run.endpoints, service);
    let tls = matches!(asked, Asked::Answered(_)) && endpoint.url.scheme() == "https";
    let issuer = run.wire.certificate_issuer(endpoint.url.host_str()?).filter(|_| tls)?;
    let (issuer, organisation) = (issuer.title, issuer.organisation);
    Some(CertificateFacts { issuer, organisation, of_cloud: !endpoint.given_by_user })
}

fn facts(connection: &Connection) -> ConnectionFacts {
    ConnectionFacts {
        name: connection.name.clone(),
        kind: connection.kind,
        api: connection.api,
        tenant_id: connection.tenant_id.to_string(),
        client_id: connection.client_id.to_string(),
        credentials: connection.credentials,
        rooms: connection.rooms.addresses.len(),
        service_account: connection.service_account.clone(),
        sender: connection.sender().map(str::to_owned),
    }
}
