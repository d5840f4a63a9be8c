//! Rooms in words: how many work, fail or were not checked.

use crate::report::counting::{count_noun, format_count};
use crate::report::room_counts::RoomCounts;

/// How many of the rooms are in a state, such as `2 of 1,003 rooms`.
pub fn share_of_rooms(rooms: RoomCounts, part: usize) -> String {
    format!(
        "{} of {}",
        format_count(part),
        count_noun(rooms.total(), "room")
    )
}

/// `3 rooms not checked`.
pub fn rooms_not_checked(count: usize) -> String {
    format!("{} not checked", count_noun(count, "room"))
}

/// `3 rooms left out`.
pub fn rooms_left_out(count: usize) -> String {
    format!("{} left out", count_noun(count, "room"))
}

/// How many rooms of how many were not checked.
pub fn share_not_checked(rooms: RoomCounts) -> String {
    format!("{} not checked", share_of_rooms(rooms, rooms.not_checked))
}

/// How many rooms of how many fail.
pub fn share_failing(rooms: RoomCounts) -> String {
    format!(
        "{} {}",
        share_of_rooms(rooms, rooms.fail),
        fail_verb(rooms.fail)
    )
}

/// Which rooms work, and what the others are; `None` where no room was to be checked.
pub fn describe_rooms(rooms: RoomCounts) -> Option<String> {
    if rooms.total() == 0 {
        return None;
    }
    if rooms.unknown == rooms.total() {
        return Some(format!("{} unknown", share_of_rooms(rooms, rooms.unknown)));
    }
    let verb = work_verb(rooms);
    let mut parts = Vec::new();
    let mut lead = String::new();
    if rooms.not_checked > 0 {
        // A run that ended early must not look as if the rest of the rooms failed.
        let checked = rooms.total() - rooms.not_checked;
        if checked == 0 {
            return Some(format!("{} checked", share_of_rooms(rooms, 0)));
        }
        lead = format!("{} checked: ", share_of_rooms(rooms, checked));
        parts.push(format!("{} {verb}", format_count(rooms.work)));
    } else {
        parts.push(format!("{} {verb}", share_of_rooms(rooms, rooms.work)));
    }
    if rooms.fail > 0 {
        parts.push(format!(
            "{} {}",
            format_count(rooms.fail),
            fail_verb(rooms.fail)
        ));
    }
    if rooms.unknown > 0 {
        parts.push(format!("{} unknown", format_count(rooms.unknown)));
    }
    Some(format!("{lead}{}", parts.join(", ")))
}

/// Where some checks of a room were deselected, the room is not known to work; only its other checks passed.
fn work_verb(rooms: RoomCounts) -> &'static str {
    match (rooms.is_partial(), rooms.work) {
        (true, _) => "passed",
        (false, 1) => "works",
        (false, _) => "work",
    }
}

fn fail_verb(count: usize) -> &'static str {
    if count == 1 { "fails" } else { "fail" }
}

/// The rooms of one picture, counted from 1, for screen readers.
pub fn room_range(label: &str, first: usize, last: usize) -> String {
    format!("{label}; rooms {first} to {last}")
}
