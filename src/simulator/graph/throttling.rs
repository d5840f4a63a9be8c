//! Throttling responses of Graph.

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::throttle::Limit;

use super::error::GraphRefusal;

/// 429, with `Retry-After` where the scenario gives one.
pub(crate) fn throttled(
    request: &SimulatedRequest,
    now: jiff::Timestamp,
    limit: Limit,
    retry_after: Option<u64>,
) -> SimulatedResponse {
    let refusal = match limit {
        Limit::App => GraphRefusal::new(429, "TooManyRequests", "Please retry again later."),
        Limit::Mailbox => GraphRefusal::new(
            429,
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
        ),
    };
    let response = refusal.to_response(request, now);
    match retry_after {
        Some(seconds) => response.with_header("retry-after", seconds.to_string()),
        None => response,
    }
}
