//! Phrases about the move from EWS to Graph.

use crate::diagnosis::ConsoleValue;
use crate::knowledge;
use crate::report::counting::count_noun;
use crate::terms::{Parity, Readiness};

/// Heading of the comparison.
pub const MIGRATION: &str = "Move to Microsoft Graph";
/// Before the name of a check over Graph, in a picture of both APIs.
pub const ON_GRAPH: &str = "Graph ";
/// Label of what explains a difference between the two APIs.
pub const EXPLANATION: &str = "Explanation";
/// Heading of the result of the installation as it is.
pub const TODAY_OVER_EWS: &str = "Today";
/// There is nothing to compare.
pub const NO_CONNECTION_OVER_EWS: &str =
    "None of the checked connections uses EWS, so there is nothing to switch.";
/// The label of a comparison without a connection over EWS.
pub const NOTHING_TO_SWITCH: &str = "Nothing to switch";

/// The label of a readiness.
pub fn readiness(readiness: Readiness) -> &'static str {
    &knowledge::readiness_text(readiness).label
}

/// `Today: Ready. 3 of 3 rooms work.`
pub fn today_over_ews(verdict: &str, reason: &str) -> String {
    format!("{TODAY_OVER_EWS}: {verdict}. {reason}")
}

/// `Yes (EWS: No)`, or the one value of both APIs. What is not the value is in parentheses, so that it is not copied.
pub fn console_value(value: &ConsoleValue) -> String {
    let ConsoleValue {
        over_ews,
        over_graph,
        note,
        ..
    } = value;
    let ews = (over_ews != over_graph).then(|| format!("EWS: {over_ews}"));
    let details: Vec<String> = ews.into_iter().chain(note.clone()).collect();
    if details.is_empty() {
        over_graph.clone()
    } else {
        format!("{over_graph} ({})", details.join("; "))
    }
}

/// `Would fail on Graph: 3 rooms (grant.calendars-read-write-missing)`.
pub fn room_group_title(parity: Parity, rooms: usize, cause: Option<&str>) -> String {
    let label = &knowledge::parity_text(parity).label;
    let rooms = count_noun(rooms, "room");
    match cause {
        Some(cause) => format!("{label}: {rooms} ({cause})"),
        None => format!("{label}: {rooms}"),
    }
}
