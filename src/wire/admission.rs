//! Admission control: a request waits for its service, its mailbox and a permit of the limiter.
//!
//! All waits of a run are here, so that all of them end when the run ends or when a service is given up.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::evidence::Reply;
use crate::settings::Limits;
use crate::terms::Service;

use super::breaker::{Breaker, HoldReason, LimitedMailbox, Sent, Target, Trouble, Verdict};
use super::failure::given_up;
use super::limiter::{Limiter, Permit};
use super::proxy::host_and_port;
use super::request::ServiceRequest;
use super::response::{EarlierAttempts, ResponseOrigin, ServiceResponse};
use super::retry::{Signal, signal};

/// The state that decides when a request may be sent.
#[derive(Debug)]
pub(super) struct AdmissionControl {
    limits: Limits,
    graph: Limiter,
    exchange: Limiter,
    breaker: Breaker,
    ended: AtomicBool,
    /// Wakes all waiting tasks when the run ends or a service is given up.
    changed: Notify,
}

/// Permission to send one request.
pub(super) struct Admitted<'w> {
    pub(super) permit: Option<Permit<'w>>,
    pub(super) sent: Sent,
}

/// Why a request is not sent.
#[derive(Debug)]
pub(super) enum Denial {
    /// Its service or its mailbox receives no further requests, because of an earlier response.
    Withheld(Box<HoldReason>),
    /// The run has ended.
    Ended,
}

impl AdmissionControl {
    pub(super) fn new(limits: &Limits) -> Self {
        // A service must not be given up sooner than after the longest wait that the run allows.
        let breaker = Breaker::new(
            limits.retry.patience,
            limits.check.max(limits.retry.patience),
        );
        let limiter = || Limiter::new(limits.concurrency);
        Self {
            limits: limits.clone(),
            graph: limiter(),
            exchange: limiter(),
            breaker,
            ended: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    /// Ends the run: sends nothing more, cancels what is in flight, and ends all waits.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// Whether the run has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Waits for several permits of Graph at the same time; `None` where the limit is below that.
    pub(super) async fn graph_permits(&self, count: u32) -> Option<Permit<'_>> {
        self.graph.acquire_many(count).await
    }

    /// Waits until `until`, or until the run ends or a service is given up. Returns whether the whole wait elapsed.
    pub(super) async fn wait_until(&self, until: Instant) -> bool {
        // Registered before the check, so that an end of the run between the two is not missed.
        let changed = self.changed.notified();
        if self.has_ended() {
            return false;
        }
        tokio::select! {
            () = sleep_until(until) => true,
            () = changed => false,
        }
    }

    /// Waits before the next attempt. Returns `false` if there is to be no further attempt.
    pub(super) async fn rest(&self, request: &ServiceRequest, wait: Duration) -> bool {
        let (target, until) = (target_of(request), Instant::now() + wait);
        loop {
            // A wait also ends when another service is given up; this one may go on in that case.
            if self.breaker.is_open(&target) || self.has_ended() {
                return false;
            }
            if self.wait_until(until).await {
                return true;
            }
        }
    }

    /// The result of `work`, unless the run ends first.
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
    pub(super) async fn admit(&self, request: &ServiceRequest) -> Result<Admitted<'_>, Denial> {
        let target = target_of(request);
        loop {
            self.ready(&target, request).await?;
            let permit = match target {
                Target::Graph => self.unless_changed(self.graph.acquire()).await,
                Target::Exchange => self.unless_changed(self.exchange.acquire()).await,
                // Sign-in has no limiter, because a run sends only a few token requests.
                Target::SignIn(_) => None,
            };
            let needs_permit = !matches!(target, Target::SignIn(_));
            if needs_permit && permit.is_none() {
                continue;
            }
            // A response may have put this service or mailbox on hold while the request waited for its permit.
            if let Some(sent) = self.verdict(&target, request)? {
                return Ok(Admitted { permit, sent });
            }
        }
    }

