//! From a request on the wire to an answer on the wire, through the scenario's faults, latency and limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::{self, AnswerBody};
use super::strike::{self, Blow, Strike};
use crate::simulator::dispatch::Destination;
use crate::simulator::faults::Faults;
use crate::simulator::graph::Batch;
use crate::simulator::message::{SimulatedAnswer, SimulatedRequest};
use crate::simulator::recorder::Recorder;
use crate::simulator::scenario::{Fault, FaultPlace};
use crate::simulator::tenant::Tenant;
use crate::simulator::throttle::{self, Counter, InFlight};
use crate::simulator::{exchange, graph};

const LARGE_MEBIBYTES: usize = 64;

/// A request that is to be answered.
struct Arrived {
    url: String,
    request: SimulatedRequest,
    destination: Destination,
}

/// Everything a connection needs to answer.
pub(crate) struct Front {
    tenant: Arc<Tenant>,
    faults: Faults,
    counter: Arc<Counter>,
    recorder: Option<Recorder>,
    scheme: &'static str,
}

impl Front {
    pub(crate) fn new(
        tenant: Arc<Tenant>,
        faults: &[Fault],
        recorder: Option<Recorder>,
        tls: bool,
    ) -> Front {
        let scheme = if tls { "https" } else { "http" };
        Front {
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

    /// Answers one request. An error closes the connection or resets the stream.
    pub(crate) async fn respond(
        self: Arc<Front>,
        request: Request<Incoming>,
    ) -> io::Result<Response<AnswerBody>> {
        let (url, request) = self.read(request).await?;
        let destination = self.tenant.destination(&request);
        let mailbox = mailbox_of(&destination, &request);
        let fault = destination
            .fault_place()
            .and_then(|place| self.faults.strike(place, &request, mailbox.as_deref()));
        let arrived = Arrived {
            url,
            request,
            destination,
        };
        match fault.map(strike::strike) {
            None => self.own_answer(&arrived, mailbox, Duration::ZERO).await,
            Some(Strike::Delayed(delay)) => self.own_answer(&arrived, mailbox, delay).await,
            Some(Strike::Spoilt(blow)) => {
                let _in_flight = self.begin(&arrived.destination, mailbox);
                self.struck_answer(&arrived, blow).await
            }
        }
    }

    async fn own_answer(
        &self,
        arrived: &Arrived,
        mailbox: Option<String>,
        delay: Duration,
    ) -> io::Result<Response<AnswerBody>> {
        let Arrived {
            request,
            destination,
            ..
        } = arrived;
        let batch = match destination {
            Destination::Graph => graph::batched(&self.tenant, request),
            _ => None,
        };
        let answer = if let Some(batch) = batch {
            // A batch takes up no place of a limit itself; the requests in it do.
            tokio::time::sleep(delay).await;
            batch.answer(self.answers_in(&batch, arrived).await?)
        } else {
            let throttled = self.wait(request, destination, mailbox, delay).await;
            throttled.unwrap_or_else(|| self.tenant.answer(request))
        };
        self.whole_answer(arrived, answer)
    }

    /// Sends an answer whole, with the headers that every answer has.
    fn whole_answer(
        &self,
        arrived: &Arrived,
        answer: SimulatedAnswer,
    ) -> io::Result<Response<AnswerBody>> {
        let answer =
            self.tenant
                .with_common_headers(answer, &arrived.destination, &arrived.request);
        self.note(arrived, Some(&answer));
        response(&answer, body::whole(answer.body.clone()))
    }

    /// The answers to the requests of a batch, each with the place of its request, in the order in which they are ready.
    async fn answers_in(
        &self,
        batch: &Batch,
        arrived: &Arrived,
    ) -> io::Result<Vec<(usize, SimulatedAnswer)>> {
        let answers =
            (0..batch.requests().len()).map(|place| self.answer_in_batch(batch, place, arrived));
        stream::iter(answers)
            .buffer_unordered(batch.at_once())
            .try_collect()
            .await
    }

    /// The answer to one request of a batch. A fault that leaves no whole answer leaves none to the batch.
    async fn answer_in_batch(
        &self,
        batch: &Batch,
        place: usize,
        arrived: &Arrived,
    ) -> io::Result<(usize, SimulatedAnswer)> {
        let request = &batch.requests()[place];
        let mailbox = mailbox_of(&Destination::Graph, request);
        let fault = self
            .faults
            .strike(FaultPlace::Graph, request, mailbox.as_deref());
        let delay = match fault.map(strike::strike) {
            None => Duration::ZERO,
            Some(Strike::Delayed(delay)) => delay,
            Some(Strike::Spoilt(blow)) => {
                let _in_flight = self.begin(&Destination::Graph, mailbox);
                if let Blow::Replaced(answer) = blow {
                    return Ok((place, answer));
                }
                self.note(arrived, None);
                return match blow {
                    Blow::Hang => std::future::pending().await,
                    Blow::Late(delay) => {
                        let answer = graph::answer(&self.tenant, request);
                        tokio::time::sleep(delay).await;
                        Ok((place, answer))
                    }
                    Blow::Lost => {
                        graph::answer(&self.tenant, request);
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
            throttled.unwrap_or_else(|| graph::answer(&self.tenant, request)),
        ))
    }

    /// Lets the time of a request pass, in which it counts as in flight. What turns it away, if it is over a limit.
    async fn wait(
        &self,
        request: &SimulatedRequest,
        destination: &Destination,
        mailbox: Option<String>,
        delay: Duration,
    ) -> Option<SimulatedAnswer> {
        let limits = &self.tenant.description().throttle;
        // It ends with this call, when the answer is ready or the client has gone.
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

    /// What is left of an answer that a fault strikes.
    async fn struck_answer(
        &self,
        arrived: &Arrived,
        blow: Blow,
    ) -> io::Result<Response<AnswerBody>> {
        let Arrived {
            request,
            destination,
            ..
        } = arrived;
        match blow {
            Blow::Replaced(answer) => self.whole_answer(arrived, answer),
            Blow::CutOff => {
                self.note(arrived, None);
                cut_off(&self.tenant.answer(request))
            }
            Blow::TooLarge => {
                self.note(arrived, None);
                let answer =
                    SimulatedAnswer::empty(200).with_header("content-type", "application/json");
                response(
                    &self
                        .tenant
                        .with_common_headers(answer, destination, request),
                    body::large(LARGE_MEBIBYTES),
                )
            }
            Blow::Hang => {
                self.note(arrived, None);
                std::future::pending().await
            }
            Blow::Reset => {
                self.note(arrived, None);
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Blow::Lost => {
                self.note(arrived, None);
                self.tenant.answer(request);
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Blow::Late(delay) => {
                let answer = self.tenant.answer(request);
                tokio::time::sleep(delay).await;
                self.whole_answer(arrived, answer)
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
        // HTTP/2 has no host header; the authority stands in its place.
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

    fn note(&self, arrived: &Arrived, answer: Option<&SimulatedAnswer>) {
        if let Some(recorder) = &self.recorder {
            recorder.note(&arrived.url, &arrived.request, answer);
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

fn response(answer: &SimulatedAnswer, body: AnswerBody) -> io::Result<Response<AnswerBody>> {
    let mut response = Response::builder()
        .status(answer.status)
        .body(body)
        .map_err(io::Error::other)?;
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
        response.headers_mut().append(
            name,
            HeaderValue::from_str(value).map_err(io::Error::other)?,
        );
    }
    Ok(response)
}

/// The whole answer is announced, half of it comes.
fn cut_off(answer: &SimulatedAnswer) -> io::Result<Response<AnswerBody>> {
    let mut response = response(answer, body::cut_off(&answer.body))?;
    response.headers_mut().insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(answer.body.len().max(1)),
    );
    Ok(response)
}
