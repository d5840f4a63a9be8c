//! What was not checked is never reported as passed, in the row, in the table and in the verdict.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::diagnosis::{Command, ResultRow};
use rx_preflight::report::Report;
use rx_preflight::report::table::{self, Detail, TableOptions};
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{CheckId, Confidence, Outcome};

mod support;

async fn report_of(mut scenario: Scenario) -> Report {
    scenario.clock = Some("2026-11-23T08:00:00Z".parse().unwrap());
    support::report_of(scenario).await
}

fn text(report: &Report, plain: bool) -> String {
    text_with(report, plain, Detail::Verbose)
}

fn text_with(report: &Report, plain: bool, detail: Detail) -> String {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain,
        detail,
    };
    table::render(report, &options)
}

fn only(report: &Report, check: CheckId) -> &ResultRow {
    report
        .results
        .iter()
        .find(|row| row.check == check)
        .unwrap()
}

fn surplus(report: &Report) -> (Outcome, Option<Confidence>, &str) {
    let row = only(report, CheckId::GrantSurplus);
    (row.outcome, row.confidence, &row.message)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_only_exchange_shows_is_found_on_a_graph_connection() {
    let report = report_of(catalog::load("graph-full-access-unused").unwrap()).await;
    assert!(
        surplus(&report).2.contains("full_access_as_app"),
        "{:?}",
        surplus(&report)
    );
    assert_eq!(
        only(&report, CheckId::RegistrationConsent).outcome,
        Outcome::Pass
    );
    let tokens: Vec<_> = report
        .requests
        .iter()
        .filter(|request| request.url.ends_with("/token"))
        .collect();
    assert_eq!(tokens.len(), 2, "one for each resource");
    assert_eq!(
        (tokens[1].purpose, tokens[1].writes),
        (CheckId::GrantSurplus.into(), false)
    );
}

/// The request is advice: when Entra refuses it, nothing else changes.
#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_token_denied_for_a_missing_role_changes_nothing() {
    let mut scenario = catalog::load("graph-ready").unwrap();
    scenario.tenant.apps[0].assignment_required = vec![rx_preflight::simulator::Api::Exchange];
    let report = report_of(scenario).await;
    assert_eq!((report.summary.exit_code, report.causes.len()), (0, 0));
    assert_eq!(
        surplus(&report),
        (
            Outcome::Pass,
            Some(Confidence::Confirmed),
            "No unused permissions"
        )
    );
    assert!(
        report
            .results
            .iter()
            .all(|row| row.check != CheckId::SignInExchange)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unnamed_id_is_not_reported_as_missing_consent() {
    let report =
        report_of(catalog::load("registration-shared-with-another-program").unwrap()).await;
    let row = only(&report, CheckId::RegistrationConsent);
    assert_eq!((row.outcome, row.confidence), (Outcome::Unknown, None));
    assert!(
        row.message.starts_with("Not compared") && !row.message.contains("not consented"),
        "{}",
        row.message
    );
    assert!(
        !row.message.contains("Files.ReadWrite.All"),
        "known by name, and granted: {}",
        row.message
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delegated_permission_of_the_portal_is_named() {
    let report = report_of(catalog::load("registration-delegated-user-read").unwrap()).await;
    let note = &report.causes[0];
    assert_eq!(note.id, "grant.surplus");
    assert!(
        note.because[0].contains("User.Read on Microsoft Graph (delegated)"),
        "{:?}",
        note.because
    );
    assert!(
        !note.impact.contains("can do more"),
        "a delegated permission lets the app do nothing: {}",
        note.impact
    );
    assert!(note.remedy.steps[0].contains("User.Read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_response_behind_a_confirmed_row_is_shown_beside_it() {
    let report = report_of(catalog::load("user-sync-with-its-own-app").unwrap()).await;
    for check in [
        CheckId::GrantUserReadAll,
        CheckId::GrantGroupReadAll,
        CheckId::GrantMailSend,
    ] {
        let row = only(&report, check);
        assert_eq!(row.confidence, Some(Confidence::Confirmed), "{check}");
        assert!(row.observed.is_some(), "{check}");
    }
    for plain in [true, false] {
        let text = text(&report, plain);
        let table = text
            .split("PERMISSIONS")
            .nth(1)
            .unwrap()
            .split("EVERY CHECK")
            .next()
            .unwrap();
        assert!(!table.contains("not requested"), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_without_a_cause_names_what_is_missing() {
    for (name, words) in [
        ("mail-enabled-without-sender", "no sender is configured"),
        ("no-rooms-given", "no rooms are configured"),
    ] {
        let report = report_of(catalog::load(name).unwrap()).await;
        assert_eq!(report.summary.exit_code, 3, "{name}");
        let text = text(&report, false);
        let last = text.lines().last().unwrap();
        assert!(last.contains(words) && !last.contains("cause 1"), "{last}");
    }
}

/// Everything that a reader of the table sees of one cause.
fn texts_of(report: &Report, id: &str) -> String {
    let cause = report.causes.iter().find(|cause| cause.id == id).unwrap();
    let remedy = &cause.remedy;
    let commands = remedy.commands.iter().map(Command::text);
    [&cause.title, &cause.impact, &remedy.verify]
        .into_iter()
        .chain(&cause.because)
        .chain(&remedy.steps)
        .map(String::as_str)
        .chain(commands)
        .collect::<Vec<_>>()
        .join("\n")
}

async fn played(name: &str) -> Report {
    report_of(catalog::load(name).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_about_another_cloud_does_not_report_a_failure() {
    let report = played("tenant-wrong-cloud-as-a-note").await;
    let note = texts_of(&report, "tenant.wrong-cloud");
    assert!(note.contains("another cloud: DoD"), "{note}");
    for failure in ["no usable token", "no bookings", "does not serve"] {
        assert!(!note.contains(failure), "{failure}: {note}");
    }
    let text = text(&report, false);
    assert!(text.lines().last().unwrap().contains("2 notes: "), "{text}");
    assert!(text.contains("(cloud: GCC High)"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expiring_secret_makes_no_claim_about_anything_else() {
    let report = played("graph-secret-expiring").await;
    let note = texts_of(&report, "registration.secret-expiring");
    assert!(
        note.contains("The client secret is still valid. After "),
        "{note}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_without_rooms_points_to_the_note_that_explains_it() {
    let report = played("rooms-from-tenant-not-permitted").await;
    let text = text(&report, false);
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("no rooms were checked") && last.contains("see note 1 ("),
        "{last}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unproven_permission_is_described_without_the_other_one() {
    for (name, own, other) in [
        (
            "grant-write-unproven",
            [
                "Calendars.ReadWrite",
                "mailbox.calendar-write",
                "--allow-write calendar",
            ],
            ["Mail.Send", "mail.send", "--allow-write mail"],
        ),
        (
            "grant-write-unproven-for-mail",
            ["Mail.Send", "mail.send", "--allow-write mail"],
            [
                "Calendars.ReadWrite",
                "mailbox.calendar-write",
                "--allow-write calendar",
            ],
        ),
    ] {
        let texts = texts_of(&played(name).await, "grant.write-unproven");
        for word in own {
            assert!(texts.contains(word), "{name}: {word} is not in\n{texts}");
        }
        for word in other {
            assert!(!texts.contains(word), "{name}: {word} is in\n{texts}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_over_graph_gives_no_hint_about_ews() {
    let id = "mailbox.reachable-but-should-not-be";
    let graph = texts_of(&played("mailbox-reachable-but-should-not-be").await, id);
    assert!(!graph.contains("EWS"), "{graph}");
    let ews = texts_of(&played("mailbox-reachable-over-ews").await, id);
    assert!(
        ews.contains("it is not confirmed that EWS accepts"),
        "{ews}"
    );
    let blocked = played("mailbox-access-blocked-over-graph").await;
    let texts = texts_of(&blocked, "mailbox.access-blocked");
    assert!(!texts.contains("EWS.AccessAsApp"), "{texts}");
}

/// A room without a clear result is neither accessible nor denied.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_result_is_not_counted_as_an_inaccessible_room() {
    for name in [
        "grant-write-unproven",
        "mailbox-moving",
        "network-no-connection",
        "service-throttled",
    ] {
        let report = played(name).await;
        let text = text(&report, false);
        let fails = report
            .results
            .iter()
            .any(|row| row.outcome == Outcome::Fail);
        assert!(
            fails
                || !["; 0 of ", " 0 of ", ", 0 writable"].iter().any(|zero| {
                    text.lines()
                        .any(|line| line.contains(zero) && !line.contains("checked"))
                }),
            "{name}: {text}"
        );
    }
}

/// The labels of sections are the outcomes of their checks, and no other words.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_uses_one_vocabulary_for_outcomes() {
    for name in [
        "estate-ready",
        "rooms-from-tenant-not-permitted",
        "graph-surplus-roles",
    ] {
        let text = text(&played(name).await, false);
        for label in ["[OK]", "[Partial]", "[Warning]"] {
            assert!(!text.contains(label), "{name}: {label}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_one_shell_have_one_heading() {
    let text = text_with(&played("ews-disabled").await, false, Detail::Problem(1));
    assert_eq!(text.matches("in PowerShell:").count(), 1, "{text}");
}
