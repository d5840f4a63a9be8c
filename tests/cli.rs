//! The program as its users meet it: usage, exit codes, where what is written.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the program and expects exit 2, one message on standard error and nothing on standard output.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    assert!(!message.trim().is_empty(), "{arguments:?} prints nothing");
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

/// A `check` of services that no name service knows: only a proxy could reach them.
fn check_of_invalid_hosts(folder: &Path) -> assert_cmd::Command {
    fs::write(
        folder.join("secret.txt"),
        "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP",
    )
    .unwrap();
    let mut command = program(folder);
    let options = "check --api graph --tenant-id contoso.com --client-id 9a410000-1111-4222-8333-444455556666 \
         --client-secret-file secret.txt --login-url https://sign-in.invalid --graph-url https://graph.invalid/v1.0 \
         --ews-url https://exchange.invalid/EWS/Exchange.asmx --deadline 5s";
    command.args(options.split_whitespace());
    command
}

#[test]
fn a_proxy_that_cannot_be_used_is_exit_2_before_any_request() {
    let folder = TempDir::new().unwrap();
    let secret = "Zq98Q~FAKEsecretFAKEsecret1234567890abcd";
    for (variable, value, part) in [
        ("HTTPS_PROXY", secret, "looks like a secret"),
        ("https_proxy", &secret.to_lowercase(), "looks like a secret"),
        (
            "HTTPS_PROXY",
            "http://u:hunter2@127.0.0.1:99999",
            "is no address",
        ),
        (
            "ALL_PROXY",
            "socks5://u:hunter2@127.0.0.1:1",
            "must begin with http://",
        ),
        (
            "--proxy",
            &format!("http://{secret}:8080"),
            "looks like a secret",
        ),
    ] {
        let mut command = check_of_invalid_hosts(folder.path());
        if variable == "--proxy" {
            command.args([variable, value]);
        } else {
            command.env(variable, value);
        }
        let output = command.output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{variable}: {message}");
        assert!(output.stdout.is_empty());
        let lower = message.to_lowercase();
        // Windows has one variable for both spellings.
        let names_it = lower.contains(&variable.to_lowercase());
        assert!(names_it && message.contains(part), "{message}");
        assert!(
            !lower.contains("fakesecret") && !lower.contains("hunter2"),
            "{message}"
        );
    }
}

#[test]
fn the_first_variable_that_is_not_empty_names_the_proxy() {
    let folder = TempDir::new().unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = proxy.local_addr().unwrap();
    let address = format!(" rx:hunter2@{at} ");
    let requests = std::thread::spawn(move || {
        let (mut connection, _) = proxy.accept().unwrap();
        let mut request = [0; 1024];
        let length = connection.read(&mut request).unwrap();
        let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        connection.write_all(refusal.as_bytes()).unwrap();
        text(&request[..length])
    });
    let output = check_of_invalid_hosts(folder.path())
        .env("HTTPS_PROXY", "")
        .env("ALL_PROXY", address)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    // Ends the thread if the program sent nothing.
    drop(TcpStream::connect(at));
    let request = requests.join().unwrap();
    assert!(request.starts_with("CONNECT "), "{request}");
    let credentials = base64::engine::general_purpose::STANDARD.encode("rx:hunter2");
    assert!(
        request.contains(&format!("Basic {credentials}")),
        "{request}"
    );
}

#[test]
fn a_bad_settings_file_is_exit_2_and_names_the_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rx-preflight.toml");
    refused(folder.path(), &["check", "--config", "missing.toml"]);
    fs::write(
        &path,
        "[system]\noauth_tenant_id = \"x\"\noauth_tenat_id = \"x\"\n",
    )
    .unwrap();
    let message = refused(folder.path(), &["check"]);
    assert!(
        message.contains(":3:1") && message.contains("oauth_tenant_id"),
        "{message}"
    );
    fs::write(&path, "[system\n").unwrap();
    assert!(refused(folder.path(), &["check"]).contains("rx-preflight.toml:1"));
    fs::write(
        &path,
        "[system]\noauth_client_secret = \"hunter2-hunter2-hunter2\"\n",
    )
    .unwrap();
    let message = refused(folder.path(), &["check"]);
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_rooms_file_without_a_room_is_exit_2() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rooms.csv"), "mail\n").unwrap();
    fs::write(
        folder.path().join("secret.txt"),
        "abc8Q~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    )
    .unwrap();
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
    command.args([
        "--tenant-id",
        &value("oauth_tenant_id"),
        "--client-id",
        &value("oauth_client_id"),
    ]);
    command
        .arg("--client-secret-file")
        .arg(tenant.folder.path().join("rx_client_secret.txt"));
    if let Some(account) = system
        .get("resource_login_user_id")
        .and_then(toml::Value::as_str)
    {
        command.args(["--service-account", account]);
    }
    for room in system["rooms"].as_array().unwrap() {
        command.args(["--room", room.as_str().unwrap()]);
    }
    command.args(tenant.addresses());
    if tls {
        command
            .arg("--ca-file")
            .arg(tenant.folder.path().join("ca.pem"));
    }
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    (output.status.code(), report)
}

