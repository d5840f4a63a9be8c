//! The house of the design, held by a test: which room may know which, what none may do, and how large a file may grow.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may know. Everything points downwards; `evidence` and `knowledge` know nothing.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("evidence", &["terms"]),
    ("knowledge", &["terms"]),
    ("settings", &["evidence", "terms"]),
    ("wire", &["settings", "evidence", "terms"]),
    ("probe", &["wire", "settings", "evidence", "terms"]),
    ("diagnosis", &["evidence", "knowledge", "terms"]),
    ("report", &["diagnosis", "evidence", "knowledge", "terms"]),
    ("simulator", &[]),
];

fn sources(room: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room),
        &mut files,
    );
    files
}

/// The text of a file without its test modules, which stand at the end.
fn product_text(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn rooms_named_in(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut named = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let inside = group.split("};").next().unwrap_or_default();
            named.extend(inside.split(',').map(|entry| room_of(entry.trim())));
        } else {
            named.insert(room_of(part));
        }
    }
    named
}

fn room_of(path: &str) -> String {
    path.chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

#[test]
fn every_room_knows_only_what_lies_below_it() {
    let mut wrong = BTreeMap::new();
    for (room, allowed) in MAY_KNOW {
        for path in sources(room) {
            for named in rooms_named_in(&product_text(&path)) {
                let is_room = MAY_KNOW.iter().any(|(other, _)| *other == named) || named == "cli";
                if is_room && named != *room && !allowed.contains(&named.as_str()) {
                    wrong
                        .entry(path.display().to_string())
                        .or_insert_with(BTreeSet::new)
                        .insert(named);
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these files know a room that they may not know: {wrong:#?}"
    );
}

#[test]
fn pure_rooms_do_no_input_or_output() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "tokio::",
        "reqwest",
        "println!",
        "eprintln!",
    ];
    for room in ["diagnosis", "report", "evidence", "knowledge"] {
        for path in sources(room) {
            let text = product_text(&path);
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            for word in forbidden {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_door_writes() {
    for (room, _) in MAY_KNOW {
        for path in sources(room) {
            let text = product_text(&path);
            for word in [
                "println!",
                "eprintln!",
                "print!(",
                "eprint!(",
                "dbg!",
                "io::stdout",
                "io::stderr",
            ] {
                assert!(
                    !text.contains(word),
                    "{} writes by itself: {word}",
                    path.display()
                );
            }
        }
    }
}

/// Files that are compiled for tests only.
fn is_for_tests(path: &Path) -> bool {
    let named = |name: &str| path.file_stem().is_some_and(|stem| stem == name);
    named("tests")
        || named("fixture")
        || named("fixtures")
        || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn no_file_has_outgrown_its_subject() {
    for room in MAY_KNOW.iter().map(|(room, _)| *room).chain(["cli"]) {
        for path in sources(room) {
            if is_for_tests(&path) {
                continue;
            }
            let lines = product_text(&path).lines().count();
            assert!(
                lines <= 450,
                "{} has {lines} lines without its tests; which subject can move out?",
                path.display()
            );
        }
    }
}
