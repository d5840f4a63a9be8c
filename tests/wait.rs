//! `--wait`: what each attempt repeats, the status lines, and why the wait ends.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

fn demo(arguments: &[&str]) -> (Option<i32>, Value, String) {
    let folder = TempDir::new().unwrap();
    read(
        &program(folder.path())
            .args(["demo", "--format", "json"])
            .args(arguments)
            .output()
            .unwrap(),
    )
}

fn check(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Value, String) {
    let folder = TempDir::new().unwrap();
    read(
        &tenant
            .check(folder.path())
            .args(["--format", "json"])
            .args(options)
            .output()
            .unwrap(),
    )
}

fn read(output: &Output) -> (Option<i32>, Value, String) {
    let printed = String::from_utf8(output.stderr.clone()).unwrap();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {printed}"));
    (output.status.code(), report, printed)
}

/// The lines without the time of day that each begins with.
fn lines(printed: &str) -> Vec<&str> {
    printed
        .lines()
        .map(|line| {
            let (time, text) = line.split_once(' ').unwrap();
            assert!(time.len() == 8 && time.split(':').count() == 3, "{line}");
            text
        })
        .collect()
}

#[test]
fn a_fresh_grant_is_waited_for_until_it_is_effective() {
    let (exit, report, printed) = demo(&[
        "wait-becomes-effective",
        "--wait",
        "60s",
        "--wait-pause",
        "500ms",
    ]);
    assert_eq!(exit, Some(0), "{printed}");
    assert_eq!(report["summary"]["verdict"], "ready");
    let lines = lines(&printed);
    for room in ["aurora", "boreal", "cirrus"] {
        let line = format!("mailbox.impersonation {room}@contoso.com: fail -> pass");
        assert!(lines.contains(&line.as_str()), "{printed}");
    }
    let expected = lines
        .iter()
        .find(|line| line.starts_with("mailbox.access-blocked: "))
        .unwrap();
    for words in [
        "30 min",
        "at the earliest",
        "1 h",
        "likely",
        "24 h",
        "at the latest",
    ] {
        assert!(expected.contains(words), "{expected}");
    }
    assert_eq!(lines.last(), Some(&"wait ended: all required checks pass"));
}

/// A demo plays in seconds what takes half an hour: as its title states, and without an option that help does not show.
#[test]
fn a_demo_with_wait_becomes_effective_within_seconds() {
    let begun = Instant::now();
    let (exit, report, printed) = demo(&["wait-becomes-effective", "--wait", "20s"]);
    assert_eq!(
        (exit, &report["summary"]["verdict"]),
        (Some(0), &Value::from("ready")),
        "{printed}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    let lines = lines(&printed);
    assert!(
        lines[0]
            .starts_with("demo: the wait is shortened to 20 s in total; a check of a real tenant"),
        "{printed}"
    );
    assert_eq!(lines.last(), Some(&"wait ended: all required checks pass"));
    let folder = TempDir::new().unwrap();
    let list = program(folder.path())
        .args(["demo", "--list"])
        .output()
        .unwrap()
        .stdout;
    let list = String::from_utf8(list).unwrap();
    let line = list
        .lines()
        .find(|line| line.starts_with("wait-becomes-effective "))
        .unwrap();
    assert!(line.ends_with("play it with --wait 20s"), "{line}");
}

#[test]
fn a_cause_that_waiting_cannot_resolve_is_not_waited_for() {
    let begun = Instant::now();
    let (exit, report, printed) = demo(&["sign-in-secret-expired", "--wait", "10m"]);
    assert!(begun.elapsed() < Duration::from_mins(1));
    assert_eq!(exit, Some(1));
    assert_eq!(report["summary"]["verdict"], "not-ready");
    assert_eq!(
        lines(&printed),
        ["wait ended: waiting does not resolve what is left: sign-in.secret-expired"]
    );
}

#[test]
fn the_time_limit_ends_the_wait_and_the_exit_code_is_that_of_the_last_attempt() {
    let (exit, report, printed) = demo(&[
        "mailbox-access-blocked-fresh-consent",
        "--wait",
        "1s",
        "--wait-pause",
        "300ms",
    ]);
    assert_eq!(exit, Some(1));
    assert_eq!(report["causes"][0]["id"], "mailbox.access-blocked");
    let last = lines(&printed).pop().unwrap().to_owned();
    let too_short = "wait ended: the next attempt should start 300 ms after the last one";
    assert!(
        last.starts_with("wait ended: the time limit of --wait is reached")
            || last.starts_with(too_short),
        "{printed}"
    );
}

#[test]
fn mailboxes_are_not_checked_again_before_their_cache_can_expire() {
    let begun = Instant::now();
    let tenant = Tenant::start("mailbox-outside-scope", false);
    let (exit, _, printed) = check(&tenant, &["--wait", "10m"]);
    assert!(begun.elapsed() < Duration::from_mins(1));
    assert_eq!(exit, Some(1));
    let last = lines(&printed).pop().unwrap().to_owned();
    assert!(
        last.contains("the time limit of --wait comes first") && last.contains("30 min"),
        "{last}"
    );
}

#[test]
fn every_attempt_requests_a_token_of_its_own() {
    let tenant = Tenant::start("wait-becomes-effective", false);
    let (exit, _, printed) = check(&tenant, &["--wait", "60s", "--wait-pause", "1s"]);
    assert_eq!(exit, Some(0), "{printed}");
    let traffic = std::fs::read_to_string(tenant.folder.path().join("traffic.jsonl")).unwrap();
    let requests = traffic
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let tokens = requests.filter(is_for_a_token).count();
    let (_, single, _) = demo(&["wait-becomes-effective"]);
    let urls = single["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["url"].as_str().unwrap());
    let once = urls
        .filter(|url| url.ends_with("/oauth2/v2.0/token"))
        .count();
    assert!(
        once > 0 && tokens >= 2 * once && tokens.is_multiple_of(once),
        "{tokens} tokens, {once} in one attempt"
    );
}

#[test]
fn wrong_uses_of_the_options_are_exit_2() {
    let folder = TempDir::new().unwrap();
    let refused = |arguments: &[&str]| {
        program(folder.path())
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(refused(&["demo", "--wait", "soon"]), Some(2));
    assert_eq!(refused(&["demo", "--wait-pause", "1s"]), Some(2));
    let mail = [
        "check",
        "--wait",
        "1m",
        "--allow-write",
        "mail",
        "--to",
        "admin@contoso.com",
    ];
    assert_eq!(refused(&mail), Some(2));
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_a_pause_still_writes_the_last_report() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let (tenant, folder) = (
        Tenant::start("mailbox-outside-scope", false),
        TempDir::new().unwrap(),
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
    command
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.args(["check", "--format", "json", "--wait", "2h", "--config"]);
    command
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(tenant.addresses());
    let mut process = command.spawn().unwrap();
    let mut printed = BufReader::new(process.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(printed.any(|line| line.ends_with("next attempt in 30 min")));
    let killed = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert!(printed.any(|line| line.ends_with("wait ended: interrupted")));
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["interrupted"], true);
    assert_eq!(report["summary"]["exit_code"], 130);
    assert_eq!(report["summary"]["verdict"], "not-ready");
    assert_eq!(report["causes"][0]["id"], "mailbox.outside-scope");
}

/// Whether a recorded request is a token request.
fn is_for_a_token(recorded: &Value) -> bool {
    recorded["url"]
        .as_str()
        .unwrap()
        .ends_with("/oauth2/v2.0/token")
}
