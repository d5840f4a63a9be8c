//! The comparison of EWS and Graph, and the plan of the move.

use maud::{Markup, html};

use crate::diagnosis::{Migration, MigrationConnection, PlanStep};
use crate::report::migration_view::{self, PlanPart};
use crate::report::{Report, display_names, wording};
use crate::terms::Readiness;

use super::elements::{code_block, console_values, links, prose};

/// How many rooms of a group are named before the rest is counted.
const NAMED: usize = 40;

/// The readiness as the head of the page.
pub(super) fn head(report: &Report, migration: &Migration) -> Markup {
    let class = format!("verdict {}", class(migration.readiness));
    html! {
        header class=(class) {
            h1 { (wording::MIGRATION) ": " (wording::readiness(migration.readiness)) }
            p { (prose(&migration_view::readiness_sentence(migration))) " " (wording::exit_code_sentence(report.summary.exit_code)) }
            @for sentence in &migration.schedule { p { (prose(sentence)) } }
        }
    }
}

/// The rooms over both APIs, and the plan.
pub(super) fn sections(migration: &Migration) -> Markup {
    html! {
        section {
            h2 { (wording::ROOMS) }
            @for connection in &migration.connections { (rooms(connection)) }
        }
        @for part in migration_view::plan_parts(migration) { (plan_part(migration, &part)) }
    }
}

fn rooms(connection: &MigrationConnection) -> Markup {
    let class = format!("tag {}", tag_class(connection.readiness));
    html! {
        h3 { span class=(class) { (wording::readiness(connection.readiness)) } " " (display_names::connection_in_list(&connection.name)) }
        @for group in migration_view::room_groups(connection) {
            p { strong { (group.title()) } br; (group.named_rooms(NAMED)) }
            @if let Some(difference) = group.difference {
                p { (difference.title) ". " (prose(&difference.text)) }
            }
        }
    }
}

fn plan_part(migration: &Migration, part: &PlanPart<'_>) -> Markup {
    html! {
        section {
            h2 { (part.text.title) }
            p { (prose(&part.text.sentence)) }
            @for (index, step) in part.steps.iter().enumerate() { (plan_step(migration, part.first + index, step)) }
        }
    }
}

fn plan_step(migration: &Migration, number: usize, step: &PlanStep) -> Markup {
    html! {
        article class="cause" {
            h3 { (number) ". " (prose(&step.title)) }
            dl {
                dt { (wording::WHO_CAN_FIX_IT) } dd { strong { (wording::who(&step.remedy.who)) } }
                @if let Some(names) = migration_view::connections_of_step(step, migration) { dt { (wording::CONNECTIONS) } dd { (names) } }
            }
            ol { @for text in &step.remedy.steps { li { (prose(text)) } } }
            (console_values(&step.console))
            @for command in &step.remedy.commands { (code_block(command)) }
            dl {
                dt { (wording::VERIFY) } dd { (prose(&step.remedy.verify)) }
                dt { (wording::TAKES_EFFECT) } dd { (step.remedy.takes) }
                (links(&step.remedy.links))
            }
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

/// The class of an outcome with the same color.
fn tag_class(readiness: Readiness) -> &'static str {
    match readiness {
        Readiness::ReadyToSwitch => "pass",
        Readiness::WorkToDo => "fail",
        Readiness::Inconclusive => "unknown",
    }
}
