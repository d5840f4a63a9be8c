//! Diagnosis of tokens that a host rejects: everywhere, for some mailboxes, or because of their claims.

use rx_preflight::diagnosis::{Cause, ResultRow};
use rx_preflight::report::{Report, Verdict};
use rx_preflight::terms::{CheckId, Confidence, Outcome, Requirement};
use support::{report_of, scenario, scenario_with};

mod support;

const INVALID: &str = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure."}}"#;
const UNKNOWN: &str = r#"{"error":{"code":"UnknownError","message":""}}"#;
const CHALLENGE: &str = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"}}"#;

/// Fault of Graph: it responds with 401 and this body to authenticated requests whose URL contains `path`.
fn rejected(path: &str, body: &str) -> String {
    format!(
        "[[fault]]\nat = \"graph\"\npath = \"{path}\"\nauthenticated_only = true\ndo = \"status\"\nstatus = 401\n\
         headers = {{ Content-Type = \"application/json\" }}\nbody = '{body}'\n"
    )
}

async fn graph(faults: &str) -> Report {
    report_of(scenario_with("graph-ready", "", faults)).await
}

fn ids(report: &Report) -> Vec<&str> {
    report
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect()
}

fn only_cause(report: &Report) -> &Cause {
    let [cause] = &report.causes[..] else {
        panic!("{:?}", ids(report))
    };
    cause
}

