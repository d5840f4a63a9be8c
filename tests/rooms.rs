//! Lists of rooms as people give them, through the whole program: notes on the screen and in every format, and no verdict
//! about the installation that comes from the form of a list.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use support::program;
use tempfile::TempDir;

mod support;

const NOWHERE: [&str; 4] = [
    "--login-url",
    "http://127.0.0.1:9",
    "--graph-url",
    "http://127.0.0.1:9/v1.0",
];
/// A secret of the current form with a right checksum (Microsoft's own example).
const SECRET: &str = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP";
const SECRET_FILE: &str = "secret.txt";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write_settings(folder: &Path, rooms: &str) {
    fs::write(folder.join(SECRET_FILE), SECRET).unwrap();
    fs::set_permissions(folder.join(SECRET_FILE), fs::Permissions::from_mode(0o600)).unwrap();
    let settings = format!(
        "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\n\
         oauth_client_id = \"9a41d1a0-0000-4000-8000-000000000000\"\n\
         oauth_client_secret = {{ file = \"{SECRET_FILE}\" }}\nrooms = [{rooms}]\n"
    );
    fs::write(folder.join("rx-preflight.toml"), settings).unwrap();
}

/// Runs `check` on the settings alone with a file of rooms.
fn check(folder: &Path, list: &str, more: &[&str]) -> Output {
    write_settings(folder, "\"old@contoso.com\", \"older@contoso.com\"");
    fs::write(folder.join("rooms.txt"), list).unwrap();
    let arguments = [
        &["check", "--only", "settings", "--rooms", "rooms.txt"][..],
        &NOWHERE,
        more,
    ]
    .concat();
    program(folder).args(arguments).output().unwrap()
}

#[test]
fn the_help_and_the_docs_name_the_columns() {
    let folder = TempDir::new().unwrap();
    let help = text(
        &program(folder.path())
            .args(["check", "--help"])
            .output()
            .unwrap()
            .stdout,
    );
    let docs =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md")).unwrap();
    for column in rx_preflight::settings::ROOM_COLUMNS {
        assert!(help.contains(column), "{column} is not in the help");
        assert!(
            docs.contains(&format!("`{column}`")),
            "{column} is not in docs/settings.md"
        );
    }
}

#[test]
fn notes_about_a_list_are_on_the_screen_and_in_every_format() {
    let folder = TempDir::new().unwrap();
    let list = "Hello Kim\nBoard <board@contoso.com>; BOARD@contoso.com\n\nThanks,\nRobin\n";
    let files = ["-o", "r.json", "-o", "r.html", "-o", "r.md"];
    let output = check(folder.path(), list, &files);
    let left_out = "rooms.txt: 3 lines without an address were left out (lines 1, 4 and 5)";
    let repeated = "1 room appears more than once and is checked once";
    let replaced = "2 rooms in rx-preflight.toml were replaced by --rooms";
    let (screen, table) = (text(&output.stderr), text(&output.stdout));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    for note in [left_out, repeated, replaced] {
        assert!(
            screen.contains(&format!("rx-preflight: note: {note}")),
            "{note}: {screen}"
        );
        let one_line = table.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(note), "{note}: {table}");
        assert!(read("r.html").contains(note), "{note}");
        assert!(
            read("r.md").contains(&note.replace('(', "\\(").replace(')', "\\)"))
                || read("r.md").contains(note),
            "{note}: {}",
            read("r.md")
        );
    }
    let json: Value = serde_json::from_str(&read("r.json")).unwrap();
    assert_eq!(json["input_notes"].as_array().unwrap().len(), 3);
    assert_eq!(json["input_notes"][1]["kind"], "line-without-address");
    assert_eq!(
        json["input_notes"][1]["lines"],
        serde_json::json!([1, 4, 5])
    );
    assert_eq!(output.status.code(), Some(0), "{table}");
}

#[test]
fn a_list_never_makes_the_installation_not_ready() {
    for (list, exit) in [
        ("board@contoso.com\nThanks\n", 0),
        ("mail\nboard@contoso.com\nMeeting Room 4\n", 0),
        ("mail\nboard@contoso.com\nlounge@contoso\n", 3),
        ("mail\nlounge@contoso\n", 2),
        ("Thanks\n", 2),
    ] {
        let folder = TempDir::new().unwrap();
        let output = check(folder.path(), list, &[]);
        assert_eq!(
            output.status.code(),
            Some(exit),
            "{list:?}: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        if exit == 2 {
            assert!(
                text(&output.stderr).contains("Export-Csv rooms.csv"),
                "{}",
                text(&output.stderr)
            );
        }
    }
}

#[test]
fn a_malformed_room_of_a_profile_is_still_a_finding() {
    let folder = TempDir::new().unwrap();
    write_settings(folder.path(), "\"board@contoso.com\"");
    let settings = folder.path().join("rx-preflight.toml");
    let more = "[[profile]]\nname = \"Auditorium\"\nroom = \"auditorium@contoso\"\n";
    fs::write(&settings, fs::read_to_string(&settings).unwrap() + more).unwrap();
    let output = program(folder.path())
        .args(["check", "--only", "settings", "--verbose"])
        .args(NOWHERE)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("settings.room-address-malformed"));
}

#[test]
fn a_redacted_report_keeps_the_notes_without_the_names_in_them() {
    let folder = TempDir::new().unwrap();
    write_settings(folder.path(), "\"old@contoso.com\"");
    let name = "contoso-kestrel.txt";
    fs::write(
        folder.path().join(name),
        "Kim Kestrel\nboard@contoso.com\nlounge@kestrel\n",
    )
    .unwrap();
    let arguments = [
        "check", "--only", "settings", "--rooms", name, "--redact", "-o", "r.json", "-o", "r.html",
        "-q",
    ];
    let output = program(folder.path())
        .args(arguments)
        .args(NOWHERE)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    for file in ["r.json", "r.html"] {
        let written = fs::read_to_string(folder.path().join(file))
            .unwrap()
            .to_lowercase();
        assert!(
            !written.contains("kestrel") && !written.contains("contoso"),
            "{file}"
        );
        assert!(
            written.contains("without an address") || written.contains("line-without-address"),
            "{file}"
        );
    }
}

#[test]
fn a_secret_file_that_others_can_read_is_kept_in_the_report() {
    let folder = TempDir::new().unwrap();
    write_settings(folder.path(), "\"board@contoso.com\"");
    fs::set_permissions(
        folder.path().join(SECRET_FILE),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let arguments = ["check", "--only", "settings", "-o", "r.json"];
    let output = program(folder.path())
        .args(arguments)
        .args(NOWHERE)
        .output()
        .unwrap();
    assert!(
        text(&output.stderr).contains("restrict it with `chmod 600 secret.txt`"),
        "{}",
        text(&output.stderr)
    );
    let json: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(json["input_notes"][0]["kind"], "secret-file-readable");
}
