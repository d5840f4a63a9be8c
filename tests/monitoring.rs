//! The formats for monitors: what a plugin prints and how it ends, and what a run without a report leaves behind.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command as Process, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

/// Runs a plugin. Returns its exit code and its only line.
fn plugin(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 1, "{arguments:?}: {printed}");
    (output.status.code().unwrap(), printed)
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_plugin_ends_by_the_rules_of_plugins_and_the_report_by_those_of_the_program() {
    let folder = TempDir::new().unwrap();
    for (scenario, code, state, own_code) in [
        ("graph-ready", 0, "OK", 0),
        ("graph-secret-expiring", 1, "WARNING", 0),
        ("ews-disabled", 2, "CRITICAL", 1),
        ("network-timeout", 3, "UNKNOWN", 3),
    ] {
        let arguments = ["demo", scenario, "--format", "nagios", "-o", "report.json"];
        let (ended, line) = plugin(folder.path(), &arguments);
        assert_eq!(ended, code, "{scenario}: {line}");
        let start = format!("RX-PREFLIGHT {state} - ");
        assert!(line.starts_with(&start), "{scenario}: {line}");
        let report: Value = serde_json::from_str(&read(folder.path(), "report.json")).unwrap();
        assert_eq!(report["summary"]["exit_code"], own_code, "{scenario}");
        let again = plugin(
            folder.path(),
            &["report", "report.json", "--format", "nagios"],
        );
        assert_eq!(again, (code, line), "{scenario}");
        // Written to a file, the line changes no exit code.
        let usual = run(folder.path(), &["demo", scenario, "-q", "-o", "a.nagios"]);
        assert_eq!(usual.status.code(), Some(own_code), "{scenario}");
        assert!(
            read(folder.path(), "a.nagios").starts_with(&start),
            "{scenario}"
        );
    }
}

#[test]
fn a_plugin_that_fails_is_unknown_and_its_line_states_why() {
    let folder = TempDir::new().unwrap();
    for (arguments, reason) in [
        (&["check", "--format", "nagios"][..], "rx-preflight.toml"),
        (
            &["check", "--format", "nagios", "--no-such-option"],
            "--no-such-option",
        ),
        (
            &["check", "--no-such-option", "--format=nagios"],
            "--no-such-option",
        ),
        (&["report", "none.json", "--format", "nagios"], "none.json"),
        (
            &["demo", "no-such-scenario", "--format", "nagios"],
            "no-such-scenario",
        ),
    ] {
        let (code, line) = plugin(folder.path(), arguments);
        assert_eq!(code, 3, "{arguments:?}: {line}");
        let start = "RX-PREFLIGHT UNKNOWN - the check ended without a report: ";
        assert!(
            line.starts_with(start) && line.contains(reason),
            "{arguments:?}: {line}"
        );
    }
    let usual = run(folder.path(), &["check", "--format", "json"]);
    assert_eq!(usual.status.code(), Some(2));
    assert!(usual.stdout.is_empty());
}

