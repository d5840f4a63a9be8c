//! The jobs in docs/nightly.md and docs/windows.md, run as they are written against a tenant whose client secret ends in twelve days.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use support::{Tenant, program};
use tempfile::TempDir;

const SECRET: &str = "qSo8Q~pS5KZ7npFjnt5.PG5kbHAbJ9JbgEeVHcAW";

/// The first code block in this language that contains a text, in a page of the documentation.
fn block(page: &str, language: &str, text: &str) -> String {
    let page = std::fs::read_to_string(support::folder(page)).unwrap();
    let start = format!("```{language}\n");
    let mut blocks = page
        .split(&start)
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    blocks
        .find(|block| block.contains(text))
        .unwrap()
        .to_owned()
}

/// The command of the cron line, without its times.
fn cron_command() -> String {
    block("docs/nightly.md", "sh", "rx-preflight")
        .trim()
        .lines()
        .last()
        .and_then(|line| line.strip_prefix("0 3 * * * "))
        .unwrap()
        .to_owned()
}

/// The text between two quotation marks behind another text.
fn quoted(block: &str, behind: &str) -> String {
    block
        .split(behind)
        .nth(1)
        .unwrap()
        .split('\'')
        .nth(1)
        .unwrap()
        .to_owned()
}

/// The folder of a job: settings, a secret file, and the program with the addresses of the simulated tenant.
struct Job {
    tenant: Tenant,
    folder: TempDir,
}

impl Job {
    fn new(scenario: &str) -> Self {
        let tenant = Tenant::start(scenario, false);
        let folder = TempDir::new().unwrap();
        let written = std::fs::read_dir(tenant.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let settings = written
            .into_iter()
            .find(|path| path.extension().is_some_and(|end| end == "toml"))
            .unwrap();
        let text = std::fs::read_to_string(settings).unwrap();
        // The secret comes from where the job has it.
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("oauth_client_secret"));
        std::fs::write(
            folder.path().join("rx-preflight.toml"),
            lines.collect::<Vec<_>>().join("\n"),
        )
        .unwrap();
        std::fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
        std::fs::set_permissions(
            folder.path().join("secret.txt"),
            std::fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        let wrapper = folder.path().join("rx-preflight");
        let (binary, addresses) = (
            env!("CARGO_BIN_EXE_rx-preflight"),
            tenant.addresses().join(" "),
        );
        std::fs::write(
            &wrapper,
            format!("#!/bin/sh\nexec '{binary}' \"$@\" {addresses}\n"),
        )
        .unwrap();
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { tenant, folder }
    }

    /// Runs a line of a shell with the wrapper first in PATH.
    fn shell(&self, line: &str, variables: &[(&str, &str)]) -> Output {
        let path = format!(
            "{}:{}",
            self.folder.path().display(),
            std::env::var("PATH").unwrap()
        );
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.folder.path())
            .env("PATH", path);
        command
            .env_remove("AZURE_CLIENT_SECRET")
            .envs(variables.iter().copied());
        command.output().unwrap()
    }

    fn cron(&self) -> Output {
        let line = cron_command();
        let here = self.folder.path().display().to_string();
        assert!(line.contains("/etc/rx-preflight"));
        self.shell(&line.replace("/etc/rx-preflight", &here), &[])
    }

