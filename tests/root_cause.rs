//! One cause, one task: what twenty locations share is one finding that lists them, whichever cause it is.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::diagnosis::Cause;
use rx_preflight::report::Report;
use rx_preflight::report::handover::Handover;
use rx_preflight::report::table::{self, Detail, TableOptions};
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{CheckId, Confidence, Outcome, Requirement};

mod support;

const OVER_GRAPH: &str = "estate-one-access-policy";
const OVER_EWS: &str = "estate-twenty-locations";

/// A scenario of twenty locations, with one text in its file replaced by another.
fn estate(name: &str, from: &str, to: &str) -> Scenario {
    let file = support::folder("fixtures/scenarios").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{name} does not contain {from}");
    Scenario::parse(name, &text.replace(from, to)).unwrap()
}

async fn report_of(mut scenario: Scenario) -> Report {
    scenario.clock = Some("2026-11-23T08:00:00Z".parse().unwrap());
    support::report_of(scenario).await
}

fn required(report: &Report) -> Vec<&Cause> {
    report
        .causes
        .iter()
        .filter(|cause| cause.requirement == Requirement::Required)
        .collect()
}

fn only_cause(report: &Report) -> &Cause {
    let causes = required(report);
    let ids: Vec<_> = causes
        .iter()
        .map(|cause| (&cause.id, &cause.connection, &cause.subjects))
        .collect();
    assert_eq!(causes.len(), 1, "{ids:?}");
    causes[0]
}

fn tasks(report: &Report) -> usize {
    let handover = Handover::new(report);
    handover
        .parts
        .iter()
        .flat_map(|part| &part.tasks)
        .filter(|task| !task.is_note())
        .count()
}

fn options(width: usize) -> TableOptions {
    TableOptions {
        width,
        color: false,
        unicode: true,
        plain: false,
        detail: Detail::Normal,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_locations_behind_one_access_policy_are_one_cause_on_one_screen() {
    let report = report_of(catalog::load(OVER_GRAPH).unwrap()).await;
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), &cause.connection),
        ("mailbox.outside-access-policy", &None)
    );
    assert_eq!((cause.connections.len(), cause.subjects.len()), (20, 40));
    assert_eq!(tasks(&report), 1);
    for width in [100, 120, 140] {
        let text = table::render(&report, &options(width));
        assert!(
            text.lines().count() <= 30,
            "{} lines at {width}:\n{text}",
            text.lines().count()
        );
        assert!(
            text.contains("Amsterdam, Athens, Berlin and 17 more"),
            "{text}"
        );
    }
}

