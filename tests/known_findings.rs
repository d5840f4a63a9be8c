//! Findings that do not count: accepted ones stay in the report until their last day, and with a baseline the exit code is
//! about changes.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use support::{Tenant, program};

/// One of three rooms has no mailbox, and EWS ends.
const SCENARIO: &str = "mailbox-not-found";
const ROOM: &str = "cirus@contoso.com";

/// A tenant, checked from the folder of its settings.
struct Checked {
    tenant: Tenant,
}

impl Checked {
    fn start(scenario: &str) -> Self {
        Self {
            tenant: Tenant::start(scenario, false),
        }
    }

    /// The same, with settings that name a file in which the room without a mailbox is accepted.
    fn accepting_in_settings() -> Self {
        let checked = Self::start(SCENARIO);
        checked.write(
            "known.txt",
            &accepted("mailbox.not-found", "", "2999-12-31"),
        );
        let settings = checked.settings();
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, format!("accepted_file = \"known.txt\"\n{text}")).unwrap();
        checked
    }

    fn path(&self, name: &str) -> PathBuf {
        self.tenant.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn settings(&self) -> PathBuf {
        let files = fs::read_dir(self.tenant.folder.path()).unwrap();
        let mut files = files.map(|entry| entry.unwrap().path());
        files
            .find(|path| path.extension().is_some_and(|end| end == "toml"))
            .unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        program(self.tenant.folder.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Checks with these options; the report is in the file `now.json`.
    fn check(&self, options: &[&str]) -> Output {
        let settings = self.settings();
        let mut all = vec![
            "check",
            "--config",
            settings.to_str().unwrap(),
            "-o",
            "now.json",
        ];
        all.extend(options);
        self.run(&all)
    }

    fn report(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }
}

fn accepted(cause: &str, more: &str, expires: &str) -> String {
    format!(
        "[[accepted]]\ncause = \"{cause}\"\n{more}\nreason = \"Under construction, ticket 4711\"\nowner = \"Quentin Zabriskie\"\n\
         expires = {expires}\n"
    )
}

/// Standard output, without its line breaks.
fn stdout(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_accepted_room_stays_visible_and_does_not_count() {
    let checked = Checked::start(SCENARIO);
    let of_room = format!("subject = \"{ROOM}\"");
    // Not beside the settings with the extension .toml, because a folder has one settings file here.
    checked.write(
        "known.txt",
        &accepted("mailbox.not-found", &of_room, "2999-12-31"),
    );
    assert_eq!(checked.check(&[]).status.code(), Some(1));

    let output = checked.check(&[
        "--accepted",
        "known.txt",
        "--verbose",
        "-o",
        "page.html",
        "-o",
        "ticket.md",
        "-o",
        "build.xml",
        "-o",
        "now.nagios",
        "-o",
        "now.prom",
        "-o",
        "now.card",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = stdout(&output);
    for shown in [
        ROOM,
        "mailbox.not-found",
        "(accepted until 2999-12-31)",
        "[accepted]",
        "Quentin Zabriskie: Under construction, ticket 4711",
        "2 of 3 rooms work, 1 fails",
        "1 accepted finding does not count until 2999-12-31",
    ] {
        assert!(table.contains(shown), "{shown}: {table}");
    }
    for file in ["page.html", "ticket.md", "now.nagios", "now.card"] {
        let text = fs::read_to_string(checked.path(file)).unwrap();
        assert!(
            text.contains("accepted finding does not count until 2999-12-31"),
            "{file}: {text}"
        );
    }
    let nagios = fs::read_to_string(checked.path("now.nagios")).unwrap();
    assert!(
        nagios.starts_with("RX-PREFLIGHT WARNING - Ready"),
        "EWS ends: {nagios}"
    );
    let build = fs::read_to_string(checked.path("build.xml")).unwrap();
    assert!(
        build.contains("failures=\"0\"") && build.contains("(accepted until"),
        "{build}"
    );
    let metrics = fs::read_to_string(checked.path("now.prom")).unwrap();
    assert!(metrics.lines().any(|line| line.starts_with("rx_preflight_accepted_findings{") && line.ends_with(" 1")));

    let report = checked.report("now.json");
    assert_eq!(report["summary"]["verdict"], "ready");
    assert_eq!(report["summary"]["counts"]["fail"], 1);
    assert_eq!(report["accepted"][0]["state"], "in-force");
    let row = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["outcome"] == "fail")
        .unwrap();
    assert_eq!(
        (&row["subject"], &row["requirement"]),
        (&ROOM.into(), &"advisory".into())
    );
    assert_eq!(row["requirement_if_counted"], "required");
}

#[test]
fn the_settings_file_can_name_the_file_and_a_saved_report_keeps_it() {
    let checked = Checked::accepting_in_settings();
    assert_eq!(checked.check(&[]).status.code(), Some(0));

    let again = checked.run(&["report", "now.json", "--rediagnose", "-o", "again.json"]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert_eq!(
        checked.report("again.json")["accepted"],
        checked.report("now.json")["accepted"]
    );

    let redacted = checked.run(&[
        "report",
        "now.json",
        "--redact",
        "--verbose",
        "-o",
        "ticket.json",
    ]);
    assert_eq!(redacted.status.code(), Some(0), "{}", stderr(&redacted));
    let written = fs::read_to_string(checked.path("ticket.json")).unwrap();
    for text in [stdout(&redacted), written] {
        assert!(text.contains("(accepted until 2999-12-31)"), "{text}");
        assert!(
            !text.contains("Quentin") && !text.contains("Zabriskie"),
            "{text}"
        );
    }
}

#[test]
fn what_is_not_applied_has_a_note() {
    let checked = Checked::start(SCENARIO);
    let text = accepted("mailbox.not-found", "", "2026-01-01")
        + &accepted("grant.surplus", "", "2999-12-31");
    checked.write("known.txt", &text);
    let output = checked.check(&["--accepted", "known.txt"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report = checked.report("now.json");
    let kinds: Vec<&Value> = report["input_notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| &note["kind"])
        .collect();
    assert_eq!(kinds, ["acceptance-unused", "acceptance-ended"]);
    assert!(
        stdout(&output).contains("the accepted finding mailbox.not-found counts again, because its last day is over (line 1)"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_file_that_cannot_be_used_is_refused_before_the_first_request() {
    let checked = Checked::start(SCENARIO);
    checked.write("known.txt", &accepted("mailbox.notfound", "", "2999-12-31"));
    let output = checked.check(&["--accepted", "known.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains(
            "known.txt:2:9: there is no cause `mailbox.notfound`; did you mean `mailbox.not-found`?"
        ),
        "{}",
        stderr(&output)
    );
    let missing = checked.check(&["--accepted", "absent.txt"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        stderr(&missing).contains("cannot read the file of accepted findings absent.txt"),
        "{}",
        stderr(&missing)
    );
    let onto_itself = checked.check(&["--accepted", "known.txt", "-o", "known.txt"]);
    assert_eq!(
        onto_itself.status.code(),
        Some(2),
        "{}",
        stderr(&onto_itself)
    );
    for refused in ["absent.json", "known.txt"] {
        let output = checked.check(&["--baseline", refused]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{refused}: {}",
            stderr(&output)
        );
    }
    assert!(
        !checked.path("traffic.jsonl").exists()
            || fs::read(checked.path("traffic.jsonl")).unwrap().is_empty()
    );
}

#[test]
fn with_a_baseline_the_exit_code_is_about_changes() {
    let checked = Checked::start(SCENARIO);
    assert_eq!(checked.check(&[]).status.code(), Some(1));
    fs::copy(checked.path("now.json"), checked.path("before.json")).unwrap();

    let same = checked.check(&[
        "--baseline",
        "before.json",
        "-o",
        "build.xml",
        "-o",
        "now.nagios",
    ]);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));
    assert!(
        stdout(&same).contains("with the same result in the baseline of "),
        "{}",
        stdout(&same)
    );
    let report = checked.report("now.json");
    let counts = |row: &&Value| {
        row["outcome"] != "pass" && row["outcome"] != "skipped" && row["requirement"] != "advisory"
    };
    let left_out = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(counts)
        .count();
    let sentence = format!("the exit code leaves out {left_out} check");
    assert!(
        unwrapped(&stdout(&same)).contains(&sentence),
        "{}",
        stdout(&same)
    );
    assert_eq!(report["summary"]["verdict"], "not-ready");
    assert_eq!(report["baseline"]["verdict"], "ready");
    let nagios = fs::read_to_string(checked.path("now.nagios")).unwrap();
    assert!(nagios.starts_with("RX-PREFLIGHT OK - "), "{nagios}");
    let build = fs::read_to_string(checked.path("build.xml")).unwrap();
    assert!(build.contains("failures=\"0\""), "{build}");

    let more = checked.check(&[
        "--baseline",
        "before.json",
        "--room",
        ROOM,
        "--room",
        "new@contoso.com",
        "--room",
        "aurora@contoso.com",
    ]);
    assert_eq!(
        more.status.code(),
        Some(1),
        "another room fails: {}",
        stdout(&more)
    );
    let redacted = checked.run(&[
        "report",
        "before.json",
        "--redact",
        "-o",
        "redacted.json",
        "--quiet",
    ]);
    assert_eq!(redacted.status.code(), Some(1), "{}", stderr(&redacted));
    let refused = checked.check(&["--baseline", "redacted.json"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("this report is redacted"),
        "{}",
        stderr(&refused)
    );
}

/// A check that was skipped does not count as a finding, so a baseline leaves nothing out of the exit code of a tenant that is ready.
#[test]
fn a_baseline_without_findings_leaves_nothing_out() {
    let checked = Checked::start("graph-ready");
    assert_eq!(checked.check(&[]).status.code(), Some(0));
    fs::copy(checked.path("now.json"), checked.path("before.json")).unwrap();
    let same = checked.check(&["--baseline", "before.json"]);
    let shown = unwrapped(&stdout(&same));
    assert!(shown.contains("no finding is the same"), "{shown}");
    assert!(!shown.contains("leaves out"), "{shown}");
}

/// A note that required action in the baseline as well is left out, and the sentence names it.
#[test]
fn a_baseline_names_the_notes_that_it_leaves_out() {
    let checked = Checked::start("graph-secret-expiring");
    let fails = ["--fail-on", "note"];
    assert_eq!(checked.check(&fails).status.code(), Some(4));
    fs::copy(checked.path("now.json"), checked.path("before.json")).unwrap();
    let same = checked.check(&[&fails[..], &["--baseline", "before.json"]].concat());
    assert_eq!(same.status.code(), Some(0), "{}", stdout(&same));
    let shown = unwrapped(&stdout(&same));
    assert!(shown.contains("the exit code leaves out notes"), "{shown}");
}

/// A saved report has the exit code of its check, or that of the level which is given.
#[test]
fn another_level_gives_a_saved_report_another_exit_code() {
    let checked = Checked::start("grant-optional-missing");
    let saved = checked.check(&["--fail-on", "optional"]);
    assert_eq!(saved.status.code(), Some(4), "{}", stdout(&saved));
    for (level, expected) in [(None, 4), (Some("required"), 0), (Some("note"), 4)] {
        for again in [None, Some("--rediagnose")] {
            let mut arguments = vec!["report", "now.json", "--quiet"];
            arguments.extend(level.iter().flat_map(|level| ["--fail-on", level]));
            arguments.extend(again);
            let shown = checked.run(&arguments);
            assert_eq!(shown.status.code(), Some(expected), "{arguments:?}");
        }
    }
}

fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_customer_of_a_fleet_accepts_findings_in_its_settings() {
    let checked = Checked::accepting_in_settings();
    let settings = checked.settings();
    let settings = settings.to_str().unwrap().to_owned();
    let output = checked.run(&[
        "fleet",
        &settings,
        "--output-dir",
        "reports",
        "-o",
        "fleet.json",
        "-o",
        "fleet.csv",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let fleet = checked.report("fleet.json");
    assert_eq!(fleet["customers"][0]["accepted"], 1);
    assert_eq!(fleet["broken"], Value::Array(Vec::new()));
    assert!(
        stdout(&output).contains("1 accepted finding"),
        "{}",
        stdout(&output)
    );
}
