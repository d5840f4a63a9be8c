//! One request about many mailboxes in one request, by Graph's `$batch`.
//!
//! A batch reduces the number of requests for a large estate, and with it the load on every proxy. Within it, a response
//! has no diagnostics of the service and no request id of its own. So successful responses in a batch are accepted as they
//! are; every other request is sent again on its own, and that response counts.
//!
//! Outlook works on four requests of a batch at a time, whatever their mailboxes, and applies its limits to each, as if
//! it had been sent on its own (learn.microsoft.com/graph/json-batching and /graph/throttling-limits). A batch keeps the pace
//! accordingly. What happens to a batch after a timeout or a broken connection is not documented: the
//! service may still process it when its requests are sent on their own, and then one mailbox can get two requests.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use url::{Position, Url};

use crate::evidence::{Failure, Refusal, Reply};
use crate::settings::{MailboxAddress, RetryPolicy};
use crate::terms::CheckId;

use super::admission::target_of;
use super::client::{Wire, roll};
use super::limiter::Feedback;
use super::mask::SecretMask;
use super::odata;
use super::received_response::ReceivedResponse;
use super::request::ServiceRequest;
use super::response::{EarlierAttempts, ServiceResponse};
use super::retry::{feedback, next_wait};
use super::secret::AccessToken;
use super::url_path::below_escaped;

/// Microsoft takes no more requests in one batch.
pub const MOST_IN_BATCH: usize = 20;
/// So many requests of a batch are worked on at a time.
pub const BATCH_PERMITS: u32 = 4;
/// The header of a record that states how long to wait before the next request.
const RETRY_AFTER: &str = "retry-after";

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batched {
    /// The result of each request, in the order of the requests.
    pub responses: Vec<Result<ServiceResponse<()>, SendAlone>>,
    /// What is to be thought of further batches.
    pub lesson: BatchFeedback,
}

/// A batch has no usable response for a request: the request must be sent on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendAlone {
    /// After so long, if there is a reason to wait.
    pub after: Option<Duration>,
    /// What the batch cost.
    pub earlier: EarlierAttempts,
}

/// What a batch teaches about further ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFeedback {
    /// The batch had at least one usable response.
    Useful,
    /// It had no successful response for any mailbox.
    NoGoodNews,
    /// The service throttled the batch before it processed any request.
    NotNow,
    /// A device on the network path blocks batches, or the service does not accept them.
    NotUnderstood,
}

/// One request about each of several mailboxes.
struct Inner {
    method: &'static str,
    urls: Vec<Url>,
    /// Reads a response as if its request had been sent on its own.
    read: fn(&ReceivedResponse, &SecretMask) -> Reply<()>,
    /// Whether a reply is a success.
    is_good: fn(&Reply<()>, &RetryPolicy) -> bool,
}

#[derive(Serialize)]
struct Requests<'q> {
    requests: Vec<InnerRequest<'q>>,
}

#[derive(Serialize)]
struct InnerRequest<'q> {
    id: String,
    method: &'q str,
    url: &'q str,
}

#[derive(Deserialize)]
struct Responses<'a> {
    #[serde(borrow)]
    responses: Vec<InnerResponse<'a>>,
}

#[derive(Deserialize)]
struct InnerResponse<'a> {
    id: String,
    status: u16,
    headers: Option<HashMap<String, Value>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

impl Wire {
    /// Views an hour of several calendars; see [`Wire::calendar_view`]. `None` when the pace of the service leaves no room
    /// for a batch now.
    pub async fn calendar_views(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailboxes: &[&MailboxAddress],
    ) -> Option<Batched> {
        let urls = mailboxes
            .iter()
            .map(|mailbox| self.view_of(mailbox))
            .collect();
        let is_good = |reply: &Reply<()>, _: &RetryPolicy| matches!(reply, Reply::Success(()));
        self.batch(
            purpose,
            token,
            Inner {
                method: "GET",
                urls,
                read: odata::read_list,
                is_good,
            },
        )
        .await
    }

    /// Requests the deletion of an event that cannot exist in several readable mailboxes; see [`Wire::no_touch_event_delete`].
    /// `None` when the pace of the service leaves no room for a batch now.
    pub async fn no_touch_event_deletes(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailboxes: &[&MailboxAddress],
    ) -> Option<Batched> {
        let urls = mailboxes
            .iter()
            .map(|mailbox| self.no_such_event_of(mailbox))
            .collect();
        let is_good = |reply: &Reply<()>, policy: &RetryPolicy| match reply {
            Reply::Refused(Refusal {
                code: Some(code), ..
            }) => policy.refused_item_codes.contains(code),
            _ => false,
        };
        self.batch(
            purpose,
            token,
            Inner {
                method: "DELETE",
                urls,
                read: odata::read_done,
                is_good,
            },
        )
        .await
    }

