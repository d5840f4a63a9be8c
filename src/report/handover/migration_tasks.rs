//! The plan of the move to Graph as tasks.

use crate::diagnosis::{Migration, PlanStep};
use crate::report::{display_names, migration_view};
use crate::terms::{Confidence, MigrationPhase, MigrationStepId, Requirement};

use super::tasks::{RoleTasks, Task, consent_in, how_to_verify, printable_links};

/// One part for each part of the plan. Its steps are done in order, so they are not grouped by role.
pub(super) fn by_phase(migration: &Migration) -> Vec<RoleTasks> {
    let parts = migration_view::plan_parts(migration);
    parts
        .into_iter()
        .map(|part| RoleTasks {
            who: part.text.title.clone(),
            tasks: (part.first..)
                .zip(part.steps)
                .map(|(number, step)| task_of_step(number, step))
                .collect(),
            is_notes: false,
            introduction: Some(part.text.sentence.clone()),
            is_fallback: part.phase == MigrationPhase::Rollback,
        })
        .collect()
}

fn task_of_step(number: usize, step: &PlanStep) -> Task {
    let names = step.connections.iter();
    let connections: Vec<String> = names
        .map(|name| display_names::connection_in_list(name))
        .collect();
    let proves_the_switch = step.id == MigrationStepId::VerifyWithCheck.as_str();
    // Without the other steps after the switch, ResourceXpress works as well.
    let requirement = match step.phase {
        MigrationPhase::After if proves_the_switch => Requirement::Required,
        MigrationPhase::Before | MigrationPhase::Switch => Requirement::Required,
        MigrationPhase::After | MigrationPhase::Rollback => Requirement::Optional,
    };
    Task {
        number,
        who: Some(step.remedy.who.clone()),
        requirement,
        confidence: Confidence::Confirmed,
        title: step.title.clone(),
        connection: connections
            .first()
            .filter(|_| connections.len() == 1)
            .cloned(),
        connections,
        subjects: Vec::new(),
        because: Vec::new(),
        steps: step.remedy.steps.clone(),
        console: step.console.clone(),
        commands: step.remedy.commands.clone(),
        consent: consent_in(&step.remedy.steps),
        verify: how_to_verify(&step.id, &step.remedy.verify),
        takes: step.remedy.takes.clone(),
        links: printable_links(&step.remedy.links),
    }
}
