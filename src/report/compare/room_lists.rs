//! Comparison of the room lists of two reports.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnosis::ResultRow;
use crate::report::{Report, display_names, room_counts};

/// The rooms that only one of two reports lists.
#[derive(Debug, Default)]
pub(super) struct RoomListChanges {
    /// Only the later report lists them.
    pub(super) added: Vec<String>,
    /// Only the earlier report lists them.
    pub(super) removed: Vec<String>,
    all: HashSet<(Option<String>, String)>,
}

/// The rooms of each connection, in lowercase.
type Listed<'r> = BTreeMap<Option<&'r str>, BTreeMap<String, &'r str>>;

/// Compares the room lists of each connection that both reports contain. A connection that only one report contains is not
/// a change of a room list.
pub(super) fn compare_room_lists(before: &Report, after: &Report) -> RoomListChanges {
    // A room that is not in the sample is still a room of the installation.
    if before.target.sample().is_some() || after.target.sample().is_some() {
        return RoomListChanges::default();
    }
    let (earlier, later) = (listed(before), listed(after));
    // The name of the only connection would add nothing to its rooms.
    let is_alone = earlier.len().max(later.len()) <= 1;
    let mut other = RoomListChanges::default();
    for (connection, earlier) in &earlier {
        // A connection that was removed or renamed is reported as a limit of the comparison.
        let Some(later) = later.get(connection) else {
            continue;
        };
        other
            .added
            .extend(missing(*connection, later, earlier, is_alone));
        other
            .removed
            .extend(missing(*connection, earlier, later, is_alone));
        for room in earlier.keys().chain(later.keys()) {
            if earlier.contains_key(room) != later.contains_key(room) {
                let connection = connection.map(str::to_owned);
                other.all.insert((connection, room.clone()));
            }
        }
    }
    other
}

fn listed(report: &Report) -> Listed<'_> {
    let mut listed = Listed::new();
    for row in report
        .results
        .iter()
        .filter(|row| room_counts::is_room(row))
    {
        let rooms = listed.entry(row.connection.as_deref()).or_default();
        // An address in another case is still the same room.
        rooms.insert(row.subject.to_lowercase(), row.subject.as_str());
    }
    listed
}

/// The rooms of one list that are not in the other list.
fn missing(
    connection: Option<&str>,
    from: &BTreeMap<String, &str>,
    other: &BTreeMap<String, &str>,
    is_alone: bool,
) -> Vec<String> {
    let only: BTreeSet<&str> = from
        .iter()
        .filter(|(key, _)| !other.contains_key(*key))
        .map(|(_, room)| *room)
        .collect();
    let prefix = match connection {
        Some(name) if !is_alone => format!("{}: ", display_names::connection_in_list(name)),
        _ => String::new(),
    };
    only.into_iter()
        .map(|room| format!("{prefix}{room}"))
        .collect()
}

impl RoomListChanges {
    /// Whether only one of the reports lists the room of this row in its connection.
    pub(super) fn contains(&self, row: &ResultRow) -> bool {
        // Nearly all lists are the same in both reports, and then no key is made.
        !self.all.is_empty()
            && self
                .all
                .contains(&(row.connection.clone(), row.subject.to_lowercase()))
    }
}
