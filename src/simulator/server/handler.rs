//! HTTP handler: from a request to its response, through the scenario's faults, latency and limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use http::{HeaderName, HeaderValue, Request, Response, Version, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::simulator::dispatch::Destination;
use crate::simulator::faults::Faults;
use crate::simulator::graph::Batch;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::recorder::Recorder;
use crate::simulator::scenario::{Fault, FaultPlace};
use crate::simulator::tenant::Tenant;
use crate::simulator::throttle::{self, Counter, InFlight};
use crate::simulator::{exchange, graph};

use super::connection_fault::ConnectionHandle;
use super::fault_effect::{self, Disruption, FaultEffect};
use super::response_body::{self, ResponseBody};

const LARGE_MEBIBYTES: usize = 100;

/// A request that needs a response.
struct ReceivedRequest {
    url: String,
    request: SimulatedRequest,
    destination: Destination,
    connection: ConnectionHandle,
    is_http_2: bool,
}

/// Everything that a connection needs to respond.
pub(crate) struct RequestHandler {
    tenant: Arc<Tenant>,
    faults: Faults,
    counter: Arc<Counter>,
    recorder: Option<Recorder>,
    scheme: &'static str,
}

impl RequestHandler {
    pub(crate) fn new(
        tenant: Arc<Tenant>,
        faults: &[Fault],
        recorder: Option<Recorder>,
        tls: bool,
    ) -> RequestHandler {
        let scheme = if tls { "https" } else { "http" };
        RequestHandler {
            tenant,
            faults: Faults::new(faults),
            counter: Arc::default(),
            recorder,
            scheme,
        }
    }

    /// Counts the requests.
    pub(crate) fn counter(&self) -> Arc<Counter> {
        Arc::clone(&self.counter)
    }

    /// Responds to one request. An error closes the connection or resets the stream.
    pub(crate) async fn respond(
        self: Arc<RequestHandler>,
        request: Request<Incoming>,
        connection: ConnectionHandle,
    ) -> io::Result<Response<ResponseBody>> {
        let is_http_2 = request.version() == Version::HTTP_2;
        let (url, request) = self.read(request).await?;
        let destination = self.tenant.destination(&request);
        let mailbox = mailbox_of(&destination, &request);
        let fault = destination
            .fault_place()
            .and_then(|place| self.faults.matching(place, &request, mailbox.as_deref()));
        let effect = fault.map(|fault| fault_effect::effect_of(fault, &request));
        let received = ReceivedRequest {
            url,
            request,
            destination,
            connection,
            is_http_2,
        };
        match effect {
            None => {
                self.respond_from_tenant(&received, mailbox, Duration::ZERO)
                    .await
            }
            Some(FaultEffect::Delayed(delay)) => {
                self.respond_from_tenant(&received, mailbox, delay).await
            }
            Some(FaultEffect::Disrupted(disruption)) => {
                // A request without a response is in flight as well, until its client gives up.
                let _in_flight = self.begin(&received.destination, mailbox);
                self.respond_with_fault(&received, disruption).await
            }
        }
    }

    async fn respond_from_tenant(
        &self,
        received: &ReceivedRequest,
        mailbox: Option<String>,
        delay: Duration,
    ) -> io::Result<Response<ResponseBody>> {
        let ReceivedRequest {
            request,
            destination,
            ..
        } = received;
        let batch = match destination {
            Destination::Graph => graph::batched(&self.tenant, request),
            _ => None,
        };
        let response = if let Some(batch) = batch {
            // The limits apply to each request in a batch on its own
            // (learn.microsoft.com/graph/json-batching).
            tokio::time::sleep(delay).await;
            batch.to_response(self.responses_in_batch(&batch, received).await?)
        } else {
            let throttled = self.wait(request, destination, mailbox, delay).await;
            throttled.unwrap_or_else(|| self.tenant.respond(request))
        };
        self.send_whole(received, response)
    }

