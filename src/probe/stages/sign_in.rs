//! One token for each credential set and resource, shared by all connections.

use std::collections::BTreeMap;

use futures_util::future;

use crate::evidence::Finding;
use crate::probe::blockers::{self, Tokens};
use crate::probe::context::Run;
use crate::probe::results::RowResult;
use crate::settings::Connection;
use crate::terms::{CheckId, Service};

use super::hosts::Reachability;

/// Signs in wherever no check blocks it.
pub(super) async fn sign_in(run: &Run<'_>, reach: &Reachability) -> Tokens {
    let mut wanted: BTreeMap<(usize, Service), &Connection> = BTreeMap::new();
    for (index, connection) in run.connections() {
        let will_run = |check| {
            run.plan
                .find(check, Some(index))
                .any(|row| run.will_run(row))
        };
        // The first connection with these credentials signs in for all of them.
        if will_run(CheckId::SignInGraph) {
            wanted
                .entry((connection.credentials, Service::Graph))
                .or_insert(connection);
        }
        if will_run(CheckId::SignInExchange) {
            wanted
                .entry((connection.credentials, Service::Exchange))
                .or_insert(connection);
        }
    }
    let responses = wanted
        .iter()
        .map(|((credentials, service), connection)| async move {
            (
                *credentials,
                *service,
                sign_in_once(run, reach, connection, *credentials, *service).await,
            )
        });
    let mut tokens = Tokens::default();
    for (credentials, service, token) in future::join_all(responses).await {
        tokens.insert(credentials, service, token);
    }
    tokens
}

async fn sign_in_once(
    run: &Run<'_>,
    reach: &Reachability,
    connection: &Connection,
    credentials: usize,
    service: Service,
) -> Result<crate::wire::AccessToken, CheckId> {
    let (check, resource) = match service {
        Service::Exchange => (CheckId::SignInExchange, &run.endpoints.exchange_resource),
        Service::SignIn | Service::Graph => (CheckId::SignInGraph, &run.endpoints.graph_resource),
    };
    let rows = rows_of(run, check, credentials);
    // A fault in the settings comes first, because it can explain the other two.
    let blocker = blockers::of_sign_in(connection)
        .or_else(|| reach.blocks(Service::SignIn))
        .or_else(|| reach.blocks_tenant(connection));
    if let Some(blocker) = blocker {
        run.fill_all(rows, &RowResult::blocked(blocker));
        return Err(blocker);
    }
    let _underway = run.underway(&format!("a token for {resource}"));
    let (response, token) = run
        .wire
        .token(
            check,
            &connection.tenant_id,
            &connection.client_id,
            &connection.credential,
            resource,
        )
        .await;
    let foreign = response
        .reply
        .success()
        .is_some_and(|token| blockers::is_not_the_apps_own(token, reach.tenant_id(connection)));
    // The row reports the token, even if no request is made with it.
    run.fill_all(rows, &RowResult::from_response(response, Finding::SignIn));
    token.filter(|_| !foreign).ok_or(check)
}

fn rows_of(run: &Run<'_>, check: CheckId, credentials: usize) -> Vec<usize> {
    let same = |row: &usize| {
        let connection = run.plan.rows[*row]
            .connection
            .and_then(|index| run.estate.connections.get(index));
        connection.is_some_and(|connection| connection.credentials == credentials)
    };
    run.plan.find(check, None).filter(same).collect()
}
