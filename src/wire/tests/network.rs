//! Retries, limits, bounds, redirects and broken connections.

use std::time::{Duration, Instant};

use crate::evidence::{Layer, Reply, Unexpected};
use crate::settings::Transport;
use crate::terms::CheckId;
use crate::wire::EarlierAttempts;

use super::listener::{Act, Listener, http_response, json};
use super::{access_token, mailbox, transport, wire_to, wire_with};

const LIST: &str = r#"{"value":[]}"#;

fn unexpected<T: std::fmt::Debug>(reply: Reply<T>) -> Unexpected {
    match reply {
        Reply::Unexpected(unexpected) => unexpected,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_throttled_read_is_repeated_after_the_named_wait() {
    let busy = http_response(429, "Retry-After: 0\r\n", "");
    let listener = Listener::with_acts(vec![
        Act::Send(busy.clone()),
        Act::Send(busy),
        Act::Send(json(200, LIST)),
    ])
    .await;
    let wire = wire_to(&listener.base);
    let exchanged = wire.users(CheckId::DirectoryUsers, &access_token()).await;
    assert_eq!(exchanged.reply, Reply::Success(()));
    assert_eq!(exchanged.requests, [1]);
    let records = wire.ledger().take();
    assert_eq!(
        (records.len(), records[0].attempts, records[0].status),
        (1, 3, Some(200))
    );
    assert_eq!(listener.requests().len(), 3);
}

#[tokio::test]
async fn two_retries_are_the_most() {
    let listener = Listener::sending(http_response(503, "Retry-After: 0\r\n", "")).await;
    let wire = wire_to(&listener.base);
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!((refusal.status, refusal.retry_after_ms), (503, Some(0)));
    assert_eq!(wire.ledger().take()[0].attempts, 3);
    assert_eq!(listener.requests().len(), 3);
}

#[tokio::test]
async fn a_wait_beyond_patience_is_not_waited_for() {
    let listener = Listener::sending(http_response(429, "Retry-After: 31\r\n", "")).await;
    let wire = wire_to(&listener.base);
    let begun = Instant::now();
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(refusal.retry_after_ms, Some(31_000));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(listener.requests().len(), 1);
}

#[tokio::test]
async fn a_permanent_refusal_is_requested_once() {
    let body = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#;
    let listener = Listener::sending(json(403, body)).await;
    let wire = wire_to(&listener.base);
    let reply = wire
        .groups(CheckId::DirectoryGroups, &access_token())
        .await
        .reply;
    assert!(
        matches!(reply, Reply::Refused(refusal) if refusal.code.as_deref() == Some("Authorization_RequestDenied"))
    );
    let record = wire.ledger().take().remove(0);
    assert_eq!(
        (record.attempts, record.request_id.as_deref()),
        (1, Some("r-1"))
    );
    assert_eq!(record.headers["content-type"], "application/json");
    assert!(listener.requests()[0].contains(record.client_request_id.as_deref().unwrap()));
}

#[tokio::test]
async fn a_broken_connection_is_retried_and_then_reported() {
    let listener = Listener::with_acts(vec![Act::Close, Act::Send(json(200, LIST))]).await;
    let exchanged = wire_to(&listener.base)
        .users(CheckId::DirectoryUsers, &access_token())
        .await;
    assert_eq!(exchanged.reply, Reply::Success(()));

    let listener = Listener::with_acts(vec![Act::Close]).await;
    let wire = wire_to(&listener.base);
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Broken, "{failure:?}");
    assert_eq!(format!("http://{}", failure.host), listener.base);
    let record = wire.ledger().take().remove(0);
    assert_eq!(
        (record.attempts, record.status, record.failure),
        (3, None, Some(failure.detail))
    );
}

#[tokio::test]
async fn a_truncated_body_is_a_broken_connection() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"value\":[".to_owned();
    let reply = wire_to(&Listener::sending(cut).await.base)
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Broken, "{failure:?}");
}

