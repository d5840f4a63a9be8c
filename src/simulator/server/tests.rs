//! The simulation on a real socket.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::simulator::small_tenant::{APP, GRAPH_SCOPE, SECRET, SMALL, TENANT};
use crate::simulator::{RunningSimulator, SIMULATION_HEADER, Scenario, SimulatorOptions};

async fn start(addition: &str, options: SimulatorOptions) -> RunningSimulator {
    let scenario = Scenario::parse("small", &format!("{SMALL}\n{addition}")).unwrap();
    RunningSimulator::start(scenario, options).await.unwrap()
}

async fn played(addition: &str) -> RunningSimulator {
    start(addition, SimulatorOptions::default()).await
}

/// The small tenant with something more in it.
async fn played_with(more_of_the_tenant: &str) -> RunningSimulator {
    let scenario = Scenario::parse(
        "small",
        &SMALL.replace("region = \"EU\"", more_of_the_tenant),
    )
    .unwrap();
    RunningSimulator::start(scenario, SimulatorOptions::default())
        .await
        .unwrap()
}

/// The beginning of a client that is not the one of this program.
fn client_builder() -> reqwest::ClientBuilder {
    // Only the first test of the process can set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

fn client() -> reqwest::Client {
    client_builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn token(running: &RunningSimulator) -> String {
    let form = format!(
        "client_id={APP}&client_secret={SECRET}&scope={GRAPH_SCOPE}&grant_type=client_credentials"
    );
    let url = running
        .sign_in_url()
        .join(&format!("{TENANT}/oauth2/v2.0/token"))
        .unwrap();
    let request = client()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let body: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

async fn users(running: &RunningSimulator, token: &str) -> reqwest::Result<reqwest::Response> {
    client()
        .get(format!("{}/users", running.graph_url()))
        .bearer_auth(token)
        .send()
        .await
}

#[tokio::test]
async fn graph_responds_over_plain_http() {
    let running = played("").await;
    assert!(
        running.graph_url().as_str().ends_with("/v1.0")
            && running.ews_url().as_str().ends_with("/EWS/Exchange.asmx")
    );
    let response = users(&running, &token(&running).await).await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers()[SIMULATION_HEADER].to_str().unwrap()
        ),
        (200, "small")
    );
    running.stop().await;
}

#[tokio::test]
async fn tls_offers_http_2_to_clients_that_trust_the_authority() {
    let running = start(
        "",
        SimulatorOptions {
            tls: true,
            ..SimulatorOptions::default()
        },
    )
    .await;
    let trusted = reqwest::Certificate::from_pem(running.ca_pem().unwrap().as_bytes()).unwrap();
    let secure = client_builder().tls_certs_only([trusted]).build().unwrap();
    let response = secure.get(running.graph_url()).send().await.unwrap();
    assert_eq!(
        (response.version(), response.status().as_u16()),
        (reqwest::Version::HTTP_2, 401)
    );
    assert!(response.headers().contains_key(SIMULATION_HEADER));
    assert!(client().get(running.graph_url()).send().await.is_err());
}

#[tokio::test]
async fn other_clouds_have_their_own_sign_in_hosts() {
    let running = played("").await;
    let discovery = |cloud: &str| {
        let url = format!(
            "{}/contoso.com/v2.0/.well-known/openid-configuration",
            running.other_cloud_url(cloud)
        );
        async move { client().get(url).send().await.unwrap().status().as_u16() }
    };
    assert_eq!(
        (discovery("global").await, discovery("gcc-high").await),
        (200, 400)
    );
}

#[tokio::test]
async fn a_status_fault_applies_as_often_as_configured() {
    let fault = "[[fault]]\nat = \"graph\"\ndo = \"status\"\nstatus = 503\nfirst = 2\nheaders = { Retry-After = \"1\" }";
    let running = played(fault).await;
    let token = token(&running).await;
    for expected in [503, 503, 200] {
        assert_eq!(
            users(&running, &token).await.unwrap().status().as_u16(),
            expected
        );
    }
}

#[tokio::test]
async fn connections_are_reset_and_bodies_are_truncated() {
    let running =
        played("[[fault]]\nat = \"graph\"\ndo = \"reset\"\nfirst = 1\n[[fault]]\nat = \"graph\"\ndo = \"cut-off\"")
            .await;
    let token = token(&running).await;
    // The client itself repeats a request on a fresh connection only if none of it was sent.
    assert!(users(&running, &token).await.is_err());
    let cut = users(&running, &token).await.unwrap();
    assert_eq!(cut.status().as_u16(), 200);
    assert!(cut.bytes().await.is_err());
}

#[tokio::test]
async fn a_hang_outlasts_a_time_limit() {
    let running =
        played("[[fault]]\nat = \"graph\"\ndo = \"hang\"\nauthenticated_only = true").await;
    assert_eq!(
        client()
            .get(running.graph_url())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        401
    );
    let waited = tokio::time::timeout(Duration::from_millis(300), users(&running, "token")).await;
    assert!(waited.is_err());
}

#[tokio::test]
async fn portals_redirects_and_endless_bodies_are_played() {
    let faults = "[[fault]]\nat = \"graph\"\ndo = \"html\"\nfirst = 1\n[[fault]]\nat = \"graph\"\ndo = \"redirect\"\nfirst = 1\n\
                  [[fault]]\nat = \"graph\"\ndo = \"too-large\"\n";
    let running = played(faults).await;
    let portal = users(&running, "token").await.unwrap();
    assert!(
        portal.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    let redirect = users(&running, "token").await.unwrap();
    assert_eq!(
        (
            redirect.status().as_u16(),
            redirect.headers().contains_key("location")
        ),
        (302, true)
    );
    let endless = users(&running, "token").await.unwrap();
    assert!(endless.bytes().await.unwrap().len() > 50_000_000);
}

/// The number of bytes in the body of a response, with its status; `None` if it did not arrive whole.
async fn received(running: &RunningSimulator, token: &str) -> Option<(u16, usize)> {
    let response = users(running, token).await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.bytes().await.ok()?.len()))
}

