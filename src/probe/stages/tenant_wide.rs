//! What is asked once for an app or a tenant: the registration, users and groups.

use futures_util::future;

use super::hosts::Reach;
use crate::evidence::{CheckId, Finding, Service};
use crate::probe::blockers::Tokens;
use crate::probe::board::Filled;
use crate::probe::run::Run;
use crate::settings::Connection;
use crate::wire::AccessToken;

/// Asks everything that concerns no mailbox.
pub(super) async fn ask(run: &Run<'_>, reach: &Reach, tokens: &Tokens) {
    future::join(registrations(run, reach, tokens), directories(run, reach, tokens)).await;
}

/// The token for Graph, or the check that stands in the way of calling it.
pub(super) fn graph_token<'t>(
    reach: &Reach,
    tokens: &'t Tokens,
    connection: &Connection,
) -> Result<&'t AccessToken, CheckId> {
    let token = tokens.get(connection.credentials, Service::Graph)?;
    reach.blocks(Service::Graph).map_or(Ok(token), Err)
}

async fn registrations(run: &Run<'_>, reach: &Reach, tokens: &Tokens) {
    let mut apps: Vec<&Connection> = Vec::new();
    for (_, connection) in run.connections() {
        if !apps.iter().any(|other| other.credentials == connection.credentials) {
            apps.push(connection);
        }
    }
    future::join_all(apps.into_iter().map(|connection| registration(run, reach, tokens, connection))).await;
}

async fn registration(run: &Run<'_>, reach: &Reach, tokens: &Tokens, connection: &Connection) {
    let filled = match graph_token(reach, tokens, connection) {
        Err(blocker) => Filled::blocked(blocker),
        Ok(token) => {
            let purpose = CheckId::RegistrationSecretExpiry;
            let answer = run.wire.registration(purpose, token, &connection.client_id, &connection.secret).await;
            Filled::answered(answer, Finding::Registration)
        }
    };
    for check in [CheckId::RegistrationSecretExpiry, CheckId::RegistrationConsent] {
        let rows = run.plan.find(check, None);
        run.fill_all(rows.filter(|row| run.speaks_for(*row, connection)), &filled);
    }
}

async fn directories(run: &Run<'_>, reach: &Reach, tokens: &Tokens) {
    let carriers = run.connections().filter(|(_, connection)| connection.user_sync.is_some());
    future::join_all(carriers.map(|(index, connection)| async move {
        let users: Vec<usize> = run.plan.find(CheckId::DirectoryUsers, Some(index)).collect();
        let groups: Vec<usize> = run.plan.find(CheckId::DirectoryGroups, Some(index)).collect();
        if !users.iter().chain(&groups).any(|row| run.asks(*row)) {
            return;
        }
        match graph_token(reach, tokens, connection) {
            Err(blocker) => run.fill_all(users.into_iter().chain(groups), &Filled::blocked(blocker)),
            Ok(token) => {
                let read_users = run.wire.users(CheckId::DirectoryUsers, token);
                let read_groups = run.wire.groups(CheckId::DirectoryGroups, token);
                let (read_users, read_groups) = future::join(read_users, read_groups).await;
                run.fill_all(users, &Filled::answered(read_users, Finding::Listing));
                run.fill_all(groups, &Filled::answered(read_groups, Finding::Listing));
            }
        }
    }))
    .await;
}
