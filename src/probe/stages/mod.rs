//! The stages of a run. Independent requests of a stage are concurrent.

mod batched;
mod controls;
mod hosts;
mod mailboxes;
mod rooms;
mod settings;
mod sign_in;
mod tenant_wide;

use futures_util::future;

use crate::settings::Estate;

use self::hosts::Reachability;
use super::blockers::Tokens;
use super::clean_up::clean_up;
use super::context::Run;

/// The results of the stages before the first check that needs a token.
pub(super) struct Prepared {
    reach: Reachability,
    tokens: Tokens,
    /// The estate with the rooms that its tenant lists, or with the reason why there are none; `None` if the settings do not request
    /// them.
    pub(super) with_rooms: Option<Estate>,
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
    let with_rooms = if run.wire.has_ended() {
        None
    } else {
        rooms::list(run, &reach, &tokens).await
    };
    Prepared {
        reach,
        tokens,
        with_rooms,
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
