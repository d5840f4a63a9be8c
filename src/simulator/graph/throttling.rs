//! The answer of Graph to a request too many.

use super::error::GraphRefusal;
use crate::simulator::message::{SimulatedAnswer, SimulatedRequest};
use crate::simulator::throttle::Limit;

/// 429, with `Retry-After` where the scenario gives one.
pub(crate) fn throttled(
    request: &SimulatedRequest,
    now: jiff::Timestamp,
    limit: Limit,
    retry_after: Option<u64>,
) -> SimulatedAnswer {
    let refusal = match limit {
        Limit::App => GraphRefusal::new(429, "TooManyRequests", "Please retry again later."),
        Limit::Mailbox => GraphRefusal::new(
            429,
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
        ),
    };
    let answer = refusal.answer(request, now);
    match retry_after {
        Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
        None => answer,
    }
}
