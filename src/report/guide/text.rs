//! Guide as text for a terminal.

use crate::diagnosis::{GuideFields, GuideStep};
use crate::report::table::TableOptions;
use crate::report::table::page::{Page, widest};
use crate::report::table::tone::Tone;
use crate::report::{long_command, wording};
use crate::terms::GuideState;

use super::model::GuideDocument;
use super::view;

const INDENT: usize = 3;
const LABEL: usize = wording::CORRECT_TODAY.len() + 3;

/// Renders a guide.
pub(super) fn render(document: &GuideDocument, options: &TableOptions) -> String {
    let safe = document.sanitized(options.unicode);
    let mut page = Page::new(options);
    page.heading(wording::GUIDE_TITLE);
    for paragraph in view::introduction(&safe) {
        page.paragraph(1, &paragraph);
    }
    page.gap();
    for (label, value) in view::facts(&safe) {
        page.labeled(1, label, LABEL, &value);
    }
    for part in view::parts(&safe) {
        page.heading(&part.text.title);
        page.paragraph(1, &part.text.sentence);
        for step in part.steps {
            page.gap();
            draw_step(&mut page, step, &safe);
        }
    }
    page.gap();
    page.paragraph(1, &wording::written_by(&safe.tool));
    page.finish()
}

fn draw_step(page: &mut Page, step: &GuideStep, document: &GuideDocument) {
    let label = wording::requirement(step.requirement);
    page.marked(
        "",
        0,
        &format!("{} [{label}]", view::title(step)),
        tone(step),
    );
    for (label, value) in view::details(step, document) {
        page.labeled(INDENT, label, LABEL, &value);
    }
    for (index, text) in step.remedy.steps.iter().enumerate() {
        page.numbered(INDENT, "", 0, index + 1, text);
    }
    for fields in &step.console {
        draw_fields(page, fields);
    }
    draw_commands(page, step);
    for (label, value) in view::replaced(step).into_iter().chain(view::closing(step)) {
        page.labeled(INDENT, label, LABEL, &value);
    }
    let source = wording::source_and_day(&step.source, &step.checked);
    page.labeled(INDENT, wording::SOURCE, LABEL, &source);
}

fn draw_fields(page: &mut Page, fields: &GuideFields) {
    page.gap();
    page.paragraph(INDENT, &format!("{}:", view::places(fields)));
    let names = fields.fields.iter().map(|field| field.name.as_str());
    let width = widest(names) + 2;
    for field in &fields.fields {
        page.labeled(2 * INDENT, &field.name, width, &wording::field_value(field));
    }
    page.gap();
}

fn draw_commands(page: &mut Page, step: &GuideStep) {
    for command in &step.remedy.commands {
        page.gap();
        let indent = " ".repeat(INDENT);
        page.line(format!(
            "{indent}{}",
            wording::in_shell(command.shell_name())
        ));
        for line in long_command::for_a_page(command).lines() {
            page.line(format!("{indent}{line}"));
        }
        page.gap();
    }
}

fn tone(step: &GuideStep) -> Tone {
    match step.state {
        Some(GuideState::Done) => Tone::Good,
        Some(GuideState::Open) => Tone::Bad,
        Some(GuideState::NotShown) | None => Tone::Strong,
    }
}
