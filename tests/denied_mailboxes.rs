//! `--expect-denied auto`: mailboxes that the program chooses itself, to prove that the access of an app is limited.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;

use rx_preflight::evidence::Purpose;
use rx_preflight::report::{Report, Verdict, describe_input_note};
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{CheckId, Outcome};
use support::report_of;

mod support;

/// The mailboxes that must be refused, with their outcomes.
fn denied(report: &Report) -> Vec<(&str, Outcome)> {
    let rows = report
        .results
        .iter()
        .filter(|row| row.check == CheckId::MailboxExpectDenied);
    rows.map(|row| (row.subject.as_str(), row.outcome))
        .collect()
}

fn with_options(name: &str, options: &[&str]) -> Scenario {
    let mut scenario = catalog::load(name).unwrap();
    scenario.options.expect_denied = options.iter().map(|own| (*own).to_owned()).collect();
    scenario
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_mailboxes_are_no_rooms_and_not_those_of_the_settings() {
    let report = report_of(with_options("mailbox-expect-denied-auto", &["auto:20"])).await;
    let chosen = [
        ("ceo@contoso.com", Outcome::Fail),
        ("cfo@contoso.com", Outcome::Fail),
        ("reception@contoso.com", Outcome::Fail),
    ];
    assert_eq!(denied(&report), chosen);
    let named = with_options("mailbox-expect-denied-auto", &["cfo@contoso.com", "auto:2"]);
    let report = report_of(named).await;
    let subjects: Vec<&str> = denied(&report).iter().map(|own| own.0).collect();
    assert_eq!(
        subjects,
        [
            "cfo@contoso.com",
            "ceo@contoso.com",
            "reception@contoso.com"
        ]
    );
    let notes: Vec<String> = report.input_notes.iter().map(describe_input_note).collect();
    assert!(
        notes.iter().any(|note| note.contains("chose 2 mailboxes")),
        "{notes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consent_that_is_left_beside_a_role_is_named() {
    let report = report_of(catalog::load("mailbox-expect-denied-auto").unwrap()).await;
    let cause = report
        .causes
        .iter()
        .find(|cause| cause.id == "mailbox.reachable-but-should-not-be")
        .unwrap();
    assert!(
        cause.because[0].contains("Calendars.ReadWrite is in the token"),
        "{:?}",
        cause.because
    );
    assert!(
        cause
            .remedy
            .steps
            .iter()
            .any(|step| step.starts_with("Only then remove the Entra consent"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailboxes_of_an_app_are_requested_once() {
    let scenario = with_options("contoso-go-live", &["auto:1"]);
    let report = report_of(scenario).await;
    let apps: std::collections::BTreeSet<&str> = report
        .target
        .connections
        .iter()
        .map(|own| own.client_id.as_str())
        .collect();
    let lists = report.requests.iter().filter(|request| {
        request.purpose == Purpose::Check(CheckId::MailboxExpectDenied)
            && request.url.contains("accountEnabled")
    });
    assert_eq!(lists.count(), apps.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_cannot_list_users_is_neither_passed_nor_failed() {
    let report = report_of(catalog::load("mailbox-expect-denied-auto-not-listed").unwrap()).await;
    assert_eq!(denied(&report), [("auto", Outcome::Unknown)]);
    assert_eq!(report.summary.verdict, Verdict::Inconclusive);
    let row = report
        .results
        .iter()
        .find(|row| row.check == CheckId::MailboxExpectDenied)
        .unwrap();
    assert!(row.message.contains("User.Read.All"), "{}", row.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_fails_is_unknown_and_the_verdict_is_open() {
    let fault = "[[fault]]\nat = \"graph\"\npath = \"/users?\"\ndo = \"status\"\nstatus = 503\n";
    let scenario = support::scenario_with("mailbox-expect-denied-auto", "", fault);
    let report = report_of(scenario).await;
    assert_eq!(denied(&report), [("auto", Outcome::Unknown)]);
    assert_eq!(report.summary.verdict, Verdict::Inconclusive);
}

#[test]
fn a_number_out_of_range_is_an_error_that_names_the_range() {
    let folder = tempfile::TempDir::new().unwrap();
    for word in ["auto:", "auto:0", "auto:21", "auto:many", "auto:-1"] {
        let output = support::program(folder.path())
            .args(["check", "--expect-denied", word])
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{word}: {message}");
        assert!(message.contains("from 1 to 20"), "{word}: {message}");
    }
}

/// With the finding, an administrator would take the room away from its panel.
#[test]
fn a_mailbox_that_the_app_needs_is_refused() {
    let tenant = support::Tenant::start("ews-ready", false);
    let folder = tempfile::TempDir::new().unwrap();
    let system = tenant.settings()["system"].clone();
    let account = system["resource_login_user_id"].as_str().unwrap();
    let room = system["rooms"][0].as_str().unwrap().to_uppercase();
    for (mailbox, used) in [
        (room.as_str(), "a room of \"system\""),
        (account, "the Resource Login User ID of \"system\""),
    ] {
        let output = tenant
            .check(folder.path())
            .args(["--expect-denied", mailbox])
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{mailbox}: {message}");
        assert!(message.contains(used), "{mailbox}: {message}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
