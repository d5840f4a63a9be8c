//! Throttling responses of Exchange.

use crate::simulator::message::SimulatedResponse;
use crate::simulator::throttle::Limit;

use super::fault::SoapFault;

/// A fault with the time for which the client must back off.
pub(crate) fn throttled(limit: Limit, retry_after: Option<u64>) -> SimulatedResponse {
    let milliseconds = (retry_after.unwrap_or(1) * 1000).to_string();
    match limit {
        Limit::App => SoapFault::of("ErrorServerBusy").with_value("BackOffMilliseconds", milliseconds).to_response(),
        // These values are from a public report, because the real limit cannot be queried.
        Limit::Mailbox => SoapFault::of("ErrorExceededConnectionCount")
            .with_value("Policy", "MaxConcurrency")
            .with_value("MaxConcurrencyLimit", "27")
            .with_value(
                "ErrorMessage",
                "This operation exceeds the throttling budget for policy part 'MaxConcurrency', policy value '27', Budget \
                 type: 'Ews'. Suggested backoff time 0 ms.",
            )
            .to_response(),
    }
}
