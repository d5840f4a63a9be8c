//! Hosts and tenants, without any credential.

use std::collections::HashMap;

use futures_util::future;

use crate::evidence::{DiscoveryFacts, Execution, Finding};
use crate::probe::blockers;
use crate::probe::context::Run;
use crate::probe::progress::InProgress;
use crate::probe::results::RowResult;
use crate::probe::tenant_search::search_tenant;
use crate::settings::Connection;
use crate::terms::{CheckId, Service};
use crate::wire::{ResponseOrigin, ServiceResponse};

/// What is out of reach after this stage.
#[derive(Default)]
pub(super) struct Reachability {
    hosts: HashMap<Service, CheckId>,
    tenants: HashMap<String, CheckId>,
    ids: HashMap<String, String>,
}

impl Reachability {
    /// The check that prevents calls to a service.
    pub(super) fn blocks(&self, service: Service) -> Option<CheckId> {
        self.hosts.get(&service).copied()
    }

    /// The GUID of the tenant of a connection, as discovery returned it.
    pub(super) fn tenant_id(&self, connection: &Connection) -> Option<&str> {
        self.ids.get(&key(connection)).map(String::as_str)
    }

    /// The check that prevents a sign-in to the tenant of a connection.
    pub(super) fn blocks_tenant(&self, connection: &Connection) -> Option<CheckId> {
        self.tenants.get(&key(connection)).copied()
    }
}

fn key(connection: &Connection) -> String {
    connection.tenant_id.as_str().to_ascii_lowercase()
}

/// Requests every host and every tenant concurrently.
pub(super) async fn reach(run: &Run<'_>) -> Reachability {
    let graph = async {
        let _underway = host_in_progress(run, CheckId::NetworkGraph)?;
        Some(run.wire.reach_graph(CheckId::NetworkGraph).await)
    };
    let exchange = async {
        let _underway = host_in_progress(run, CheckId::NetworkExchange)?;
        Some(run.wire.reach_exchange(CheckId::NetworkExchange).await)
    };
    let (mut reach, graph, exchange) = future::join3(sign_in_host(run), graph, exchange).await;
    if let Some(graph) = graph {
        note_host(
            run,
            &mut reach,
            Service::Graph,
            CheckId::NetworkGraph,
            graph,
        );
    }
    if let Some(exchange) = exchange {
        note_host(
            run,
            &mut reach,
            Service::Exchange,
            CheckId::NetworkExchange,
            exchange,
        );
    }
    reach
}

/// Reports the host of a check that will run as in progress.
fn host_in_progress<'r>(run: &'r Run<'_>, check: CheckId) -> Option<InProgress<'r>> {
    let row = run.plan.find(check, None).find(|row| run.will_run(*row))?;
    Some(run.underway(&run.plan.rows[row].subject))
}

fn note_host(
    run: &Run<'_>,
    reach: &mut Reachability,
    service: Service,
    check: CheckId,
    response: ServiceResponse<()>,
) {
    if blockers::host_is_out_of_reach(&response.reply) {
        reach.hosts.insert(service, check);
    }
    run.fill_all(
        run.plan.find(check, None),
        &RowResult::from_response(response, Finding::Reachable),
    );
}

/// Tenant discovery also proves connectivity to the sign-in host.
async fn sign_in_host(run: &Run<'_>) -> Reachability {
    let tenants = tenants_to_discover(run);
    let mut reach = Reachability::default();
    // Before any discovery, because no request is made with a value that is certainly wrong.
    block_faulty_tenants(run, &mut reach);
    if tenants.is_empty() && !run.plan.will_run(CheckId::NetworkSignIn) {
        return reach;
    }
    let _underway = host_in_progress(run, CheckId::NetworkSignIn);
    if tenants.is_empty() {
        reach_sign_in_host(run, &mut reach).await;
        return reach;
    }
    let found = future::join_all(tenants.iter().map(|connection| discover(run, connection))).await;
    let reached = note_sign_in_host(run, &mut reach, &found);
    for (connection, result) in tenants.iter().zip(&found) {
        note_tenant(run, &mut reach, connection, result, reached);
    }
    reach
}

/// One connection for each tenant whose discovery is not blocked.
fn tenants_to_discover<'r>(run: &'r Run<'_>) -> Vec<&'r Connection> {
    let mut tenants: Vec<&Connection> = Vec::new();
    for (_, connection) in run.connections() {
        let known = tenants.iter().any(|other| key(other) == key(connection));
        if !known && blockers::of_tenant(connection).is_none() && is_discovered(run, connection) {
            tenants.push(connection);
        }
    }
    tenants
}

