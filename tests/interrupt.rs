//! Ctrl-C and the signals of the system while a check runs. It is alone in this file, because it measures time and would
//! share the processor with whatever else runs beside it.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::Tenant;
use tempfile::TempDir;

mod support;

/// A check of many slow rooms in a process of its own, and what it printed when it ended.
fn interrupted_after(
    tenant: &Tenant,
    wait: Duration,
    signal: &str,
) -> (Option<i32>, Duration, Value) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
    command.current_dir(folder.path()).args([
        "check",
        "--format",
        "json",
        "-o",
        "report.json",
        "--config",
    ]);
    command
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(tenant.addresses());
    let mut check = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = check.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.read_to_end(&mut text).unwrap();
        text
    });
    sleep(wait);
    let pressed = Instant::now();
    assert!(
        Command::new("kill")
            .args([&format!("-{signal}"), &check.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let status = check.wait().unwrap();
    let took = pressed.elapsed();
    (
        status.code(),
        took,
        serde_json::from_slice(&reader.join().unwrap()).unwrap_or(Value::Null),
    )
}

#[test]
fn ctrl_c_and_the_signals_of_the_system_end_a_run_within_a_second_and_leave_a_whole_report() {
    ends_within_a_second("ews-ready", 3, ["INT", "HUP"]);
    ends_within_a_second("graph-ready", 2, ["TERM", "INT"]);
}

/// So many rooms that most are not reached. A build without optimization needs half a second to report them.
const ROOMS: usize = 1_200;

fn ends_within_a_second(scenario: &str, rows_of_a_room: usize, signals: [&str; 2]) {
    let rooms = ROOMS.to_string();
    let tenant = Tenant::start_with(scenario, false, &["--rooms", &rooms, "--latency", "100ms"]);
    let waits = [Duration::from_millis(400), Duration::from_millis(1_500)];
    for (wait, signal) in waits.into_iter().zip(signals) {
        let (exit, took, report) = interrupted_after(&tenant, wait, signal);
        assert_eq!(exit, Some(130), "{signal} after {wait:?}");
        assert!(took < Duration::from_secs(1), "it took {took:?}");
        assert_eq!(
            (
                report["interrupted"].as_bool(),
                report["summary"]["exit_code"].as_u64()
            ),
            (Some(true), Some(130))
        );
        let rows = report["results"].as_array().unwrap();
        let late = rows
            .iter()
            .filter(|row| row["skip_reason"] == "out-of-time")
            .count();
        assert!(
            late > 1_000 && rows.len() > ROOMS * rows_of_a_room,
            "{late} of {}",
            rows.len()
        );
        assert!(
            rows.iter().all(|row| row["outcome"] != "fail"),
            "what was not reached has not failed"
        );
    }
}
