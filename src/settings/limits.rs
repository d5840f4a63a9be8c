//! How long and how hard the services are asked.

use std::{collections::BTreeSet, time::Duration};

/// Time limits in layers, and the pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// For the connection to a host.
    pub connect: Duration,
    /// For one request with its answer.
    pub request: Duration,
    /// For one check with its retries.
    pub check: Duration,
    /// For the whole run; `None` is without end.
    pub deadline: Option<Duration>,
    /// The longest `Retry-After` that is waited for.
    pub patience: Duration,
    /// The most requests at the same time.
    pub concurrency: usize,
    /// The most repetitions of one request.
    pub retries: u8,
    /// Error codes of Graph and EWS that mean "try again".
    pub transient_codes: BTreeSet<String>,
    /// Those among them that mean "more slowly".
    pub throttle_codes: BTreeSet<String>,
    /// Error codes with which Graph refuses an item, and not the caller.
    pub refused_item_codes: BTreeSet<String>,
}

impl Limits {
    /// Whether a question may take this long with its attempts and the waits between them. A run that is to be more
    /// patient with a service than one check usually is may be so.
    pub fn allows(&self, taken: Duration) -> bool {
        taken <= self.check.max(self.patience + self.request)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(20),
            check: Duration::from_secs(60),
            deadline: None,
            patience: Duration::from_secs(30),
            concurrency: 8,
            retries: 2,
            transient_codes: BTreeSet::new(),
            throttle_codes: BTreeSet::new(),
            refused_item_codes: BTreeSet::new(),
        }
    }
}
