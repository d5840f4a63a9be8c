//! The controls: does Graph decide about access before it looks at an item?
//!
//! Without a role in the token, a response about an item that does not exist shows write access only if it does. A
//! request of the same kind for which the token certainly holds no role shows it: one for each connection, and only where
//! a response depends on it. It comes after all other requests, so that no mailbox gets two at the same time.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use crate::evidence::{Control, Finding, Reply};
use crate::probe::blockers::Tokens;
use crate::probe::context::Run;
use crate::probe::results::RowResult;
use crate::settings::{Connection, MailboxAddress};
use crate::terms::{Api, CheckId};
use crate::wire::AccessToken;

use super::hosts::Reachability;
use super::tenant_wide::graph_token;

/// A control that a connection needs.
struct Wanted<'w> {
    connection: usize,
    mailbox: MailboxAddress,
    list: &'w str,
    token: &'w AccessToken,
    /// The rows whose outcome depends on it.
    rows: Vec<usize>,
}

/// Sends the control of each connection that needs one.
pub(super) async fn run_checks(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) {
    let mut mailboxes: BTreeMap<String, Vec<Wanted<'_>>> = BTreeMap::new();
    for (index, connection) in run.connections() {
        if let Some(wanted) = wanted(run, reach, tokens, (index, connection)) {
            mailboxes
                .entry(wanted.mailbox.as_str().to_ascii_lowercase())
                .or_default()
                .push(wanted);
        }
    }
    stream::iter(mailboxes.into_values())
        .for_each_concurrent(run.concurrency, |controls| run_in_sequence(run, controls))
        .await;
}

/// The controls of one mailbox.
async fn run_in_sequence(run: &Run<'_>, controls: Vec<Wanted<'_>>) {
    for wanted in controls {
        send(run, wanted).await;
    }
}

fn wanted<'w>(
    run: &'w Run<'_>,
    reach: &Reachability,
    tokens: &'w Tokens,
    (index, connection): (usize, &Connection),
) -> Option<Wanted<'w>> {
    let roles = roles_in_token(run, index)?;
    let rows = rows_without_proof(run, index, connection, &roles);
    let mailbox = MailboxAddress::parse(&run.plan.rows.get(*rows.first()?)?.subject).ok()?;
    let list = run.controls.list_for(&roles)?;
    let token = graph_token(reach, tokens, connection).ok()?;
    Some(Wanted {
        connection: index,
        mailbox,
        list,
        token,
        rows,
    })
}

/// The roles in the Graph token of a connection; `None` where the token cannot be read, because then no control is
/// certain to be refused.
fn roles_in_token(run: &Run<'_>, index: usize) -> Option<Vec<String>> {
    let row = run.plan.find(CheckId::SignInGraph, Some(index)).next()?;
    run.results
        .look(row, |result| match result.execution.finding() {
            Some(Finding::SignIn(Reply::Success(token))) if token.readable => {
                Some(token.roles.clone())
            }
            _ => None,
        })?
}

/// The rows of a connection for which the token holds no role and the service responded about the item.
fn rows_without_proof(
    run: &Run<'_>,
    index: usize,
    connection: &Connection,
    roles: &[String],
) -> Vec<usize> {
    let over_graph = connection.api == Some(Api::Graph);
    let calendar = (CheckId::MailboxCalendarWrite, &run.controls.calendar_roles);
    let checks = [
        over_graph.then_some(calendar),
        Some((CheckId::MailSend, &run.controls.mail_roles)),
    ];
    let without_role = checks
        .into_iter()
        .flatten()
        .filter(|(_, full)| !roles.iter().any(|role| full.contains(role)));
    let rows = without_role.flat_map(|(check, _)| run.plan.find(check, Some(index)));
    rows.filter(|row| {
        run.will_run(*row)
            && run
                .results
                .look(*row, |result| reached_the_item(run, result))
                == Some(true)
    })
    .collect()
}

fn reached_the_item(run: &Run<'_>, result: &RowResult) -> bool {
    matches!(result.execution.finding(), Some(Finding::NonexistentItem(reply)) if run.controls.is_about_the_item(reply))
}

async fn send(run: &Run<'_>, wanted: Wanted<'_>) {
    let Some(connection) = run.estate.connections.get(wanted.connection) else {
        return;
    };
    let _underway = run.underway(wanted.mailbox.as_str());
    let response = run
        .wire
        .control(wanted.token, &wanted.mailbox, wanted.list)
        .await;
    for row in wanted.rows {
        run.results.extend(row, &response.requests, response.ms);
    }
    run.keep_control(Control {
        connection: connection.name.clone(),
        mailbox: wanted.mailbox.as_str().to_owned(),
        reply: response.reply,
        requests: response.requests,
    });
}
