//! The program as its users meet it: usage, exit codes, where what is written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::{Tenant, program};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the program and expects exit 2, one message on standard error and nothing on standard output.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    assert!(!message.trim().is_empty(), "{arguments:?} says nothing");
    message
}

#[test]
fn wrong_usage_is_exit_2_with_a_message() {
    let folder = TempDir::new().unwrap();
    assert!(refused(folder.path(), &["chekc"]).contains("check"));
    refused(folder.path(), &["check", "--no-such-option"]);
    assert!(refused(folder.path(), &["demo", "no-such-scenario"]).contains("no-such-scenario"));
    assert!(refused(folder.path(), &["check"]).contains("demo"));
    assert!(refused(folder.path(), &["demo", "--output", "report.docx"]).contains(".json"));
    refused(folder.path(), &["report", "missing.json"]);
    refused(folder.path(), &["simulate", "--listen", "0.0.0.0:0"]);
}

#[test]
fn a_bad_settings_file_is_exit_2_and_says_where() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rx-preflight.toml");
    refused(folder.path(), &["check", "--config", "missing.toml"]);
    fs::write(&path, "[system]\noauth_tenant_id = \"x\"\noauth_tenat_id = \"x\"\n").unwrap();
    let message = refused(folder.path(), &["check"]);
    assert!(message.contains(":3:1") && message.contains("oauth_tenant_id"), "{message}");
    fs::write(&path, "[system\n").unwrap();
    assert!(refused(folder.path(), &["check"]).contains("rx-preflight.toml:1"));
    fs::write(&path, "[system]\noauth_client_secret = \"hunter2-hunter2-hunter2\"\n").unwrap();
    let message = refused(folder.path(), &["check"]);
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_rooms_file_without_a_room_is_exit_2() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rooms.csv"), "mail\n").unwrap();
    fs::write(folder.path().join("secret.txt"), "abc8Q~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").unwrap();
    let id = "9a41d1a0-0000-4000-8000-000000000000";
    let arguments = [
        "check",
        "--tenant-id",
        "contoso.com",
        "--client-id",
        id,
        "--client-secret-file",
        "secret.txt",
        "--api",
        "graph",
        "--rooms",
        "rooms.csv",
    ];
    assert!(refused(folder.path(), &arguments).contains("rooms.csv"));
}

/// Runs `check` with nothing but flags against a tenant that runs in a process of its own.
fn check_with_flags(scenario: &str, api: &str, tls: bool) -> (Option<i32>, Value) {
    let tenant = Tenant::start(scenario, tls);
    let settings = tenant.settings();
    let system = settings["system"].as_table().unwrap();
    let value = |key: &str| system[key].as_str().unwrap().to_owned();
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command.args(["check", "--format", "json", "--api", api]);
    command.args(["--tenant-id", &value("oauth_tenant_id"), "--client-id", &value("oauth_client_id")]);
    command.arg("--client-secret-file").arg(tenant.folder.path().join("rx_client_secret.txt"));
    if let Some(account) = system.get("resource_login_user_id").and_then(toml::Value::as_str) {
        command.args(["--service-account", account]);
    }
    for room in system["rooms"].as_array().unwrap() {
        command.args(["--room", room.as_str().unwrap()]);
    }
    command.args(tenant.addresses());
    if tls {
        command.arg("--ca-file").arg(tenant.folder.path().join("ca.pem"));
    }
    let output = command.output().unwrap();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    (output.status.code(), report)
}

fn rows<'r>(report: &'r Value, check: &str) -> Vec<&'r Value> {
    report["results"].as_array().unwrap().iter().filter(|row| row["check"] == check).collect()
}

#[test]
fn flags_alone_are_enough_in_both_variants_over_http_and_tls() {
    for tls in [false, true] {
        let (exit, report) = check_with_flags("ews-ready", "ews", tls);
        assert_eq!(exit, Some(0), "{}", report["summary"]);
        assert!(rows(&report, "mailbox.impersonation").iter().all(|row| row["outcome"] == "pass"));
        let (exit, report) = check_with_flags("graph-ready", "graph", tls);
        assert_eq!(exit, Some(0), "{}", report["summary"]);
        assert!(rows(&report, "mailbox.calendar-write").iter().all(|row| row["outcome"] == "pass"));
    }
}

