//! The plan of the move to Graph as tasks.

use crate::diagnosis::{Cause, Migration, MigrationConnection, PlanStep};
use crate::report::cause_order::{NumberedCause, numbered_causes};
use crate::report::{Report, display_names, migration_view, wording};
use crate::terms::{CauseGroup, CauseId, Confidence, MigrationPhase, MigrationStepId, Requirement};

use super::tasks::{
    RoleTasks, Task, consent_in, group_by_role, how_to_verify, is_actionable, printable_links,
    task_of_cause,
};

/// The plan, and then the problems of today that remain after the move. Without a plan, all problems of today.
pub(super) fn plan_and_remaining(report: &Report, migration: &Migration) -> Vec<RoleTasks> {
    if migration.plan.is_empty() {
        return group_by_role(report);
    }
    let mut parts = by_phase(migration);
    parts.extend(remaining(report, migration));
    parts
}

/// The problems of today that neither the plan nor the switch fixes. Their numbers follow those of the plan.
fn remaining(report: &Report, migration: &Migration) -> Option<RoleTasks> {
    let numbered = numbered_causes(report);
    let remaining = numbered.iter().filter(|own| {
        is_actionable(own)
            && (!own.is_note() || is_urgent_note(own))
            && !is_in_plan(own.cause, migration)
            && !ends_with_the_switch(own.cause, migration)
            && !is_the_server_that_stays(own.cause, migration)
    });
    let tasks: Vec<Task> = (migration.plan.len() + 1..)
        .zip(remaining)
        .map(|(number, own)| Task {
            number,
            who: Some(own.cause.remedy.who.clone()),
            ..task_of_cause(own, report)
        })
        .collect();
    (!tasks.is_empty()).then(|| RoleTasks {
        who: wording::REMAINING_PROBLEMS.to_owned(),
        tasks,
        is_notes: false,
        introduction: Some(wording::REMAINING_PROBLEMS_NOTE.to_owned()),
        is_fallback: false,
    })
}

/// Whether a note has a date or a danger. The notes about the end of EWS are what the plan is for.
fn is_urgent_note(numbered: &NumberedCause<'_>) -> bool {
    let id = numbered.cause.id.parse::<CauseId>();
    numbered.cause.asks_for_action && !id.is_ok_and(|id| id.group() == CauseGroup::Ews)
}

/// Whether the plan has the fix of a problem for every connection with the problem.
fn is_in_plan(cause: &Cause, migration: &Migration) -> bool {
    let mut steps = migration.plan.iter().filter(|step| step.id == cause.id);
    steps.any(|step| {
        let mut connections = cause.connections.iter();
        connections.all(|name| step.connections.contains(name))
    })
}

/// Whether a problem is the address of a server of the customer, which the plan leaves as it is.
fn is_the_server_that_stays(cause: &Cause, migration: &Migration) -> bool {
    let stays = |name: &String| stays_on_ews(name, migration) == Some(true);
    cause.id == CauseId::SettingsHostNameForeign.as_str() && cause.connections.iter().all(stays)
}

/// Whether the connection of this name stays on EWS; `None` if it does not use EWS.
fn stays_on_ews(name: &str, migration: &Migration) -> Option<bool> {
    let mut connections = migration.connections.iter();
    connections
        .find(|own| own.name == name)
        .map(MigrationConnection::stays_on_ews)
}

/// Whether a problem exists over EWS only, and every connection with it switches.
fn ends_with_the_switch(cause: &Cause, migration: &Migration) -> bool {
    let switches = |name: &String| stays_on_ews(name, migration) == Some(false);
    let exists_on_graph = migration.causes.iter().any(|own| {
        let shares = |name: &String| cause.connections.contains(name);
        own.id == cause.id && (cause.connections.is_empty() || own.connections.iter().any(shares))
    });
    !exists_on_graph && cause.connections.iter().all(switches)
}

/// One part for each part of the plan. Its steps are done in order, so they are not grouped by role.
fn by_phase(migration: &Migration) -> Vec<RoleTasks> {
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
            introduction: Some(part.sentence),
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
