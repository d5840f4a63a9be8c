//! Guide as Markdown for a ticket or a wiki.

use std::fmt::Write as _;

use crate::diagnosis::{Command, GuideStep};
use crate::report::markdown::{escape, fence, prose};
use crate::report::{long_command, wording};

use super::model::GuideDocument;
use super::view::{self, PartView};

/// Renders a guide.
pub(super) fn render(document: &GuideDocument) -> String {
    let safe = document.sanitized(true);
    let mut page = format!("## {}\n\n", wording::GUIDE_TITLE);
    for paragraph in view::introduction(&safe) {
        let _ = writeln!(page, "{}\n", prose(&paragraph));
    }
    push_pairs(&mut page, &view::facts(&safe));
    page.push('\n');
    for part in view::parts(&safe) {
        push_part(&mut page, &part, &safe);
    }
    let _ = writeln!(page, "{}", prose(&wording::written_by(&safe.tool)));
    page
}

fn push_pairs(page: &mut String, pairs: &[(&str, String)]) {
    for (name, value) in pairs {
        let _ = writeln!(page, "- {name}: {}", prose(value));
    }
}

fn push_part(page: &mut String, part: &PartView<'_>, document: &GuideDocument) {
    let _ = writeln!(page, "### {}\n", escape(&part.text.title));
    let _ = writeln!(page, "{}\n", prose(&part.text.sentence));
    for step in part.steps {
        push_step(page, step, document);
    }
}

fn push_step(page: &mut String, step: &GuideStep, document: &GuideDocument) {
    let tick = step.state.map(wording::tick);
    let tick = tick.map_or_else(String::new, |tick| format!("{tick} "));
    let label = wording::requirement(step.requirement);
    let title = prose(&step.title);
    let _ = writeln!(page, "**{tick}{}. [{label}] {title}**\n", step.number);
    push_pairs(page, &view::details(step, document));
    page.push('\n');
    for (index, text) in step.remedy.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, prose(text));
    }
    page.push('\n');
    for fields in &step.console {
        let _ = writeln!(page, "**{}**\n", escape(&view::places(fields)));
        for field in &fields.fields {
            let value = prose(&wording::field_value(field));
            let _ = writeln!(page, "- {}: {value}", escape(&field.name));
        }
        page.push('\n');
    }
    push_commands(page, &step.remedy.commands);
    push_pairs(page, &view::replaced(step));
    push_pairs(page, &view::closing(step));
    for link in &step.remedy.links {
        let _ = writeln!(page, "- {}: <{link}>", wording::LEARN_MORE);
    }
    let source = wording::source_and_day(&step.source, &step.checked);
    let _ = writeln!(page, "- {}: {}\n", wording::SOURCE, prose(&source));
}

fn push_commands(page: &mut String, commands: &[Command]) {
    if let Some(first) = commands.first() {
        let note = wording::command_note(&escape(first.shell_name()));
        let _ = writeln!(page, "{note}\n");
    }
    for command in commands {
        let block = fence(command.shell(), &long_command::for_a_page(command));
        let _ = writeln!(page, "{block}\n");
    }
}
