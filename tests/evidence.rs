//! The evidence of an administrator: it decides between causes that look the same to the app, and a live response outranks it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::path::Path;

use assert_cmd::Command;
use catalog_runs::{report_of, reports_of};
use jiff::{SignedDuration, Timestamp};
use rx_preflight::diagnosis::{Cause, Diagnosis, diagnose, diagnose_with};
use rx_preflight::evidence::{AdministratorEvidence, Evidence};
use rx_preflight::report::{FailOn, Report, ReportMetadata, Verdict, assemble};
use rx_preflight::settings::administrator_evidence;
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{CheckId, Confidence, Outcome, Requirement};
use tempfile::TempDir;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;
mod support;

/// The moment of a run, for scenarios without one of their own.
const MOMENT: &str = "2026-11-28T08:00:00Z";

/// Scenarios whose cause is in doubt for the app, the cause that the tenant was built with, and the fact that shows it.
const SETTLED: &[(&str, &str, &str, &str)] = &[
    (
        "contoso-go-live",
        "mailbox.outside-access-policy",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, berlin-dahme@contoso.com: Denied",
    ),
    (
        "estate-one-access-policy",
        "mailbox.outside-access-policy",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, amsterdam-1@contoso.com: Denied",
    ),
    (
        "ews-disabled-for-mailbox",
        "ews.disabled-for-mailbox",
        "ews.disabled-for-mailbox",
        "Get-CASMailbox, boreal@contoso.com: EwsEnabled is False",
    ),
    (
        "ews-granted-inside-exchange",
        "grant.by-exchange-rbac",
        "grant.by-exchange-rbac",
        "InScope True",
    ),
    (
        "ews-granted-inside-exchange-no-rooms",
        "grant.by-exchange-rbac",
        "grant.by-exchange-rbac",
        "InScope True",
    ),
    (
        "graph-granted-inside-exchange",
        "grant.by-exchange-rbac",
        "grant.by-exchange-rbac",
        "InScope True",
    ),
    (
        "mail-granted-inside-exchange",
        "grant.by-exchange-rbac",
        "grant.by-exchange-rbac",
        "Application Mail.Send, InScope True",
    ),
    (
        "grant-write-unproven",
        "grant.write-unproven",
        "grant.calendars-read-only",
        "no admin consent for Calendars.ReadWrite",
    ),
    (
        "grant-write-unproven-for-mail",
        "grant.write-unproven",
        "grant.mail-send-missing",
        "no admin consent for Mail.Send",
    ),
    (
        "mailbox-access-blocked",
        "mailbox.access-blocked",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, aurora@contoso.com: Denied",
    ),
    (
        "mailbox-access-blocked-without-license",
        "mailbox.access-blocked",
        "mailbox.license-missing",
        "Get-Mailbox, aurora@contoso.com: no license is assigned (SKUAssigned False)",
    ),
    (
        "mailbox-not-found-every-room-over-graph",
        "mailbox.not-found",
        "mailbox.not-found",
        "Get-Recipient, aurora@fabrikam.com: not found",
    ),
    (
        "mailbox-not-in-exchange-online",
        "mailbox.not-in-exchange-online",
        "mailbox.not-in-exchange-online",
        "Get-Recipient, aurora@contoso.com: MailUser",
    ),
    (
        "mailbox-odata-disabled",
        "mailbox.access-blocked",
        "ews.app-not-allowed",
        "EnforceAllowList blocks the User-Agent of this program",
    ),
    (
        "mailbox-outside-access-policy",
        "mailbox.outside-access-policy",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, boreal@contoso.com: Denied",
    ),
    (
        "mailbox-outside-scope",
        "mailbox.outside-scope",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, cirrus@contoso.com: Denied",
    ),
    (
        "mailbox-outside-scope-all-rooms",
        "mailbox.outside-scope",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, aurora@contoso.com: Denied",
    ),
    (
        "mailbox-service-account-outside-scope",
        "mailbox.service-account-unusable",
        "mailbox.outside-scope",
        "rx-service@contoso.com: Application EWS.AccessAsApp, InScope False",
    ),
    (
        "mailbox-service-account-outside-scope",
        "grant.by-exchange-rbac",
        "grant.by-exchange-rbac",
        "InScope True",
    ),
    (
        "mailbox-token-refused-on-premises",
        "mailbox.token-refused",
        "mailbox.not-in-exchange-online",
        "Get-Recipient, aurora@contoso.com: MailUser",
    ),
    (
        "migration-access-policy",
        "mailbox.outside-scope",
        "mailbox.outside-access-policy",
        "Test-ApplicationAccessPolicy, cirrus@contoso.com: Denied",
    ),
];

