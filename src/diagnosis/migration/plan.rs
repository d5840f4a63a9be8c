//! The plan of the move: what fixes the problems over Graph, then the steps of the switch, and what comes after it.

use std::collections::BTreeMap;

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::filled_remedy::RemedyTexts;
use crate::diagnosis::placeholders::Placeholders;
use crate::diagnosis::{Cause, Diagnosis, Remedy, ResultRow};
use crate::evidence::ConnectionFacts;
use crate::knowledge::{self, MigrationStep};
use crate::terms::{CauseId, CheckId, MigrationPhase, MigrationStepId, Parity, Requirement};

use super::console;
use super::readiness;
use super::result::{ConsoleValues, MigrationConnection, PlanStep, RoomParity};

/// What a plan is made of.
pub(super) struct PlanInput<'p> {
    /// The estate on Graph.
    pub(super) context: &'p Context<'p>,
    pub(super) today: &'p Diagnosis,
    pub(super) on_graph: &'p Diagnosis,
    pub(super) connections: &'p [MigrationConnection],
}

/// The steps in the order in which they are done. Without a connection that switches there is nothing to do.
pub(super) fn plan(input: &PlanInput<'_>) -> Vec<PlanStep> {
    if input.connections.is_empty() {
        return Vec::new();
    }
    let mut steps = Vec::new();
    for id in MigrationStepId::ALL {
        let step = knowledge::migration_step(*id);
        // The fixes come after the version of the product, because an old one can make all of them pointless.
        if *id == MigrationStepId::ConfirmNationalCloud {
            steps.extend(input.fixes());
        }
        steps.extend(input.steps_of(step));
    }
    steps
}

