//! The comparison of EWS and Graph in the parts that every format shows.

use crate::diagnosis::{ConsoleValues, Migration, MigrationConnection, PlanStep, RoomParity};
use crate::knowledge::{self, ExpectedDifference, MigrationPhaseText};
use crate::terms::{MigrationPhase, Parity, Readiness};

use super::{Report, Target, Verdict, display_names, verdict_reason, wording};

/// Rooms of a connection with the same results for the same reason.
pub struct RoomGroup<'m> {
    /// What the results mean.
    pub parity: Parity,
    /// The cause of the failure, if there is one.
    pub cause: Option<&'m str>,
    /// The difference between the APIs that explains it.
    pub difference: Option<&'static ExpectedDifference>,
    /// The rooms, in order.
    pub rooms: Vec<&'m RoomParity>,
}

impl RoomGroup<'_> {
    /// What the results mean, how many rooms have them, and why.
    pub fn title(&self) -> String {
        wording::room_group_title(self.parity, self.rooms.len(), self.cause)
    }

    /// The rooms, up to so many by name.
    pub fn named_rooms(&self, longest: usize) -> String {
        let rooms: Vec<String> = self.rooms.iter().map(|own| own.room.clone()).collect();
        wording::list_up_to(&rooms, longest)
    }
}

/// The order in which groups are shown: what needs work comes first.
const ORDER: [Parity; 5] = [
    Parity::WouldFailOnGraph,
    Parity::FailsOnBoth,
    Parity::Unknown,
    Parity::WorksOnGraphOnly,
    Parity::WorksOnBoth,
];

/// The rooms of a connection in groups.
pub fn room_groups(connection: &MigrationConnection) -> Vec<RoomGroup<'_>> {
    let mut groups: Vec<RoomGroup<'_>> = Vec::new();
    for parity in ORDER {
        let first = groups.len();
        let rooms = connection.rooms.iter().filter(|room| room.parity == parity);
        for room in rooms {
            let same = groups[first..]
                .iter_mut()
                .find(|group| group.cause == room.cause.as_deref());
            match same {
                Some(group) => group.rooms.push(room),
                None => groups.push(new_group(room)),
            }
        }
    }
    groups
}

fn new_group(room: &RoomParity) -> RoomGroup<'_> {
    let difference = room.difference.as_deref().and_then(|id| {
        knowledge::expected_differences()
            .iter()
            .find(|known| known.id == id)
    });
    RoomGroup {
        parity: room.parity,
        cause: room.cause.as_deref(),
        difference,
        rooms: vec![room],
    }
}

/// A part of the plan with its steps and the number of the first one.
pub struct PlanPart<'m> {
    /// Which part.
    pub phase: MigrationPhase,
    /// The heading.
    pub text: &'static MigrationPhaseText,
    /// What a reader must know before the steps, for this tenant.
    pub sentence: String,
    /// The number of the first step, from 1 for the whole plan.
    pub first: usize,
    /// The steps.
    pub steps: Vec<&'m PlanStep>,
}

/// The parts of the plan that have steps.
pub fn plan_parts(migration: &Migration) -> Vec<PlanPart<'_>> {
    let mut parts = Vec::new();
    let mut first = 1;
    for phase in MigrationPhase::ALL {
        let steps: Vec<&PlanStep> = migration
            .plan
            .iter()
            .filter(|step| step.phase == *phase)
            .collect();
        if steps.is_empty() {
            continue;
        }
        let count = steps.len();
        parts.push(PlanPart {
            phase: *phase,
            text: knowledge::migration_phase_text(*phase),
            sentence: sentence_of_phase(*phase, migration),
            first,
            steps,
        });
        first += count;
    }
    parts
}

/// A return to EWS can need something first.
fn sentence_of_phase(phase: MigrationPhase, migration: &Migration) -> String {
    let usual = &knowledge::migration_phase_text(phase).sentence;
    match knowledge::way_back(migration.ews_status) {
        Some(first) if phase == MigrationPhase::Rollback => format!("{usual} {first}"),
        _ => usual.clone(),
    }
}

/// The connections that a step concerns, if it does not concern all of them.
pub fn connections_of_step(step: &PlanStep, migration: &Migration) -> Option<String> {
    let all = migration.connections.len();
    if step.connections.is_empty() || step.connections.len() == all {
        return None;
    }
    let names = step.connections.iter();
    let names: Vec<String> = names
        .map(|name| display_names::connection_in_list(name))
        .collect();
    Some(wording::list_up_to(&names, MAX_NAMES))
}

