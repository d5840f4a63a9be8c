//! Where a report goes: `--output` adds files and means the same for every command, `--quiet` empties standard output, and
//! `--redact` covers everything that can be handed on while the person at the terminal can still read.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use support::program;
use tempfile::TempDir;

mod support;

/// Names of the simulated customer that a redacted document must not hold.
const NAMES: [&str; 3] = ["contoso.com", "aurora", "11111111-2222"];

struct Shown {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Shown {
    fn names_the_customer(&self) -> bool {
        names_the_customer(&self.stdout)
    }
}

fn names_the_customer(text: &str) -> bool {
    NAMES.iter().any(|name| text.contains(name))
}

/// Runs the program with standard output in a pipe.
fn piped(folder: &Path, line: &str) -> Shown {
    let output = program(folder).args(line.split(' ')).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Shown {
        exit: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Runs the program with standard output on a terminal.
fn on_terminal(folder: &Path, line: &str) -> Shown {
    on_terminal_of(folder, line, "C.UTF-8")
}

/// Runs the program with standard output on a terminal of a locale.
fn on_terminal_of(folder: &Path, line: &str, locale: &str) -> Shown {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = rustix::fs::open(
        name.as_c_str(),
        OFlags::RDWR | OFlags::NOCTTY,
        Mode::empty(),
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
    command
        .current_dir(folder)
        .args(line.split(' '))
        .env("NO_COLOR", "1")
        .env("LC_ALL", locale)
        .env("TERM", "xterm");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(terminal)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The parent's end of the terminal is closed with the command, and reading ends when the child has left.
    drop(command);
    let mut screen = File::from(controller);
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = screen.read(&mut piece) {
            bytes.extend_from_slice(&piece[..length]);
        }
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    });
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    let exit = child.wait().unwrap().code();
    Shown {
        exit,
        stdout: reader.join().unwrap(),
        stderr,
    }
}

fn file(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_table_on_a_terminal_stays_readable_beside_redacted_files() {
    let folder = TempDir::new().unwrap();
    let shown = on_terminal(
        folder.path(),
        "demo mailbox-outside-scope --redact -o t.json -o t.html",
    );
    assert_eq!(shown.exit, Some(1));
    assert!(shown.names_the_customer(), "{}", shown.stdout);
    assert!(
        shown
            .stderr
            .contains("t.json, t.html are redacted; the output on the screen is not"),
        "{}",
        shown.stderr
    );
    assert!(
        ["t.json", "t.html"]
            .iter()
            .all(|name| !names_the_customer(&file(folder.path(), name)))
    );
    let shown = on_terminal(
        folder.path(),
        "demo mailbox-outside-scope --redact -o one.json -v",
    );
    assert!(
        shown
            .stderr
            .contains("one.json is redacted; the output on the screen is not"),
        "{}",
        shown.stderr
    );
    // A saved report as well.
    piped(folder.path(), "demo mailbox-outside-scope -q -o full.json");
    let shown = on_terminal(folder.path(), "report full.json --redact -o ticket.json");
    assert!(shown.names_the_customer() && !names_the_customer(&file(folder.path(), "ticket.json")));
}

#[test]
fn everything_that_can_be_handed_on_is_redacted() {
    let folder = TempDir::new().unwrap();
    let demo = "demo mailbox-outside-scope --redact";
    for line in [
        demo.to_owned(),
        format!("{demo} --brief -o a.json"),
        format!("{demo} --format json -o b.html"),
        format!("{demo} --format markdown -o c.json"),
        format!("{demo} --format junit -o d.json"),
    ] {
        let shown = on_terminal(folder.path(), &line);
        assert!(
            !shown.stdout.is_empty() && !shown.names_the_customer(),
            "{line}: {}",
            shown.stdout
        );
        assert!(
            !shown.stderr.contains("the output on the screen is not"),
            "{line}"
        );
    }
    for line in [
        demo.to_owned(),
        format!("{demo} -o e.json"),
        format!("{demo} --format json -o f.html -v"),
    ] {
        let shown = piped(folder.path(), &line);
        assert!(
            !shown.stdout.is_empty() && !shown.names_the_customer(),
            "{line}: {}",
            shown.stdout
        );
        assert!(
            !shown.stderr.contains("the output on the screen is not"),
            "{line}"
        );
    }
    let shown = on_terminal(folder.path(), &format!("{demo} -q -o g.json"));
    assert_eq!(shown.stdout, "");
    assert!(
        !shown.stderr.contains("the output on the screen is not"),
        "{}",
        shown.stderr
    );
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name.starts_with("rx-preflight-redaction-map")
                || !names_the_customer(&file(folder.path(), &name)),
            "{name}"
        );
    }
}

#[test]
fn an_output_is_an_additional_file_for_every_command() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    piped(path, "demo graph-ready -q -o a.json");
    piped(path, "demo ews-disabled -q -o b.json");
    for (line, first, second) in [
        ("demo graph-ready -o 1.json -o 1.md", "1.json", "1.md"),
        ("report a.json -o 2.html -o 2.xml", "2.html", "2.xml"),
        ("diff a.json b.json -o 3.json -o 3.md", "3.json", "3.md"),
        (
            "report b.json --for admin --format markdown -o 4.html -o 4.ps1",
            "4.html",
            "4.ps1",
        ),
    ] {
        let plain = line.split(" -o ").next().unwrap();
        let (with, without) = (piped(path, line), piped(path, plain));
        assert_eq!(with.exit, without.exit, "{line}");
        let is_live = line.starts_with("demo");
        assert!(
            if is_live {
                !with.stdout.is_empty()
            } else {
                with.stdout == without.stdout
            },
            "{line}: {}",
            with.stdout
        );
        assert!(
            !file(path, first).is_empty() && !file(path, second).is_empty(),
            "{line}"
        );
        let quiet = piped(path, &format!("{line} -q"));
        assert_eq!(
            (quiet.stdout.as_str(), quiet.exit),
            ("", with.exit),
            "{line}"
        );
    }
    let changes: serde_json::Value = serde_json::from_str(&file(path, "3.json")).unwrap();
    assert!(changes.is_object());
    assert_eq!(
        file(path, "3.md"),
        piped(path, "diff a.json b.json --format markdown").stdout
    );
    piped(path, "diff a.json b.json -o 5.TXT -q");
    assert_eq!(
        file(path, "5.TXT"),
        piped(path, "diff a.json b.json").stdout
    );
}

