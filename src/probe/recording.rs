//! Results of a run as observations: all of them at its end, and those so far for the progress of each section.

use crate::evidence::{CertificateFacts, Evidence, Execution, Observation};
use crate::settings::{Connection, Estate};
use crate::terms::{CheckId, Service, SkipReason};

use super::context::{Run, endpoint_of, host_of};
use super::plan::{Plan, Planned, Way};
use super::results::RowResult;

impl Run<'_> {
    /// Keeps the result of a row, and reports its check as recorded.
    pub(super) fn record(&self, row: usize, result: RowResult) {
        if !self.results.fill(row, result) {
            return;
        }
        if let Some(planned) = self.plan.rows.get(row) {
            self.progress.recorded(planned.check, &|| {
                let results = self.results.so_far();
                let rows = observations(self, self.estate, &self.plan, results);
                evidence_so_far(self, self.estate, rows)
            });
        }
    }

    /// Reports which rows have no final result yet. Those that are derived get theirs only when the run has ended.
    pub(super) fn announce_open_rows(&self) {
        let is_open = |row: &(usize, &Planned)| match row.1.way {
            Way::Skip(..) => false,
            Way::Derive => true,
            Way::Run => !self.results.is_final(row.0),
        };
        let open = self.plan.rows.iter().enumerate().filter(is_open);
        let checks: Vec<CheckId> = open.map(|(_, planned)| planned.check).collect();
        self.progress.open_rows(&checks);
    }
}

/// The evidence about an estate that does not depend on how the run ends.
pub(super) fn evidence_so_far(
    run: &Run<'_>,
    estate: &Estate,
    observations: Vec<Observation>,
) -> Evidence {
    let now = run.wire.now();
    Evidence {
        started_at: now,
        finished_at: now,
        interrupted: false,
        cloud: estate.cloud.clone(),
        sign_in_host: host_of(run.endpoints, Service::SignIn),
        user_agent: String::new(),
        product_version: estate.product_version.as_ref().map(ToString::to_string),
        narrowed_by: Vec::new(),
        input_notes: estate.input_notes.clone(),
        deadline: None,
        warn_days: None,
        account: None,
        proxy: run.wire.proxy_in_use(),
        connections: estate.connections.iter().map(Connection::facts).collect(),
        observations,
        controls: Vec::new(),
        requests: Vec::new(),
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
