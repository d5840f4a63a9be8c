//! Help, manual pages and README: every example in them is understood by the program, and those that need no tenant run.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::{CommandFactory, Parser};
use rx_preflight::cli::Arguments;
use support::program;
use tempfile::TempDir;
use word_rules::Checker;

mod support;
#[path = "support/word_rules.rs"]
mod word_rules;

/// Commands that have examples; the others take no more than one word.
const WITH_EXAMPLES: [&str; 9] = [
    "check",
    "init",
    "demo",
    "simulate",
    "report",
    "diff",
    "explain",
    "token",
    "requirements",
];

fn shown(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The command lines of a text, each with its continuation lines.
fn command_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let line = line.trim();
        if is_open {
            lines.last_mut().unwrap().push_str(line);
        } else if line.starts_with("rx-preflight ") {
            lines.push(line.to_owned());
        } else {
            continue;
        }
        let last = lines.last_mut().unwrap();
        is_open = last.ends_with('\\');
        if is_open {
            last.pop();
            last.push(' ');
        }
    }
    lines
}

/// The words of a command line without its redirection and its comment.
fn words(line: &str) -> Vec<&str> {
    let line = line.split(" # ").next().unwrap_or_default();
    let line = line.split(" < ").next().unwrap_or_default();
    let line = line.split(" || ").next().unwrap_or_default();
    line.split_whitespace().collect()
}

fn is_understood(line: &str) {
    if let Err(error) = Arguments::try_parse_from(words(line)) {
        panic!("{line}: {error}");
    }
}

#[test]
fn every_command_shows_three_examples_and_the_short_help_is_short() {
    for name in WITH_EXAMPLES {
        let (short, long) = (shown(&[name, "-h"]), shown(&[name, "--help"]));
        let examples = command_lines(&long);
        assert!(examples.len() >= 3, "{name}: {examples:?}");
        assert!(
            command_lines(&short).is_empty() && !short.contains("Examples:"),
            "{name}"
        );
        assert!(short.lines().count() < long.lines().count(), "{name}");
        for example in examples {
            assert!(
                example.starts_with(&format!("rx-preflight {name}")),
                "{example}"
            );
            is_understood(&example);
        }
    }
}

#[test]
fn every_example_that_needs_no_tenant_runs() {
    for name in WITH_EXAMPLES.iter().filter(|name| **name != "check") {
        for example in command_lines(&shown(&[name, "--help"])) {
            // It prompts for values, so it needs a terminal.
            if example != "rx-preflight init" {
                run(&example);
            }
        }
    }
}

/// Runs an example in a folder with the files that the examples name.
fn run(example: &str) {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (scenario, file) in [
        ("graph-ready", "yesterday.json"),
        ("ews-disabled", "today.json"),
        ("ews-disabled", "full.json"),
    ] {
        program(folder.path())
            .args(["demo", scenario, "-q", "-o", file])
            .output()
            .unwrap();
    }
    let token =
        "eyJhbGciOiJub25lIn0.eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20iLCJyb2xlcyI6W119.x";
    fs::write(path("token.txt"), token).unwrap();
    fs::write(
        path("request.log"),
        format!("Authorization: Bearer {token}\n"),
    )
    .unwrap();
    fs::write(
        path("page.txt"),
        "Use Graph API\tYes\nTenant ID\tcontoso.com\nClient ID\t9a41d1a0-0000-4000-8000-000000000000\n",
    )
    .unwrap();
    fs::write(path("resourcexpress.log"), "AADSTS7000222: expired\n").unwrap();
    let folders = format!(
        "{}:{}",
        Path::new(env!("CARGO_BIN_EXE_rx-preflight"))
            .parent()
            .unwrap()
            .display(),
        "/usr/bin:/bin"
    );
    // A simulated tenant runs until it is interrupted.
    let line = if example.contains(" simulate ") {
        format!("timeout --preserve-status -s INT 2 {example}")
    } else {
        example.to_owned()
    };
    let mut shell = Command::new("sh");
    let output = shell
        .current_dir(folder.path())
        .env("PATH", folders)
        .args(["-c", &line])
        .stdin(Stdio::null())
        .output();
    let output = output.unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        matches!(output.status.code(), Some(0 | 1 | 3)),
        "{example}: {:?} {message}",
        output.status.code()
    );
    for (at, word) in words(example).iter().enumerate() {
        if *word == "-o" {
            let file = words(example)[at + 1];
            assert!(path(file).exists(), "{example} writes no {file}");
        }
    }
}

