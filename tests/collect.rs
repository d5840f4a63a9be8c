//! The script of `collect`: it only reads, its commands and parameters are those that Microsoft documents, it writes the
//! form of the evidence, and no value of a customer becomes code.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

use jiff::Timestamp;
use powershell::{Script, Token, read_script, tokens};
use rx_preflight::report::administrator_schema;
use rx_preflight::simulator::catalog;
use serde::Deserialize;
use serde_json::Value;
use support::program;
use tempfile::TempDir;

#[path = "support/powershell.rs"]
mod powershell;
mod support;

const TENANT: &str = "contoso.com";
const CLIENT: &str = "9a41d1a0-0000-4000-8000-000000000000";

/// The verbs of commands that read, and of those that show text, sign in, or write the file on this computer.
const READING_VERBS: [&str; 6] = ["Get", "Test", "Select", "Where", "ForEach", "ConvertTo"];
const OTHER_COMMANDS: [&str; 7] = [
    "Connect-ExchangeOnline",
    "Connect-MgGraph",
    "Invoke-MgGraphRequest",
    "Set-StrictMode",
    "Write-Host",
    "Set-Content",
    "Move-Item",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CmdletTable {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    repository: String,
    folder: String,
    commit: String,
    read: String,
    cmdlet: Vec<Cmdlet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cmdlet {
    name: String,
    page: String,
    parameters: BTreeSet<String>,
    writes: Option<String>,
}

fn cmdlet_table() -> CmdletTable {
    toml::from_str(&fs::read_to_string(support::folder("tests/collect/cmdlets.toml")).unwrap())
        .unwrap()
}

fn collect(folder: &Path, arguments: &[&str]) -> Output {
    program(folder)
        .arg("collect")
        .args(arguments)
        .output()
        .unwrap()
}

/// The script on standard output.
fn script_of(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let output = collect(folder.path(), arguments);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {message}");
    String::from_utf8(output.stdout).unwrap()
}

fn message_of(folder: &Path, arguments: &[&str]) -> String {
    let output = collect(folder, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty());
    message
}

/// The scripts of every scenario; one whose settings allow none has an error instead.
fn scripts() -> BTreeMap<&'static str, String> {
    let folder = TempDir::new().unwrap();
    let mut scripts = BTreeMap::new();
    let mut refused = BTreeSet::new();
    for name in catalog::names() {
        let output = collect(folder.path(), &["--scenario", name]);
        match output.status.code() {
            Some(0) => drop(scripts.insert(name, String::from_utf8(output.stdout).unwrap())),
            code => {
                assert_eq!(code, Some(2), "{name}");
                refused.insert(name);
            }
        }
    }
    assert_eq!(
        refused,
        BTreeSet::from([
            "estate-one-tenant-silent",
            "settings-tenant-id-malformed",
            "settings-tenant-id-reserved",
        ])
    );
    scripts
}

fn sample() -> String {
    script_of(&[
        "--tenant-id",
        TENANT,
        "--client-id",
        CLIENT,
        "--room",
        "a@contoso.com",
    ])
}

/// The value of each `$Name = '…'`, and of each literal between `$Name = @(` and its end.
fn literals_of(script: &str, name: &str) -> Vec<String> {
    let tokens = tokens(script);
    let start = tokens
        .windows(2)
        .position(|pair| pair == [Token::Variable(name.to_owned()), Token::Sign("=")])
        .unwrap();
    let mut depth = 0;
    let mut values = Vec::new();
    for token in &tokens[start + 2..] {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth -= 1,
            Token::Text(value) => values.push(value.clone()),
            _ => {}
        }
        if depth == 0 && *token == Token::Newline {
            break;
        }
    }
    values
}

/// The commands of a script that neither read nor are among the other known ones.
fn other_commands(text: &str) -> Vec<String> {
    let script = read_script(text);
    let is_known = |name: &str| {
        let verb = name.split('-').next().unwrap();
        script.functions.contains(name)
            || READING_VERBS.contains(&verb)
            || OTHER_COMMANDS.contains(&name)
    };
    let names = script.calls.iter().map(|call| call.name.clone());
    names.filter(|name| !is_known(name)).collect()
}

#[test]
fn the_script_of_every_scenario_only_reads() {
    for (name, text) in scripts() {
        assert!(read_script(&text).calls.len() > 50, "{name}");
        assert_eq!(other_commands(&text), Vec::<String>::new(), "{name}");
    }
}

