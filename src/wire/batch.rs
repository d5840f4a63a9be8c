//! One question about many mailboxes in one request, by Graph's `$batch`.
//!
//! A batch spares a large estate most of its requests, and every proxy on the way most of its work. Within it, an answer
//! has no diagnostics of the service and no request id of its own. So a batch is believed where it brings good news; about
//! everything else the mailbox is asked alone, and that answer counts.
//!
//! Outlook works on four requests of a batch at a time, whatever their mailboxes, and holds each against its limits, as if
//! it had come alone (learn.microsoft.com/graph/json-batching and /graph/throttling-limits). A batch keeps the pace
//! accordingly.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use url::{Position, Url};

use super::answer::Answer;
use super::exchange::{Question, Wire, roll};
use super::harmless::Veil;
use super::odata;
use super::pace::Mood;
use super::retry::{mood, next_wait};
use super::secret::AccessToken;
use super::sign_in::below_escaped;
use crate::evidence::{CheckId, Failure, Refusal, Reply};
use crate::settings::MailboxAddress;

/// Microsoft takes no more requests in one batch.
pub const MOST_IN_BATCH: usize = 20;
/// So many requests of a batch are worked on at a time.
pub const BATCH_PLACES: u32 = 4;

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batched {
    /// The reply to each question that stands, in the order in which they were asked.
    pub replies: Vec<Result<Reply<()>, AskAlone>>,
    /// The number of the batch in the ledger.
    pub request: u32,
    /// How long the batch took, in milliseconds.
    pub ms: u64,
    /// The service took it as a batch, or asked for patience. Else something on the way does not let batches through.
    pub understood: bool,
}

/// A batch did not answer a question: the mailbox is to be asked alone, after the wait that the service asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskAlone(pub Duration);

impl Batched {
    /// Whether it brought any reply that stands.
    pub fn told_anything(&self) -> bool {
        self.replies.iter().any(Result::is_ok)
    }
}

