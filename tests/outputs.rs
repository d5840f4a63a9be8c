//! What a run writes and reads: outputs are checked before the first request, a result is never lost, inputs are never
//! replaced, and nothing that others send steers a terminal or takes the square of its length.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command as Process, Output, Stdio};
use std::time::{Duration, Instant};

use rx_preflight::report::Report;
use rx_preflight::report::redact::{RedactionKey, redact};
use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

/// Runs the program and expects exit 2 and nothing on standard output.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    message
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A folder with two reports of `demo` in it.
fn folder_with_reports() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (scenario, file) in [
        ("graph-ready", "ready.json"),
        ("ews-disabled", "not-ready.json"),
    ] {
        run(folder.path(), &["demo", scenario, "-q", "-o", file]);
    }
    folder
}

/// A settings file that points nowhere, with its secret.
fn write_settings(folder: &Path) {
    fs::write(
        folder.join("secret.txt"),
        "abc8Q~0123456789012345678901234567890123",
    )
    .unwrap();
    fs::set_permissions(folder.join("secret.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    let settings = "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\n\
                    oauth_client_id = \"9a41d1a0-0000-4000-8000-000000000000\"\n\
                    oauth_client_secret = { file = \"secret.txt\" }\nrooms_file = \"rooms.txt\"\n";
    fs::write(folder.join("rx-preflight.toml"), settings).unwrap();
    fs::write(folder.join("rooms.txt"), "aurora@contoso.com\n").unwrap();
}

/// Every service is a port at which nothing listens.
const NOWHERE: [&str; 6] = [
    "--login-url",
    "http://127.0.0.1:9",
    "--graph-url",
    "http://127.0.0.1:9/v1.0",
    "--ews-url",
    "http://127.0.0.1:9/EWS/Exchange.asmx",
];

#[test]
fn a_target_that_cannot_be_written_is_exit_2_before_anything_else_and_names_the_folder() {
    let folder = folder_with_reports();
    let path = folder.path();
    write_settings(path);
    fs::create_dir(path.join("sub.json")).unwrap();
    let commands: [&[&str]; 5] = [
        &["check"],
        &["demo"],
        &["report", "ready.json"],
        &["report", "ready.json", "--redact"],
        &["diff", "ready.json", "not-ready.json"],
    ];
    for command in commands {
        for (target, expected) in [
            ("none/x.json", "folder none does not exist"),
            ("/proc/x.json", "in folder /proc"),
            ("sub.json", "this is a folder"),
            ("/dev/null/x.json", "folder /dev/null does not exist"),
        ] {
            let message = refused(path, &[command, &["--output", target]].concat());
            assert!(
                message.contains(target) && message.contains(expected),
                "{command:?}: {message}"
            );
            assert!(!message.contains(".tmp"), "{message}");
        }
    }
    for arguments in [
        &["simulate", "--record", "none/x"][..],
        &["simulate", "--tls", "--ca-out", "none/x"],
    ] {
        let message = refused(path, arguments);
        assert!(message.contains("folder none does not exist"), "{message}");
    }
    let message = refused(
        path,
        &["demo", "--redact", "--redaction-map", "none/map.json"],
    );
    assert!(message.contains("folder none does not exist"), "{message}");
    assert!(
        refused(
            path,
            &["diff", "ready.json", "not-ready.json", "-o", "/dev/null"]
        )
        .contains("regular file")
    );
}

#[test]
fn a_report_whose_file_cannot_be_written_after_all_goes_everywhere_else() {
    let tenant = Tenant::start_with("graph-ready", false, &["--latency", "700ms"]);
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for quiet in [false, true] {
        let _ = fs::create_dir(folder.path().join("sub"));
        let mut command = Process::new(env!("CARGO_BIN_EXE_rx-preflight"));
        command.current_dir(folder.path()).args([
            "check",
            "--format",
            "json",
            "-o",
            "sub/x.json",
            "-o",
            "other.html",
        ]);
        command
            .arg("--config")
            .arg(tenant.folder.path().join("rx-preflight.toml"))
            .args(tenant.addresses());
        if quiet {
            command.arg("--quiet");
        }
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(900));
        fs::remove_dir(folder.path().join("sub")).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
        assert!(
            text(&output.stderr).contains("sub/x.json"),
            "{}",
            text(&output.stderr)
        );
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["summary"]["verdict"], "ready");
        assert!(
            fs::read_to_string(folder.path().join("other.html"))
                .unwrap()
                .contains("Ready")
        );
    }
}