#[test]
fn a_hand_over_in_a_file_spares_the_screen() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    piped(path, "demo ews-disabled -q -o b.json");
    let shown = piped(path, "report b.json --for admin -o handover.html");
    assert_eq!((shown.exit, shown.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        shown.stderr.trim_end(),
        "rx-preflight: the hand-over was written to handover.html"
    );
    assert!(file(path, "handover.html").contains("<html"));
    assert_eq!(
        piped(path, "report b.json --for admin -o handover.html -q").stderr,
        ""
    );
    assert!(
        piped(path, "report b.json --for admin")
            .stdout
            .contains("# ")
    );
    assert!(
        piped(
            path,
            "report b.json --for admin --format markdown -o h.html"
        )
        .stdout
        .contains("# ")
    );
    let redacted = piped(path, "report b.json --for admin --redact -o r.md");
    assert!(
        redacted.stdout.is_empty()
            && redacted
                .stderr
                .contains("the hand-over was written to r.md")
    );
    assert!(!names_the_customer(&file(path, "r.md")));
}

#[test]
fn changes_whose_file_cannot_be_written_are_shown() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    piped(path, "demo graph-ready -q -o a.json");
    piped(path, "demo ews-disabled -q -o b.json");
    let script = format!(
        "ulimit -f 0; trap '' XFSZ; exec {} diff a.json b.json -q -o c.md",
        env!("CARGO_BIN_EXE_rx-preflight")
    );
    let output = Command::new("bash")
        .current_dir(path)
        .args(["-c", &script])
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(5), "{stderr}");
    assert!(
        stdout.contains("ews") && stderr.contains("cannot write c.md"),
        "{stdout}{stderr}"
    );
    assert!(
        !stderr.contains(".tmp") && !stderr.contains("os error"),
        "{stderr}"
    );
    assert!(!path.join("c.md").exists());
}

#[test]
fn a_terminal_without_unicode_gets_ascii_and_json_keeps_every_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    piped(path, "demo mailbox-outside-scope -q -o full.json");
    let text = file(path, "full.json").replace("contoso", "größe会");
    fs::write(path.join("full.json"), &text).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let printed = |locale, line| on_terminal_of(path, line, locale).stdout;
    for line in ["report full.json", "report full.json --format json"] {
        assert!(printed("C", line).is_ascii(), "{line}");
        assert!(printed("C.UTF-8", line).contains("größe"), "{line}");
        // A pipe on Unix takes UTF-8.
        assert!(piped(path, line).stdout.contains("größe"), "{line}");
    }
    let json = printed("C", "report full.json --format json");
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["target"], whole["target"]);
    assert!(json.contains("gr\\u00f6\\u00dfe\\u4f1a"));
}
