//! Writes that the user allowed: once, noted, removed, and looked after.

use super::listener::{Act, Listener, answer, json};
use super::{access_token, mailbox, wire_to};
use crate::evidence::{CheckId, Reply};

const PURPOSE: CheckId = CheckId::MailboxCalendarWrite;
const CREATED: &str = r#"{"id":"AAMk=1/2+3"}"#;
const GONE: &str =
    r#"{"error":{"code":"ErrorItemNotFound","message":"The specified object was not found in the store."}}"#;

fn soap(message: &str) -> Act {
    let body = format!(
        r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r>{message}</r></s:Body></s:Envelope>"#
    );
    Act::Say(answer(200, "Content-Type: text/xml\r\n", &body))
}

#[tokio::test]
async fn an_event_is_created_noted_removed_and_looked_for() {
    let acts = vec![Act::Say(json(201, CREATED)), Act::Say(answer(204, "", "")), Act::Say(json(404, GONE))];
    let listener = Listener::plays(acts).await;
    let wire = wire_to(&listener.base);
    let mut journal = Vec::new();
    let exchanged = wire
        .write_and_remove_event_graph(PURPOSE, &access_token(), &mailbox("r@contoso.com"), |id| {
            journal.push((id.to_owned(), listener.heard().len()));
        })
        .await;
    let facts = exchanged.reply.success().unwrap();
    assert!(facts.cleaned_up && facts.left_behind.is_none());
    assert_eq!(exchanged.requests, [1, 2, 3]);
    assert_eq!(journal, [("AAMk=1/2+3".to_owned(), 1)]);
    let heard = listener.heard();
    assert!(heard[1].starts_with("DELETE /v1.0/users/r@contoso.com/events/AAMk%3D1%2F2%2B3 "), "{}", heard[1]);
    assert!(heard[2].starts_with("GET /v1.0/users/r@contoso.com/events/AAMk%3D1%2F2%2B3?$select=id "), "{}", heard[2]);
    let writes: Vec<bool> = wire.ledger().take().iter().map(|record| record.writes).collect();
    assert_eq!(writes, [true, true, false]);
}

#[tokio::test]
async fn an_event_that_is_still_there_is_left_behind() {
    let acts = vec![Act::Say(json(201, CREATED)), Act::Say(json(403, GONE)), Act::Say(json(200, CREATED))];
    let listener = Listener::plays(acts).await;
    let exchanged = wire_to(&listener.base)
        .write_and_remove_event_graph(PURPOSE, &access_token(), &mailbox("r@contoso.com"), |_| {})
        .await;
    let facts = exchanged.reply.success().unwrap();
    assert!(!facts.cleaned_up);
    assert!(facts.left_behind.as_deref().unwrap().contains("AAMk=1/2+3"));
}

#[tokio::test]
async fn a_creation_is_never_sent_twice() {
    for act in [Act::Close, Act::Say(answer(503, "Retry-After: 0\r\n", ""))] {
        let listener = Listener::plays(vec![act]).await;
        let wire = wire_to(&listener.base);
        let (room, token) = (mailbox("r@contoso.com"), access_token());
        let graph = wire.write_and_remove_event_graph(PURPOSE, &token, &room, |_| panic!("nothing was created"));
        assert!(!matches!(graph.await.reply, Reply::Success(_)));
        let ews = wire.write_and_remove_event_ews(PURPOSE, &token, &room, |_| panic!("nothing was created"));
        assert!(!matches!(ews.await.reply, Reply::Success(_)));
        let mail = wire.send_test_mail(CheckId::MailSend, &token, &room, &room);
        assert!(!matches!(mail.await.reply, Reply::Success(_)));
        assert_eq!(listener.heard().len(), 3);
    }
}

#[tokio::test]
async fn a_creation_without_an_answer_says_that_something_may_be_there() {
    let listener = Listener::plays(vec![Act::Close]).await;
    let wire = wire_to(&listener.base);
    let (room, token) = (mailbox("r@contoso.com"), access_token());
    let graph = wire.write_and_remove_event_graph(PURPOSE, &token, &room, |_| {}).await.reply;
    let ews = wire.write_and_remove_event_ews(PURPOSE, &token, &room, |_| {}).await.reply;
    for reply in [graph, ews] {
        let Reply::Unreachable(failure) = reply else { panic!("{reply:?}") };
        assert!(failure.detail.contains("T03:17:00Z may have been created"), "{}", failure.detail);
    }
    let refused =
        wire_to("http://127.0.0.1:1").write_and_remove_event_graph(PURPOSE, &token, &room, |_| {}).await.reply;
    assert!(matches!(refused, Reply::Unreachable(failure) if !failure.detail.contains("may have been")));
}

#[tokio::test]
async fn a_busy_service_does_not_keep_an_event_from_being_removed() {
    let busy = Act::Say(answer(503, "Retry-After: 0\r\n", ""));
    let acts = vec![Act::Say(json(201, CREATED)), busy, Act::Say(answer(204, "", "")), Act::Say(json(404, GONE))];
    let listener = Listener::plays(acts).await;
    let exchanged = wire_to(&listener.base)
        .write_and_remove_event_graph(PURPOSE, &access_token(), &mailbox("r@contoso.com"), |_| {})
        .await;
    assert!(exchanged.reply.success().unwrap().cleaned_up);
}

#[tokio::test]
async fn an_event_is_written_and_removed_over_ews_too() {
    let acts = vec![
        soap(r#"<m ResponseClass="Success"><Items><CalendarItem><ItemId Id="AAQk1"/></CalendarItem></Items></m>"#),
        soap(r#"<m ResponseClass="Success"/>"#),
        soap(r#"<m ResponseClass="Error"><ResponseCode>ErrorItemNotFound</ResponseCode></m>"#),
    ];
    let listener = Listener::plays(acts).await;
    let mut journal = Vec::new();
    let exchanged = wire_to(&listener.base)
        .write_and_remove_event_ews(PURPOSE, &access_token(), &mailbox("r@contoso.com"), |id| {
            journal.push(id.to_owned());
        })
        .await;
    assert!(exchanged.reply.success().unwrap().cleaned_up);
    assert_eq!(journal, ["AAQk1"]);
    let heard = listener.heard();
    assert!(heard[0].contains("CreateItem") && heard[1].contains("DeleteItem") && heard[2].contains("GetItem"));
    assert!(heard.iter().all(|request| request.contains("x-anchormailbox: r@contoso.com")));
}

#[tokio::test]
async fn a_test_mail_goes_to_the_given_address_only() {
    let listener = Listener::says(answer(202, "", "")).await;
    let exchanged = wire_to(&listener.base)
        .send_test_mail(CheckId::MailSend, &access_token(), &mailbox("rx@contoso.com"), &mailbox("it@contoso.com"))
        .await;
    assert!(exchanged.reply.success().is_some());
    let heard = &listener.heard()[0];
    assert!(heard.starts_with("POST /v1.0/users/rx@contoso.com/sendMail "), "{heard}");
    assert_eq!(heard.matches("it@contoso.com").count(), 1);
    assert!(heard.contains("\"saveToSentItems\":false"));
}