#[test]
fn a_report_that_cannot_replace_its_file_is_kept_beside_it_and_printed() {
    let tenant = Tenant::start_with("graph-ready", false, &["--latency", "700ms"]);
    let folder = TempDir::new().unwrap();
    let child = Process::new(env!("CARGO_BIN_EXE_rx-preflight"))
        .current_dir(folder.path())
        .args(["check", "--format", "json", "--quiet", "-o", "tonight.json"])
        .arg("--config")
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(tenant.addresses())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(900));
    // A file of this name is in the way for the whole rest of the run, as one that another program holds open.
    fs::create_dir(folder.path().join("tonight.json")).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    let kept = fs::read(folder.path().join("tonight.unsaved.json")).unwrap();
    for document in [&kept, &output.stdout] {
        let report: Value = serde_json::from_slice(document).unwrap();
        assert_eq!(report["summary"]["verdict"], "ready");
    }
    let message = text(&output.stderr);
    let place = "the complete document was kept as tonight.unsaved.json";
    assert!(message.contains(place), "{message}");
    assert_eq!(
        names(folder.path()),
        ["tonight.json", "tonight.unsaved.json"]
    );
}

#[test]
fn a_run_that_the_system_ends_leaves_its_report_in_every_output() {
    let tenant = Tenant::start_with("graph-ready", false, &["--latency", "5s"]);
    for signal in ["TERM", "HUP"] {
        let folder = TempDir::new().unwrap();
        let child = Process::new(env!("CARGO_BIN_EXE_rx-preflight"))
            .current_dir(folder.path())
            .args(["check", "--format", "json", "-o", "tonight.json"])
            .arg("--config")
            .arg(tenant.folder.path().join("rx-preflight.toml"))
            .args(tenant.addresses())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(900));
        let sent = Process::new("kill")
            .args([&format!("-{signal}"), &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal}");
        let written = fs::read(folder.path().join("tonight.json")).unwrap();
        for document in [&written, &output.stdout] {
            let report: Value = serde_json::from_slice(document).unwrap();
            assert_eq!(report["interrupted"], true, "{signal}");
            assert_eq!(report["summary"]["exit_code"], 130, "{signal}");
        }
    }
}

#[test]
fn no_output_replaces_an_input() {
    let folder = folder_with_reports();
    let path = folder.path();
    write_settings(path);
    fs::hard_link(path.join("rooms.txt"), path.join("hard.txt")).unwrap();
    symlink("secret.txt", path.join("link.txt")).unwrap();
    let kept: Vec<Vec<u8>> = names(path)
        .iter()
        .map(|name| fs::read(path.join(name)).unwrap())
        .collect();
    for target in ["secret.txt", "./rooms.txt", "hard.txt", "link.txt"] {
        let arguments = [&["check", "--output", target][..], &NOWHERE].concat();
        let message = refused(path, &arguments);
        assert!(
            message.contains("overwrite a file that this run reads"),
            "{target}: {message}"
        );
    }
    for arguments in [
        &["report", "ready.json", "-o", "./ready.json"][..],
        &[
            "report",
            "ready.json",
            "--redact",
            "--redaction-map",
            "ready.json",
        ],
        &[
            "diff",
            "ready.json",
            "not-ready.json",
            "-o",
            "not-ready.json",
        ],
        &[
            "report",
            "ready.json",
            "--redact",
            "--redaction-map",
            "m.json",
            "-o",
            "./m.json",
        ],
    ] {
        refused(path, arguments);
    }
    let now: Vec<Vec<u8>> = names(path)
        .iter()
        .map(|name| fs::read(path.join(name)).unwrap())
        .collect();
    assert_eq!(now, kept);
}

#[test]
fn a_check_that_cannot_start_leaves_no_earlier_report_in_its_place() {
    let folder = folder_with_reports();
    let path = folder.path();
    write_settings(path);
    let yesterday = fs::read(path.join("ready.json")).unwrap();
    fs::write(path.join("notes.txt"), "something else").unwrap();
    fs::write(path.join("broken.toml"), "[system\n").unwrap();
    let arguments = [
        "check",
        "--config",
        "broken.toml",
        "-o",
        "ready.json",
        "-o",
        "notes.txt",
        "-o",
        "secret.txt",
    ];
    let message = refused(path, &arguments);
    assert!(message.contains("ready.previous.json"), "{message}");
    assert!(!path.join("ready.json").exists());
    assert_eq!(
        fs::read(path.join("ready.previous.json")).unwrap(),
        yesterday
    );
    assert_eq!(
        fs::read_to_string(path.join("notes.txt")).unwrap(),
        "something else"
    );
    assert!(path.join("secret.txt").exists());
    assert!(
        !refused(path, &arguments).contains("previous"),
        "nothing is left to be moved"
    );
}