/// Scenarios where everything in the configuration is correct and the live response denies the access: the cause that is
/// left, and how certain it is.
const CONTRADICTED: &[(&str, &str, Confidence)] = &[
    (
        "mailbox-access-blocked-fresh-consent",
        "grant.not-yet-effective",
        Confidence::Likely,
    ),
    (
        "mailbox-access-blocked-over-graph",
        "grant.not-yet-effective",
        Confidence::Likely,
    ),
    (
        "wait-becomes-effective",
        "grant.not-yet-effective",
        Confidence::Likely,
    ),
    (
        "mailbox-token-refused",
        "mailbox.token-refused",
        Confidence::Possible,
    ),
];

fn moment_of(scenario: &Scenario) -> Timestamp {
    scenario.clock.unwrap_or_else(|| MOMENT.parse().unwrap())
}

/// The report of a scenario without the evidence of its administrator.
async fn report_without(scenario: &Scenario) -> Report {
    report_of(without_evidence(scenario)).await
}

/// The same scenario without the evidence of its administrator, at the moment of that evidence.
fn without_evidence(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.options.evidence = false;
    scenario.clock = Some(moment_of(&scenario));
    scenario
}

fn collected(scenario: &Scenario) -> AdministratorEvidence {
    let written = scenario.administrator_evidence(moment_of(scenario));
    administrator_evidence(written.to_string().as_bytes()).unwrap()
}

/// A run of a scenario, and what its administrator collected.
async fn run_of(name: &str) -> (Evidence, AdministratorEvidence) {
    let scenario = catalog::load(name).unwrap();
    let report = report_without(&scenario).await;
    (report.evidence().unwrap(), collected(&scenario))
}

fn cause<'d>(diagnosis: &'d Diagnosis, id: &str) -> Option<&'d Cause> {
    diagnosis.causes.iter().find(|cause| cause.id == id)
}

