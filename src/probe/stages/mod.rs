//! The stages of a run. Independent requests of a stage are concurrent.

mod batched;
mod controls;
mod denied_mailboxes;
mod hosts;
mod mailboxes;
mod rooms;
mod settings;
mod sign_in;
mod tenant_wide;

use futures_util::future;

use crate::settings::Estate;

use self::denied_mailboxes::Choice;
use self::hosts::Reachability;
use super::blockers::Tokens;
use super::clean_up::clean_up;
use super::context::Run;
use super::plan::CheckOptions;

/// The results of the stages before the first check that needs a token.
pub(super) struct Prepared {
    reach: Reachability,
    tokens: Tokens,
    /// What the tenant listed, for a second plan; `None` if nothing was to be listed.
    pub(super) listed: Option<Listed>,
}

/// What the tenant listed before the mailboxes are planned.
pub(super) struct Listed {
    /// The estate with the rooms that its tenant lists, or with the reason why there are none.
    pub(super) estate: Estate,
    /// The options with the mailboxes that were chosen; `None` if none were to be chosen.
    pub(super) options: Option<CheckOptions>,
}

/// Settings, then hosts and tenants batched, then tokens, then the rooms that the tenant is to list. When the run ends, no
/// further stage begins.
pub(super) async fn prepare(run: &Run<'_>) -> Prepared {
    settings::fill(run);
    let reach = hosts::reach(run).await;
    let tokens = if run.wire.has_ended() {
        Tokens::default()
    } else {
        sign_in::sign_in(run, &reach).await
    };
    let listed = if run.wire.has_ended() {
        None
    } else {
        list(run, &reach, &tokens).await
    };
    Prepared {
        reach,
        tokens,
        listed,
    }
}

/// The rooms, and then the mailboxes that are no rooms.
async fn list(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) -> Option<Listed> {
    let with_rooms = rooms::list(run, reach, tokens).await;
    let estate = with_rooms.as_ref().unwrap_or(run.estate);
    match denied_mailboxes::choose(run, reach, tokens, estate).await {
        Some(Choice { options, estate }) => Some(Listed {
            estate,
            options: Some(options),
        }),
        None => with_rooms.map(|estate| Listed {
            estate,
            options: None,
        }),
    }
}

/// Everything that needs a token, and then the controls that some of the responses need.
pub(super) async fn run_checks(run: &Run<'_>, Prepared { reach, tokens, .. }: &Prepared) {
    let about_mailboxes = async {
        // Before anything new is written, so that leftovers of an earlier run do not accumulate.
        clean_up(run, |connection| {
            mailboxes::calendar_token(reach, tokens, connection)
        })
        .await;
        mailboxes::run_checks(run, reach, tokens).await;
    };
    future::join(tenant_wide::run_checks(run, reach, tokens), about_mailboxes).await;
    // Last, so that no mailbox gets two requests at the same time.
    controls::run_checks(run, reach, tokens).await;
}
