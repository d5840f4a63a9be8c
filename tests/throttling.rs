//! Services that throttle or fail for good: how long a run takes, and what the report contains.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::time::Duration;

use rx_preflight::report::{Report, Verdict};
use rx_preflight::terms::{CheckGroup, Outcome, SkipReason};
use serde_json::Value;
use support::{Tenant, played, scenario, scenario_with};
use tempfile::TempDir;
use tokio::time::Instant;

mod support;

/// The report is inconclusive for this one cause, and claims of no row that something ended the run before it.
fn assert_undecided_by(report: &Report, cause: &str) {
    assert_eq!(
        (report.summary.verdict, report.summary.exit_code),
        (Verdict::Inconclusive, 3)
    );
    let required: Vec<&str> = report
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    assert_eq!(required, [cause]);
    for row in &report.results {
        assert_ne!(row.skip_reason, Some(SkipReason::OutOfTime), "{row:?}");
        if row.check.group() == CheckGroup::Mailbox && row.outcome == Outcome::Unknown {
            assert_eq!(row.cause.as_deref(), Some(cause), "{row:?}");
            assert!(
                !row.requests.is_empty(),
                "a response decides about it: {row:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn three_hundred_rooms_of_a_service_that_only_throttles_take_about_a_minute() {
    for (name, api) in [("graph-ready", "graph"), ("ews-ready", "exchange")] {
        let limits = "throttle = { every = 1, retry_after = 30 }\nmore_rooms = { count = 300 }";
        let began = Instant::now();
        let played = played(scenario(name, limits)).await;
        let took = began.elapsed();
        assert!(
            took >= Duration::from_mins(1) && took < Duration::from_secs(80),
            "{name}: {took:?}"
        );
        assert_undecided_by(&played.report, "service.throttled");
        let served = if api == "graph" {
            played.tally.graph
        } else {
            played.tally.exchange
        };
        assert!(served.requests < 20, "{name}: {served:?}");
        let withheld = played
            .report
            .results
            .iter()
            .filter(|row| row.message.starts_with("No request was sent"));
        assert!(withheld.count() > 280, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn three_hundred_rooms_of_a_silent_service_take_less_than_two_minutes() {
    let rooms = "more_rooms = { count = 300 }";
    for (name, at) in [("graph-ready", "graph"), ("ews-ready", "exchange")] {
        let silent =
            format!("[[fault]]\nat = \"{at}\"\ndo = \"hang\"\nauthenticated_only = true\n");
        let began = Instant::now();
        let played = played(scenario_with(name, rooms, &silent)).await;
        assert!(
            began.elapsed() < Duration::from_mins(2),
            "{name}: {:?}",
            began.elapsed()
        );
        assert_eq!(
            played.report.summary.exit_code, 3,
            "{name}: {:?}",
            played.report.summary
        );
        assert!(
            played
                .report
                .causes
                .iter()
                .any(|cause| cause.id == "network.timeout"),
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_probe_delays_the_requests_to_its_service_and_nothing_else() {
    let busy = "[[fault]]\nat = \"graph\"\ndo = \"status\"\nstatus = 429\nfirst = 1\nheaders = { Retry-After = \"20\" }";
    let began = Instant::now();
    let played = played(scenario_with("graph-ready", "", busy)).await;
    assert_eq!(
        played.report.summary.verdict,
        Verdict::Ready,
        "{:?}",
        played.report.summary
    );
    let took = began.elapsed();
    assert!(
        took >= Duration::from_secs(20) && took < Duration::from_secs(25),
        "{took:?}"
    );
    let row = |check: &str| {
        played
            .report
            .results
            .iter()
            .find(|row| row.check.as_str() == check)
            .unwrap()
    };
    let at = |check: &str| {
        let n = row(check).requests[0];
        played
            .report
            .requests
            .iter()
            .find(|request| request.n == n)
            .unwrap()
    };
    assert_eq!(
        (at("network.graph").status, at("network.graph").attempts),
        (Some(429), 1)
    );
    assert_eq!(row("network.graph").outcome, Outcome::Pass);
}

/// A tenant id that cannot be right leaves the sign-in host as the only thing to probe, and any response shows that it is
/// there.
#[tokio::test(start_paused = true)]
async fn a_throttled_probe_of_the_sign_in_host_is_not_repeated() {
    let busy = "[[fault]]\nat = \"discovery\"\ndo = \"status\"\nstatus = 429\nfirst = 1\nheaders = { Retry-After = \"20\" }";
    let began = Instant::now();
    let played = played(scenario_with("settings-tenant-id-malformed", "", busy)).await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    let row = played
        .report
        .results
        .iter()
        .find(|row| row.check.as_str() == "network.sign-in")
        .unwrap();
    assert_eq!(row.outcome, Outcome::Pass, "{row:?}");
    let causes: Vec<&str> = played
        .report
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    assert_eq!(causes, ["settings.tenant-id-malformed"]);
}

/// What a check in a process of its own reports about a throttled tenant.
fn checked(scenario: &str, options: &[&str]) -> (Option<i32>, Value) {
    let throttled = [
        "--rooms",
        "120",
        "--throttle-every",
        "1",
        "--throttle-retry-after",
        "30",
    ];
    let tenant = Tenant::start_with(scenario, false, &throttled);
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json"])
        .args(options)
        .output()
        .unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

#[test]
fn a_deadline_leaves_what_waits_for_a_retry_throttled_and_never_not_run() {
    for scenario in ["graph-ready", "ews-ready"] {
        let (exit, report) = checked(scenario, &["--deadline", "4s"]);
        assert_eq!(exit, Some(3), "{}", report["summary"]);
        assert_eq!(report["causes"][0]["id"], "service.throttled", "{scenario}");
        let rows = report["results"].as_array().unwrap();
        let requested = |row: &&Value| !row["requests"].as_array().unwrap().is_empty();
        assert!(
            rows.iter()
                .filter(requested)
                .all(|row| row["skip_reason"] != "out-of-time"),
            "{scenario}"
        );
        let waited: Vec<_> = rows
            .iter()
            .filter(|row| row["outcome"] == "unknown" && requested(row))
            .collect();
        assert!(
            !waited.is_empty() && waited.iter().all(|row| row["cause"] == "service.throttled"),
            "{waited:?}"
        );
        let evidence = report["evidence"]["observations"].to_string();
        assert!(evidence.contains("\"retry_after_ms\":30000"), "{scenario}");
        let left = rows
            .iter()
            .find(|row| row["skip_reason"] == "out-of-time")
            .unwrap();
        assert!(
            left["message"].as_str().unwrap().contains("--deadline"),
            "{left}"
        );
    }
}
