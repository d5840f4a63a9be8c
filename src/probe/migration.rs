//! One run over an estate as it is and as it would be on Microsoft Graph. Hosts, tenants, tokens and registrations are
//! shared, and the rooms are checked over both APIs beside each other.

use std::collections::HashMap;
use std::future::Future;

use crate::evidence::{Evidence, Observation};
use crate::settings::{Connection, Estate};
use crate::terms::{CheckGroup, CheckId};

use super::context::{Run, plan};
use super::plan::Planned;
use super::recording::observations;
use super::results::RowResult;
use super::run::{Finished, RunContext, run_and_collect};

/// The evidence of both estates. Both contain all requests of the run.
#[derive(Debug, Clone)]
pub struct MigrationEvidence {
    /// The estate as it is.
    pub today: Evidence,
    /// The estate after the switch of every connection that uses EWS.
    pub on_graph: Evidence,
}

/// Runs the checks of an estate and, in the same run, those of its EWS connections over Graph.
pub async fn run_migration(
    estate: &Estate,
    context: RunContext<'_>,
    interrupt: impl Future<Output = ()>,
) -> MigrationEvidence {
    let count = estate.connections.len();
    run_and_collect(&combined(estate), context, interrupt, |finished| {
        collect(finished, count)
    })
    .await
}

/// All connections of the estate, and after them the switched ones.
fn combined(estate: &Estate) -> Estate {
    let switched = estate.connections.iter().filter(|own| own.uses_ews());
    let switched = switched.map(|own| Connection {
        // Mail and user sync use Graph today, so their checks are the same after the switch.
        mail: None,
        user_sync: None,
        ..own.on_graph(estate.product_version)
    });
    let connections = estate.connections.iter().cloned().chain(switched);
    Estate {
        connections: connections.collect(),
        ..estate.clone()
    }
}

fn collect(finished: &Finished<'_>, count: usize) -> MigrationEvidence {
    let run = finished.run;
    let found = FoundResults::take(run);
    let today = Part {
        estate: Estate {
            connections: run.estate.connections[..count].to_vec(),
            ..run.estate.clone()
        },
        places: (0..count).collect(),
    };
    let on_graph = on_graph(&today.estate, run.estate);
    let requests = finished.take_requests();
    MigrationEvidence {
        today: finished.evidence(&today.estate, found.rows(run, &today), requests.clone()),
        on_graph: finished.evidence(&on_graph.estate, found.rows(run, &on_graph), requests),
    }
}

/// A part of the combined estate.
struct Part {
    estate: Estate,
    /// The place in the combined estate, for each connection of this part.
    places: Vec<usize>,
}

/// The estate after the switch, with the rooms that the tenant listed during the run.
fn on_graph(today: &Estate, combined: &Estate) -> Part {
    let mut next = today.connections.len();
    let mut places = Vec::with_capacity(next);
    for (index, connection) in today.connections.iter().enumerate() {
        if connection.uses_ews() {
            places.push(next);
            next += 1;
        } else {
            places.push(index);
        }
    }
    let mut estate = today.on_graph();
    for (connection, place) in estate.connections.iter_mut().zip(&places) {
        if let Some(checked) = combined.connections.get(*place) {
            connection.rooms = checked.rooms.clone();
        }
    }
    Part { estate, places }
}

/// The results of the combined run, by check and subject.
struct FoundResults {
    own: HashMap<(CheckId, Option<usize>, String), RowResult>,
    /// Rows that connections share, and those of mail and user sync, which are with the connection of today.
    shared: HashMap<(CheckId, String, Option<usize>), RowResult>,
}

impl FoundResults {
    fn take(run: &Run<'_>) -> Self {
        let (mut own, mut shared) = (HashMap::new(), HashMap::new());
        for (row, result) in run.plan.rows.iter().zip(run.results.take()) {
            let Some(result) = result else { continue };
            if is_about_one_connection(row.check) {
                own.insert((row.check, row.connection, row.subject.clone()), result);
            } else {
                let key = (row.check, row.subject.clone(), row.credentials);
                shared.entry(key).or_insert(result);
            }
        }
        Self { own, shared }
    }

    /// The rows of the plan of a part, each with its result in the combined run.
    fn rows(&self, run: &Run<'_>, part: &Part) -> Vec<Observation> {
        let mut plan = plan(&part.estate, run.endpoints, run.extras);
        // Without a connection over EWS, this check would request a token of its own, which the combined run does not need.
        plan.rows.retain(|row| {
            row.check != CheckId::GrantSurplus
                || part.estate.connections.iter().any(Connection::uses_ews)
        });
        let results = plan.rows.iter().map(|row| self.of(row, part)).collect();
        observations(run, &part.estate, &plan, results)
    }

    fn of(&self, row: &Planned, part: &Part) -> Option<RowResult> {
        if !is_about_one_connection(row.check) {
            let key = (row.check, row.subject.clone(), row.credentials);
            return self.shared.get(&key).cloned();
        }
        let place = row
            .connection
            .and_then(|index| part.places.get(index))
            .copied();
        self.own
            .get(&(row.check, place, row.subject.clone()))
            .cloned()
    }
}

/// Whether the result of a check belongs to one connection over one API. All other checks have the same result before and
/// after the switch.
fn is_about_one_connection(check: CheckId) -> bool {
    matches!(
        check.group(),
        CheckGroup::Settings | CheckGroup::SignIn | CheckGroup::Mailbox
    )
}
