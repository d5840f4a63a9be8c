//! The rooms of each connection, in groups of rooms with the same result; those that need attention come first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::mem;

use crate::diagnosis::ResultRow;
use crate::terms::{CheckId, Outcome};

use super::cause_order::{self, NumberedCause};
use super::migration_view;
use super::room_counts::{self, RoomCounts, RoomState};
use super::{Report, TargetConnection, wording};

/// The rooms of one connection.
pub struct ConnectionRooms<'r> {
    /// The connection.
    pub connection: &'r TargetConnection,
    /// The rooms in numbers, over the API of today.
    pub counts: RoomCounts,
    /// Whether the rooms have a state over Graph beside that over EWS.
    pub compares_apis: bool,
    /// Groups with the same results, those that need attention first.
    pub groups: Vec<RoomGroup<'r>>,
}

/// Rooms with the same results for the same reason.
pub struct RoomGroup<'r> {
    /// What the rooms have in common, in words.
    pub title: String,
    /// An explanation of a known difference between the APIs: its title and its text.
    pub difference: Option<(&'static str, &'static str)>,
    /// The number of the problem that explains the results.
    pub problem: Option<usize>,
    /// The rooms, in the order of the report.
    pub rooms: Vec<MappedRoom<'r>>,
}

/// One room of a connection.
#[derive(Debug, Clone, Copy)]
pub struct MappedRoom<'r> {
    /// Its address.
    pub address: &'r str,
    /// Its state over the API of today.
    pub today: RoomState,
    /// Its state over Graph, if the report compares both APIs.
    pub on_graph: Option<RoomState>,
}

impl RoomGroup<'_> {
    /// The weightiest state of its rooms over any API.
    pub fn state(&self) -> RoomState {
        let states = self
            .rooms
            .iter()
            .map(|room| room.today.max(room.on_graph.unwrap_or(room.today)));
        states.max().unwrap_or(RoomState::LeftOut)
    }
}

/// What makes two rooms the same for a reader.
type GroupKey = (RoomState, Option<CheckId>, Option<usize>);

/// The rooms of every connection that has any.
pub fn room_map(report: &Report) -> Vec<ConnectionRooms<'_>> {
    let causes = cause_order::numbered_causes(report);
    let mut rows_by_connection = rows_by_connection(report);
    report
        .target
        .connections
        .iter()
        .filter_map(|connection| {
            let rows = mem::take(rows_by_connection.get_mut(connection.name.as_str())?);
            Some(rooms_of(report, connection, &rows, &causes))
        })
        .collect()
}

/// The rows about rooms. One pass over all rows, since there can be thousands for each of a hundred connections.
fn rows_by_connection(report: &Report) -> HashMap<&str, Vec<&ResultRow>> {
    let mut connections: HashMap<&str, Vec<&ResultRow>> = HashMap::new();
    for row in report
        .results
        .iter()
        .filter(|row| room_counts::is_room(row))
    {
        let connection = row.connection.as_deref().unwrap_or_default();
        connections.entry(connection).or_default().push(row);
    }
    connections
}

fn rooms_of<'r>(
    report: &'r Report,
    connection: &'r TargetConnection,
    rows: &[&'r ResultRow],
    causes: &[NumberedCause<'_>],
) -> ConnectionRooms<'r> {
    let compared = report
        .migration
        .iter()
        .flat_map(|migration| &migration.connections)
        .find(|own| own.name == connection.name);
    let groups = match compared {
        Some(compared) => migration_view::room_groups(compared)
            .into_iter()
            .map(group_over_both)
            .collect(),
        None => groups_of(rows, causes),
    };
    ConnectionRooms {
        connection,
        counts: RoomCounts::of(rows.iter().copied()),
        compares_apis: compared.is_some(),
        groups,
    }
}

fn group_over_both(group: migration_view::RoomGroup<'_>) -> RoomGroup<'_> {
    RoomGroup {
        title: group.title(),
        difference: group
            .difference
            .map(|known| (known.title.as_str(), known.text.as_str())),
        problem: None,
        rooms: group
            .rooms
            .into_iter()
            .map(|room| MappedRoom {
                address: &room.room,
                today: RoomState::of(room.ews),
                on_graph: Some(RoomState::of(room.graph)),
            })
            .collect(),
    }
}

fn groups_of<'r>(rows: &[&'r ResultRow], causes: &[NumberedCause<'_>]) -> Vec<RoomGroup<'r>> {
    let mut groups: Vec<(GroupKey, Vec<MappedRoom<'r>>)> = Vec::new();
    let mut places: HashMap<GroupKey, usize> = HashMap::new();
    for rows in rows_by_room(rows) {
        let Some(decisive) = decisive_row(&rows) else {
            continue;
        };
        let key = key_of(decisive, causes);
        let place = *places.entry(key).or_insert(groups.len());
        let room = MappedRoom {
            address: &decisive.subject,
            today: room_counts::room_state(decisive),
            on_graph: None,
        };
        match groups.get_mut(place) {
            Some((_, rooms)) => rooms.push(room),
            None => groups.push((key, vec![room])),
        }
    }
    // The sort is stable: groups in one state keep the order of the report.
    groups.sort_by_key(|((state, ..), _)| Reverse(*state));
    groups
        .into_iter()
        .map(|(key, rooms)| group_with_key(key, rooms))
        .collect()
}

fn group_with_key((state, check, problem): GroupKey, rooms: Vec<MappedRoom<'_>>) -> RoomGroup<'_> {
    RoomGroup {
        title: wording::room_group(state, rooms.len(), check),
        difference: None,
        problem,
        rooms,
    }
}

/// The rows of each room, in the order of the report. An address in another case is still the same room.
fn rows_by_room<'r>(rows: &[&'r ResultRow]) -> Vec<Vec<&'r ResultRow>> {
    let mut rooms: Vec<Vec<&ResultRow>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let place = places
            .entry(row.subject.to_ascii_lowercase())
            .or_insert(rooms.len());
        match rooms.get_mut(*place) {
            Some(own) => own.push(row),
            None => rooms.push(vec![row]),
        }
    }
    rooms
}

