//! Many requests in one batch, and when a request is sent on its own after all.

use std::time::Duration;

use serde_json::{Value, json};

use crate::evidence::Reply;
use crate::terms::CheckId;
use crate::wire::{BatchFeedback, Batched, EarlierAttempts, SendAlone, ServiceResponse, Wire};

use super::listener::{Act, Listener, http_response, json as json_response};
use super::{access_token, mailbox, transport, wire_to, wire_with};

/// The result of one request in a batch: a final reply, or a wait and the attempts that count.
type BatchedResult = Result<Reply<()>, (Option<Duration>, u32)>;

const READ: BatchedResult = Ok(Reply::Success(()));
/// The request is sent on its own immediately, from the first attempt on.
const IMMEDIATELY: BatchedResult = Err((None, 0));

fn after(seconds: u64) -> BatchedResult {
    Err((Some(Duration::from_secs(seconds)), 1))
}

/// The result of each request, all of which name the batch.
fn results_of(batched: Batched) -> Vec<BatchedResult> {
    let results_of = |response| match response {
        Ok(ServiceResponse {
            reply, requests, ..
        }) => {
            assert_eq!(requests, [1]);
            Ok(reply)
        }
        Err(SendAlone {
            after,
            earlier: EarlierAttempts {
                requests, attempts, ..
            },
        }) => {
            assert_eq!(requests, [1]);
            Err((after, attempts))
        }
    };
    batched.responses.into_iter().map(results_of).collect()
}

async fn views(wire: &Wire) -> (Vec<BatchedResult>, BatchFeedback) {
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
    (results_of(batched), lesson)
}

