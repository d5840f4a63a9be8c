//! Guide as an HTML page with the styles of the report.

use maud::{Markup, html};

use crate::diagnosis::{GuideFields, GuideStep};
use crate::report::html::elements::{command_blocks, links, prose, requirement_tag, steps};
use crate::report::{html as report_html, wording};
use crate::terms::GuideState;

use super::model::GuideDocument;
use super::view::{self, PartView};

/// Renders a guide.
pub(super) fn render(document: &GuideDocument) -> String {
    let safe = document.sanitized(true);
    let body = html! {
        main {
            header class="verdict" {
                h1 { (wording::GUIDE_TITLE) }
                @for paragraph in view::introduction(&safe) { p { (prose(&paragraph)) } }
            }
            (pairs(&view::facts(&safe)))
            @for part in view::parts(&safe) { (render_part(&part, &safe)) }
        }
        footer { p { (wording::written_by(&safe.tool)) } }
    };
    report_html::page(wording::GUIDE_TITLE, &body)
}

fn pairs(pairs: &[(&str, String)]) -> Markup {
    html! {
        @if !pairs.is_empty() {
            dl { (entries(pairs)) }
        }
    }
}

/// A label that repeats, such as a permission, is one term with several descriptions.
fn entries(pairs: &[(&str, String)]) -> Markup {
    html! {
        @for group in pairs.chunk_by(|(name, _), (next, _)| name == next) {
            @if let Some((name, _)) = group.first() { dt { (name) } }
            @for (_, value) in group { dd { (prose(value)) } }
        }
    }
}

fn render_part(part: &PartView<'_>, document: &GuideDocument) -> Markup {
    html! {
        section {
            h2 { (part.text.title) }
            p { (part.text.sentence) }
            @for step in part.steps { (render_step(step, document)) }
        }
    }
}

fn render_step(step: &GuideStep, document: &GuideDocument) -> Markup {
    let class = format!("card {}", step.requirement.as_str());
    html! {
        article class=(class) {
            h3 { (step.number) ". " (prose(&step.title)) }
            p class="meta" {
                @if let Some(state) = step.state { span class=(state_class(state)) { (wording::guide_state(state)) } " " }
                (requirement_tag(step.requirement))
            }
            (pairs(&view::details(step, document)))
            (steps(&step.remedy.steps))
            @for fields in &step.console { (console_fields(fields)) }
            (command_blocks(&step.remedy.commands, wording::command_note))
            (pairs(&view::replaced(step)))
            dl {
                (entries(&view::closing(step)))
                dt { (wording::SOURCE) } dd { (wording::source_and_day(&step.source, &step.checked)) }
            }
            (links(&step.remedy.links))
        }
    }
}

fn state_class(state: GuideState) -> &'static str {
    match state {
        GuideState::Done => "tag pass",
        GuideState::Open => "tag fail",
        GuideState::NotShown => "tag skipped",
    }
}

fn console_fields(fields: &GuideFields) -> Markup {
    html! {
        p { strong { (view::places(fields)) } }
        table {
            thead { tr { th { (wording::COLUMN_FIELD) } th { (wording::COLUMN_VALUE) } th { (wording::COLUMN_NOTE) } } }
            tbody {
                @for field in &fields.fields {
                    tr {
                        td { (field.name) }
                        td { code { (field.value) } }
                        td { @if let Some(note) = &field.note { (note) } }
                    }
                }
            }
        }
    }
}