    /// Sends a complete response, with the headers that every response has.
    fn send_whole(
        &self,
        received: &ReceivedRequest,
        response: SimulatedResponse,
    ) -> io::Result<Response<ResponseBody>> {
        let response =
            self.tenant
                .with_common_headers(response, &received.destination, &received.request);
        self.note(received, Some(&response));
        http_response(&response, response_body::whole(response.body.clone()))
    }

    /// The responses to the requests of a batch, each with the index of its request, in the order in which they are ready.
    async fn responses_in_batch(
        &self,
        batch: &Batch,
        received: &ReceivedRequest,
    ) -> io::Result<Vec<(usize, SimulatedResponse)>> {
        let responses =
            (0..batch.requests().len()).map(|place| self.respond_in_batch(batch, place, received));
        stream::iter(responses)
            .buffer_unordered(batch.concurrency())
            .try_collect()
            .await
    }

    /// The response to one request of a batch. A fault that leaves no complete response leaves none for the whole batch.
    async fn respond_in_batch(
        &self,
        batch: &Batch,
        place: usize,
        received: &ReceivedRequest,
    ) -> io::Result<(usize, SimulatedResponse)> {
        let request = &batch.requests()[place];
        let mailbox = mailbox_of(&Destination::Graph, request);
        let fault = self
            .faults
            .matching(FaultPlace::Graph, request, mailbox.as_deref());
        let delay = match fault.map(|fault| fault_effect::effect_of(fault, request)) {
            None => Duration::ZERO,
            Some(FaultEffect::Delayed(delay)) => delay,
            Some(FaultEffect::Disrupted(disruption)) => {
                let _in_flight = self.begin(&Destination::Graph, mailbox);
                match disruption {
                    Disruption::Replaced(response) => return Ok((place, response)),
                    Disruption::Changed(change) => {
                        let response = graph::respond(&self.tenant, request);
                        return Ok((place, change.apply(response, self.tenant.now())));
                    }
                    _ => {}
                }
                self.note(received, None);
                return match disruption {
                    Disruption::Hang => std::future::pending().await,
                    Disruption::Late(delay) => {
                        // The effect comes before the delay, so that it remains even if the client
                        // stops waiting.
                        let response = graph::respond(&self.tenant, request);
                        tokio::time::sleep(delay).await;
                        Ok((place, response))
                    }
                    Disruption::Lost => {
                        graph::respond(&self.tenant, request);
                        Err(io::ErrorKind::ConnectionReset.into())
                    }
                    _ => Err(io::ErrorKind::ConnectionReset.into()),
                };
            }
        };
        let throttled = self
            .wait(request, &Destination::Graph, mailbox, delay)
            .await;
        Ok((
            place,
            throttled.unwrap_or_else(|| graph::respond(&self.tenant, request)),
        ))
    }

    /// Waits for the latency of a request, during which it counts as in flight. Returns the throttling response if it exceeds a limit.
    async fn wait(
        &self,
        request: &SimulatedRequest,
        destination: &Destination,
        mailbox: Option<String>,
        delay: Duration,
    ) -> Option<SimulatedResponse> {
        let limits = &self.tenant.description().throttle;
        // It ends with this call, when the response is ready or the client has disconnected.
        let mut in_flight = self.begin(destination, mailbox);
        let limited = in_flight
            .as_mut()
            .filter(|_| throttles(destination) && request.bearer().is_some());
        let over = limited.and_then(|request| request.over(limits));
        tokio::time::sleep(delay + Duration::from_millis(self.tenant.description().latency_ms))
            .await;
        match destination {
            Destination::Exchange => Some(exchange::throttled(over?, limits.retry_after)),
            _ => Some(graph::throttled(
                request,
                self.tenant.now(),
                over?,
                limits.retry_after,
            )),
        }
    }

    fn begin(&self, destination: &Destination, mailbox: Option<String>) -> Option<InFlight> {
        destination
            .fault_place()
            .map(|place| throttle::begin(&self.counter, place, mailbox))
    }

