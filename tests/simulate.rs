//! `simulate` for other clients: large estates, latency, limits, and what was served.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
#[cfg(unix)]
use std::path::Path;

use rx_preflight::cli::play;
use rx_preflight::simulator::Scenario;
use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

/// A moment at which EWS is still there.
const MOMENT: &str = "2026-11-23T08:00:00Z";

/// Checks a tenant with the settings that it wrote.
fn check(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let output = tenant
        .check(folder.path())
        .args(["--format", "json"])
        .args(options)
        .output()
        .unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

#[cfg(unix)]
fn passed(report: &Value, check: &str) -> usize {
    let rows = report["results"].as_array().unwrap().iter();
    rows.filter(|row| row["check"] == check && row["outcome"] == "pass")
        .count()
}

#[cfg(unix)]
#[test]
fn an_estate_of_any_size_is_served_with_one_request_per_mailbox_at_a_time() {
    let tenant = Tenant::start_with("graph-ready", false, &["--rooms", "40", "--latency", "5ms"]);
    let rooms = fs::read_to_string(tenant.folder.path().join("rooms.csv")).unwrap();
    assert_eq!(
        (rooms.lines().count(), rooms.lines().last()),
        (41, Some("room-00040@contoso.com"))
    );
    let (exit, report) = check(&tenant, &[]);
    assert_eq!(
        (exit, passed(&report, "mailbox.calendar-write")),
        (Some(0), 43)
    );
    let requests = report["requests"].as_array().unwrap();
    assert!(
        requests
            .iter()
            .all(|request| request["ms"].as_u64().unwrap() >= 5),
        "every response takes so long"
    );
    let output_text = tenant.interrupt();
    let expected = format!("graph {} (0 throttled", requests.len() - 3);
    assert!(
        output_text.contains("discovery 1, sign-in 2") && output_text.contains(&expected),
        "a token for each API: {output_text}"
    );
    assert!(
        output_text.contains("1 per mailbox), exchange 0"),
        "{output_text}"
    );
}

#[cfg(unix)]
#[test]
fn limits_of_the_command_line_throttle() {
    let limits = [
        "--throttle-in-flight",
        "1",
        "--throttle-every",
        "3",
        "--throttle-retry-after",
        "60",
    ];
    let tenant = Tenant::start_with(
        "graph-ready",
        false,
        &[&limits[..], &["--latency", "20ms"]].concat(),
    );
    let (_, report) = check(&tenant, &["--concurrency", "8"]);
    let turned_away = report["requests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["status"] == 429)
        .count();
    assert!(turned_away > 0, "{}", report["summary"]);
    let output_text = tenant.interrupt();
    assert!(
        output_text.contains(&format!("({turned_away} throttled")),
        "{turned_away} are not in {output_text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_may_count_its_rooms() {
    let path = support::folder("fixtures/scenarios").join("ews-ready.toml");
    let text = fs::read_to_string(path).unwrap().replace(
        "[tenant]",
        "[tenant]\nmore_rooms = { count = 60, refused = 9 }",
    );
    let scenario = Scenario::parse("ews-ready", &text).unwrap();
    let report = play(
        scenario,
        Some(MOMENT.parse().unwrap()),
        std::future::pending(),
    )
    .await
    .unwrap()
    .report;
    let refused: Vec<&str> = report
        .results
        .iter()
        .filter(|row| row.check.as_str() == "mailbox.impersonation" && row.cause.is_some())
        .map(|row| row.subject.as_str())
        .collect();
    assert_eq!(
        (refused.len(), refused[0], refused[8]),
        (9, "room-00052@contoso.com", "room-00060@contoso.com")
    );
    assert_eq!(report.target.connections[0].rooms, 63);
}

/// A script may stop the tenant as soon as it has read the line.
#[cfg(unix)]
#[test]
fn a_tenant_that_is_stopped_immediately_still_prints_what_it_served() {
    for _ in 0..5 {
        let output_text = Tenant::start("graph-ready", false).interrupt();
        assert!(output_text.contains("sign-in 0"), "{output_text:?}");
    }
}

/// A service manager sends the one, a terminal that is closed the other.
#[cfg(unix)]
#[test]
fn a_tenant_stops_on_every_signal_that_ends_a_run() {
    for signal in ["TERM", "HUP"] {
        let output_text = Tenant::start("graph-ready", false).stop_with(signal);
        assert!(
            output_text.contains("sign-in 0"),
            "{signal}: {output_text:?}"
        );
    }
}

/// Runs a line as it was printed, in a shell and in another folder.
#[cfg(unix)]
fn pasted(line: &str) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let mut shell = std::process::Command::new("sh");
    let output = shell
        .current_dir(folder.path())
        .args(["-c", &format!("{line} --format json")])
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (
        output.status.code(),
        report.unwrap_or_else(|error| panic!("{error}: {output:?}")),
    )
}

/// Whether every address that a report names leads to this machine.
fn contacted_only_this_machine(report: &Value) -> bool {
    let requests = report["requests"].as_array().unwrap();
    !requests.is_empty()
        && requests.iter().all(|request| {
            let url = url::Url::parse(request["url"].as_str().unwrap()).unwrap();
            matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
        })
}

#[cfg(unix)]
#[test]
fn the_printed_line_checks_the_tenant_when_it_is_pasted_into_a_shell() {
    let outside = TempDir::new().unwrap();
    for (scenario, tls, folder, exit) in [
        ("graph-ready", false, "plain", 0),
        ("graph-ready", true, "with spaces and 'quotes'", 0),
        ("mailbox-expect-denied-holds", false, "a $HOME b", 0),
        ("rooms-from-tenant", false, "x;y&z", 0),
        ("network-proxy-refused", false, "p", 3),
        ("contoso-go-live", true, "!", 1),
    ] {
        let (folder, ca) = (
            outside.path().join(folder),
            outside.path().join("authority of the tenant.pem"),
        );
        let mut options = vec!["--settings-out", folder.to_str().unwrap()];
        if tls {
            options.extend(["--tls", "--ca-out", ca.to_str().unwrap()]);
        }
        let tenant = Tenant::with_options(scenario, &options);
        let lines = tenant
            .lines
            .iter()
            .filter(|line| line.contains("--login-url"))
            .count();
        assert_eq!(
            (
                lines,
                tenant
                    .lines
                    .iter()
                    .any(|line| line.trim_start().starts_with("--"))
            ),
            (1, false)
        );
        let (code, report) = pasted(tenant.lines.last().unwrap());
        assert_eq!(code, Some(exit), "{scenario}: {:?}", tenant.lines);
        assert!(
            exit == 3 || contacted_only_this_machine(&report),
            "{scenario}: {}",
            report["requests"]
        );
    }
}

/// The settings belong to a tenant that does not exist: they must never lead a check to Microsoft.
#[test]
fn a_check_in_the_settings_folder_contacts_only_this_machine() {
    for tls in [false, true] {
        let tenant = Tenant::start("graph-ready", tls);
        let folder = TempDir::new().unwrap();
        for entry in fs::read_dir(tenant.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        let run = || {
            program(folder.path())
                .args(["check", "--format", "json"])
                .output()
                .unwrap()
        };
        let output = run();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{report}");
        assert!(
            contacted_only_this_machine(&report),
            "{}",
            report["requests"]
        );
        let note = String::from_utf8(output.stderr).unwrap();
        assert!(
            note.contains("[endpoints]") && note.contains("no request goes to Microsoft"),
            "{note}"
        );
        if !tls {
            drop(tenant);
            let output = run();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(3), "{report}");
            assert!(
                contacted_only_this_machine(&report),
                "{}",
                report["requests"]
            );
        }
    }
}

/// Also where the way to a service is broken, and its address is therefore not one of this machine.
#[test]
fn the_settings_of_every_broken_way_are_accepted_by_a_check() {
    let mut played = 0;
    for entry in fs::read_dir("fixtures/scenarios").unwrap() {
        let path = entry.unwrap().path();
        let is_scenario = path
            .extension()
            .is_some_and(|extension| extension == "toml");
        if !is_scenario || !fs::read_to_string(&path).unwrap().contains("\n[network]") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let tenant = Tenant::start(name, false);
        let output = program(tenant.folder.path())
            .args(["check", "--only", "settings", "--brief"])
            .output()
            .unwrap();
        assert_ne!(
            output.status.code(),
            Some(2),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        played += 1;
    }
    assert!(played > 5, "{played} scenarios");
}

#[cfg(unix)]
#[test]
fn files_of_someone_else_are_never_replaced_and_secrets_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    const FILES: [&str; 3] = ["rx-preflight.toml", "rx_client_secret.txt", "rooms.csv"];
    let options = |folder: &Path| {
        vec![
            "--rooms".to_owned(),
            "2".to_owned(),
            "--settings-out".to_owned(),
            folder.display().to_string(),
        ]
    };
    for name in FILES {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), "mine").unwrap();
        let output = program(folder.path())
            .args(["simulate", "graph-ready"])
            .args(options(folder.path()))
            .output()
            .unwrap();
        let output_text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{output_text}");
        assert!(
            output_text.contains(name) && output_text.contains("`simulate` did not write it"),
            "{output_text}"
        );
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            "mine"
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing else is written"
        );
    }
    let folder = TempDir::new().unwrap();
    let options = options(folder.path());
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    drop(Tenant::with_options("graph-ready", &options));
    for name in FILES {
        let mode = fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    drop(Tenant::with_options("graph-ready", &options));
    fs::write(folder.path().join("rx_berlin_secret.txt"), "mine").unwrap();
    let again = program(folder.path())
        .args(["simulate", "--settings-out", "."])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(folder.path().join("rx_berlin_secret.txt")).unwrap(),
        "mine"
    );
}

