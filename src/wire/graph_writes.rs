//! What is written over Microsoft Graph, only where the user allowed it.
//!
//! Requests about extended properties are written as in
//! <https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get> and
//! <https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-post-singlevalueextendedproperties>
//! (read 2026-11-28).

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::evidence::{Reply, WriteFacts};
use crate::settings::MailboxAddress;
use crate::terms::CheckId;

use super::client::Wire;
use super::marker::{MARKER_NAME, MARKER_SET};
use super::odata;
use super::request::ServiceRequest;
use super::response::ServiceResponse;
use super::secret::AccessToken;
use super::test_event::{
    EventMailbox, TEST_SUBJECT, TestEvent, may_have_happened, removal, uncertain,
};

impl Wire {
    /// Removes an event that this program created, now or in an earlier run, and looks whether it is gone.
    pub(super) async fn remove_event_graph(
        &self,
        at: EventMailbox<'_>,
        id: &str,
    ) -> ServiceResponse<WriteFacts> {
        let path = ["users", at.address.as_str(), "events", id];
        let request = self
            .graph_request(at.purpose, Method::DELETE, &path)
            .writing(true)
            .authorized(at.token);
        let removed = self
            .send(request, |response| odata::read_done(response, &self.mask))
            .await;
        // The response to the deletion can be lost, so only this second request shows whether the
        // event is gone.
        let mut request = self
            .graph_request(at.purpose, Method::GET, &path)
            .authorized(at.token);
        request.url.set_query(Some("$select=id"));
        let looked = self
            .send(request, |response| {
                odata::read(response, &self.mask, |_| Ok(()))
            })
            .await;
        let gone = matches!(&looked.reply, Reply::Refused(refusal) if refusal.status == 404);
        looked
            .after(&removed)
            .with(|_| Reply::Success(removal(gone, at.address, id)))
    }

    /// Sends one marked mail from `sender` to `to`, without a copy in Sent Items. It is sent once, after `on_send` was
    /// called with its number.
    pub async fn send_test_mail(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        sender: &MailboxAddress,
        to: &MailboxAddress,
        on_send: impl FnOnce(u32),
    ) -> ServiceResponse<WriteFacts> {
        let request = self.graph_request(
            purpose,
            Method::POST,
            &["users", sender.as_str(), "sendMail"],
        );
        let request = written(request, &test_mail(to)).authorized(token);
        let sent = self
            .send_noting(
                request,
                |response| odata::read_done(response, &self.mask),
                on_send,
            )
            .await;
        sent.with(|reply| {
            let nevertheless = format!("the test message to {to} may have been sent nevertheless");
            let reply = if may_have_happened(&reply) {
                uncertain(reply, &nevertheless)
            } else {
                reply
            };
            reply.map(|()| WriteFacts {
                cleaned_up: true,
                left_behind: None,
            })
        })
    }

    pub(super) async fn create_event_graph(
        &self,
        at: EventMailbox<'_>,
        event: &TestEvent,
        on_send: impl FnOnce(u32),
    ) -> ServiceResponse<String> {
        let request = self.graph_request(
            at.purpose,
            Method::POST,
            &["users", at.address.as_str(), "events"],
        );
        let request = written(request, &private_event(event)).authorized(at.token);
        let id = |body: &Value| {
            body.get("id")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or("no event id in it")
        };
        self.send_noting(
            request,
            |response| odata::read(response, &self.mask, id),
            on_send,
        )
        .await
    }

    /// The ids of the events that carry a marker. The search does not show the marker, so each event is read again: should
    /// a filter be ignored on the network path, no event of another person passes.
    pub(super) async fn marked_events_graph(
        &self,
        at: EventMailbox<'_>,
        marker: Uuid,
    ) -> ServiceResponse<Vec<String>> {
        let mut request = self
            .graph_request(
                at.purpose,
                Method::GET,
                &["users", at.address.as_str(), "events"],
            )
            .authorized(at.token);
        request.url.set_query(Some(&format!(
            "$top={MOST_FOUND}&$select=id&$filter={}",
            filter(marker)
        )));
        let mut outcome = self
            .send(request, |response| odata::read(response, &self.mask, ids))
            .await;
        for id in outcome.reply.success().cloned().unwrap_or_default() {
            let carries = self.carries_marker(at, &id, marker).await;
            outcome = joined(outcome, carries, &id);
        }
        outcome
    }

    async fn carries_marker(
        &self,
        at: EventMailbox<'_>,
        id: &str,
        marker: Uuid,
    ) -> ServiceResponse<bool> {
        let path = ["users", at.address.as_str(), "events", id];
        let mut request = self
            .graph_request(at.purpose, Method::GET, &path)
            .authorized(at.token);
        request
            .url
            .set_query(Some(&format!("$select=id&$expand={}", expand())));
        self.send(request, |response| {
            odata::read(response, &self.mask, |event| Ok(has_marker(event, marker)))
        })
        .await
    }
}

/// More events than one can carry a marker only if a gateway repeated the creation.
const MOST_FOUND: usize = 10;