/// Checks connectivity to the sign-in host where no tenant can be discovered.
async fn reach_sign_in_host(run: &Run<'_>, reach: &mut Reachability) {
    let response = run.wire.reach_sign_in(CheckId::NetworkSignIn).await;
    let out_of_reach = blockers::host_is_out_of_reach(&response.reply);
    let result = RowResult::from_response(response, |reply| Finding::Reachable(reply.map(|()| ())));
    note_sign_in(run, reach, out_of_reach, &result);
}

fn is_discovered(run: &Run<'_>, connection: &Connection) -> bool {
    rows_of_tenant(run, connection)
        .into_iter()
        .any(|row| run.will_run(row))
}

fn block_faulty_tenants(run: &Run<'_>, reach: &mut Reachability) {
    for (_, connection) in run.connections() {
        if let Some(check) = blockers::of_tenant(connection) {
            reach.tenants.insert(key(connection), check);
            run.fill_all(rows_of_tenant(run, connection), &RowResult::blocked(check));
        }
    }
}

fn rows_of_tenant(run: &Run<'_>, connection: &Connection) -> Vec<usize> {
    let same = |row: &usize| {
        run.plan.rows[*row]
            .subject
            .eq_ignore_ascii_case(connection.tenant_id.as_str())
    };
    run.plan
        .find(CheckId::TenantDiscovery, None)
        .filter(same)
        .collect()
}

/// The sign-in host is reached when any discovery got through; one that did not speaks for its own tenant only.
fn note_sign_in_host(run: &Run<'_>, reach: &mut Reachability, found: &[RowResult]) -> bool {
    let got_through = found
        .iter()
        .find(|result| discovery_of(result).is_some_and(|discovery| !is_out_of_reach(discovery)));
    let Some(result) = got_through.or(found.first()) else {
        return false;
    };
    match discovery_of(result) {
        Some(discovery) => {
            let reached = Execution::completed(Finding::Reachable(discovery.here.outline()));
            note_sign_in(
                run,
                reach,
                is_out_of_reach(discovery),
                &RowResult {
                    execution: reached,
                    ..result.clone()
                },
            );
        }
        // The run ended before a response.
        None => note_sign_in(run, reach, false, result),
    }
    got_through.is_some()
}

fn note_sign_in(run: &Run<'_>, reach: &mut Reachability, out_of_reach: bool, result: &RowResult) {
    if out_of_reach {
        reach.hosts.insert(Service::SignIn, CheckId::NetworkSignIn);
    }
    run.fill_all(run.plan.find(CheckId::NetworkSignIn, None), result);
}

fn discovery_of(result: &RowResult) -> Option<&DiscoveryFacts> {
    match result.execution.finding()? {
        Finding::Discovery(discovery) => Some(discovery),
        _ => None,
    }
}

fn is_out_of_reach(discovery: &DiscoveryFacts) -> bool {
    blockers::host_is_out_of_reach(&discovery.here)
}

fn note_tenant(
    run: &Run<'_>,
    reach: &mut Reachability,
    connection: &Connection,
    result: &RowResult,
    host_reached: bool,
) {
    let rows = rows_of_tenant(run, connection);
    let Some(discovery) = discovery_of(result) else {
        return run.fill_all(rows, result);
    };
    if !host_reached {
        reach
            .tenants
            .insert(key(connection), CheckId::NetworkSignIn);
        run.fill_all(rows, &RowResult::blocked(CheckId::NetworkSignIn));
        return;
    }
    // No secret is sent to a tenant that does not exist or a host that is out of reach.
    if blockers::tenant_is_refused(&discovery.here) || is_out_of_reach(discovery) {
        reach
            .tenants
            .insert(key(connection), CheckId::TenantDiscovery);
    }
    if let Some(tenant) = discovery.here.success() {
        reach.ids.insert(key(connection), tenant.tenant_id.clone());
    }
    run.fill_all(rows, result);
}

/// Discovers the tenant in the chosen cloud first. Only an unknown tenant is searched for in the other clouds and by the client ID.
async fn discover(run: &Run<'_>, connection: &Connection) -> RowResult {
    let client_id = blockers::of_client(connection)
        .is_none()
        .then(|| connection.client_id.as_str());
    let tenant = connection.tenant_id.as_str();
    let search = search_tenant(run.wire, run.endpoints, tenant, client_id).await;
    if search.here.origin == ResponseOrigin::CutOff {
        return RowResult::from_response(search.here, |reply| {
            Finding::Reachable(reply.map(|_| ()))
        });
    }
    RowResult {
        withheld: search.here.origin == ResponseOrigin::Withheld,
        requests: search.requests,
        ms: search.ms,
        execution: Execution::completed(Finding::Discovery(DiscoveryFacts {
            here: search.here.reply,
            elsewhere: search.elsewhere,
            client_id_is_a_tenant: search.client_id_is_a_tenant,
            domain_clouds: connection.domain_clouds.clone(),
        })),
    }
}
