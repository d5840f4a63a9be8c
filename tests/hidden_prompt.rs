//! Signals at the hidden prompt for a secret: the terminal works afterwards, and no old report looks like a new one.

#![cfg(target_os = "linux")]

use std::fs;

use support::at_terminal::AtTerminal;
use tempfile::TempDir;

mod support;

const SETTINGS: &str = r#"
[system]
use_graph_api = true
oauth_tenant_id = "contoso.com"
oauth_client_id = "9a410000-1111-4222-8333-444455556666"
oauth_client_secret = { prompt = true }
rooms = ["aurora@contoso.com"]
"#;
const PROMPT: &str = "(hidden while you type): ";
const OLD_REPORT: &str = r#"{"tool": {"name": "rx-preflight"}}"#;

/// The ways to end the program: a key, and the signals of the system.
enum End {
    Key,
    Signal(&'static str),
}

/// A run that was started with `nohup` ignores HUP, so that signal is not one of them.
const ENDS: [End; 2] = [End::Key, End::Signal("TERM")];

fn end(session: &mut AtTerminal, end: &End) {
    match end {
        End::Key => session.press("\u{3}"),
        End::Signal(name) => session.signal(name),
    }
}

#[test]
fn check_restores_the_terminal_and_moves_the_old_report() {
    for way in &ENDS {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("rx-preflight.toml"), SETTINGS).unwrap();
        fs::write(folder.path().join("tonight.json"), OLD_REPORT).unwrap();
        let mut session = AtTerminal::start(folder.path(), "check", "-o tonight.json");
        session.wait_for(PROMPT);
        session.wait_until_hidden();
        end(&mut session, way);
        let restored = session.is_restored_at_end();
        let (exit, stdout, shown) = session.end();
        assert!(restored, "{shown}");
        assert_eq!((exit, stdout.as_str()), (Some(130), ""), "{shown}");
        assert!(
            shown.contains("interrupted; nothing was written"),
            "{shown}"
        );
        let moved = folder.path().join("tonight.previous.json");
        assert_eq!(fs::read_to_string(moved).unwrap(), OLD_REPORT);
        assert!(!folder.path().join("tonight.json").exists());
    }
}

#[test]
fn init_restores_the_terminal_and_writes_nothing() {
    for way in &ENDS {
        let folder = TempDir::new().unwrap();
        let options = "--offline --api graph --tenant-id contoso.com --client-id 9a410000-1111-4222-8333-444455556666";
        let mut session = AtTerminal::start(folder.path(), "init", options);
        session.enter("[prompt]: ", "file\n");
        session.enter("[client-secret.txt]: ", "\n");
        session.wait_for("(hidden; Enter: add the file later): ");
        session.wait_until_hidden();
        end(&mut session, way);
        let restored = session.is_restored_at_end();
        let (exit, _, shown) = session.end();
        assert!(restored, "{shown}");
        assert_eq!(exit, Some(130), "{shown}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_empty_line_is_an_error_with_the_next_step() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rx-preflight.toml"), SETTINGS).unwrap();
    let mut session = AtTerminal::start(folder.path(), "check", "");
    session.wait_for(PROMPT);
    session.wait_until_hidden();
    session.press("\n");
    let (exit, _, shown) = session.end();
    assert_eq!(exit, Some(2), "{shown}");
    assert!(shown.contains("paste the value of the secret"), "{shown}");
}
