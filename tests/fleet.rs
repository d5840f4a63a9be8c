//! Many customers in one run: every customer is a row whatever happens to it, parts together are the whole, and a run that
//! was killed continues where it was.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use support::{Tenant, folder, program};
use tempfile::TempDir;

mod support;

/// Nothing listens at this address.
const NOWHERE: &str = "http://127.0.0.1:9";

/// The report about all customers in every format that standard output does not have.
const FILES: [&str; 4] = ["fleet.html", "fleet.csv", "fleet.prom", "fleet.txt"];
/// The options that write them.
const INTO_FILES: [&str; 8] = [
    "-o", FILES[0], "-o", FILES[1], "-o", FILES[2], "-o", FILES[3],
];

/// A folder of customers whose services are the simulated tenants.
struct Fleet {
    folder: TempDir,
}

impl Fleet {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("customers")).unwrap();
        Self { folder }
    }

    /// A customer with the settings of a tenant, in a folder of its own.
    fn add(&self, name: &str, tenant: &Tenant) {
        let folder = self.folder.path().join("customers").join(name);
        fs::create_dir(&folder).unwrap();
        for file in fs::read_dir(tenant.folder.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }

    /// A customer with this settings file.
    fn add_file(&self, name: &str, settings: &str) {
        let path = self
            .folder
            .path()
            .join("customers")
            .join(format!("{name}.toml"));
        fs::write(path, settings).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        program(self.folder.path())
            .args([
                "fleet",
                "customers",
                "--output-dir",
                "reports",
                "--format",
                "json",
            ])
            .args(arguments)
            .output()
            .unwrap()
    }

    fn report(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("reports").join(name)
    }

    fn merged(&self) -> Value {
        let output = program(self.folder.path())
            .args(["report", "--merge", "reports", "--format", "json"])
            .output()
            .unwrap();
        json(&output)
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    })
}