impl PlanInput<'_> {
    /// The steps that fix the required problems over Graph.
    fn fixes(&self) -> impl Iterator<Item = PlanStep> + '_ {
        let causes = self.on_graph.causes.iter();
        causes
            .filter(|cause| cause.requirement == Requirement::Required)
            .filter_map(|cause| self.fix(cause))
    }

    /// The fix of a cause, if it affects a connection that switches.
    fn fix(&self, cause: &Cause) -> Option<PlanStep> {
        let explained: Vec<&ResultRow> = cause.explained(&self.on_graph.rows).collect();
        // Mail and user sync can have problems that do not concern the switch.
        let switching = |name: &&String| {
            self.connections.iter().any(|own| own.name == **name)
                && explained
                    .iter()
                    .any(|row| readiness::is_relevant(row, name))
        };
        let connections: Vec<String> = cause
            .connections
            .iter()
            .filter(switching)
            .cloned()
            .collect();
        (!connections.is_empty()).then(|| PlanStep {
            phase: MigrationPhase::Before,
            id: cause.id.clone(),
            connections,
            title: cause.title.clone(),
            console: Vec::new(),
            remedy: Remedy {
                verify: verified_by_migrate(&cause.remedy.verify),
                ..cause.remedy.clone()
            },
        })
    }

    /// A step of the knowledge base: once for each app if it is about an app, else once for all connections.
    fn steps_of(&self, step: &MigrationStep) -> Vec<PlanStep> {
        if !self.is_needed(step.id) {
            return Vec::new();
        }
        let groups = if is_about_an_app(step.id) {
            self.by_app()
        } else {
            vec![self.connections.iter().collect()]
        };
        groups
            .into_iter()
            .filter(|group| {
                step.id != MigrationStepId::RemoveFullAccess || self.has_full_access(group)
            })
            .map(|group| self.filled(step, &group))
            .collect()
    }

    fn is_needed(&self, id: MigrationStepId) -> bool {
        match id {
            MigrationStepId::UpdateResourceXpress => self.may_need_another_version(),
            MigrationStepId::ConfirmNationalCloud => knowledge::dates()
                .ews_end_in(&self.context.evidence.cloud)
                .is_none(),
            MigrationStepId::CheckRoomAddresses => self
                .connections
                .iter()
                .any(|connection| connection.rooms.iter().any(has_another_address)),
            _ => true,
        }
    }

    /// Whether the version is unknown, or one whose Graph connections need what newer ones do not.
    fn may_need_another_version(&self) -> bool {
        // The plan of the checks requires the service account over Graph for such a version only.
        let is_old = self.on_graph.rows.iter().any(|row| {
            row.check == CheckId::MailboxServiceAccount && row.requirement == Requirement::Required
        });
        is_old || self.context.evidence.product_version.is_none()
    }

    /// The connections of each app, in the order of the settings.
    fn by_app(&self) -> Vec<Vec<&MigrationConnection>> {
        let mut apps: Vec<Vec<&MigrationConnection>> = Vec::new();
        for connection in self.connections {
            let known = apps.iter_mut().find(|app| {
                app.iter()
                    .any(|own| own.client_id.eq_ignore_ascii_case(&connection.client_id))
            });
            match known {
                Some(app) => app.push(connection),
                None => apps.push(vec![connection]),
            }
        }
        apps
    }

    /// Whether the token of today holds the permission for EWS.
    fn has_full_access(&self, group: &[&MigrationConnection]) -> bool {
        self.today.rows.iter().any(|row| {
            row.check == CheckId::GrantFullAccessAsApp
                && !row.declared.is_empty()
                && group
                    .iter()
                    .any(|own| row.connection.as_ref() == Some(&own.name))
        })
    }

    fn filled(&self, step: &MigrationStep, group: &[&MigrationConnection]) -> PlanStep {
        let names: Vec<String> = group.iter().map(|own| own.name.clone()).collect();
        let rooms = rooms_for(step.id, group);
        let cloud = &self.context.evidence.cloud;
        let values = BTreeMap::from([
            ("connections", names.join(", ")),
            ("cloud_name", knowledge::cloud_label(cloud).to_owned()),
        ]);
        let facts = names.first().and_then(|name| self.facts(name));
        let fill =
            Placeholders::new(self.context, facts, None, &rooms, &values).of_connections(&names);
        let texts = RemedyTexts {
            who: step.who,
            steps: &step.steps,
            commands: &step.commands,
            verify: &step.verify,
            takes: &step.takes,
            links: &step.links,
        };
        PlanStep {
            phase: step.phase,
            id: step.id.to_string(),
            title: fill.fill_sentence(&step.title),
            console: self.console(step.id, group),
            remedy: texts.fill(&fill),
            connections: names.clone(),
        }
    }

    /// The values that a step enters in the console.
    fn console(&self, id: MigrationStepId, group: &[&MigrationConnection]) -> Vec<ConsoleValues> {
        if id != MigrationStepId::EnterConsoleFields {
            return Vec::new();
        }
        let facts = group.iter().filter_map(|own| self.facts(&own.name));
        console::console_values(self.context, facts)
    }

    fn facts(&self, name: &str) -> Option<&ConnectionFacts> {
        self.context
            .evidence
            .connections
            .iter()
            .find(|own| own.name == name)
    }
}

/// Whether the two APIs find different mailboxes behind the address of a room.
fn has_another_address(room: &RoomParity) -> bool {
    let causes = [
        CauseId::MailboxAliasUsed,
        CauseId::MailboxNotInExchangeOnline,
        CauseId::MailboxNotFound,
    ];
    room.parity != Parity::FailsOnBoth
        && room
            .cause
            .as_ref()
            .is_some_and(|cause| causes.iter().any(|id| id.as_str() == cause))
}

/// The way to see that a fix worked: for a problem over Graph, this is another comparison.
fn verified_by_migrate(verify: &str) -> String {
    verify.replace("`rx-preflight check`", "`rx-preflight migrate`")
}

fn is_about_an_app(id: MigrationStepId) -> bool {
    matches!(
        id,
        MigrationStepId::RemoveFullAccess
            | MigrationStepId::RemoveImpersonation
            | MigrationStepId::RemoveAllowedApp
    )
}

/// The rooms that a step names: those whose addresses differ between the APIs, else the first one.
fn rooms_for(id: MigrationStepId, group: &[&MigrationConnection]) -> Vec<String> {
    let rooms = group.iter().flat_map(|own| &own.rooms);
    if id == MigrationStepId::CheckRoomAddresses {
        rooms
            .filter(|room| has_another_address(room))
            .map(|room| room.room.clone())
            .collect()
    } else {
        rooms.take(1).map(|room| room.room.clone()).collect()
    }
}
