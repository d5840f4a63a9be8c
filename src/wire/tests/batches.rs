//! Many questions in one request, and when the mailbox is asked alone after all.

use std::time::Duration;

use serde_json::{Value, json};

use super::listener::{Act, Listener, answer, json as says_json};
use super::{access_token, mailbox, transport, wire_to, wire_with};
use crate::evidence::Reply;
use crate::terms::CheckId;
use crate::wire::{AskAlone, Batched, EarlierAttempts, Lesson, ServiceResponse, Wire};

/// What becomes of a question: a reply that stands, or a wait and the attempts that count.
type Told = Result<Reply<()>, (Option<Duration>, u32)>;

const READ: Told = Ok(Reply::Success(()));
/// The mailbox is asked alone at once, from the first attempt on.
const AT_ONCE: Told = Err((None, 0));

fn after(seconds: u64) -> Told {
    Err((Some(Duration::from_secs(seconds)), 1))
}

/// What came of each question, all of which name the batch.
fn told(batched: Batched) -> Vec<Told> {
    let told = |answer| match answer {
        Ok(ServiceResponse {
            reply, requests, ..
        }) => {
            assert_eq!(requests, [1]);
            Ok(reply)
        }
        Err(AskAlone {
            after,
            earlier: EarlierAttempts {
                requests, attempts, ..
            },
        }) => {
            assert_eq!(requests, [1]);
            Err((after, attempts))
        }
    };
    batched.answers.into_iter().map(told).collect()
}

async fn views(wire: &Wire) -> (Vec<Told>, Lesson) {
    let rooms = [
        mailbox("a@contoso.com"),
        mailbox("b+1@contoso.com"),
        mailbox("c@contoso.com"),
    ];
    let rooms: Vec<_> = rooms.iter().collect();
    let batched = wire
        .calendar_views(CheckId::MailboxCalendarRead, &access_token(), &rooms)
        .await
        .unwrap();
    let lesson = batched.lesson;
    (told(batched), lesson)
}

async fn deletes(wire: &Wire) -> Vec<Told> {
    let (first, second) = (mailbox("a@contoso.com"), mailbox("b@contoso.com"));
    let rooms = [&first, &second];
    told(
        wire.no_touch_event_deletes(CheckId::MailboxCalendarWrite, &access_token(), &rooms)
            .await
            .unwrap(),
    )
}