    /// What is left of a response to which a fault applies.
    async fn respond_with_fault(
        &self,
        received: &ReceivedRequest,
        disruption: Disruption,
    ) -> io::Result<Response<ResponseBody>> {
        let ReceivedRequest {
            request,
            destination,
            ..
        } = received;
        match disruption {
            Disruption::Replaced(response) => self.send_whole(received, response),
            Disruption::Changed(change) => {
                let response = self.tenant.respond(request);
                self.send_whole(received, change.apply(response, self.tenant.now()))
            }
            Disruption::Connection(fault) => {
                self.note(received, None);
                let reply = fault.reply(&self.tenant.respond(request), received.is_http_2);
                received.connection.end_with(reply);
                // The connection drops this request.
                std::future::pending().await
            }
            Disruption::CutOff => {
                self.note(received, None);
                cut_off(&self.tenant.respond(request))
            }
            Disruption::TooLarge => {
                self.note(received, None);
                let response =
                    SimulatedResponse::empty(200).with_header("content-type", "application/json");
                http_response(
                    &self
                        .tenant
                        .with_common_headers(response, destination, request),
                    response_body::large(LARGE_MEBIBYTES),
                )
            }
            Disruption::Hang => {
                self.note(received, None);
                std::future::pending().await
            }
            Disruption::Reset => {
                self.note(received, None);
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Disruption::Lost => {
                self.note(received, None);
                self.tenant.respond(request);
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Disruption::Late(delay) => {
                // The effect comes before the delay, so that it remains even if the client stops
                // waiting.
                let response = self.tenant.respond(request);
                tokio::time::sleep(delay).await;
                self.send_whole(received, response)
            }
        }
    }

    /// The request with its whole body, and its absolute URL.
    async fn read(&self, request: Request<Incoming>) -> io::Result<(String, SimulatedRequest)> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let target = parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string);
        let mut headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        // HTTP/2 has no host header; the `:authority` pseudo-header takes its place (RFC 9113, 8.3.1).
        if let Some(authority) = parts
            .uri
            .authority()
            .filter(|_| !parts.headers.contains_key(header::HOST))
        {
            headers.push(("host".to_owned(), authority.to_string()));
        }
        let request = SimulatedRequest {
            method: parts.method.as_str().to_owned(),
            target,
            headers,
            body: body.to_vec(),
        };
        let host = request.header("host").unwrap_or("localhost");
        Ok((
            format!("{}://{host}{}", self.scheme, request.target),
            request,
        ))
    }

    fn note(&self, received: &ReceivedRequest, response: Option<&SimulatedResponse>) {
        if let Some(recorder) = &self.recorder {
            recorder.note(&received.url, &received.request, response);
        }
    }
}

fn throttles(destination: &Destination) -> bool {
    matches!(destination, Destination::Graph | Destination::Exchange)
}

/// The mailbox a request is about, in lower case.
fn mailbox_of(destination: &Destination, request: &SimulatedRequest) -> Option<String> {
    match destination {
        Destination::Exchange => exchange::impersonated_address(request),
        Destination::Graph => {
            let segments = request.segments();
            let is_user = segments
                .get(1)
                .is_some_and(|word| word.eq_ignore_ascii_case("users"));
            segments
                .get(2)
                .filter(|_| is_user)
                .map(|address| address.to_lowercase())
        }
        _ => None,
    }
}

fn http_response(
    simulated: &SimulatedResponse,
    body: ResponseBody,
) -> io::Result<Response<ResponseBody>> {
    let mut response = Response::builder()
        .status(simulated.status)
        .body(body)
        .map_err(io::Error::other)?;
    for (name, value) in &simulated.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
        response.headers_mut().append(
            name,
            HeaderValue::from_str(value).map_err(io::Error::other)?,
        );
    }
    Ok(response)
}

/// Announces the complete length and sends half of the body.
fn cut_off(simulated: &SimulatedResponse) -> io::Result<Response<ResponseBody>> {
    let mut response = http_response(simulated, response_body::cut_off(&simulated.body))?;
    // With an announced length of zero, an empty body would count as complete.
    response.headers_mut().insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(simulated.body.len().max(1)),
    );
    Ok(response)
}
