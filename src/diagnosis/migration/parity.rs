//! The outcomes of each room over EWS and over Graph.

use std::collections::HashMap;

use crate::diagnosis::ResultRow;
use crate::knowledge;
use crate::terms::{CauseId, CheckId, Outcome, Parity, Requirement, SkipReason};

use super::result::RoomParity;

/// The outcome of a room over one API.
#[derive(Debug, Clone, Copy)]
struct RoomOutcome<'r> {
    outcome: Outcome,
    cause: Option<&'r str>,
}

/// Every room of a connection that has rows over both APIs, in the order of the rows over EWS.
pub(super) fn of_rooms(
    today: &[ResultRow],
    graph: &[ResultRow],
    connection: &str,
) -> Vec<RoomParity> {
    let on_graph = outcomes(graph, connection);
    let by_room: HashMap<&str, RoomOutcome<'_>> = on_graph.into_iter().collect();
    outcomes(today, connection)
        .into_iter()
        .filter_map(|(room, ews)| Some(of_room(room, ews, *by_room.get(room)?)))
        .collect()
}

fn of_room(room: &str, ews: RoomOutcome<'_>, graph: RoomOutcome<'_>) -> RoomParity {
    let ews = RoomOutcome {
        outcome: if may_be_on_own_server(ews, graph) {
            Outcome::Unknown
        } else {
            ews.outcome
        },
        ..ews
    };
    let parity = parity(ews.outcome, graph.outcome);
    let cause = match parity {
        Parity::WorksOnGraphOnly => ews.cause,
        Parity::WorksOnBoth => None,
        _ => graph.cause.or(ews.cause),
    };
    RoomParity {
        room: room.to_owned(),
        ews: ews.outcome,
        graph: graph.outcome,
        parity,
        difference: cause
            .filter(|_| parity != Parity::FailsOnBoth)
            .and_then(difference),
        cause: cause.map(str::to_owned),
    }
}

/// Whether the room can be on an Exchange server of the customer. No request is sent to such a Server Host Name, so it is
/// not known whether the room works there, while Graph finds no mailbox for it.
fn may_be_on_own_server(ews: RoomOutcome<'_>, graph: RoomOutcome<'_>) -> bool {
    let is = |outcome: RoomOutcome<'_>, cause: CauseId| outcome.cause == Some(cause.as_str());
    is(ews, CauseId::SettingsHostNameForeign) && is(graph, CauseId::MailboxNotInExchangeOnline)
}

/// The known difference between the two APIs that explains a cause.
fn difference(cause: &str) -> Option<String> {
    let id = cause.parse::<CauseId>().ok()?;
    knowledge::expected_differences()
        .iter()
        .find(|known| known.causes.contains(&id))
        .map(|known| known.id.clone())
}

fn parity(ews: Outcome, graph: Outcome) -> Parity {
    match (ews, graph) {
        (Outcome::Pass, Outcome::Pass) => Parity::WorksOnBoth,
        (Outcome::Pass, Outcome::Fail) => Parity::WouldFailOnGraph,
        (Outcome::Fail, Outcome::Pass) => Parity::WorksOnGraphOnly,
        (Outcome::Fail, Outcome::Fail) => Parity::FailsOnBoth,
        _ => Parity::Unknown,
    }
}

/// The outcome of each room of a connection, in the order of the rows.
fn outcomes<'r>(rows: &'r [ResultRow], connection: &str) -> Vec<(&'r str, RoomOutcome<'r>)> {
    let mut order: Vec<(&str, Vec<&ResultRow>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let own = rows.iter().filter(|row| {
        CheckId::OF_A_ROOM.contains(&row.check)
            && row.connection.as_deref() == Some(connection)
            && is_about_a_room(row)
    });
    for row in own {
        let place = *places.entry(&row.subject).or_insert_with(|| {
            order.push((&row.subject, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(row);
    }
    order
        .into_iter()
        .map(|(room, of_room)| (room, joined(rows, &of_room)))
        .collect()
}

/// Whether the subject of a row is a room: without any room, a row takes the place of all of them. A required check that the
/// options of the run left out counts, so that the room is not reported to work.
fn is_about_a_room(row: &ResultRow) -> bool {
    let is_applicable = match row.skip_reason {
        Some(SkipReason::NotApplicable) => false,
        Some(SkipReason::Deselected) => row.requirement == Requirement::Required,
        _ => true,
    };
    row.subject.contains('@') && is_applicable
}

/// The outcome of a room from its rows: a failure outranks everything, and one row that is not known leaves the room unknown.
fn joined<'r>(rows: &'r [ResultRow], of_room: &[&'r ResultRow]) -> RoomOutcome<'r> {
    let outcomes = || of_room.iter().map(|row| outcome_of(rows, row));
    outcomes()
        .find(|own| own.outcome == Outcome::Fail)
        .or_else(|| outcomes().find(|own| own.outcome != Outcome::Pass))
        .unwrap_or(RoomOutcome {
            outcome: Outcome::Pass,
            cause: None,
        })
}

/// The outcome of a row. What a failed check blocks would fail as well, unless only the network of this machine failed.
fn outcome_of<'r>(rows: &'r [ResultRow], row: &'r ResultRow) -> RoomOutcome<'r> {
    let blocking = row.blocked_by.and_then(|check| {
        rows.iter().find(|other| {
            other.check == check
                && other.outcome == Outcome::Fail
                && (other.connection == row.connection || other.connection.is_none())
        })
    });
    match blocking {
        Some(failed) if !failed.check.is_network() => RoomOutcome {
            outcome: Outcome::Fail,
            cause: failed.cause.as_deref(),
        },
        Some(failed) => RoomOutcome {
            outcome: Outcome::Unknown,
            cause: failed.cause.as_deref(),
        },
        None => RoomOutcome {
            outcome: row.outcome,
            cause: row.cause.as_deref(),
        },
    }
}