/// The reading of the tests finds what the script must not do.
#[test]
fn a_script_that_does_more_than_read_is_found() {
    let text = sample();
    for line in [
        "Remove-Mailbox -Identity 'a'",
        "$x = @(foreach ($y in $z) { Set-CASMailbox -Identity $y })",
        "Get-Mailbox | Remove-Mailbox",
        "if (Set-Mailbox 'a') { return }",
    ] {
        assert_eq!(
            other_commands(&format!("{text}{line}\r\n")).len(),
            1,
            "{line}"
        );
    }
    for line in [
        "iex 'x'",
        "& $x",
        "$y = \"$(Remove-Mailbox a)\"",
        "[System.IO.File]::Delete('a')",
        "$x = \"a`nb\"",
        "Get-Mailbox > a.txt",
        "$env:PATH",
        "#Requires -Modules Other",
    ] {
        let text = format!("{text}{line}\r\n");
        assert!(
            std::panic::catch_unwind(|| other_commands(&text)).is_err(),
            "{line}"
        );
    }
}

#[test]
fn every_request_to_graph_is_a_get() {
    let script = read_script(&sample());
    let requests: Vec<_> = script
        .calls
        .iter()
        .filter(|call| call.name == "Invoke-MgGraphRequest")
        .collect();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.parameters.contains("Method"));
        // The URI and the type of the result are the other arguments; the first literal is that of the method.
        assert_eq!(request.literals[0], "GET", "{request:?}");
    }
}

#[test]
fn the_two_commands_that_write_have_the_paths_of_the_result() {
    let text = sample();
    let script = read_script(&text);
    let table = cmdlet_table();
    let writing: BTreeSet<&str> = table
        .group
        .iter()
        .flat_map(|group| &group.cmdlet)
        .filter(|cmdlet| cmdlet.writes.is_some())
        .map(|cmdlet| cmdlet.name.as_str())
        .collect();
    assert_eq!(writing, BTreeSet::from(["Set-Content", "Move-Item"]));
    for line in text.lines().filter(|line| {
        writing
            .iter()
            .any(|name| line.trim_start().starts_with(name))
    }) {
        assert!(line.contains("-LiteralPath $partFile "), "{line}");
    }
    let count = |name: &str| script.calls.iter().filter(|call| call.name == name).count();
    assert_eq!((count("Set-Content"), count("Move-Item")), (2, 1));
}

#[test]
fn types_and_methods_are_those_of_plain_values() {
    let Script { types, methods, .. } = read_script(&sample());
    let known = [
        "CmdletBinding()",
        "string",
        "switch",
        "ordered",
        "long",
        "datetime",
        "datetimeoffset",
    ];
    assert_eq!(types, known.map(str::to_owned).into());
    let known = [
        "Contains",
        "Trim",
        "Substring",
        "ToUniversalTime",
        "ToString",
    ];
    assert_eq!(methods, known.map(str::to_owned).into());
}

#[test]
fn every_parameter_is_documented_and_every_row_of_the_table_is_used() {
    let script = read_script(&sample());
    let table = cmdlet_table();
    let mut known: BTreeMap<&str, &Cmdlet> = BTreeMap::new();
    for group in &table.group {
        assert!(
            group
                .repository
                .starts_with("https://github.com/MicrosoftDocs/")
        );
        assert!(!group.folder.is_empty() && group.commit.len() == 40 && group.read.len() == 10);
        for cmdlet in &group.cmdlet {
            assert!(
                Path::new(&cmdlet.page)
                    .extension()
                    .is_some_and(|end| end == "md")
            );
            assert!(
                known.insert(&cmdlet.name, cmdlet).is_none(),
                "{}",
                cmdlet.name
            );
        }
    }
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for call in &script.calls {
        if script.functions.contains(&call.name) {
            continue;
        }
        let cmdlet = known
            .get(call.name.as_str())
            .unwrap_or_else(|| panic!("{} is not in the table", call.name));
        for parameter in &call.parameters {
            // A common parameter of all cmdlets.
            if parameter != "ErrorAction" {
                assert!(
                    cmdlet.parameters.contains(parameter),
                    "{} -{parameter}",
                    call.name
                );
                used.entry(&cmdlet.name).or_default().insert(parameter);
            }
        }
        used.entry(&cmdlet.name).or_default();
    }
    for (name, cmdlet) in known {
        let expected: BTreeSet<&str> = cmdlet.parameters.iter().map(String::as_str).collect();
        assert_eq!(used.get(name), Some(&expected), "{name}");
    }
}