/// The places with the same values in the console, up to so many by name.
pub fn places(values: &ConsoleValues) -> String {
    wording::list_up_to(&values.places, MAX_PLACES)
}

/// The label of the readiness. A run over a sample of the rooms shows that it covers only a part.
pub fn readiness_label(report: &Report, migration: &Migration) -> &'static str {
    if migration.connections.is_empty() {
        return wording::NOTHING_TO_SWITCH;
    }
    let is_sampled = report.target.sample().is_some();
    match migration.readiness {
        Readiness::ReadyToSwitch if is_sampled => wording::READY_TO_SWITCH_PARTIAL,
        readiness => wording::readiness(readiness),
    }
}

/// Why the estate has its readiness, in sentences. What the options of the run left out is named.
pub fn readiness_sentence(report: &Report, migration: &Migration) -> String {
    if migration.connections.is_empty() {
        return wording::NO_CONNECTION_OVER_EWS.to_owned();
    }
    let left_out = left_out(&report.target, migration);
    let is_only_left_out = migration.readiness == Readiness::Inconclusive
        && left_out.is_some()
        && !migration.has_unfinished_checks();
    let reason = (!is_only_left_out).then(|| reason_of_readiness(migration));
    let sampled = report.target.sample().map(|option| {
        let template = &knowledge::migration_messages().sampled;
        knowledge::fill(template, &|name| {
            (name == "option").then(|| option.to_owned())
        })
    });
    let sentences: Vec<String> = reason
        .into_iter()
        .chain(staying(migration))
        .chain(left_out)
        .chain(sampled)
        .collect();
    sentences.join(" ")
}

/// The connections that cannot switch, in a sentence.
fn staying(migration: &Migration) -> Option<String> {
    let staying = migration
        .connections
        .iter()
        .filter(|own| own.stays_on_ews());
    let names: Vec<String> = staying
        .map(|own| display_names::connection_in_sentence(&own.name))
        .collect();
    let enumeration = wording::list_up_to(&names, MAX_NAMES);
    (!names.is_empty()).then(|| knowledge::stays_on_ews(&enumeration))
}

/// The verdict of the installation as it is, where it has problems: the readiness does not contain them.
pub fn problems_of_today(report: &Report) -> Option<String> {
    let is_good = report.summary.verdict == Verdict::Ready;
    (!is_good).then(|| {
        wording::today_over_ews(
            verdict_reason::verdict_label(report),
            &verdict_reason::verdict_reason(report),
        )
    })
}

/// The checks on which the switch depends and that the options of the run left out, in a sentence.
fn left_out(target: &Target, migration: &Migration) -> Option<String> {
    let checks: Vec<String> = migration
        .left_out_checks()
        .iter()
        .map(ToString::to_string)
        .collect();
    if checks.is_empty() {
        return None;
    }
    let options = target.narrowed_by.iter();
    let options: Vec<String> = options
        .filter(|option| option.starts_with("--only") || option.starts_with("--skip"))
        .map(|option| format!("`{option}`"))
        .collect();
    let template = &knowledge::migration_messages().left_out;
    Some(knowledge::fill(template, &|name| match name {
        "options" => Some(options.join(", ")),
        "checks" => Some(wording::list_up_to(&checks, MAX_CHECKS)),
        _ => None,
    }))
}

fn reason_of_readiness(migration: &Migration) -> String {
    let same: Vec<String> = migration
        .connections
        .iter()
        .filter(|own| own.readiness == migration.readiness)
        .map(|own| display_names::connection_in_sentence(&own.name))
        .collect();
    let names = wording::list_up_to(&same, MAX_NAMES);
    let text = knowledge::readiness_text(migration.readiness);
    knowledge::fill(&text.sentence, &|name| {
        (name == "connections").then(|| names.clone())
    })
}

/// How many checks a sentence names before it counts the rest.
const MAX_CHECKS: usize = 3;

/// How many connections a sentence names before it counts the rest.
const MAX_NAMES: usize = 5;

/// How many places of the console are named before the rest is counted: an administrator has to open each of them.
const MAX_PLACES: usize = 100;
