//! The words that this project does not use, in texts, comments and names: `tests/words/rules.toml`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::{Path, PathBuf};

use word_rules::{Checker, RULES, root};

#[path = "support/word_rules.rs"]
mod word_rules;

/// The folders and files whose text is checked, below the project's root.
const CHECKED: &[&str] = &[
    "src",
    "tests",
    "benches",
    ".ci",
    "fixtures/scenarios",
    "fixtures/settings",
    "docs",
    ".github",
    "release",
    "packaging",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
];

/// The kinds of files that people write; scripts without an extension are checked too.
const EXTENSIONS: &[&str] = &["rs", "toml", "txt", "md", "yml", "py", "ps1"];

fn collect_files(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect_files(&entry.unwrap().path(), files);
        }
    } else if path
        .extension()
        .is_none_or(|extension| EXTENSIONS.contains(&extension.to_str().unwrap()))
    {
        files.push(path.to_owned());
    }
}

fn checked_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for part in CHECKED {
        let path = root().join(part);
        assert!(path.exists(), "{part} is checked, but does not exist");
        collect_files(&path, &mut files);
    }
    // The rules and this file quote what they forbid; pasted logs are the text of other people.
    let quotes = [RULES, "tests/words.rs"];
    files.retain(|path| {
        let is_pasted = path
            .parent()
            .is_some_and(|folder| folder.ends_with("tests/explain"));
        !is_pasted && !quotes.iter().any(|quoted| path.ends_with(quoted))
    });
    files.sort();
    files
}

/// The path of a file from the root, as the rules write it on every system.
fn path_in_project(file: &Path) -> String {
    let path = file.strip_prefix(root()).unwrap();
    path.to_str().unwrap().replace('\\', "/")
}

#[test]
fn no_forbidden_word_is_used() {
    let checker = Checker::load();
    let mut findings = Vec::new();
    for file in checked_files() {
        let path = &path_in_project(&file);
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            for finding in checker.findings(path, line) {
                findings.push(format!("{path}:{}: {finding}", number + 1));
            }
        }
    }
    assert!(
        findings.is_empty(),
        "{} forbidden words; a text that is quoted or published gets an [[exempt]] entry in \
         {RULES}:\n{}",
        findings.len(),
        findings.join("\n")
    );
}

#[test]
fn sentences_and_names_of_the_former_language_are_found() {
    let checker = Checker::load();
    for line in [
        "/// The one who tells which rooms stand open.",
        "title = \"What is wrong, and what mends it\"",
        "fn asked_at_once() {}",
        "struct UnknownAnswer;",
        "`--timeout` goes without `--wait`",
        "This value is no GUID.",
        "The colour of the row",
    ] {
        assert!(!checker.findings("src/any.rs", line).is_empty(), "{line}");
    }
}

#[test]
fn plain_sentences_are_not_found() {
    let checker = Checker::load();
    for line in [
        "Exchange Online rejected the request with HTTP status 403.",
        "let value = found.or_else(|| default());",
        "There is no standard port for a proxy.",
        "Open the Entra admin center, then select the app registration.",
    ] {
        assert_eq!(checker.findings("src/any.rs", line), [""; 0], "{line}");
    }
}

#[test]
fn every_exemption_is_needed_and_gives_its_reason() {
    let checker = Checker::load();
    let files: Vec<(String, String)> = checked_files()
        .iter()
        .map(|file| (path_in_project(file), fs::read_to_string(file).unwrap()))
        .collect();
    for exempt in &checker.exempt {
        let is_used = files.iter().any(|(path, text)| {
            exempt
                .file
                .as_ref()
                .is_none_or(|file| path.starts_with(file))
                && text.contains(&exempt.text)
        });
        assert!(is_used, "\"{}\" is exempt, but occurs nowhere", exempt.text);
    }
}