#[test]
fn every_command_line_of_the_readme_and_the_docs_is_understood() {
    let mut readme = fs::read_to_string(support::folder("README.md")).unwrap();
    for page in fs::read_dir(support::folder("docs")).unwrap() {
        readme += &fs::read_to_string(page.unwrap().path()).unwrap();
    }
    let mut lines = command_lines(&readme);
    let outside: String = readme.split("```").step_by(2).collect();
    let quoted = outside
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.extend(quoted.filter(|code| code.starts_with("rx-preflight ")));
    assert!(lines.len() > 10, "{lines:?}");
    for line in &lines {
        is_understood(line);
    }
}

#[test]
fn help_is_in_the_words_of_the_field_without_markup_of_other_formats() {
    let checker = Checker::load();
    let vague = ["no time", "such as they"];
    let names = Arguments::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect::<Vec<_>>();
    for help in ["-h", "--help"] {
        for command in names
            .iter()
            .map(|name| vec![name.as_str(), help])
            .chain([vec![help]])
        {
            let text = shown(&command);
            assert!(!text.contains('`'), "{command:?}: a backtick");
            for line in text.lines() {
                assert_eq!(
                    checker.findings("help", line),
                    [""; 0],
                    "{command:?}: {line}"
                );
                assert!(
                    !vague.iter().any(|words| line.contains(words)),
                    "{command:?}: {line}"
                );
            }
        }
    }
}

#[test]
fn help_shows_every_default() {
    let check = shown(&["check", "--help"]);
    for default in [
        "[default: rx-preflight.toml",
        "[default: table]",
        "[default: 20s]",
        "[default: 8]",
        "[default: 1h",
        "[default: auto]",
        "[default: required]",
        "[default: rx-preflight-redaction-map.json]",
        "[default: HTTPS_PROXY",
    ] {
        let joined = check.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(default), "{default}");
    }
    let init = shown(&["init", "-h"]);
    for default in ["[default: rx-preflight.toml]", "[default: global]"] {
        assert!(init.contains(default), "{default}: {init}");
    }
    assert!(shown(&["demo", "-h"]).contains("[default: contoso-go-live]"));
    assert!(shown(&["simulate", "-h"]).contains("[default: contoso-go-live]"));
}

#[test]
fn what_rooms_on_the_command_line_replace_and_what_output_means_is_in_the_help() {
    let joined = |command: &str| {
        shown(&[command, "-h"])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(
        joined("check")
            .contains("instead of the rooms of the main connection in the settings file")
    );
    for command in ["check", "demo", "report", "diff"] {
        let help = joined(command);
        assert!(
            help.contains("Also write the")
                && help.contains("to a file; the extension selects the format"),
            "{command}"
        );
        assert!(
            help.contains("Write nothing to standard output"),
            "{command}"
        );
    }
}

#[test]
fn manual_pages_hold_the_examples_and_the_exit_codes() {
    for name in WITH_EXAMPLES {
        let page = shown(&["man", name]);
        assert!(
            page.contains(".SH EXAMPLES") && !page.contains("EXTRA"),
            "{name}"
        );
        assert!(page.contains(&format!("rx\\-preflight {name}")), "{name}");
    }
    let page = shown(&["man"]);
    assert!(page.contains(".SH \"EXIT STATUS\"") && !page.contains("EXTRA"));
}
