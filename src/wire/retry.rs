//! Retry policy: whether a request is sent again, and after which wait.

use std::time::Duration;

use crate::evidence::{Layer, Refusal, Reply};
use crate::settings::RetryPolicy;
use crate::terms::Service;

use super::limiter::Feedback;

/// What a response means for the breaker of its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// The service processes requests.
    Served,
    /// It throttles.
    Throttled {
        /// The wait that the response names.
        wait: Option<Duration>,
        /// The limit is one of the mailbox, by the response's own code.
        of_mailbox: bool,
    },
    /// It is in trouble, or there was no response.
    Failing {
        /// The wait that the response names.
        wait: Option<Duration>,
    },
}

/// The first wait if the response names none.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The wait before the next attempt, or `None` if the reply is final.
///
/// `attempts` is the number of attempts so far. `roll` returns a random number from 0 to 1, so that many clients do not
/// return at the same time. A wait that the service names is honored; if it exceeds the run's limit, there is no retry.
pub(super) fn next_wait<T>(
    reply: &Reply<T>,
    attempts: u32,
    policy: &RetryPolicy,
    roll: impl FnOnce() -> f64,
) -> Option<Duration> {
    if attempts > u32::from(policy.retries) || !is_transient(reply, policy) {
        return None;
    }
    let requested = if let Reply::Refused(refusal) = reply {
        refusal.retry_after_ms
    } else {
        None
    };
    match requested.map(Duration::from_millis) {
        // Graph counts requests while a client is throttled, so an earlier attempt prolongs the throttling
        // (learn.microsoft.com/graph/throttling).
        Some(wait) => (wait <= policy.patience).then_some(wait),
        None => Some(backoff(attempts, roll()).min(policy.patience)),
    }
}

/// The code of a limit that is one of the mailbox: `ApplicationThrottled`, "Application is over its `MailboxConcurrency`
/// limit" (recorded in public issues; see learn.microsoft.com/graph/throttling-limits, Outlook).
const OF_MAILBOX: &str = "ApplicationThrottled";

/// What a reply means for the limit of its service.
pub(super) fn feedback<T>(reply: &Reply<T>, policy: &RetryPolicy) -> Feedback {
    match reply {
        Reply::Refused(refusal) if is_throttled(refusal, policy) => Feedback::Throttled,
        _ => Feedback::NotThrottled,
    }
}

/// What a reply of `service` means for its breaker.
pub(super) fn signal<T>(service: Service, reply: &Reply<T>, policy: &RetryPolicy) -> Signal {
    match reply {
        // An unexpected response is not a sign of an overloaded service.
        Reply::Success(_) | Reply::Unexpected(_) => Signal::Served,
        Reply::Unreachable(_) => Signal::Failing { wait: None },
        Reply::Refused(refusal) => {
            let wait = refusal.retry_after_ms.map(Duration::from_millis);
            let codes = || refusal.code.iter().chain(&refusal.inner_codes);
            if is_throttled(refusal, policy) {
                Signal::Throttled {
                    wait,
                    of_mailbox: codes().any(|code| code == OF_MAILBOX),
                }
            } else if is_transient_refusal(refusal, policy) || is_server_error(service, refusal) {
                Signal::Failing { wait }
            } else {
                Signal::Served
            }
        }
    }
}

/// Exchange returns every fault with 500, including a refused mailbox; the code shows whether the service works.
fn is_server_error(service: Service, refusal: &Refusal) -> bool {
    refusal.status >= 500 && (service != Service::Exchange || refusal.code.is_none())
}

/// Exchange throttles with 503, or with a code in a 200 or 500; Graph with 429.
fn is_throttled(refusal: &Refusal, policy: &RetryPolicy) -> bool {
    let mut codes = refusal.code.iter().chain(&refusal.inner_codes);
    match refusal.status {
        // 503 without a code counts as well: Exchange throttles with it, and `Retry-After` can be missing.
        429 | 503 => true,
        200 | 500.. => codes.any(|code| policy.throttle_codes.contains(code)),
        _ => false,
    }
}

/// 0.5 s, doubled with every attempt, plus or minus 25 %.
pub(super) fn backoff(attempts: u32, roll: f64) -> Duration {
    // The cap keeps the shift in range and the wait at 32 s or less, before the random part.
    let doubled = FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(6));
    doubled.mul_f64(0.75 + 0.5 * roll.clamp(0.0, 1.0))
}

/// Requests that timed out are not sent again: the user has waited long enough.
fn is_transient<T>(reply: &Reply<T>, policy: &RetryPolicy) -> bool {
    match reply {
        Reply::Refused(refusal) => is_transient_refusal(refusal, policy),
        // A broken connection can be a stale one of the pool; other failures would repeat.
        Reply::Unreachable(failure) => failure.layer == Layer::Broken,
        Reply::Success(_) | Reply::Unexpected(_) => false,
    }
}