#[test]
fn no_two_outputs_of_simulate_are_one_file_and_each_is_checked_before_it_listens() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    for arguments in [
        &["--record", "x", "--tls", "--ca-out", "x"][..],
        &["--record", "s/rx-preflight.toml", "--settings-out", "s"],
        &[
            "--tls",
            "--ca-out",
            "s/rx_client_secret.txt",
            "--settings-out",
            "s",
        ],
        &["--settings-out", "file"],
        &["--settings-out", "file/below"],
    ] {
        let output = program(folder.path())
            .args(["simulate", "graph-ready"])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("s")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_scenario_is_served_in_its_state_after_the_fix() {
    let causes = |tenant: &Tenant| check(tenant, &[]).1["causes"].clone();
    let is_named = |causes: &Value| {
        causes
            .as_array()
            .unwrap()
            .iter()
            .any(|cause| cause["id"] == "mailbox.outside-access-policy")
    };
    let before = Tenant::start("contoso-go-live", false);
    let after = Tenant::start_with("contoso-go-live", false, &["--after"]);
    assert!(is_named(&causes(&before)) && !is_named(&causes(&after)));
    assert!(
        after.lines[0].contains("contoso-go-live, after the fix"),
        "{:?}",
        after.lines
    );
}

#[test]
fn a_scenario_without_a_state_after_the_fix_names_others_that_have_one() {
    let folder = TempDir::new().unwrap();
    let list = program(folder.path())
        .args(["demo", "--list", "--after"])
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains(&"contoso-go-live") && !names.contains(&"graph-ready"),
        "{list}"
    );
    for command in ["demo", "simulate"] {
        let output = program(folder.path())
            .args([command, "graph-ready", "--after"])
            .output()
            .unwrap();
        let output_text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{output_text}");
        assert!(
            output_text.contains(&format!("lists all {}", names.len())),
            "{output_text}"
        );
        let proposed: Vec<&str> = output_text
            .split('`')
            .filter(|word| names.contains(word))
            .collect();
        assert!(!proposed.is_empty(), "{output_text}");
        let output = program(folder.path())
            .args([command, "contoso-golive", "--after"])
            .output()
            .unwrap();
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("Did you mean `contoso-go-live`?")
        );
    }
}

