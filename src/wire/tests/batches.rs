//! Many questions in one request, and when the mailbox is asked alone after all.

use std::time::Duration;

use serde_json::{Value, json};

use super::listener::{Act, Listener, answer, json as says_json};
use super::{access_token, mailbox, wire_to};
use crate::evidence::{CheckId, Reply};
use crate::wire::{AskAlone, Batched, Wire};

const AT_ONCE: Result<Reply<()>, AskAlone> = Err(AskAlone(Duration::ZERO));
const READ: Result<Reply<()>, AskAlone> = Ok(Reply::Success(()));

async fn views(wire: &Wire) -> Batched {
    let rooms = [mailbox("a@contoso.com"), mailbox("b+1@contoso.com"), mailbox("c@contoso.com")];
    let rooms: Vec<_> = rooms.iter().collect();
    wire.calendar_views(CheckId::MailboxCalendarRead, &access_token(), &rooms).await.unwrap()
}

async fn deletes(wire: &Wire) -> Vec<Result<Reply<()>, AskAlone>> {
    let (first, second) = (mailbox("a@contoso.com"), mailbox("b@contoso.com"));
    let rooms = [&first, &second];
    wire.no_touch_event_deletes(CheckId::MailboxCalendarWrite, &access_token(), &rooms).await.unwrap().replies
}

fn response(id: &str, status: u16, body: &Value) -> Value {
    json!({"id": id, "status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn empty_list(id: &str) -> Value {
    response(id, 200, &json!({"value": []}))
}

fn refusal(id: &str, status: u16, code: &str) -> Value {
    response(id, status, &json!({"error": {"code": code, "message": "no"}}))
}

async fn answered(responses: &[Value]) -> (Listener, Wire) {
    let listener = Listener::says(says_json(200, &json!({ "responses": responses }).to_string())).await;
    let wire = wire_to(&listener.base);
    (listener, wire)
}

#[tokio::test]
async fn every_question_gets_its_own_answer_in_whatever_order_they_come() {
    let (listener, wire) = answered(&[empty_list("2"), refusal("0", 403, "ErrorAccessDenied"), empty_list("1")]).await;
    let batched = views(&wire).await;
    assert_eq!(batched.replies, [AT_ONCE, READ, READ]);
    let records = wire.ledger().take();
    assert_eq!((records.len(), records[0].n, records[0].method.as_str()), (1, batched.request, "POST"));
    assert!(records[0].url.ends_with("/v1.0/$batch") && !records[0].writes && records[0].status == Some(200));
    let heard = &listener.heard()[0];
    assert!(heard.starts_with("POST /v1.0/$batch "), "{heard}");
    assert!(heard.contains(r#"{"id":"1","method":"GET","url":"/users/b%2B1@contoso.com/calendarView?startDateTime="#));
    assert!(heard.to_ascii_lowercase().contains("content-type: application/json"), "{heard}");
}

#[tokio::test]
async fn a_refused_id_stands_and_any_other_word_about_writing_is_asked_for_alone() {
    let (listener, wire) =
        answered(&[refusal("0", 400, "ErrorInvalidIdMalformed"), refusal("1", 403, "ErrorAccessDenied")]).await;
    let replies = deletes(&wire).await;
    let Ok(Reply::Refused(refused)) = &replies[0] else { panic!("{replies:?}") };
    assert_eq!((refused.status, refused.code.as_deref()), (400, Some("ErrorInvalidIdMalformed")));
    assert_eq!(replies[1], AT_ONCE);
    let events = r#""method":"DELETE","url":"/users/b@contoso.com/events/rx-preflight-asks-about-no-such-item""#;
    assert!(listener.heard()[0].contains(events));
    let (_listener, wire) = answered(&[response("0", 204, &Value::Null), empty_list("1")]).await;
    assert_eq!(deletes(&wire).await, [AT_ONCE, AT_ONCE], "a success would be odd");
}

#[tokio::test]
async fn who_is_turned_away_waits_as_long_as_the_longest_is_told_to() {
    let busy = |id: &str, seconds: u16| {
        let mut response = refusal(id, 429, "TooManyRequests");
        response["headers"]["Retry-After"] = json!(seconds.to_string());
        response
    };
    let (_listener, wire) = answered(&[busy("0", 1), empty_list("1"), busy("2", 3)]).await;
    let wait = Duration::from_secs(3);
    let batched = views(&wire).await;
    assert_eq!(batched.replies, [Err(AskAlone(wait)), READ, Err(AskAlone(wait))]);
    assert!(batched.understood);
    assert_eq!(wire.ledger().take()[0].headers["retry-after"], "3");
    let rooms = [mailbox("a@contoso.com")];
    let slower = wire.calendar_views(CheckId::MailboxCalendarRead, &access_token(), &[&rooms[0]]).await;
    assert_eq!(slower, None, "there is no room for a batch after that");
}

#[tokio::test]
async fn a_wait_beyond_the_patience_of_the_run_is_not_waited_for() {
    let mut busy = refusal("0", 429, "TooManyRequests");
    busy["headers"]["Retry-After"] = json!("3600");
    let (_listener, wire) = answered(&[busy, empty_list("1"), empty_list("2")]).await;
    let replies = views(&wire).await.replies;
    assert!(matches!(&replies[0], Ok(Reply::Refused(refusal)) if refusal.status == 429), "{replies:?}");
}

#[tokio::test]
async fn what_is_passed_over_is_asked_alone() {
    let (_listener, wire) = answered(&[empty_list("1")]).await;
    assert_eq!(views(&wire).await.replies, [AT_ONCE, READ, AT_ONCE]);
}

#[tokio::test]
async fn without_an_answer_in_its_form_a_batch_tells_nothing() {
    let page = answer(403, "Content-Type: text/html\r\n", "<!DOCTYPE html><html>Policy of this gateway</html>");
    let strange = json!({"responses": [empty_list("0"), empty_list("of another batch")]}).to_string();
    for answer in [
        page,
        says_json(404, r#"{"error":{"code":"BadRequest","message":"no batch"}}"#),
        says_json(200, r#"{"value":[]}"#),
        says_json(200, r#"{"responses":[{"id":"0""#),
        says_json(200, &strange),
        answer(200, "", ""),
    ] {
        let listener = Listener::says(answer).await;
        let batched = views(&wire_to(&listener.base)).await;
        assert_eq!((batched.replies, batched.understood), (vec![AT_ONCE; 3], false));
    }
    let closed = Listener::plays(vec![Act::Close]).await;
    let batched = views(&wire_to(&closed.base)).await;
    assert_eq!((batched.replies, batched.understood), (vec![AT_ONCE; 3], false));
}

#[tokio::test]
async fn a_batch_that_is_turned_away_as_a_whole_is_not_sent_again() {
    let busy = answer(429, "Retry-After: 2\r\nContent-Type: application/json\r\n", r#"{"error":{"code":"x"}}"#);
    let listener = Listener::says(busy).await;
    let batched = views(&wire_to(&listener.base)).await;
    assert_eq!((batched.replies, batched.understood), (vec![Err(AskAlone(Duration::from_secs(2))); 3], true));
    assert_eq!(listener.heard().len(), 1);
}