#[tokio::test]
async fn faults_below_http_are_played() {
    let usual = played("").await;
    let (_, whole) = received(&usual, &token(&usual).await).await.unwrap();
    for (kind, expected) in [
        ("reset-in-head", None),
        ("reset-after-head", None),
        ("go-away", None),
        ("wrong-length", Some((200, whole / 2))),
        ("interim-storm", Some((200, whole))),
        ("half-document", Some((200, whole / 2))),
        ("not-utf8", Some((200, whole + 4))),
        ("unknown-encoding", Some((200, whole))),
    ] {
        let running = played(&format!("[[fault]]\nat = \"graph\"\ndo = \"{kind}\"")).await;
        let token = token(&running).await;
        assert_eq!(received(&running, &token).await, expected, "{kind}");
    }
}

#[tokio::test]
async fn a_response_that_trickles_arrives_byte_by_byte() {
    let running = played("[[fault]]\nat = \"graph\"\ndo = \"trickle\"\ndelay_ms = 20").await;
    let token = token(&running).await;
    let waited = tokio::time::timeout(Duration::from_millis(500), users(&running, &token)).await;
    assert!(waited.is_err());
}

#[tokio::test]
async fn hostile_bodies_are_small_on_the_wire() {
    for (kind, least, most) in [
        ("gzip-bomb", 500_000, 1_000_000),
        ("entities", 500, 2_000),
        ("deep-nesting", 20_000, 30_000),
    ] {
        let running = played(&format!("[[fault]]\nat = \"graph\"\ndo = \"{kind}\"")).await;
        let token = token(&running).await;
        let raw = client_builder().no_gzip().build().unwrap();
        let request = raw
            .get(format!("{}/users", running.graph_url()))
            .bearer_auth(&token);
        let body = request.send().await.unwrap().bytes().await.unwrap();
        assert!(
            (least..=most).contains(&body.len()),
            "{kind}: {}",
            body.len()
        );
    }
    // A client that unpacks it receives all of it.
    let running = played("[[fault]]\nat = \"graph\"\ndo = \"gzip-bomb\"").await;
    let token = token(&running).await;
    let mut unpacked = users(&running, &token).await.unwrap();
    let mut size = 0;
    while let Ok(Some(piece)) = unpacked.chunk().await {
        size += piece.len();
    }
    assert!(size > 100_000_000, "{size}");
}