    async fn batch(&self, purpose: CheckId, token: &AccessToken, inner: Inner) -> Option<Batched> {
        let url = below_escaped(&self.endpoints.graph.url, "$batch");
        let request = ServiceRequest::to_graph(purpose, Method::POST, url).authorized(token);
        let request = request.body("application/json", self.body_of(&inner)?);
        // Where the service is not to be sent anything for now, each mailbox waits for its own turn.
        self.gate.ready(&target_of(&request), &request).await.ok()?;
        let permit = self.gate.graph_permits(BATCH_PERMITS).await?;
        // The wait for permits can be long, and by now a mailbox of the batch may be on hold.
        let sent = self.gate.admits_now(&request, &inner.urls)?;
        let (number, mut ms) = (self.ledger.open(self.record(&request)), 0);
        let Some(received) = self
            .gate
            .unless_ended(self.send_once(number, &request, 1, &mut ms))
            .await
        else {
            return Some(given_up(inner.urls.len(), number));
        };
        let (replies, is_understood) = match self.replies(&received, &inner) {
            Some(replies) => (replies, true),
            None => (vec![Some(self.refusal(received)); inner.urls.len()], false),
        };
        // A batch that failed as a whole counts as one response, however many requests it contains.
        let counted = if is_understood { replies.len() } else { 1 };
        if is_understood {
            let replies: Vec<_> = inner
                .urls
                .iter()
                .zip(&replies)
                .filter_map(|(url, reply)| Some((url, reply.as_ref()?)))
                .collect();
            self.gate.learn_from_batch(&request, sent, number, &replies);
        } else if let Some(Some(reply)) = replies.first() {
            self.gate.learn(&request, sent, number, reply);
        }
        let moods: Vec<Feedback> = replies
            .iter()
            .flatten()
            .take(counted)
            .map(|reply| feedback(reply, &self.limits.retry))
            .collect();
        let is_good =
            |reply: &Reply<()>| is_understood && (inner.is_good)(reply, &self.limits.retry);
        let lesson = match is_understood {
            _ if replies.iter().flatten().any(is_good) => BatchFeedback::Useful,
            _ if moods
                .iter()
                .any(|feedback| *feedback != Feedback::NotThrottled) =>
            {
                BatchFeedback::NotNow
            }
            true => BatchFeedback::NoGoodNews,
            false => BatchFeedback::NotUnderstood,
        };
        permit.release_all(moods);
        let settled: Vec<_> = replies
            .into_iter()
            .map(|reply| self.settled(reply, is_good))
            .collect();
        self.record_wait(number, &settled);
        Some(Batched {
            responses: inner_responses(settled, number, ms),
            lesson,
        })
    }

    /// The response that came instead of the responses of a batch.
    fn refusal(&self, received: Result<ReceivedResponse, Failure>) -> Reply<()> {
        received.map_or_else(Reply::Unreachable, |response| {
            odata::read_done(&response, &self.mask)
        })
    }

    /// Whether a reply is final: a success is, and so is a wait that is longer than the patience of the run.
    fn settled(&self, reply: Option<Reply<()>>, is_good: impl Fn(&Reply<()>) -> bool) -> Settled {
        let Some(reply) = reply else { return Err(None) };
        if is_good(&reply) {
            return Ok(reply);
        }
        match (
            next_wait(&reply, 1, &self.limits.retry, roll),
            feedback(&reply, &self.limits.retry),
        ) {
            (None, Feedback::Throttled) => Ok(reply),
            (wait, _) => Err(wait.map(|wait| (wait, Box::new(reply)))),
        }
    }

    /// Records the longest `Retry-After` that the run does not wait for, also one of a part of the batch. One that it waits
    /// for is not recorded, as with any other retry.
    fn record_wait(&self, number: u32, settled: &[Settled]) {
        let requested = |settled: &Settled| match settled {
            Ok(Reply::Refused(refusal)) => refusal.retry_after_ms,
            _ => None,
        };
        let longest = settled.iter().filter_map(requested).max();
        self.ledger.complete(number, |record| {
            record.headers.remove(RETRY_AFTER);
            record.headers.extend(
                longest.map(|ms| (Cow::Borrowed(RETRY_AFTER), ms.div_ceil(1000).to_string())),
            );
        });
    }