/// The row that decides about a room: the first one in the weightiest state.
fn decisive_row<'r>(rows: &[&'r ResultRow]) -> Option<&'r ResultRow> {
    let weightiest = rows.iter().map(|row| room_counts::room_state(row)).max()?;
    rows.iter()
        .copied()
        .find(|row| room_counts::room_state(row) == weightiest)
}

fn key_of(decisive: &ResultRow, causes: &[NumberedCause<'_>]) -> GroupKey {
    let state = room_counts::room_state(decisive);
    if decisive.outcome == Outcome::Pass {
        // A pass can carry a note, which does not set the room apart.
        return (state, None, None);
    }
    let problem = cause_order::cause_of_row(decisive, causes).map(|numbered| numbered.number);
    (state, Some(decisive.check), problem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample_report::{self, any_rows, row, skipped};
    use super::*;
    use crate::terms::Requirement::Required;
    use crate::terms::SkipReason;

    fn report_of(rows: Vec<ResultRow>) -> Report {
        let mut report = sample_report::report();
        report.results = rows
            .into_iter()
            .map(|row| ResultRow {
                connection: Some(row.connection.unwrap_or_else(|| "system".to_owned())),
                ..row
            })
            .collect();
        report
    }

    fn room(name: &str, of: ResultRow) -> ResultRow {
        ResultRow {
            subject: format!("{name}@contoso.com"),
            ..of
        }
    }

    fn titles(report: &Report) -> Vec<(String, Vec<&str>)> {
        room_map(report)
            .into_iter()
            .flat_map(|own| own.groups)
            .map(|group| {
                let rooms = group.rooms.iter().map(|room| room.address).collect();
                (group.title, rooms)
            })
            .collect()
    }

    #[test]
    fn rooms_that_need_attention_come_first_and_each_room_is_named_once() {
        let read = |outcome| row(CheckId::MailboxCalendarRead, Required, outcome);
        let write = |outcome| row(CheckId::MailboxCalendarWrite, Required, outcome);
        let report = report_of(vec![
            room("a", read(Outcome::Pass)),
            room("a", write(Outcome::Pass)),
            room("b", read(Outcome::Pass)),
            room("B", write(Outcome::Fail)),
            room(
                "c",
                skipped(
                    CheckId::MailboxCalendarRead,
                    Required,
                    SkipReason::OutOfTime,
                ),
            ),
            room("d", read(Outcome::Unknown)),
            room("e", read(Outcome::Pass)),
        ]);
        assert_eq!(
            titles(&report),
            [
                (
                    "1 room fails: mailbox.calendar-write".to_owned(),
                    vec!["B@contoso.com"]
                ),
                (
                    "1 room unknown: mailbox.calendar-read".to_owned(),
                    vec!["d@contoso.com"]
                ),
                (
                    "1 room not checked: mailbox.calendar-read".to_owned(),
                    vec!["c@contoso.com"]
                ),
                (
                    "2 rooms work".to_owned(),
                    vec!["a@contoso.com", "e@contoso.com"]
                ),
            ]
        );
    }

    proptest! {
        #[test]
        fn every_room_is_in_one_group_and_the_states_agree_with_the_counts(rows in any_rows()) {
            let report = report_of(rows);
            for connection in room_map(&report) {
                let in_state = |state| -> usize {
                    let groups = connection.groups.iter();
                    groups.filter(|group| group.state() == state).map(|group| group.rooms.len()).sum()
                };
                prop_assert_eq!(in_state(RoomState::Works), connection.counts.work);
                prop_assert_eq!(in_state(RoomState::Fails), connection.counts.fail);
                prop_assert_eq!(in_state(RoomState::Unknown), connection.counts.unknown);
                prop_assert_eq!(in_state(RoomState::NotChecked), connection.counts.not_checked);
                prop_assert_eq!(in_state(RoomState::LeftOut), connection.counts.left_out);
            }
        }
    }
}
