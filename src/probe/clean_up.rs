//! Test events that an earlier run may have left: found by their markers and removed, before anything else is written.

use std::time::Duration;

use jiff::SignedDuration;

use crate::evidence::Reply;
use crate::settings::{Connection, MailboxAddress};
use crate::terms::{Api, CheckId};
use crate::wire::{AccessToken, EventMailbox, Removal};

use super::context::Run;
use super::journal::Intent;

/// A creation whose response was lost may take effect as late as this. Microsoft documents no limit for it; this is far
/// longer than any gateway waits.
const LATE_EFFECT_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Delay before the second search for an event that was not found.
const RETRY_DELAY: Duration = Duration::from_secs(2);
/// Maximum number of journal entries to clean up in one run. A journal has one entry per connection.
const MAX_INTENTS: usize = 100;

/// Removes what earlier runs left in the mailboxes of this estate. `token_for` gives the token of a connection, if there is
/// one. What belongs to another tenant, app or API stays in the journal.
pub(super) async fn clean_up<'t>(
    run: &Run<'_>,
    token_for: impl Fn(&Connection) -> Option<&'t AccessToken>,
) {
    // Without `--allow-write calendar`, not even a leftover of an earlier run is deleted.
    if !run.extras.write_calendar {
        return;
    }
    let not_found = remove_leftovers(run, token_for).await;
    let is_recent = |intent: &Intent| run.wire.now().duration_since(intent.at) < LATE_EFFECT_WINDOW;
    if not_found.iter().any(|(intent, _)| is_recent(intent)) {
        tokio::time::sleep(RETRY_DELAY).await;
    }
    // An event that was not found is settled only if the run searched at the address where it was
    // created.
    for (intent, token) in not_found {
        if is_recent(&intent) {
            remove_leftover(run, &intent, token).await;
        } else if intent.url == url_of(run, intent.api) {
            run.journal.settle(&intent);
        }
    }
}

/// Removes what the journal lists, and returns what the mailboxes did not have.
async fn remove_leftovers<'t>(
    run: &Run<'_>,
    token_for: impl Fn(&Connection) -> Option<&'t AccessToken>,
) -> Vec<(Intent, &'t AccessToken)> {
    let mut not_found = Vec::new();
    for intent in run.journal.open().into_iter().take(MAX_INTENTS) {
        let Some(token) = connection_of(run, &intent).and_then(&token_for) else {
            continue;
        };
        if remove_leftover(run, &intent, token).await == Some(Removal::NotFound) {
            not_found.push((intent, token));
        }
    }
    not_found
}

/// Searches for the event of an intent and removes it.
async fn remove_leftover(run: &Run<'_>, intent: &Intent, token: &AccessToken) -> Option<Removal> {
    let address = MailboxAddress::parse(&intent.room).ok()?;
    let purpose = CheckId::MailboxCalendarWrite;
    let at = EventMailbox {
        purpose,
        api: intent.api,
        token,
        address: &address,
    };
    let _underway = run.underway(&intent.room);
    let Reply::Success(removal) = run.wire.remove_marked_events(at, intent.marker).await.reply
    else {
        return None;
    };
    if removal == Removal::Removed {
        run.journal.settle(intent);
    }
    Some(removal)
}

fn connection_of<'r>(run: &'r Run<'_>, intent: &Intent) -> Option<&'r Connection> {
    run.connections()
        .map(|(_, connection)| connection)
        .find(|connection| {
            connection.api == Some(intent.api)
                && connection
                    .tenant_id
                    .as_str()
                    .eq_ignore_ascii_case(&intent.tenant_id)
                && connection
                    .client_id
                    .as_str()
                    .eq_ignore_ascii_case(&intent.client_id)
        })
}

/// The address of an API in this run.
pub(super) fn url_of(run: &Run<'_>, api: Api) -> String {
    match api {
        Api::Ews => run.endpoints.exchange.url.to_string(),
        Api::Graph => run.endpoints.graph.url.to_string(),
    }
}
