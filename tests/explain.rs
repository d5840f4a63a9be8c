//! `explain` as people use it: what they paste, what they type, and what they get.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use serde::Deserialize;
use tempfile::TempDir;

mod support;

use support::program;

/// The pastes of the review and their variants.
const TABLES: &[(&str, &str)] = &[
    ("texts.toml", include_str!("explain/texts.toml")),
    ("network.toml", include_str!("explain/network.toml")),
    ("narrowed.toml", include_str!("explain/narrowed.toml")),
];

/// What no answer about the log of another product may say: that this program made the requests.
const OF_THIS_PROGRAM: &[&str] = &[
    "fault of this program",
    "request of rx-preflight",
    "A probe",
    "a probe",
    "made-up id",
    "this program cannot interpret",
    "asked this program",
    "this program has no remedy",
    "in the report under",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    paste: Vec<Paste>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paste {
    text: String,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    own: bool,
}

/// The exit code and the answer; nothing may be on standard error.
fn explain(arguments: &[&str], pasted: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    let output = command.arg("explain").args(arguments).write_stdin(pasted.to_owned()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// The first cause that the answer names for any finding.
fn first_cause(answer: &str) -> Option<&str> {
    const LABELS: &[&str] = &["Cause", "Likely cause: ", "Likely causes: ", "Possible causes: "];
    let line = answer.lines().filter_map(|line| line.strip_prefix("  ")).find(|line| {
        LABELS.iter().any(|label| line.starts_with(label)) && line.contains(": ") && !line.contains("`rx-preflight")
    })?;
    line.split_once(": ")?.1.split([',', ' ']).next()
}

fn read(name: &str, table: &str) -> Vec<Paste> {
    toml::from_str::<Table>(table)
        .unwrap_or_else(|error| panic!("{name}: {:?}: {}", error.span(), error.message()))
        .paste
}

fn problems(paste: &Paste) -> Vec<String> {
    let (exit, answer) = explain(&[], &paste.text);
    let mut problems = Vec::new();
    if exit != Some(paste.exit) {
        problems.push(format!("exit code {exit:?}"));
    }
    if paste.first.is_some() && first_cause(&answer) != paste.first.as_deref() {
        problems.push(format!("first cause {:?} and not {:?}", first_cause(&answer), paste.first));
    }
    problems.extend(paste.also.iter().filter(|text| !answer.contains(*text)).map(|text| format!("without {text:?}")));
    problems.extend(paste.lacks.iter().filter(|text| answer.contains(*text)).map(|text| format!("with {text:?}")));
    let own = OF_THIS_PROGRAM.iter().filter(|text| !paste.own && answer.contains(*text));
    problems.extend(own.map(|text| format!("speaks of this program: {text:?}")));
    if !problems.is_empty() {
        problems.push(answer);
    }
    problems
}

#[test]
fn every_pasted_text_is_answered_as_in_the_tables() {
    let mut wrong = Vec::new();
    for (name, table) in TABLES {
        for paste in read(name, table) {
            let problems = problems(&paste);
            if !problems.is_empty() {
                wrong.push(format!("{name}: {}\n-- {}", paste.text.trim(), problems.join("\n-- ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} pastes are answered wrongly:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