/// A person gets the report when a file cannot be written after all. A monitor reads the first line only, so it gets the one
/// about the failure. And a collector would read a copy beside the file of the metrics, so none is kept.
#[test]
fn a_plugin_whose_file_cannot_be_written_is_unknown_in_its_only_line() {
    let tenant = Tenant::start_with("graph-ready", false, &["--latency", "700ms"]);
    let folder = TempDir::new().unwrap();
    let child = Process::new(env!("CARGO_BIN_EXE_rx-preflight"))
        .current_dir(folder.path())
        .args(["check", "--format", "nagios", "-o", "tonight.prom"])
        .arg("--config")
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(tenant.addresses())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(900));
    // A folder of this name is in the way for the rest of the run.
    fs::create_dir(folder.path().join("tonight.prom")).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(
        printed.starts_with("RX-PREFLIGHT UNKNOWN - ") && printed.contains("tonight.prom"),
        "{printed}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The collector of a monitor has an account of its own. A report for people contains names and is for its owner alone.
#[test]
fn documents_of_monitors_can_be_read_by_other_accounts() {
    let folder = TempDir::new().unwrap();
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    let with_umask = |arguments: &str| {
        let line = format!(
            "umask 022; '{}' {arguments}",
            env!("CARGO_BIN_EXE_rx-preflight")
        );
        let mut shell = Process::new("sh");
        shell
            .current_dir(folder.path())
            .args(["-c", &line])
            .output()
            .unwrap()
    };
    let outputs = "-q -o a.prom -o a.nagios -o a.card -o a.json";
    for arguments in ["demo graph-ready", "check --no-such-option"] {
        with_umask(&format!("{arguments} {outputs}"));
        for name in ["a.prom", "a.nagios", "a.card"] {
            assert_eq!(mode(name), 0o644, "{arguments}: {name}");
        }
    }
    assert_eq!(mode("a.previous.json"), 0o600);
}

/// Writes the documents of a ready tenant, as an earlier run left them.
fn earlier_documents(folder: &Path) {
    let arguments = [
        "demo",
        "graph-ready",
        "-q",
        "-o",
        "a.prom",
        "-o",
        "a.nagios",
        "-o",
        "a.card",
        "-o",
        "a.json",
    ];
    assert_eq!(run(folder, &arguments).status.code(), Some(0));
    assert!(read(folder, "a.prom").contains("verdict=\"ready\"} 1\n"));
}

fn states_no_report(folder: &Path, reason: &str) {
    let metrics = read(folder, "a.prom");
    assert!(
        metrics.contains("rx_preflight_run_completed{file=\"a.prom\"} 0\n")
            && !metrics.contains("verdict")
            && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
    let line = read(folder, "a.nagios");
    assert!(
        line.starts_with("RX-PREFLIGHT UNKNOWN - ") && line.contains(reason),
        "{line}"
    );
    let card = read(folder, "a.card");
    assert!(
        card.contains("the check ended without a report") && card.contains(reason),
        "{card}"
    );
    assert!(
        !folder.join("a.previous.prom").exists(),
        "a collector would read it"
    );
}

#[test]
fn a_check_that_cannot_start_replaces_the_documents_of_monitors_and_moves_the_others() {
    let outputs = [
        "-o", "a.prom", "-o", "a.nagios", "-o", "a.card", "-o", "a.json",
    ];
    for (command, reason) in [
        (&["check"][..], "rx-preflight.toml"),
        (&["check", "--no-such-option"], "--no-such-option"),
        (&["migrate", "--no-such-option"], "--no-such-option"),
    ] {
        let folder = TempDir::new().unwrap();
        earlier_documents(folder.path());
        let output = run(folder.path(), &[command, &outputs].concat());
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        states_no_report(folder.path(), reason);
        assert!(!folder.path().join("a.json").exists(), "{command:?}");
        assert!(
            folder.path().join("a.previous.json").exists(),
            "{command:?}"
        );
        // A second failure replaces its own document again.
        fs::remove_file(folder.path().join("a.nagios")).unwrap();
        run(folder.path(), &[command, &outputs].concat());
        states_no_report(folder.path(), reason);
    }
}

#[test]
fn a_job_that_converts_or_combines_missing_reports_informs_the_monitor() {
    let outputs = [
        "-o", "a.prom", "-o", "a.nagios", "-o", "a.card", "-o", "a.json",
    ];
    for (input, reason) in [
        (&["none.json"][..], "none.json"),
        (&["a.json", "--no-such-option"], "--no-such-option"),
    ] {
        let folder = TempDir::new().unwrap();
        earlier_documents(folder.path());
        let output = run(folder.path(), &[&["report"], input, &outputs].concat());
        assert_eq!(output.status.code(), Some(2));
        states_no_report(folder.path(), reason);
        assert!(folder.path().join("a.json").exists());
    }
    for option in [&[][..], &["--no-such-option"], &["--since", "nowhere"]] {
        let folder = TempDir::new().unwrap();
        earlier_documents(folder.path());
        let arguments = ["report", "--merge", "none", "-o", "a.prom", "-o", "a.json"];
        let output = run(folder.path(), &[&arguments, option].concat());
        assert_eq!(output.status.code(), Some(2), "{option:?}");
        let metrics = fs::read_to_string(folder.path().join("a.prom")).unwrap();
        assert!(metrics.contains("rx_preflight_run_completed{file=\"a.prom\"} 0\n"));
        assert!(folder.path().join("a.json").exists());
    }
}

#[test]
fn with_redaction_a_document_without_a_report_contains_no_error_message() {
    for option in [&["--redact"][..], &["--redact", "--no-such-option"]] {
        let folder = TempDir::new().unwrap();
        let arguments = [
            &[
                "check",
                "--config",
                "contoso.com.toml",
                "-o",
                "a.nagios",
                "-o",
                "a.card",
            ],
            option,
        ];
        assert_eq!(
            run(folder.path(), &arguments.concat()).status.code(),
            Some(2)
        );
        for name in ["a.nagios", "a.card"] {
            let text = read(folder.path(), name);
            assert!(
                text.contains("the error message is in the output of the job")
                    && !text.contains("contoso")
                    && !text.contains("no-such"),
                "{text}"
            );
        }
    }
}