#[test]
fn an_unknown_certificate_authority_is_inconclusive_and_names_the_layer() {
    let tenant = Tenant::start("graph-ready", true);
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command.args(["check", "--format", "json", "--config"]).arg(tenant.folder.path().join("rx-preflight.toml"));
    let output = command.args(tenant.addresses()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3));
    let causes: Vec<&str> =
        report["causes"].as_array().unwrap().iter().map(|cause| cause["id"].as_str().unwrap()).collect();
    assert!(causes.iter().all(|id| *id == "network.tls-untrusted") && !causes.is_empty(), "{causes:?}");
}

#[test]
fn nothing_that_is_written_holds_the_secret_or_a_token() {
    for scenario in [
        "ews-ready",
        "graph-ready",
        "settings-secret-stray-characters",
        "settings-secret-in-the-client-id",
        "sign-in-secret-wrong",
        "sign-in-token-refused",
    ] {
        let tenant = Tenant::start(scenario, false);
        let folder = TempDir::new().unwrap();
        let mut command = program(folder.path());
        command.args(["check", "--verbose", "--output", "report.json", "--output", "report.txt", "--config"]);
        command.arg(tenant.folder.path().join("rx-preflight.toml"));
        let output = command.args(tenant.addresses()).output().unwrap();
        let secret = fs::read_to_string(tenant.folder.path().join("rx_client_secret.txt")).unwrap();
        let mut written = vec![text(&output.stdout), text(&output.stderr)];
        written.extend(["report.json", "report.txt"].map(|file| fs::read_to_string(folder.path().join(file)).unwrap()));
        written.push(fs::read_to_string(tenant.folder.path().join("traffic.jsonl")).unwrap());
        for text in written {
            assert!(!text.contains(secret.trim()), "{scenario}: the secret was written");
            assert!(!text.contains("eyJ"), "{scenario}: something like a token was written");
        }
    }
}

#[test]
fn a_saved_report_renders_again_with_the_exit_code_that_it_holds() {
    let folder = TempDir::new().unwrap();
    let first = program(folder.path()).args(["demo", "ews-disabled", "--output", "report.json"]).output().unwrap();
    assert_eq!(first.status.code(), Some(1));
    let again = program(folder.path()).args(["report", "report.json"]).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(text(&again.stdout), text(&first.stdout));
}

#[test]
fn the_list_names_every_scenario_with_a_line_about_it() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).args(["demo", "--list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stdout);
    let files = fs::read_dir(support::folder("fixtures/scenarios")).unwrap();
    let mut count = 0;
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let line = listed.lines().find(|line| line.split_whitespace().next() == Some(&name));
            assert!(line.is_some_and(|line| line.len() > name.len() + 10), "{name} is not listed with a line about it");
            count += 1;
        }
    }
    assert_eq!(listed.lines().count(), count);
}

#[test]
fn fail_on_optional_changes_the_exit_code_only() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| program(folder.path()).args(arguments).output().unwrap().status.code();
    assert_eq!(run(&["demo", "grant-optional-missing"]), Some(0));
    assert_eq!(run(&["demo", "grant-optional-missing", "--fail-on", "optional"]), Some(4));
    assert_eq!(run(&["demo", "grant-optional-missing", "--fail-on", "optional", "--format", "json"]), Some(4));
}

#[test]
fn explain_knows_codes_causes_and_checks_without_any_network() {
    let folder = TempDir::new().unwrap();
    let answer = |arguments: &[&str]| {
        let output = program(folder.path()).arg("explain").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        text(&output.stdout)
    };
    assert!(answer(&["AADSTS7000222"]).contains("sign-in.secret-expired"));
    assert!(answer(&["7000222"]).contains("sign-in.secret-expired"));
    assert!(answer(&["ErrorNonExistentMailbox"]).contains("Exchange"));
    assert!(answer(&["mailbox.outside-scope"]).contains("Exchange Administrator"));
    assert!(answer(&["mailbox.impersonation"]).contains("a check"));
    assert!(answer(&["AADSTS424242"]).contains("https://login.microsoftonline.com/error?code=424242"));
    assert!(answer(&["EWS is disabled for this user or tenant"]).contains("ews.disabled"));
    assert!(answer(&["nothing-that-anybody-knows"]).contains("Nothing in"));
}

#[test]
fn explain_reads_a_log_of_two_megabytes_and_picks_what_it_knows() {
    let folder = TempDir::new().unwrap();
    let line = "2026-11-23T08:00:00.000Z INFO the panel of room 4711 polls its calendar and waits for sixty seconds\n";
    let mut log = line.repeat(2 * 1024 * 1024 / line.len());
    log.push_str("AADSTS7000215: Invalid client secret. Trace ID: 0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d\n");
    let output = program(folder.path()).arg("explain").write_stdin(log).output().unwrap();
    let answer = text(&output.stdout);
    assert!(
        answer.contains("sign-in.secret-wrong") && answer.contains("0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d"),
        "{answer}"
    );
}

