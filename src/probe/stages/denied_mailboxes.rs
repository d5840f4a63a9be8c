//! Mailboxes that the app must not be able to access, chosen among the users of the tenant. They are known before the
//! mailboxes are planned.

use std::collections::HashSet;

use crate::evidence::{Finding, InputNote, InputNoteKind, Reply};
use crate::probe::blockers::Tokens;
use crate::probe::context::Run;
use crate::probe::plan::{CheckOptions, ChosenMailboxes, DeniedChoice, UNCHOSEN};
use crate::probe::results::RowResult;
use crate::settings::{Connection, Estate, MailboxAddress};
use crate::terms::{CheckId, SkipReason};
use crate::wire::ServiceResponse;

use super::hosts::Reachability;
use super::tenant_wide::graph_token;

/// The options and the estate of a run with the chosen mailboxes.
pub(super) struct Choice {
    pub(super) options: CheckOptions,
    pub(super) estate: Estate,
}

/// Chooses mailboxes for each app, if the user wants that. `estate` has the rooms that the tenant lists.
pub(super) async fn choose(
    run: &Run<'_>,
    reach: &Reachability,
    tokens: &Tokens,
    estate: &Estate,
) -> Option<Choice> {
    let DeniedChoice::Wanted(count) = run.extras.denied_choice else {
        return None;
    };
    if !run.plan.will_run(CheckId::MailboxExpectDenied) {
        return None;
    }
    let mut chosen: Vec<ChosenMailboxes> = Vec::new();
    for connection in &estate.connections {
        if chosen
            .iter()
            .any(|own| own.credentials == connection.credentials)
        {
            continue;
        }
        let (mailboxes, result) = list(run, reach, tokens, connection).await;
        let mailboxes = without_own(
            mailboxes,
            estate,
            &run.extras.expect_denied,
            count.get().into(),
        );
        if mailboxes.is_empty() {
            fill_unchosen(run, connection, &result);
        }
        chosen.push(ChosenMailboxes {
            credentials: connection.credentials,
            mailboxes,
        });
    }
    let total = chosen.iter().map(|own| own.mailboxes.len()).sum();
    let mut estate = estate.clone();
    if total > 0 {
        let note = InputNote::new(InputNoteKind::MailboxesChosen).about("--expect-denied auto");
        estate.input_notes.push(note.times(total));
    }
    Some(Choice {
        options: CheckOptions {
            denied_choice: DeniedChoice::Chosen(chosen),
            ..run.extras.clone()
        },
        estate,
    })
}

/// Requests users that can have a mailbox. The result is that of the row without a mailbox, in case none is chosen.
async fn list(
    run: &Run<'_>,
    reach: &Reachability,
    tokens: &Tokens,
    connection: &Connection,
) -> (Vec<MailboxAddress>, RowResult) {
    let token = match graph_token(reach, tokens, connection) {
        Err(blocker) => return (Vec::new(), RowResult::blocked(blocker)),
        Ok(token) => token,
    };
    let purpose = CheckId::MailboxExpectDenied;
    let ServiceResponse {
        reply,
        requests,
        ms,
        origin,
    } = run.wire.user_mailboxes(purpose, token).await;
    let result = match &reply {
        Reply::Success(_) => RowResult::skipped(SkipReason::NeedsInput, None),
        Reply::Refused(refusal) if refusal.status == 403 => {
            RowResult::skipped(SkipReason::NeedsPermission, None)
        }
        failed => RowResult::from_response(
            ServiceResponse {
                reply: failed.clone().map(|_| ()),
                requests: Vec::new(),
                ms: 0,
                origin,
            },
            Finding::Listing,
        ),
    };
    let result = RowResult {
        requests,
        ms,
        ..result
    };
    let mailboxes = match reply {
        Reply::Success(mailboxes) => mailboxes,
        _ => Vec::new(),
    };
    (mailboxes, result)
}

/// The first mailboxes that ResourceXpress does not use and the user did not name.
fn without_own(
    mailboxes: Vec<MailboxAddress>,
    estate: &Estate,
    named: &[MailboxAddress],
    count: usize,
) -> Vec<MailboxAddress> {
    let mut used: HashSet<String> = named.iter().map(|own| lowercase(own.as_str())).collect();
    for connection in &estate.connections {
        let rooms = connection.rooms.addresses.iter();
        used.extend(rooms.map(|own| lowercase(own.as_str())));
        let accounts = connection.service_account.as_deref().into_iter();
        used.extend(accounts.chain(connection.sender()).map(lowercase));
    }
    let mut others: Vec<MailboxAddress> = mailboxes
        .into_iter()
        .filter(|address| used.insert(lowercase(address.as_str())))
        .collect();
    others.truncate(count);
    others
}

fn lowercase(address: &str) -> String {
    address.to_ascii_lowercase()
}

/// Fills the row of an app for which no mailbox was chosen.
fn fill_unchosen(run: &Run<'_>, connection: &Connection, result: &RowResult) {
    let same_app = |index: usize| {
        run.estate
            .connections
            .get(index)
            .is_some_and(|own| own.credentials == connection.credentials)
    };
    let rows = run.plan.find(CheckId::MailboxExpectDenied, None);
    let own = rows.filter(|row| {
        run.plan.rows.get(*row).is_some_and(|planned| {
            planned.subject == UNCHOSEN && planned.connection.is_some_and(same_app)
        })
    });
    run.fill_all(own, result);
}