#[tokio::test]
async fn an_echo_repeats_the_token_in_every_encoding() {
    for (encoding, expected) in [
        ("plain", "abc~1"),
        ("url", "abc%7E1"),
        ("base64", "YWJjfjE="),
        ("hex", "6162637e31"),
    ] {
        let running = played(&format!(
            "[[fault]]\nat = \"graph\"\ndo = \"echo\"\nencoding = \"{encoding}\""
        ))
        .await;
        let response = users(&running, "abc~1").await.unwrap();
        let header = response.headers()["x-ms-diagnostics"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = response.text().await.unwrap();
        assert!(header == expected && body.contains(expected), "{body}");
    }
}

#[tokio::test]
async fn too_many_requests_are_throttled() {
    let running = played_with("throttle = { every = 2, retry_after = 7 }").await;
    let token = token(&running).await;
    assert_eq!(
        users(&running, &token).await.unwrap().status().as_u16(),
        200
    );
    let throttled = users(&running, &token).await.unwrap();
    assert_eq!(
        (
            throttled.status().as_u16(),
            throttled.headers()["retry-after"].to_str().unwrap()
        ),
        (429, "7")
    );
}

#[tokio::test]
async fn the_recording_holds_every_request_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.jsonl");
    let running = start(
        "",
        SimulatorOptions {
            record: Some(path.clone()),
            ..SimulatorOptions::default()
        },
    )
    .await;
    let token = token(&running).await;
    users(&running, &token).await.unwrap();
    running.stop().await;
    let recording = std::fs::read_to_string(path).unwrap();
    let lines: Vec<serde_json::Value> = recording
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (lines.len(), &lines[1]["response"]["status"]),
        (2, &serde_json::json!(200))
    );
    assert!(
        lines[1]["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert!(!recording.contains(SECRET) && !recording.contains(&token));
}

/// The responses to a batch of GET requests, by their ids.
async fn batch(
    running: &RunningSimulator,
    token: &str,
    urls: &[&str],
) -> BTreeMap<String, serde_json::Value> {
    let inner = urls
        .iter()
        .enumerate()
        .map(|(id, url)| json!({"id": id.to_string(), "method": "GET", "url": url}));
    let body = json!({"requests": inner.collect::<Vec<_>>()});
    let request = client()
        .post(format!("{}/$batch", running.graph_url()))
        .bearer_auth(token)
        .json(&body);
    let mut response: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let responses = response["responses"].as_array_mut().unwrap().drain(..);
    responses
        .map(|response| (response["id"].as_str().unwrap().to_owned(), response))
        .collect()
}

#[tokio::test]
async fn four_requests_of_a_batch_are_worked_on_at_a_time() {
    let running = played_with("latency_ms = 60").await;
    let token = token(&running).await;
    let began = Instant::now();
    let responses = batch(&running, &token, &["/users"; 9]).await;
    assert!(
        began.elapsed() >= Duration::from_millis(3 * 60),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        responses
            .values()
            .filter(|response| response["status"] == 200)
            .count(),
        9
    );
    let served = running.tally().graph;
    assert_eq!((served.requests, served.max_concurrent), (9, 4));
}

#[tokio::test]
async fn each_request_of_a_batch_counts_against_the_limits() {
    let running = played_with("throttle = { every = 3, retry_after = 7 }").await;
    let token = token(&running).await;
    let responses = batch(
        &running,
        &token,
        &["/users", "/groups", "/users", "/groups"],
    )
    .await;
    let throttled: Vec<_> = responses
        .values()
        .filter(|response| response["status"] == 429)
        .collect();
    assert_eq!(
        (throttled.len(), &throttled[0]["headers"]["retry-after"]),
        (1, &json!("7"))
    );
    assert_eq!(running.tally().graph.throttled, 1);
}

#[tokio::test]
async fn a_fault_applies_within_a_batch_too() {
    let running = played(
        "[[fault]]\nat = \"graph\"\ndo = \"status\"\nstatus = 503\npath = \"groups\"\n\
         [[fault]]\nat = \"graph\"\ndo = \"reset\"\npath = \"organization\"",
    )
    .await;
    let token = token(&running).await;
    let responses = batch(&running, &token, &["/users", "/groups"]).await;
    assert_eq!(
        (&responses["0"]["status"], &responses["1"]["status"]),
        (&json!(200), &json!(503))
    );
    let body = json!({"requests": [{"id": "1", "method": "GET", "url": "/organization"}]});
    let request = client()
        .post(format!("{}/$batch", running.graph_url()))
        .bearer_auth(&token)
        .json(&body);
    assert!(request.send().await.is_err());
}
