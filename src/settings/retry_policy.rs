//! Retry policy: which responses are worth another request, and the longest wait for it.

use std::collections::BTreeSet;
use std::time::Duration;

/// The longest `Retry-After` that is waited for without `--wait`.
pub(super) const USUAL_PATIENCE: Duration = Duration::from_secs(30);

/// The most repetitions of one request.
const USUAL_RETRIES: u8 = 2;

/// Whether a request is sent again. The codes come from the tables of the services' error codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most repetitions of one request.
    pub retries: u8,
    /// The longest `Retry-After` that is waited for.
    pub patience: Duration,
    /// Error codes of Graph and EWS that mean "try again".
    pub transient_codes: BTreeSet<String>,
    /// Those among them that mean "more slowly".
    pub throttle_codes: BTreeSet<String>,
    /// Error codes with which Graph refuses an item, and not the caller.
    pub refused_item_codes: BTreeSet<String>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: USUAL_RETRIES,
            patience: USUAL_PATIENCE,
            transient_codes: BTreeSet::new(),
            throttle_codes: BTreeSet::new(),
            refused_item_codes: BTreeSet::new(),
        }
    }
}
