//! Hand-over as an HTML page with the styles of the report.

use maud::{Markup, html};

use crate::diagnosis::Command;
use crate::report::{html as report_html, wording};

use super::tasks::{Handover, RoleTasks, Task};
use super::text;

/// Renders a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let body = html! {
        main {
            header class="verdict" {
                h1 { (text::TITLE) }
                @for paragraph in text::introduction(handover) { p { (paragraph) } }
            }
            (render_pairs(&text::tested_target(handover)))
            @for part in &handover.parts { (render_part(part)) }
        }
        @if let Some(closing) = text::closing(handover) { footer { p { (closing) } } }
    };
    report_html::page(text::TITLE, &body)
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
            @for task in &part.tasks { (render_task(task)) }
        }
    }
}

fn render_task(task: &Task) -> Markup {
    let class = format!("tag {}", task.requirement.as_str());
    html! {
        article class="cause" {
            h3 { (task.number) ". " span class=(class) { (wording::requirement(task.requirement)) } " " (task.title) }
            (render_pairs(&text::task_details(task)))
            ol { @for step in &task.steps { li { (report_html::prose(step)) } } }
            @if let Some(address) = &task.consent {
                p { (text::CONSENT) ": " a href=(address) rel="noreferrer" { (address) } }
            }
            @for command in &task.commands { (render_command(command)) }
            dl {
                dt { (text::VERIFY) } dd { (report_html::prose(&task.verify)) }
                dt { (text::TAKES_EFFECT) } dd { (task.takes) }
                (report_html::links(&task.links))
            }
        }
    }
}

fn render_command(command: &Command) -> Markup {
    html! { p { (text::command_note(command.shell_name())) } (report_html::code_block(command)) }
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
