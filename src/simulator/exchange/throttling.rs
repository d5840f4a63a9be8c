//! The answer of Exchange to a request too many.

use super::fault::Fault;
use crate::simulator::message::SimulatedAnswer;
use crate::simulator::throttle::Limit;

/// A fault that asks to wait.
pub(crate) fn throttled(limit: Limit, retry_after: Option<u64>) -> SimulatedAnswer {
    let milliseconds = (retry_after.unwrap_or(1) * 1000).to_string();
    match limit {
        Limit::App => Fault::of("ErrorServerBusy").with_value("BackOffMilliseconds", milliseconds).answer(),
        Limit::Mailbox => Fault::of("ErrorExceededConnectionCount")
            .with_value("Policy", "MaxConcurrency")
            .with_value("MaxConcurrencyLimit", "27")
            .with_value(
                "ErrorMessage",
                "This operation exceeds the throttling budget for policy part 'MaxConcurrency', policy value '27', Budget \
                 type: 'Ews'. Suggested backoff time 0 ms.",
            )
            .answer(),
    }
}
