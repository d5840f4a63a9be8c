//! Whole estates: what a run over thousands of rooms prints, how it behaves at a service with limits, and how it ends early.

use rx_preflight::report::table::{Detail, TableOptions, render};
use rx_preflight::report::{Report, Verdict};
use rx_preflight::simulator::catalog;
use serde_json::Value;
use support::{Tenant, played, report_of, scenario};
use tempfile::TempDir;

mod support;

fn table(report: &Report, detail: Detail) -> String {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail,
    };
    render(report, &options)
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_bad_rooms_among_thousands_are_thirty_names_and_one_cause() {
    for name in ["ews-ready", "graph-ready"] {
        let report = report_of(scenario(
            name,
            "more_rooms = { count = 3000, refused = 30 }",
        ))
        .await;
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        let required: Vec<&str> = report
            .causes
            .iter()
            .map(|cause| cause.id.as_str())
            .collect();
        assert!(
            required.len() <= 2 && required[0].starts_with("mailbox.outside-"),
            "{required:?}"
        );
        let text = table(&report, Detail::Verbose);
        let rows = text.split("CHECKS THAT DID NOT PASS").nth(1).unwrap();
        let rows = rows.split("EVERY CHECK").next().unwrap();
        // The names are in the second column, right after the width of a status word.
        let rooms = rows
            .lines()
            .filter(|line| line.starts_with(&format!("{:13}room-0", "")));
        assert_eq!(rooms.count(), 30, "{rows}");
        let screen = table(&report, Detail::Normal);
        assert!(screen.lines().count() < 40, "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_keep_the_order_of_the_settings_whatever_the_order_of_the_responses() {
    let report = report_of(scenario(
        "graph-ready",
        "latency_ms = 1\nmore_rooms = { count = 300 }",
    ))
    .await;
    let read = report
        .results
        .iter()
        .filter(|row| row.check.as_str() == "mailbox.calendar-read");
    let generated: Vec<&str> = read
        .map(|row| row.subject.as_str())
        .filter(|room| room.starts_with("room-"))
        .collect();
    assert_eq!(generated.len(), 300);
    assert!(generated.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_service_with_limits_nothing_is_lost_and_little_is_throttled() {
    let limits = "latency_ms = 10\nthrottle = { in_flight = 4, every = 200, retry_after = 1 }";
    for name in ["ews-ready", "graph-ready"] {
        let played = played(scenario(
            name,
            &format!("{limits}\nmore_rooms = {{ count = 1000 }}"),
        ))
        .await;
        assert_eq!(
            played.report.summary.verdict,
            Verdict::Ready,
            "{:?}",
            played.report.summary
        );
        let (served, least) = if name == "ews-ready" {
            (played.tally.exchange, 1000)
        } else {
            (played.tally.graph, 2 * 1000)
        };
        assert!(
            served.throttled > 0 && served.throttled * 20 <= served.requests,
            "{served:?}"
        );
        let again = played
            .report
            .requests
            .iter()
            .filter(|request| request.attempts > 1)
            .count();
        assert!(
            name != "ews-ready" || again > 0,
            "the report shows which requests were repeated"
        );
        assert!(
            served.requests >= least && served.max_concurrent_per_mailbox == 1,
            "{served:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_discovery_serve_all_connections_that_share_them() {
    let report = report_of(catalog::load("estate-shared-app").unwrap()).await;
    let count = |purpose: &str| {
        report
            .requests
            .iter()
            .filter(|request| request.purpose.as_str() == purpose)
            .count()
    };
    assert!(report.target.connections.len() > 1);
    assert_eq!(
        (count("tenant.discovery"), count("sign-in.graph")),
        (1, 1),
        "{:?}",
        report.requests
    );
}

#[test]
fn the_deadline_leaves_out_what_was_not_reached() {
    let tenant = Tenant::start_with(
        "graph-ready",
        false,
        &["--rooms", "500", "--latency", "100ms"],
    );
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json", "--deadline", "1s"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", report["summary"]);
    let rows = report["results"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["skip_reason"] == "out-of-time"));
    assert!(rows.iter().all(|row| row["outcome"] != "fail"));
}
