//! The HTTP client: sends a request, from the first attempt to the reply, and records it in the ledger.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use jiff::Timestamp;
use reqwest::{Method, Request, Response};
use url::Url;
use uuid::Uuid;

use crate::evidence::{Failure, Layer, ProxyInUse, Purpose, Reply, RequestRecord};
use crate::settings::{ClientSecret, Clock, Endpoints, Limits, Transport};

use super::admission::{AdmissionControl, cut_off, denied};
use super::error::WireError;
use super::failure::{self, Destination, millis};
use super::headers;
use super::ledger::Ledger;
use super::mask::SecretMask;
use super::proxy::host_and_port;
use super::received_response::ReceivedResponse;
use super::request::{Brings, ServiceRequest};
use super::response::ServiceResponse;
use super::retry::{feedback, next_wait};
use super::route::{Routes, connect_limit};
use super::soap::response_cache::ResponseCache;
use super::trust::{Issuer, TrustStores};

/// The largest body that is read, in bytes.
const BODY_BOUND: usize = 1024 * 1024;

/// HTTP client for the sign-in, Graph and Exchange services.
///
/// It sends only what its methods are called for, and records every request in its ledger.
#[derive(Debug)]
pub struct Wire {
    pub(super) endpoints: Endpoints,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) mask: SecretMask,
    pub(super) response_cache: ResponseCache,
    /// The query of every calendar view of this run.
    pub(super) viewed: OnceLock<String>,
    routes: Routes,
    pub(super) ledger: Ledger,
    pub(super) gate: AdmissionControl,
}

impl Wire {
    /// A client for these endpoints.
    pub fn new(
        endpoints: Endpoints,
        transport: &Transport,
        limits: Limits,
        clock: Clock,
    ) -> Result<Self, WireError> {
        Self::with_trust(&TrustStores::default(), endpoints, transport, limits, clock)
    }

    /// The same with certificate stores that several clients share.
    pub fn with_trust(
        stores: &TrustStores,
        endpoints: Endpoints,
        transport: &Transport,
        limits: Limits,
        clock: Clock,
    ) -> Result<Self, WireError> {
        let routes = Routes::new(stores, transport, &limits)?;
        let mask = SecretMask::default();
        // The password of a proxy is a secret as well, and no error text may show it.
        for password in endpoints
            .urls()
            .filter_map(|url| routes.proxy_to(url)?.password())
        {
            mask.hide(&password);
        }
        let (response_cache, viewed, ledger) =
            (ResponseCache::default(), OnceLock::new(), Ledger::default());
        let gate = AdmissionControl::new(&limits);
        Ok(Self {
            endpoints,
            limits,
            clock,
            mask,
            response_cache,
            viewed,
            routes,
            ledger,
            gate,
        })
    }