fn rows<'r>(report: &'r Value, check: &str) -> Vec<&'r Value> {
    report["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["check"] == check)
        .collect()
}

#[test]
fn flags_alone_are_enough_in_both_variants_over_http_and_tls() {
    for tls in [false, true] {
        let (exit, report) = check_with_flags("ews-ready", "ews", tls);
        assert_eq!(exit, Some(0), "{}", report["summary"]);
        assert!(
            rows(&report, "mailbox.impersonation")
                .iter()
                .all(|row| row["outcome"] == "pass")
        );
        let (exit, report) = check_with_flags("graph-ready", "graph", tls);
        assert_eq!(exit, Some(0), "{}", report["summary"]);
        assert!(
            rows(&report, "mailbox.calendar-write")
                .iter()
                .all(|row| row["outcome"] == "pass")
        );
    }
}

#[test]
fn an_unknown_certificate_authority_is_inconclusive_and_names_the_layer() {
    let tenant = Tenant::start("graph-ready", true);
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3));
    let causes: Vec<&str> = report["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| cause["id"].as_str().unwrap())
        .collect();
    assert!(
        causes.iter().all(|id| *id == "network.tls-untrusted") && !causes.is_empty(),
        "{causes:?}"
    );
}

// Windows and macOS have stores of their own and do not read these variables.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_trusted_roots_differs_from_an_untrusted_certificate() {
    let tenant = Tenant::start("graph-ready", true);
    let folder = TempDir::new().unwrap();
    let empty_file = folder.path().join("empty.pem");
    let empty_folder = folder.path().join("no-certificates");
    fs::write(&empty_file, "").unwrap();
    fs::create_dir(&empty_folder).unwrap();
    for (variable, value) in [
        ("SSL_CERT_FILE", &empty_file),
        ("SSL_CERT_DIR", &empty_folder),
    ] {
        let output = tenant
            .check(folder.path())
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .env(variable, value)
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(3), "{variable}");
        let causes = report["causes"].as_array().unwrap();
        assert_eq!(causes.len(), 1, "{variable}: {causes:?}");
        assert_eq!(causes[0]["id"], "network.no-trust-store", "{variable}");
        let shown = causes[0].to_string();
        assert!(
            shown.contains("has no trusted root certificates")
                && shown.contains("--ca-file")
                && !shown.contains("issuer"),
            "{shown}"
        );
    }
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
        command.args([
            "check",
            "--verbose",
            "--output",
            "report.json",
            "--output",
            "report.txt",
            "--config",
        ]);
        command.arg(tenant.folder.path().join("rx-preflight.toml"));
        let output = command.args(tenant.addresses()).output().unwrap();
        let secret = fs::read_to_string(tenant.folder.path().join("rx_client_secret.txt")).unwrap();
        let mut written = vec![text(&output.stdout), text(&output.stderr)];
        written.extend(
            ["report.json", "report.txt"]
                .map(|file| fs::read_to_string(folder.path().join(file)).unwrap()),
        );
        written.push(fs::read_to_string(tenant.folder.path().join("traffic.jsonl")).unwrap());
        for text in written {
            assert!(
                !text.contains(secret.trim()),
                "{scenario}: the secret was written"
            );
            assert!(
                !text.contains("eyJ"),
                "{scenario}: something like a token was written"
            );
        }
    }
}

#[test]
fn a_saved_report_renders_again_with_the_exit_code_that_it_holds() {
    let folder = TempDir::new().unwrap();
    let first = program(folder.path())
        .args(["demo", "ews-disabled", "--output", "report.json"])
        .output()
        .unwrap();
    assert_eq!(first.status.code(), Some(1));
    let again = program(folder.path())
        .args(["report", "report.json"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(text(&again.stdout), text(&first.stdout));
}

#[test]
fn the_list_names_every_scenario_with_a_line_about_it() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path())
        .args(["demo", "--list"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stdout);
    let files = fs::read_dir(support::folder("fixtures/scenarios")).unwrap();
    let mut count = 0;
    for file in files {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let line = listed
                .lines()
                .find(|line| line.split_whitespace().next() == Some(&name));
            assert!(
                line.is_some_and(|line| line.len() > name.len() + 10),
                "{name} is not listed with a line about it"
            );
            count += 1;
        }
    }
    assert_eq!(listed.lines().count(), count);
}

