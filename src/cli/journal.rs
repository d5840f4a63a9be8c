//! What a run has created in a tenant and not yet removed.

use super::output;

/// Says on standard error what was created, so that an interrupted run leaves a trace of what to remove by hand.
pub(super) fn announce(created: &str) {
    output::message(&format!("created for a moment, will be removed: {created}"));
}
