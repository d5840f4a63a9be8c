//! The setup guide: every sentence of the vendor's guide, in every variant and format, and what a report ticks off.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Parser, Tag};
use rx_preflight::knowledge;
use rx_preflight::report::{guide_schema, wording};
use serde::Deserialize;
use serde_json::Value;
use shown::{assert_contains, cmdlets, is_read_only, run_lines, shown_html, shown_markdown};
use support::{Tenant, program};
use tempfile::TempDir;

#[path = "support/shown.rs"]
mod shown;
mod support;

/// The variants: the value of `--api`, and the APIs in it.
const VARIANTS: [(&str, &[&str]); 3] = [
    ("ews", &["ews"]),
    ("graph", &["graph"]),
    ("ews,graph", &["ews", "graph"]),
];

/// How many sentences the vendor's guides have.
const SENTENCES: usize = 29;

#[derive(Deserialize)]
struct VendorSentences {
    sentence: Vec<VendorSentence>,
}

/// A sentence of the vendor's guide, and the step that represents it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorSentence {
    vendor: String,
    step: String,
    #[serde(default)]
    apis: Vec<String>,
    words: Vec<String>,
}

fn vendor_sentences() -> Vec<VendorSentence> {
    let text = fs::read_to_string(support::folder("tests/guide/vendor_sentences.toml")).unwrap();
    let table: VendorSentences = toml::from_str(&text).unwrap();
    table.sentence
}

fn guide(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder)
        .arg("guide")
        .args(arguments)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {message}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&guide(folder, &arguments)).unwrap()
}

fn steps(document: &Value) -> &Vec<Value> {
    document["steps"].as_array().unwrap()
}

fn id(step: &Value) -> &str {
    step["id"].as_str().unwrap()
}

/// Every text of a value, one after the other.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(values) => values.iter().map(texts).collect(),
        Value::Object(values) => values.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// A report of the simulated tenant.
fn report(folder: &Path, scenario: &str) -> String {
    let path = folder.join(format!("{scenario}.json"));
    let path = path.to_str().unwrap().to_owned();
    let output = program(folder)
        .args(["demo", scenario, "-q", "-o", &path])
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{scenario}"
    );
    path
}

/// The states of the steps by ID. A step of several apps has the state of the first one.
fn states(document: &Value) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    for step in steps(document) {
        let state = step["state"].as_str().unwrap_or("none").to_owned();
        states.entry(id(step).to_owned()).or_insert(state);
    }
    states
}

#[test]
fn every_sentence_of_the_vendors_guide_is_in_every_variant_that_has_it() {
    let folder = TempDir::new().unwrap();
    let sentences = vendor_sentences();
    assert_eq!(sentences.len(), SENTENCES);
    for (option, apis) in VARIANTS {
        let document = json(folder.path(), &["--api", option]);
        let mut found = 0;
        for sentence in &sentences {
            let is_of_variant = sentence.apis.is_empty()
                || sentence.apis.iter().any(|api| apis.contains(&api.as_str()));
            if !is_of_variant {
                continue;
            }
            let mut steps = steps(&document).iter();
            let step = steps.find(|step| id(step) == sentence.step);
            let text = step.map(texts).unwrap_or_default();
            for words in &sentence.words {
                assert!(
                    text.contains(words.as_str()),
                    "{option}, {}: {words}",
                    sentence.vendor
                );
            }
            found += 1;
        }
        let expected = [("ews", 26), ("graph", 25), ("ews,graph", SENTENCES)];
        assert!(expected.contains(&(option, found)), "{option}: {found}");
    }
}

/// What changed since the vendor wrote its guide. A guide that repeats the old facts would send administrators astray.
#[test]
fn no_variant_contradicts_what_is_known_today() {
    let folder = TempDir::new().unwrap();
    for (option, apis) in VARIANTS {
        let text = guide(
            folder.path(),
            &["--api", option, "--require", "mail,user-sync"],
        );
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for fact in [
            "at most 24 months",
            "app management policy",
            "single tenant",
            "AADSTS500113",
            "may be withdrawn",
            "normally needs no license",
            "Enable-OrganizationCustomization",
            "InScope True",
            "30 minutes to 2 hours",
            "has no effect on SMTP",
            "Privileged Role Administrator",
        ] {
            assert!(text.contains(fact), "{option}: {fact}");
        }
        for over_ews in [
            "Exchange Online removed the role ApplicationImpersonation in 2025",
            "EWS in Exchange Online ends on 2027-04-01",
            "EwsEnabled is empty (Null)",
            "EwsAllowedAppIDs",
            "not confirmed that Exchange accepts a token without any role",
        ] {
            let is_expected = apis.contains(&"ews") || over_ews.starts_with("not confirmed");
            assert_eq!(text.contains(over_ews), is_expected, "{option}: {over_ews}");
        }
        for outdated in [
            "-Role ApplicationImpersonation",
            "-AccessRights FullAccess",
            "New-PSSession",
            "-AutomateProcessing AutoAccept",
        ] {
            assert!(!text.contains(outdated), "{option}: {outdated}");
        }
    }
}