    /// Whether a request for several mailboxes may be sent now. Does not wait for any of them.
    pub(super) fn admits_now(&self, request: &ServiceRequest, mailboxes: &[Url]) -> Option<Sent> {
        let target = target_of(request);
        let mut sent = None;
        for url in mailboxes {
            let verdict = self.breaker.verdict(&target, || mailbox_at(url, request));
            let Verdict::Send(now) = verdict else {
                return None;
            };
            sent = sent.or(Some(now));
        }
        sent.filter(|_| !self.has_ended())
    }

    /// Waits until neither the service nor the mailbox is on hold.
    pub(super) async fn ready(
        &self,
        target: &Target,
        request: &ServiceRequest,
    ) -> Result<(), Denial> {
        loop {
            let changed = self.changed.notified();
            if self.has_ended() {
                return Err(Denial::Ended);
            }
            match self.breaker.verdict(target, || mailbox_of(request)) {
                Verdict::Send(_) => return Ok(()),
                Verdict::Withhold(precedent) => return Err(Denial::Withheld(precedent)),
                Verdict::WaitUntil(until) => tokio::select! {
                    () = sleep_until(until) => {}
                    () = changed => {}
                },
            }
        }
    }

    fn verdict(&self, target: &Target, request: &ServiceRequest) -> Result<Option<Sent>, Denial> {
        if self.has_ended() {
            return Err(Denial::Ended);
        }
        match self.breaker.verdict(target, || mailbox_of(request)) {
            Verdict::Send(sent) => Ok(Some(sent)),
            Verdict::WaitUntil(_) => Ok(None),
            Verdict::Withhold(precedent) => Err(Denial::Withheld(precedent)),
        }
    }

    async fn unless_changed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        // Registered before the check, so that a change between the two is not missed.
        let changed = self.changed.notified();
        if self.has_ended() {
            return None;
        }
        tokio::select! {
            // A permit that is available at the same moment as a change is used, not lost.
            biased;
            done = work => Some(done),
            () = changed => None,
        }
    }

    /// Reports the reply to a request to the breaker.
    pub(super) fn learn<T>(
        &self,
        request: &ServiceRequest,
        sent: Sent,
        number: u32,
        reply: &Reply<T>,
    ) {
        let signal = signal(request.service(), reply, &self.limits.retry);
        let precedent = || {
            Some(HoldReason {
                request: number,
                trouble: Trouble::of(reply)?,
            })
        };
        self.note(
            &target_of(request),
            || mailbox_of(request),
            sent,
            (signal, precedent),
        );
    }

    /// Reports the replies within a batch to the breaker. If one of them succeeded, the failed ones concern only their
    /// mailboxes.
    pub(super) fn learn_from_batch(
        &self,
        request: &ServiceRequest,
        sent: Sent,
        number: u32,
        replies: &[(&Url, &Reply<()>)],
    ) {
        let target = target_of(request);
        let signal_of = |reply: &Reply<()>| signal(Service::Graph, reply, &self.limits.retry);
        let is_served = replies
            .iter()
            .any(|(_, reply)| signal_of(reply) == Signal::Served);
        let served = || self.note(&target, || None, sent, (Signal::Served, || None));
        for (url, reply) in replies {
            // Reported before each failure, so that two failures of one batch never count as
            // consecutive.
            if is_served {
                served();
            }
            let precedent = || {
                Some(HoldReason {
                    request: number,
                    trouble: Trouble::of(reply)?,
                })
            };
            self.note(
                &target,
                || mailbox_at(url, request),
                sent,
                (signal_of(reply), precedent),
            );
        }
        // Reported once more, so that the last failure of the batch does not begin a streak.
        if is_served {
            served();
        }
    }

    fn note(
        &self,
        target: &Target,
        mailbox: impl FnOnce() -> Option<LimitedMailbox>,
        sent: Sent,
        (signal, precedent): (Signal, impl FnOnce() -> Option<HoldReason>),
    ) {
        if self.breaker.note(target, mailbox, sent, signal, precedent) {
            self.changed.notify_waiters();
        }
    }
}

