//! The hand-over for a mail or a ticket. Unlike the report it is never shortened: a command that names five thousand
//! rooms names them here as well.

use std::fmt::Write as _;

use super::model::{Handover, Part, Task};
use super::script::{Block, Script};
use super::words;
use crate::report::markdown::{escape, fence};
use crate::report::wording;

/// Draws a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut page = format!("## {}\n\n", words::TITLE);
    for paragraph in words::introduction(handover) {
        let _ = writeln!(page, "{}\n", escape(&paragraph));
    }
    pairs(&mut page, &words::tested(handover));
    for own in &handover.parts {
        part(&mut page, own);
    }
    if let Some(closing) = words::closing(handover) {
        let _ = writeln!(page, "{}", escape(&closing));
    }
    page
}

fn pairs(page: &mut String, pairs: &[(&str, String)]) {
    for (name, value) in pairs {
        let _ = writeln!(page, "- {name}: {}", escape(value));
    }
    if !pairs.is_empty() {
        page.push('\n');
    }
}

fn part(page: &mut String, part: &Part) {
    let _ = writeln!(page, "### {}\n", escape(&words::who(part)));
    for own in &part.tasks {
        task(page, own);
    }
}

fn task(page: &mut String, task: &Task) {
    let word = wording::requirement(task.requirement);
    let _ = writeln!(page, "**{}. [{word}] {}**\n", task.number, escape(&task.title));
    pairs(page, &words::about(task));
    for (index, step) in task.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, escape(step));
    }
    page.push('\n');
    if let Some(address) = &task.consent {
        let _ = writeln!(page, "Consent: <{address}>\n");
    }
    for own in &task.scripts {
        script(page, own);
    }
    let _ = writeln!(page, "- Verify: {}", escape(&task.verify));
    let _ = writeln!(page, "- Takes: {}", escape(&task.takes));
    for link in &task.links {
        let _ = writeln!(page, "- More: <{link}>");
    }
    page.push('\n');
}

fn script(page: &mut String, script: &Script) {
    let mut lines = |sentence: &str, text: &str| {
        let _ = writeln!(page, "In {}. {sentence}\n\n{}\n", escape(script.shell_name()), fence(language(script), text));
    };
    for block in &script.blocks {
        match block {
            Block::Reads(text) => lines(words::READS, text),
            Block::Changes { preview, text } => {
                if let Some(preview) = preview {
                    lines(words::PREVIEW, preview);
                }
                lines(if preview.is_some() { words::REAL } else { words::UNCLEAR }, text);
            }
        }
    }
}

/// The word behind a fence may hold nothing that would end the line or the fence.
fn language(script: &Script) -> &str {
    if script.shell.bytes().all(|byte| byte.is_ascii_alphanumeric()) { &script.shell } else { "" }
}