/// A token as the services would get it, with a signature that nobody checks.
fn token(claims: &Value) -> String {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", encode(r#"{"alg":"RS256","typ":"JWT"}"#), encode(&claims.to_string()), encode("signature"))
}

#[test]
fn a_pasted_token_is_compared_with_what_is_needed_and_never_echoed() {
    let folder = TempDir::new().unwrap();
    let judge = |arguments: &[&str], claims: Value| {
        let token = token(&claims);
        let output = program(folder.path()).arg("token").args(arguments).write_stdin(token.clone()).output().unwrap();
        let written = text(&output.stdout) + &text(&output.stderr);
        assert!(!written.contains(&token), "the token was echoed");
        (output.status.code(), written)
    };
    let graph = |roles: &[&str]| {
        serde_json::json!({"aud": "https://graph.microsoft.com", "tid": "5f3cd1a0-0000-4000-8000-000000000002",
            "appid": "9a41d1a0-0000-4000-8000-000000000001", "roles": roles, "exp": 4_102_444_800_u64})
    };
    assert_eq!(judge(&[], graph(&["Calendars.ReadWrite"])).0, Some(0));
    let (exit, words) = judge(&[], graph(&["Calendars.Read", "Mail.ReadWrite"]));
    assert_eq!(exit, Some(1));
    assert!(words.contains("[FAIL]") && words.contains("[SURPLUS]"), "{words}");
    assert_eq!(judge(&["--require", "mail"], graph(&["Calendars.ReadWrite"])).0, Some(1));
    assert_eq!(judge(&["--api", "ews"], graph(&["Calendars.ReadWrite"])).0, Some(0));
    let mut delegated = graph(&["Calendars.ReadWrite"]);
    delegated["scp"] = "Calendars.ReadWrite".into();
    assert!(judge(&[], delegated).1.contains("delegated"));
    let mut expired = graph(&["Calendars.ReadWrite"]);
    expired["exp"] = 1_600_000_000.into();
    assert!(judge(&[], expired).1.contains("expired"));
    let output = program(folder.path()).arg("token").write_stdin("no token").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn requirements_name_every_permission_with_its_id_and_the_narrower_way() {
    let folder = TempDir::new().unwrap();
    let list =
        |arguments: &[&str]| text(&program(folder.path()).arg("requirements").args(arguments).output().unwrap().stdout);
    let ews = list(&["--api", "ews", "--client-id", "9a41d1a0-0000-4000-8000-000000000001"]);
    for expected in
        ["full_access_as_app", "dc890d15-9560-4a4c-9b7f-a736ec74ec40", "Application EWS.AccessAsApp", "adminconsent"]
    {
        assert!(ews.contains(expected), "{expected} is not in\n{ews}");
    }
    let account = "rx-service@contoso.com";
    let with_mail = list(&["--api", "ews", "--require", "mail", "--service-account", account]);
    for scope in ["ResourceXpress rooms", "ResourceXpress service account", "ResourceXpress sender"] {
        assert!(with_mail.contains(&format!("-CustomResourceScope '{scope}'")), "{scope} is not in\n{with_mail}");
    }
    assert_eq!(with_mail.matches("Test-ServicePrincipalAuthorization").count(), 3, "{with_mail}");
    assert!(!ews.contains("Application Mail.Send"), "nobody asked for mail\n{ews}");
    let graph = list(&["--require", "mail,user-sync"]);
    assert_eq!(graph.matches("[REQUIRED]").count(), 4, "{graph}");
    assert_eq!(list(&["--cloud", "mars"]), "");
}

/// Every `--option` in a text.
fn options_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|character: char| !(character.is_ascii_lowercase() || character == '-'));
    words.filter(|word| word.starts_with("--") && word.len() > 4)
}

#[test]
fn every_option_that_a_remedy_names_exists() {
    let folder = TempDir::new().unwrap();
    let help = |command: &str| text(&program(folder.path()).args([command, "--help"]).output().unwrap().stdout);
    let known = [help("check"), help("requirements")].concat();
    for cause in rx_preflight::knowledge::causes() {
        let cases = cause.cases.iter().flat_map(|case| case.steps.iter());
        for step in cause.steps.iter().chain(cases).chain([&cause.verify]) {
            for option in options_in(step) {
                assert!(known.contains(option), "{} names {option}: {step}", cause.id);
            }
        }
    }
}
