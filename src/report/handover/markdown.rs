//! The hand-over for a mail or a ticket. Unlike the report it is never shortened: a command that names five thousand
//! rooms names them here as well.

use std::fmt::Write as _;

use super::tasks::{Handover, RoleTasks, Task};
use super::text;
use crate::diagnosis::Command;
use crate::report::markdown::{escape, fence, prose};
use crate::report::{long_command, wording};

/// Draws a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut page = format!("## {}\n\n", text::TITLE);
    for paragraph in text::introduction(handover) {
        let _ = writeln!(page, "{}\n", prose(&paragraph));
    }
    pairs(&mut page, &text::tested_target(handover));
    for own in &handover.parts {
        part(&mut page, own);
    }
    if let Some(closing) = text::closing(handover) {
        let _ = writeln!(page, "{}", prose(&closing));
    }
    page
}

fn pairs(page: &mut String, pairs: &[(&str, String)]) {
    for (name, value) in pairs {
        let _ = writeln!(page, "- {name}: {}", prose(value));
    }
    if !pairs.is_empty() {
        page.push('\n');
    }
}

fn part(page: &mut String, part: &RoleTasks) {
    let _ = writeln!(page, "### {}\n", escape(&text::role_heading(part)));
    for own in &part.tasks {
        task(page, own);
    }
}

fn task(page: &mut String, task: &Task) {
    let word = wording::requirement(task.requirement);
    let _ = writeln!(
        page,
        "**{}. [{word}] {}**\n",
        task.number,
        prose(&task.title)
    );
    pairs(page, &text::task_details(task));
    for (index, step) in task.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, prose(step));
    }
    page.push('\n');
    if let Some(address) = &task.consent {
        let _ = writeln!(page, "Consent: <{address}>\n");
    }
    for own in &task.commands {
        command(page, own);
    }
    let _ = writeln!(page, "- Verify: {}", prose(&task.verify));
    let _ = writeln!(page, "- Takes: {}", prose(&task.takes));
    for link in &task.links {
        let _ = writeln!(page, "- More: <{link}>");
    }
    page.push('\n');
}

fn command(page: &mut String, command: &Command) {
    let shell = escape(command.shell_name());
    let _ = writeln!(
        page,
        "In {shell}. {}\n\n{}\n",
        text::COMMAND_NOTE,
        fence(language(command), &long_command::for_a_page(command))
    );
}

/// The word behind a fence may hold nothing that would end the line or the fence.
fn language(command: &Command) -> &str {
    if command
        .shell()
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
    {
        command.shell()
    } else {
        ""
    }
}
