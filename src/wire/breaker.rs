//! Circuit breaker: which requests have to wait, and which are not sent any more.
//!
//! A response that names a wait (`Retry-After`, `BackOffMilliseconds`) holds the mailbox of its request. Outlook's limits
//! are per app and mailbox (learn.microsoft.com/graph/throttling-limits, read 2026-11-28), so other mailboxes go on. A
//! second one in a row, without any other response in between, shows that the limit is wider, and so does one to a request
//! without a mailbox: both hold the whole service.
//!
//! A service that returns nothing but such responses, server errors and time-outs for as long as one check may take is
//! given up for the rest of the run: its breaker opens.
//!
//! This file has the rules only. Waiting is in `admission`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use crate::evidence::{Failure, Refusal, Reply};

use super::lock::lock;
use super::retry::{Signal, backoff};

/// A streak of bad responses that is longer than the window by less than this part of it is not too long yet: a service
/// that names 30 s is tried three times within 60 s, whatever the network takes.
const TOLERANCE: u32 = 10;
/// So many bad responses in a row hold the whole service for a wait that this run waits for.
const ENOUGH_TO_WAIT: u32 = 2;
/// So many do for a longer wait, because then the rest of the service is not checked at all.
const ENOUGH_TO_WITHHOLD: u32 = 4;
/// No wait reaches further into the future than this, because the arithmetic of time has an end.
const LONGEST_HOLD: Duration = Duration::from_hours(8760);

/// What has a breaker of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// Microsoft Graph.
    Graph,
    /// Exchange Web Services.
    Exchange,
    /// An authority for sign-in. A run may talk to those of several clouds.
    SignIn(String),
}

/// A mailbox as the limits of a service distinguish it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LimitedMailbox {
    pub(super) address: String,
    /// A fingerprint of the app, where the limit is per app and mailbox.
    pub(super) app: Option<u64>,
}

/// The response that decides about requests that are not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HoldReason {
    /// The number of its request in the ledger.
    pub(super) request: u32,
    pub(super) trouble: Trouble,
}

/// A bad response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    Refused(Refusal),
    Unreachable(Failure),
}

impl Trouble {
    /// The trouble that a reply shows, if any.
    pub(super) fn of<T>(reply: &Reply<T>) -> Option<Self> {
        match reply {
            Reply::Refused(refusal) => Some(Self::Refused(refusal.clone())),
            Reply::Unreachable(failure) => Some(Self::Unreachable(failure.clone())),
            Reply::Success(_) | Reply::Unexpected(_) => None,
        }
    }

    pub(super) fn reply<T>(self) -> Reply<T> {
        match self {
            Self::Refused(refusal) => Reply::Refused(refusal),
            Self::Unreachable(failure) => Reply::Unreachable(failure),
        }
    }
}

/// When a request was sent, as the breaker counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    round: u32,
    at: Instant,
}

/// Whether a request may be sent.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It may be sent now.
    Send(Sent),
    /// It may be sent then, if nothing else comes in between.
    WaitUntil(Instant),
    /// It is not to be sent: the service is given up, or wants to be left alone for longer than this run waits.
    Withhold(Box<HoldReason>),
}

/// The breakers of all services of a run.
#[derive(Debug)]
pub(super) struct Breaker {
    /// The longest wait that a request is held for.
    patience: Duration,
    /// A service that is bad for so long is given up.
    window: Duration,
    services: Mutex<HashMap<Target, State>>,
}

/// What is known of one service. There is none before its first bad response.
#[derive(Debug, Default)]
struct State {
    /// Bad responses to requests that were sent after the bad response before.
    round: u32,
    streak: Option<Streak>,
    hold: Option<Hold>,
    mailboxes: HashMap<LimitedMailbox, Hold>,
    open: Option<HoldReason>,
}

/// Bad responses with no other response in between.
#[derive(Debug, Clone, Copy)]
struct Streak {
    /// When the request of the first one was sent.
    since: Instant,
    responses: u32,
    rounds: u32,
}

#[derive(Debug)]
struct Hold {
    until: Instant,
    because: HoldReason,
}

impl Breaker {
    pub(super) fn new(patience: Duration, window: Duration) -> Self {
        Self {
            patience,
            window,
            services: Mutex::default(),
        }
    }

