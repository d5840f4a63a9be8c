//! Help and manual pages: every example in them is understood by the program, and those that need no tenant run.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use command_lines::{assert_understood, command_lines, words};
use rx_preflight::cli::Arguments;
use rx_preflight::terms::exit_code;
use support::program;
use tempfile::TempDir;
use word_rules::Checker;

#[path = "support/command_lines.rs"]
mod command_lines;
mod support;
#[path = "support/word_rules.rs"]
mod word_rules;

/// Commands that have examples; the others take no more than one word.
const WITH_EXAMPLES: [&str; 12] = [
    "check",
    "fleet",
    "init",
    "demo",
    "simulate",
    "report",
    "collect",
    "diff",
    "explain",
    "token",
    "requirements",
    "guide",
];

/// Commands whose examples need a tenant.
const NEEDS_TENANT: [&str; 2] = ["check", "fleet"];

fn shown(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
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
            assert_understood(&example);
        }
    }
}

#[test]
fn every_example_that_needs_no_tenant_runs() {
    for name in WITH_EXAMPLES
        .iter()
        .filter(|name| !NEEDS_TENANT.contains(name))
    {
        for example in command_lines(&shown(&[name, "--help"])) {
            // It prompts for values, so it needs a terminal.
            if example != "rx-preflight init" {
                run(&example);
            }
        }
    }
    for example in command_lines(&shown(&["--help"])) {
        if !example.starts_with("rx-preflight check ") {
            run(&example);
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
        ("ews-disabled", "report.json"),
    ] {
        program(folder.path())
            .args(["demo", scenario, "-q", "-o", file])
            .output()
            .unwrap();
    }
    for name in ["reports", "last-week"] {
        fs::create_dir(path(name)).unwrap();
        fs::copy(path("full.json"), path(name).join("contoso.json")).unwrap();
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
            let file = &words(example)[at + 1];
            assert!(path(file).exists(), "{example} writes no {file}");
        }
    }
}

#[test]
fn the_help_of_the_program_groups_every_command_by_task_and_fits_80_columns() {
    let (short, long) = (shown(&["-h"]), shown(&["--help"]));
    for text in [&short, &long] {
        assert!(!text.contains("Commands:"), "{text}");
        let mut below = std::collections::BTreeMap::new();
        let mut heading = "";
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "too wide: {line}");
            if let Some(name) = line
                .strip_prefix("  ")
                .filter(|rest| !rest.starts_with(' '))
            {
                let name = name.split(' ').next().unwrap_or_default();
                below.entry(name).or_insert_with(Vec::new).push(heading);
            } else if let Some(text) = line.strip_suffix(':') {
                heading = text;
            }
        }
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            assert_eq!(below.get(name).map(Vec::len), Some(1), "{name}: {text}");
        }
        assert_eq!(below["check"], ["Check a tenant"]);
        assert_eq!(below["demo"], ["Try it without a tenant"]);
    }
    let examples = command_lines(&long);
    assert!((4..=5).contains(&examples.len()), "{examples:?}");
    for example in &examples {
        assert_understood(example);
    }
    assert_eq!(command_lines(&short), [""; 0]);
}

#[test]
fn the_options_of_check_are_below_headings_by_task() {
    let text = shown(&["check", "-h"]);
    let headings: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.strip_suffix(':'))
        .collect();
    assert_eq!(
        headings,
        [
            "Options",
            "Settings",
            "Rooms",
            "What to check",
            "Time and speed",
            "Notes and exit code",
            "Output",
            "Network",
        ]
    );
    let without_a_task = text.split("\n\n").find(|part| part.starts_with("Options:"));
    assert_eq!(without_a_task.unwrap().matches(" --").count(), 1, "{text}");
}

#[test]
fn every_exit_code_is_in_the_help_and_in_the_manual_page() {
    let page = shown(&["man"]).replace("\\-", "-");
    for text in [shown(&["-h"]), shown(&["--help"]), page] {
        for (code, meaning) in exit_code::MEANINGS {
            let line = format!("{code:>5}  {meaning}");
            assert_eq!(text.matches(&line).count(), 1, "{line}: {text}");
        }
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
    for section in [".SH COMMANDS", ".SH EXAMPLES", ".SH \"EXIT STATUS\""] {
        assert_eq!(page.matches(section).count(), 1, "{section}: {page}");
    }
    assert!(!page.contains("EXTRA") && !page.contains("Examples:"));
}
