//! Mailbox checks. Mailboxes are checked concurrently, but the checks of one mailbox run in sequence.

use std::collections::HashMap;
use std::sync::Mutex;

use futures_util::{StreamExt, future, stream};

use crate::probe::blockers::{self, Tokens};
use crate::probe::context::Run;
use crate::probe::mailbox_checks::{MailboxCheck, check_mailbox};
use crate::probe::plan::UNCHOSEN;
use crate::probe::results::RowResult;
use crate::settings::{Connection, MailboxAddress};
use crate::terms::{Api, CheckGroup, CheckId, Service, SkipReason};
use crate::wire::lock::lock;
use crate::wire::{AccessToken, EarlierAttempts};

use super::batched;
use super::hosts::Reachability;
use super::tenant_wide::graph_token;

/// Checks all mailboxes. Each service receives no more concurrent checks than the run's concurrency, which the limiter of
/// the wire ensures.
pub(super) async fn run_checks(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) {
    let mut mailboxes = by_mailbox(checks(run, reach, tokens));
    run.progress.mailboxes(mailboxes.len());
    let groups = batched::grouped(run, &mut mailboxes);
    future::join(
        run_concurrently(run, mailboxes),
        batched::run_checks(run, groups),
    )
    .await;
}

/// Checks mailboxes in as many lanes as checks may run concurrently. A lane takes the next mailbox when it is done with one,
/// and keeps its place in memory: thousands of mailboxes need no room for a check of their own.
async fn run_concurrently(run: &Run<'_>, mailboxes: Vec<Vec<MailboxCheck<'_>>>) {
    let lanes = run.concurrency.min(mailboxes.len());
    let waiting = Mutex::new(mailboxes.into_iter());
    let take = || lock(&waiting).next();
    // What has not begun when the run ends is left as it is.
    let next = || if run.wire.has_ended() { None } else { take() };
    let lane = |_| async {
        while let Some(checks) = next() {
            check_mailbox(run, checks, false).await;
            run.progress.mailbox_done();
        }
    };
    stream::iter(0..lanes).for_each_concurrent(None, lane).await;
}

/// The checks of one mailbox over one API in a row, mailboxes in the order in which they first appear. Exchange limits EWS
/// and Graph separately.
fn by_mailbox(checks: Vec<MailboxCheck<'_>>) -> Vec<Vec<MailboxCheck<'_>>> {
    let mut mailboxes: Vec<Vec<MailboxCheck<'_>>> = Vec::new();
    let mut places: HashMap<(String, Option<Api>), usize> = HashMap::new();
    for mailbox_check in checks {
        let place = *places
            .entry((
                mailbox_check.address.as_str().to_ascii_lowercase(),
                mailbox_check.api,
            ))
            .or_insert_with(|| {
                mailboxes.push(Vec::new());
                mailboxes.len() - 1
            });
        mailboxes[place].push(mailbox_check);
    }
    mailboxes
}

fn checks<'q>(run: &'q Run<'_>, reach: &Reachability, tokens: &'q Tokens) -> Vec<MailboxCheck<'q>> {
    let mut checks = Vec::new();
    for (row, planned) in run.plan.rows.iter().enumerate() {
        // The row without a mailbox has its result: why none was chosen.
        let is_chosen = planned.subject != UNCHOSEN;
        let Some(index) = planned
            .connection
            .filter(|_| run.will_run(row) && is_about_a_mailbox(planned.check) && is_chosen)
        else {
            continue;
        };
        let Some(connection) = run.estate.connections.get(index) else {
            continue;
        };
        let token = token_for(reach, tokens, connection, planned.check);
        match (token, MailboxAddress::parse(&planned.subject)) {
            (Err(blocker), _) => run.record(row, RowResult::blocked(blocker)),
            (Ok(token), Ok(address)) => {
                let (check, api) = (planned.check, connection.api);
                checks.push(MailboxCheck {
                    row,
                    check,
                    connection: index,
                    api,
                    token,
                    address,
                    earlier: EarlierAttempts::default(),
                });
            }
            (Ok(_), Err(_)) => run.record(row, RowResult::skipped(SkipReason::NeedsInput, None)),
        }
    }
    checks
}

fn is_about_a_mailbox(check: CheckId) -> bool {
    matches!(check.group(), CheckGroup::Mailbox | CheckGroup::Mail)
}

/// The token with which the calendars of a connection are written.
pub(super) fn calendar_token<'t>(
    reach: &Reachability,
    tokens: &'t Tokens,
    connection: &Connection,
) -> Option<&'t AccessToken> {
    token_for(reach, tokens, connection, CheckId::MailboxCalendarWrite).ok()
}

/// The token of a mailbox check, or the check that blocks it.
fn token_for<'t>(
    reach: &Reachability,
    tokens: &'t Tokens,
    connection: &Connection,
    check: CheckId,
) -> Result<&'t AccessToken, CheckId> {
    // Mail is sent over Graph even if the connection books over EWS.
    if check == CheckId::MailSend {
        return graph_token(reach, tokens, connection);
    }
    // The product books at the Server Host Name, so a wrong one blocks all booking requests.
    if let Some(blocker) = blockers::of_booking(connection) {
        return Err(blocker);
    }
    if connection.api == Some(Api::Graph) {
        return graph_token(reach, tokens, connection);
    }
    let token = tokens.get(connection.credentials, Service::Exchange)?;
    reach.blocks(Service::Exchange).map_or(Ok(token), Err)
}
