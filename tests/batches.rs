//! Many rooms of Graph in one request, and what happens to a room whose response in a batch is not a success.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::time::Instant;

use rx_preflight::evidence::RequestRecord;
use rx_preflight::report::{Report, Verdict};
use rx_preflight::terms::{CheckGroup, Outcome};
use serde_json::Value;
use support::{Tenant, played, report_of, scenario, scenario_with};
use tempfile::TempDir;

mod support;

/// The rows and causes of a report without the requests, the time, and the host.
fn findings(report: &Report) -> Vec<Value> {
    let rows = report.results.iter().map(|row| {
        let mut fields_of_row = serde_json::to_value(row).unwrap();
        let fields = fields_of_row.as_object_mut().unwrap();
        fields.retain(|name, _| name != "requests" && name != "duration_ms");
        if row.check.group() == CheckGroup::Network {
            fields.remove("subject");
        }
        fields_of_row
    });
    rows.chain(
        report
            .causes
            .iter()
            .map(|cause| serde_json::to_value(cause).unwrap()),
    )
    .collect()
}

fn batches(report: &Report) -> usize {
    report
        .requests
        .iter()
        .filter(|request| request.url.ends_with("/$batch"))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn graph_rooms_share_requests_and_failed_rooms_are_requested_alone() {
    let played = played(scenario(
        "graph-ready",
        "more_rooms = { count = 300, refused = 5 }",
    ))
    .await;
    let (report, served) = (&played.report, played.tally.graph);
    assert!(
        served.requests >= 2 * 295 && served.max_concurrent_per_mailbox == 1,
        "{served:?}"
    );
    assert!(
        report.requests.len() < 60,
        "{} requests",
        report.requests.len()
    );
    let request = |n: &u32| {
        report
            .requests
            .iter()
            .find(|request| request.n == *n)
            .unwrap()
    };
    let refused = report
        .results
        .iter()
        .filter(|row| row.outcome == Outcome::Fail && row.subject.starts_with("room-"));
    let refused: Vec<_> = refused.collect();
    assert_eq!(refused.len(), 5);
    for row in refused {
        let [batch, alone] = row.requests.iter().map(request).collect::<Vec<_>>()[..] else {
            panic!("{row:?}")
        };
        assert!(batch.url.ends_with("/$batch") && batch.status == Some(200));
        assert!(
            alone.url.contains(&row.subject)
                && alone.status == Some(403)
                && alone.request_id.is_some()
        );
        assert!(alone.headers.contains_key("x-ms-ags-diagnostic"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_batch_changes_nothing_in_the_report() {
    let rooms = "more_rooms = { count = 150, refused = 5 }";
    for (name, faults) in [
        (
            "graph-ready",
            &["404", "503", "429", "html", "reset", "cut-off"][..],
        ),
        ("grant-calendars-read-only", &["404"]),
        ("graph-granted-inside-exchange", &["404"]),
    ] {
        let batched = report_of(scenario(name, rooms)).await;
        assert!(batches(&batched) > 2, "{name}");
        for fault in faults {
            let alone = report_of(scenario_with(name, rooms, &fault_of_every_batch(fault))).await;
            let (alone_findings, batched_findings) = (findings(&alone), findings(&batched));
            let difference = alone_findings
                .iter()
                .zip(&batched_findings)
                .find(|(alone, batched)| alone != batched);
            assert_eq!(
                (difference, alone_findings.len()),
                (None, batched_findings.len()),
                "{name}, {fault}"
            );
            assert!(
                batches(&alone) > 0 && alone.requests.len() > 150,
                "{name}, {fault}"
            );
        }
    }
}

/// A fault of every batch: a status by its number, or another effect by its name.
fn fault_of_every_batch(fault: &str) -> String {
    let what = match fault.parse::<u16>() {
        Ok(status) => format!("do = \"status\"\nstatus = {status}"),
        Err(_) => format!("do = \"{fault}\""),
    };
    format!("[[fault]]\nat = \"graph\"\npath = \"$batch\"\n{what}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_within_a_batch_are_requested_again() {
    let failure = "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\ndo = \"status\"\nstatus = 503\nfirst = 3";
    let played = played(scenario_with(
        "graph-ready",
        "more_rooms = { count = 150 }",
        failure,
    ))
    .await;
    assert_eq!(
        played.report.summary.verdict,
        Verdict::Ready,
        "{:?}",
        played.report.summary
    );
    let rows = played
        .report
        .results
        .iter()
        .filter(|row| row.check.as_str() == "mailbox.calendar-read");
    assert_eq!(rows.filter(|row| row.requests.len() == 2).count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rooms_have_requests_of_their_own() {
    // The scenario itself has three rooms.
    for (more, batched) in [(96, false), (97, true)] {
        let report = report_of(scenario(
            "graph-ready",
            &format!("more_rooms = {{ count = {more} }}"),
        ))
        .await;
        assert_eq!(batches(&report) > 0, batched, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_further_batch_is_sent_once_no_room_can_be_read() {
    let refused = "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\ndo = \"status\"\nstatus = 403\n\
                  body = '{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"Access is denied.\"}}'";
    let report = report_of(scenario_with(
        "graph-ready",
        "more_rooms = { count = 300 }",
        refused,
    ))
    .await;
    assert!((1..=4).contains(&batches(&report)), "{}", batches(&report));
    assert_eq!(report.summary.verdict, Verdict::NotReady);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_with_a_retry_after_wait_at_the_same_time() {
    let busy = "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\ndo = \"status\"\nstatus = 429\nfirst = 20\n\
                headers = { Retry-After = \"1\" }";
    let began = Instant::now();
    let report = report_of(scenario_with(
        "graph-ready",
        "more_rooms = { count = 150 }",
        busy,
    ))
    .await;
    assert_eq!(
        report.summary.verdict,
        Verdict::Ready,
        "{:?}",
        report.summary
    );
    assert!(
        (1_000..3_000).contains(&began.elapsed().as_millis()),
        "{:?}",
        began.elapsed()
    );
}

/// The report of a whole check of a tenant in a process of its own.
fn checked(tenant: &Tenant, options: &[&str]) -> Report {
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json"])
        .args(options)
        .output()
        .unwrap();
    Report::from_json(&output.stdout).unwrap()
}

#[test]
fn a_run_without_batches_reports_the_same() {
    for scenario in ["graph-ready", "grant-calendars-read-only"] {
        let tenant = Tenant::start_with(scenario, false, &["--rooms", "150"]);
        let (batched, alone) = (
            checked(&tenant, &[]),
            checked(&tenant, &["--concurrency", "3"]),
        );
        assert!(batches(&batched) > 2 && batches(&alone) == 0, "{scenario}");
        let (alone, batched) = (findings(&alone), findings(&batched));
        assert_eq!(
            alone
                .iter()
                .zip(&batched)
                .find(|(alone, batched)| alone != batched),
            None,
            "{scenario}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_room_delays_no_other_room() {
    // In each of eight batches, two of which are in flight at a time, one room receives a wait. Its status is not 429, since
    // throttling would end the batches.
    let busy = (0..8).map(|group| {
        let mailbox = format!("room-{:05}@contoso.com", group * 20 + 10);
        format!(
            "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\nmailbox = \"{mailbox}\"\ndo = \"status\"\nstatus = 504\n\
             first = 1\nheaders = {{ Retry-After = \"2\" }}\n"
        )
    });
    let began = Instant::now();
    let played = played(scenario_with(
        "graph-ready",
        "more_rooms = { count = 160 }",
        &busy.collect::<String>(),
    ))
    .await;
    assert_eq!(
        played.report.summary.verdict,
        Verdict::Ready,
        "{:?}",
        played.report.summary
    );
    let again = played
        .report
        .results
        .iter()
        .filter(|row| row.requests.len() == 2 && row.check.group() == CheckGroup::Mailbox);
    assert_eq!(again.count(), 8);
    assert!(began.elapsed().as_secs_f32() < 6.0, "{:?}", began.elapsed());
}

#[test]
fn a_room_with_write_access_allowed_is_requested_alone() {
    let tenant = Tenant::start_with("graph-ready", false, &["--rooms", "150"]);
    let report = checked(&tenant, &["--allow-write", "calendar"]);
    assert_eq!(
        (report.summary.exit_code, report.summary.counts.fail),
        (0, 0)
    );
    let written = report.requests.iter().filter(|request| request.writes);
    assert!(
        written.clone().count() >= 2
            && written
                .clone()
                .all(|request| request.url.contains("/users/"))
    );
    assert!(batches(&report) > 2);
    let removed = |request: &RequestRecord| {
        request.url.ends_with("/permanentDelete") || request.method == "DELETE"
    };
    assert!(
        written
            .clone()
            .any(|request| removed(request) && request.status == Some(204)),
        "nothing is left behind"
    );
}