fn response(id: &str, status: u16, body: &Value) -> Value {
    json!({"id": id, "status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn empty_list(id: &str) -> Value {
    response(id, 200, &json!({"value": []}))
}

fn refusal(id: &str, status: u16, code: &str) -> Value {
    response(
        id,
        status,
        &json!({"error": {"code": code, "message": "no"}}),
    )
}

async fn answered(responses: &[Value]) -> (Listener, Wire) {
    let listener = Listener::says(says_json(
        200,
        &json!({ "responses": responses }).to_string(),
    ))
    .await;
    let wire = wire_to(&listener.base);
    (listener, wire)
}

fn busy(id: &str, wait: &Value) -> Value {
    let mut response = refusal(id, 429, "TooManyRequests");
    response["headers"]["Retry-After"] = wait.clone();
    response
}

#[tokio::test]
async fn every_question_gets_its_own_answer_in_whatever_order_they_come() {
    let (listener, wire) = answered(&[
        empty_list("2"),
        refusal("0", 403, "ErrorAccessDenied"),
        empty_list("1"),
    ])
    .await;
    assert_eq!(
        views(&wire).await,
        (vec![AT_ONCE, READ, READ], Lesson::Useful)
    );
    let records = wire.ledger().take();
    assert_eq!(
        (records.len(), records[0].n, records[0].method.as_str()),
        (1, 1, "POST")
    );
    assert!(
        records[0].url.ends_with("/v1.0/$batch")
            && !records[0].writes
            && records[0].status == Some(200)
    );
    let heard = &listener.heard()[0];
    assert!(heard.starts_with("POST /v1.0/$batch "), "{heard}");
    assert!(heard.contains(
        r#"{"id":"1","method":"GET","url":"/users/b%2B1@contoso.com/calendarView?startDateTime="#
    ));
    assert!(
        heard
            .to_ascii_lowercase()
            .contains("content-type: application/json"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_refused_id_stands_and_any_other_word_about_writing_is_asked_for_alone() {
    let (listener, wire) = answered(&[
        refusal("0", 400, "ErrorInvalidIdMalformed"),
        refusal("1", 403, "ErrorAccessDenied"),
    ])
    .await;
    let told = deletes(&wire).await;
    let Ok(Reply::Refused(refused)) = &told[0] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (refused.status, refused.code.as_deref()),
        (400, Some("ErrorInvalidIdMalformed"))
    );
    assert_eq!(told[1], AT_ONCE);
    let events = r#""method":"DELETE","url":"/users/b@contoso.com/events/rx-preflight-asks-about-no-such-item""#;
    assert!(listener.heard()[0].contains(events));
    for other in [
        [
            refusal("0", 404, "MailboxNotEnabledForRESTAPI"),
            refusal("1", 400, "BadRequest"),
        ],
        [
            response("0", 400, &Value::Null),
            refusal("1", 404, "ErrorOfTheFuture"),
        ],
        // A success would be odd.
        [response("0", 204, &Value::Null), empty_list("1")],
    ] {
        let (_listener, wire) = answered(&other).await;
        assert_eq!(deletes(&wire).await, [AT_ONCE, AT_ONCE]);
    }
}

#[tokio::test]
async fn who_is_turned_away_waits_as_long_as_the_longest_is_told_to() {
    let (_listener, wire) = answered(&[
        busy("0", &json!("1")),
        empty_list("1"),
        busy("2", &json!("3")),
    ])
    .await;
    assert_eq!(
        views(&wire).await,
        (vec![after(3), READ, after(3)], Lesson::Useful)
    );
    let failed = json!({"responses": [busy("0", &json!("1")), empty_list("1"), empty_list("2")]})
        .to_string();
    let listener = Listener::says(says_json(424, &failed)).await;
    assert_eq!(
        views(&wire_to(&listener.base)).await,
        (vec![after(1), READ, READ], Lesson::Useful)
    );
    let room = mailbox("a@contoso.com");
    let slower = wire
        .calendar_views(CheckId::MailboxCalendarRead, &access_token(), &[&room])
        .await;
    assert_eq!(slower, None, "there is no room for a batch after that");
    let numbers = [
        busy("0", &json!(2)),
        busy("1", &json!(1.5)),
        busy("2", &json!("0.249")),
    ];
    let (_listener, wire) = answered(&numbers).await;
    assert_eq!(views(&wire).await, (vec![after(2); 3], Lesson::NotNow));
}

#[tokio::test]
async fn a_wait_beyond_the_patience_of_the_run_is_not_waited_for() {
    let (_listener, wire) =
        answered(&[busy("0", &json!("3600")), empty_list("1"), empty_list("2")]).await;
    let (told, lesson) = views(&wire).await;
    assert!(
        matches!(&told[0], Ok(Reply::Refused(refusal)) if refusal.status == 429),
        "{told:?}"
    );
    assert_eq!((&told[1..], lesson), (&[READ, READ][..], Lesson::Useful));
    assert_eq!(wire.ledger().take()[0].headers["retry-after"], "3600");
}

#[tokio::test]
async fn what_is_passed_over_is_asked_alone() {
    let without_headers = json!({"id": "1", "status": 200, "headers": null, "body": {"value": []}});
    let (_listener, wire) = answered(&[without_headers]).await;
    assert_eq!(
        views(&wire).await,
        (vec![AT_ONCE, READ, AT_ONCE], Lesson::Useful)
    );
    let refused = ["0", "1", "2"].map(|id| refusal(id, 403, "ErrorAccessDenied"));
    let (_listener, wire) = answered(&refused).await;
    assert_eq!(views(&wire).await, (vec![AT_ONCE; 3], Lesson::NoGoodNews));
}

#[tokio::test]
async fn without_an_answer_in_its_form_a_batch_tells_nothing() {
    let page = answer(
        403,
        "Content-Type: text/html\r\n",
        "<!DOCTYPE html><html>Policy of this gateway</html>",
    );
    let strange =
        json!({"responses": [empty_list("0"), empty_list("of another batch")]}).to_string();
    for answer in [
        page,
        says_json(
            404,
            r#"{"error":{"code":"BadRequest","message":"no batch"}}"#,
        ),
        says_json(
            400,
            r#"{"error":{"code":"ErrorInvalidIdMalformed","message":"not said of a room"}}"#,
        ),
        says_json(200, r#"{"value":[]}"#),
        says_json(200, r#"{"responses":[{"id":"0""#),
        says_json(200, &strange),
        answer(200, "", ""),
    ] {
        let listener = Listener::says(answer).await;
        let wire = wire_to(&listener.base);
        assert_eq!(
            views(&wire).await,
            (vec![AT_ONCE; 3], Lesson::NotUnderstood)
        );
    }
    let silent = Listener::plays(vec![Act::Hang]).await;
    let wire = wire_with(&silent.base, &transport(), Duration::from_millis(200));
    assert_eq!(
        views(&wire).await,
        (vec![AT_ONCE; 3], Lesson::NotUnderstood)
    );
    let closed = Listener::plays(vec![Act::Close]).await;
    let (told, lesson) = views(&wire_to(&closed.base)).await;
    assert!(
        told.iter().all(|told| matches!(told, Err((Some(_), 1)))),
        "{told:?}"
    );
    assert_eq!(lesson, Lesson::NotUnderstood);
}

#[tokio::test]
async fn a_batch_that_is_turned_away_as_a_whole_is_not_sent_again() {
    let busy = |wait: u16| {
        let headers = format!("Retry-After: {wait}\r\nContent-Type: application/json\r\n");
        answer(429, &headers, r#"{"error":{"code":"x"}}"#)
    };
    let listener = Listener::says(busy(2)).await;
    let wire = wire_to(&listener.base);
    assert_eq!(views(&wire).await, (vec![after(2); 3], Lesson::NotNow));
    assert_eq!(listener.heard().len(), 1);
    assert!(
        !wire.ledger().take()[0].headers.contains_key("retry-after"),
        "it is waited for"
    );
    let (told, lesson) = views(&wire_to(&Listener::says(busy(3600)).await.base)).await;
    let stands = |told: &Told| matches!(told, Ok(Reply::Refused(refusal)) if refusal.status == 429);
    assert!(
        told.len() == 3 && told.iter().all(stands) && lesson == Lesson::NotNow,
        "{told:?}"
    );
}

#[tokio::test]
async fn attempts_within_a_batch_count_among_those_that_are_made() {
    let busy = answer(
        429,
        "Retry-After: 0\r\nContent-Type: application/json\r\n",
        r#"{"error":{"code":"x"}}"#,
    );
    let listener = Listener::says(busy).await;
    let wire = wire_to(&listener.base);
    let earlier = EarlierAttempts {
        requests: vec![7],
        ms: 250,
        attempts: 1,
        ..EarlierAttempts::default()
    };
    let room = mailbox("a@contoso.com");
    let asked = wire
        .calendar_view(
            CheckId::MailboxCalendarRead,
            &access_token(),
            &room,
            earlier,
        )
        .await;
    assert_eq!((asked.requests, listener.heard().len()), (vec![7, 1], 2));
    assert!(asked.ms >= 250 && wire.ledger().take()[0].attempts == 2);
    let listener = Listener::says(answer(429, "Retry-After: 1\r\n", "")).await;
    let earlier = EarlierAttempts {
        waited: Duration::from_secs(60),
        attempts: 1,
        ..EarlierAttempts::default()
    };
    let wire = wire_to(&listener.base);
    let asked = wire
        .calendar_view(
            CheckId::MailboxCalendarRead,
            &access_token(),
            &room,
            earlier,
        )
        .await;
    assert!(matches!(asked.reply, Reply::Refused(_)));
    assert_eq!(
        listener.heard().len(),
        1,
        "a check has no more time than that"
    );
}