/// Exchange reports transient errors with 200 and 500, Graph with 5xx; the code decides.
fn is_transient_refusal(refusal: &Refusal, policy: &RetryPolicy) -> bool {
    let codes = refusal.code.iter().chain(&refusal.inner_codes);
    match refusal.status {
        429 | 502 | 503 | 504 => true,
        200 | 500.. => codes
            .into_iter()
            .any(|code| policy.transient_codes.contains(code)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Failure, Unexpected};

    fn policy() -> RetryPolicy {
        crate::wire::tests::limits(Duration::from_secs(20)).retry
    }

    fn refused(status: u16, code: Option<&str>, retry_after_ms: Option<u64>) -> Reply<()> {
        Reply::Refused(Refusal {
            status,
            code: code.map(str::to_owned),
            retry_after_ms,
            ..Refusal::default()
        })
    }

    fn unreachable(layer: Layer) -> Reply<()> {
        let (host, detail) = (String::new(), String::new());
        Reply::Unreachable(Failure {
            layer,
            host,
            detail,
            limit_ms: None,
            issuer: None,
            certificate: None,
        })
    }

    fn wait(reply: &Reply<()>, attempts: u32) -> Option<Duration> {
        next_wait(reply, attempts, &policy(), || 0.5)
    }

    #[test]
    fn a_named_wait_is_obeyed_up_to_the_patience() {
        assert_eq!(
            wait(&refused(429, None, Some(3000)), 1),
            Some(Duration::from_secs(3))
        );
        assert_eq!(
            wait(&refused(429, None, Some(30_000)), 1),
            Some(Duration::from_secs(30))
        );
        assert_eq!(wait(&refused(429, None, Some(30_001)), 1), None);
    }

    #[test]
    fn without_a_named_wait_the_waits_double() {
        assert_eq!(
            wait(&refused(503, None, None), 1),
            Some(Duration::from_millis(500))
        );
        assert_eq!(
            wait(&refused(503, None, None), 2),
            Some(Duration::from_secs(1))
        );
        assert_eq!(wait(&refused(503, None, None), 3), None);
        assert_eq!(
            next_wait(&refused(503, None, None), 1, &policy(), || 0.0),
            Some(Duration::from_millis(375))
        );
        assert_eq!(
            next_wait(&refused(503, None, None), 1, &policy(), || 1.0),
            Some(Duration::from_millis(625))
        );
    }

    #[test]
    fn only_transient_codes_are_retried_on_500() {
        assert!(wait(&refused(500, Some("ErrorServerBusy"), None), 1).is_some());
        assert!(wait(&refused(200, Some("ErrorServerBusy"), None), 1).is_some());
        assert_eq!(
            wait(&refused(500, Some("ErrorNonExistentMailbox"), None), 1),
            None
        );
        assert_eq!(wait(&refused(500, None, None), 1), None);
    }

    #[test]
    fn only_throttling_slows_down() {
        let feedback = |reply: &Reply<()>| feedback(reply, &policy());
        for throttled in [
            refused(429, None, Some(2000)),
            refused(429, None, Some(3_600_000)),
            refused(500, Some("ErrorServerBusy"), None),
            refused(503, None, None),
        ] {
            assert_eq!(feedback(&throttled), Feedback::Throttled);
        }
        for successes in [
            refused(500, Some("ErrorInternalServerError"), None),
            refused(403, None, None),
            Reply::Success(()),
        ] {
            assert_eq!(feedback(&successes), Feedback::NotThrottled);
        }
    }

    #[test]
    fn a_named_wait_is_kept_however_long_it_is() {
        let signal = |reply: &Reply<()>| signal(Service::Exchange, reply, &policy());
        let throttled = |wait| Signal::Throttled {
            wait,
            of_mailbox: false,
        };
        assert_eq!(
            signal(&refused(429, None, Some(2000))),
            throttled(Some(Duration::from_secs(2)))
        );
        assert_eq!(
            signal(&refused(429, None, Some(u64::MAX))),
            throttled(Some(Duration::from_millis(u64::MAX)))
        );
        assert_eq!(
            signal(&refused(500, Some("ErrorServerBusy"), None)),
            throttled(None)
        );
        let of_mailbox = Signal::Throttled {
            wait: None,
            of_mailbox: true,
        };
        assert_eq!(
            signal(&refused(429, Some("ApplicationThrottled"), None)),
            of_mailbox
        );
    }

    #[test]
    fn server_errors_and_missing_responses_are_signs_of_trouble_and_refusals_are_not() {
        let failing = Signal::Failing { wait: None };
        for (service, reply, expected) in [
            (
                Service::Graph,
                refused(500, Some("UnknownError"), None),
                failing,
            ),
            (Service::Graph, refused(502, None, None), failing),
            (Service::Exchange, refused(500, None, None), failing),
            (
                Service::Exchange,
                refused(500, Some("ErrorNonExistentMailbox"), None),
                Signal::Served,
            ),
            (Service::Graph, unreachable(Layer::ResponseTimeout), failing),
            (Service::Graph, refused(403, None, None), Signal::Served),
            (Service::Graph, Reply::Success(()), Signal::Served),
        ] {
            assert_eq!(signal(service, &reply, &policy()), expected, "{reply:?}");
        }
    }

    #[test]
    fn a_permanent_refusal_and_a_timeout_are_final() {
        for status in [400, 401, 403, 404] {
            assert_eq!(
                wait(&refused(status, Some("ErrorServerBusy"), None), 1),
                None,
                "{status}"
            );
        }
        assert_eq!(wait(&unreachable(Layer::ResponseTimeout), 1), None);
        assert_eq!(wait(&unreachable(Layer::Certificate), 1), None);
        assert!(wait(&unreachable(Layer::Broken), 1).is_some());
        let odd = Unexpected {
            status: 200,
            problem: String::new(),
            content_type: None,
            excerpt: String::new(),
            foreign: true,
        };
        assert_eq!(wait(&Reply::Unexpected(odd), 1), None);
    }
}
