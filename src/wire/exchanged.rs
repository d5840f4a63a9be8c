//! What comes of a question: the reply, and which requests it took.

use std::time::Duration;

use crate::evidence::Reply;

/// Whose reply an exchange holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// The reply to its own request.
    #[default]
    Own,
    /// The reply to an earlier request to the same service or mailbox, which is to be left alone since. There was no
    /// request of its own.
    Withheld,
    /// There is no reply: the run ended first. The numbers of the requests show whether one was sent.
    CutOff,
}

/// A reply, and which requests it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged<T> {
    /// What came back.
    pub reply: Reply<T>,
    /// The numbers of the requests in the ledger.
    pub requests: Vec<u32>,
    /// How long these requests took together, in milliseconds, without the waits between attempts.
    pub ms: u64,
    /// Whose reply it is.
    pub standing: Standing,
}

impl<T> Exchanged<T> {
    /// The reply to requests of its own.
    pub(super) fn own(reply: Reply<T>, requests: Vec<u32>, ms: u64) -> Self {
        Self { reply, requests, ms, standing: Standing::Own }
    }

    /// The same exchange with another reply.
    pub(super) fn with<U>(self, change: impl FnOnce(Reply<T>) -> Reply<U>) -> Exchanged<U> {
        Exchanged { reply: change(self.reply), requests: self.requests, ms: self.ms, standing: self.standing }
    }

    /// This exchange, counted together with an earlier one.
    pub(super) fn after<U>(mut self, earlier: &Exchanged<U>) -> Self {
        self.requests = earlier.requests.iter().copied().chain(self.requests).collect();
        self.ms += earlier.ms;
        // Requests were sent, and what is known of them decides about the reply.
        self.standing = Standing::Own;
        self
    }
}

/// What was spent on a question before it is asked, within a batch that did not answer it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The numbers of the requests in the ledger.
    pub requests: Vec<u32>,
    /// How long they took, in milliseconds.
    pub ms: u64,
    /// How long was waited after them.
    pub waited: Duration,
    /// How many attempts to get an answer they were. News that is only to be heard again was an answer.
    pub attempts: u32,
    /// The reply to the last of those attempts, which counts where no other follows.
    pub last: Option<Box<Reply<()>>>,
}