/// One question about each of several mailboxes.
struct Inner {
    method: &'static str,
    urls: Vec<Url>,
    /// Reads an answer, as if it had come alone.
    read: fn(&Answer, &Veil) -> Reply<()>,
    /// Whether a reply is good news.
    is_good: fn(&Reply<()>) -> bool,
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
    #[serde(default)]
    headers: HashMap<String, Value>,
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
        let urls = mailboxes.iter().map(|mailbox| self.view_of(mailbox)).collect();
        let is_good = |reply: &Reply<()>| matches!(reply, Reply::Success(()));
        self.batch(purpose, token, Inner { method: "GET", urls, read: odata::read_list, is_good }).await
    }

    /// Asks several mailboxes that can be read to delete an event that cannot exist; see [`Wire::no_touch_event_delete`].
    /// `None` when the pace of the service leaves no room for a batch now.
    pub async fn no_touch_event_deletes(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailboxes: &[&MailboxAddress],
    ) -> Option<Batched> {
        let urls = mailboxes.iter().map(|mailbox| self.no_such_event_of(mailbox)).collect();
        let is_good = |reply: &Reply<()>| matches!(reply, Reply::Refused(refusal) if refuses_the_id(refusal));
        self.batch(purpose, token, Inner { method: "DELETE", urls, read: odata::read_done, is_good }).await
    }

    async fn batch(&self, purpose: CheckId, token: &AccessToken, inner: Inner) -> Option<Batched> {
        let place = self.graph_pace.places(BATCH_PLACES).await?;
        let url = below_escaped(&self.endpoints.graph.url, "$batch");
        let question = Question::to_graph(purpose, Method::POST, url).authorized(token);
        let question = question.body("application/json", self.body_of(&inner)?);
        let (request, mut ms) = (self.ledger.open(self.record(&question)), 0);
        let heard = self.hear(request, &question, 1, &mut ms).await;
        let (replies, understood) = if let Some(replies) = self.replies(&heard, &inner) {
            self.write_down_wait(request, &replies);
            place.answered_together(replies.iter().flatten().map(|reply| mood(reply, &self.limits)));
            (self.standing(replies, inner.is_good), true)
        } else {
            let refusal = heard.map_or_else(Reply::Unreachable, |answer| odata::read_done(&answer, &self.veil));
            let mood = mood(&refusal, &self.limits);
            place.answered(mood);
            let wait = next_wait(&refusal, 1, &self.limits, roll).filter(|_| mood != Mood::Calm);
            (vec![Err(AskAlone(wait.unwrap_or_default())); inner.urls.len()], mood != Mood::Calm)
        };
        Some(Batched { replies, request, ms, understood })
    }

    /// The longest wait that is asked for within a batch stands in the record as if the batch had been told to.
    fn write_down_wait(&self, request: u32, replies: &[Option<Reply<()>>]) {
        let asked = |reply: &Reply<()>| match mood(reply, &self.limits) {
            Mood::Throttled(wait) => wait,
            Mood::Calm => None,
        };
        if let Some(longest) = replies.iter().flatten().filter_map(asked).max() {
            let seconds = longest.as_millis().div_ceil(1000).to_string();
            self.ledger.complete(request, |record| {
                record.headers.insert(Cow::Borrowed("retry-after"), seconds);
            });
        }
    }

    /// The body of a batch. Addresses in it are relative to the version of Graph.
    fn body_of(&self, inner: &Inner) -> Option<Vec<u8>> {
        let base = self.endpoints.graph.url.path().trim_end_matches('/');
        let mut requests = Vec::with_capacity(inner.urls.len());
        for (place, url) in inner.urls.iter().enumerate() {
            let url = url[Position::BeforePath..].strip_prefix(base)?;
            requests.push(InnerRequest { id: place.to_string(), method: inner.method, url });
        }
        serde_json::to_vec(&Requests { requests }).ok()
    }

    /// The replies of a batch that was answered in its form, in the order of the questions, which the service need not keep.
    /// A question that was passed over has none.
    fn replies(&self, heard: &Result<Answer, Failure>, inner: &Inner) -> Option<Vec<Option<Reply<()>>>> {
        let answer = heard.as_ref().ok().filter(|answer| answer.is_success())?;
        let text = answer.text();
        let mut replies = vec![None; inner.urls.len()];
        for response in serde_json::from_str::<Responses<'_>>(&text).ok()?.responses {
            let place = response.id.parse::<usize>().ok().and_then(|place| replies.get_mut(place))?;
            *place = Some((inner.read)(&response.alone(answer), &self.veil));
        }
        Some(replies)
    }

    /// Which replies stand. A wait that is longer than the patience of the run is not waited for, batch or no batch;
    /// whoever is to wait waits as long as the longest is told to.
    fn standing(
        &self,
        replies: Vec<Option<Reply<()>>>,
        is_good: fn(&Reply<()>) -> bool,
    ) -> Vec<Result<Reply<()>, AskAlone>> {
        let wait = |reply: &Reply<()>| next_wait(reply, 1, &self.limits, roll);
        let longest = replies.iter().flatten().filter_map(wait).max().unwrap_or_default();
        let standing = |reply: Option<Reply<()>>| match reply {
            Some(reply) if is_good(&reply) => Ok(reply),
            Some(reply) if wait(&reply).is_some() => Err(AskAlone(longest)),
            Some(reply) if mood(&reply, &self.limits) != Mood::Calm => Ok(reply),
            Some(_) | None => Err(AskAlone(Duration::ZERO)),
        };
        replies.into_iter().map(standing).collect()
    }
}

impl InnerResponse<'_> {
    /// The answer as if it had come alone.
    fn alone(&self, batch: &Answer) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = value.as_str().map(HeaderValue::from_str);
            if let (Ok(name), Some(Ok(value))) = (name, value) {
                headers.insert(name, value);
            }
        }
        let body = self.body.map_or("", RawValue::get);
        let body = Bytes::copy_from_slice(body.as_bytes());
        Answer { url: batch.url.clone(), status: self.status, headers, body, too_large: false, at: batch.at }
    }
}

/// A mailbox that can be read refuses to delete what does not exist with one of these.
fn refuses_the_id(refusal: &Refusal) -> bool {
    matches!(refusal.status, 400 | 404)
}