/// Everything that keeps the app out of every mailbox of every location, with the cause that it must lead to.
const OF_ALL_ROOMS: &[(&str, &str, &str, &str)] = &[
    (
        OVER_GRAPH,
        "granted = [\"graph/Calendars.ReadWrite\"]",
        "granted = []",
        "registration.consent-missing",
    ),
    (
        OVER_GRAPH,
        "access_policy = [",
        "not_yet_effective = [\"graph\"]\naccess_policy = [",
        "mailbox.access-blocked",
    ),
    (
        OVER_GRAPH,
        "access_policy = [",
        "conditional_access = \"cae\"\naccess_policy = [",
        "sign-in.conditional-access",
    ),
    (
        OVER_GRAPH,
        "\n[[tenant.mailbox]]",
        "\n[[tenant.mailbox]]\nstate = \"on-premises\"",
        "mailbox.not-in-exchange-online",
    ),
    (
        OVER_EWS,
        "[tenant]\n",
        "[tenant]\news = { enabled = false }\n",
        "ews.disabled",
    ),
    (
        OVER_EWS,
        "[tenant]\n",
        "[tenant]\news = { enabled = true }\n",
        "ews.app-not-allowed",
    ),
    (
        OVER_EWS,
        "[tenant]\n",
        "[tenant]\naccess_blocked = true\n",
        "tenant.access-blocked",
    ),
    (
        OVER_EWS,
        "[tenant]\n",
        "[tenant]\nexchange = \"absent\"\n",
        "sign-in.exchange-not-provisioned",
    ),
    (
        OVER_EWS,
        "\n[[tenant.mailbox]]",
        "\n[[tenant.mailbox]]\news_error = \"ErrorImpersonateUserDenied\"",
        "ews.impersonation-denied",
    ),
    (
        OVER_EWS,
        "\n[[tenant.mailbox]]",
        "\n[[tenant.mailbox]]\nstate = \"moving\"",
        "mailbox.moving",
    ),
    (
        OVER_EWS,
        "\n[[tenant.mailbox]]",
        "\n[[tenant.mailbox]]\news_refused = true",
        "mailbox.access-blocked",
    ),
    (
        OVER_EWS,
        "granted = [\"exchange/full_access_as_app\"]",
        "granted = []",
        "registration.consent-missing",
    ),
    (
        OVER_EWS,
        "ends = \"+300d\"",
        "ends = \"-3d\"",
        "sign-in.secret-expired",
    ),
    (
        OVER_EWS,
        "oauth_client_id = \"3da7d3ff-c989-47ac-bdc7-7d2e870da57e\"",
        "oauth_client_id = \"no GUID\"",
        "settings.client-id-malformed",
    ),
    (
        OVER_EWS,
        "oauth_tenant_id = \"8275fe9f-507e-42b6-b701-2fd3b4f9604d\"",
        "oauth_tenant_id = \"common\"",
        "settings.tenant-id-reserved",
    ),
    (
        OVER_EWS,
        "resource_login_user_id = \"rx-service@contoso.com\"\n",
        "",
        "settings.service-account-missing",
    ),
    (
        OVER_EWS,
        "[expect]",
        "[[fault]]\nat = \"exchange\"\ndo = \"status\"\nauthenticated_only = true\n\n[expect]",
        "service.unavailable",
    ),
    (
        OVER_EWS,
        "[expect]",
        "[[fault]]\nat = \"exchange\"\ndo = \"html\"\nstatus = 200\nauthenticated_only = true\n\n[expect]",
        "network.not-microsoft",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_shared_by_all_locations_is_one_cause() {
    for (name, from, to, id) in OF_ALL_ROOMS {
        let report = report_of(estate(name, from, to)).await;
        let causes: Vec<_> = required(&report)
            .into_iter()
            .map(|cause| cause.id.as_str())
            .collect();
        assert_eq!(causes, [*id], "{name}: {to}");
        let cause = report.causes.iter().find(|cause| cause.id == *id).unwrap();
        assert!(
            cause.connections.len() >= 20,
            "{id}: {:?}",
            cause.connections
        );
    }
}

/// Replaces the description of some mailboxes by adding a line to it.
fn with_mailboxes(name: &str, addresses: &[&str], line: &str) -> Scenario {
    let file = support::folder("fixtures/scenarios").join(format!("{name}.toml"));
    let mut text = std::fs::read_to_string(file).unwrap();
    for address in addresses {
        let mailbox = format!("[[tenant.mailbox]]\naddress = \"{address}\"\n");
        assert!(text.contains(&mailbox), "{address}");
        text = text.replace(&mailbox, &format!("{mailbox}{line}\n"));
    }
    Scenario::parse(name, &text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_shared_by_rooms_of_several_locations_is_one_cause() {
    let rooms = [
        "athens-1@contoso.com",
        "paris-2@contoso.com",
        "warsaw-1@contoso.com",
    ];
    for (line, id) in [
        ("license = \"missing\"", "mailbox.license-missing"),
        ("state = \"disabled\"", "mailbox.account-disabled"),
        ("state = \"soft-deleted\"", "mailbox.not-found"),
        ("state = \"moving\"", "mailbox.moving"),
        ("calendar = \"missing\"", "mailbox.calendar-missing"),
        ("calendar = \"read-only\"", "mailbox.calendar-not-writable"),
        ("ews_enabled = false", "ews.disabled-for-mailbox"),
        ("ews_refused = true", "mailbox.outside-scope"),
    ] {
        let report = report_of(with_mailboxes(OVER_EWS, &rooms, line)).await;
        let cause = only_cause(&report);
        assert_eq!(cause.id, id, "{line}");
        assert_eq!(
            (&cause.subjects[..], &cause.connections[..]),
            (
                &rooms.map(str::to_owned)[..],
                &["Athens", "Paris", "Warsaw"].map(str::to_owned)[..]
            ),
            "{id}"
        );
        assert!(
            cause.title.is_empty() || !cause.title.contains("system"),
            "{}",
            cause.title
        );
    }
}

fn outcomes(report: &Report, check: CheckId) -> Vec<Outcome> {
    report
        .results
        .iter()
        .filter(|row| row.check == check)
        .map(|row| row.outcome)
        .collect()
}

/// All rooms of one location are refused and all others are open: for the app these are some rooms.
#[tokio::test(flavor = "multi_thread")]
async fn a_fully_denied_location_is_outside_the_scope_of_an_app_that_works_elsewhere() {
    let report = report_of(with_mailboxes(
        OVER_EWS,
        &["paris-1@contoso.com", "paris-2@contoso.com"],
        "ews_refused = true",
    ))
    .await;
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("mailbox.outside-scope", Confidence::Likely)
    );
    assert_eq!(cause.connection.as_deref(), Some("Paris"));
    let grants = outcomes(&report, CheckId::GrantFullAccessAsApp);
    assert!(
        grants.iter().all(|outcome| *outcome == Outcome::Pass),
        "the role works for the app: {grants:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_outside_the_scope_of_a_role_in_exchange_does_not_lack_the_consent() {
    let inside: Vec<String> = ["Amsterdam", "Athens"]
        .iter()
        .flat_map(|city| [1, 2].map(|n| format!("\"{}-{n}@contoso.com\"", city.to_lowercase())))
        .collect();
    let rbac = format!(
        "granted = []\nexchange_rbac = [{{ role = \"Application Calendars.ReadWrite\", mailboxes = [{}] }}]",
        inside.join(", ")
    );
    let mut scenario = estate(
        OVER_GRAPH,
        "granted = [\"graph/Calendars.ReadWrite\"]",
        &rbac,
    );
    scenario.tenant.apps[0].access_policy.clear();
    scenario.tenant.apps[0].requested.clear();
    let report = report_of(scenario).await;
    assert_eq!(only_cause(&report).id, "mailbox.outside-scope");
    assert_eq!(only_cause(&report).connections.len(), 18);
    let grants = outcomes(&report, CheckId::GrantCalendarsReadWrite);
    assert!(!grants.contains(&Outcome::Fail), "{grants:?}");
}

/// The permission differs between the APIs, so access through one API proves nothing about the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_two_apis_of_one_app_are_two_patterns() {
    let to = "name = \"Amsterdam\"\nuse_graph_api = true";
    let mut scenario = estate(OVER_EWS, "name = \"Amsterdam\"", to);
    scenario.tenant.apps[0]
        .granted
        .push("graph/Calendars.ReadWrite".to_owned());
    scenario.tenant.apps[0].not_yet_effective = vec![rx_preflight::simulator::Api::Exchange];
    let report = report_of(scenario).await;
    let cause = only_cause(&report);
    assert_eq!(cause.id, "mailbox.access-blocked");
    assert!(!cause.connections.contains(&"Amsterdam".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_one_location_names_by_its_domain_is_the_same_tenant() {
    let to = "name = \"Amsterdam\"\noauth_tenant_id = \"contoso.com\"";
    let report = report_of(estate(OVER_GRAPH, "name = \"Amsterdam\"", to)).await;
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.connections.len()),
        ("mailbox.outside-access-policy", 20)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_must_be_refused_is_checked_and_named_once() {
    let mut scenario = catalog::load(OVER_EWS).unwrap();
    scenario.options.expect_denied = vec![
        "rx-service@contoso.com".to_owned(),
        "warsaw-2@contoso.com".to_owned(),
    ];
    let report = report_of(scenario).await;
    let rows = report
        .results
        .iter()
        .filter(|row| row.check == CheckId::MailboxExpectDenied);
    assert_eq!(
        rows.map(|row| row.subject.as_str()).collect::<Vec<_>>(),
        ["rx-service@contoso.com", "warsaw-2@contoso.com"]
    );
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.subjects.len()),
        ("mailbox.reachable-but-should-not-be", 2)
    );
}

/// Nineteen locations inherit one wrong secret, and one has a wrong secret of its own: two values to correct.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_inherited_is_one_cause_and_another_value_is_another() {
    let own = "name = \"Amsterdam\"\noauth_client_secret = { env = \"OTHER\" }";
    let mut scenario = estate(OVER_EWS, "name = \"Amsterdam\"", own);
    let secret = &mut scenario.tenant.apps[0].secrets[0];
    (secret.env, secret.value) = (None, scenario.environment.get("RX_CLIENT_SECRET").cloned());
    for (name, id) in [
        ("RX_CLIENT_SECRET", "a586f124-0994-453a-b190-c35a1058108d"),
        ("OTHER", "ce8df5ce-abde-49ca-b7c0-c8b0a1fa4592"),
    ] {
        scenario.environment.insert(name.to_owned(), id.to_owned());
    }
    let report = report_of(scenario).await;
    let causes = required(&report);
    assert!(
        causes
            .iter()
            .all(|cause| cause.id == "settings.secret-is-secret-id")
    );
    assert_eq!(
        causes
            .iter()
            .map(|cause| cause.connections.len())
            .collect::<Vec<_>>(),
        [20, 1]
    );
}

fn account_cause(report: &Report) -> &Cause {
    let row = report
        .results
        .iter()
        .find(|row| row.check == CheckId::MailboxServiceAccount)
        .unwrap();
    assert_eq!(row.outcome, Outcome::Fail);
    report
        .causes
        .iter()
        .find(|cause| cause.explains.contains(&row.n))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_denied_without_a_reason_points_to_scope_first() {
    let report = report_of(catalog::load("mailbox-service-account-outside-scope").unwrap()).await;
    let cause = account_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("mailbox.service-account-unusable", Confidence::Possible)
    );
    assert_eq!(
        cause.candidates.first().map(String::as_str),
        Some("mailbox.outside-scope")
    );
    assert_eq!(
        cause.candidates.last().map(String::as_str),
        Some("mailbox.license-missing")
    );
    assert!(cause.remedy.steps[0].contains("scope") && !cause.remedy.steps[0].contains("license"));
    assert!(
        !cause.title.contains("no usable mailbox"),
        "{}",
        cause.title
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_shared_by_rooms_and_the_account_is_one_cause() {
    let mailboxes = ["rx-service@contoso.com", "paris-1@contoso.com"];
    for (line, id) in [
        ("ews_refused = true", "mailbox.outside-scope"),
        ("license = \"missing\"", "mailbox.license-missing"),
        ("state = \"disabled\"", "mailbox.account-disabled"),
        ("calendar = \"missing\"", "mailbox.calendar-missing"),
        ("ews_enabled = false", "ews.disabled-for-mailbox"),
        (
            "ews_error = \"ErrorImpersonateUserDenied\"",
            "ews.impersonation-denied",
        ),
    ] {
        let report = report_of(with_mailboxes(OVER_EWS, &mailboxes, line)).await;
        assert_eq!(only_cause(&report).id, id, "{line}");
        assert!(
            account_cause(&report)
                .subjects
                .contains(&"rx-service@contoso.com".to_owned()),
            "{id}"
        );
    }
}