/// The outcomes, without the check that only the evidence makes possible.
fn outcomes(diagnosis: &Diagnosis) -> Vec<(CheckId, String, Outcome)> {
    let rows = diagnosis
        .rows
        .iter()
        .filter(|row| row.check != CheckId::RoomCalendarProcessing);
    rows.map(|row| (row.check, row.subject.clone(), row.outcome))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn causes_in_doubt_are_settled_by_the_evidence_of_the_administrator() {
    let names: std::collections::BTreeSet<&str> = SETTLED.iter().map(|own| own.0).collect();
    assert!(names.len() >= 20, "{}", names.len());
    for name in names {
        let (evidence, administrator) = run_of(name).await;
        let without = diagnose(&evidence);
        let with = diagnose_with(&evidence, Some(&administrator));
        for (_, before, after, fact) in SETTLED.iter().filter(|own| own.0 == name) {
            let doubtful = cause(&without, before).unwrap_or_else(|| panic!("{name}: {before}"));
            assert_ne!(doubtful.confidence, Confidence::Confirmed, "{name}");
            let settled = cause(&with, after).unwrap_or_else(|| panic!("{name}: {after}"));
            assert_eq!(settled.confidence, Confidence::Confirmed, "{name}");
            assert_eq!(settled.candidates, Vec::<String>::new(), "{name}");
            assert!(
                settled.because.iter().any(|own| own.contains(fact)),
                "{name}: {:?}",
                settled.because
            );
            if before != after {
                assert!(cause(&with, before).is_none(), "{name}: {before} is left");
            }
        }
    }
}

/// The administrator who fixes it needs the name of the group, which only the evidence contains.
#[tokio::test(flavor = "multi_thread")]
async fn the_policies_that_deny_an_access_are_named_once() {
    let (evidence, administrator) = run_of("mailbox-access-blocked").await;
    let with = diagnose_with(&evidence, Some(&administrator));
    let settled = cause(&with, "mailbox.outside-access-policy").unwrap();
    let named = settled.because.iter().filter(|sentence| {
        *sentence == "Get-ApplicationAccessPolicy: RestrictAccess 'ResourceXpress mailboxes 1'"
    });
    assert_eq!(named.count(), 1, "{:?}", settled.because);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_refusal_outranks_a_configuration_that_allows_the_access() {
    for (name, remaining, confidence) in CONTRADICTED {
        let (evidence, administrator) = run_of(name).await;
        let without = diagnose(&evidence);
        let with = diagnose_with(&evidence, Some(&administrator));
        assert_eq!(outcomes(&with), outcomes(&without), "{name}");
        let cause = cause(&with, remaining).unwrap_or_else(|| panic!("{name}: {remaining}"));
        assert_eq!(cause.confidence, *confidence, "{name}");
        let refused = with
            .rows
            .iter()
            .find(|row| row.outcome == Outcome::Fail && !row.configured.is_empty());
        let refused = refused.unwrap_or_else(|| panic!("{name}: no row shows the configuration"));
        assert!(refused.observed.is_some(), "{name}: both are shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_success_outranks_a_configuration_that_denies_the_access() {
    let (evidence, administrator) = run_of("mailbox-denied-by-configuration").await;
    let without = diagnose(&evidence);
    let with = diagnose_with(&evidence, Some(&administrator));
    assert_eq!(outcomes(&with), outcomes(&without));
    let note = cause(&with, "mailbox.denied-by-configuration").unwrap();
    assert_eq!(note.requirement, Requirement::Advisory);
    assert_eq!(
        note.subjects,
        ["boreal@contoso.com", "cirrus@contoso.com"],
        "the policy contains the other room"
    );
}

/// Verdicts that only the evidence decides: what was open for the app is a missing permission for the administrator.
const DECIDED: [&str; 2] = ["grant-write-unproven", "grant-write-unproven-for-mail"];

fn verdict_with(evidence: Evidence, administrator: &AdministratorEvidence) -> Verdict {
    let diagnosis = diagnose_with(&evidence, Some(administrator));
    let about = ReportMetadata {
        tool_version: String::new(),
        knowledge_date: String::new(),
        report_id: uuid::Uuid::nil(),
        fail_on: FailOn::default(),
    };
    assemble(evidence, diagnosis, about).summary.verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_keeps_the_verdict_of_every_scenario_and_adds_no_cause_to_what_works() {
    let mut ready = 0;
    let names = catalog::names();
    let scenarios: Vec<Scenario> = names
        .iter()
        .map(|name| catalog::load(name).unwrap())
        .collect();
    let reports = reports_of(scenarios.iter().map(without_evidence).collect()).await;
    for ((name, scenario), report) in names.into_iter().zip(scenarios).zip(reports) {
        let Some(evidence) = report.evidence() else {
            continue;
        };
        let administrator = collected(&scenario);
        let expected = if DECIDED.contains(&name) {
            Verdict::NotReady
        } else {
            report.summary.verdict
        };
        if expected == Verdict::Ready {
            ready += 1;
            let with = diagnose_with(&evidence, Some(&administrator));
            let without = diagnose(&evidence);
            let added = with.causes.iter().filter(|own| {
                let is_expected = own.id.starts_with("mailbox.calendar-processing")
                    || own.id.starts_with("mailbox.denied")
                        && name == "mailbox-denied-by-configuration";
                !is_expected && cause(&without, &own.id).is_none()
            });
            let added: Vec<&String> = added.map(|own| &own.id).collect();
            assert!(added.is_empty(), "{name}: {added:?}");
        }
        assert_eq!(verdict_with(evidence, &administrator), expected, "{name}");
    }
    assert!(ready > 30, "{ready}");
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_another_day_confirms_nothing() {
    let (evidence, mut administrator) = run_of("mailbox-access-blocked").await;
    for (hours, words) in [(30, "30 hours old"), (-26, "26 hours after the check")] {
        administrator.collected_at = evidence.started_at - SignedDuration::from_hours(hours);
        let with = diagnose_with(&evidence, Some(&administrator));
        let settled = cause(&with, "mailbox.outside-access-policy").unwrap();
        assert_eq!(settled.confidence, Confidence::Likely, "{hours}");
        let limits = with.administrator.as_ref().unwrap().limits.clone();
        assert!(
            limits.iter().any(|limit| limit.contains(words)),
            "{limits:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_result_that_the_program_does_not_know_is_neither_granted_nor_denied() {
    let (evidence, mut administrator) = run_of("mailbox-access-blocked").await;
    let statements = |administrator: &AdministratorEvidence| {
        let rows = diagnose_with(&evidence, Some(administrator)).rows;
        let configured = rows.into_iter().flat_map(|row| row.configured);
        configured.collect::<Vec<_>>().join("\n")
    };
    let contains_result = |text: &str, result: &str| {
        let line = format!("Test-ApplicationAccessPolicy, aurora@contoso.com: {result}");
        text.contains(&line)
    };
    assert!(contains_result(&statements(&administrator), "Denied"));
    for (result, stated) in [("Granted", true), ("Undetermined", false), ("", false)] {
        let accesses = administrator.mailboxes.iter_mut();
        for access in accesses.flat_map(|mailbox| &mut mailbox.access) {
            access.access_policy = Some(result.to_owned());
        }
        let text = statements(&administrator);
        assert_eq!(
            contains_result(&text, "Granted"),
            stated,
            "{result}: {text}"
        );
        assert!(!contains_result(&text, "Denied"), "{result}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_another_tenant_decides_nothing() {
    let (evidence, mut administrator) = run_of("mailbox-access-blocked").await;
    administrator.exchange_tenant_id = Some("0b0d6f4e-0d52-4f0e-8a8f-0e8f8c5f5a11".to_owned());
    let with = diagnose_with(&evidence, Some(&administrator));
    assert_eq!(with.causes, diagnose(&evidence).causes);
    let limits = with.administrator.as_ref().unwrap().limits.clone();
    assert!(
        limits.iter().any(|limit| limit.contains("another tenant")),
        "{limits:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_the_evidence_does_not_contain_keeps_its_doubt_and_is_named() {
    let (evidence, mut administrator) = run_of("mailbox-access-blocked").await;
    administrator
        .mailboxes
        .retain(|own| own.address != "boreal@contoso.com");
    let with = diagnose_with(&evidence, Some(&administrator));
    let of = |id: &str| cause(&with, id).map(|own| own.subjects.clone());
    assert_eq!(
        of("mailbox.access-blocked"),
        Some(vec!["boreal@contoso.com".to_owned()])
    );
    assert!(
        !of("mailbox.outside-access-policy")
            .unwrap()
            .contains(&"boreal@contoso.com".to_owned())
    );
    let limits = with.administrator.as_ref().unwrap().limits.clone();
    assert!(
        limits.iter().any(|limit| limit.contains("boreal")),
        "{limits:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_check_does_not_cover_shrinks_to_what_is_left() {
    let (evidence, mut administrator) = run_of("mailbox-denied-by-configuration").await;
    let without = diagnose(&evidence).not_visible;
    let not_visible = |administrator: &AdministratorEvidence| {
        diagnose_with(&evidence, Some(administrator)).not_visible
    };
    let with = not_visible(&administrator);
    assert!(
        with.len() < without.len(),
        "{} of {}",
        with.len(),
        without.len()
    );
    assert!(with.iter().all(|line| without.contains(line)));
    let mut of_another_tenant = administrator.clone();
    of_another_tenant.exchange_tenant_id = Some("0b0d6f4e-0d52-4f0e-8a8f-0e8f8c5f5a11".to_owned());
    assert_eq!(not_visible(&of_another_tenant), without);
    // What was not read stays uncovered.
    administrator.commands.clear();
    (
        administrator.workload_policies,
        administrator.ews_user_agents,
    ) = (None, None);
    assert_eq!(not_visible(&administrator), without);
}

#[tokio::test(flavor = "multi_thread")]
async fn calendar_processing_is_a_check_with_evidence() {
    let (evidence, mut administrator) = run_of("room-calendar-processing-differs").await;
    let row_of = |diagnosis: &Diagnosis| {
        let mut rows = diagnosis.rows.iter();
        rows.find(|row| row.check == CheckId::RoomCalendarProcessing)
            .unwrap()
            .clone()
    };
    assert_eq!(row_of(&diagnose(&evidence)).outcome, Outcome::Skipped);
    let with = diagnose_with(&evidence, Some(&administrator));
    assert!(row_of(&with).message.contains("3 of 3 rooms"));
    let note = cause(&with, "mailbox.calendar-processing-differs").unwrap();
    let rooms: std::collections::BTreeSet<&str> =
        note.subjects.iter().map(String::as_str).collect();
    assert_eq!(
        rooms,
        ["boreal@contoso.com", "cirrus@contoso.com"].into(),
        "the other room has the settings of the vendor"
    );
    let expected = [
        ("AutomateProcessing", "cirrus@contoso.com"),
        ("DeleteSubject", "boreal@contoso.com"),
        ("AddOrganizerToSubject", "boreal@contoso.com"),
        ("RemovePrivateProperty", "boreal@contoso.com"),
    ];
    for (setting, room) in expected {
        assert!(
            note.because
                .iter()
                .any(|own| own.starts_with(setting) && own.contains(room)),
            "{setting}: {:?}",
            note.because
        );
    }
    for mailbox in &mut administrator.mailboxes {
        mailbox.calendar_processing = None;
    }
    let unread = diagnose_with(&evidence, Some(&administrator));
    assert_eq!(row_of(&unread).outcome, Outcome::Skipped);
}

/// A scenario with five thousand rooms that an access policy excludes is settled in the time of a diagnosis.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_estate_is_settled_quickly() {
    let (mut evidence, mut administrator) = run_of("mailbox-access-blocked").await;
    let template = |check: CheckId| {
        let mut rows = evidence.observations.iter();
        rows.find(|row| row.check == check && row.subject == "aurora@contoso.com")
            .unwrap()
            .clone()
    };
    let row = template(CheckId::MailboxImpersonation);
    let mut mailboxes = administrator.mailboxes.iter();
    let own = mailboxes.find(|own| own.address == "aurora@contoso.com");
    let own = own.unwrap().clone();
    for number in 0..5_000 {
        let address = format!("room-{number}@contoso.com");
        let mut row = row.clone();
        row.subject.clone_from(&address);
        evidence.observations.push(row);
        let mut mailbox = own.clone();
        mailbox.address = address;
        administrator.mailboxes.push(mailbox);
    }
    let started = std::time::Instant::now();
    let without = diagnose(&evidence);
    let alone = started.elapsed();
    let started = std::time::Instant::now();
    let with = diagnose_with(&evidence, Some(&administrator));
    let joined = started.elapsed();
    assert_eq!(without.rows.len(), with.rows.len());
    let settled = cause(&with, "mailbox.outside-access-policy").unwrap();
    assert!(settled.subjects.len() > 5_000);
    assert!(
        joined < alone * 4 + std::time::Duration::from_secs(1),
        "{joined:?} with evidence, {alone:?} without"
    );
}

/// Saves the report and the evidence of a scenario, as users have them.
fn saved(folder: &Path, scenario: &str) {
    support::program(folder)
        .args(["demo", scenario, "--format", "json", "--output", "run.json"])
        .args(["--evidence-out", "evidence.json"])
        .output()
        .unwrap();
    assert!(folder.join("run.json").exists() && folder.join("evidence.json").exists());
}

fn rediagnose(folder: &Path) -> Command {
    let mut command = support::program(folder);
    command.args([
        "report",
        "run.json",
        "--rediagnose",
        "--with",
        "evidence.json",
    ]);
    command
}

fn text(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_saved_report_is_diagnosed_again_with_evidence() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "mailbox-access-blocked");
    let printed = text(rediagnose(folder.path()).arg("--verbose"));
    assert!(
        printed.contains("Test-ApplicationAccessPolicy, aurora@contoso.com: Denied"),
        "{printed}"
    );
    // The report of that diagnosis cannot be diagnosed again without the evidence, which it does not contain.
    rediagnose(folder.path())
        .args(["--format", "json", "--output", "settled.json"])
        .output()
        .unwrap();
    let again = support::program(folder.path())
        .args(["report", "settled.json", "--rediagnose"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(2));
    let message = String::from_utf8(again.stderr).unwrap();
    assert!(message.contains("--with FILE"), "{message}");
}

#[test]
fn redaction_covers_what_the_evidence_adds() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "mailbox-denied-by-configuration");
    for format in ["table", "json", "html", "markdown", "junit"] {
        let printed =
            text(rediagnose(folder.path()).args(["--redact", "--verbose", "--format", format]));
        // JUnit has no place for notes.
        assert!(format == "junit" || printed.contains("Denied"), "{format}");
        for private in ["contoso", "aurora", "boreal"] {
            assert!(!printed.contains(private), "{format}: {private}");
        }
    }
}

#[test]
fn hostile_content_of_the_evidence_is_data() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "mailbox-odata-disabled");
    let path = folder.path().join("evidence.json");
    let hostile = "<script>alert(1)</script>\\u001b[2J\\u202e|`$(calc)`\\nCause 1";
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains("EnforceAllowList"));
    // The policy blocks nothing by this name, so the text is put where it is printed.
    let changed = written.replace("RoomMailbox", &format!("RoomMailbox {hostile} Mailbox"));
    std::fs::write(&path, changed).unwrap();
    for format in ["table", "html", "markdown", "json"] {
        let printed = text(rediagnose(folder.path()).args(["--format", format]));
        assert!(!printed.contains('\u{1b}'), "{format}");
        assert!(!printed.contains('\u{202e}'), "{format}");
        if format == "html" {
            assert!(!printed.contains("<script"), "{format}");
        }
    }
}

#[test]
fn an_unrelated_file_is_an_error_that_names_it() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "graph-ready");
    std::fs::copy(
        folder.path().join("run.json"),
        folder.path().join("evidence.json"),
    )
    .unwrap();
    let output = rediagnose(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("evidence.json"), "{message}");
}

#[test]
fn evidence_in_place_of_a_report_and_a_redacted_report_are_errors_that_help() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "graph-ready");
    support::program(folder.path())
        .args([
            "report",
            "run.json",
            "--redact",
            "--format",
            "json",
            "-o",
            "redacted.json",
        ])
        .output()
        .unwrap();
    for (arguments, words) in [
        (
            ["report", "evidence.json", "--brief"].as_slice(),
            "name it with --with",
        ),
        (
            &["report", "redacted.json", "--with", "evidence.json"],
            "the report before redaction",
        ),
    ] {
        let output = support::program(folder.path())
            .args(arguments)
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(words), "{message}");
    }
}

/// Evidence that cannot be used is named where the report itself is not shown, and the hand-over requests it again.
#[test]
fn evidence_that_cannot_be_used_is_named_on_standard_error() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "mailbox-access-blocked");
    let path = folder.path().join("evidence.json");
    let written = std::fs::read_to_string(&path).unwrap();
    let mut evidence: serde_json::Value = serde_json::from_str(&written).unwrap();
    evidence["exchange_tenant_id"] = "0b0d6f4e-0d52-4f0e-8a8f-0e8f8c5f5a11".into();
    std::fs::write(&path, evidence.to_string()).unwrap();
    let output = rediagnose(folder.path())
        .args(["--for", "admin"])
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(
            "another tenant (0b0d6f4e-0d52-4f0e-8a8f-0e8f8c5f5a11) than that of the main connection"
        ),
        "{message}"
    );
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("`rx-preflight collect`"), "{page}");
}

#[test]
fn a_report_without_evidence_has_no_trace_of_it() {
    let folder = TempDir::new().unwrap();
    saved(folder.path(), "mailbox-access-blocked");
    let written = std::fs::read_to_string(folder.path().join("run.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert!(report.get("administrator").is_none());
    assert!(!written.contains("\"configured\""));
}