    /// The body of a batch. Addresses in it are relative to the version of Graph.
    fn body_of(&self, inner: &Inner) -> Option<Vec<u8>> {
        let base = self.endpoints.graph.url.path().trim_end_matches('/');
        let mut requests = Vec::with_capacity(inner.urls.len());
        for (place, url) in inner.urls.iter().enumerate() {
            let url = url[Position::BeforePath..].strip_prefix(base)?;
            requests.push(InnerRequest {
                id: place.to_string(),
                method: inner.method,
                url,
            });
        }
        serde_json::to_vec(&Requests { requests }).ok()
    }

    /// The replies of a batch with a valid batch response, in the order of the requests, which the service need not keep.
    /// A request without a response has none. A batch that contains a 429 has status 200; earlier versions of Microsoft's page
    /// stated 424 (learn.microsoft.com/graph/throttling, github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/8883,
    /// github.com/dotnet/dev-proxy/issues/1358).
    fn replies(
        &self,
        received: &Result<ReceivedResponse, Failure>,
        inner: &Inner,
    ) -> Option<Vec<Option<Reply<()>>>> {
        let batch = received.as_ref().ok()?;
        read_batch(batch, inner.urls.len(), inner.read, &self.mask)
    }
}

/// Reads the response to a batch of so many requests; each reply is read by `read`. `None` if it is not a
/// usable batch response.
pub(super) fn read_batch(
    batch: &ReceivedResponse,
    requests: usize,
    read: fn(&ReceivedResponse, &SecretMask) -> Reply<()>,
    mask: &SecretMask,
) -> Option<Vec<Option<Reply<()>>>> {
    if !batch.is_success() && batch.status != 424 {
        return None;
    }
    let text = batch.text();
    let mut replies = vec![None; requests];
    for response in serde_json::from_str::<Responses<'_>>(&text).ok()?.responses {
        // A response to no request of this batch makes the whole batch unusable.
        let slot = response
            .id
            .parse::<usize>()
            .ok()
            .and_then(|index| replies.get_mut(index))?;
        *slot = Some(read(&response.alone(batch), mask));
    }
    Some(replies)
}

/// A final reply; otherwise the request is sent on its own, after the wait that the reply demands.
type Settled = Result<Reply<()>, Option<(Duration, Box<Reply<()>>)>>;

/// The result of a batch that the end of the run interrupted.
fn given_up(requests: usize, number: u32) -> Batched {
    let alone = SendAlone {
        after: None,
        earlier: EarlierAttempts {
            requests: vec![number],
            ..EarlierAttempts::default()
        },
    };
    Batched {
        responses: vec![Err(alone); requests],
        lesson: BatchFeedback::NotNow,
    }
}

/// Requests that must wait all wait for the longest `Retry-After`.
fn inner_responses(
    settled: Vec<Settled>,
    number: u32,
    ms: u64,
) -> Vec<Result<ServiceResponse<()>, SendAlone>> {
    let waits = settled
        .iter()
        .filter_map(|settled| Some(settled.as_ref().err()?.as_ref()?.0));
    let longest = waits.max();
    let exchanged = |reply| ServiceResponse::own(reply, vec![number], ms);
    let alone = |waits: Option<(Duration, Box<Reply<()>>)>| {
        // Only requests whose response demands a wait are delayed; the others are sent immediately.
        let after = longest.filter(|_| waits.is_some());
        let (waited, attempts) = (after.unwrap_or_default(), u32::from(after.is_some()));
        let last = waits.map(|(_, reply)| reply);
        SendAlone {
            after,
            earlier: EarlierAttempts {
                requests: vec![number],
                ms,
                waited,
                attempts,
                last,
            },
        }
    };
    settled
        .into_iter()
        .map(|settled| settled.map(exchanged).map_err(alone))
        .collect()
}

impl InnerResponse<'_> {
    /// The response as if its request had been sent on its own.
    fn alone(&self, batch: &ReceivedResponse) -> ReceivedResponse {
        let mut headers = HeaderMap::new();
        // `Retry-After` can be a date, which is counted from the `Date` of the same response.
        headers.extend(batch.headers.get(DATE).map(|date| (DATE, date.clone())));
        for (name, value) in self.headers.iter().flatten() {
            // A value such as that of `Retry-After` can be a JSON number.
            let value = if let Value::String(text) = value {
                text.clone()
            } else {
                value.to_string()
            };
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(&value),
            ) {
                headers.insert(name, value);
            }
        }
        let body = self.body.map_or("", RawValue::get);
        let body = Bytes::copy_from_slice(body.as_bytes());
        ReceivedResponse {
            url: batch.url.clone(),
            status: self.status,
            headers,
            body,
            too_large: false,
            at: batch.at,
        }
    }
}