    /// Both files of a job show the note.
    fn files_show_the_note(&self) {
        let json = std::fs::read_to_string(self.folder.path().join("report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let is_note = |cause: &&serde_json::Value| cause["id"] == "registration.secret-expiring";
        let note = report["causes"]
            .as_array()
            .unwrap()
            .iter()
            .find(is_note)
            .unwrap();
        assert!(
            note["due"]
                .as_str()
                .is_some_and(|due| due.starts_with("20")),
            "{note}"
        );
        assert_eq!(
            (
                note["asks_for_action"].as_bool(),
                report["summary"]["exit_code"].as_u64()
            ),
            (Some(true), Some(4))
        );
        let junit = std::fs::read_to_string(self.folder.path().join("report.xml")).unwrap();
        let document = roxmltree::Document::parse(&junit).unwrap();
        let property = document
            .descendants()
            .find(|node| node.attribute("name") == Some("note registration.secret-expiring"))
            .unwrap();
        assert!(
            property
                .attribute("value")
                .unwrap()
                .contains("12 days left")
        );
        let suite = property
            .ancestors()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        let printed = suite
            .children()
            .find(|node| node.has_tag_name("system-out"))
            .unwrap();
        assert!(printed.text().unwrap().contains("12 days left"));
        assert_eq!(
            document.root_element().attribute("failures"),
            Some("0"),
            "the row passes"
        );
    }
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn reports_the_expiring_secret(output: &str) {
    assert!(
        output.contains("Ready (exit code 4)") && output.contains("(12 days left)"),
        "{output}"
    );
}

#[test]
fn the_cron_line_prints_the_expiring_secret() {
    let job = Job::new("graph-secret-expiring");
    reports_the_expiring_secret(&text(&job.cron()));
    job.files_show_the_note();
}

#[test]
fn the_cron_line_prints_nothing_when_all_checks_pass() {
    let job = Job::new("graph-secret-expiring");
    let line = cron_command().replace("--warn-days 30", "--warn-days 11");
    let output = job.shell(
        &line.replace(
            "/etc/rx-preflight",
            &job.folder.path().display().to_string(),
        ),
        &[],
    );
    assert_eq!(
        (text(&output).as_str(), output.status.code()),
        ("", Some(0))
    );
}

#[test]
fn the_jenkins_step_shows_the_expiring_secret_and_its_exit_code() {
    let job = Job::new("graph-secret-expiring");
    let output = job.shell(
        &quoted(&block("docs/nightly.md", "groovy", "rx-preflight"), "sh "),
        &[("AZURE_CLIENT_SECRET", SECRET)],
    );
    reports_the_expiring_secret(&text(&output));
    assert_eq!(output.status.code(), Some(4));
    job.files_show_the_note();
}

#[test]
fn the_scheduled_task_shows_the_expiring_secret() {
    let job = Job::new("graph-secret-expiring");
    let arguments = quoted(
        &block("docs/windows.md", "powershell", "$arguments = "),
        "$arguments = ",
    );
    let mut command = program(job.folder.path());
    let output = command
        .args(arguments.split(' '))
        .args(job.tenant.addresses())
        .output()
        .unwrap();
    reports_the_expiring_secret(&text(&output));
    assert_eq!(output.status.code(), Some(4));
    job.files_show_the_note();
}

#[test]
fn only_the_level_note_fails_on_a_note_and_a_saved_report_shows_it_as_the_run_did() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(folder.path()).args(arguments).output().unwrap();
        (output.status.code().unwrap(), text(&output))
    };
    let demo = [
        "demo",
        "graph-secret-expiring",
        "--brief",
        "--output",
        "report.json",
    ];
    assert_eq!(run(&demo).0, 0);
    assert_eq!(run(&[&demo[..], &["--fail-on", "optional"]].concat()).0, 0);
    assert_eq!(
        run(&[&demo[..], &["--fail-on", "note", "--warn-days", "11"]].concat()).0,
        0
    );
    assert_eq!(
        run(&[&demo[..], &["--fail-on", "note", "--warn-days", "12"]].concat()).0,
        4
    );
    assert_eq!(run(&["demo", "graph-ready", "--fail-on", "note"]).0, 0);
    let (code, again) = run(&["report", "report.json", "--brief"]);
    assert_eq!(code, 4);
    reports_the_expiring_secret(&again);
    for format in ["table", "markdown", "html", "junit"] {
        let (_, drawn) = run(&["report", "report.json", "--format", format]);
        assert!(drawn.contains("(12 days left)"), "{format}: {drawn}");
    }
    for wrong in ["-1", "0", "731", "soon", ""] {
        let (code, message) = run(&["demo", "--warn-days", wrong]);
        assert!(
            code == 2 && message.contains("warn-days"),
            "{wrong}: {message}"
        );
    }
}

/// The end of EWS is shown next to the verdict, and requires action within the days of warning.
#[test]
fn the_end_of_ews_and_an_inspecting_proxy_are_notes_as_well() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| program(folder.path()).args(arguments).output().unwrap();
    let ews = run(&[
        "demo",
        "ews-ready",
        "--brief",
        "--fail-on",
        "note",
        "--warn-days",
        "1",
    ]);
    assert!(
        ews.status.code() == Some(0) && text(&ews).contains("[Note] EWS works today"),
        "{}",
        text(&ews)
    );
    assert_eq!(
        run(&[
            "demo",
            "ews-ready",
            "--fail-on",
            "note",
            "--warn-days",
            "730"
        ])
        .status
        .code(),
        Some(4)
    );
    let proxy = run(&[
        "demo",
        "network-tls-intercepted",
        "--brief",
        "--fail-on",
        "note",
    ]);
    assert!(
        proxy.status.code() == Some(4)
            && text(&proxy)
                .contains("[Note] A proxy or firewall appears to inspect the traffic to"),
        "{}",
        text(&proxy)
    );
}