    /// Whether a request may be sent now. `mailbox` is called only where a mailbox is held.
    pub(super) fn verdict(
        &self,
        target: &Target,
        mailbox: impl FnOnce() -> Option<LimitedMailbox>,
    ) -> Verdict {
        let (now, services) = (Instant::now(), self.services());
        let Some(state) = services.get(target) else {
            return Verdict::Send(Sent { round: 0, at: now });
        };
        // Checked before any hold: a service that is given up gets no further requests in this run.
        if let Some(precedent) = &state.open {
            return Verdict::Withhold(Box::new(precedent.clone()));
        }
        let of_mailbox = if state.mailboxes.is_empty() {
            None
        } else {
            mailbox()
        };
        let of_mailbox = of_mailbox.and_then(|mailbox| state.mailboxes.get(&mailbox));
        let holds = of_mailbox.into_iter().chain(&state.hold);
        match holds
            .filter(|hold| hold.until > now)
            .max_by_key(|hold| hold.until)
        {
            None => Verdict::Send(Sent {
                round: state.round,
                at: now,
            }),
            Some(hold) if hold.until - now > self.patience => {
                Verdict::Withhold(Box::new(hold.because.clone()))
            }
            Some(hold) => Verdict::WaitUntil(hold.until),
        }
    }

    /// Whether a service is given up.
    pub(super) fn is_open(&self, target: &Target) -> bool {
        self.services()
            .get(target)
            .is_some_and(|state| state.open.is_some())
    }

    /// Learns from the response to a request. Returns whether the service is given up because of it.
    pub(super) fn note(
        &self,
        target: &Target,
        mailbox: impl FnOnce() -> Option<LimitedMailbox>,
        sent: Sent,
        signal: Signal,
        precedent: impl FnOnce() -> Option<HoldReason>,
    ) -> bool {
        let mut services = self.services();
        if signal == Signal::Served {
            if let Some(state) = services.get_mut(target) {
                // One good response ends the streak, but not a hold: `Retry-After` still applies.
                state.streak = None;
            }
            return false;
        }
        let Some(precedent) = precedent() else {
            return false;
        };
        let state = services.entry(target.clone()).or_default();
        let streak = state.count(sent);
        state.hold_back(mailbox(), signal, streak, (self.patience, &precedent));
        // The response that opened the breaker stays the reported reason.
        if state.open.is_none() && state.lasts_too_long(streak, self.window) {
            state.open = Some(precedent);
            return true;
        }
        false
    }

    fn services(&self) -> MutexGuard<'_, HashMap<Target, State>> {
        lock(&self.services)
    }
}

impl State {
    /// Counts a bad response. What was in flight together counts as one round.
    fn count(&mut self, sent: Sent) -> Streak {
        let first = Streak {
            since: sent.at,
            responses: 0,
            rounds: 0,
        };
        let mut streak = self.streak.unwrap_or(first);
        streak.responses += 1;
        // Requests that were in flight together fail for the same reason and must not count several times.
        if sent.round == self.round {
            self.round += 1;
            streak.rounds += 1;
        }
        self.streak = Some(streak);
        streak
    }

    /// Holds the mailbox of the response, the whole service, or both.
    fn hold_back(
        &mut self,
        mailbox: Option<LimitedMailbox>,
        signal: Signal,
        streak: Streak,
        (patience, because): (Duration, &HoldReason),
    ) {
        let (named, of_mailbox) = match signal {
            Signal::Served => return,
            Signal::Throttled { wait, of_mailbox } => (wait, of_mailbox),
            Signal::Failing { wait } => (wait, false),
        };
        let is_about_all = mailbox.is_none();
        if let (Some(mailbox), Some(wait)) = (mailbox, named) {
            extend(
                self.mailboxes
                    .entry(mailbox)
                    .or_insert_with(|| Hold::new(because)),
                wait,
            );
        }
        // A limit of one mailbox (`MailboxConcurrency`) shows nothing about the other mailboxes.
        let is_consecutive = !of_mailbox && streak.responses > 1;
        // A service that names short waits, or none, and keeps refusing is tried less and less often.
        let own = matches!(signal, Signal::Throttled { .. })
            .then(|| backoff(streak.rounds, 0.5))
            .filter(|_| is_consecutive);
        let Some(wait) = named.max(own) else { return };
        let enough = if wait > patience {
            ENOUGH_TO_WITHHOLD
        } else {
            ENOUGH_TO_WAIT
        };
        if is_about_all || !of_mailbox && streak.responses >= enough {
            extend(self.hold.get_or_insert_with(|| Hold::new(because)), wait);
        }
    }

    /// Whether the service has been bad for too long when it could be tried next.
    fn lasts_too_long(&self, streak: Streak, window: Duration) -> bool {
        let now = Instant::now();
        let next = self.hold.as_ref().map_or(now, |hold| hold.until.max(now));
        // A single round can be one bad moment, however long a wait it names.
        streak.rounds > 1 && next.duration_since(streak.since) > window + window / TOLERANCE
    }
}

impl Hold {
    /// A hold that is over already.
    fn new(because: &HoldReason) -> Self {
        Self {
            until: Instant::now(),
            because: because.clone(),
        }
    }
}

fn extend(hold: &mut Hold, wait: Duration) {
    hold.until = hold.until.max(Instant::now() + wait.min(LONGEST_HOLD));
}