#[test]
fn every_cloud_has_its_own_addresses() {
    let folder = TempDir::new().unwrap();
    for cloud in knowledge::clouds() {
        let document = json(folder.path(), &["--cloud", &cloud.id, "--api", "ews,graph"]);
        let text = texts(&document);
        for address in [&cloud.graph_url, &cloud.ews_url, &cloud.sign_in_host] {
            assert!(text.contains(address.as_str()), "{}: {address}", cloud.id);
        }
        let portal = cloud
            .portal
            .as_deref()
            .unwrap_or("the portal of this cloud");
        assert!(
            text.contains(portal) && !text.contains("<portal>"),
            "{}",
            cloud.id
        );
    }
}

#[test]
fn every_format_has_every_step_with_who_where_and_source() {
    let folder = TempDir::new().unwrap();
    for (option, _) in VARIANTS {
        let arguments = ["--api", option, "--require", "mail,user-sync"];
        let document = json(folder.path(), &arguments);
        let format = |name: &str| {
            guide(
                folder.path(),
                &[&arguments[..], &["--format", name]].concat(),
            )
        };
        let script = format("powershell")
            .replace("\r\n", "\n")
            .replace("\n#     ", " ");
        let shown = [
            format("table"),
            shown_html(&format("html")),
            shown_markdown(&format("markdown")),
            script,
        ];
        for text in shown {
            for step in steps(&document) {
                for key in ["title", "who", "path", "verify", "takes", "source"] {
                    let wanted = step[key].as_str().unwrap();
                    // The IDs of roles are part of saved reports; people see their labels.
                    let shown = if key == "who" {
                        wording::who(wanted)
                    } else {
                        wanted
                    };
                    assert_contains(&text, shown, option);
                }
                for wanted in step["steps"].as_array().unwrap() {
                    assert_contains(&text, wanted.as_str().unwrap(), option);
                }
                for replaced in step["replaces"].as_array().into_iter().flatten() {
                    assert_contains(&text, replaced["vendor"].as_str().unwrap(), option);
                    assert_contains(&text, replaced["today"].as_str().unwrap(), option);
                }
            }
        }
    }
}

#[test]
fn the_json_matches_its_schema() {
    let folder = TempDir::new().unwrap();
    let schema: Value = serde_json::from_str(&guide_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let path = report(folder.path(), "ews-ready");
    for arguments in [vec!["--api", "ews,graph"], vec!["--report", &path]] {
        let document = json(folder.path(), &arguments);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(document["guide_version"], "1.0");
    }
}

/// What no check covers is never ticked off.
#[test]
fn a_report_ticks_off_what_it_shows_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let path = report(folder.path(), "graph-ready");
    let states_of = |path: &str| states(&json(folder.path(), &["--report", path]));
    let ready = states_of(&path);
    for id in [
        "register-app",
        "add-graph-permission",
        "grant-consent",
        "create-secret",
        "copy-ids",
        "prepare-rooms",
        "open-hosts",
        "run-check",
    ] {
        assert_eq!(ready[id], "done", "{id}");
    }
    for id in [
        "enter-console-fields",
        "enter-own-values",
        "restart-services",
        "set-calendar-processing",
        "limit-access",
        "test-panel",
    ] {
        assert_eq!(ready[id], "not-shown", "{id}");
    }
    assert!(!ready.values().any(|state| state == "open"), "{ready:?}");
    for (scenario, open) in [
        ("sign-in-secret-expired", "create-secret"),
        ("ews-disabled", "allow-ews"),
        ("consent-missing", "grant-consent"),
    ] {
        let path = report(folder.path(), scenario);
        assert_eq!(states_of(&path)[open], "open", "{scenario}");
    }
    let expired = states_of(
        &folder
            .path()
            .join("sign-in-secret-expired.json")
            .to_string_lossy(),
    );
    assert_ne!(expired["register-app"], "open");
    let without = states(&json(folder.path(), &[]));
    assert!(without.values().all(|state| state == "none"), "{without:?}");
}