#[tokio::test]
async fn a_complete_response_with_half_a_document_is_cut_off() {
    let listener = Listener::sending(json(200, r#"{"value":[{"id":"#)).await;
    let odd = unexpected(
        wire_to(&listener.base)
            .users(CheckId::DirectoryUsers, &access_token())
            .await
            .reply,
    );
    assert_eq!(
        (odd.problem.as_str(), odd.status, odd.foreign),
        ("cut off", 200, false)
    );
    assert_eq!(odd.content_type.as_deref(), Some("application/json"));
}

#[tokio::test]
async fn no_more_than_the_bound_is_read() {
    let listener =
        Listener::sending(json(200, &format!("\"{}\"", "x".repeat(2 * 1024 * 1024)))).await;
    let odd = unexpected(
        wire_to(&listener.base)
            .users(CheckId::DirectoryUsers, &access_token())
            .await
            .reply,
    );
    assert_eq!(
        (odd.problem.as_str(), odd.excerpt.as_str()),
        ("too large", "")
    );
}

#[tokio::test]
async fn a_body_is_read_up_to_the_bound_and_not_one_byte_beyond() {
    let padded = |length: usize| format!("{LIST}{}", " ".repeat(length - LIST.len()));
    let at_bound = Listener::sending(json(200, &padded(1024 * 1024))).await;
    let reply = wire_to(&at_bound.base)
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    assert_eq!(reply, Reply::Success(()));
    let beyond = Listener::sending(json(200, &padded(1024 * 1024 + 1))).await;
    let odd = unexpected(
        wire_to(&beyond.base)
            .users(CheckId::DirectoryUsers, &access_token())
            .await
            .reply,
    );
    assert_eq!(odd.problem, "too large");
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_token() {
    let trap = Listener::sending(json(200, LIST)).await;
    let listener = Listener::sending(http_response(
        302,
        &format!(
            "Location: {}/login\r\n",
            trap.base.replace("127.0.0.1", "localhost")
        ),
        "",
    ))
    .await;
    let odd = unexpected(
        wire_to(&listener.base)
            .users(CheckId::DirectoryUsers, &access_token())
            .await
            .reply,
    );
    assert_eq!(
        (odd.problem.as_str(), odd.foreign),
        ("a redirect to localhost", true)
    );
    assert!(trap.requests().is_empty());
}

#[tokio::test]
async fn a_silent_service_runs_into_the_timeout_and_is_not_retried() {
    let listener = Listener::with_acts(vec![Act::Hang]).await;
    let wire = wire_with(&listener.base, &transport(), Duration::from_millis(200));
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(
        (failure.layer, failure.limit_ms),
        (Layer::ResponseTimeout, Some(200))
    );
    assert_eq!(wire.ledger().take()[0].attempts, 1);
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let reply = wire_to(&closed_port().await)
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Refused, "{failure:?}");
    assert_eq!(
        failure.detail.matches("refused").count(),
        1,
        "{}",
        failure.detail
    );
}

/// A label of 64 characters resolves nowhere, and below `localhost` no proxy of the environment is used.
#[tokio::test]
async fn a_name_that_does_not_resolve_is_reported_as_such() {
    let host = format!("{}.localhost", "n".repeat(64));
    let wire = wire_to(&format!("http://{host}"));
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Name, "{failure:?}");
    assert_eq!(failure.host, format!("{host}:80"));
}

/// The failure of a request without a response.
fn failure_of<T: std::fmt::Debug>(reply: Reply<T>) -> crate::evidence::Failure {
    match reply {
        Reply::Unreachable(failure) => failure,
        other => panic!("{other:?}"),
    }
}

async fn closed_port() -> String {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", socket.local_addr().unwrap())
}

/// No computer has this address, so connecting to it fails immediately, and not with a refusal.
const NO_COMPUTER: &str = "255.255.255.255:443";

#[tokio::test]
async fn an_address_without_a_route_is_an_error_of_its_own_kind() {
    let reply = wire_to(&format!("https://{NO_COMPUTER}"))
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Other, "{failure:?}");
}

#[tokio::test]
async fn a_proxy_without_a_route_is_a_failure_of_the_proxy() {
    for base in ["https://graph.test", "http://127.0.0.1:9"] {
        let failure = through_proxy(&format!("http://{NO_COMPUTER}"), base).await;
        assert_eq!(failure.layer, Layer::Proxy, "{failure:?}");
    }
}

/// The name of the service does not resolve either, but only the proxy looks it up.
#[tokio::test]
async fn a_proxy_whose_name_does_not_resolve_is_a_failure_of_the_proxy() {
    let proxy = format!("http://{}.localhost:3128", "n".repeat(64));
    for base in ["https://graph.test", "http://127.0.0.1:9"] {
        let failure = through_proxy(&proxy, base).await;
        assert_eq!(failure.layer, Layer::Proxy, "{failure:?}");
    }
}

/// An end without an alert is a refusal of TLS; a reset comes from whatever is in between.
#[tokio::test]
async fn a_reset_during_the_handshake_is_a_broken_connection() {
    let listener = Listener::with_acts(vec![Act::Reset]).await;
    let reply = wire_to(&listener.base.replace("http:", "https:"))
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let failure = failure_of(reply);
    assert_eq!(failure.layer, Layer::Broken, "{failure:?}");
}

async fn through_proxy(proxy: &str, base: &str) -> crate::evidence::Failure {
    let transport = Transport {
        proxy: Some(proxy.parse().unwrap()),
        ..transport()
    };
    let reply = wire_with(base, &transport, Duration::from_secs(5))
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    failure_of(reply)
}

