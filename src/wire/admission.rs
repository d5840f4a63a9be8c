//! When a request may be sent: it waits for its service and its mailbox to be ready, and for a place in the pace.
//!
//! Every wait of a run is here, so that all of them end when the run ends or when a service is given up.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::breaker::{Breaker, LimitedMailbox, Precedent, Sent, Target, Trouble, Verdict};
use super::exchanged::{Earlier, Exchanged, Standing};
use super::failure::given_up;
use super::pace::{Pace, Place};
use super::proxy::host_and_port;
use super::request::Question;
use super::retry::{Signal, signal};
use crate::evidence::Reply;
use crate::settings::Limits;
use crate::terms::Service;

/// What every request of a run has to pass.
#[derive(Debug)]
pub(super) struct Gate {
    limits: Limits,
    graph: Pace,
    exchange: Pace,
    breaker: Breaker,
    ended: AtomicBool,
    /// Wakes all who wait when the run ends or a service is given up.
    changed: Notify,
}

/// The right to send one request.
pub(super) struct Admitted<'w> {
    pub(super) place: Option<Place<'w>>,
    pub(super) sent: Sent,
}

/// Why a request is not sent.
#[derive(Debug)]
pub(super) enum Denial {
    /// Its service or its mailbox is to be left alone; an earlier response says so.
    Withheld(Box<Precedent>),
    /// The run has ended.
    Ended,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        let breaker = Breaker::new(limits.patience, limits.check.max(limits.patience));
        let limiter = || Pace::new(limits.concurrency);
        Self {
            limits: limits.clone(),
            graph: limiter(),
            exchange: limiter(),
            breaker,
            ended: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    /// Ends the run: nothing more is sent, what is in flight is given up, and nothing here waits any longer.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// Whether the run has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Waits for several permits of Graph at the same time; `None` where the limit is below that.
    pub(super) async fn graph_places(&self, count: u32) -> Option<Place<'_>> {
        self.graph.places(count).await
    }

    /// Waits until `until`, or until the run ends or a service is given up. Returns whether the whole wait is over.
    pub(super) async fn wait_until(&self, until: Instant) -> bool {
        let changed = self.changed.notified();
        if self.has_ended() {
            return false;
        }
        tokio::select! {
            () = sleep_until(until) => true,
            () = changed => false,
        }
    }

    /// Waits before the next attempt. Returns `false` when there is to be none any more.
    pub(super) async fn rest(&self, question: &Question, wait: Duration) -> bool {
        let (target, until) = (target_of(question), Instant::now() + wait);
        loop {
            if self.breaker.is_open(&target) || self.has_ended() {
                return false;
            }
            if self.wait_until(until).await {
                return true;
            }
        }
    }