#[test]
fn endless_and_blocking_files_are_clear_errors() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    write_settings(path);
    assert!(
        Process::new("mkfifo")
            .arg(path.join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    for (file, expected) in [
        ("/dev/zero", "a device"),
        ("pipe", "a named pipe"),
        (".", "a folder"),
    ] {
        for option in [
            &["check", "--config"][..],
            &["check", "--client-secret-file"],
            &["check", "--rooms"],
            &["check", "--ca-file"],
            &["report"],
            &["diff", "rooms.txt"],
            &["diff"],
            &["demo", "--redact", "--redaction-map"],
        ] {
            let mut arguments = [option, &[file]].concat();
            if arguments == ["diff", file] {
                arguments.push("rooms.txt");
            }
            let message = refused(path, &arguments);
            let is_map =
                arguments.contains(&"--redaction-map") && message.contains("not a regular file");
            let is_first = arguments.contains(&"rooms.txt") && message.contains("rooms.txt");
            assert!(
                message.contains(expected) || is_map || is_first,
                "{arguments:?}: {message}"
            );
        }
    }
    let stdin = Stdio::from(fs::File::open("/dev/zero").unwrap());
    let mut command = Process::new(env!("CARGO_BIN_EXE_rx-preflight"));
    let output = command
        .current_dir(path)
        .args(["check", "--client-secret-file", "-"])
        .stdin(stdin)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("more than 1 MB"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_is_not_a_report_is_named_in_the_words_of_check() {
    let folder = TempDir::new().unwrap();
    write_settings(folder.path());
    for arguments in [
        ["report", "none.json"].as_slice(),
        &["diff", "none.json", "none.json"],
    ] {
        assert!(
            refused(folder.path(), arguments)
                .contains("cannot read none.json: there is no such file")
        );
    }
    let message = refused(folder.path(), &["report", "rx-preflight.toml"]);
    assert!(
        message.contains("this is not JSON") && message.contains("check --output report.json"),
        "{message}"
    );
}

#[test]
fn a_secret_file_that_others_can_read_gets_a_note() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    write_settings(path);
    let noted = |mode: u32| {
        fs::set_permissions(path.join("secret.txt"), fs::Permissions::from_mode(mode)).unwrap();
        let output = run(
            path,
            &[&["check", "--only", "settings", "-q"][..], &NOWHERE].concat(),
        );
        text(&output.stderr).contains("other users of this machine can read the secret file")
    };
    assert!(!noted(0o600));
    assert!(noted(0o644) && noted(0o604) && noted(0o640));
}

#[test]
fn a_map_that_others_can_write_is_refused_and_a_link_is_named() {
    let folder = folder_with_reports();
    let path = folder.path();
    let redacted = |map: &str| {
        run(
            path,
            &[
                "report",
                "ready.json",
                "--redact",
                "--redaction-map",
                map,
                "-q",
            ],
        )
    };
    assert_eq!(redacted("map.json").status.code(), Some(0));
    symlink("map.json", path.join("link.json")).unwrap();
    let output = redacted("link.json");
    assert!(
        output.status.success() && text(&output.stderr).contains("is a link to"),
        "{}",
        text(&output.stderr)
    );
    fs::set_permissions(path.join("map.json"), fs::Permissions::from_mode(0o666)).unwrap();
    for map in ["map.json", "link.json"] {
        let output = redacted(map);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains("is writable by other users"),
            "{}",
            text(&output.stderr)
        );
    }
    // A secret in quotes in the place of the map is not quoted.
    fs::write(
        path.join("secret.txt"),
        "\"abc8Q~0123456789012345678901234567890123\"",
    )
    .unwrap();
    fs::set_permissions(path.join("secret.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!text(&redacted("secret.txt").stderr).contains("8Q~"));
}

#[test]
fn too_few_file_handles_are_an_error_and_no_panic() {
    let folder = TempDir::new().unwrap();
    for limit in [4, 6, 8, 10, 12, 16, 20, 24] {
        let script = format!(
            "ulimit -n {limit}; exec {} demo graph-ready --brief",
            env!("CARGO_BIN_EXE_rx-preflight")
        );
        let output = Process::new("sh")
            .current_dir(folder.path())
            .args(["-c", &script])
            .output()
            .unwrap();
        let message = text(&output.stderr);
        assert_ne!(output.status.code(), Some(101), "{limit}: {message}");
        assert!(!message.contains("panicked"), "{limit}: {message}");
        assert!(
            output.status.code() != Some(5) || message.contains("ulimit -n") || limit < 6,
            "{limit}: {message}"
        );
    }
}

/// What steers a terminal, turns the direction of reading, or is not seen.
const HOSTILE: &str = "\u{1b}[31m\u{7}\u{202e}\u{9b}\u{200b}\u{85}\u{feff}\n\rFAKE";

fn is_clean(output: &Output, own_lines: bool, about: &str) {
    for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let shown = String::from_utf8(bytes.clone()).unwrap();
        // Windows PowerShell needs a byte order mark at the start of a script, and scripts have its line breaks.
        let shown = shown
            .strip_prefix('\u{feff}')
            .unwrap_or(&shown)
            .replace("\r\n", "\n");
        let steers =
            |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{feff}".contains(c);
        assert!(
            !shown.contains(steers),
            "{about}, {stream}: {:?}",
            shown.chars().find(|c| steers(*c))
        );
        if own_lines {
            assert!(
                !shown.lines().any(|line| line.starts_with("FAKE")),
                "{about}, {stream}: {shown}"
            );
        }
    }
    assert_ne!(output.status.code(), Some(101), "{about}");
}

/// The places of all texts, one of each kind: numbers in arrays count once.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| {
                places(
                    value,
                    &format!("{place}/{}", name.replace('/', "~1")),
                    found,
                );
            });
        }
        Value::Array(items) => {
            items
                .iter()
                .take(2)
                .enumerate()
                .for_each(|(at, value)| places(value, &format!("{place}/{at}"), found));
        }
        Value::String(_) => found.push(place.to_owned()),
        _ => {}
    }
}