async fn deletes(wire: &Wire) -> Vec<BatchedResult> {
    let (first, second) = (mailbox("a@contoso.com"), mailbox("b@contoso.com"));
    let rooms = [&first, &second];
    results_of(
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

async fn responded(responses: &[Value]) -> (Listener, Wire) {
    let listener = Listener::sending(json_response(
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
async fn every_request_gets_its_own_response_in_any_order() {
    let (listener, wire) = responded(&[
        empty_list("2"),
        refusal("0", 403, "ErrorAccessDenied"),
        empty_list("1"),
    ])
    .await;
    assert_eq!(
        views(&wire).await,
        (vec![IMMEDIATELY, READ, READ], BatchFeedback::Useful)
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
    let requests = &listener.requests()[0];
    assert!(requests.starts_with("POST /v1.0/$batch "), "{requests}");
    assert!(requests.contains(
        r#"{"id":"1","method":"GET","url":"/users/b%2B1@contoso.com/calendarView?startDateTime="#
    ));
    assert!(
        requests
            .to_ascii_lowercase()
            .contains("content-type: application/json"),
        "{requests}"
    );
}

#[tokio::test]
async fn a_refused_id_is_final_and_any_other_response_to_a_write_is_repeated_alone() {
    let (listener, wire) = responded(&[
        refusal("0", 400, "ErrorInvalidIdMalformed"),
        refusal("1", 403, "ErrorAccessDenied"),
    ])
    .await;
    let results_of = deletes(&wire).await;
    let Ok(Reply::Refused(refused)) = &results_of[0] else {
        panic!("{results_of:?}")
    };
    assert_eq!(
        (refused.status, refused.code.as_deref()),
        (400, Some("ErrorInvalidIdMalformed"))
    );
    assert_eq!(results_of[1], IMMEDIATELY);
    let events = r#""method":"DELETE","url":"/users/b@contoso.com/events/rx-preflight-asks-about-no-such-item""#;
    assert!(listener.requests()[0].contains(events));
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
        let (_listener, wire) = responded(&other).await;
        assert_eq!(deletes(&wire).await, [IMMEDIATELY, IMMEDIATELY]);
    }
}

#[tokio::test]
async fn throttled_requests_wait_for_the_longest_retry_after() {
    let (_listener, wire) = responded(&[
        busy("0", &json!("1")),
        empty_list("1"),
        busy("2", &json!("3")),
    ])
    .await;
    assert_eq!(
        views(&wire).await,
        (vec![after(3), READ, after(3)], BatchFeedback::Useful)
    );
    let failed = json!({"responses": [busy("0", &json!("1")), empty_list("1"), empty_list("2")]})
        .to_string();
    let listener = Listener::sending(json_response(424, &failed)).await;
    assert_eq!(
        views(&wire_to(&listener.base)).await,
        (vec![after(1), READ, READ], BatchFeedback::Useful)
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
    let (_listener, wire) = responded(&numbers).await;
    assert_eq!(
        views(&wire).await,
        (vec![after(2); 3], BatchFeedback::NotNow)
    );
}

#[tokio::test]
async fn a_wait_beyond_the_patience_of_the_run_is_not_waited_for() {
    let (_listener, wire) =
        responded(&[busy("0", &json!("3600")), empty_list("1"), empty_list("2")]).await;
    let (results_of, lesson) = views(&wire).await;
    assert!(
        matches!(&results_of[0], Ok(Reply::Refused(refusal)) if refusal.status == 429),
        "{results_of:?}"
    );
    assert_eq!(
        (&results_of[1..], lesson),
        (&[READ, READ][..], BatchFeedback::Useful)
    );
    assert_eq!(wire.ledger().take()[0].headers["retry-after"], "3600");
}

#[tokio::test]
async fn a_request_without_a_response_is_repeated_alone() {
    let without_headers = json!({"id": "1", "status": 200, "headers": null, "body": {"value": []}});
    let (_listener, wire) = responded(&[without_headers]).await;
    assert_eq!(
        views(&wire).await,
        (vec![IMMEDIATELY, READ, IMMEDIATELY], BatchFeedback::Useful)
    );
    let refused = ["0", "1", "2"].map(|id| refusal(id, 403, "ErrorAccessDenied"));
    let (_listener, wire) = responded(&refused).await;
    assert_eq!(
        views(&wire).await,
        (vec![IMMEDIATELY; 3], BatchFeedback::NoGoodNews)
    );
}

#[tokio::test]
async fn a_batch_without_a_batch_response_yields_no_result() {
    let page = http_response(
        403,
        "Content-Type: text/html\r\n",
        "<!DOCTYPE html><html>Policy of this gateway</html>",
    );
    let strange =
        json!({"responses": [empty_list("0"), empty_list("of another batch")]}).to_string();
    for response in [
        page,
        json_response(
            404,
            r#"{"error":{"code":"BadRequest","message":"no batch"}}"#,
        ),
        json_response(
            400,
            r#"{"error":{"code":"ErrorInvalidIdMalformed","message":"not about a room"}}"#,
        ),
        json_response(200, r#"{"value":[]}"#),
        json_response(200, r#"{"responses":[{"id":"0""#),
        json_response(200, &strange),
        http_response(200, "", ""),
    ] {
        let listener = Listener::sending(response).await;
        let wire = wire_to(&listener.base);
        assert_eq!(
            views(&wire).await,
            (vec![IMMEDIATELY; 3], BatchFeedback::NotUnderstood)
        );
    }
    let silent = Listener::with_acts(vec![Act::Hang]).await;
    let wire = wire_with(&silent.base, &transport(), Duration::from_millis(200));
    assert_eq!(
        views(&wire).await,
        (vec![IMMEDIATELY; 3], BatchFeedback::NotUnderstood)
    );
    let closed = Listener::with_acts(vec![Act::Close]).await;
    let (results_of, lesson) = views(&wire_to(&closed.base)).await;
    assert!(
        results_of
            .iter()
            .all(|results_of| matches!(results_of, Err((Some(_), 1)))),
        "{results_of:?}"
    );
    assert_eq!(lesson, BatchFeedback::NotUnderstood);
}

#[tokio::test]
async fn a_batch_that_is_turned_away_as_a_whole_is_not_sent_again() {
    let busy = |wait: u16| {
        let headers = format!("Retry-After: {wait}\r\nContent-Type: application/json\r\n");
        http_response(429, &headers, r#"{"error":{"code":"x"}}"#)
    };
    let listener = Listener::sending(busy(2)).await;
    let wire = wire_to(&listener.base);
    assert_eq!(
        views(&wire).await,
        (vec![after(2); 3], BatchFeedback::NotNow)
    );
    assert_eq!(listener.requests().len(), 1);
    assert!(
        !wire.ledger().take()[0].headers.contains_key("retry-after"),
        "it is waited for"
    );
    let (results_of, lesson) = views(&wire_to(&Listener::sending(busy(3600)).await.base)).await;
    let is_final = |result: &BatchedResult| matches!(result, Ok(Reply::Refused(refusal)) if refusal.status == 429);
    assert!(
        results_of.len() == 3 && results_of.iter().all(is_final) && lesson == BatchFeedback::NotNow,
        "{results_of:?}"
    );
}

#[tokio::test]
async fn attempts_within_a_batch_count_among_those_that_are_made() {
    let busy = http_response(
        429,
        "Retry-After: 0\r\nContent-Type: application/json\r\n",
        r#"{"error":{"code":"x"}}"#,
    );
    let listener = Listener::sending(busy).await;
    let wire = wire_to(&listener.base);
    let earlier = EarlierAttempts {
        requests: vec![7],
        ms: 250,
        attempts: 1,
        ..EarlierAttempts::default()
    };
    let room = mailbox("a@contoso.com");
    let requested = wire
        .calendar_view(
            CheckId::MailboxCalendarRead,
            &access_token(),
            &room,
            earlier,
        )
        .await;
    assert_eq!(
        (requested.requests, listener.requests().len()),
        (vec![7, 1], 2)
    );
    assert!(requested.ms >= 250 && wire.ledger().take()[0].attempts == 2);
    let listener = Listener::sending(http_response(429, "Retry-After: 1\r\n", "")).await;
    let earlier = EarlierAttempts {
        waited: Duration::from_mins(1),
        attempts: 1,
        ..EarlierAttempts::default()
    };
    let wire = wire_to(&listener.base);
    let requested = wire
        .calendar_view(
            CheckId::MailboxCalendarRead,
            &access_token(),
            &room,
            earlier,
        )
        .await;
    assert!(matches!(requested.reply, Reply::Refused(_)));
    assert_eq!(
        listener.requests().len(),
        1,
        "a check has no more time than that"
    );
}
