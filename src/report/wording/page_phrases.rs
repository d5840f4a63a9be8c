//! Labels and phrases of the HTML page.

use jiff::Timestamp;

use crate::diagnosis::{EndDate, EndDateKind};
use crate::report::counting::{count_noun, format_count, list_up_to};
use crate::report::room_counts::{RoomCounts, RoomState};
use crate::report::{Report, display_names};
use crate::terms::{CheckId, Requirement};

/// The name of the list of links to the parts of a page, for screen readers.
pub const CONTENTS: &str = "Contents";
/// Heading of the problems by the role that can fix them.
pub const WHO_FIXES_WHAT: &str = "Who fixes what";
/// Heading of the days on which something ends.
pub const END_DATES: &str = "Dates";
/// Heading of the sections of the check with their results.
pub const SECTIONS: &str = "Checks by section";
/// Label of the number of problems and notes.
pub const FOUND: &str = "Found";
/// What was found if there are neither problems nor notes.
pub const NO_PROBLEMS: &str = "no problems";
/// Heading of what was tested.
pub const WHAT_WAS_TESTED: &str = "What was tested";
/// Label of the folded part of a problem.
pub const EVIDENCE_AND_SOURCES: &str = "Evidence and sources";
/// How many connections are named for a day before the rest is counted.
const NAMED_CONNECTIONS: usize = 3;

/// The name of a block of commands.
pub fn command_box(shell: &str) -> String {
    format!("{shell} commands (one click selects all of them)")
}

/// A link to a numbered problem, such as `problem 1`.
pub fn problem_number(number: usize) -> String {
    format!("problem {number}")
}

/// The counts of causes with one weight, such as `2 required`.
pub fn count_of_requirement(requirement: Requirement, count: usize) -> String {
    let word = match requirement {
        Requirement::Required => "required problem",
        Requirement::Optional => "optional problem",
        Requirement::Advisory => "note",
    };
    count_noun(count, word)
}

/// What ends on a day, and for which connections.
pub fn end_of(end: &EndDate) -> String {
    let names: Vec<String> = end
        .connections
        .iter()
        .map(|name| display_names::connection_in_list(name))
        .collect();
    let what = match (end.kind, end.days > 0) {
        (EndDateKind::ClientSecret, true) => "Client secret expires",
        (EndDateKind::ClientSecret, false) => "Client secret expired",
        (EndDateKind::ClientCertificate, true) => "Certificate of this check expires",
        (EndDateKind::ClientCertificate, false) => "Certificate of this check expired",
        (EndDateKind::Ews, true) => "EWS in Exchange Online ends",
        (EndDateKind::Ews, false) => "EWS in Exchange Online ended",
    };
    format!("{what}: {}", list_up_to(&names, NAMED_CONNECTIONS))
}

/// The days until a day, such as `in 21 days`.
pub fn days_until(days: i64) -> String {
    let count = usize::try_from(days.unsigned_abs()).unwrap_or(usize::MAX);
    match days {
        0 => "today".to_owned(),
        1.. => format!("in {}", count_noun(count, "day")),
        _ => format!("{} ago", count_noun(count, "day")),
    }
}

/// The state of a room in words.
pub fn room_state(state: RoomState) -> &'static str {
    match state {
        RoomState::Fails => "fails",
        RoomState::Unknown => "unknown",
        RoomState::NotChecked => "not checked",
        RoomState::Works => "works",
        RoomState::LeftOut => "left out",
    }
}

/// Rooms in one state, and the check that decided: `2 rooms fail: mailbox.calendar-read`.
pub fn room_group(state: RoomState, count: usize, check: Option<CheckId>) -> String {
    let rooms = count_noun(count, "room");
    let text = match (state, count) {
        (RoomState::Works, 1) => format!("{rooms} works"),
        (RoomState::Works, _) => format!("{rooms} work"),
        (RoomState::Fails, 1) => format!("{rooms} fails"),
        (RoomState::Fails, _) => format!("{rooms} fail"),
        _ => format!("{rooms} {}", room_state(state)),
    };
    match check {
        Some(check) if state != RoomState::LeftOut => format!("{text}: {}", check.as_str()),
        _ => text,
    }
}

/// The text that opens a folded list of rooms.
pub fn show_rooms(count: usize) -> String {
    format!("Show {}", count_noun(count, "room"))
}

/// The text that opens the rest of a list.
pub fn show_more(count: usize) -> String {
    format!("Show {} more", format_count(count))
}

/// The rooms of a picture in words, for screen readers.
pub fn picture_of_rooms(name: &str, rooms: RoomCounts) -> String {
    let counts =
        super::describe_rooms(rooms).unwrap_or_else(|| super::rooms_left_out(rooms.left_out));
    format!("Rooms of {name}: {counts}")
}

/// Explains a picture in which each room has a square for each API.
pub const UPPER_AND_LOWER: &str =
    "The upper half of a square is EWS, the lower half Microsoft Graph.";

/// The tenant and the minute of the run, above the verdict.
pub fn tenant_and_time(report: &Report) -> String {
    let time = minute(report.started_at);
    format!("{}, {time}", super::tenant_with_cloud(&report.target))
}

/// A moment to the minute, such as `2026-11-29 03:00 UTC`.
pub fn minute(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