/// The place without the numbers of its items.
fn kind_of(place: &str) -> String {
    place
        .split('/')
        .filter(|part| part.parse::<usize>().is_err())
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn a_foreign_report_steers_no_terminal_whatever_its_fields_hold() {
    let folder = folder_with_reports();
    let path = folder.path();
    let report: Value =
        serde_json::from_slice(&fs::read(path.join("not-ready.json")).unwrap()).unwrap();
    let mut all = Vec::new();
    places(&report, "", &mut all);
    all.sort_by_key(|place| kind_of(place));
    all.dedup_by_key(|place| kind_of(place));
    assert!(all.len() > 60, "{}", all.len());
    let mut readable = report.clone();
    for place in &all {
        let mut changed = report.clone();
        let field = changed.pointer_mut(place).unwrap();
        *field = Value::from(format!("{}{HOSTILE}", field.as_str().unwrap_or_default()));
        fs::write(path.join("hostile.json"), changed.to_string()).unwrap();
        let output = run(path, &["report", "hostile.json", "-v"]);
        is_clean(&output, true, place);
        // A redacted report is compared with redacted ones only.
        if output.status.code() != Some(2) && !place.starts_with("/redaction") {
            *readable.pointer_mut(place).unwrap() = changed.pointer(place).unwrap().clone();
        }
    }
    // All fields that a report may hold any text in, at the same time, in every other command and format.
    fs::write(path.join("hostile.json"), readable.to_string()).unwrap();
    for arguments in [
        &["report", "hostile.json", "--brief"][..],
        &["report", "hostile.json", "--plain", "-v"],
        &["report", "hostile.json", "--format", "json"],
        &["report", "hostile.json", "--format", "markdown"],
        &["report", "hostile.json", "--format", "html"],
        &["report", "hostile.json", "--format", "junit"],
        &["report", "hostile.json", "--for", "admin"],
        &[
            "report",
            "hostile.json",
            "--for",
            "admin",
            "--format",
            "powershell",
        ],
        &["report", "hostile.json", "--rediagnose"],
        &["report", "hostile.json", "--redact"],
        &["diff", "hostile.json", "ready.json"],
        &["diff", "ready.json", "hostile.json", "--format", "markdown"],
        &["diff", "ready.json", "hostile.json", "--format", "json"],
    ] {
        let output = run(path, arguments);
        assert_ne!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        is_clean(&output, false, &format!("{arguments:?}"));
    }
}

#[test]
fn settings_names_and_pasted_texts_steer_no_terminal() {
    let folder = folder_with_reports();
    let path = folder.path();
    let odd = "\u{1b}[31m\u{7}\u{202e}\u{200b}\nFAKE.json";
    fs::copy(path.join("ready.json"), path.join(odd)).unwrap();
    fs::write(path.join("odd-not.json"), "{}").unwrap();
    let missing = format!("none{HOSTILE}.json");
    for arguments in [
        &["report", odd, "--redact", "-q"][..],
        &["report", &missing],
        &["report", "ready.json", "-q", "-o", odd],
        &["report", "ready.json", "--redact", "--redaction-map", odd],
        &["diff", &missing, odd],
        &["diff", "ready.json", "not-ready.json", "-o", &missing],
        &["check", "--config", &missing],
        &[
            "check",
            "--client-secret-file",
            &missing,
            "--tenant-id",
            "a",
            "--client-id",
            "b",
        ],
        &[
            "check",
            "--rooms",
            &missing,
            "--tenant-id",
            "a",
            "--client-id",
            "b",
        ],
        &["check", "--ca-file", &missing],
        &["demo", "-q", "-o", &format!("none{HOSTILE}/x.json")],
        &["demo", &missing],
        &["explain", HOSTILE],
    ] {
        is_clean(&run(path, arguments), true, &format!("{arguments:?}"));
    }
    let steering = "\u{7}\u{8}\u{9b}31m\u{202e}";
    for arguments in [
        &["check", "--format", steering][..],
        &["check", &format!("--{steering}")],
        &[&format!("check{steering}")],
        &["man", &format!("\u{1b}]0;x{steering}")],
    ] {
        is_clean(&run(path, arguments), false, &format!("{arguments:?}"));
    }
    let quoted = serde_json::to_string(HOSTILE).unwrap();
    for line in [
        format!("product_version = {quoted}"),
        format!("cloud = {quoted}"),
        format!("{quoted} = 1"),
        format!("[system]\nuse_graph_api = {quoted}"),
        format!("[system]\noauth_client_secret = {{ env = {quoted} }}"),
        format!("[system]\noauth_client_secret = {{ file = {quoted} }}"),
        format!(
            "[system]\nrooms_file = {quoted}\noauth_client_secret = {{ file = \"odd-not.json\" }}"
        ),
        format!("[[location]]\nname = {quoted}\n[[location]]\nname = {quoted}"),
        format!("cloud = \"x{HOSTILE}"),
    ] {
        fs::write(path.join("hostile.toml"), &line).unwrap();
        let output = run(
            path,
            &[&["check", "--config", "hostile.toml"][..], &NOWHERE].concat(),
        );
        is_clean(&output, true, &line);
    }
    for pasted in [
        format!("AADSTS7000215{HOSTILE}: x {HOSTILE}"),
        format!("eyJ{HOSTILE}"),
        HOSTILE.to_owned(),
    ] {
        for command in ["explain", "token"] {
            let output = program(path)
                .arg(command)
                .write_stdin(pasted.clone())
                .output()
                .unwrap();
            is_clean(&output, true, command);
        }
    }
}

/// The shortest of three runs.
fn shortest(mut work: impl FnMut()) -> Duration {
    let times = (0..3).map(|_| {
        let started = Instant::now();
        work();
        started.elapsed()
    });
    times.min().unwrap()
}

#[test]
fn ten_times_as_much_foreign_text_takes_no_square_of_the_time() {
    let folder = folder_with_reports();
    let bytes = fs::read(folder.path().join("ready.json")).unwrap();
    let key = RedactionKey::new(vec![42; RedactionKey::SHORTEST]).unwrap();
    for pattern in [
        "mailbox.",
        "Exchange Online ",
        "mailbox ",
        "'mailbox' ",
        "zorgon ",
        "a@b.",
        "ErrorAccessDenied",
        "1.",
    ] {
        let time = |length: usize| {
            let mut report = Report::from_json(&bytes).unwrap();
            let text: String = pattern.chars().cycle().take(length).collect();
            report.requests[0]
                .headers
                .insert("x-ms-diagnostics".into(), text);
            shortest(|| drop(redact(&report, &key, &std::collections::BTreeMap::new())))
        };
        let (base, small, large) = (time(0), time(3_000), time(30_000));
        // Ten times the text would take a hundred times as long, if the time were its square.
        let floor = Duration::from_millis(20);
        let allowed = small.saturating_sub(base).max(floor) * 40;
        assert!(
            large.saturating_sub(base) < allowed,
            "{pattern}: {base:?} {small:?} {large:?}"
        );
    }
}
