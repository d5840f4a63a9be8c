//! Time limits, concurrency and retries of a run.

use std::time::Duration;

use super::retry_policy::{RetryPolicy, USUAL_PATIENCE};

/// For a run without `--deadline`. Ten thousand rooms over Graph, two requests each, eight at a time and a second for each
/// response, take 42 minutes; what takes longer does not get on.
const DEFAULT_DEADLINE: Duration = Duration::from_hours(1);

/// Time limits in layers, and the pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// For the connection to a host.
    pub connect: Duration,
    /// For one request with its response.
    pub request: Duration,
    /// For one check with its retries.
    pub check: Duration,
    /// For the whole run, as the user wants it; see [`Limits::run`].
    pub deadline: Option<Duration>,
    /// The most requests at the same time.
    pub concurrency: usize,
    /// Which requests are sent again.
    pub retry: RetryPolicy,
}

impl Limits {
    /// The time limit of a whole run; with `--wait`, of each attempt. The default leaves room for the longest wait that a
    /// service may name.
    pub fn run(&self) -> Duration {
        let longer_waits = self.retry.patience.saturating_sub(USUAL_PATIENCE);
        self.deadline
            .unwrap_or(DEFAULT_DEADLINE.saturating_add(longer_waits))
    }

    /// Whether a request may take this long with its attempts and the waits between them. A run that is to be more
    /// patient with a service than one check usually is may be so.
    pub fn allows(&self, taken: Duration) -> bool {
        taken <= self.check.max(self.retry.patience + self.request)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(20),
            check: Duration::from_mins(1),
            deadline: None,
            concurrency: 8,
            retry: RetryPolicy::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_a_limit_of_its_own_unless_the_user_sets_one() {
        let usual = Limits::default();
        assert_eq!(usual.run(), Duration::from_hours(1));
        let waiting = Limits {
            retry: RetryPolicy {
                patience: Duration::from_hours(2),
                ..RetryPolicy::default()
            },
            ..Limits::default()
        };
        assert_eq!(waiting.run() + USUAL_PATIENCE, Duration::from_hours(3));
        let given = Limits {
            deadline: Some(Duration::from_secs(8)),
            ..waiting
        };
        assert_eq!(given.run(), Duration::from_secs(8));
    }
}
