//! What was not checked is never reported as passed, in the row, in the table and in the verdict.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::diagnosis::ResultRow;
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
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain,
        detail: Detail::Normal,
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
            .split("WHAT THIS REPORT")
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