#[test]
fn fail_on_optional_changes_the_exit_code_only() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        program(folder.path())
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(run(&["demo", "grant-optional-missing"]), Some(0));
    assert_eq!(
        run(&["demo", "grant-optional-missing", "--fail-on", "optional"]),
        Some(4)
    );
    assert_eq!(
        run(&[
            "demo",
            "grant-optional-missing",
            "--fail-on",
            "optional",
            "--format",
            "json"
        ]),
        Some(4)
    );
}

/// What `explain` prints about its arguments, or about a pasted text.
fn explained(arguments: &[&str], pasted: &str) -> String {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    let output = command
        .arg("explain")
        .args(arguments)
        .write_stdin(pasted.to_owned())
        .output()
        .unwrap();
    let printed = text(&output.stdout);
    let expected = i32::from(printed.contains("was recognized"));
    assert_eq!(
        output.status.code(),
        Some(expected),
        "{arguments:?}: exit code 1 where nothing is known"
    );
    printed
}

#[test]
fn explain_knows_codes_causes_and_checks_without_any_network() {
    let printed = |arguments: &[&str]| explained(arguments, "");
    assert!(printed(&["AADSTS7000222"]).contains("sign-in.secret-expired"));
    assert!(printed(&["7000222"]).contains("sign-in.secret-expired"));
    assert!(printed(&["ErrorNonExistentMailbox"]).contains("Exchange"));
    assert!(printed(&["mailbox.outside-scope"]).contains("Exchange Administrator"));
    assert!(printed(&["mailbox.impersonation"]).contains("(check)"));
    assert!(
        printed(&["AADSTS424242"]).contains("https://login.microsoftonline.com/error?code=424242")
    );
    assert!(printed(&["EWS is disabled for this user or tenant"]).contains("ews.disabled"));
    assert!(
        printed(&[
            "EWS", "is", "disabled", "for", "this", "user", "or", "tenant"
        ])
        .contains("ews.disabled")
    );
    assert!(printed(&["nothing-that-anybody-knows"]).contains("Nothing in"));
}