/// The ids that are left when one of them has been looked at. An event that is gone by now carries nothing.
fn joined(
    found: ServiceResponse<Vec<String>>,
    looked: ServiceResponse<bool>,
    id: &str,
) -> ServiceResponse<Vec<String>> {
    let looked = looked.after(&found);
    looked.with(|carries| match (carries, found.reply) {
        (Reply::Success(true), found) => found,
        (Reply::Success(false), found) => without(found, id),
        (Reply::Refused(refusal), found) if refusal.status == 404 => without(found, id),
        (unknown, _) => unknown.map(|_| Vec::new()),
    })
}

fn without(found: Reply<Vec<String>>, id: &str) -> Reply<Vec<String>> {
    found.map(|ids| ids.into_iter().filter(|other| other != id).collect())
}

/// The id of the marker as an extended property of Graph.
fn marker_id() -> String {
    format!("String {{{MARKER_SET}}} Name {MARKER_NAME}")
}

fn filter(marker: Uuid) -> String {
    let id = marker_id();
    encoded(&format!(
        "singleValueExtendedProperties/Any(ep: ep/id eq '{id}' and ep/value eq '{marker}')"
    ))
}

fn expand() -> String {
    encoded(&format!(
        "singleValueExtendedProperties($filter=id eq '{}')",
        marker_id()
    ))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn ids(body: &Value) -> Result<Vec<String>, &'static str> {
    let events = body
        .get("value")
        .and_then(Value::as_array)
        .ok_or("no list in it")?;
    let id = |event: &Value| event.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(events.iter().filter_map(id).take(MOST_FOUND).collect())
}

fn has_marker(event: &Value, marker: Uuid) -> bool {
    let properties = event
        .get("singleValueExtendedProperties")
        .and_then(Value::as_array);
    let text = |property: &Value, name: &str| {
        property
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    // The case of letters has no meaning in a GUID.
    properties.into_iter().flatten().any(|property| {
        text(property, "id").is_some_and(|id| id.eq_ignore_ascii_case(&marker_id()))
            && text(property, "value")
                .is_some_and(|value| value.eq_ignore_ascii_case(&marker.to_string()))
    })
}

fn written(request: ServiceRequest, body: &Value) -> ServiceRequest {
    // Not repeatable: a second attempt could create a second event or send a second message.
    request
        .body("application/json", body.to_string().into_bytes())
        .writing(false)
}

/// `transactionId` makes the service discard a second copy if a gateway repeats the request.
fn private_event(event: &TestEvent) -> Value {
    let time = |instant: Timestamp| json!({"dateTime": instant.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": "UTC"});
    // Without attendees, neither the creation nor the deletion notifies anyone.
    json!({
        "subject": TEST_SUBJECT,
        "start": time(event.starts),
        "end": time(event.ends()),
        "showAs": "free",
        "sensitivity": "private",
        "isReminderOn": false,
        "transactionId": event.marker.to_string(),
        "singleValueExtendedProperties": [{"id": marker_id(), "value": event.marker.to_string()}],
    })
}

fn test_mail(to: &MailboxAddress) -> Value {
    json!({
        "message": {
            "subject": TEST_SUBJECT,
            "body": {"contentType": "text", "content": "This mail shows that the app registration can send mail. Nothing needs to be done."},
            "toRecipients": [{"emailAddress": {"address": to.as_str()}}],
        },
        "saveToSentItems": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> TestEvent {
        TestEvent {
            marker: Uuid::from_u128(7),
            starts: "2027-12-28T03:17:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_test_event_is_quiet_and_carries_its_marker() {
        let event = private_event(&event());
        assert_eq!(event["showAs"], "free");
        assert_eq!(event["sensitivity"], "private");
        assert_eq!(event["isReminderOn"], false);
        assert!(event.get("attendees").is_none());
        assert_eq!(
            event["transactionId"],
            "00000000-0000-0000-0000-000000000007"
        );
        assert!(has_marker(&event, Uuid::from_u128(7)));
    }

    #[test]
    fn no_more_events_than_were_requested_are_taken() {
        let found = |events: usize| {
            let events: Vec<Value> = (0..events)
                .map(|id| json!({"id": id.to_string()}))
                .collect();
            ids(&json!({ "value": events })).unwrap().len()
        };
        assert_eq!(found(MOST_FOUND), MOST_FOUND);
        assert_eq!(found(MOST_FOUND + 1), MOST_FOUND);
    }

    #[test]
    fn only_the_exact_marker_counts() {
        assert!(!has_marker(&private_event(&event()), Uuid::from_u128(8)));
        assert!(!has_marker(&json!({"id": "AAMk"}), Uuid::from_u128(7)));
        let foreign = json!({"singleValueExtendedProperties": [{"id": "String {0} Name Other", "value": Uuid::from_u128(7)}]});
        assert!(!has_marker(&foreign, Uuid::from_u128(7)));
    }

    #[test]
    fn the_search_is_written_as_microsoft_documents_it() {
        let query = percent_encoding::percent_decode_str(&filter(Uuid::from_u128(7)))
            .decode_utf8_lossy()
            .into_owned();
        assert_eq!(
            query,
            "singleValueExtendedProperties/Any(ep: ep/id eq 'String {3d1b7c52-6a0e-4f0c-9a7b-5e2f8c41d906} Name \
             RxPreflightTestEvent' and ep/value eq '00000000-0000-0000-0000-000000000007')"
        );
        assert!(
            !filter(Uuid::nil()).contains([' ', '+', ':', '/']),
            "these characters are encoded"
        );
    }
}
