//! Hand-over as Markdown for an email or a ticket. Unlike the report it never shortens a list: a command that names five
//! thousand rooms names them here as well.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::report::markdown::{console_values, escape, fence, prose};
use crate::report::{long_command, wording};

use super::tasks::{Handover, RoleTasks, Task};
use super::text;

/// Renders a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut page = format!("## {}\n\n", wording::HANDOVER_TITLE);
    for paragraph in text::introduction(handover) {
        let _ = writeln!(page, "{}\n", prose(&paragraph));
    }
    push_pairs(&mut page, &text::tested_target(handover));
    for part in &handover.parts {
        push_part(&mut page, part);
    }
    if let Some(closing) = text::closing(handover) {
        let _ = writeln!(page, "{}", prose(&closing));
    }
    page
}

fn push_pairs(page: &mut String, pairs: &[(&str, String)]) {
    for (name, value) in pairs {
        let _ = writeln!(page, "- {name}: {}", prose(value));
    }
    if !pairs.is_empty() {
        page.push('\n');
    }
}

fn push_part(page: &mut String, part: &RoleTasks) {
    let _ = writeln!(page, "### {}\n", escape(&text::role_heading(part)));
    if let Some(sentence) = &part.introduction {
        let _ = writeln!(page, "{}\n", prose(sentence));
    }
    for task in &part.tasks {
        push_task(page, task);
    }
}

fn push_task(page: &mut String, task: &Task) {
    let label = wording::requirement(task.requirement);
    let title = prose(&task.title);
    let _ = writeln!(page, "**{}. [{label}] {title}**\n", task.number);
    push_pairs(page, &text::task_details(task));
    for (index, step) in task.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, step_with_link(step, task));
    }
    page.push('\n');
    page.push_str(&console_values(&task.console));
    for blocks in task
        .commands
        .chunk_by(|one, next| one.shell() == next.shell())
    {
        push_commands(page, blocks);
    }
    let _ = writeln!(page, "- {}: {}", wording::VERIFY, prose(&task.verify));
    let _ = writeln!(page, "- {}: {}", wording::TAKES_EFFECT, prose(&task.takes));
    for link in &task.links {
        let _ = writeln!(page, "- {}: <{link}>", wording::LEARN_MORE);
    }
    page.push('\n');
}

/// A step. The consent address at its end becomes a link.
fn step_with_link(step: &str, task: &Task) -> String {
    match task.split_consent(step) {
        // Angle brackets keep Markdown from reading characters of the address as its own syntax.
        Some((before, address)) => format!("{}<{address}>", prose(before)),
        None => prose(step),
    }
}

/// Commands of one shell, below one sentence about them.
fn push_commands(page: &mut String, commands: &[Command]) {
    if let Some(first) = commands.first() {
        let note = wording::command_note(&escape(first.shell_name()));
        let _ = writeln!(page, "{note}\n");
    }
    for command in commands {
        let block = fence(language(command), &long_command::for_a_page(command));
        let _ = writeln!(page, "{block}\n");
    }
}

/// The language of a code fence. A shell name from a saved report may contain characters that end the line or the fence,
/// so anything but letters and digits is omitted.
fn language(command: &Command) -> &str {
    let shell = command.shell();
    if shell.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        shell
    } else {
        ""
    }
}
