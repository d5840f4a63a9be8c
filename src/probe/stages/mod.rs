//! The stages of a run. Within a stage everything independent is in flight at once.

mod hosts;
mod mailboxes;
mod settings;
mod sign_in;
mod tenant_wide;

use futures_util::future;

use super::run::Run;

/// Settings, then hosts and tenants together, then tokens, then everything that needs one.
pub(super) async fn everything(run: &Run<'_>) {
    settings::fill(run);
    let reach = hosts::reach(run).await;
    let tokens = sign_in::sign_in(run, &reach).await;
    future::join(tenant_wide::ask(run, &reach, &tokens), mailboxes::ask(run, &reach, &tokens)).await;
}
