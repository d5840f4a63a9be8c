//! Text of one cause: its impact, its evidence, who fixes it, and the steps.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::knowledge::{self, CauseEntry};

/// Text with a placeholder for each value of the customer.
pub(super) fn plain(text: &str) -> String {
    knowledge::fill(text, &|_| None)
}

/// Command with a placeholder for each value of the customer, formatted as in a report.
fn command_with_placeholders(shell: &str, template: &str) -> Command {
    let command = knowledge::fill(template, &|name| Some(placeholder(name)));
    Command::from_catalog(shell, &command)
}

/// Both shells take text in single quotes literally, so an unedited placeholder cannot run as code.
fn placeholder(name: &str) -> String {
    match name {
        "scope_filter" => "\"PrimarySmtpAddress -eq '<room address>'\"".to_owned(),
        "scope_name" => "'ResourceXpress rooms'".to_owned(),
        "rbac_role" => "'<role for the API>'".to_owned(),
        name => format!("'{}'", knowledge::marker(name)),
    }
}

/// Writes everything about a cause. In another product's log, texts about requests of this program are replaced.
pub(super) fn write_cause(output: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(output, "{} (cause): {}", cause.id, title(cause, is_own));
    match cause.elsewhere.as_ref().filter(|_| !is_own) {
        Some(elsewhere) => {
            let _ = writeln!(output, "  Evidence: {}", plain(&elsewhere.evidence));
            let _ = writeln!(output, "  Who can fix it: {}", cause.who.label());
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
    let _ = writeln!(output, "  Verify: {}", plain(&cause.verify));
    let _ = writeln!(output, "  Takes effect: {}", plain(&cause.takes));
    for link in &cause.links {
        let _ = writeln!(output, "  Learn more: {link}");
    }
    write_candidates(output, cause, is_own);
    output.push('\n');
}

fn write_texts(output: &mut String, cause: &CauseEntry) {
    let _ = writeln!(output, "  Impact: {}", plain(&cause.impact));
    let _ = writeln!(output, "  Evidence: {}", plain(&cause.evidence));
    let _ = writeln!(output, "  Who can fix it: {}", cause.who.label());
    write_steps(output, &cause.steps);
    for case in &cause.cases {
        let _ = writeln!(output, "  Variant: {}", plain(&case.title));
        write_steps(output, &case.steps);
    }
}

fn write_steps(output: &mut String, steps: &[String]) {
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(output, "  Fix:");
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(output, "    {number}. {}", plain(step));
    }
}

fn title(cause: &CauseEntry, is_own: bool) -> String {
    let elsewhere = cause.elsewhere.as_ref().filter(|_| !is_own);
    plain(elsewhere.map_or(&cause.title, |elsewhere| &elsewhere.title))
}

/// Lists the causes that the responses do not distinguish from this one.
fn write_candidates(output: &mut String, cause: &CauseEntry, is_own: bool) {
    if cause.candidates.is_empty() {
        return;
    }
    output.push_str(
        "  Could also be (the responses look the same; run `rx-preflight explain CAUSE`):\n",
    );
    for candidate in cause.candidates.iter().map(|id| knowledge::cause(*id)) {
        output.push_str("  ");
        write_cause_line(output, candidate, is_own);
    }
}

/// Writes a cause in one line.
pub(super) fn write_cause_line(output: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(output, "  {}: {}", cause.id, title(cause, is_own));
}