    /// From now on these secrets are masked in all texts of all services.
    pub fn hide_secrets<'s>(&self, secrets: impl IntoIterator<Item = &'s ClientSecret>) {
        for secret in secrets {
            self.mask.hide(secret.expose());
        }
    }

    /// Ends the run: sends nothing more, cancels what is in flight, and ends all waits.
    pub fn end(&self) {
        self.gate.end();
    }

    /// Whether the run has ended.
    pub fn has_ended(&self) -> bool {
        self.gate.has_ended()
    }

    /// Waits until `until`, or until the run ends or a service is given up. Returns whether the whole wait elapsed.
    pub async fn wait_until(&self, until: tokio::time::Instant) -> bool {
        self.gate.wait_until(until).await
    }

    /// The time, by the clock of the run.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Every request so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The proxy that carries requests of this run; `None` if every service is reached directly.
    pub fn proxy_in_use(&self) -> Option<ProxyInUse> {
        self.endpoints
            .urls()
            .find_map(|url| self.routes.proxy_in_use(url))
    }

    /// Who issued the certificate that `host` presented last, trusted or not; `None` before any TLS handshake.
    pub fn certificate_issuer(&self, host: &str) -> Option<Issuer> {
        self.routes.issuer_of(host.trim_matches(['[', ']']))
    }

    /// Sends a request, with retries, until its reply is final. `read` turns an HTTP response into a reply. Every attempt
    /// waits for its service, its mailbox and a permit; no permit is held between two attempts.
    pub(super) async fn send<T>(
        &self,
        request: ServiceRequest,
        read: impl Fn(&ReceivedResponse) -> Reply<T>,
    ) -> ServiceResponse<T> {
        self.send_noting(request, read, |_| {}).await
    }

    /// Like [`Wire::send`]. `on_send` receives the ledger number right before the first attempt.
    pub(super) async fn send_noting<T>(
        &self,
        mut request: ServiceRequest,
        read: impl Fn(&ReceivedResponse) -> Reply<T>,
        on_send: impl FnOnce(u32),
    ) -> ServiceResponse<T> {
        let before = std::mem::take(&mut request.earlier);
        let mut admitted = match self.gate.admit(&request).await {
            Ok(admitted) => admitted,
            Err(denial) => return denied(&before, denial),
        };
        // The record exists before the first byte is sent, so that an interrupted run lists the request too.
        let n = self.ledger.open(self.record(&request));
        on_send(n);
        let (mut attempts, mut ms, mut waited, mut last) = (0, 0, before.waited, None);
        let reply = loop {
            attempts += 1;
            let Some(received) = self
                .gate
                .unless_ended(self.send_once(n, &request, attempts, &mut ms))
                .await
            else {
                break last;
            };
            let reply = received.map_or_else(Reply::Unreachable, |response| read(&response));
            self.gate.learn(&request, admitted.sent, n, &reply);
            // Returned before the wait: a request that backs off must not keep others from being sent.
            if let Some(permit) = admitted.permit.take() {
                permit.release(feedback(&reply, &self.limits.retry));
            }
            let wait = self.wait_after(&request, &reply, before.attempts + attempts);
            // Attempts and waits share the time limit of a check, so a wait beyond it does not
            // begin.
            let wait = wait.filter(|wait| {
                self.limits
                    .allows(waited + *wait + Duration::from_millis(before.ms + ms))
            });
            let Some(wait) = wait else { break Some(reply) };
            if !self.gate.rest(&request, wait).await {
                break Some(reply);
            }
            waited += wait;
            admitted = match self.gate.admit(&request).await {
                Ok(admitted) => admitted,
                Err(_) => break Some(reply),
            };
            last = Some(reply);
        };
        let requests = before.requests.iter().copied().chain([n]).collect();
        match reply {
            Some(reply) => ServiceResponse::own(reply, requests, before.ms + ms),
            None => cut_off(&before, requests),
        }
    }

    /// The wait before the next attempt, if another attempt is due.
    fn wait_after<T>(
        &self,
        request: &ServiceRequest,
        reply: &Reply<T>,
        attempts: u32,
    ) -> Option<Duration> {
        // A write may have taken effect although its response was lost, so it must not be repeated.
        let is_enough = !request.repeatable
            || request.any_response_counts && matches!(reply, Reply::Refused(_));
        next_wait(reply, attempts, &self.limits.retry, roll).filter(|_| !is_enough)
    }

    /// Makes one attempt and records its outcome. Adds its duration to `ms`.
    pub(super) async fn send_once(
        &self,
        n: u32,
        request: &ServiceRequest,
        attempts: u32,
        ms: &mut u64,
    ) -> Result<ReceivedResponse, Failure> {
        let sent = Instant::now();
        let received = self.attempt(request).await;
        *ms += millis(sent.elapsed());
        if let (Brings::Token, Ok(response)) = (request.brings, &received) {
            response.hide_tokens(&self.mask);
        }
        self.record_outcome(n, attempts, *ms, &received);
        received
    }

    async fn attempt(&self, request: &ServiceRequest) -> Result<ReceivedResponse, Failure> {
        // When both limits are the same, the connection limit has to fire first, because it is the more specific one.
        let grace = if self.limits.request <= self.limits.connect {
            Duration::from_millis(100)
        } else {
            Duration::ZERO
        };
        // The time limit includes the body, because a body that arrives byte by byte might never
        // end.
        let sending = async {
            let response = self
                .routes
                .client(&request.url)
                .execute(to_http(request))
                .await?;
            self.whole(request.url.clone(), response).await
        };
        match tokio::time::timeout(self.limits.request + grace, sending).await {
            // Only a proxy sends 407 (RFC 9110, 15.5.8), so it is never a response of the service.
            Ok(Ok(response)) if response.status == 407 => Err(failure::proxy_wants_credentials(
                &self.destination(&request.url),
            )),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let to = self.destination(&request.url);
                let issuer = |host: &str| {
                    self.routes
                        .rejected_issuer_of(host)
                        .map(|issuer| issuer.title)
                };
                let failure = failure::failure(&error, &to, &self.mask, issuer);
                Err(self
                    .with_status_of_the_proxy(failure, &to, request.purpose)
                    .await)
            }
            Err(_) => Err(failure::no_response(
                &self.destination(&request.url),
                self.limits.request,
            )),
        }
    }

    /// Adds the proxy's status to a rejected tunnel, because the HTTP library does not report it.
    async fn with_status_of_the_proxy(
        &self,
        failure: Failure,
        to: &Destination,
        purpose: Purpose,
    ) -> Failure {
        let Some(proxy) = to
            .proxy
            .as_ref()
            .filter(|_| failure.layer == Layer::ProxyRefused)
        else {
            return failure;
        };
        let url = Url::parse(&format!("https://{}/", to.host));
        let request = url.map(|url| ServiceRequest::new(purpose, Method::CONNECT, url));
        let n = request.map(|request| self.ledger.open(self.record(&request)));
        let sent = Instant::now();
        let status = Box::pin(proxy.tunnel_status(&to.host, to.connect_limit))
            .await
            .map(|status| status.as_u16());
        if let Ok(n) = n {
            self.ledger.complete(n, |record| {
                (record.status, record.ms) = (status, millis(sent.elapsed()));
                record.failure = status
                    .is_none()
                    .then(|| "no response from the proxy".to_owned());
            });
        }
        match status {
            // A 2xx now means that the proxy accepts the tunnel after all, which does not explain the failure.
            Some(status) if status >= 300 => failure::with_status_of_tunnel(failure, status, to),
            _ => failure,
        }
    }

    /// Reads a response to its end, or to the size limit.
    async fn whole(
        &self,
        url: Url,
        mut response: Response,
    ) -> Result<ReceivedResponse, reqwest::Error> {
        let (mut body, mut too_large) = (BytesMut::new(), false);
        while let Some(chunk) = response.chunk().await? {
            // Discarded as a whole: the beginning of a document cannot be read as JSON or XML.
            if body.len() + chunk.len() > BODY_BOUND {
                (body, too_large) = (BytesMut::new(), true);
                break;
            }
            // The first chunk becomes the body without a copy; small responses have no other.
            if body.is_empty() {
                body = chunk.into();
            } else {
                body.extend_from_slice(&chunk);
            }
        }
        let (status, headers) = (
            response.status().as_u16(),
            std::mem::take(response.headers_mut()),
        );
        Ok(ReceivedResponse {
            url,
            status,
            headers,
            body: body.freeze(),
            too_large,
            at: self.clock.now(),
        })
    }

    fn destination(&self, url: &Url) -> Destination {
        Destination {
            host: host_and_port(url),
            name: url
                .host_str()
                .unwrap_or_default()
                .trim_matches(['[', ']'])
                .to_owned(),
            proxy: self.routes.proxy_to(url),
            connect_limit: connect_limit(&self.limits),
        }
    }

    /// The ledger record of a request that is about to be sent.
    pub(super) fn record(&self, request: &ServiceRequest) -> RequestRecord {
        RequestRecord {
            n: 0,
            at: self.clock.now(),
            purpose: request.purpose,
            method: request.method.as_str().to_owned(),
            url: without_credentials(&request.url),
            writes: request.writes,
            status: None,
            ms: 0,
            attempts: 1,
            request_id: None,
            client_request_id: request.client_request_id.clone(),
            headers: std::collections::BTreeMap::new(),
            failure: None,
        }
    }

    fn record_outcome(
        &self,
        n: u32,
        attempts: u32,
        ms: u64,
        received: &Result<ReceivedResponse, Failure>,
    ) {
        self.ledger.complete(n, |record| {
            record.attempts = attempts;
            record.ms = ms;
            // A later attempt can end differently; the record shows the last one.
            match received {
                Ok(response) => {
                    record.status = Some(response.status);
                    record.request_id = headers::request_id(&response.headers, &self.mask);
                    record.headers = headers::kept(&response.headers, &self.mask);
                    record.failure = None;
                }
                Err(failure) => {
                    record.status = None;
                    record.failure = Some(failure.detail.clone());
                }
            }
        });
    }
}

fn to_http(request: &ServiceRequest) -> Request {
    let mut http = Request::new(request.method.clone(), request.url.clone());
    *http.headers_mut() = request.headers.clone();
    *http.body_mut() = request.body.clone().map(Into::into);
    http
}

fn without_credentials(url: &Url) -> String {
    if url.username().is_empty() && url.password().is_none() {
        return url.as_str().to_owned();
    }
    let mut url = url.clone();
    // Both fail only for URLs that cannot carry credentials.
    let _ = (url.set_username(""), url.set_password(None));
    url.into()
}

/// A random number from 0 to 1, from the same source as request ids.
pub(super) fn roll() -> f64 {
    f64::from(Uuid::new_v4().as_bytes()[0]) / f64::from(u8::MAX)
}

/// `now` plus `by`; unchanged where the result would be outside the calendar.
pub(super) fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(now)
}
