//! What changed about the move from EWS to Graph.

use serde::Serialize;

use crate::diagnosis::{Migration, MigrationConnection};
use crate::report::{Report, wording};
use crate::terms::{Parity, Readiness};

use super::change_direction::Direction;

/// The move to Graph in two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedMigration {
    /// The readiness of all connections before and now.
    pub readiness: (Readiness, Readiness),
    /// Whether the move came closer.
    pub direction: Direction,
    /// Connections that changed, in the order of the later report.
    pub connections: Vec<ComparedReadiness>,
}

/// One connection whose readiness or rooms changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedReadiness {
    /// The name of the connection.
    pub name: String,
    /// The readiness before; `null` if the earlier report does not have this connection.
    pub before: Option<Readiness>,
    /// The readiness now.
    pub after: Readiness,
    /// How many rooms would work on Graph before and now.
    pub rooms_on_graph: (usize, usize),
}

impl ComparedMigration {
    /// The readiness before and now, in a part of a sentence.
    pub(super) fn sentence(&self) -> String {
        let (before, after) = self.readiness;
        let change = if before == after {
            wording::as_before(wording::readiness(after))
        } else {
            wording::before_and_now(wording::readiness(before), wording::readiness(after))
        };
        wording::move_to_graph(&change)
    }
}

/// Compares the moves of two reports, if both are about one.
pub(super) fn compare_migrations(before: &Report, after: &Report) -> Option<ComparedMigration> {
    // A room that is not in the sample is still a room of the installation.
    let are_all_rooms_checked = before.target.sample().is_none() && after.target.sample().is_none();
    let (before, after) = (before.migration.as_ref()?, after.migration.as_ref()?);
    let readiness = (before.readiness, after.readiness);
    Some(ComparedMigration {
        readiness,
        direction: direction(before, after, are_all_rooms_checked),
        connections: after
            .connections
            .iter()
            .filter_map(|connection| changed(before, connection))
            .collect(),
    })
}

/// By the readiness, then by the number of rooms that work on Graph if all of them were checked.
fn direction(before: &Migration, after: &Migration, are_all_rooms_checked: bool) -> Direction {
    let of = |migration: &Migration| {
        let rooms: usize = if are_all_rooms_checked {
            migration.connections.iter().map(rooms_on_graph).sum()
        } else {
            0
        };
        (distance(migration.readiness), std::cmp::Reverse(rooms))
    };
    match of(after).cmp(&of(before)) {
        std::cmp::Ordering::Less => Direction::Better,
        std::cmp::Ordering::Equal => Direction::Same,
        std::cmp::Ordering::Greater => Direction::Worse,
    }
}

/// How far a readiness is from the switch. What is not certain may need work.
fn distance(readiness: Readiness) -> u8 {
    match readiness {
        Readiness::ReadyToSwitch => 0,
        Readiness::Inconclusive => 1,
        Readiness::WorkToDo => 2,
    }
}

fn rooms_on_graph(connection: &MigrationConnection) -> usize {
    let works = |parity| matches!(parity, Parity::WorksOnBoth | Parity::WorksOnGraphOnly);
    connection
        .rooms
        .iter()
        .filter(|room| works(room.parity))
        .count()
}

/// A connection of the later report, if anything about it changed.
fn changed(before: &Migration, after: &MigrationConnection) -> Option<ComparedReadiness> {
    let earlier = before.connections.iter().find(|own| own.name == after.name);
    let compared = ComparedReadiness {
        name: after.name.clone(),
        before: earlier.map(|own| own.readiness),
        after: after.readiness,
        rooms_on_graph: (earlier.map_or(0, rooms_on_graph), rooms_on_graph(after)),
    };
    let is_same = compared.before == Some(compared.after)
        && compared.rooms_on_graph.0 == compared.rooms_on_graph.1;
    (!is_same).then_some(compared)
}