#[test]
fn every_command_of_a_module_stops_at_an_error_and_is_recorded() {
    let script = read_script(&sample());
    let is_of_a_module = |name: &str| {
        let table = cmdlet_table();
        let module = table
            .group
            .iter()
            .filter(|group| !group.folder.starts_with("reference"));
        module
            .flat_map(|group| &group.cmdlet)
            .any(|cmdlet| cmdlet.name == name)
    };
    for call in &script.calls {
        if is_of_a_module(&call.name) {
            assert!(
                call.parameters.contains("ErrorAction"),
                "{} continues after an error",
                call.name
            );
        }
    }
}

/// The names under which the commands are recorded.
fn recorded(script: &Script, function: &str) -> BTreeSet<String> {
    script
        .calls
        .iter()
        .filter(|call| call.name == function)
        .map(|call| call.literals[0].clone())
        .collect()
}

#[test]
fn the_commands_are_recorded_under_the_names_of_the_simulated_administrator() {
    let script = read_script(&sample());
    let (succeeded, failed) = (
        recorded(&script, "Add-Success"),
        recorded(&script, "Add-Failure"),
    );
    assert_eq!(succeeded, failed, "each command can succeed and fail");
    let now: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
    let mut simulated = BTreeSet::new();
    for name in catalog::names() {
        let evidence = catalog::load(name).unwrap().administrator_evidence(now);
        for command in evidence["commands"].as_array().unwrap() {
            simulated.insert(command["name"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(succeeded, simulated);
}

/// The names of the properties of each object in the schema.
fn objects_of_schema() -> BTreeMap<String, BTreeSet<String>> {
    let schema: Value = serde_json::from_str(&administrator_schema()).unwrap();
    let names = |object: &Value| -> Option<BTreeSet<String>> {
        Some(object["properties"].as_object()?.keys().cloned().collect())
    };
    let mut objects = BTreeMap::from([("(root)".to_owned(), names(&schema).unwrap())]);
    for (name, object) in schema["$defs"].as_object().unwrap() {
        objects.extend(names(object).map(|properties| (name.clone(), properties)));
    }
    objects
}

#[test]
fn every_object_of_the_schema_is_written_with_all_of_its_fields_and_no_other() {
    let script = read_script(&sample());
    let objects = objects_of_schema();
    let written: Vec<&BTreeSet<String>> = script
        .tables
        .iter()
        .filter(|table| !table.is_empty())
        .collect();
    for table in &written {
        assert!(
            objects.values().any(|object| object == *table),
            "not in the schema: {table:?}"
        );
    }
    for (name, object) in &objects {
        assert!(
            written.contains(&object),
            "{name} is not written: {object:?}"
        );
    }
}

#[test]
fn the_script_runs_in_windows_powershell() {
    let text = sample();
    assert!(text.starts_with("\u{feff}#Requires -Version 5.1\r\n"));
    assert!(text[3..].is_ascii());
    assert!(
        text.lines()
            .all(|line| !line.trim_end_matches('\r').contains('\r'))
    );
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    for later in ["??", "?.", " ? ", "&&", "||", "-Parallel", "::", "clean {"] {
        assert!(!text.contains(later), "{later}");
    }
    let json = text
        .lines()
        .find(|line| line.contains("ConvertTo-Json"))
        .unwrap();
    assert!(json.contains("-Depth 12"), "{json}");
}

/// A single element or none must stay a list in the JSON, so every list is built by `@(…)` or `+=`.
#[test]
fn every_list_of_the_schema_is_written_as_a_list() {
    let schema: Value = serde_json::from_str(&administrator_schema()).unwrap();
    let text = sample();
    let definitions = schema["$defs"].as_object().unwrap().values();
    let mut lists = BTreeSet::new();
    for object in definitions.chain([&schema]) {
        for (name, property) in object["properties"].as_object().into_iter().flatten() {
            let kinds = property["type"].as_array().cloned();
            let kinds = kinds.unwrap_or_else(|| vec![property["type"].clone()]);
            if kinds.contains(&Value::from("array")) {
                lists.insert(name.clone());
            }
        }
    }
    assert!(lists.len() > 25, "{lists:?}");
    // These come from a variable to which `@()` was assigned.
    let from_variables = [
        "secrets = $secrets",
        "requested = $requested",
        "secret_restrictions = $secretRestrictions",
        "addresses = $addresses",
        "domains = $domains",
        ".services = $states",
        ".role_assignments = $assignments",
        ".management_scopes = $scopes",
        ".calendar_permissions = $permissions",
        ".access = $access",
    ];
    for line in from_variables {
        let variable = line.split('$').nth(1).unwrap();
        assert!(text.contains(&format!("${variable} = @(")), "{variable}");
    }
    for name in lists {
        let assigned = text.lines().filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("[ordered]@{ ").unwrap_or(line);
            let found = line.find(&format!("{name} = "))?;
            let is_whole = found == 0 || ". ".contains(&line[found - 1..found]);
            is_whole.then_some(line[found..].to_owned())
        });
        let assigned: Vec<String> = assigned.collect();
        let is_list = |value: &String| {
            let value = value.split_once(" = ").unwrap().1;
            value.starts_with("@(")
                || value.starts_with("$null")
                || from_variables.iter().any(|line| {
                    line.ends_with(&format!(
                        "{name} = {}",
                        value.split(' ').next().unwrap().trim_end_matches(';')
                    ))
                })
        };
        assert!(!assigned.is_empty(), "{name}");
        for value in &assigned {
            assert!(is_list(value), "{value}");
        }
    }
}

/// Valid addresses that would be code outside of a literal.
const HOSTILE: [&str; 4] = [
    "o'neill@contoso.com",
    "'{$x}`n'|&%@contoso.com",
    "a$_=b{}#c@contoso.com",
    "\u{e9}l\u{e9}onore@contoso.com",
];

fn hostile_script() -> String {
    let mut arguments = vec!["--tenant-id", TENANT, "--client-id", CLIENT];
    for room in &HOSTILE {
        arguments.extend(["--room", room]);
    }
    script_of(&arguments)
}

#[test]
fn hostile_addresses_are_data() {
    let text = hostile_script();
    let addresses: Vec<String> = literals_of(&text, "Mailboxes")
        .into_iter()
        .filter(|value| value != "room")
        .collect();
    assert_eq!(addresses, HOSTILE);
    // The same commands as in every other script.
    assert_eq!(read_script(&text).calls, read_script(&sample()).calls);
}

#[test]
fn an_address_with_a_wildcard_and_a_text_that_is_not_an_address_are_left_out() {
    let folder = TempDir::new().unwrap();
    let output = collect(
        folder.path(),
        &[
            "--tenant-id",
            TENANT,
            "--client-id",
            "ResourceXpress",
            "--service-account",
            "CONTOSO\\rx",
            "--room",
            "*@contoso.com",
        ],
    );
    assert_eq!(output.status.code(), Some(0));
    let message = String::from_utf8(output.stderr).unwrap();
    for part in ["\"ResourceXpress\"", "\"*@contoso.com\"", "\"CONTOSO\\rx\""] {
        assert!(message.contains(part), "{message}");
    }
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(literals_of(&text, "Apps").is_empty());
    assert!(literals_of(&text, "Mailboxes").is_empty());
}

#[test]
fn the_script_of_a_report_is_that_of_its_settings() {
    let folder = TempDir::new().unwrap();
    for name in [
        "contoso-go-live",
        "ews-disabled",
        "graph-ready",
        "estate-twenty-locations",
    ] {
        program(folder.path())
            .args(["demo", name, "-q", "-o", "report.json"])
            .output()
            .unwrap();
        let of_report = collect(folder.path(), &["--report", "report.json"]);
        let message = String::from_utf8_lossy(&of_report.stderr);
        assert_eq!(of_report.status.code(), Some(0), "{name}: {message}");
        let of_report = String::from_utf8(of_report.stdout).unwrap();
        let of_settings = script_of(&["--scenario", name]);
        for variable in ["TenantId", "Apps"] {
            assert_eq!(
                literals_of(&of_report, variable),
                literals_of(&of_settings, variable),
                "{name}"
            );
        }
        let sorted = |script: &str| {
            let mut values = literals_of(script, "Mailboxes");
            values.sort();
            values
        };
        assert_eq!(sorted(&of_report), sorted(&of_settings), "{name}");
        assert!(!sorted(&of_report).is_empty());
    }
}

#[test]
fn a_redacted_report_has_no_addresses_to_collect() {
    let folder = TempDir::new().unwrap();
    program(folder.path())
        .args([
            "demo",
            "ews-disabled",
            "-q",
            "--redact",
            "-o",
            "ticket.json",
        ])
        .output()
        .unwrap();
    let message = message_of(folder.path(), &["--report", "ticket.json"]);
    assert!(
        message.contains("this report is redacted") && message.contains("use the original report"),
        "{message}"
    );
}

/// A report of a sample does not list all rooms.
#[test]
fn a_report_of_a_sample_makes_a_script_that_states_its_limit() {
    let tenant = support::Tenant::start("graph-ready", false);
    let folder = TempDir::new().unwrap();
    let all: [&[&str]; 2] = [&["--sample", "1"], &[]];
    for options in all {
        let checked = tenant
            .check(folder.path())
            .args(["--quiet", "-o", "report.json"])
            .args(options)
            .output()
            .unwrap();
        assert_eq!(checked.status.code(), Some(0), "{checked:?}");
        let output = collect(folder.path(), &["--report", "report.json"]);
        let message = String::from_utf8(output.stderr).unwrap();
        let states_it = message.contains("covers only these rooms");
        assert_eq!(states_it, !options.is_empty(), "{message}");
    }
}

#[test]
fn five_thousand_rooms_are_a_list_and_not_five_thousand_commands() {
    let folder = TempDir::new().unwrap();
    let rooms: Vec<String> = (0..5_000)
        .map(|number| format!("room{number:04}@contoso.com\n"))
        .collect();
    fs::write(folder.path().join("rooms.txt"), rooms.concat()).unwrap();
    let output = collect(
        folder.path(),
        &[
            "--tenant-id",
            TENANT,
            "--client-id",
            CLIENT,
            "--rooms",
            "rooms.txt",
        ],
    );
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.len() < 500_000, "{}", text.len());
    assert_eq!(text.matches("@{ Address = '").count(), 5_000);
    let (script, small) = (read_script(&text), read_script(&sample()));
    assert_eq!(script.calls, small.calls);
}

#[test]
fn an_estate_of_two_tenants_is_narrowed_by_connection() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("rx-preflight.toml"),
        r#"
[system]
use_graph_api = true
oauth_tenant_id = "contoso.com"
oauth_client_id = "9a41d1a0-0000-4000-8000-000000000000"
oauth_client_secret = { file = "does-not-exist.txt" }
rooms = ["a@contoso.com"]

[[location]]
name = "Oslo"
oauth_tenant_id = "fabrikam.com"
oauth_client_id = "9a41d1a0-0000-4000-8000-000000000001"
oauth_client_secret = { env = "RX_NEVER_SET" }
rooms = ["b@fabrikam.com"]
"#,
    )
    .unwrap();
    let message = message_of(folder.path(), &[]);
    for part in [
        "2 tenant IDs",
        "contoso.com (system)",
        "fabrikam.com (Oslo)",
        "--connection NAME",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let output = collect(folder.path(), &["--connection", "Oslo"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(literals_of(&text, "TenantId"), ["fabrikam.com"]);
    assert_eq!(
        literals_of(&text, "Apps"),
        ["9a41d1a0-0000-4000-8000-000000000001"]
    );
    assert_eq!(literals_of(&text, "Mailboxes"), ["b@fabrikam.com", "room"]);
    let message = message_of(folder.path(), &["--connection", "Bergen"]);
    assert!(
        message.contains("there is no connection of this name"),
        "{message}"
    );
}

#[test]
fn a_tenant_id_that_names_no_tenant_is_refused() {
    let folder = TempDir::new().unwrap();
    for (tenant, part) in [
        ("common", "means any tenant"),
        ("organizations", "means any tenant"),
        ("user@contoso.com", "is an email address"),
        ("contoso.com'; Remove-Mailbox 'x", "cannot be used"),
        ("", "is missing"),
    ] {
        let message = message_of(
            folder.path(),
            &[
                "--tenant-id",
                tenant,
                "--client-id",
                CLIENT,
                "--room",
                "a@contoso.com",
            ],
        );
        assert!(message.contains(part), "{tenant}: {message}");
    }
}

#[test]
fn a_cloud_that_the_modules_do_not_document_has_no_script() {
    let folder = TempDir::new().unwrap();
    let settings = |cloud: &str| {
        format!(
            "cloud = \"{cloud}\"\n[system]\nuse_graph_api = true\noauth_tenant_id = \"{TENANT}\"\n\
             oauth_client_id = \"{CLIENT}\"\nrooms = [\"a@contoso.com\"]\n"
        )
    };
    fs::write(
        folder.path().join("rx-preflight.toml"),
        settings("gcc-high"),
    )
    .unwrap();
    let output = collect(folder.path(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        literals_of(&text, "GraphUrl"),
        ["https://graph.microsoft.us/v1.0"]
    );
    assert_eq!(literals_of(&text, "GraphEnvironment"), ["USGov"]);
    assert_eq!(
        literals_of(&text, "ExchangeEnvironment"),
        ["O365USGovGCCHigh"]
    );
    fs::write(folder.path().join("rx-preflight.toml"), settings("bleu")).unwrap();
    let message = message_of(folder.path(), &[]);
    assert!(
        message.contains("no script for the cloud bleu"),
        "{message}"
    );
}

#[test]
fn the_file_has_the_extension_of_a_script_and_replaces_no_input() {
    let folder = TempDir::new().unwrap();
    let settings = [
        "--tenant-id",
        TENANT,
        "--client-id",
        CLIENT,
        "--room",
        "a@contoso.com",
    ];
    let with_output = |file| [settings.as_slice(), &["-o", file]].concat();
    let message = message_of(folder.path(), &with_output("collect.txt"));
    assert!(message.contains("needs the extension .ps1"), "{message}");
    let output = collect(folder.path(), &with_output("collect.ps1"));
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("wrote collect.ps1; an administrator runs it"),
        "{message}"
    );
    let written = fs::read_to_string(folder.path().join("collect.ps1")).unwrap();
    assert_eq!(written, sample());
    fs::write(folder.path().join("rooms.ps1"), "a@contoso.com\n").unwrap();
    let message = message_of(
        folder.path(),
        &[
            "--tenant-id",
            TENANT,
            "--client-id",
            CLIENT,
            "--rooms",
            "rooms.ps1",
            "-o",
            "rooms.ps1",
        ],
    );
    assert!(
        message.contains("would overwrite a file that this run reads"),
        "{message}"
    );
}

#[test]
fn the_sender_and_the_service_account_are_collected_with_their_purpose() {
    let text = script_of(&[
        "--tenant-id",
        TENANT,
        "--client-id",
        CLIENT,
        "--room",
        "a@contoso.com",
        "--service-account",
        "rx@contoso.com",
        "--mail-from",
        "RX@contoso.com",
    ]);
    let values = literals_of(&text, "Mailboxes");
    assert_eq!(
        values,
        [
            "a@contoso.com",
            "room",
            "rx@contoso.com",
            "service-account",
            "sender"
        ]
    );
}

#[test]
fn without_settings_the_error_names_what_the_script_can_be_written_for() {
    let folder = TempDir::new().unwrap();
    let output = collect(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    for option in ["--report", "--config", "--tenant-id", "--room"] {
        assert!(message.contains(option), "{message}");
    }
    assert!(!message.contains("secret"), "{message}");
}

/// Writes the script and the evidence of every scenario to the folder that `SCRIPTS` names, for `.ci/collect`.
#[test]
#[ignore = "writes files for another program"]
fn every_script_and_its_evidence_are_written() {
    let folder = std::env::var("SCRIPTS").unwrap();
    let now: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
    for (name, script) in scripts() {
        let evidence = catalog::load(name).unwrap().administrator_evidence(now);
        let path = |extension: &str| Path::new(&folder).join(format!("{name}.{extension}"));
        fs::write(path("ps1"), script).unwrap();
        fs::write(path("json"), evidence.to_string()).unwrap();
    }
    let path = |extension: &str| Path::new(&folder).join(format!("hostile.{extension}"));
    fs::write(path("ps1"), hostile_script()).unwrap();
    fs::write(path("txt"), HOSTILE.join("\n")).unwrap();
}
