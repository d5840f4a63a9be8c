//! Hand-over as an HTML page with the styles of the report.

use maud::{Markup, html};

use crate::report::html::elements::{
    command_blocks, console_values, links, prose, requirement_tag,
};
use crate::report::{html as report_html, wording};

use super::tasks::{Handover, RoleTasks, Task};
use super::text;

/// Renders a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let body = html! {
        main {
            header class="verdict" {
                h1 { (wording::HANDOVER_TITLE) }
                @for paragraph in text::introduction(handover) { p { (prose(&paragraph)) } }
            }
            (render_pairs(&text::tested_target(handover)))
            @for part in &handover.parts { (render_part(part)) }
        }
        @if let Some(closing) = text::closing(handover) { footer { p { (closing) } } }
    };
    report_html::page(wording::HANDOVER_TITLE, &body)
}

fn render_pairs(pairs: &[(&str, String)]) -> Markup {
    html! {
        @if !pairs.is_empty() {
            dl {
                // A label that repeats, such as the connections, is one term with several descriptions.
                @for group in pairs.chunk_by(|(name, _), (next, _)| name == next) {
                    @if let Some((name, _)) = group.first() { dt { (name) } }
                    @for (_, value) in group { dd { (value) } }
                }
            }
        }
    }
}

fn render_part(part: &RoleTasks) -> Markup {
    html! {
        section {
            h2 { (text::role_heading(part)) }
            @if let Some(sentence) = &part.introduction { p { (prose(sentence)) } }
            @for task in &part.tasks { (render_task(task)) }
        }
    }
}

fn render_task(task: &Task) -> Markup {
    let class = format!("card {}", task.requirement.as_str());
    html! {
        article class=(class) {
            h3 { (tick_box()) " " (task.number) ". " (prose(&task.title)) }
            p class="meta" {
                (requirement_tag(task.requirement)) " "
                span class="quiet" { (wording::TAKES_EFFECT) ": " (task.takes) }
            }
            (render_pairs(&text::task_details(task)))
            ol class="steps" { @for step in &task.steps { li { (tick_box()) " " (render_step(step, task)) } } }
            (console_values(&task.console))
            (command_blocks(&task.commands, wording::command_note))
            p { (tick_box()) " " strong { (wording::VERIFY) ": " } (prose(&task.verify)) }
            (links(&task.links))
        }
    }
}

/// A box to tick on paper.
fn tick_box() -> Markup {
    html! { span class="tick" aria-hidden="true" {} }
}

/// A step. The consent address at its end becomes a link.
fn render_step(step: &str, task: &Task) -> Markup {
    match task.split_consent(step) {
        Some((before, address)) => html! {
            (prose(before)) a href=(address) rel="noreferrer" { (address) }
        },
        None => prose(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn the_page_is_complete_and_loads_nothing() {
        let page = render(&Handover::new(&sample_report::report()));
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
        for loaded in [
            "<script", "<img", "<link", "<iframe", "src=", "@import", "url(", "style=",
        ] {
            assert!(!page.contains(loaded), "{loaded}");
        }
        assert!(page.contains("Content-Security-Policy"));
    }
}