#[test]
fn explain_reads_codes_of_exchange_and_specific_messages_in_responses_of_graph() {
    let graph = |code: &str, message: &str| {
        explained(
            &[],
            &format!(r#"{{"error":{{"code":"{code}","message":"{message}","innerError":{{}}}}}}"#),
        )
    };
    for (code, cause) in [
        ("ErrorInvalidLicense", "mailbox.license-missing"),
        ("ErrorAccountDisabled", "mailbox.account-disabled"),
        ("ErrorFolderNotFound", "mailbox.calendar-missing"),
        ("ErrorNonPrimarySmtpAddress", "mailbox.alias-used"),
        ("ErrorOrganizationAccessBlocked", "tenant.access-blocked"),
        ("ErrorMessageSubmissionBlocked", "mail.sender-unusable"),
        ("ErrorMailboxStoreUnavailable", "service.unavailable"),
        ("ErrorServerBusy", "service.throttled"),
    ] {
        let printed = graph(code, "x");
        assert!(
            printed.contains(cause) && !printed.contains("not in the knowledge base"),
            "{code}: {printed}"
        );
    }
    let challenge =
        "Continuous access evaluation resulted in challenge with result: InteractionRequired";
    let printed = graph("InvalidAuthenticationToken", challenge);
    assert!(
        printed.contains("Cause: sign-in.conditional-access"),
        "{printed}"
    );
    assert!(!printed.contains("sign-in.token-refused"), "{printed}");
    let printed = graph(
        "InvalidAuthenticationToken",
        "Access token validation failure. Invalid audience.",
    );
    assert!(
        printed.contains("Cause: sign-in.token-refused"),
        "{printed}"
    );
    let printed = graph(
        "ErrorItemNotFound",
        "The specified object was not found., Default folder Calendar not found.",
    );
    assert!(
        printed.contains("Cause: mailbox.calendar-missing"),
        "{printed}"
    );
}

#[test]
fn explain_finds_nothing_in_ordinary_numbers_and_words() {
    for log in [
        "took 90002 ms",
        "port 50002",
        "pid 50196",
        "access is forbidden",
    ] {
        assert!(
            explained(&[], log).contains("Nothing in the pasted text was recognized"),
            "{log}"
        );
    }
    let refusal = "HTTP/1.1 403 Forbidden\r\nX-EWS-Policy-Reason: EWS is disabled for this user or tenant\r\n";
    let printed = explained(&[], refusal);
    assert!(
        printed.starts_with("X-EWS-Policy-Reason") && !printed.contains("error code of"),
        "{printed}"
    );
}

#[test]
fn explain_names_the_lasting_fault_before_the_passing_one() {
    let passing = r#"08:00 {"error":{"code":"ServiceNotAvailable"}}"#;
    let printed = explained(
        &[],
        &format!("{passing}\n09:00 AADSTS7000222: expired\n09:01 AADSTS7000222: expired"),
    );
    assert!(printed.starts_with("AADSTS7000222 (2 times)"), "{printed}");
}

#[test]
fn explain_shows_codes_of_no_table_with_the_page_to_look_them_up() {
    for (pasted, code, page) in [
        (
            "AADSTS424242: x",
            "AADSTS424242",
            "https://login.microsoftonline.com/error?code=424242",
        ),
        (
            "<m:ResponseCode>ErrorQuotaExceeded</m:ResponseCode>",
            "ErrorQuotaExceeded",
            "https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode",
        ),
        (
            r#"{"error":{"code":"ErrorQuotaExceeded"}}"#,
            "ErrorQuotaExceeded",
            "https://learn.microsoft.com/graph/errors",
        ),
        (
            "ErrorQuotaExceeded",
            "ErrorQuotaExceeded",
            "https://learn.microsoft.com/graph/errors",
        ),
        (
            "x-ms-diagnostics: 2000099;reason=\"Odd.\"",
            "Reason from the service: Odd.",
            "https://learn.microsoft.com/",
        ),
        (
            "X-EWS-Policy-Reason: EWS is tired",
            "EWS is tired",
            "https://learn.microsoft.com/",
        ),
    ] {
        let printed = explained(&[], pasted);
        assert!(
            printed.contains("is not in the knowledge base") && printed.contains(code),
            "{printed}"
        );
        assert!(printed.contains(page), "{printed}");
    }
}

#[test]
fn explain_lists_the_candidate_causes_of_a_code_that_names_none() {
    for (pasted, causes) in [
        (
            "ErrorAccessDenied",
            [
                "mailbox.outside-scope: ",
                "grant.calendars-read-write-missing: ",
            ]
            .as_slice(),
        ),
        (
            "x-ms-diagnostics: 2000008",
            &["grant.full-access-as-app-missing: "],
        ),
        (
            "ErrorNonExistentMailbox",
            &["mailbox.not-found: ", "mailbox.not-in-exchange-online: "],
        ),
        ("ErrorServerBusy", &["service.throttled: "]),
        ("AADSTS90033", &["service.unavailable: "]),
        (
            "EWS is disabled for this user or tenant",
            &["ews.disabled (cause)", "ews.disabled-for-mailbox: "],
        ),
        (
            "mailbox.access-blocked",
            &[
                "mailbox.outside-access-policy: ",
                "grant.not-yet-effective: ",
            ],
        ),
    ] {
        let printed = explained(&[pasted], "");
        for cause in causes {
            assert!(printed.contains(cause), "{cause} is not in\n{printed}");
        }
        assert!(printed.contains("rx-preflight explain CAUSE"), "{printed}");
    }
}

/// Numbered lines, counted from 0.
fn lines(count: u32, line: impl Fn(u32) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn explain_shows_a_check_and_a_cause_of_the_same_name() {
    let folder = TempDir::new().unwrap();
    let printed = text(
        &program(folder.path())
            .args(["explain", "grant.surplus"])
            .output()
            .unwrap()
            .stdout,
    );
    assert!(
        printed.contains("grant.surplus (check): ") && printed.contains("grant.surplus (cause): "),
        "{printed}"
    );
}

#[test]
fn explain_counts_what_it_does_not_show() {
    let ids = lines(25, |number| {
        format!("request-id:{number:08}-35a5-4a5c-8d2f-4c9f0a1b2c3d")
    });
    let printed = explained(&[], &ids);
    assert_eq!(printed.matches("-35a5-").count(), 20, "{printed}");
    assert!(printed.contains("and 5 more"), "{printed}");
    let codes = lines(60, |number| format!("AADSTS{}", 8_000_000 + number));
    let printed = explained(&[], &format!("{codes} AADSTS7000222"));
    assert!(
        printed.contains("And 11 more codes") && printed.contains("sign-in.secret-expired"),
        "{printed}"
    );
}

/// Two megabytes, made of one text again and again.
fn two_megabytes_of(text: &str) -> String {
    text.repeat(2 * 1024 * 1024 / text.len())
}

/// One round of calls as a log of ResourceXpress holds it, with everything that is looked for.
const ROUND: &str = r#"2026-11-23 08:00:01,123 [12] ERROR MsalServiceException:AADSTS7000222: keys are expired. Trace ID: 0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d
{"error":"invalid_client","error_description":"AADSTS7000222: x\r\nCorrelation ID: 3f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d","error_codes":[7000222]}
HTTP/1.1 403 Forbidden
Date: Mon, 23 Nov 2026 10:00:00 GMT
request-id:4f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d
x-ms-diagnostics:2000008;reason="The token contains not enough scope to make this call.";error_category="invalid_grant"
X-EWS-Policy-Reason: EWS is disabled for this user or tenant
{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}
<s:Fault><faultcode>a:ErrorNonExistentMailbox</faultcode></s:Fault>
2026-11-23T08:00:05.000Z INFO took 90002 ms at port 50002, pid 50196, room 4711
"#;

/// Well below this on a machine that does nothing else, even without optimization; those that test are shared.
const LONG_ENOUGH: Duration = Duration::from_secs(8);

#[test]
fn explain_reads_two_megabytes_of_anything_quickly_and_prints_little() {
    let prose =
        "The panel on the wall is dark since this morning, although the staff did not touch it. ";
    let codes = lines(100_000, |number| {
        format!("AADSTS{}: text", 8_000_000 + number)
    });
    for (log, expected) in [
        (
            two_megabytes_of(ROUND),
            [
                "sign-in.secret-expired",
                "4f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d",
            ],
        ),
        (two_megabytes_of(prose), ["Nothing in", "Knowledge base"]),
        (codes, ["And 99,950 more codes", "AADSTS8000049"]),
    ] {
        let started = Instant::now();
        let printed = explained(&[], &log);
        let took = started.elapsed();
        assert!(
            expected.iter().all(|text| printed.contains(text)),
            "{expected:?} is not in\n{printed}"
        );
        assert!(took < LONG_ENOUGH, "{} took {took:?}", expected[0]);
        assert!(
            printed.len() < 20_000,
            "{} letters about {}",
            printed.len(),
            expected[0]
        );
    }
}

/// A token as the services would get it, with an invalid signature.
fn token(claims: &Value) -> String {
    let header = encoded(r#"{"alg":"RS256","typ":"JWT"}"#);
    format!(
        "{header}.{}.{}",
        encoded(&claims.to_string()),
        encoded("signature")
    )
}

fn encoded(text: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// What `token` prints about a pasted text, with its exit code. No part of a token may be in it.
fn judged(arguments: &[&str], pasted: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    let output = command
        .arg("token")
        .args(arguments)
        .write_stdin(pasted.to_owned())
        .output()
        .unwrap();
    let written = text(&output.stdout) + &text(&output.stderr);
    let is_token_like =
        |word: &&str| word.len() >= 12 && word.bytes().any(|byte| byte.is_ascii_digit());
    for part in pasted
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(is_token_like)
    {
        assert!(!written.contains(part), "{part} was quotable:\n{written}");
    }
    (output.status.code(), written)
}

/// The claims of a good token of an app.
fn claims(audience: &str, roles: &[&str]) -> Value {
    serde_json::json!({"aud": audience, "tid": "5f3cd1a0-0000-4000-8000-000000000002",
        "appid": "9a41d1a0-0000-4000-8000-000000000001", "roles": roles, "exp": 4_102_444_800_u64})
}

fn graph_token(roles: &[&str]) -> String {
    token(&claims("https://graph.microsoft.com", roles))
}

fn exchange_token(roles: &[&str]) -> String {
    token(&claims("https://outlook.office365.com/", roles))
}

#[test]
fn a_pasted_token_is_compared_with_what_is_needed_and_never_echoed() {
    assert_eq!(
        judged(&[], &graph_token(&["Calendars.ReadWrite"])).0,
        Some(0)
    );
    assert_eq!(
        judged(&[], &exchange_token(&["full_access_as_app"])).0,
        Some(0)
    );
    let (exit, words) = judged(&[], &graph_token(&["Calendars.Read", "Mail.ReadWrite"]));
    assert_eq!(exit, Some(1));
    assert!(
        words.contains("[Failed]") && words.contains("[Unused]"),
        "{words}"
    );
    assert_eq!(
        judged(
            &["--require", "mail"],
            &graph_token(&["Calendars.ReadWrite"])
        )
        .0,
        Some(1)
    );
    assert_eq!(
        judged(
            &["--require", "mail"],
            &graph_token(&["Calendars.ReadWrite", "Mail.Send"])
        )
        .0,
        Some(0)
    );
    let (exit, words) = judged(
        &[],
        &token(&claims("https://vault.azure.net", &["Calendars.ReadWrite"])),
    );
    assert!(exit == Some(1) && words.contains("neither"), "{words}");
}

#[test]
fn a_token_for_the_other_api_fails_unless_api_selects_it() {
    let (exit, words) = judged(&["--api", "ews"], &graph_token(&["Calendars.ReadWrite"]));
    assert_eq!(exit, Some(1));
    assert!(
        words.contains("full_access_as_app needs a token for Office 365 Exchange Online"),
        "{words}"
    );
    assert!(
        words.contains("this one is for Microsoft Graph")
            && words.contains("only for mail and user sync"),
        "{words}"
    );

    let (exit, words) = judged(
        &["--api", "ews", "--require", "mail"],
        &graph_token(&["Mail.Send"]),
    );
    assert_eq!(exit, Some(0));
    assert!(
        words
            .contains("[Unknown]  full_access_as_app: only a token for Office 365 Exchange Online"),
        "{words}"
    );
    assert_eq!(
        judged(
            &["--api", "ews", "--require", "mail"],
            &graph_token(&["Mail.Read"])
        )
        .0,
        Some(1)
    );

    let features = ["--require", "mail,user-sync"];
    for arguments in [
        features.to_vec(),
        [features.as_slice(), &["--api", "ews"]].concat(),
    ] {
        let (exit, words) = judged(&arguments, &exchange_token(&["full_access_as_app"]));
        assert_eq!(exit, Some(1));
        for role in ["Mail.Send", "User.Read.All", "Group.Read.All"] {
            assert!(
                words.contains(&format!(
                    "[Failed]   {role} needs a token for Microsoft Graph"
                )),
                "{words}"
            );
        }
        assert!(words.contains("[Passed]   full_access_as_app"), "{words}");
    }
    let (exit, words) = judged(
        &["--api", "graph"],
        &exchange_token(&["full_access_as_app"]),
    );
    assert!(
        exit == Some(1) && words.contains("has no use for a token for Office 365"),
        "{words}"
    );
}

#[test]
fn a_token_is_read_in_every_form_in_which_it_is_pasted() {
    let token = graph_token(&["Calendars.ReadWrite"]);
    let lines = |between: &str| {
        let parts: Vec<String> = token.as_bytes().chunks(40).map(text).collect();
        parts.join(between)
    };
    for pasted in [
        lines("\n"),
        lines("\r\n"),
        token.replace('.', " . "),
        token.replace('.', "==."),
        format!("Bearer {token}"),
        format!("Authorization: Bearer {token}\r\n"),
        format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{token}"}}"#),
    ] {
        let (exit, words) = judged(&[], &pasted);
        assert!(exit == Some(0) && words.contains("[Passed]"), "{words}");
    }
}

#[test]
fn what_people_paste_instead_of_a_token_is_named_or_judged() {
    let claims = claims("https://graph.microsoft.com", &["Calendars.ReadWrite"]);
    for pasted in [
        claims.to_string(),
        format!("{{\"alg\":\"RS256\",\"typ\":\"JWT\"}}\n.\n{claims}"),
    ] {
        let folder = TempDir::new().unwrap();
        let output = program(folder.path())
            .arg("token")
            .write_stdin(pasted)
            .output()
            .unwrap();
        let words = text(&output.stdout);
        assert!(
            output.status.success() && words.contains("only the claims were pasted"),
            "{words}"
        );
    }
    let signed = token(&claims);
    for pasted in [
        format!("{{'token_type': 'Bearer', 'access_token': '{signed}'}}"),
        serde_json::json!({"log": serde_json::json!({"access_token": signed}).to_string()})
            .to_string(),
    ] {
        assert_eq!(judged(&[], &pasted).0, Some(0));
    }
    let person = serde_json::json!({"aud": "9a41d0c6-0000-4000-8000-000000000001", "tid": "t", "preferred_username": "kim"});
    let (exit, words) = judged(&[], &token(&person));
    assert!(
        exit == Some(1) && words.contains("an ID token") && !words.contains("consent"),
        "{words}"
    );
    let (exit, words) = judged(&[], "0.AXoAq2F0dXJlX29mX3RoaXNfdG9rZW4xMjM0NTY3ODkw");
    assert!(
        exit == Some(3) && words.contains("refresh token"),
        "{words}"
    );
    let (exit, words) = judged(&[], &format!("{}...", &signed[..60]));
    assert!(exit == Some(2) && words.contains("cut off"), "{words}");
}

#[test]
fn a_token_that_only_its_service_can_read_is_inconclusive_and_no_token_is_wrong_usage() {
    let header = encoded(r#"{"alg":"RSA-OAEP","enc":"A256GCM","typ":"JWT"}"#);
    let encrypted =
        format!("{header}.a2V5LTEyMzQ1Njc4OTA.aXYtMTIzNDU2Nzg5MA.dGV4dC0xMjM0NTY3ODkw.dGFn");
    for pasted in [
        encrypted.as_str(),
        "EwCIA8l6BAAU7p9QDpi7D7xJLwsTgCg3TskyTaQAAbVYrb4jHy1Ug",
    ] {
        let (exit, words) = judged(&[], pasted);
        assert_eq!(exit, Some(3), "{words}");
        assert!(
            words.contains("cannot be decoded") && words.contains("rx-preflight check"),
            "{words}"
        );
    }
    for pasted in [
        "no token",
        "",
        "AADSTS7000215",
        "5f3cd1a0-0000-4000-8000-000000000002",
        "{\"error\":\"x\"}",
    ] {
        let (exit, words) = judged(&[], pasted);
        assert!(
            exit == Some(2) && !words.trim().is_empty(),
            "{pasted}: {words}"
        );
    }
}

#[test]
fn a_missing_permission_is_named_with_its_cause_and_who_can_fix_it() {
    let with = |name: &str, value: Value| {
        let mut claims = claims("https://graph.microsoft.com", &["Calendars.ReadWrite"]);
        claims[name] = value;
        judged(&[], &token(&claims))
    };
    for (judged, cause, text) in [
        (
            with("nbf", 4_102_444_000_u64.into()),
            "network.clock-skew",
            "not valid before",
        ),
        (
            with("exp", 1_600_000_000.into()),
            "sign-in.token-refused",
            "expired",
        ),
        (
            with("scp", "Calendars.ReadWrite".into()),
            "sign-in.delegated-token",
            "delegated",
        ),
        (
            with("roles", serde_json::json!([])),
            "registration.consent-missing",
            "no roles and no scp",
        ),
        (
            with("roles", serde_json::json!([])),
            "grant.calendars-read-write-missing",
            "is not in the token",
        ),
        (
            with("roles", serde_json::json!(["Calendars.Read"])),
            "grant.calendars-read-only",
            "only a part",
        ),
        (
            with("roles", serde_json::json!(["Calendars.ReadWrite.All"])),
            "registration.wrong-api",
            "is not in the token",
        ),
    ] {
        let (exit, words) = judged;
        assert_eq!(exit, Some(1), "{words}");
        assert!(words.contains(text), "{text} is not in\n{words}");
        assert!(
            words.contains(&format!("cause: {cause}; who can fix it: ")),
            "{cause} is not in\n{words}"
        );
        assert!(
            words.contains(&format!("rx-preflight explain {cause}")),
            "{words}"
        );
    }
    let (exit, words) = judged(&[], &graph_token(&["Calendars.ReadWrite"]));
    assert_eq!(exit, Some(0));
    assert!(
        words.contains("[Missing]  Mail.Send") && words.contains("explain grant.mail-send-missing"),
        "{words}"
    );
}

#[test]
fn requirements_name_every_permission_with_its_id_and_the_narrower_way() {
    let folder = TempDir::new().unwrap();
    let list = |arguments: &[&str]| {
        text(
            &program(folder.path())
                .arg("requirements")
                .args(arguments)
                .output()
                .unwrap()
                .stdout,
        )
    };
    let ews = list(&[
        "--api",
        "ews",
        "--client-id",
        "9a41d1a0-0000-4000-8000-000000000001",
    ]);
    for expected in [
        "full_access_as_app",
        "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
        "Application EWS.AccessAsApp",
        "adminconsent",
    ] {
        assert!(ews.contains(expected), "{expected} is not in\n{ews}");
    }
    let account = "rx-service@contoso.com";
    let with_mail = list(&[
        "--api",
        "ews",
        "--require",
        "mail",
        "--service-account",
        account,
    ]);
    for scope in [
        "ResourceXpress rooms",
        "ResourceXpress service account",
        "ResourceXpress sender",
    ] {
        assert!(
            with_mail.contains(&format!("-CustomResourceScope '{scope}'")),
            "{scope} is not in\n{with_mail}"
        );
    }
    assert_eq!(
        with_mail
            .matches("Test-ServicePrincipalAuthorization -Identity")
            .count(),
        3,
        "{with_mail}"
    );
    assert!(
        !ews.contains("Application Mail.Send"),
        "mail is not required\n{ews}"
    );
    let graph = list(&["--require", "mail,user-sync"]);
    assert_eq!(graph.matches("[Required]").count(), 4, "{graph}");
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
    let help = |command: &str| {
        text(
            &program(folder.path())
                .args([command, "--help"])
                .output()
                .unwrap()
                .stdout,
        )
    };
    let known = [help("check"), help("requirements")].concat();
    for cause in rx_preflight::knowledge::causes() {
        let cases = cause.cases.iter().flat_map(|case| case.steps.iter());
        for step in cause.steps.iter().chain(cases).chain([&cause.verify]) {
            for option in options_in(step) {
                assert!(
                    known.contains(option),
                    "{} names {option}: {step}",
                    cause.id
                );
            }
        }
    }
}

#[test]
fn two_saved_reports_are_compared_and_the_exit_code_shows_if_the_later_one_is_worse() {
    let folder = TempDir::new().unwrap();
    for (scenario, file) in [("ews-disabled", "before.json"), ("ews-ready", "after.json")] {
        program(folder.path())
            .args(["demo", scenario, "--quiet", "--output", file])
            .output()
            .unwrap();
    }
    let diff = |arguments: &[&str]| {
        let output = program(folder.path())
            .arg("diff")
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code(), text(&output.stdout))
    };
    let (exit, printed) = diff(&["before.json", "before.json"]);
    assert_eq!(
        (
            exit,
            printed
                .lines()
                .next()
                .unwrap_or_default()
                .starts_with("Nothing changed")
        ),
        (Some(0), true),
        "{printed}"
    );
    let (exit, printed) = diff(&["after.json", "before.json", "--format", "json"]);
    let comparison: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        (exit, comparison["direction"].as_str()),
        (Some(1), Some("worse"))
    );
    assert!(
        comparison["new"]
            .as_array()
            .unwrap()
            .iter()
            .any(|cause| cause["id"] == "ews.disabled"),
        "{printed}"
    );
    let (exit, printed) = diff(&["before.json", "after.json", "--format", "markdown"]);
    assert!(
        exit == Some(0) && printed.contains("different tenants"),
        "{printed}"
    );
    assert_eq!(diff(&["before.json", "no-such.json"]).0, Some(2));
}

#[test]
fn a_saved_report_is_judged_again_and_drawn_in_every_format() {
    let folder = TempDir::new().unwrap();
    program(folder.path())
        .args(["demo", "ews-disabled", "--quiet", "--output", "report.json"])
        .output()
        .unwrap();
    let again = program(folder.path())
        .args(["report", "report.json", "--rediagnose", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(
        text(&again.stderr).contains("diagnosed again with knowledge base"),
        "{}",
        text(&again.stderr)
    );
    let files = ["a.json", "a.md", "a.xml", "a.txt"];
    let mut command = program(folder.path());
    command.args(["report", "report.json", "--quiet"]);
    for file in files {
        command.args(["--output", file]);
    }
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    for file in files {
        let drawn = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(drawn.contains("ews.disabled"), "{file}");
    }
    let brief = program(folder.path())
        .args(["report", "report.json", "--brief"])
        .output()
        .unwrap();
    assert!(
        text(&brief.stdout).lines().count() <= 12,
        "{}",
        text(&brief.stdout)
    );
}

#[test]
fn a_redacted_copy_names_no_customer_and_the_map_restores_the_names() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(folder.path()).args(arguments).output().unwrap();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let (exit, table, printed) = run(&[
        "demo",
        "--redact",
        "--output",
        "first.json",
        "--output",
        "first.html",
    ]);
    assert_eq!(exit, Some(1));
    assert!(
        printed.contains("rx-preflight-redaction-map.json"),
        "{printed}"
    );
    let (json, page) = (read("first.json"), read("first.html"));
    let map: Value = serde_json::from_str(&read("rx-preflight-redaction-map.json")).unwrap();
    let names = map["names"].as_object().unwrap();
    assert!(names.values().any(|value| value == "boardroom@contoso.com"));
    for (pseudonym, value) in names
        .iter()
        .filter(|(pseudonym, _)| pseudonym.starts_with("room-"))
    {
        assert!(json.contains(pseudonym.as_str()));
        for document in [&table, &json, &page] {
            assert!(!document.contains(value.as_str().unwrap()), "{value}");
        }
    }
    run(&["demo", "--output", "plain.json", "--quiet"]);
    let (exit, ..) = run(&[
        "report",
        "plain.json",
        "--redact",
        "--output",
        "second.json",
        "--quiet",
    ]);
    assert_eq!(exit, Some(1));
    let (exit, compared, _) = run(&["diff", "first.json", "second.json"]);
    assert!(
        exit == Some(0) && compared.contains("Nothing changed"),
        "{compared}"
    );
}

#[test]
fn what_cannot_be_redacted_or_compared_is_exit_2() {
    let folder = TempDir::new().unwrap();
    let made = |arguments: &[&str]| {
        let output = program(folder.path())
            .args(["demo", "ews-ready", "--quiet"])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    };
    made(&["--output", "plain.json"]);
    made(&[
        "--output",
        "one.json",
        "--redact",
        "--redaction-map",
        "one.map",
    ]);
    made(&[
        "--output",
        "other.json",
        "--redact",
        "--redaction-map",
        "other.map",
    ]);
    assert!(
        refused(folder.path(), &["diff", "plain.json", "one.json"]).contains("only one of them")
    );
    assert!(refused(folder.path(), &["diff", "one.json", "other.json"]).contains("different keys"));
    refused(folder.path(), &["demo", "--redaction-map", "one.map"]);
    fs::write(folder.path().join("one.map"), "{}").unwrap();
    assert!(
        refused(
            folder.path(),
            &["demo", "--redact", "--redaction-map", "one.map"]
        )
        .contains("not a redaction map")
    );
    let map_as_report = [
        "demo",
        "--redact",
        "--redaction-map",
        "new.json",
        "--output",
        "new.json",
    ];
    assert!(refused(folder.path(), &map_as_report).contains("this file is the redaction map"));
}
