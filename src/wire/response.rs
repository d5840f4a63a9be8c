//! The result of a request: the reply, and which requests it took.

use std::time::Duration;

use crate::evidence::Reply;

/// Where a reply comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResponseOrigin {
    /// From its own request.
    #[default]
    Own,
    /// From an earlier request to the same service or mailbox, which receives no further requests. None was sent.
    Withheld,
    /// Nowhere: the run ended first. The request numbers show whether a request was sent.
    CutOff,
}

/// A reply, and which requests it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceResponse<T> {
    /// What came back.
    pub reply: Reply<T>,
    /// The numbers of the requests in the ledger.
    pub requests: Vec<u32>,
    /// How long these requests took in total, in milliseconds, without the waits between attempts.
    pub ms: u64,
    /// Where the reply comes from.
    pub origin: ResponseOrigin,
}

impl<T> ServiceResponse<T> {
    /// The reply to its own requests.
    pub(super) fn own(reply: Reply<T>, requests: Vec<u32>, ms: u64) -> Self {
        Self {
            reply,
            requests,
            ms,
            origin: ResponseOrigin::Own,
        }
    }

    /// The same response with another reply.
    pub(super) fn with<U>(self, change: impl FnOnce(Reply<T>) -> Reply<U>) -> ServiceResponse<U> {
        ServiceResponse {
            reply: change(self.reply),
            requests: self.requests,
            ms: self.ms,
            origin: self.origin,
        }
    }

    /// This response, with the requests of an earlier one added.
    pub(super) fn after<U>(mut self, earlier: &ServiceResponse<U>) -> Self {
        self.requests = earlier
            .requests
            .iter()
            .copied()
            .chain(self.requests)
            .collect();
        self.ms += earlier.ms;
        // Requests were sent, so the reply is based on them.
        self.origin = ResponseOrigin::Own;
        self
    }
}

/// What was spent on a request before it is sent on its own: attempts in a batch that brought no usable response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierAttempts {
    /// The numbers of the requests in the ledger.
    pub requests: Vec<u32>,
    /// How long they took, in milliseconds.
    pub ms: u64,
    /// How long the waits after them took.
    pub waited: Duration,
    /// How many of them count as attempts. A response that is only requested again for its details does not count.
    pub attempts: u32,
    /// The reply to the last of those attempts, used if no other follows.
    pub last: Option<Box<Reply<()>>>,
}
