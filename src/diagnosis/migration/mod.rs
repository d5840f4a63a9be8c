//! The move from EWS to Microsoft Graph: the results of both APIs side by side, whether a connection can switch, and the plan.

mod console;
mod parity;
mod plan;
mod readiness;
mod result;
mod schedule;

use crate::evidence::Evidence;
use crate::terms::Api;

use super::diagnosis_context::Context;
use super::result::Diagnosis;

use self::plan::PlanInput;

pub(super) use console::console_place;
pub use result::{
    ConsoleValue, ConsoleValues, Migration, MigrationConnection, PlanStep, RoomParity,
};

/// Compares an estate as it is with the same estate on Graph.
pub fn compare_apis(
    (evidence, today): (&Evidence, &Diagnosis),
    (evidence_on_graph, on_graph): (&Evidence, Diagnosis),
) -> Migration {
    let switching = evidence
        .connections
        .iter()
        .filter(|facts| facts.api == Some(Api::Ews));
    let connections: Vec<MigrationConnection> = switching
        .map(|facts| MigrationConnection {
            name: facts.name.clone(),
            client_id: facts.client_id.clone(),
            readiness: readiness::of_connection(&on_graph.rows, &facts.name),
            rooms: parity::of_rooms(&today.rows, &on_graph.rows, &facts.name),
        })
        .collect();
    let ews_status = schedule::ews_status(today);
    let plan = plan::plan(&PlanInput {
        context: &Context::new(evidence_on_graph),
        evidence_today: evidence,
        today,
        ews_status,
        on_graph: &on_graph,
        connections: &connections,
    });
    Migration {
        readiness: readiness::of_estate(&connections),
        ews_status,
        schedule: schedule::sentences(evidence, ews_status),
        connections,
        causes: on_graph.causes,
        plan,
        results: on_graph.rows,
    }
}
