//! Services that throttle, fail or stay silent for good, in paused time: what is sent, and when nothing is sent any more.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use crate::evidence::{Layer, Reply};
use crate::terms::CheckId;
use crate::wire::{AccessToken, EarlierAttempts, ResponseOrigin, ServiceResponse, Wire};

use super::listener::{Act, Listener, http_response, json as json_response};
use super::{access_token, client, credential, mailbox, tenant, wire_of_a_run};

const ROOMS: usize = 300;
/// The time on the way to the listener and back is no more than this in paused time.
const SLACK: f64 = 0.5;

fn busy(headers: &str) -> String {
    let body = r#"{"error":{"code":"TooManyRequests","message":"Please retry again later."}}"#;
    http_response(
        429,
        &format!("{headers}Content-Type: application/json\r\n"),
        body,
    )
}

fn soap_fault(code: &str, back_off: &str) -> String {
    let value =
        format!("<MessageXml><Value Name=\"BackOffMilliseconds\">{back_off}</Value></MessageXml>");
    let fault = format!(
        "<Fault><faultcode>a:{code}</faultcode><detail><ResponseCode>{code}</ResponseCode>{value}</detail></Fault>"
    );
    http_response(
        500,
        "Content-Type: text/xml\r\n",
        &format!("<Envelope><Body>{fault}</Body></Envelope>"),
    )
}

fn room(number: usize) -> String {
    format!("room-{number:05}@contoso.com")
}

async fn view(wire: &Wire, token: &AccessToken, address: &str) -> ServiceResponse<()> {
    wire.calendar_view(
        CheckId::MailboxCalendarRead,
        token,
        &mailbox(address),
        EarlierAttempts::default(),
    )
    .await
}

/// The result of requests for `ROOMS` rooms over Graph, eight at a time.
async fn views(wire: &Wire) -> Vec<ServiceResponse<()>> {
    let token = access_token();
    let lanes = (0..8).map(|lane| {
        let token = &token;
        async move {
            let mut done = Vec::new();
            for number in (lane..ROOMS).step_by(8) {
                done.push(view(wire, token, &room(number)).await);
            }
            done
        }
    });
    join_all(lanes).await.into_iter().flatten().collect()
}

/// The same over EWS.
async fn folders(wire: &Wire) -> Vec<ServiceResponse<()>> {
    let token = access_token();
    let lanes = (0..8).map(|lane| {
        let token = &token;
        async move {
            let mut done = Vec::new();
            for number in (lane..ROOMS).step_by(8) {
                let room = mailbox(&room(number));
                let folder = wire
                    .calendar_folder(CheckId::MailboxImpersonation, token, &room)
                    .await;
                done.push(folder.with(|reply| reply.map(|_| ())));
            }
            done
        }
    });
    join_all(lanes).await.into_iter().flatten().collect()
}

/// The mailbox in a request.
fn mailbox_in(request: &str) -> String {
    let found = request
        .find("room-")
        .unwrap_or_else(|| panic!("no mailbox in {request}"));
    request[found..found + "room-00000".len()].to_owned()
}

/// No mailbox got another request before its wait was over.
fn assert_left_alone(requests: &[(f64, String)], wait: f64) {
    let mut last: HashMap<String, f64> = HashMap::new();
    for (at, request) in requests {
        if let Some(before) = last.insert(mailbox_in(request), *at) {
            assert!(
                at - before >= wait,
                "requested at {before} and {at}: {request}"
            );
        }
    }
}

fn is_throttled(exchanged: &ServiceResponse<()>) -> bool {
    matches!(&exchanged.reply, Reply::Refused(refusal) if matches!(refusal.status, 429 | 500 | 503))
}

