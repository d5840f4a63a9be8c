//! `--only`, `--skip` and `--sample` as a user meets them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::{Tenant, program};

/// Checks the tenant with further options; the exit code, the report and standard error.
fn check(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Value, String) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command
        .args(["check", "--format", "json", "--config"])
        .arg(tenant.folder.path().join("rx-preflight.toml"));
    let output = command
        .args(tenant.addresses())
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

fn asked(report: &Value) -> BTreeSet<&str> {
    rows(report, |row| row["skip_reason"] != "deselected")
}

#[test]
fn only_asks_what_is_named_and_what_that_rests_on() {
    let tenant = Tenant::start("ews-ready", false);
    let (exit, report, _) = check(&tenant, &["--only", "mailbox.impersonation"]);
    assert_eq!(exit, Some(0), "{}", report["summary"]);
    let asked = asked(&report);
    assert!(
        asked.contains("mailbox.impersonation") && asked.contains("sign-in.exchange"),
        "{asked:?}"
    );
    assert!(
        !asked.contains("mail.send") && !asked.contains("directory.users"),
        "{asked:?}"
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
fn what_is_skipped_is_not_asked_and_does_not_count() {
    let tenant = Tenant::start("mailbox-service-account-unusable", false);
    let (exit, _, _) = check(&tenant, &[]);
    assert_eq!(exit, Some(1));
    let (exit, report, _) = check(&tenant, &["--skip", "mailbox.service-account"]);
    assert_eq!(exit, Some(0), "{}", report["causes"]);
    assert!(!asked(&report).contains("mailbox.service-account"));
}

#[test]
fn a_host_whose_check_is_left_out_is_not_asked_for_its_own_sake() {
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
fn a_mistyped_check_is_exit_2_with_the_one_that_was_meant() {
    let tenant = Tenant::start("ews-ready", false);
    for option in ["--only", "--skip"] {
        let (exit, report, told) = check(&tenant, &[option, "mailbox.impersonaton"]);
        assert_eq!((exit, report), (Some(2), Value::Null));
        assert!(
            told.contains("did you mean `mailbox.impersonation`?"),
            "{told}"
        );
    }
}

#[test]
fn a_selection_that_leaves_nothing_is_no_report_without_faults() {
    let tenant = Tenant::start("ews-ready", false);
    for options in [
        &["--only", "mailbox.expect-denied"][..],
        &["--only", "mail", "--skip", "mail"],
    ] {
        let (exit, _, told) = check(&tenant, options);
        assert_eq!(exit, Some(2), "{told}");
        assert!(told.contains("leaves nothing to ask"), "{told}");
    }
}

#[test]
fn a_sample_asks_some_rooms_of_every_location_and_says_so() {
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
    let told = report["target"]["narrowed_by"][0].as_str().unwrap();
    assert!(
        told.starts_with("--sample 4: ") && told.contains(" of "),
        "{told}"
    );
}
