//! Writes that the user allowed: once, noted, removed, and looked after.

use crate::evidence::Reply;
use crate::terms::{Api, CheckId};
use crate::wire::{EventMailbox, EventWritten, Removal, TestEvent, Wire};

use super::listener::{Act, Listener, http_response, json};
use super::{access_token, mailbox, wire_to};

const PURPOSE: CheckId = CheckId::MailboxCalendarWrite;
const CREATED: &str = r#"{"id":"AAMk=1/2+3"}"#;
const GONE: &str = r#"{"error":{"code":"ErrorItemNotFound","message":"The specified object was not found in the store."}}"#;

/// Writes and removes an event in a room, and gives the event and the numbers that were sent.
async fn write(wire: &Wire, api: Api) -> (EventWritten, TestEvent, Vec<u32>) {
    let (token, address, event) = (
        access_token(),
        mailbox("r@contoso.com"),
        wire.new_test_event(),
    );
    let mut sent = Vec::new();
    let at = EventMailbox {
        purpose: PURPOSE,
        api,
        token: &token,
        address: &address,
    };
    let written = wire
        .write_and_remove_event(at, &event, |n| sent.push(n))
        .await;
    (written, event, sent)
}

async fn remove(wire: &Wire, api: Api, marker: uuid::Uuid) -> Reply<Removal> {
    let (token, address) = (access_token(), mailbox("r@contoso.com"));
    let at = EventMailbox {
        purpose: PURPOSE,
        api,
        token: &token,
        address: &address,
    };
    wire.remove_marked_events(at, marker).await.reply
}

fn soap(message: &str) -> Act {
    let body = format!(
        r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r>{message}</r></s:Body></s:Envelope>"#
    );
    Act::Send(http_response(200, "Content-Type: text/xml\r\n", &body))
}

#[tokio::test]
async fn an_event_is_created_with_its_marker_removed_and_looked_for() {
    let acts = vec![
        Act::Send(json(201, CREATED)),
        Act::Send(http_response(204, "", "")),
        Act::Send(json(404, GONE)),
    ];
    let listener = Listener::with_acts(acts).await;
    let wire = wire_to(&listener.base);
    let (EventWritten { exchanged, settled }, event, sent) = write(&wire, Api::Graph).await;
    let facts = exchanged.reply.success().unwrap();
    assert!(settled && facts.cleaned_up && facts.left_behind.is_none());
    assert_eq!((exchanged.requests, sent), (vec![1, 2, 3], vec![1]));
    let requests = listener.requests();
    assert_eq!(
        requests[0].matches(&event.marker.to_string()).count(),
        2,
        "{}",
        requests[0]
    );
    assert!(
        requests[1].starts_with("DELETE /v1.0/users/r@contoso.com/events/AAMk%3D1%2F2%2B3 "),
        "{}",
        requests[1]
    );
    assert!(
        requests[2]
            .starts_with("GET /v1.0/users/r@contoso.com/events/AAMk%3D1%2F2%2B3?$select=id "),
        "{}",
        requests[2]
    );
    let writes: Vec<bool> = wire
        .ledger()
        .take()
        .iter()
        .map(|record| record.writes)
        .collect();
    assert_eq!(writes, [true, true, false]);
}

#[tokio::test]
async fn an_event_that_is_still_there_is_left_behind() {
    let acts = vec![
        Act::Send(json(201, CREATED)),
        Act::Send(json(403, GONE)),
        Act::Send(json(200, CREATED)),
    ];
    let listener = Listener::with_acts(acts).await;
    let (EventWritten { exchanged, settled }, ..) =
        write(&wire_to(&listener.base), Api::Graph).await;
    let facts = exchanged.reply.success().unwrap();
    assert!(!facts.cleaned_up && !settled);
    assert!(facts.left_behind.as_deref().unwrap().contains("AAMk=1/2+3"));
}

#[tokio::test]
async fn a_creation_is_never_sent_twice() {
    for act in [
        Act::Close,
        Act::Send(http_response(503, "Retry-After: 0\r\n", "")),
    ] {
        let listener = Listener::with_acts(vec![act]).await;
        let wire = wire_to(&listener.base);
        for api in [Api::Graph, Api::Ews] {
            let (written, _, sent) = write(&wire, api).await;
            assert!(!matches!(written.exchanged.reply, Reply::Success(_)) && !written.settled);
            assert_eq!(sent.len(), 1);
        }
        let (room, token) = (mailbox("r@contoso.com"), access_token());
        let mail = wire
            .send_test_mail(CheckId::MailSend, &token, &room, &room, |_| {})
            .await;
        assert!(!matches!(mail.reply, Reply::Success(_)));
        // Two creations and a message; the searches for the events write nothing.
        assert_eq!(
            wire.ledger()
                .take()
                .iter()
                .filter(|record| record.writes)
                .count(),
            3
        );
    }
}

