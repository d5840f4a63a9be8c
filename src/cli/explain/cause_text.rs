//! A cause in words: how it is recognized, who fixes it, and how.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::knowledge::{self, CauseEntry};

/// A text with a mark where a value of the customer would stand.
pub(super) fn plain(text: &str) -> String {
    knowledge::fill(text, &|_| None)
}

/// A command as every format prints it. Both shells take what is in single quotes for a value.
fn command_with_placeholders(shell: &str, template: &str) -> Command {
    let blank = |name: &str| match name {
        "scope_filter" => "\"PrimarySmtpAddress -eq '<room address>'\"".to_owned(),
        "scope_name" => "'ResourceXpress rooms'".to_owned(),
        "rbac_role" => "'<role for the API>'".to_owned(),
        name => format!("'{}'", knowledge::marker(name)),
    };
    Command::from_catalog(shell, &knowledge::fill(template, &|name| Some(blank(name))))
}

fn write_steps(output: &mut String, steps: &[String]) {
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(output, "  {number}. {}", plain(step));
    }
}

/// Everything about one cause. In the log of another product, texts about requests of this program are replaced.
pub(super) fn write_cause(output: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(output, "{}, a cause: {}", cause.id, title(cause, is_own));
    match cause.elsewhere.as_ref().filter(|_| !is_own) {
        Some(elsewhere) => {
            let _ = writeln!(output, "  Recognized by: {}", plain(&elsewhere.evidence));
            let _ = writeln!(output, "  Who can fix it: {}", cause.who);
            write_steps(output, &elsewhere.steps);
        }
        None => write_texts(output, cause),
    }
    for command in &cause.commands {
        for line in command_with_placeholders(&command.shell, &command.text)
            .text()
            .lines()
        {
            let _ = writeln!(output, "      {line}");
        }
    }
    let _ = writeln!(output, "  See that it worked: {}", plain(&cause.verify));
    let _ = writeln!(output, "  Takes: {}", plain(&cause.takes));
    for link in &cause.links {
        let _ = writeln!(output, "  {link}");
    }
    write_candidates(output, cause, is_own);
    output.push('\n');
}

fn write_texts(output: &mut String, cause: &CauseEntry) {
    let _ = writeln!(output, "  {}", plain(&cause.impact));
    let _ = writeln!(output, "  Recognized by: {}", plain(&cause.evidence));
    let _ = writeln!(output, "  Who can fix it: {}", cause.who);
    write_steps(output, &cause.steps);
    for case in &cause.cases {
        let _ = writeln!(output, "  Or: {}", plain(&case.title));
        write_steps(output, &case.steps);
    }
}

fn title(cause: &CauseEntry, is_own: bool) -> String {
    let elsewhere = cause.elsewhere.as_ref().filter(|_| !is_own);
    plain(elsewhere.map_or(&cause.title, |elsewhere| &elsewhere.title))
}

/// The causes that the answers cannot tell from this one.
fn write_candidates(output: &mut String, cause: &CauseEntry, is_own: bool) {
    if cause.candidates.is_empty() {
        return;
    }
    output.push_str("  Could also be one of these (the responses look the same); see `rx-preflight explain CAUSE`:\n");
    for candidate in cause.candidates.iter().map(|id| knowledge::cause(*id)) {
        write_cause_line(output, candidate, is_own);
    }
}

/// A cause in one line.
pub(super) fn write_cause_line(output: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(output, "  {}: {}", cause.id, title(cause, is_own));
}
