//! The completion scripts, each in the shell that it is for. zsh and fish are not on every machine; `.ci/completions`
//! installs them and runs the ignored tests.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

mod support;

/// A folder with the script of a shell, and with the program on the path.
fn script(shell: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let output = support::program(folder.path())
        .args(["completions", shell])
        .output()
        .unwrap();
    assert!(output.status.success());
    fs::write(folder.path().join("script"), output.stdout).unwrap();
    folder
}

fn run(shell: &str, arguments: &[&str], folder: &Path) -> Vec<String> {
    let output = Command::new(shell)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| {
            line.split('\t')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect()
}

/// What bash offers for a line that is being typed.
#[cfg(unix)]
fn bash(line: &str) -> Vec<String> {
    let folder = script("bash");
    let words: Vec<&str> = line.split(' ').collect();
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let quoted = words
        .iter()
        .map(|word| format!("'{word}'"))
        .collect::<Vec<_>>()
        .join(" ");
    let typed = format!(
        "source ./script; COMP_WORDS=({quoted}); COMP_CWORD={}; \
         $(complete -p rx-preflight | sed 's/.*-F \\([^ ]*\\).*/\\1/') rx-preflight '{last}' '{before}' 2>/dev/null; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.len() - 1
    );
    run(
        "bash",
        &["--norc", "--noprofile", "-c", &typed],
        folder.path(),
    )
}

/// What fish offers.
fn fish(line: &str) -> Vec<String> {
    let folder = script("fish");
    run(
        "fish",
        &[
            "--no-config",
            "-c",
            &format!("source script; complete -C '{line}'"),
        ],
        folder.path(),
    )
}

/// What zsh offers: an interactive zsh in a terminal of its own, in which the widget prints instead of inserting.
fn zsh(line: &str) -> Vec<String> {
    let folder = script("zsh");
    fs::rename(
        folder.path().join("script"),
        folder.path().join("_rx-preflight"),
    )
    .unwrap();
    let steps = format!(
        "zmodload zsh/zpty\n\
         zpty z zsh -f -i\n\
         zpty -w z \"PROMPT= fpath=($PWD \\$fpath); autoload -U compinit; compinit -u -D\"\n\
         zpty -w z 'compadd () {{ if [[ $* == *-(O|A|D)* ]]; then builtin compadd \"$@\"; return; fi; \
         local -a found; builtin compadd -O found \"$@\"; print -l -- OFFER:$^found; builtin compadd \"$@\" }}'\n\
         sleep 0.5\n\
         zpty -w -n z $'{line}\\t'\n\
         sleep 1.5\n\
         zpty -r -t z everything '*' || true\n\
         while zpty -r -t z more; do everything+=$more; done\n\
         print -r -- $everything\n"
    );
    let offered = run("zsh", &["-f", "-c", &steps], folder.path());
    let words = offered.iter().flat_map(|line| {
        line.split("OFFER:")
            .skip(1)
            .map(|word| word.trim().to_owned())
    });
    words
        .map(|word| word.split(':').next().unwrap_or_default().to_owned())
        .collect()
}

/// Lines, and something that must be offered for each.
const LINES: &[(&str, &str)] = &[
    ("rx-preflight che", "check"),
    ("rx-preflight check --cl", "--client-id"),
    ("rx-preflight check --api e", "ews"),
    ("rx-preflight demo --format j", "json"),
    ("rx-preflight demo graph-rea", "graph-ready"),
    (
        "rx-preflight check --only mailbox.cal",
        "mailbox.calendar-read",
    ),
    ("rx-preflight check --skip lis", "list"),
    ("rx-preflight man dem", "demo"),
    ("rx-preflight completions fi", "fish"),
];

fn offers(complete: impl Fn(&str) -> Vec<String>) {
    for (line, wanted) in LINES {
        let offered = complete(line);
        assert!(
            offered.iter().any(|word| word == wanted),
            "{line}: {offered:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_values() {
    offers(bash);
}

#[test]
#[ignore = "needs fish; .ci/completions installs it"]
fn fish_completes_commands_options_and_values() {
    offers(fish);
}

#[test]
#[ignore = "needs zsh; .ci/completions installs it"]
fn zsh_completes_commands_options_and_values() {
    offers(zsh);
}
