//! Checks that run once per app or tenant: the registration, users and groups.

use futures_util::future;

use crate::evidence::Finding;
use crate::probe::blockers::Tokens;
use crate::probe::context::Run;
use crate::probe::results::RowResult;
use crate::settings::Connection;
use crate::terms::{CheckId, Service};
use crate::wire::AccessToken;

use super::hosts::Reachability;

/// Runs every check that concerns no mailbox.
pub(super) async fn run_checks(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) {
    let apps = future::join(registrations(run, reach, tokens), unused_roles(run, tokens));
    future::join(apps, directories(run, reach, tokens)).await;
}

/// The Graph token, or the check that blocks requests to Graph.
pub(super) fn graph_token<'t>(
    reach: &Reachability,
    tokens: &'t Tokens,
    connection: &Connection,
) -> Result<&'t AccessToken, CheckId> {
    let token = tokens.get(connection.credentials, Service::Graph)?;
    reach.blocks(Service::Graph).map_or(Ok(token), Err)
}

/// One connection for each credential set.
fn apps<'r>(run: &'r Run<'_>) -> Vec<&'r Connection> {
    let mut apps: Vec<&Connection> = Vec::new();
    for (_, connection) in run.connections() {
        if !apps
            .iter()
            .any(|other| other.credentials == connection.credentials)
        {
            apps.push(connection);
        }
    }
    apps
}

/// Requests a token for Exchange where no connection of the app needs one, only to see which roles are in it. What comes
/// of it is advice. It is not requested where the sign-in for Graph failed: the same credentials would fail again.
async fn unused_roles(run: &Run<'_>, tokens: &Tokens) {
    future::join_all(
        apps(run)
            .into_iter()
            .map(|connection| unused_roles_of(run, tokens, connection)),
    )
    .await;
}

async fn unused_roles_of(run: &Run<'_>, tokens: &Tokens, connection: &Connection) {
    let check = CheckId::GrantSurplus;
    let own = |row: &usize| run.has_credentials_of(*row, connection) && run.will_run(*row);
    let rows: Vec<usize> = run.plan.find(check, None).filter(own).collect();
    if rows.is_empty() {
        return;
    }
    if let Err(blocker) = tokens.get(connection.credentials, Service::Graph) {
        run.fill_all(rows, &RowResult::blocked(blocker));
        return;
    }
    let result = exchange_sign_in(run, check, connection).await;
    run.fill_all(rows, &result);
}

/// Requests a token for Exchange Online, which lists the permissions for it.
async fn exchange_sign_in(run: &Run<'_>, check: CheckId, connection: &Connection) -> RowResult {
    let resource = &run.endpoints.exchange_resource;
    let _underway = run.underway(&format!("a token for {resource}"));
    let (response, _) = run
        .wire
        .token(
            check,
            &connection.tenant_id,
            &connection.client_id,
            &connection.credential,
            resource,
        )
        .await;
    RowResult::from_response(response, Finding::SignIn)
}

async fn registrations(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) {
    future::join_all(
        apps(run)
            .into_iter()
            .map(|connection| registration(run, reach, tokens, connection)),
    )
    .await;
}

async fn registration(
    run: &Run<'_>,
    reach: &Reachability,
    tokens: &Tokens,
    connection: &Connection,
) {
    let checks = [
        CheckId::RegistrationSecretExpiry,
        CheckId::RegistrationConsent,
    ];
    let own = |check: &CheckId| {
        run.plan
            .find(*check, None)
            .filter(|row| run.has_credentials_of(*row, connection))
    };
    if !checks.iter().flat_map(own).any(|row| run.will_run(row)) {
        return;
    }
    let result = match graph_token(reach, tokens, connection) {
        Err(blocker) => RowResult::blocked(blocker),
        Ok(token) => {
            let purpose = CheckId::RegistrationSecretExpiry;
            let response = run
                .wire
                .registration(
                    purpose,
                    token,
                    &connection.client_id,
                    &connection.credential,
                )
                .await;
            RowResult::from_response(response, Finding::Registration)
        }
    };
    // Both checks use the same response.
    for check in [
        CheckId::RegistrationSecretExpiry,
        CheckId::RegistrationConsent,
    ] {
        let rows = run.plan.find(check, None);
        run.fill_all(
            rows.filter(|row| run.has_credentials_of(*row, connection)),
            &result,
        );
    }
}

async fn directories(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) {
    let carriers = run
        .connections()
        .filter(|(_, connection)| connection.user_sync.is_some());
    future::join_all(carriers.map(|carrier| users_and_groups(run, reach, tokens, carrier))).await;
}

async fn users_and_groups(
    run: &Run<'_>,
    reach: &Reachability,
    tokens: &Tokens,
    carrier: (usize, &Connection),
) {
    let users = directory(run, reach, tokens, carrier, CheckId::DirectoryUsers);
    let groups = directory(run, reach, tokens, carrier, CheckId::DirectoryGroups);
    future::join(users, groups).await;
}

async fn directory(
    run: &Run<'_>,
    reach: &Reachability,
    tokens: &Tokens,
    (index, connection): (usize, &Connection),
    check: CheckId,
) {
    let rows: Vec<usize> = run
        .plan
        .find(check, Some(index))
        .filter(|row| run.will_run(*row))
        .collect();
    if rows.is_empty() {
        return;
    }
    let result = match graph_token(reach, tokens, connection) {
        Err(blocker) => RowResult::blocked(blocker),
        Ok(token) => {
            let _underway = run.underway(check.as_str());
            let read = match check {
                CheckId::DirectoryGroups => run.wire.groups(check, token).await,
                _ => run.wire.users(check, token).await,
            };
            RowResult::from_response(read, Finding::Listing)
        }
    };
    run.fill_all(rows, &result);
}
