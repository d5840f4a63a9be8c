//! `simulate` for other clients: large estates, latency, limits, and what was served.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::fs;

use rx_preflight::cli::play;
use rx_preflight::simulator::Scenario;
use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::{Tenant, program};

/// A moment at which EWS is still there.
const MOMENT: &str = "2026-11-23T08:00:00Z";

/// Checks a tenant with the settings that it wrote.
fn check(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command.args(["check", "--format", "json", "--config"]).arg(tenant.folder.path().join("rx-preflight.toml"));
    let output = command.args(tenant.addresses()).args(options).output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

fn passed(report: &Value, check: &str) -> usize {
    let rows = report["results"].as_array().unwrap().iter();
    rows.filter(|row| row["check"] == check && row["outcome"] == "pass").count()
}

#[cfg(unix)]
#[test]
fn an_estate_of_any_size_is_served_and_no_mailbox_is_asked_twice_at_once() {
    let tenant = Tenant::start_with("graph-ready", false, &["--rooms", "40", "--latency", "5ms"]);
    let rooms = fs::read_to_string(tenant.folder.path().join("rooms.csv")).unwrap();
    assert_eq!((rooms.lines().count(), rooms.lines().last()), (41, Some("room-00040@contoso.com")));
    let (exit, report) = check(&tenant, &[]);
    assert_eq!((exit, passed(&report, "mailbox.calendar-write")), (Some(0), 43));
    let requests = report["requests"].as_array().unwrap();
    assert!(requests.iter().all(|request| request["ms"].as_u64().unwrap() >= 5), "every answer takes so long");
    let told = tenant.interrupt();
    let expected = format!("graph {} (0 throttled", requests.len() - 3);
    assert!(told.contains("discovery 1, sign-in 2") && told.contains(&expected), "a token for each API: {told}");
    assert!(told.contains("1 at one mailbox), exchange 0"), "{told}");
}

#[cfg(unix)]
#[test]
fn limits_of_the_command_line_throttle() {
    let limits = ["--throttle-in-flight", "1", "--throttle-every", "3", "--throttle-retry-after", "60"];
    let tenant = Tenant::start_with("graph-ready", false, &[&limits[..], &["--latency", "20ms"]].concat());
    let (_, report) = check(&tenant, &["--concurrency", "8"]);
    let turned_away = report["requests"].as_array().unwrap().iter().filter(|request| request["status"] == 429).count();
    assert!(turned_away > 0, "{}", report["summary"]);
    let told = tenant.interrupt();
    assert!(told.contains(&format!("({turned_away} throttled")), "{turned_away} are not in {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_may_count_its_rooms() {
    let path = support::folder("fixtures/scenarios").join("ews-ready.toml");
    let text =
        fs::read_to_string(path).unwrap().replace("[tenant]", "[tenant]\nmore_rooms = { count = 60, refused = 9 }");
    let scenario = Scenario::parse("ews-ready", &text).unwrap();
    let report = play(scenario, Some(MOMENT.parse().unwrap()), false, std::future::pending()).await.unwrap().report;
    let refused: Vec<&str> = report
        .results
        .iter()
        .filter(|row| row.check.as_str() == "mailbox.impersonation" && row.cause.is_some())
        .map(|row| row.subject.as_str())
        .collect();
    assert_eq!((refused.len(), refused[0], refused[8]), (9, "room-00052@contoso.com", "room-00060@contoso.com"));
    assert_eq!(report.target.connections[0].rooms, 63);
}
