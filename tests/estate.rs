//! Whole estates: what a run over thousands of rooms prints, how it behaves at a service with limits, and how it ends early.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use rx_preflight::cli::{Played, play};
use rx_preflight::diagnosis::Outcome;
use rx_preflight::report::table::{Detail, TableOptions, render};
use rx_preflight::report::{Report, Verdict};
use rx_preflight::simulator::{Scenario, catalogue};
use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::Tenant;

/// A scenario with a line more in its tenant.
fn scenario(name: &str, tenant: &str) -> Scenario {
    scenario_with(name, tenant, "")
}

/// The same with something more at its end.
fn scenario_with(name: &str, tenant: &str, more: &str) -> Scenario {
    let file = support::folder("fixtures/scenarios").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(file).unwrap().replacen("[tenant]\n", &format!("[tenant]\n{tenant}\n"), 1);
    Scenario::parse(name, &format!("{text}\n{more}")).unwrap()
}

async fn played(scenario: Scenario) -> Played {
    Box::pin(play(scenario, None, false, std::future::pending())).await.unwrap()
}

async fn report_of(scenario: Scenario) -> Report {
    played(scenario).await.report
}

fn table(report: &Report) -> String {
    let options = TableOptions { width: 100, colour: false, unicode: true, plain: false, detail: Detail::Normal };
    render(report, &options)
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_bad_rooms_among_thousands_are_thirty_names_and_one_cause() {
    for name in ["ews-ready", "graph-ready"] {
        let report = report_of(scenario(name, "more_rooms = { count = 3000, refused = 30 }")).await;
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        let required: Vec<&str> = report.causes.iter().map(|cause| cause.id.as_str()).collect();
        assert!(required.len() <= 2 && required[0].starts_with("mailbox.outside-"), "{required:?}");
        let text = table(&report);
        let rows = text.split("CHECKS THAT DID NOT PASS").nth(1).unwrap();
        // The names stand in the second column, right behind the width of a status word.
        let rooms = rows.lines().filter(|line| line.starts_with(&format!("{:13}room-0", "")));
        assert_eq!(rooms.count(), 30, "{rows}");
        assert!(text.lines().count() < 160, "{} lines", text.lines().count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_stand_in_the_order_of_the_settings_whatever_order_they_answer_in() {
    let report = report_of(scenario("graph-ready", "latency_ms = 1\nmore_rooms = { count = 300 }")).await;
    let read = report.results.iter().filter(|row| row.check.as_str() == "mailbox.calendar-read");
    let generated: Vec<&str> = read.map(|row| row.subject.as_str()).filter(|room| room.starts_with("room-")).collect();
    assert_eq!(generated.len(), 300);
    assert!(generated.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_service_with_limits_nothing_is_lost_and_little_is_throttled() {
    let limits = "latency_ms = 10\nthrottle = { in_flight = 4, every = 200, retry_after = 1 }";
    for name in ["ews-ready", "graph-ready"] {
        let played = played(scenario(name, &format!("{limits}\nmore_rooms = {{ count = 1000 }}"))).await;
        assert_eq!(played.report.summary.verdict, Verdict::Ready, "{:?}", played.report.summary);
        let served = if name == "ews-ready" { played.tally.exchange } else { played.tally.graph };
        assert!(served.throttled > 0 && served.throttled * 20 <= served.requests, "{served:?}");
        assert!(served.requests >= 1000 && served.most_at_one_mailbox == 1, "{served:?}");
    }
}

/// What a report says: everything but the requests that it took, the time, and the host that was asked.
fn said(report: &Report) -> Vec<Value> {
    let rows = report.results.iter().map(|row| {
        let mut row = serde_json::to_value(row).unwrap();
        let of_this_run = [
            "requests",
            "duration_ms",
            if row["check"].as_str().unwrap().starts_with("network.") { "subject" } else { "n" },
        ];
        for name in of_this_run {
            row.as_object_mut().unwrap().remove(name).unwrap();
        }
        row
    });
    rows.chain(report.causes.iter().map(|cause| serde_json::to_value(cause).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rooms_of_graph_are_asked_about_in_few_requests_and_bad_ones_alone() {
    let played = played(scenario("graph-ready", "more_rooms = { count = 300, refused = 5 }")).await;
    let (report, served) = (&played.report, played.tally.graph);
    assert!(served.requests >= 2 * 295 && served.most_at_one_mailbox == 1, "{served:?}");
    assert!(report.requests.len() < 60, "{} requests", report.requests.len());
    let request = |n: &u32| report.requests.iter().find(|request| request.n == *n).unwrap();
    let refused = report.results.iter().filter(|row| row.outcome == Outcome::Fail && row.subject.starts_with("room-"));
    let refused: Vec<_> = refused.collect();
    assert_eq!(refused.len(), 5);
    for row in refused {
        let [batch, alone] = row.requests.iter().map(request).collect::<Vec<_>>()[..] else { panic!("{row:?}") };
        assert!(batch.url.ends_with("/$batch") && batch.status == Some(200));
        assert!(alone.url.contains(&row.subject) && alone.status == Some(403) && alone.request_id.is_some());
        assert!(alone.headers.contains_key("x-ms-ags-diagnostic"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_batch_changes_no_word_of_the_report() {
    let gateway = "[[fault]]\nat = \"graph\"\npath = \"$batch\"\n";
    let rooms = "more_rooms = { count = 150, refused = 5 }";
    let batched = report_of(scenario("graph-ready", rooms)).await;
    for fault in ["do = \"status\"\nstatus = 404", "do = \"html\"", "do = \"reset\"", "do = \"status\"\nstatus = 429"] {
        let alone = report_of(scenario_with("graph-ready", rooms, &format!("{gateway}{fault}"))).await;
        let (alone_said, batched_said) = (said(&alone), said(&batched));
        let difference = alone_said.iter().zip(&batched_said).find(|(alone, batched)| alone != batched);
        assert_eq!((difference, alone_said.len()), (None, batched_said.len()), "{fault}");
        let sent = alone.requests.iter().filter(|request| request.url.ends_with("/$batch")).count();
        assert!(sent > 0 && alone.requests.len() > 2 * 150, "{fault}: {} requests", alone.requests.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_within_a_batch_is_asked_about_again() {
    let trouble = "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\ndo = \"status\"\nstatus = 503\nfirst = 3";
    let played = played(scenario_with("graph-ready", "more_rooms = { count = 150 }", trouble)).await;
    assert_eq!(played.report.summary.verdict, Verdict::Ready, "{:?}", played.report.summary);
    let rows = played.report.results.iter().filter(|row| row.check.as_str() == "mailbox.calendar-read");
    assert_eq!(rows.filter(|row| row.requests.len() == 2).count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rooms_have_requests_of_their_own() {
    // Three rooms stand in the scenario itself.
    for (more, batched) in [(96, false), (97, true)] {
        let report = report_of(scenario("graph-ready", &format!("more_rooms = {{ count = {more} }}"))).await;
        assert_eq!(report.requests.iter().any(|request| request.url.ends_with("/$batch")), batched, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_no_room_can_be_read_no_further_batch_is_tried() {
    let nobody = "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\ndo = \"status\"\nstatus = 403\n\
                  body = '{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"Access is denied.\"}}'";
    let report = report_of(scenario_with("graph-ready", "more_rooms = { count = 300 }", nobody)).await;
    let batches = report.requests.iter().filter(|request| request.url.ends_with("/$batch")).count();
    assert!((1..=4).contains(&batches), "{batches}");
    assert_eq!(report.summary.verdict, Verdict::NotReady);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_discovery_serve_all_connections_that_share_them() {
    let report = report_of(catalogue::load("estate-shared-app").unwrap()).await;
    let count = |purpose: &str| report.requests.iter().filter(|request| request.purpose.as_str() == purpose).count();
    assert!(report.target.connections.len() > 1);
    assert_eq!((count("tenant.discovery"), count("sign-in.graph")), (1, 1), "{:?}", report.requests);
}

#[test]
fn the_deadline_leaves_out_what_was_not_reached() {
    let tenant = Tenant::start_with("graph-ready", false, &["--rooms", "500", "--latency", "100ms"]);
    let folder = TempDir::new().unwrap();
    let mut command = support::program(folder.path());
    command.args(["check", "--format", "json", "--deadline", "1s", "--config"]);
    let output = command.arg(tenant.folder.path().join("rx-preflight.toml")).args(tenant.addresses()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", report["summary"]);
    let rows = report["results"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["skip_reason"] == "out-of-time"));
    assert!(rows.iter().all(|row| row["outcome"] != "fail"));
}