#[test]
fn another_api_than_that_of_the_report_is_not_ticked_off() {
    let folder = TempDir::new().unwrap();
    let path = report(folder.path(), "ews-ready");
    let own = states(&json(folder.path(), &["--report", &path]));
    assert_eq!(own["run-check"], "done");
    assert!(!own.contains_key("add-graph-permission"));
    let graph = json(folder.path(), &["--report", &path, "--api", "graph"]);
    assert_eq!(graph["apis"], serde_json::json!(["graph"]));
    let graph = states(&graph);
    assert_eq!(graph["add-graph-permission"], "not-shown");
    assert_eq!(graph["run-check"], "not-shown");
    assert!(!graph.contains_key("enable-impersonation"));
}

#[test]
fn a_settings_file_names_every_place_and_no_secret_is_read() {
    let folder = TempDir::new().unwrap();
    let settings = r#"
[system]
use_graph_api = true
oauth_tenant_id = "contoso.com"
oauth_client_id = "9a41d1a0-0000-4000-8000-000000000000"
oauth_client_secret = { file = "there-is-no-such-file.txt" }
rooms = ["boardroom@contoso.com"]
[[location]]
name = "Berlin"
use_graph_api = false
resource_login_user_id = "rx@contoso.com"
rooms = ["berlin@contoso.com"]
[[profile]]
name = "Lobby"
oauth_client_id = "9a41d1a0-0000-4000-8000-000000000001"
oauth_client_secret = { env = "THERE_IS_NO_SUCH_VARIABLE" }
room = "lobby@contoso.com"
[user_sync]
enabled = true
"#;
    fs::write(folder.path().join("rx.toml"), settings).unwrap();
    let document = json(folder.path(), &["-c", "rx.toml"]);
    assert_eq!(document["connections"].as_array().unwrap().len(), 3);
    let step = |wanted: &str| {
        let mut steps = steps(&document).iter();
        steps.find(|step| id(step) == wanted).unwrap()
    };
    let places = texts(&step("enter-own-values")["console"]);
    for wanted in [
        "System Settings > Locations > Berlin",
        "Resource Profile > Connection Properties > Lobby",
        "rx@contoso.com",
        "https://outlook.office365.com/EWS/Exchange.asmx",
        "9a41d1a0-0000-4000-8000-000000000001",
    ] {
        assert!(places.contains(wanted), "{wanted}: {places}");
    }
    assert_eq!(step("add-user-sync-permissions")["requirement"], "required");
    assert_eq!(step("add-mail-permission")["requirement"], "optional");
    let registrations = steps(&document)
        .iter()
        .filter(|step| id(step) == "register-app");
    assert_eq!(registrations.count(), 2, "one for each app");
    assert!(!texts(&document).contains("not read"));
    // The scopes of two apps hold other mailboxes, so they have other names.
    let limits = steps(&document)
        .iter()
        .filter(|step| id(step) == "limit-access");
    let names: BTreeSet<String> = limits
        .map(|step| {
            let commands = texts(&step["commands"]);
            let name = commands
                .split("New-ManagementScope -WhatIf -Name '")
                .nth(1)
                .unwrap();
            name.split('\'').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // The guide must not replace the file that it is made from.
    let output = program(folder.path())
        .args(["guide", "-c", "rx.toml", "-o", "rx.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// A script that runs as it is only reads, whatever the values are. Every cmdlet that changes something has `-WhatIf`.
#[test]
fn every_line_of_the_script_reads_or_has_what_if() {
    let folder = TempDir::new().unwrap();
    let values = [
        "--tenant-id",
        "contoso.com",
        "--client-id",
        "9a41d1a0-0000-4000-8000-000000000000",
        "--room",
        "o'neill@contoso.com",
        "--service-account",
        "rx@contoso.com",
        "--mail-from",
        "mail@contoso.com",
    ];
    let mut previewed = 0;
    for (option, _) in VARIANTS {
        let variant = ["--api", option, "--require", "mail,user-sync"];
        for named in [&[][..], &values[..]] {
            let arguments = [&variant[..], named, &["--format", "powershell"]].concat();
            let script = guide(folder.path(), &arguments);
            for line in run_lines(&script) {
                assert!(is_read_only(line), "{line}");
                previewed += cmdlets(line).len() * usize::from(line.contains(" -WhatIf"));
            }
            assert!(script.starts_with('\u{feff}') && script.ends_with("\r\n"));
        }
    }
    assert!(previewed >= 30, "only {previewed} cmdlets with -WhatIf");
}

/// A saved report can contain any text. In no format does it become markup, code or a control sequence.
#[test]
fn hostile_names_stay_text() {
    let folder = TempDir::new().unwrap();
    let path = report(folder.path(), "ews-ready");
    let nasty = "a\nRemove-Mailbox 'x'\u{2028}#Requires -Version 99\u{1b}[31m\u{202e}<script>alert(1)</script> [x](javascript:1) '; Remove-Mailbox 'y";
    let mut saved: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let old = saved["target"]["connections"][0]["name"].clone();
    for connections in ["/target/connections", "/evidence/connections"] {
        let connection = &mut saved.pointer_mut(connections).unwrap()[0];
        for key in ["name", "client_id", "tenant_id"] {
            connection[key] = nasty.into();
        }
    }
    for rows in ["/results", "/evidence/observations"] {
        for row in saved.pointer_mut(rows).unwrap().as_array_mut().unwrap() {
            if row["connection"] == old {
                row["connection"] = nasty.into();
                row["subject"] = format!("{nasty}@contoso.com").into();
            }
        }
    }
    saved["report_id"] = nasty.into();
    fs::write(&path, saved.to_string()).unwrap();
    let format = |name: &str| guide(folder.path(), &["--report", &path, "--format", name]);
    for line in run_lines(&format("powershell")) {
        assert!(is_read_only(line), "{line}");
    }
    let html = format("html");
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    let markdown = format("markdown");
    shown_markdown(&markdown);
    for event in Parser::new(&markdown) {
        if let Event::Start(Tag::Link { dest_url, .. }) = event {
            assert!(dest_url.starts_with("https://"), "{dest_url}");
        }
    }
    for text in [
        format("table"),
        html,
        markdown,
        format("powershell"),
        format("json"),
    ] {
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{2028}']));
    }
}

#[test]
fn options_that_cannot_be_combined_exit_with_2_and_name_what_is_valid() {
    let folder = TempDir::new().unwrap();
    for (arguments, wanted) in [
        (vec!["--report", "a.json", "--config", "b.toml"], "--config"),
        (
            vec!["--report", "a.json", "--tenant-id", "contoso.com"],
            "--tenant-id",
        ),
        (vec!["-o", "guide.docx"], ".html, .md, .json, .ps1"),
        (
            vec!["--client-id", "ResourceXpress"],
            "Application (client) ID",
        ),
        (vec!["--room", "boardroom"], "not an email address"),
        (vec!["--cloud", "mars"], "mars"),
        (vec!["--api", "soap"], "ews, graph"),
        (vec!["--report", "missing.json"], "missing.json"),
    ] {
        let output = program(folder.path())
            .arg("guide")
            .args(&arguments)
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(message.contains(wanted), "{arguments:?}: {message}");
    }
}

/// Every command of a step as text, by the ID of the step.
fn commands(document: &Value, step_id: &str) -> String {
    let of_step = steps(document).iter().filter(|step| id(step) == step_id);
    of_step.map(|step| texts(&step["commands"])).collect()
}

/// A consent in Entra would open every mailbox of a tenant that limits the app inside Exchange.
#[test]
fn the_guide_warns_of_a_consent_where_a_role_inside_exchange_grants_the_access() {
    for (scenario, is_limited) in [
        ("ews-granted-inside-exchange", true),
        ("ews-ready", false),
        ("mail-granted-inside-exchange", false),
    ] {
        let tenant = Tenant::start(scenario, false);
        let folder = TempDir::new().unwrap();
        let output = tenant
            .check(folder.path())
            .args(["-q", "-o", "report.json"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{scenario}: {output:?}");
        let document = json(folder.path(), &["--report", "report.json"]);
        let shown = document["report"]["limited_in_exchange"] == true;
        assert_eq!(shown, is_limited, "{scenario}");
        let text = guide(
            folder.path(),
            &["--report", "report.json", "--format", "markdown"],
        );
        let warns = text.contains("grant no consent to them");
        assert_eq!(warns, is_limited, "{scenario}");
    }
}

#[test]
fn a_report_over_a_part_is_named_and_ticks_off_no_step_about_rooms() {
    let tenant = Tenant::start("estate-ready", false);
    let folder = TempDir::new().unwrap();
    for (options, room_steps) in [
        (&[][..], "done"),
        (&["--sample", "2"], "not-shown"),
        (&["--only", "sign-in"], "not-shown"),
        (&["--skip", "mailbox"], "not-shown"),
    ] {
        let path = folder
            .path()
            .join(format!("report{}.json", options.concat()));
        let mut check = tenant.check(folder.path());
        check.args(options).args(["-q", "-o"]).arg(&path);
        assert!(
            check
                .output()
                .unwrap()
                .status
                .code()
                .is_some_and(|code| code < 4)
        );
        let report = ["--report", path.to_str().unwrap()];
        let document = json(folder.path(), &report);
        let states = states(&document);
        for id in ["prepare-rooms", "run-check"] {
            assert_eq!(states[id], room_steps, "{options:?}: {id}");
        }
        for format in ["table", "markdown", "html", "powershell"] {
            let text = guide(
                folder.path(),
                &[&report[..], &["--format", format]].concat(),
            );
            let words: Vec<&str> = text
                .split_whitespace()
                .filter(|word| *word != "#")
                .collect();
            let is_named = words
                .join(" ")
                .contains("covers only a part of the configuration");
            assert_eq!(is_named, !options.is_empty(), "{options:?}: {format}");
        }
        let narrowed = &document["report"]["narrowed_by"];
        assert_eq!(narrowed.is_null(), options.is_empty(), "{narrowed}");
    }
}

/// Adding an app role with its assignment includes the consent, which takes another role than adding the permission.
#[test]
fn the_role_of_a_step_may_run_its_commands() {
    let folder = TempDir::new().unwrap();
    for (option, apis) in VARIANTS {
        let document = json(
            folder.path(),
            &["--api", option, "--require", "mail,user-sync"],
        );
        for step in steps(&document) {
            let grants =
                texts(&step["commands"]).contains("New-MgServicePrincipalAppRoleAssignment");
            assert!(
                !grants || step["who"] == "Privileged Role Administrator",
                "{option}: {}",
                id(step)
            );
        }
        let consent = commands(&document, "grant-consent");
        let mut permissions = vec!["Mail.Send", "User.Read.All", "Group.Read.All"];
        if apis.contains(&"ews") {
            permissions.push("full_access_as_app");
        }
        if apis.contains(&"graph") {
            permissions.push("Calendars.ReadWrite");
        }
        for permission in &permissions {
            assert!(consent.contains(permission), "{option}: {permission}");
        }
        let count = consent
            .lines()
            .filter(|line| line.starts_with("New-MgServicePrincipalAppRoleAssignment -WhatIf"))
            .count();
        assert_eq!(count, permissions.len(), "{option}: {consent}");
    }
}

#[test]
fn a_known_app_is_found_by_its_client_id() {
    const APP: &str = "9a41d1a0-0000-4000-8000-000000000000";
    let folder = TempDir::new().unwrap();
    let known = commands(&json(folder.path(), &["--client-id", APP]), "register-app");
    let filter = format!("\"appId eq '\" + '{APP}' + \"'\"");
    assert!(known.contains(&filter), "{known}");
    for creates in ["displayName eq", "New-MgApplication"] {
        assert!(!known.contains(creates), "{known}");
    }
    let unknown = commands(&json(folder.path(), &[]), "register-app");
    assert!(unknown.contains("displayName eq"), "{unknown}");
}

#[test]
fn the_given_apis_win_over_those_of_the_report() {
    let folder = TempDir::new().unwrap();
    let path = report(folder.path(), "ews-ready");
    let document = json(folder.path(), &["--api", "ews,graph", "--report", &path]);
    assert_eq!(document["apis"], serde_json::json!(["ews", "graph"]));
    let states = states(&document);
    assert_eq!(states["add-ews-permission"], "done");
    assert_eq!(states["add-graph-permission"], "not-shown");
    let console = texts(
        steps(&document)
            .iter()
            .find(|step| id(step) == "enter-console-fields")
            .unwrap(),
    );
    for value in ["https://graph.microsoft.com/v1.0", "/EWS/Exchange.asmx"] {
        assert!(console.contains(value), "{value}: {console}");
    }
    for step in steps(&document) {
        let names = step["connections"].as_array().unwrap();
        let distinct: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        assert_eq!(distinct.len(), names.len(), "{}", id(step));
    }
}

#[test]
fn an_inherited_service_account_is_not_reported_as_empty() {
    let folder = TempDir::new().unwrap();
    let path = report(folder.path(), "contoso-go-live");
    let document = json(folder.path(), &["--report", &path]);
    let step = steps(&document)
        .iter()
        .find(|step| id(step) == "enter-own-values")
        .unwrap();
    let fields = step["console"][0]["fields"].as_array().unwrap();
    let account = fields
        .iter()
        .find(|field| field["name"] == "Resource Login User ID")
        .unwrap();
    assert_eq!(account["value"], "rx-service@contoso.com");
}
