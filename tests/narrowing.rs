//! `--only`, `--skip` and `--sample` as a user meets them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeSet;

use serde_json::Value;
use support::Tenant;
use tempfile::TempDir;

mod support;

/// Checks the tenant with further options; the exit code, the report and standard error.
fn check(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Value, String) {
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json"])
        .args(options)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (
        output.status.code(),
        report,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn rows(report: &Value, keep: impl Fn(&Value) -> bool) -> BTreeSet<&str> {
    let rows = report["results"].as_array().unwrap().iter();
    rows.filter(|row| keep(row))
        .map(|row| row["check"].as_str().unwrap())
        .collect()
}

fn checks_run(report: &Value) -> BTreeSet<&str> {
    rows(report, |row| row["skip_reason"] != "deselected")
}

#[test]
fn only_runs_the_named_checks_and_their_prerequisites() {
    let tenant = Tenant::start("ews-ready", false);
    let (exit, report, _) = check(&tenant, &["--only", "mailbox.impersonation"]);
    assert_eq!(exit, Some(0), "{}", report["summary"]);
    let checks_run = checks_run(&report);
    assert!(
        checks_run.contains("mailbox.impersonation") && checks_run.contains("sign-in.exchange"),
        "{checks_run:?}"
    );
    assert!(
        !checks_run.contains("mail.send") && !checks_run.contains("directory.users"),
        "{checks_run:?}"
    );
    let purposes: BTreeSet<&str> = report["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["purpose"].as_str().unwrap())
        .collect();
    assert!(
        !purposes.contains("directory.users") && !purposes.contains("mailbox.service-account"),
        "{purposes:?}"
    );
    assert_eq!(
        report["target"]["narrowed_by"][0],
        "--only mailbox.impersonation"
    );
}

#[test]
fn skipped_checks_are_not_run_and_do_not_count() {
    let tenant = Tenant::start("mailbox-service-account-unusable", false);
    let (exit, _, _) = check(&tenant, &[]);
    assert_eq!(exit, Some(1));
    let (exit, report, _) = check(&tenant, &["--skip", "mailbox.service-account"]);
    assert_eq!(exit, Some(0), "{}", report["causes"]);
    assert!(!checks_run(&report).contains("mailbox.service-account"));
}

#[test]
fn a_skipped_network_check_sends_no_request_of_its_own() {
    let tenant = Tenant::start("ews-ready", false);
    let (exit, report, _) = check(&tenant, &["--skip", "network"]);
    assert_eq!(exit, Some(0), "{}", report["summary"]);
    let purposes = report["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["purpose"].as_str().unwrap());
    assert!(purposes.clone().count() > 5);
    assert!(
        purposes
            .into_iter()
            .all(|purpose| !purpose.starts_with("network.")),
        "{}",
        report["requests"]
    );
}

#[test]
fn a_mistyped_check_is_a_usage_error_with_a_suggestion() {
    let tenant = Tenant::start("ews-ready", false);
    for option in ["--only", "--skip"] {
        let (exit, report, message) = check(&tenant, &[option, "mailbox.impersonaton"]);
        assert_eq!((exit, report), (Some(2), Value::Null));
        assert!(
            message.contains("did you mean `mailbox.impersonation`?"),
            "{message}"
        );
    }
}

#[test]
fn a_selection_without_checks_is_a_usage_error() {
    let tenant = Tenant::start("ews-ready", false);
    for options in [
        &["--only", "mailbox.expect-denied"][..],
        &["--only", "mail", "--skip", "mail"],
    ] {
        let (exit, _, message) = check(&tenant, options);
        assert_eq!(exit, Some(2), "{message}");
        assert!(message.contains("leaves no check to run"), "{message}");
    }
}

#[test]
fn a_sample_covers_every_location_and_is_named_in_the_report() {
    let tenant = Tenant::start("contoso-go-live", false);
    let (_, whole, _) = check(&tenant, &[]);
    let (_, report, _) = check(&tenant, &["--sample", "4"]);
    let rooms = |report: &Value| -> Vec<u64> {
        report["target"]["connections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| own["rooms"].as_u64().unwrap())
            .collect()
    };
    let (all, some) = (rooms(&whole), rooms(&report));
    assert!(
        some.iter().sum::<u64>() < all.iter().sum::<u64>(),
        "{some:?} of {all:?}"
    );
    assert!(
        some.iter()
            .zip(&all)
            .all(|(some, all)| (*some > 0) == (*all > 0)),
        "{some:?} of {all:?}"
    );
    let message = report["target"]["narrowed_by"][0].as_str().unwrap();
    assert!(
        message.starts_with("--sample 4: ") && message.contains(" of "),
        "{message}"
    );
}