#[tokio::test(start_paused = true)]
async fn a_service_that_only_throttles_ends_the_run_after_a_minute() {
    for api in ["graph", "ews"] {
        let listener = Listener::sending(busy("Retry-After: 30\r\n")).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        let replies = if api == "graph" {
            views(&wire).await
        } else {
            folders(&wire).await
        };
        let (requests, took) = (
            listener.requests_since(began),
            began.elapsed().as_secs_f64(),
        );
        assert!((60.0..75.0).contains(&took), "{api}: {took} s");
        assert!(
            replies.len() == ROOMS && replies.iter().all(is_throttled),
            "{api}"
        );
        assert!(
            replies.iter().all(|one| !one.requests.is_empty()),
            "every row names the response that decides about it"
        );
        let withheld = replies
            .iter()
            .filter(|one| one.origin == ResponseOrigin::Withheld)
            .count();
        assert!(
            withheld >= ROOMS - 12 && requests.len() <= 12,
            "{api}: {withheld} withheld, {} sent",
            requests.len()
        );
        assert_left_alone(&requests, 30.0);
        let rounds: Vec<f64> = requests.iter().map(|(at, _)| *at).collect();
        let early = rounds
            .iter()
            .filter(|at| (SLACK..30.0).contains(*at) || (30.0 + SLACK..60.0).contains(*at));
        assert_eq!(
            early.count(),
            0,
            "{api}: nothing is sent while the service is to be left alone: {rounds:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn so_does_one_that_names_no_wait_or_a_short_one() {
    for headers in [
        "",
        "Retry-After: 0\r\n",
        "Retry-After: 1\r\n",
        "Retry-After: -5\r\n",
        "Retry-After: \r\n",
    ] {
        let listener = Listener::sending(busy(headers)).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        let replies = views(&wire).await;
        assert!(replies.iter().all(is_throttled));
        assert!(
            began.elapsed() < Duration::from_secs(75),
            "{headers:?}: {:?}",
            began.elapsed()
        );
        assert!(
            listener.requests().len() < 40,
            "{headers:?}: {} requests",
            listener.requests().len()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn exchange_reports_throttling_in_four_forms() {
    let ways = [
        http_response(503, "Retry-After: 30\r\n", ""),
        soap_fault("ErrorServerBusy", "30000"),
        soap_fault("ErrorExceededConnectionCount", ""),
        soap_fault("ErrorServerBusy", "none"),
    ];
    for way in ways {
        let listener = Listener::sending(way.clone()).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        let replies = folders(&wire).await;
        assert!(replies.iter().all(is_throttled), "{way}");
        assert!(
            began.elapsed() < Duration::from_secs(75),
            "{way}: {:?}",
            began.elapsed()
        );
        assert!(
            listener.requests().len() < 40,
            "{way}: {} requests",
            listener.requests().len()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_the_run_waits_is_kept_by_all() {
    for wait in [
        "31",
        "120",
        "99999999999999999999",
        "Mon, 23 Nov 9998 10:00:00 GMT",
    ] {
        let listener = Listener::sending(busy(&format!("Retry-After: {wait}\r\n"))).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        let replies = views(&wire).await;
        assert!(replies.len() == ROOMS && replies.iter().all(is_throttled));
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{wait}: {:?}",
            began.elapsed()
        );
        assert!(
            listener.requests().len() <= 8,
            "{wait}: {} requests",
            listener.requests().len()
        );
        assert_left_alone(&listener.requests_since(began), f64::INFINITY);
    }
    for wait in ["99999999999999999999", "31000", "1e40"] {
        let listener = Listener::sending(soap_fault("ErrorServerBusy", wait)).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        assert!(folders(&wire).await.iter().all(is_throttled));
        assert!(
            began.elapsed() < Duration::from_secs(5) && listener.requests().len() <= 8,
            "{wait}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_responds_is_given_up_after_three_rounds() {
    let listener = Listener::with_acts(vec![Act::Hang]).await;
    let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
    let replies = views(&wire).await;
    let timed_out = |one: &ServiceResponse<()>| matches!(&one.reply, Reply::Unreachable(failure) if failure.layer == Layer::ResponseTimeout);
    assert!(replies.len() == ROOMS && replies.iter().all(timed_out));
    assert!(
        began.elapsed() < Duration::from_secs(100),
        "{:?}",
        began.elapsed()
    );
    assert!(
        replies
            .iter()
            .filter(|one| one.origin == ResponseOrigin::Withheld)
            .count()
            > ROOMS - 40
    );
}

#[tokio::test(start_paused = true)]
async fn server_errors_without_end_are_given_up_as_well() {
    for status in [500, 502, 504] {
        let listener = Listener::sending(http_response(status, "", "")).await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        let token = access_token();
        let mut withheld = 0;
        for number in 0..3_000 {
            let one = view(&wire, &token, &room(number)).await;
            assert!(matches!(&one.reply, Reply::Refused(refusal) if refusal.status == status));
            withheld += usize::from(one.origin == ResponseOrigin::Withheld);
            // Every response takes a moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(
            withheld > 1_000,
            "{status}: {withheld}, {:?}",
            began.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_good_response_in_between_keeps_a_service_in_use() {
    let list = Act::Send(json_response(200, r#"{"value":[]}"#));
    let mut acts = Vec::new();
    for _ in 0..400 {
        acts.extend([Act::Send(busy("Retry-After: 1\r\n")), list.clone()]);
    }
    let listener = Listener::with_acts(acts).await;
    let wire = wire_of_a_run(&listener.base);
    let replies = views(&wire).await;
    assert!(replies.iter().all(|one| one.origin == ResponseOrigin::Own));
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_is_left_alone_by_every_other_request_and_other_mailboxes_go_on() {
    let list = Act::Send(json_response(200, r#"{"value":[]}"#));
    let listener = Listener::with_acts(vec![Act::Send(busy("Retry-After: 20\r\n")), list]).await;
    let (wire, began, token) = (
        wire_of_a_run(&listener.base),
        Instant::now(),
        access_token(),
    );
    let (busy_one, other) = (
        mailbox("room-00001@contoso.com"),
        mailbox("room-00002@contoso.com"),
    );
    let first = wire
        .send_test_mail(CheckId::MailSend, &token, &busy_one, &other, |_| {})
        .await;
    assert!(
        matches!(first.reply, Reply::Refused(_)),
        "a mail is sent once"
    );
    assert!(matches!(
        view(&wire, &token, "room-00002@contoso.com").await.reply,
        Reply::Success(())
    ));
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "another mailbox does not wait"
    );
    let another_app = AccessToken::new("another").unwrap();
    assert!(matches!(
        view(&wire, &another_app, "room-00001@contoso.com")
            .await
            .reply,
        Reply::Success(())
    ));
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "the limit is per app and mailbox"
    );
    let address = mailbox("ROOM-00001@contoso.com");
    wire.no_touch_event_delete(
        CheckId::MailboxCalendarWrite,
        &token,
        &address,
        EarlierAttempts::default(),
    )
    .await;
    assert!(
        began.elapsed() >= Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttled_mailbox_of_exchange_is_left_alone_by_every_app() {
    let listener = Listener::with_acts(vec![
        Act::Send(soap_fault("ErrorServerBusy", "31000")),
        Act::Hang,
    ])
    .await;
    let wire = wire_of_a_run(&listener.base);
    let room = mailbox("room-00001@contoso.com");
    for token in [access_token(), AccessToken::new("another").unwrap()] {
        let reply = wire
            .calendar_folder(CheckId::MailboxImpersonation, &token, &room)
            .await
            .reply;
        assert!(matches!(reply, Reply::Refused(_)), "{reply:?}");
    }
    assert_eq!(listener.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_mailbox_by_its_own_code_never_holds_the_service() {
    let body = r#"{"error":{"code":"ApplicationThrottled","message":"Application is over its MailboxConcurrency limit."}}"#;
    let headers = "Retry-After: 10\r\nContent-Type: application/json\r\n";
    let mut acts = vec![Act::Send(http_response(429, headers, body)); 3];
    acts.push(Act::Send(json_response(200, r#"{"value":[]}"#)));
    let listener = Listener::with_acts(acts).await;
    let (wire, began, token) = (
        wire_of_a_run(&listener.base),
        Instant::now(),
        access_token(),
    );
    let rooms = [room(1), room(2), room(3)];
    let throttled = join_all(rooms.iter().map(|room| view(&wire, &token, room)));
    let other = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        view(&wire, &token, &room(4)).await;
        began.elapsed()
    };
    let (throttled, other) = tokio::join!(throttled, other);
    assert!(other < Duration::from_secs(2), "{other:?}");
    assert!(
        throttled
            .iter()
            .all(|one| matches!(one.reply, Reply::Success(())))
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttled_probe_shows_the_way_and_the_next_request_waits() {
    let list = json_response(200, r#"{"value":[]}"#);
    for wait in ["20", "120"] {
        let listener = Listener::with_acts(vec![
            Act::Send(busy(&format!("Retry-After: {wait}\r\n"))),
            Act::Send(list.clone()),
        ])
        .await;
        let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
        assert!(matches!(
            wire.reach_graph(CheckId::NetworkGraph).await.reply,
            Reply::Refused(_)
        ));
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "the probe waits for nothing"
        );
        let next = wire.users(CheckId::DirectoryUsers, &access_token()).await;
        if wait == "20" {
            assert!(
                matches!(next.reply, Reply::Success(()))
                    && began.elapsed() >= Duration::from_secs(20)
            );
        } else {
            assert_eq!(
                (next.origin, listener.requests().len()),
                (ResponseOrigin::Withheld, 1)
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_host_that_only_throttles_gets_three_requests_in_all() {
    let body = r#"{"error":"temporarily_unavailable","error_codes":[50196]}"#;
    let headers = "Retry-After: 30\r\nContent-Type: application/json\r\n";
    let listener = Listener::sending(http_response(429, headers, body)).await;
    let (wire, began) = (wire_of_a_run(&listener.base), Instant::now());
    let base = listener.base.parse().unwrap();
    let discovery = wire
        .discover(CheckId::TenantDiscovery, &base, "contoso.com")
        .await;
    assert!(matches!(discovery.reply, Reply::Refused(_)));
    let mut standings = Vec::new();
    for resource in [
        "https://graph.microsoft.com",
        "https://outlook.office365.com",
    ] {
        let (token, _) = wire
            .token(
                CheckId::SignInGraph,
                &tenant(),
                &client(),
                &credential("abc8Q~x"),
                resource,
            )
            .await;
        assert!(
            matches!(&token.reply, Reply::Refused(refusal) if refusal.status == 429),
            "{:?}",
            token.reply
        );
        standings.push(token.origin);
    }
    assert!(
        began.elapsed() < Duration::from_secs(75),
        "{:?}",
        began.elapsed()
    );
    let requests = listener.requests_since(began);
    assert!(
        requests.len() == 3 && requests[1].0 >= 30.0 && requests[2].0 >= 60.0,
        "{requests:?}"
    );
    assert_eq!(standings[1], ResponseOrigin::Withheld);
}

#[tokio::test(start_paused = true)]
async fn batches_are_held_like_requests_of_their_own() {
    let listener = Listener::sending(busy("Retry-After: 30\r\n")).await;
    let (wire, began, token) = (
        wire_of_a_run(&listener.base),
        Instant::now(),
        access_token(),
    );
    let rooms: Vec<_> = (0..20).map(|number| mailbox(&room(number))).collect();
    let rooms: Vec<_> = rooms.iter().collect();
    let batch = || wire.calendar_views(CheckId::MailboxCalendarRead, &token, &rooms);
    assert!(batch().await.unwrap().responses.iter().all(Result::is_err));
    wire.users(CheckId::DirectoryUsers, &token).await;
    let requests = listener.requests_since(began);
    assert!(
        requests.iter().skip(1).all(|(at, _)| *at >= 30.0),
        "{requests:?}"
    );
    assert!(batch().await.is_none(), "the service is given up");
    assert!(
        began.elapsed() < Duration::from_secs(75),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_with_good_news_holds_no_more_than_the_mailboxes_that_it_was_refused_for() {
    let inner = |id: usize, status: u16| {
        let body = if status == 200 {
            json!({"value": []})
        } else {
            json!({"error": {"code": "TooManyRequests"}})
        };
        json!({"id": id.to_string(), "status": status, "headers": {"Retry-After": "20"}, "body": body})
    };
    let responses: Vec<_> = (0..4)
        .map(|id| inner(id, if id == 3 { 200 } else { 429 }))
        .collect();
    let batch = json_response(200, &json!({ "responses": responses }).to_string());
    let listener = Listener::with_acts(vec![
        Act::Send(batch),
        Act::Send(json_response(200, r#"{"value":[]}"#)),
    ])
    .await;
    let (wire, began, token) = (
        wire_of_a_run(&listener.base),
        Instant::now(),
        access_token(),
    );
    let rooms: Vec<_> = (0..4).map(|number| mailbox(&room(number))).collect();
    let batched = wire
        .calendar_views(
            CheckId::MailboxCalendarRead,
            &token,
            &rooms.iter().collect::<Vec<_>>(),
        )
        .await;
    assert_eq!(
        batched
            .unwrap()
            .responses
            .iter()
            .filter(|response| response.is_ok())
            .count(),
        1
    );
    view(&wire, &token, &room(9)).await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "another mailbox does not wait"
    );
    let delete = wire.no_touch_event_delete(
        CheckId::MailboxCalendarWrite,
        &token,
        &rooms[0],
        EarlierAttempts::default(),
    );
    delete.await;
    assert!(
        began.elapsed() >= Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_retry_when_the_run_ends_has_the_reply_that_it_got() {
    let listener = Listener::sending(busy("Retry-After: 30\r\n")).await;
    let (wire, began, token) = (
        wire_of_a_run(&listener.base),
        Instant::now(),
        access_token(),
    );
    let ends = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        wire.end();
    };
    let (first, second) = (room(1), room(2));
    let late = async {
        tokio::time::sleep(Duration::from_secs(9)).await;
        view(&wire, &token, &second).await
    };
    let (waiting, (), late) = tokio::join!(view(&wire, &token, &first), ends, late);
    assert_eq!(
        (waiting.origin, waiting.requests.as_slice()),
        (ResponseOrigin::Own, &[1][..])
    );
    assert!(is_throttled(&waiting) && began.elapsed() < Duration::from_secs(10));
    assert_eq!(
        (late.origin, late.requests.len(), listener.requests().len()),
        (ResponseOrigin::CutOff, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_when_the_run_ends_is_known_to_have_been_sent() {
    let listener = Listener::with_acts(vec![Act::Hang]).await;
    let (wire, token, first) = (wire_of_a_run(&listener.base), access_token(), room(1));
    let ends = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        wire.end();
    };
    let (in_flight, ()) = tokio::join!(view(&wire, &token, &first), ends);
    assert_eq!(
        (in_flight.origin, in_flight.requests.as_slice()),
        (ResponseOrigin::CutOff, &[1][..])
    );
}