/// The lines of the documentation that play a fix are run as they are printed there.
#[cfg(unix)]
#[test]
fn the_recipe_of_the_documentation_shows_a_fix() {
    let page = fs::read_to_string(support::folder("docs/simulated-tenant.md")).unwrap();
    let lines: Vec<&str> = page
        .lines()
        .filter(|line| line.contains("before.json") || line.contains("--after -o"))
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let (folder, bin) = (
        TempDir::new().unwrap(),
        Path::new(env!("CARGO_BIN_EXE_rx-preflight")),
    );
    let path = format!(
        "{}:{}",
        bin.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let mut shell = std::process::Command::new("sh");
    let output = shell
        .current_dir(folder.path())
        .env("PATH", path)
        .args(["-c", &lines.join("\n")])
        .output()
        .unwrap();
    let output_text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{output_text}");
    assert!(
        output_text.contains("mailbox.outside-access-policy"),
        "{output_text}"
    );
    let compared = program(folder.path())
        .args(["diff", "before.json", "after.json", "--format", "json"])
        .output()
        .unwrap();
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert_eq!(
        compared["mended"][0]["id"], "mailbox.outside-access-policy",
        "{compared}"
    );
    assert_eq!(
        (
            compared["direction"].as_str(),
            compared["new"].as_array().unwrap().len()
        ),
        (Some("better"), 0)
    );
}