    /// What comes of `work`, unless the run ends before.
    pub(super) async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            let changed = self.changed.notified();
            if self.has_ended() {
                return None;
            }
            tokio::select! {
                done = work.as_mut() => return Some(done),
                () = changed => {}
            }
        }
    }

    /// Waits until a request may be sent.
    pub(super) async fn admit(&self, question: &Question) -> Result<Admitted<'_>, Denial> {
        let target = target_of(question);
        loop {
            self.ready(&target, question).await?;
            let place = match target {
                Target::Graph => self.unless_changed(self.graph.place()).await,
                Target::Exchange => self.unless_changed(self.exchange.place()).await,
                Target::SignIn(_) => None,
            };
            let waits_for_place = !matches!(target, Target::SignIn(_));
            if waits_for_place && place.is_none() {
                continue;
            }
            // While this request waited for its place, a response may have come that holds it.
            if let Some(sent) = self.verdict(&target, question)? {
                return Ok(Admitted { place, sent });
            }
        }
    }

    /// Whether a request for several mailboxes at the same time may be sent now. It does not wait for any of them.
    pub(super) fn admits_now(&self, question: &Question, mailboxes: &[Url]) -> Option<Sent> {
        let target = target_of(question);
        let mut sent = None;
        for url in mailboxes {
            let verdict = self.breaker.verdict(&target, || mailbox_at(url, question));
            let Verdict::Send(now) = verdict else { return None };
            sent = sent.or(Some(now));
        }
        sent.filter(|_| !self.has_ended())
    }

    /// Waits until neither the service nor the mailbox is held.
    pub(super) async fn ready(&self, target: &Target, question: &Question) -> Result<(), Denial> {
        loop {
            let changed = self.changed.notified();
            if self.has_ended() {
                return Err(Denial::Ended);
            }
            match self.breaker.verdict(target, || mailbox_of(question)) {
                Verdict::Send(_) => return Ok(()),
                Verdict::Withhold(precedent) => return Err(Denial::Withheld(precedent)),
                Verdict::WaitUntil(until) => tokio::select! {
                    () = sleep_until(until) => {}
                    () = changed => {}
                },
            }
        }
    }

    fn verdict(&self, target: &Target, question: &Question) -> Result<Option<Sent>, Denial> {
        if self.has_ended() {
            return Err(Denial::Ended);
        }
        match self.breaker.verdict(target, || mailbox_of(question)) {
            Verdict::Send(sent) => Ok(Some(sent)),
            Verdict::WaitUntil(_) => Ok(None),
            Verdict::Withhold(precedent) => Err(Denial::Withheld(precedent)),
        }
    }

    async fn unless_changed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let changed = self.changed.notified();
        if self.has_ended() {
            return None;
        }
        tokio::select! {
            biased;
            done = work => Some(done),
            () = changed => None,
        }
    }

    /// Lets the breaker learn from the reply to a request.
    pub(super) fn learn<T>(&self, question: &Question, sent: Sent, request: u32, reply: &Reply<T>) {
        let signal = signal(question.service(), reply, &self.limits);
        let precedent = || Some(Precedent { request, trouble: Trouble::of(reply)? });
        self.note(&target_of(question), || mailbox_of(question), sent, (signal, precedent));
    }

    /// Lets the breaker learn from the replies within a batch. With a good one among them, the bad ones are about their
    /// mailboxes alone.
    pub(super) fn learn_from_batch(
        &self,
        question: &Question,
        sent: Sent,
        request: u32,
        replies: &[(&Url, &Reply<()>)],
    ) {
        let target = target_of(question);
        let signal_of = |reply: &Reply<()>| signal(Service::Graph, reply, &self.limits);
        let is_served = replies.iter().any(|(_, reply)| signal_of(reply) == Signal::Served);
        let served = || self.note(&target, || None, sent, (Signal::Served, || None));
        for (url, reply) in replies {
            if is_served {
                served();
            }
            let precedent = || Some(Precedent { request, trouble: Trouble::of(reply)? });
            self.note(&target, || mailbox_at(url, question), sent, (signal_of(reply), precedent));
        }
        if is_served {
            served();
        }
    }

    fn note(
        &self,
        target: &Target,
        mailbox: impl FnOnce() -> Option<LimitedMailbox>,
        sent: Sent,
        (signal, precedent): (Signal, impl FnOnce() -> Option<Precedent>),
    ) {
        if self.breaker.note(target, mailbox, sent, signal, precedent) {
            self.changed.notify_waiters();
        }
    }
}

pub(super) fn target_of(question: &Question) -> Target {
    match question.service() {
        Service::Graph => Target::Graph,
        Service::Exchange => Target::Exchange,
        Service::SignIn => Target::SignIn(host_and_port(&question.url)),
    }
}

/// The mailbox that a request is about.
fn mailbox_of(question: &Question) -> Option<LimitedMailbox> {
    match question.service() {
        Service::Graph => mailbox_at(&question.url, question),
        Service::Exchange => {
            let address = question.headers.get("x-anchormailbox")?.to_str().ok()?.to_ascii_lowercase();
            Some(LimitedMailbox { address, app: None })
        }
        Service::SignIn => None,
    }
}

/// The mailbox in an address of Graph, with the app that asks about it.
fn mailbox_at(url: &Url, question: &Question) -> Option<LimitedMailbox> {
    let mut segments = url.path_segments()?.skip_while(|segment| *segment != "users");
    let address = segments.nth(1)?.to_ascii_lowercase();
    let mut hasher = DefaultHasher::new();
    question.headers.get(AUTHORIZATION)?.as_bytes().hash(&mut hasher);
    Some(LimitedMailbox { address, app: Some(hasher.finish()) })
}

/// What comes of a question that is not sent, or not again.
pub(super) fn denied<T>(before: &Earlier, denial: Denial) -> Exchanged<T> {
    let requests = before.requests.clone();
    match denial {
        Denial::Withheld(precedent) if before.last.is_none() => Exchanged {
            reply: precedent.trouble.reply(),
            requests: requests.into_iter().chain([precedent.request]).collect(),
            ms: before.ms,
            standing: Standing::Withheld,
        },
        Denial::Withheld(_) | Denial::Ended => cut_off(before, requests),
    }
}

/// What comes of a question when the run ends: what was heard of it before, if anything.
pub(super) fn cut_off<T>(before: &Earlier, requests: Vec<u32>) -> Exchanged<T> {
    match before.last.as_deref().and_then(Trouble::of) {
        Some(trouble) => Exchanged::own(trouble.reply(), requests, before.ms),
        None => {
            Exchanged { reply: Reply::Unreachable(given_up()), requests, ms: before.ms, standing: Standing::CutOff }
        }
    }
}