/// The state of each customer.
fn states(fleet: &Value) -> BTreeMap<String, String> {
    let customers = fleet["customers"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    customers
        .iter()
        .map(|customer| (text(&customer["name"]), text(&customer["state"])))
        .collect()
}

fn settings_of_nowhere() -> String {
    format!(
        "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\n\
         oauth_client_id = \"9a41d1a0-0000-4000-8000-000000000000\"\n\
         oauth_client_secret = {{ file = \"secret.txt\" }}\nrooms = [\"aurora@contoso.com\"]\n\n\
         [endpoints]\nlogin_url = \"{NOWHERE}\"\ngraph_url = \"{NOWHERE}/v1.0\"\n\
         ews_url = \"{NOWHERE}/EWS/Exchange.asmx\"\n"
    )
}

/// Two customers that work, one that does not, one whose network is dead, and one whose settings cannot be read.
fn mixed(ready: &Tenant, blocked: &Tenant) -> Fleet {
    let fleet = Fleet::new();
    fleet.add("contoso", ready);
    fleet.add("fabrikam", ready);
    fleet.add("oslo", blocked);
    fleet.add_file("broken", "[system\n");
    fleet.add_file("dead", &settings_of_nowhere());
    fs::write(
        fleet.folder.path().join("customers/secret.txt"),
        "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS",
    )
    .unwrap();
    fleet
}

const EXPECTED: [(&str, &str); 5] = [
    ("broken", "not-checked"),
    ("contoso", "ready"),
    ("dead", "inconclusive"),
    ("fabrikam", "ready"),
    ("oslo", "not-ready"),
];

fn expected() -> BTreeMap<String, String> {
    EXPECTED
        .into_iter()
        .map(|(name, state)| (name.to_owned(), state.to_owned()))
        .collect()
}

fn tenants() -> (Tenant, Tenant) {
    (
        Tenant::start("graph-ready", false),
        Tenant::start("ews-disabled", false),
    )
}

#[test]
fn every_customer_is_a_row_whatever_happens_to_it() {
    let (ready, blocked) = tenants();
    let fleet = mixed(&ready, &blocked);
    // A report of yesterday must not be taken for that of today.
    fs::create_dir(fleet.folder.path().join("reports")).unwrap();
    fs::copy(
        folder("fixtures/released/0.1.0").join("graph-ready.json"),
        fleet.report("broken.json"),
    )
    .unwrap();
    let output = fleet.run(&INTO_FILES);
    let shown = json(&output);
    assert_eq!(states(&shown), expected());
    assert_eq!(output.status.code(), Some(1));
    assert!(!fleet.report("broken.json").exists());
    assert!(fleet.report("broken.previous.json").exists());
    assert!(fleet.report("broken.not-checked.json").exists());
    // What is saved shows the same as what was checked.
    let merged = fleet.merged();
    for part in ["counts", "broken", "ends_soon", "not_checked", "customers"] {
        assert_eq!(merged[part], shown[part], "{part}");
    }
    for file in FILES {
        let text = fs::read_to_string(fleet.folder.path().join(file)).unwrap();
        assert!(
            EXPECTED.iter().all(|(name, _)| text.contains(name)),
            "{file}"
        );
    }
    let again = fleet.run(&["--since", "reports"]);
    assert_eq!(json(&again)["worse"], Value::Array(Vec::new()));
}

#[test]
fn a_fleet_that_cannot_start_leaves_no_earlier_report_in_its_place() {
    for option in [&[][..], &["--no-such-option"]] {
        let fleet = Fleet::new();
        fleet.add_file("broken", "not = [valid");
        let outputs = [&INTO_FILES[..], &["-o", "fleet.json"]].concat();
        assert_eq!(fleet.run(&outputs).status.code(), Some(3));
        fs::remove_dir_all(fleet.folder.path().join("customers")).unwrap();
        let output = fleet.run(&[option, &outputs].concat());
        assert_eq!(output.status.code(), Some(2));
        let exists = |name: &str| fleet.folder.path().join(name).exists();
        for file in ["fleet.html", "fleet.csv", "fleet.txt", "fleet.json"] {
            assert!(!exists(file), "{file} {option:?}");
            let (name, extension) = file.split_once('.').unwrap();
            assert!(exists(&format!("{name}.previous.{extension}")), "{file}");
        }
        let metrics = fs::read_to_string(fleet.folder.path().join("fleet.prom")).unwrap();
        assert!(metrics.contains("rx_preflight_run_completed{file=\"fleet.prom\"} 0\n"));
    }
}

#[test]
fn parts_together_are_the_whole() {
    let (ready, blocked) = tenants();
    let fleet = mixed(&ready, &blocked);
    let mut together = BTreeMap::new();
    for part in 1..=3 {
        let output = fleet.run(&["--shard", &format!("{part}/3")]);
        for (name, state) in states(&json(&output)) {
            assert!(together.insert(name, state).is_none());
        }
    }
    assert_eq!(together, expected());
    assert_eq!(states(&fleet.merged()), expected());
}

#[cfg(unix)]
#[test]
fn a_killed_run_continues_where_it_was() {
    let ready = Tenant::start_with("graph-ready", false, &["--latency", "50ms"]);
    let fleet = Fleet::new();
    for number in 0..8 {
        fleet.add(&format!("customer-{number}"), &ready);
    }
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_rx-preflight"))
        .args([
            "fleet",
            "customers",
            "--output-dir",
            "reports",
            "--jobs",
            "1",
            "-q",
        ])
        .current_dir(fleet.folder.path())
        .spawn()
        .unwrap();
    while !fleet.report("customer-1.json").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let first = fs::metadata(fleet.report("customer-0.json"))
        .unwrap()
        .modified()
        .unwrap();
    let before = fs::read_dir(fleet.folder.path().join("reports"))
        .unwrap()
        .count();
    assert!(before < 9, "the run ended before it was killed");
    let output = fleet.run(&["--resume"]);
    let states = states(&json(&output));
    assert_eq!(states.len(), 8);
    assert!(states.values().all(|state| state == "ready"), "{states:?}");
    assert_eq!(output.status.code(), Some(0));
    let kept = fs::metadata(fleet.report("customer-0.json"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(kept, first, "a customer was checked twice");
    // Without --resume, a new run begins.
    fleet.run(&[]);
    let new = fs::metadata(fleet.report("customer-0.json"))
        .unwrap()
        .modified()
        .unwrap();
    assert!(new > kept);
}

#[test]
fn only_a_run_that_is_not_complete_is_continued_and_only_for_settings_that_did_not_change() {
    let ready = Tenant::start("graph-ready", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &ready);
    fleet.add("oslo", &ready);
    let messages = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    fleet.run(&[]);
    // Every customer is checked again, now at an address where nothing listens.
    drop(ready);
    let again = fleet.run(&["--resume"]);
    assert!(
        messages(&again).contains("the last run was complete"),
        "{}",
        messages(&again)
    );
    assert_eq!(states(&json(&again))["contoso"], "inconclusive");
    let state = fs::read_dir(fleet.folder.path().join("reports"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .unwrap();
    let text = fs::read_to_string(&state).unwrap();
    fs::write(
        &state,
        text.replace("\"completed\":true", "\"completed\":false"),
    )
    .unwrap();
    let settings = fleet.folder.path().join("customers/oslo/rx-preflight.toml");
    let future = std::time::SystemTime::now() + Duration::from_mins(1);
    fs::File::options()
        .write(true)
        .open(settings)
        .unwrap()
        .set_modified(future)
        .unwrap();
    let narrowed = fleet.run(&["--resume", "--only", "settings"]);
    assert!(
        messages(&narrowed).contains("other options"),
        "{}",
        messages(&narrowed)
    );
    fs::write(
        &state,
        text.replace("\"completed\":true", "\"completed\":false"),
    )
    .unwrap();
    let continued = fleet.run(&["--resume"]);
    assert!(
        messages(&continued).contains("1 customer checked before"),
        "{}",
        messages(&continued)
    );
}

#[test]
fn a_narrowed_run_states_it_for_each_customer_and_in_each_format() {
    let expired = Tenant::start("sign-in-secret-expired", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &expired);
    let output = fleet.run(&[&INTO_FILES[..], &["--only", "network"]].concat());
    let shown = json(&output);
    assert_eq!(shown["customers"][0]["narrowed_by"][0], "--only network");
    assert_eq!(
        shown["customers"][0]["requests"],
        fleet.merged()["customers"][0]["requests"]
    );
    assert_ne!(shown["customers"][0]["requests"], 0);
    let read = |file| fs::read_to_string(fleet.folder.path().join(file)).unwrap();
    for file in ["fleet.html", "fleet.txt"] {
        assert!(
            read(file).contains("1 customer checked only in part"),
            "{file}"
        );
    }
    assert!(read("fleet.csv").contains("--only network"));
    assert!(read("fleet.prom").contains("fleet_customers_checked_in_part 1\n"));
}

#[test]
fn no_customer_disappears_and_no_report_of_one_is_replaced() {
    let ready = Tenant::start("graph-ready", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &ready);
    #[cfg(unix)]
    {
        let customers = fleet.folder.path().join("customers");
        std::os::unix::fs::symlink("nowhere.toml", customers.join("gone.toml")).unwrap();
        fs::create_dir(customers.join("linked")).unwrap();
        let link = customers.join("linked/rx-preflight.toml");
        std::os::unix::fs::symlink("nowhere.toml", link).unwrap();
        let states = states(&json(&fleet.run(&[])));
        assert_eq!(states["gone"], "not-checked");
        assert_eq!(states["linked"], "not-checked");
        fs::remove_file(customers.join("gone.toml")).unwrap();
        fs::remove_dir_all(customers.join("linked")).unwrap();
        fs::rename(
            fleet.folder.path().join("reports"),
            fleet.folder.path().join("earlier"),
        )
        .unwrap();
    }
    fleet.run(&[]);
    let report = fs::read(fleet.report("contoso.json")).unwrap();
    for arguments in [
        &[
            "fleet",
            "customers",
            "--output-dir",
            "reports",
            "-o",
            "reports/contoso.json",
        ][..],
        &[
            "fleet",
            "customers",
            "--output-dir",
            "new",
            "-o",
            "new/contoso.json",
        ],
        &["report", "--merge", "reports", "-o", "reports/contoso.json"],
    ] {
        let output = program(fleet.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.contains("the report of one customer"), "{text}");
    }
    assert_eq!(fs::read(fleet.report("contoso.json")).unwrap(), report);
    #[cfg(unix)]
    {
        let compared = json(&fleet.run(&["--since", "earlier"]));
        assert_eq!(compared["missing"], serde_json::json!(["gone", "linked"]));
    }
}

#[test]
fn a_wrong_option_is_wrong_usage_and_leaves_every_report() {
    let ready = Tenant::start("graph-ready", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &ready);
    fleet.run(&[]);
    let report = fs::read(fleet.report("contoso.json")).unwrap();
    for arguments in [
        ["--only", "no-such-check"],
        ["--ca-file", "none.pem"],
        ["--proxy", "x://y"],
        ["--timeout", "soon"],
    ] {
        let output = fleet.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(
            fs::read(fleet.report("contoso.json")).unwrap(),
            report,
            "{arguments:?}"
        );
    }
    let list = fleet.run(&["--only", "list"]);
    assert!(String::from_utf8_lossy(&list.stdout).contains("mailbox.calendar-read"));
}

#[test]
fn the_time_limit_leaves_rows_and_no_half_reports() {
    let slow = Tenant::start_with("graph-ready", false, &["--latency", "700ms"]);
    let fleet = Fleet::new();
    for number in 0..3 {
        fleet.add(&format!("customer-{number}"), &slow);
    }
    let output = fleet.run(&["--deadline", "1s"]);
    let shown = json(&output);
    assert_eq!(output.status.code(), Some(3));
    assert!(states(&shown).values().all(|state| state == "not-checked"));
    let reason = shown["not_checked"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("time limit"), "{reason}");
    let reports = fs::read_dir(fleet.folder.path().join("reports")).unwrap();
    let left = reports.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<String> = left.filter(|name| !name.starts_with('.')).collect();
    left.sort();
    let notes = (0..3).map(|number| format!("customer-{number}.not-checked.json"));
    assert_eq!(left, notes.collect::<Vec<_>>());
    assert_eq!(states(&fleet.merged()), states(&shown));
}

/// The report of a customer is written without a secret that another field repeats, and so is the report about all of them.
#[test]
fn a_secret_in_another_field_is_in_no_document() {
    // The form of a real secret would be recognized in a name and rejected.
    const SECRET: &str = "Winter-in-Berlin-2026";
    let fleet = Fleet::new();
    let customers = fleet.folder.path().join("customers");
    fs::write(customers.join("secret.txt"), SECRET).unwrap();
    let location = format!("[[location]]\nname = \"{SECRET}\"\nrooms = [\"boreal@contoso.com\"]\n");
    fleet.add_file("contoso", &(settings_of_nowhere() + &location));
    let output = fleet.run(&INTO_FILES);
    let mut texts = vec![output.stdout, output.stderr];
    for file in FILES {
        texts.push(fs::read(fleet.folder.path().join(file)).unwrap());
    }
    texts.push(fs::read(fleet.report("contoso.json")).unwrap());
    for text in texts {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(SECRET), "{text}");
    }
}

/// A secret in the environment would be used for every customer.
#[test]
fn the_environment_gives_no_customer_its_credentials() {
    let ready = Tenant::start("graph-ready", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &ready);
    let output = program(fleet.folder.path())
        .args([
            "fleet",
            "customers",
            "--output-dir",
            "reports",
            "--format",
            "json",
        ])
        .env(
            "AZURE_CLIENT_SECRET",
            "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS",
        )
        .env("AZURE_TENANT_ID", "fabrikam.com")
        .output()
        .unwrap();
    assert_eq!(states(&json(&output))["contoso"], "ready");
}

/// What a message recommends must work in a run of many customers: an option and a shared variable would not.
#[test]
fn a_missing_secret_is_named_with_what_helps_in_a_fleet() {
    for secret in ["", "oauth_client_secret = { prompt = true }\n"] {
        let given = "oauth_client_secret = { file = \"secret.txt\" }\n";
        let fleet = Fleet::new();
        fleet.add_file("contoso", &settings_of_nowhere().replace(given, secret));
        let merged = json(&fleet.run(&[]));
        let reason = merged["not_checked"][0]["reason"].as_str().unwrap();
        assert!(
            reason.contains("no client secret for \"system\"") && reason.contains("{ file = "),
            "{reason}"
        );
        for useless in ["--client-secret-file", "AZURE_CLIENT_SECRET", "terminal"] {
            assert!(!reason.contains(useless), "{reason}");
        }
    }
}

/// Without a problem to name, the reason is what the report of this customer states.
#[test]
fn the_reason_of_an_inconclusive_customer_is_that_of_its_report() {
    let undecided = Tenant::start("mail-enabled-without-sender", false);
    let fleet = Fleet::new();
    fleet.add("contoso", &undecided);
    let shown = json(&fleet.run(&[]));
    let row = &shown["not_checked"][0];
    assert_eq!(row["state"], "inconclusive");
    let reason = row["reason"].as_str().unwrap();
    assert!(reason.contains("no sender is configured"), "{reason}");
    assert_eq!(shown["customers"][0]["reason"], *reason);
}

/// The moments of the JSON forms have whole seconds, as the schema states.
#[test]
fn a_fleet_report_has_whole_seconds() {
    let fleet = Fleet::new();
    fleet.add_file("broken", "[system\n");
    let shown = json(&fleet.run(&[]));
    let merged = fleet.merged();
    for report in [shown, merged] {
        let moment = report["created_at"].as_str().unwrap();
        assert!(moment.len() == "2026-11-30T10:00:00Z".len(), "{moment}");
    }
}

#[test]
fn saved_reports_of_earlier_versions_and_redacted_ones_are_combined() {
    let saved = folder("fixtures/released/0.1.0");
    let fleet = Fleet::new();
    let reports = fleet.folder.path().join("reports");
    fs::create_dir_all(reports.join("week")).unwrap();
    for name in [
        "graph-ready",
        "mailbox-outside-scope",
        "network-dns-failed",
        "redacted",
        "sign-in-secret-expired",
    ] {
        let file = format!("{name}.json");
        fs::copy(saved.join(&file), reports.join("week").join(&file)).unwrap();
    }
    fs::write(reports.join("notes.json"), "{}").unwrap();
    fs::write(reports.join("half.json"), "{\"schema_version\": \"1.0\",").unwrap();
    let merged = fleet.merged();
    let states = states(&merged);
    assert_eq!(states["week/graph-ready"], "ready");
    assert_eq!(states["week/sign-in-secret-expired"], "not-ready");
    assert_eq!(states["week/network-dns-failed"], "inconclusive");
    assert_eq!(states["half"], "not-checked");
    assert_eq!(states["notes"], "not-checked");
    assert_eq!(states.len(), 7);
}

#[test]
fn a_fleet_report_is_named_as_what_it_is_and_its_exit_code_follows_the_states() {
    let ready = Tenant::start("ews-ready", false);
    let fleet = Fleet::new();
    fs::create_dir(fleet.folder.path().join("reports")).unwrap();
    let of_ready = ready.folder.path().join("rx-preflight.toml");
    let migrated = program(fleet.folder.path())
        .args(["migrate", "--config", of_ready.to_str().unwrap(), "-q"])
        .args(["-o", "reports/contoso.json"])
        .output()
        .unwrap();
    let merged = program(fleet.folder.path())
        .args(["report", "--merge", "reports", "-q", "-o", "fleet.json"])
        .output()
        .unwrap();
    let text = fs::read_to_string(fleet.folder.path().join("fleet.json")).unwrap();
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(states(&shown)["contoso"], "ready");
    assert_eq!(merged.status.code(), Some(0));
    assert_ne!(
        migrated.status.code(),
        Some(0),
        "the move is another matter"
    );
    let converted = program(fleet.folder.path())
        .args(["report", "fleet.json"])
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&converted.stderr).into_owned();
    assert!(
        message.contains("a report about many customers"),
        "{message}"
    );
}

#[test]
fn wrong_usage_is_refused_before_any_customer_is_checked() {
    let fleet = Fleet::new();
    let refused = |arguments: &[&str], expected: &str| {
        let output = program(fleet.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    };
    refused(&["fleet", "customers"], "--output-dir");
    refused(
        &["fleet", "customers", "--output-dir", "reports"],
        "no settings file",
    );
    refused(
        &["fleet", "none", "--output-dir", "reports"],
        "no such file or folder",
    );
    refused(
        &[
            "fleet",
            "customers",
            "--output-dir",
            "reports",
            "--shard",
            "5/4",
        ],
        "does not exist",
    );
    refused(
        &[
            "fleet",
            "customers",
            "--output-dir",
            "reports",
            "-o",
            "fleet.md",
        ],
        ".csv",
    );
    refused(&["report", "--merge", "customers"], "no saved report");
    refused(
        &["report", "--merge", "customers", "--format", "junit"],
        "--merge",
    );
    refused(&["report", "a.json", "--merge", "customers"], "--merge");
    let saved = folder("fixtures/released/0.1.0").join("graph-ready.json");
    refused(
        &["report", saved.to_str().unwrap(), "--format", "csv"],
        "--merge",
    );
    let saved = saved.to_str().unwrap();
    refused(&["report", saved, "--since", "customers"], "--since");
    refused(&["report"], "<FILE>");
    fs::write(fleet.folder.path().join("file"), "").unwrap();
    fleet.add_file("contoso.previous", "");
    let customers = &["fleet", "customers", "--output-dir"];
    refused(&[&customers[..], &["reports"]].concat(), "cannot be called");
    fs::remove_file(fleet.folder.path().join("customers/contoso.previous.toml")).unwrap();
    fleet.add_file("contoso", "");
    refused(&[&customers[..], &["file"]].concat(), "this is a file");
    assert!(!Path::new(&fleet.report("reports")).exists());
}
