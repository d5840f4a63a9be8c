//! Headings and phrases of a comparison of two reports.

use crate::terms::{Outcome, Requirement, format_count};

use super::labels;

/// Heading of what the two reports cannot show.
pub const LIMITS_OF_COMPARISON: &str = "Limits of this comparison";
/// Heading of the causes that only the later report contains.
pub const NEW_CAUSES: &str = "New";
/// Heading of the causes that both reports contain.
pub const REMAINING_CAUSES: &str = "Remaining";
/// Heading of the causes that only the earlier report contains, and whose checks have a result in the later one.
pub const FIXED_CAUSES: &str = "Fixed";
/// Heading of the causes that only the earlier report contains, and whose checks have no result in the later one.
pub const NOT_CHECKED_AGAIN: &str = "Not checked again, so it is not known whether they are fixed";
/// Heading of the rooms that only the later report lists.
pub const ROOMS_ADDED: &str = "Rooms added";
/// Heading of the rooms that only the earlier report lists.
pub const ROOMS_REMOVED: &str = "Rooms removed";
/// Heading of the rows with another outcome.
pub const CHANGED_RESULTS: &str = "Changed results";
/// Heading of the rows that only the later report decides.
pub const NEWLY_CHECKED: &str = "Newly checked";
/// Heading of the rows without a comparable outcome.
pub const NOT_COMPARABLE: &str = "No longer checked, or undecided";

/// What changed about the move to Graph.
pub fn move_to_graph(change: &str) -> String {
    format!("move to Graph: {change}")
}

/// The number of rooms that would work on Graph in both reports.
pub fn rooms_on_graph_before_and_now(before: usize, now: usize) -> String {
    format!("rooms that work on Graph: {before} before, {now} now")
}

/// A heading with the number of its items.
pub fn heading_with_count(heading: &str, count: usize) -> String {
    format!("{heading} ({})", format_count(count))
}

/// A value of the earlier report and of the later one.
pub fn before_and_now(before: &str, now: &str) -> String {
    format!("{before} before, {now} now")
}

/// A verdict that both reports have.
pub fn as_before(verdict: &str) -> String {
    format!("{verdict} as before")
}

/// How many problems a comparison has of each kind.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCounts {
    /// Only in the earlier report, and checked again.
    pub fixed: usize,
    /// Only in the earlier report, and not checked again.
    pub not_checked_again: usize,
    /// Only in the later report.
    pub new: usize,
    /// In both reports.
    pub still: usize,
}

/// The number of problems in both reports, and what changed; `None` if there are none.
pub fn compared_problems(requirement: Requirement, counts: ProblemCounts) -> Option<String> {
    let ProblemCounts {
        fixed,
        not_checked_again,
        new,
        still,
    } = counts;
    let (before, now) = (fixed + not_checked_again + still, new + still);
    if before + now == 0 {
        return None;
    }
    let not_checked_again = match not_checked_again {
        0 => String::new(),
        count => format!(", {count} not checked again"),
    };
    Some(format!(
        "{requirement} problems: {before} before, {now} now ({fixed} fixed, {new} new{not_checked_again})"
    ))
}

/// The number of subjects of a cause in both reports.
pub fn affected_before_and_now(before: usize, now: usize) -> String {
    format!("affected {before} before and {now} now")
}

/// The outcome of a row in one of the reports, which may not contain it.
pub fn compared_outcome(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("not included", labels::outcome)
}

/// Items of a list that are not shown.
pub fn more_items(count: usize) -> String {
    format!("and {} more", format_count(count))
}