#[tokio::test]
async fn a_write_without_a_response_reports_that_something_may_be_left() {
    let listener = Listener::with_acts(vec![Act::Close]).await;
    let wire = wire_to(&listener.base);
    for api in [Api::Graph, Api::Ews] {
        let (written, ..) = write(&wire, api).await;
        let Reply::Unreachable(failure) = written.exchanged.reply else {
            panic!("{:?}", written.exchanged.reply)
        };
        assert!(
            failure.detail.contains("T03:17:00Z may have been created"),
            "{}",
            failure.detail
        );
        assert!(
            failure.detail.contains("r@contoso.com"),
            "{}",
            failure.detail
        );
    }
    let (room, token) = (mailbox("r@contoso.com"), access_token());
    let mail = wire
        .send_test_mail(CheckId::MailSend, &token, &room, &room, |_| {})
        .await
        .reply;
    assert!(
        mail.failure()
            .unwrap()
            .detail
            .contains("may have been sent"),
        "{mail:?}"
    );
    let closed_port = wire_to("http://127.0.0.1:1");
    let (written, ..) = write(&closed_port, Api::Graph).await;
    assert!(written.settled, "nothing was sent");
    assert!(
        !written
            .exchanged
            .reply
            .failure()
            .unwrap()
            .detail
            .contains("may have been")
    );
}

#[tokio::test]
async fn an_event_whose_response_was_lost_is_found_by_its_marker_and_removed() {
    let wire_and = |acts: Vec<Act>| async {
        let listener = Listener::with_acts(acts).await;
        (wire_to(&listener.base), listener)
    };
    let marked = |marker: uuid::Uuid| {
        format!(
            r#"{{"id":"AAMk1","singleValueExtendedProperties":[{{"id":"String {{3d1b7c52-6a0e-4f0c-9a7b-5e2f8c41d906}} Name RxPreflightTestEvent","value":"{marker}"}}]}}"#
        )
    };
    let (found, own) = (r#"{"value":[{"id":"AAMk1"}]}"#, uuid::Uuid::from_u128(7));
    let acts = vec![
        Act::Send(json(200, found)),
        Act::Send(json(200, &marked(own))),
        Act::Send(http_response(204, "", "")),
        Act::Send(json(404, GONE)),
    ];
    let (wire, listener) = wire_and(acts).await;
    assert_eq!(
        remove(&wire, Api::Graph, own).await,
        Reply::Success(Removal::Removed)
    );
    assert!(listener.requests()[2].starts_with("DELETE "));
    let foreign = vec![
        Act::Send(json(200, found)),
        Act::Send(json(200, &marked(uuid::Uuid::nil()))),
    ];
    let (wire, listener) = wire_and(foreign).await;
    assert_eq!(
        remove(&wire, Api::Graph, own).await,
        Reply::Success(Removal::NotFound)
    );
    assert_eq!(
        listener.requests().len(),
        2,
        "an event without the marker is left alone"
    );
    let unmarked = r#"<m ResponseClass="Success"><Items><CalendarItem><ItemId Id="AAQk1"/></CalendarItem></Items></m>"#;
    let (wire, listener) = wire_and(vec![soap(unmarked)]).await;
    assert_eq!(
        remove(&wire, Api::Ews, own).await,
        Reply::Success(Removal::NotFound)
    );
    assert_eq!(
        listener.requests().len(),
        1,
        "an event without the marker is left alone"
    );
}

#[tokio::test]
async fn a_throttled_service_does_not_keep_an_event_from_being_removed() {
    let busy = Act::Send(http_response(503, "Retry-After: 0\r\n", ""));
    let acts = vec![
        Act::Send(json(201, CREATED)),
        busy,
        Act::Send(http_response(204, "", "")),
        Act::Send(json(404, GONE)),
    ];
    let listener = Listener::with_acts(acts).await;
    let (written, ..) = write(&wire_to(&listener.base), Api::Graph).await;
    assert!(written.exchanged.reply.success().unwrap().cleaned_up);
}

#[tokio::test]
async fn an_event_is_written_and_removed_over_ews_too() {
    let acts = vec![
        soap(
            r#"<m ResponseClass="Success"><Items><CalendarItem><ItemId Id="AAQk1"/></CalendarItem></Items></m>"#,
        ),
        soap(r#"<m ResponseClass="Success"/>"#),
        soap(r#"<m ResponseClass="Error"><ResponseCode>ErrorItemNotFound</ResponseCode></m>"#),
    ];
    let listener = Listener::with_acts(acts).await;
    let (written, event, sent) = write(&wire_to(&listener.base), Api::Ews).await;
    assert!(written.settled && written.exchanged.reply.success().unwrap().cleaned_up);
    assert_eq!(sent, [1]);
    let requests = listener.requests();
    assert!(
        requests[0].contains(&event.marker.to_string()),
        "{}",
        requests[0]
    );
    assert!(
        requests[0].contains("CreateItem")
            && requests[1].contains("DeleteItem")
            && requests[2].contains("GetItem")
    );
    assert!(
        requests
            .iter()
            .all(|request| request.contains("x-anchormailbox: r@contoso.com"))
    );
}

#[tokio::test]
async fn a_test_mail_goes_to_the_given_address_only() {
    let listener = Listener::sending(http_response(202, "", "")).await;
    let exchanged = wire_to(&listener.base)
        .send_test_mail(
            CheckId::MailSend,
            &access_token(),
            &mailbox("rx@contoso.com"),
            &mailbox("it@contoso.com"),
            |_| {},
        )
        .await;
    assert!(exchanged.reply.success().is_some());
    let requests = &listener.requests()[0];
    assert!(
        requests.starts_with("POST /v1.0/users/rx@contoso.com/sendMail "),
        "{requests}"
    );
    assert_eq!(requests.matches("it@contoso.com").count(), 1);
    assert!(requests.contains("\"saveToSentItems\":false"));
}