/// A tenant and what follows it: `{tenant}/v2.0/.well-known/openid-configuration`, `{tenant}/oauth2/v2.0/token`.
const SEGMENTS_FROM_TENANT: usize = 4;

pub(super) fn target_of(request: &ServiceRequest) -> Target {
    match request.service() {
        Service::Graph => Target::Graph,
        Service::Exchange => Target::Exchange,
        Service::SignIn => Target::SignIn(authority_of(&request.url)),
    }
}

/// The authority of a sign-in request: its host, and what is in front of the tenant in the path. Behind one host, such as
/// that of a simulated tenant, the clouds differ by this part of the path only.
fn authority_of(url: &Url) -> String {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    let in_front = segments.len().saturating_sub(SEGMENTS_FROM_TENANT);
    let path = segments[..in_front].join("/");
    format!("{}/{path}", host_and_port(url))
}

/// The mailbox that a request is about.
fn mailbox_of(request: &ServiceRequest) -> Option<LimitedMailbox> {
    match request.service() {
        Service::Graph => mailbox_at(&request.url, request),
        Service::Exchange => {
            // The anchor mailbox is the impersonated one, so the envelope does not have to be read.
            let address = request
                .headers
                .get("x-anchormailbox")?
                .to_str()
                .ok()?
                .to_ascii_lowercase();
            Some(LimitedMailbox { address, app: None })
        }
        Service::SignIn => None,
    }
}

/// The mailbox in a Graph URL, with the app that requests it.
fn mailbox_at(url: &Url, request: &ServiceRequest) -> Option<LimitedMailbox> {
    let mut segments = url
        .path_segments()?
        .skip_while(|segment| *segment != "users");
    let address = segments.nth(1)?.to_ascii_lowercase();
    // Only a fingerprint is kept, so that the token is stored in no other place.
    let mut hasher = DefaultHasher::new();
    request
        .headers
        .get(AUTHORIZATION)?
        .as_bytes()
        .hash(&mut hasher);
    Some(LimitedMailbox {
        address,
        app: Some(hasher.finish()),
    })
}

/// The result of a request that is not sent, or not sent again.
pub(super) fn denied<T>(before: &EarlierAttempts, denial: Denial) -> ServiceResponse<T> {
    let requests = before.requests.clone();
    match denial {
        Denial::Withheld(precedent) if before.last.is_none() => ServiceResponse {
            reply: precedent.trouble.reply(),
            requests: requests.into_iter().chain([precedent.request]).collect(),
            ms: before.ms,
            origin: ResponseOrigin::Withheld,
        },
        Denial::Withheld(_) | Denial::Ended => cut_off(before, requests),
    }
}

/// The result of a request when the run ends: the last response to it, if there was one.
pub(super) fn cut_off<T>(before: &EarlierAttempts, requests: Vec<u32>) -> ServiceResponse<T> {
    match before.last.as_deref().and_then(Trouble::of) {
        Some(trouble) => ServiceResponse::own(trouble.reply(), requests, before.ms),
        None => ServiceResponse {
            reply: Reply::Unreachable(given_up()),
            requests,
            ms: before.ms,
            origin: ResponseOrigin::CutOff,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_the_host_with_what_is_in_front_of_the_tenant() {
        let authority = |text: &str| authority_of(&text.parse().unwrap());
        let host = "login.microsoftonline.com:443/";
        for path in [
            "contoso.com/v2.0/.well-known/openid-configuration",
            "contoso.com/oauth2/v2.0/token",
        ] {
            let address = format!("https://login.microsoftonline.com/{path}");
            assert_eq!(authority(&address), host, "{path}");
        }
        assert_eq!(
            authority(
                "http://127.0.0.1:8080/other-clouds/china/contoso.com/v2.0/.well-known/openid-configuration"
            ),
            "127.0.0.1:8080/other-clouds/china"
        );
        assert_eq!(authority("http://127.0.0.1:8080/"), "127.0.0.1:8080/");
    }
}
