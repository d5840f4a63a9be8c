//! Settings that cannot be right, played whole: one cause, the right one, and nothing sent where it must not go.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;

use rx_preflight::cli::play;
use rx_preflight::report::Report;
use rx_preflight::simulator::catalog;
use rx_preflight::terms::{CheckId, Outcome};
use support::program;
use tempfile::TempDir;

mod support;

/// The report of a scenario in which keys of `[settings.system]` have other values.
async fn report_with(scenario: &str, keys: &[(&str, &str)]) -> Report {
    let mut scenario = catalog::load(scenario).unwrap();
    let system = scenario.settings["system"].as_table_mut().unwrap();
    for (key, value) in keys {
        system.insert((*key).to_owned(), (*value).into());
    }
    let clock = "2026-11-23T08:00:00Z".parse().unwrap();
    Box::pin(play(scenario, Some(clock), std::future::pending()))
        .await
        .unwrap()
        .report
}

fn required_causes(report: &Report) -> Vec<&str> {
    let required = report
        .causes
        .iter()
        .filter(|cause| cause.requirement == rx_preflight::terms::Requirement::Required);
    required.map(|cause| cause.id.as_str()).collect()
}

fn outcome(report: &Report, check: CheckId) -> Outcome {
    report
        .results
        .iter()
        .find(|row| row.check == check)
        .unwrap()
        .outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_tenant_id_is_one_cause_and_leaves_the_sign_in_host_reachable() {
    let (malformed, reserved) = (
        "settings.tenant-id-malformed",
        "settings.tenant-id-reserved",
    );
    let ids = [
        ("common", reserved),
        ("Organizations", reserved),
        ("consumers", reserved),
        ("9188040d-6c67-4c5b-b112-36a304b66dad", reserved),
        ("", reserved),
        ("https://login.microsoftonline.com/contoso.com", malformed),
        ("Contoso Ltd", malformed),
        ("admin@contoso.com", malformed),
        ("93bf1dea-78ff-42be\n-912f-104d548f1f1a", malformed),
        (
            "93bf1dea\u{2013}78ff\u{2013}42be\u{2013}912f\u{2013}104d548f1f1a",
            malformed,
        ),
        ("93bf1dea-78ff-42be-912f-104d548f1f1a\u{200b}", malformed),
        (
            "Directory (tenant) ID: 93bf1dea-78ff-42be-912f-104d548f1f1a",
            malformed,
        ),
        ("${TENANT_ID}", malformed),
        ("00000000-0000-0000-0000-000000000000", malformed),
    ];
    for (id, cause) in ids {
        let report = report_with("graph-ready", &[("oauth_tenant_id", id)]).await;
        assert_eq!(required_causes(&report), [cause], "{id}");
        assert_eq!(
            outcome(&report, CheckId::NetworkSignIn),
            Outcome::Pass,
            "{id}"
        );
        let discoveries: Vec<_> = report
            .requests
            .iter()
            .filter(|request| request.url.contains("openid-configuration"))
            .collect();
        assert!(
            discoveries.len() == 1 && discoveries[0].url.contains("/common/"),
            "{id}: {discoveries:?}"
        );
    }
    let system = catalog::load("graph-ready").unwrap().settings["system"].clone();
    let client = system["oauth_client_id"].as_str().unwrap();
    let identical = report_with("graph-ready", &[("oauth_tenant_id", client)]).await;
    assert_eq!(required_causes(&identical), ["settings.ids-identical"]);
    assert_eq!(outcome(&identical, CheckId::NetworkSignIn), Outcome::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wrong_server_host_name_ends_as_ready_and_nothing_is_sent_there() {
    let (mismatch, foreign) = ("settings.host-name-mismatch", "settings.host-name-foreign");
    let names = [
        (
            "ews-ready",
            "https://outlook.office356.com/EWS/Exchange.asmx",
            foreign,
        ),
        (
            "ews-ready",
            "https://mail.contoso.com/EWS/Exchange.asmx",
            foreign,
        ),
        (
            "ews-ready",
            "outlook.office365.com/EWS/Exchange.asmx",
            mismatch,
        ),
        ("ews-ready", "https://outlook.office365.com/EWS", mismatch),
        ("ews-ready", "https://outlook.office365.com/owa", mismatch),
        (
            "ews-ready",
            "http://outlook.office365.com/EWS/Exchange.asmx",
            mismatch,
        ),
        (
            "ews-ready",
            "https://outlook.office365.us/EWS/Exchange.asmx",
            "tenant.wrong-cloud",
        ),
        ("graph-ready", "https://graph.microsoft.com", mismatch),
        ("graph-ready", "https://graph.microsoft.com/beta", mismatch),
        ("graph-ready", "https://graph.windows.net", foreign),
        (
            "graph-ready",
            "https://microsoftgraph.chinacloudapi.cn/v1.0",
            "tenant.wrong-cloud",
        ),
        ("graph-ready", "https://grpah.microsoft.com/v1.0", foreign),
        (
            "ews-ready",
            "https://evil.example/EWS/Exchange.asmx",
            foreign,
        ),
        (
            "ews-ready",
            "https://outlook.office365.com.evil.example/EWS/Exchange.asmx",
            foreign,
        ),
        (
            "ews-ready",
            "https://outlook.office365.com@evil.example/EWS/Exchange.asmx",
            foreign,
        ),
        (
            "graph-ready",
            "https://graph.microsoft.com@evil.example/v1.0",
            foreign,
        ),
        (
            "graph-ready",
            "https://graph.microsoft.com.evil.example/v1.0",
            foreign,
        ),
    ];
    for (scenario, name, cause) in names {
        let report = report_with(scenario, &[("server_host_name", name)]).await;
        assert_eq!(
            (report.summary.exit_code, required_causes(&report)),
            (1, vec![cause]),
            "{name}"
        );
        let elsewhere: Vec<_> = report
            .requests
            .iter()
            .filter(|request| !request.url.contains("127.0.0.1"))
            .collect();
        assert!(elsewhere.is_empty(), "{name}: {elsewhere:?}");
        let requested = report
            .requests
            .iter()
            .any(|request| request.purpose.as_str().starts_with("mailbox."));
        assert!(
            !requested,
            "{name}: a mailbox was requested with settings that cannot work"
        );
    }
}

const COMPLETE: &str = "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\n\
    oauth_client_id = \"9a410000-1111-4222-8333-444455556666\"\noauth_client_secret = { file = \"secret.txt\" }\n";

/// Runs `check` without any request over a settings file and a secret.
fn check(settings: &str, secret: &str, options: &[&str]) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rx-preflight.toml"), settings).unwrap();
    fs::write(folder.path().join("secret.txt"), secret).unwrap();
    let output = program(folder.path())
        .args(["check", "--only", "settings"])
        .args(options)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn an_option_that_overrides_the_file_is_noted() {
    let settings = format!("{COMPLETE}[mail]\nenabled = false\n");
    let (exit, output) = check(
        &settings,
        "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP",
        &["--require", "mail"],
    );
    assert_ne!(exit, Some(2), "{output}");
    assert!(
        output.contains("--require mail") && output.contains("rx-preflight.toml:7:11"),
        "{output}"
    );
}

#[test]
fn an_unknown_api_and_an_empty_secret_are_wrong_usage() {
    let good = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP";
    let (exit, output) = check(&COMPLETE.replace("use_graph_api = true\n", ""), good, &[]);
    assert!(
        exit == Some(2) && output.contains("Use Graph API") && output.contains("--api"),
        "{output}"
    );
    assert_ne!(
        check(
            &COMPLETE.replace("use_graph_api = true\n", ""),
            good,
            &["--api", "graph"]
        )
        .0,
        Some(2)
    );
    for empty in ["", "\n"] {
        let (exit, output) = check(COMPLETE, empty, &[]);
        assert!(
            exit == Some(2) && output.contains("secret.txt is empty"),
            "{output}"
        );
    }
}
