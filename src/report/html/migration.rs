//! The readiness for the move to Graph, and the plan of the move.

use maud::{Markup, html};

use crate::diagnosis::{Migration, PlanStep};
use crate::report::migration_view::{self, PlanPart};
use crate::report::{Report, wording};
use crate::terms::Readiness;

use super::elements::{command_blocks, console_values, links, prose, steps, verification};
use super::part::Part;

/// The readiness as the head of the page.
pub(super) fn head(report: &Report, migration: &Migration) -> Markup {
    let class = format!("verdict {}", class(migration.readiness));
    html! {
        header class=(class) {
            h1 { (wording::MIGRATION) ": " (migration_view::readiness_label(report, migration)) }
            p { (prose(&migration_view::readiness_sentence(report, migration))) " " (wording::exit_code_sentence(report.summary.exit_code)) }
            @for sentence in &migration.schedule { p { (prose(sentence)) } }
        }
    }
}

/// The parts of the plan.
pub(super) fn plan(migration: &Migration) -> Vec<Part> {
    migration_view::plan_parts(migration)
        .iter()
        .map(|own| {
            let id = format!("plan-{}", own.first);
            Part::new(&id, &own.text.title, plan_part(migration, own))
        })
        .collect()
}

fn plan_part(migration: &Migration, part: &PlanPart<'_>) -> Markup {
    html! {
        p { (prose(&part.sentence)) }
        @for (index, step) in part.steps.iter().enumerate() { (plan_step(migration, part.first + index, step)) }
    }
}

fn plan_step(migration: &Migration, number: usize, step: &PlanStep) -> Markup {
    html! {
        article class="card" {
            h3 { (number) ". " (prose(&step.title)) }
            p class="meta" {
                span class="role" { (wording::who(&step.remedy.who)) } " "
                span class="quiet" { (wording::TAKES_EFFECT) ": " (step.remedy.takes) }
            }
            @if let Some(names) = migration_view::connections_of_step(step, migration) { p { (wording::CONNECTIONS) ": " (names) } }
            (steps(&step.remedy.steps))
            (console_values(&step.console))
            (command_blocks(&step.remedy.commands, wording::command_box))
            (verification(&step.remedy.verify))
            (links(&step.remedy.links))
        }
    }
}

/// The class of a verdict with the same color.
fn class(readiness: Readiness) -> &'static str {
    match readiness {
        Readiness::ReadyToSwitch => "ready",
        Readiness::WorkToDo => "not-ready",
        Readiness::Inconclusive => "inconclusive",
    }
}