fn rows(report: &Report, check: CheckId) -> Vec<&ResultRow> {
    report
        .results
        .iter()
        .filter(|row| row.check == check)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_accepted_elsewhere_on_the_host_is_not_blamed() {
    for body in [INVALID, UNKNOWN, ""] {
        let report = graph(&rejected("@contoso.com/", body)).await;
        assert_eq!(report.summary.verdict, Verdict::NotReady, "{body}");
        let cause = only_cause(&report);
        assert_eq!(
            (cause.id.as_str(), cause.confidence),
            ("mailbox.token-refused", Confidence::Possible),
            "{body}"
        );
        let expected = [
            "mailbox.not-in-exchange-online",
            "sign-in.conditional-access",
            "service.unavailable",
        ];
        assert_eq!(cause.candidates, expected);
        assert!(
            cause.subjects.iter().all(|subject| subject.contains('@')),
            "{:?}",
            cause.subjects
        );
        assert!(
            cause.remedy.who.contains("Exchange"),
            "{}",
            cause.remedy.who
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rejected_room_among_accessible_ones_is_about_that_room() {
    let report = graph(&rejected("aurora@contoso.com/", INVALID)).await;
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("mailbox.token-refused", Confidence::Possible)
    );
    assert_eq!(cause.subjects, ["aurora@contoso.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_room_without_a_reason_stays_inconclusive_with_a_candidate() {
    for body in [UNKNOWN, ""] {
        let report = graph(&rejected("aurora@contoso.com/", body)).await;
        assert_eq!(report.summary.verdict, Verdict::Inconclusive);
        let cause = only_cause(&report);
        assert_eq!(cause.id, "service.unexpected-answer");
        assert!(
            cause
                .candidates
                .iter()
                .any(|id| id == "mailbox.token-refused"),
            "{:?}",
            cause.candidates
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_rejected_everywhere_is_blamed() {
    let report = graph(&rejected("/v1.0/", INVALID)).await;
    let cause = only_cause(&report);
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("sign-in.token-refused", Confidence::Confirmed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_rejects_a_token_good_for_mailboxes_is_about_the_directory() {
    let report = graph(&rejected("/v1.0/users?", INVALID)).await;
    assert_eq!(ids(&report), ["directory.access-blocked"]);
    assert_eq!(report.causes[0].confidence, Confidence::Possible);
    let report = graph(&rejected("/v1.0/applications", INVALID)).await;
    assert_eq!(report.summary.verdict, Verdict::Ready, "{:?}", ids(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn ews_is_judged_by_the_same_rule() {
    let rejected = |mailbox: &str| {
        format!(
            "[[fault]]\nat = \"exchange\"\n{mailbox}\nauthenticated_only = true\ndo = \"status\"\nstatus = 401\n\
             headers = {{ x-ms-diagnostics = '2000001;reason=\"The token is invalid.\";error_category=\"invalid_token\"' }}\n"
        )
    };
    let one = report_of(scenario_with(
        "ews-ready",
        "",
        &rejected("mailbox = \"aurora@contoso.com\""),
    ))
    .await;
    let cause = one
        .causes
        .iter()
        .find(|cause| cause.id.contains("token"))
        .unwrap();
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("mailbox.token-refused", Confidence::Possible)
    );
    assert_eq!(cause.subjects, ["aurora@contoso.com"]);
    let all = report_of(scenario_with("ews-ready", "", &rejected(""))).await;
    let cause = all
        .causes
        .iter()
        .find(|cause| cause.id.contains("token"))
        .unwrap();
    assert_eq!(
        (cause.id.as_str(), cause.confidence),
        ("sign-in.token-refused", Confidence::Confirmed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_continuous_access_evaluation_counts_without_its_header() {
    for path in ["/v1.0/", "@contoso.com/", "aurora@contoso.com/"] {
        let report = graph(&rejected(path, CHALLENGE)).await;
        assert!(
            ids(&report).contains(&"sign-in.conditional-access"),
            "{path}: {:?}",
            ids(&report)
        );
        assert!(
            !ids(&report).iter().any(|id| id.ends_with("token-refused")),
            "{path}: {:?}",
            ids(&report)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_another_service_is_one_finding() {
    for (name, host) in [
        ("sign-in-token-for-another-service", "sign-in.graph"),
        ("ews-ready", "sign-in.exchange"),
    ] {
        let mut scenario = scenario(name, "");
        scenario.tenant.apps[0].token_flaw = Some(rx_preflight::simulator::TokenFlaw::Audience);
        let report = report_of(scenario).await;
        let refused: Vec<_> = report
            .causes
            .iter()
            .filter(|cause| cause.id == "sign-in.token-refused")
            .collect();
        assert!(
            !ids(&report).contains(&"service.unexpected-answer"),
            "{name}: {:?}",
            ids(&report)
        );
        let sign_in = report
            .results
            .iter()
            .find(|row| row.check.as_str() == host)
            .unwrap();
        assert_eq!(
            (sign_in.outcome, sign_in.cause.as_deref()),
            (Outcome::Fail, Some("sign-in.token-refused")),
            "{name}"
        );
        assert!(
            refused
                .iter()
                .any(|cause| cause.explains.contains(&sign_in.n)),
            "{name}"
        );
        assert!(
            refused.iter().all(|cause| !cause.title.contains("login.")),
            "{name}: {}",
            refused[0].title
        );
        if name != "ews-ready" {
            assert_eq!(report.causes.len(), 1, "{:?}", ids(&report));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_what_works_contradicts_are_notes() {
    for (name, check, id) in [
        (
            "sign-in-scopes-beside-roles",
            CheckId::SignInGraph,
            "sign-in.delegated-token",
        ),
        (
            "tenant-wrong-cloud-as-a-note",
            CheckId::TenantDiscovery,
            "tenant.wrong-cloud",
        ),
    ] {
        let report = report_of(scenario(name, "")).await;
        assert_eq!(report.summary.verdict, Verdict::Ready, "{name}");
        let note = report.causes.iter().find(|cause| cause.id == id).unwrap();
        assert_eq!(note.requirement, Requirement::Advisory, "{name}");
        assert!(
            rows(&report, check)
                .iter()
                .all(|row| row.outcome == Outcome::Pass),
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_claims_fail_where_nothing_works() {
    let denied = "[[fault]]\nat = \"graph\"\nauthenticated_only = true\ndo = \"status\"\nstatus = 403\n\
                  body = '{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"Access is denied.\"}}'";
    let report = report_of(scenario_with("sign-in-scopes-beside-roles", "", denied)).await;
    let cause = report
        .causes
        .iter()
        .find(|cause| cause.id == "sign-in.delegated-token")
        .unwrap();
    assert_eq!(cause.requirement, Requirement::Required);
    assert_eq!(report.summary.verdict, Verdict::NotReady);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_padded_rejection_is_diagnosed_like_a_bare_one() {
    let denied = r#"{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.\"}}"#;
    for (before, behind) in [
        ("", ""),
        ("", r"\u0000\u0000\u0000\u0000"),
        (r"\uFEFF", r"\r\n\u0000"),
        (r"\u0000 ", r"\uFEFF"),
    ] {
        let fault = format!(
            "[[fault]]\nat = \"graph\"\npath = \"calendarView\"\nauthenticated_only = true\ndo = \"status\"\nstatus = 403\n\
             headers = {{ Content-Type = \"application/json\" }}\nbody = \"{before}{denied}{behind}\"\n"
        );
        let report = graph(&fault).await;
        assert_eq!(
            only_cause(&report).id,
            "mailbox.outside-access-policy",
            "{before} {behind}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_token_is_not_a_token() {
    let empty = "[[fault]]\nat = \"sign-in\"\ndo = \"status\"\nstatus = 200\nheaders = { Content-Type = \"application/json\" }\n\
                 body = '{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"\"}'\n";
    let report = graph(empty).await;
    assert_eq!(
        (report.summary.verdict, report.summary.exit_code),
        (Verdict::Inconclusive, 3)
    );
    let sign_in = rows(&report, CheckId::SignInGraph)[0];
    assert_eq!(
        (sign_in.outcome, sign_in.cause.as_deref()),
        (Outcome::Unknown, Some("service.unexpected-answer"))
    );
    let sent = report
        .requests
        .iter()
        .filter(|request| request.url.contains("/users/"))
        .count();
    assert_eq!(sent, 0, "nothing is requested without a token");
}
