//! From a request on the wire to an answer on the wire, through the scenario's faults, latency and limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::{self, AnswerBody};
use super::strike::{self, Blow};
use crate::simulator::faults::Faults;
use crate::simulator::message::{SimulatedAnswer, SimulatedRequest};
use crate::simulator::recorder::Recorder;
use crate::simulator::scenario::Fault;
use crate::simulator::tenant::{Destination, Tenant};
use crate::simulator::throttle::{self, Counter, InFlight};
use crate::simulator::{exchange, graph};

const LARGE_MEBIBYTES: usize = 64;

/// Everything a connection needs to answer.
pub(crate) struct Front {
    tenant: Arc<Tenant>,
    faults: Faults,
    counter: Arc<Counter>,
    recorder: Option<Recorder>,
    scheme: &'static str,
}

impl Front {
    pub(crate) fn new(tenant: Arc<Tenant>, faults: &[Fault], recorder: Option<Recorder>, tls: bool) -> Front {
        let scheme = if tls { "https" } else { "http" };
        Front { tenant, faults: Faults::new(faults), counter: Arc::default(), recorder, scheme }
    }

    /// Counts the requests.
    pub(crate) fn counter(&self) -> Arc<Counter> {
        Arc::clone(&self.counter)
    }

    /// Answers one request. An error closes the connection or resets the stream.
    pub(crate) async fn respond(self: Arc<Front>, request: Request<Incoming>) -> io::Result<Response<AnswerBody>> {
        let (url, request) = self.read(request).await?;
        let destination = self.tenant.destination(&request);
        let mailbox = mailbox_of(&destination, &request);
        let fault = destination.fault_place().and_then(|place| self.faults.strike(place, &request, mailbox.as_deref()));
        // It ends with this call, when the answer is ready or the client has gone.
        let in_flight = destination.fault_place().map(|place| throttle::begin(&self.counter, place, mailbox));
        match fault.map(strike::blow) {
            None => self.own_answer(&url, &request, &destination, in_flight, Duration::ZERO).await,
            Some(Blow::Delayed(delay)) => self.own_answer(&url, &request, &destination, in_flight, delay).await,
            Some(Blow::Replaced(answer)) => {
                let answer = self.tenant.with_common_headers(answer, &destination, &request);
                self.note(&url, &request, Some(&answer));
                response(&answer, body::whole(answer.body.clone()))
            }
            Some(Blow::CutOff) => {
                let answer = self.tenant.answer(&request);
                self.note(&url, &request, None);
                cut_off(&answer)
            }
            Some(Blow::TooLarge) => {
                self.note(&url, &request, None);
                let answer = SimulatedAnswer::empty(200).with_header("content-type", "application/json");
                response(&self.tenant.with_common_headers(answer, &destination, &request), body::large(LARGE_MEBIBYTES))
            }
            Some(Blow::Hang) => {
                self.note(&url, &request, None);
                std::future::pending().await
            }
            Some(Blow::Reset) => {
                self.note(&url, &request, None);
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
    }

    async fn own_answer(
        &self,
        url: &str,
        request: &SimulatedRequest,
        destination: &Destination,
        mut in_flight: Option<InFlight>,
        delay: Duration,
    ) -> io::Result<Response<AnswerBody>> {
        let limits = &self.tenant.description().throttle;
        let limited = in_flight.as_mut().filter(|_| throttles(destination) && request.bearer().is_some());
        let over = limited.and_then(|request| request.over(limits));
        tokio::time::sleep(delay + Duration::from_millis(self.tenant.description().latency_ms)).await;
        let answer = match (over, destination) {
            (Some(limit), Destination::Graph) => {
                graph::throttled(request, self.tenant.now(), limit, limits.retry_after)
            }
            (Some(limit), Destination::Exchange) => exchange::throttled(limit, limits.retry_after),
            _ => self.tenant.answer(request),
        };
        let answer = self.tenant.with_common_headers(answer, destination, request);
        self.note(url, request, Some(&answer));
        response(&answer, body::whole(answer.body.clone()))
    }

    /// The request with its whole body, and its absolute URL.
    async fn read(&self, request: Request<Incoming>) -> io::Result<(String, SimulatedRequest)> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let target = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let mut headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        // HTTP/2 has no host header; the authority stands in its place.
        if let Some(authority) = parts.uri.authority().filter(|_| !parts.headers.contains_key(header::HOST)) {
            headers.push(("host".to_owned(), authority.to_string()));
        }
        let request =
            SimulatedRequest { method: parts.method.as_str().to_owned(), target, headers, body: body.to_vec() };
        let host = request.header("host").unwrap_or("localhost");
        Ok((format!("{}://{host}{}", self.scheme, request.target), request))
    }

    fn note(&self, url: &str, request: &SimulatedRequest, answer: Option<&SimulatedAnswer>) {
        if let Some(recorder) = &self.recorder {
            recorder.note(url, request, answer);
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
            let is_user = segments.get(1).is_some_and(|word| word.eq_ignore_ascii_case("users"));
            segments.get(2).filter(|_| is_user).map(|address| address.to_lowercase())
        }
        _ => None,
    }
}

fn response(answer: &SimulatedAnswer, body: AnswerBody) -> io::Result<Response<AnswerBody>> {
    let mut response = Response::builder().status(answer.status).body(body).map_err(io::Error::other)?;
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
        response.headers_mut().append(name, HeaderValue::from_str(value).map_err(io::Error::other)?);
    }
    Ok(response)
}

/// The whole answer is announced, half of it comes.
fn cut_off(answer: &SimulatedAnswer) -> io::Result<Response<AnswerBody>> {
    let mut response = response(answer, body::cut_off(&answer.body))?;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(answer.body.len().max(1)));
    Ok(response)
}
