//! A cause in words: how it is recognized, who fixes it, and how.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::knowledge::{self, CauseEntry};

/// A text with a mark where a value of the customer would stand.
pub(super) fn plain(text: &str) -> String {
    knowledge::fill(text, &|_| None)
}

/// A command as every format prints it. Both shells take what is in single quotes for a value.
fn printed(shell: &str, template: &str) -> Command {
    let blank = |name: &str| match name {
        "scope_filter" => "\"PrimarySmtpAddress -eq '<room address>'\"".to_owned(),
        "scope_name" => "'ResourceXpress rooms'".to_owned(),
        "rbac_role" => "'<role for the API>'".to_owned(),
        name => format!("'{}'", knowledge::marker(name)),
    };
    Command::from_catalog(shell, &knowledge::fill(template, &|name| Some(blank(name))))
}

fn numbered(answer: &mut String, steps: &[String]) {
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(answer, "  {number}. {}", plain(step));
    }
}

/// Everything about one cause. In the log of another product, texts about requests of this program are replaced.
pub(super) fn explain(answer: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(answer, "{}, a cause: {}", cause.id, title(cause, is_own));
    match cause.elsewhere.as_ref().filter(|_| !is_own) {
        Some(elsewhere) => {
            let _ = writeln!(answer, "  Recognized by: {}", plain(&elsewhere.evidence));
            let _ = writeln!(answer, "  Who can fix it: {}", cause.who);
            numbered(answer, &elsewhere.steps);
        }
        None => texts(answer, cause),
    }
    for command in &cause.commands {
        for line in printed(&command.shell, &command.text).text().lines() {
            let _ = writeln!(answer, "      {line}");
        }
    }
    let _ = writeln!(answer, "  See that it worked: {}", plain(&cause.verify));
    let _ = writeln!(answer, "  Takes: {}", plain(&cause.takes));
    for link in &cause.links {
        let _ = writeln!(answer, "  {link}");
    }
    candidates(answer, cause, is_own);
    answer.push('\n');
}

fn texts(answer: &mut String, cause: &CauseEntry) {
    let _ = writeln!(answer, "  {}", plain(&cause.impact));
    let _ = writeln!(answer, "  Recognized by: {}", plain(&cause.evidence));
    let _ = writeln!(answer, "  Who can fix it: {}", cause.who);
    numbered(answer, &cause.steps);
    for case in &cause.cases {
        let _ = writeln!(answer, "  Or: {}", plain(&case.title));
        numbered(answer, &case.steps);
    }
}

fn title(cause: &CauseEntry, is_own: bool) -> String {
    let elsewhere = cause.elsewhere.as_ref().filter(|_| !is_own);
    plain(elsewhere.map_or(&cause.title, |elsewhere| &elsewhere.title))
}

/// The causes that the answers cannot tell from this one.
fn candidates(answer: &mut String, cause: &CauseEntry, is_own: bool) {
    if cause.candidates.is_empty() {
        return;
    }
    answer.push_str("  Could also be one of these (the responses look the same); see `rx-preflight explain CAUSE`:\n");
    for candidate in cause.candidates.iter().map(|id| knowledge::cause(*id)) {
        line(answer, candidate, is_own);
    }
}

/// A cause in one line.
pub(super) fn line(answer: &mut String, cause: &CauseEntry, is_own: bool) {
    let _ = writeln!(answer, "  {}: {}", cause.id, title(cause, is_own));
}
