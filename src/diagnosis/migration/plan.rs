//! The plan of the move: what fixes the problems over Graph, then the steps of the switch, and what comes after it.

use std::collections::BTreeMap;

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::filled_remedy::RemedyTexts;
use crate::diagnosis::placeholders::{Placeholders, in_a_sentence};
use crate::diagnosis::{Cause, Diagnosis, Remedy, ResultRow};
use crate::evidence::{ConnectionFacts, Evidence};
use crate::knowledge::{self, MigrationStep};
use crate::terms::{
    CauseId, CheckId, EwsStatus, MigrationPhase, MigrationStepId, Parity, Requirement,
};

use super::console;
use super::readiness;
use super::result::{ConsoleValues, MigrationConnection, PlanStep, RoomParity};

/// How a step begins that restarts ResourceXpress, for which the panels are without bookings for a time.
const RESTART: &str = "Restart the ResourceXpress services";

/// What a plan is made of.
pub(super) struct PlanInput<'p> {
    /// The estate on Graph.
    pub(super) context: &'p Context<'p>,
    pub(super) evidence_today: &'p Evidence,
    pub(super) today: &'p Diagnosis,
    pub(super) ews_status: EwsStatus,
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
    fn fixes(&self) -> Vec<PlanStep> {
        let causes = self.on_graph.causes.iter();
        let mut steps: Vec<PlanStep> = Vec::new();
        for cause in causes.filter(|cause| cause.requirement == Requirement::Required) {
            // Several problems of one app can have the same fix.
            steps.extend(self.fix(cause).filter(|step| !steps.contains(step)));
        }
        steps
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
        if connections.is_empty() {
            return None;
        }
        if is_about_the_consent(cause) && self.is_granted_in_exchange(&connections) {
            let group = self.connections.iter();
            let group: Vec<&MigrationConnection> = group
                .filter(|own| connections.contains(&own.name))
                .collect();
            let step = knowledge::migration_step(MigrationStepId::AssignExchangeRole);
            return Some(self.filled(step, &group));
        }
        Some(PlanStep {
            phase: MigrationPhase::Before,
            id: cause.id.clone(),
            connections,
            title: cause.title.clone(),
            console: Vec::new(),
            remedy: Remedy {
                steps: self.without_restart(cause),
                verify: verified_by_migrate(&cause.remedy.verify),
                ..cause.remedy.clone()
            },
        })
    }

    /// Whether a role inside Exchange grants the access over EWS today, and no consent in Entra does.
    fn is_granted_in_exchange(&self, connections: &[String]) -> bool {
        let mut notes = self.today.causes.iter();
        notes.any(|note| {
            let shares = |name: &String| connections.contains(name);
            note.id == CauseId::GrantByExchangeRbac.as_str()
                && note.connections.iter().any(shares)
                && note
                    .explained(&self.today.rows)
                    .any(|row| row.check == CheckId::GrantFullAccessAsApp)
        })
    }

    /// The steps of a fix. The restart comes with the switch, unless the problem affects the panels today as well.
    fn without_restart(&self, cause: &Cause) -> Vec<String> {
        let affects_today = self.today.causes.iter().any(|own| {
            let shares = |name: &String| own.connections.contains(name);
            own.id == cause.id && cause.connections.iter().any(shares)
        });
        let steps = cause.remedy.steps.iter();
        steps
            .filter(|step| affects_today || !step.starts_with(RESTART))
            .cloned()
            .collect()
    }

    /// A step of the knowledge base: once for each app if it is about an app, else once for all connections.
    fn steps_of(&self, step: &MigrationStep) -> Vec<PlanStep> {
        if !self.is_needed(step.id) {
            return Vec::new();
        }
        let groups = if is_about_an_app(step.id) {
            self.by_app()
        } else if step.id == MigrationStepId::CheckRoomAddresses {
            vec![self.connections.iter().collect()]
        } else {
            vec![self.switching().collect()]
        };
        groups
            .into_iter()
            // Without a connection that switches, there is no switch and nothing after it.
            .filter(|group| !group.is_empty())
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
            MigrationStepId::ReturnToEws => self.ews_status != EwsStatus::Retired,
            // It takes the place of a fix, where one is needed.
            MigrationStepId::AssignExchangeRole => false,
            _ => true,
        }
    }

    /// The connections that switch: all but those whose rooms Graph cannot reach.
    fn switching(&self) -> impl Iterator<Item = &MigrationConnection> {
        self.connections.iter().filter(|own| !own.stays_on_ews())
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
        for connection in self.switching() {
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
        let mut values = BTreeMap::from([
            ("connections", names.join(", ")),
            ("cloud_name", knowledge::cloud_label(cloud).to_owned()),
        ]);
        values.extend(self.ews_addresses(&names).map(|text| ("ews_url", text)));
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
        let mut remedy = texts.fill(&fill);
        self.add_circumstances(step.id, &mut remedy.steps);
        PlanStep {
            phase: step.phase,
            id: step.id.to_string(),
            title: fill.fill_sentence(&step.title),
            console: self.console(step.id, group),
            remedy,
            connections: names.clone(),
        }
    }

    /// Adds what applies to this tenant only: the connections to leave as they are, and what a return to EWS needs first.
    fn add_circumstances(&self, id: MigrationStepId, steps: &mut Vec<String>) {
        match id {
            MigrationStepId::EnterConsoleFields => {
                let staying = self.connections.iter().filter(|own| own.stays_on_ews());
                let names: Vec<String> = staying.map(|own| in_a_sentence(&own.name)).collect();
                if !names.is_empty() {
                    steps.insert(0, knowledge::stays_on_ews(&names.join(", ")));
                }
            }
            MigrationStepId::ReturnToEws => {
                if let Some(sentence) = knowledge::way_back(self.ews_status) {
                    steps.insert(0, sentence.to_owned());
                }
            }
            _ => {}
        }
    }

    /// The Server Host Names for EWS, if one of them is not the usual one of the cloud.
    fn ews_addresses(&self, names: &[String]) -> Option<String> {
        let configured = |name: &String| console::configured_address(self.evidence_today, name);
        let own: Vec<(&String, &str)> = names
            .iter()
            .filter_map(|name| Some((name, configured(name)?)))
            .collect();
        let (_, first) = own.first()?;
        if own.len() == names.len() && own.iter().all(|(_, address)| address == first) {
            return Some((*first).to_owned());
        }
        let usual = (own.len() < names.len())
            .then(|| knowledge::cloud(&self.context.evidence.cloud))
            .flatten();
        let others = own
            .iter()
            .map(|(name, address)| format!("{address} for {}", in_a_sentence(name)));
        let all: Vec<String> = usual
            .map(|cloud| cloud.ews_url.clone())
            .into_iter()
            .chain(others)
            .collect();
        Some(all.join(", "))
    }

    /// The values that a step enters in the console.
    fn console(&self, id: MigrationStepId, group: &[&MigrationConnection]) -> Vec<ConsoleValues> {
        if id != MigrationStepId::EnterConsoleFields {
            return Vec::new();
        }
        let facts = group.iter().filter_map(|own| self.facts(&own.name));
        console::console_values(self.context, self.evidence_today, facts)
    }

    fn facts(&self, name: &str) -> Option<&ConnectionFacts> {
        self.context
            .evidence
            .connections
            .iter()
            .find(|own| own.name == name)
    }
}

/// Whether the fix of a problem ends with the consent in Entra to a permission for calendars.
fn is_about_the_consent(cause: &Cause) -> bool {
    let causes = [
        CauseId::GrantCalendarsReadWriteMissing,
        CauseId::GrantCalendarsReadOnly,
        CauseId::RegistrationConsentMissing,
        CauseId::RegistrationDelegatedInsteadOfApplication,
        CauseId::RegistrationWrongApi,
    ];
    causes.iter().any(|id| id.as_str() == cause.id)
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