#[tokio::test]
async fn the_faults_of_a_proxy_are_distinguished() {
    let closed = closed_port().await;
    let failure = through_proxy(&closed, "https://graph.test").await;
    assert_eq!(failure.layer, Layer::Proxy, "{failure:?}");
    assert_eq!(format!("http://{}", failure.host), closed);

    let wish = Listener::sending(http_response(407, "Proxy-Authenticate: Basic\r\n", "")).await;
    let failure = through_proxy(&wish.base, "https://graph.test").await;
    assert_eq!(failure.layer, Layer::ProxyAuthentication, "{failure:?}");
    assert!(wish.requests()[0].starts_with("CONNECT graph.test:443"));

    let refusal = Listener::sending(http_response(403, "", "<html>blocked</html>")).await;
    let failure = through_proxy(&refusal.base, "https://graph.test").await;
    assert_eq!(failure.layer, Layer::ProxyRefused, "{failure:?}");
    assert_eq!(
        failure.detail,
        "the proxy responded to the tunnel request (CONNECT) with 403 Forbidden"
    );
}

#[tokio::test]
async fn credentials_that_a_proxy_rejects_differ_from_missing_ones() {
    for status in [401, 407] {
        let proxy = Listener::sending(http_response(status, "", "")).await;
        let with = proxy.base.replace("http://", "http://rx:hunter2-word@");
        let failure = through_proxy(&with, "https://graph.test").await;
        assert_eq!(failure.layer, Layer::ProxyCredentials, "{failure:?}");
        assert!(
            failure.detail.contains(&status.to_string()) && !failure.detail.contains("hunter2"),
            "{failure:?}"
        );
    }
    let without = Listener::sending(http_response(401, "", "")).await;
    let failure = through_proxy(&without.base, "https://graph.test").await;
    assert_eq!(failure.layer, Layer::ProxyRefused, "{failure:?}");
}

#[tokio::test]
async fn a_repeated_tunnel_request_is_in_the_ledger() {
    let proxy = Listener::sending(http_response(403, "", "")).await;
    let transport = Transport {
        proxy: Some(proxy.base.parse().unwrap()),
        ..transport()
    };
    let wire = wire_with("https://graph.test", &transport, Duration::from_secs(5));
    wire.users(CheckId::DirectoryUsers, &access_token()).await;
    let records = wire.ledger().take();
    let requested: Vec<_> = records
        .iter()
        .map(|record| (record.method.as_str(), record.url.as_str(), record.status))
        .collect();
    assert_eq!(
        requested[1],
        ("CONNECT", "https://graph.test/", Some(403)),
        "{requested:?}"
    );
}

#[tokio::test]
async fn a_proxy_given_by_the_user_carries_loopback_addresses_too() {
    let proxy = Listener::sending(http_response(407, "", "")).await;
    let failure = through_proxy(&proxy.base, "http://127.0.0.1:9").await;
    assert_eq!(failure.layer, Layer::ProxyAuthentication, "{failure:?}");
    assert!(
        proxy.requests()[0].starts_with("GET http://127.0.0.1:9/v1.0/users"),
        "{}",
        proxy.requests()[0]
    );
}

#[tokio::test]
async fn an_unfinished_request_is_in_the_ledger() {
    let listener = Listener::with_acts(vec![Act::Hang]).await;
    let wire = wire_to(&listener.base);
    let token = access_token();
    let room = mailbox("room1@contoso.com");
    let requested = wire.calendar_view(
        CheckId::MailboxCalendarRead,
        &token,
        &room,
        EarlierAttempts::default(),
    );
    assert!(
        tokio::time::timeout(Duration::from_millis(100), requested)
            .await
            .is_err()
    );
    let record = wire.ledger().take().remove(0);
    assert_eq!(
        (record.n, record.status, record.purpose),
        (1, None, CheckId::MailboxCalendarRead.into())
    );
    assert_eq!(
        record.failure.as_deref(),
        Some("canceled before a response arrived")
    );
}

#[tokio::test]
async fn the_password_of_a_proxy_shows_nowhere() {
    let proxy = Listener::sending(http_response(
        407,
        "X-MS-Diagnostics: 1;reason=\"hunter2-word\"\r\n",
        "",
    ))
    .await;
    let address = proxy.base.replace("http://", "http://rx:hunter2-word@");
    let transport = Transport {
        proxy: Some(address.parse().unwrap()),
        ..transport()
    };
    let wire = wire_with("http://127.0.0.1:9", &transport, Duration::from_secs(5));
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let records = wire.ledger().take();
    assert!(
        !format!("{reply:?}{records:?}{wire:?}").contains("hunter2"),
        "{reply:?}{records:?}{wire:?}"
    );
}
