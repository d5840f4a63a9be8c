//! Guide as a PowerShell script. When it runs unedited it only reads: every line that changes settings is a comment below its
//! `-WhatIf` preview. The steps of the portal and of the console are comments.

use crate::diagnosis::GuideStep;
use crate::report::script_lines::ScriptLines;
use crate::report::wording;

use super::model::GuideDocument;
use super::view;

/// Renders a guide.
pub(super) fn render(document: &GuideDocument) -> String {
    let safe = document.sanitized(true);
    let mut file = ScriptLines::default();
    file.comment("", wording::GUIDE_TITLE);
    for paragraph in view::introduction(&safe) {
        file.comment("", &paragraph);
    }
    file.comment("", wording::SCRIPT_NOTE);
    file.empty_line();
    file.pairs(&view::facts(&safe));
    file.empty_line();
    for part in view::parts(&safe) {
        file.start_part(&part.text.title, None);
        file.comment("", &part.text.sentence);
        file.empty_line();
        for step in part.steps {
            write_step(&mut file, step, &safe);
        }
    }
    file.comment("", &wording::written_by(&safe.tool));
    file.finish()
}

fn write_step(file: &mut ScriptLines, step: &GuideStep, document: &GuideDocument) {
    let word = wording::requirement(step.requirement);
    file.comment("---- ", &format!("{} [{word}]", view::title(step)));
    file.pairs(&view::details(step, document));
    file.steps(&step.remedy.steps);
    for fields in &step.console {
        file.comment("", &view::places(fields));
        for field in &fields.fields {
            file.comment(&format!("{}: ", field.name), &wording::field_value(field));
        }
    }
    file.commands(&step.remedy.commands);
    file.pairs(&view::replaced(step));
    file.pairs(&view::closing(step));
    file.address(wording::SOURCE, &step.source);
    file.empty_line();
}
