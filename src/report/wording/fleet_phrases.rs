//! Headings and phrases of the fleet report.

use crate::diagnosis::EndDateKind;
use crate::report::counting::{count_noun, format_count, list_up_to};
use crate::report::display_names;
use crate::report::fleet::{Customer, CustomerState, FleetCounts, Location, UpcomingEnd};
use crate::report::room_counts::RoomCounts;
use crate::report::sections::SectionStatus;
use crate::terms::exit_code;

use super::labels;

/// Title of the fleet report.
pub const FLEET: &str = "Fleet report of rx-preflight";
/// Heading of the problems of today.
pub const BROKEN_NOW: &str = "Broken now";
/// Heading of what ends soon.
pub const ENDS_SOON: &str = "Ends soon";
/// Heading of the customers that are worse than in the earlier reports.
pub const WORSE_THAN_BEFORE: &str = "Worse than before";
/// Heading of the customers that only the earlier reports have.
pub const MISSING_CUSTOMERS: &str = "Missing, compared with the earlier reports";
/// Heading of the customers without a clear verdict.
pub const WITHOUT_VERDICT: &str = "Without a clear verdict";
/// Heading of all customers.
pub const CUSTOMERS: &str = "Customers";
/// The line of the verdicts in the picture of all customers.
pub const VERDICT: &str = "Verdict";
/// Heading of the picture of the end dates.
pub const TIMELINE: &str = "Timeline of end dates";
/// Column: name of a customer.
pub const COLUMN_CUSTOMER: &str = "Customer";
/// Column: name of a connection.
pub const COLUMN_CONNECTION: &str = "Connection";
/// Column: rooms by result.
pub const COLUMN_ROOMS: &str = "Rooms";
/// Column: number of problems or their titles.
pub const COLUMN_PROBLEMS: &str = "Problems";
/// Column: API of a connection.
pub const COLUMN_API: &str = "API";

/// How many names of customers or connections are listed before the rest is counted.
const NAMES_SHOWN: usize = 8;

/// Label of a customer's state.
pub fn customer_state(state: CustomerState) -> &'static str {
    match state {
        CustomerState::NotReady => "Not ready",
        CustomerState::Inconclusive => "Inconclusive",
        CustomerState::NotChecked => "Not checked",
        CustomerState::ReadyLimited => "Ready (with limitations)",
        CustomerState::Ready => "Ready",
    }
}

/// The number of customers and how many are in which state, such as `12 customers: 3 not ready, 9 ready`.
pub fn fleet_counts(counts: FleetCounts) -> String {
    let states = CustomerState::ALL
        .into_iter()
        .filter(|state| counts.get(*state) > 0)
        .map(|state| (counts.get(state), customer_state(state)));
    let states = counted_labels(states);
    let total = count_noun(counts.total(), "customer");
    if states.is_empty() {
        return total;
    }
    format!("{total}: {states}")
}

/// The names of customers, and how many more there are.
pub fn customer_names(names: &[String]) -> String {
    list_up_to(names, NAMES_SHOWN)
}

/// What ends on one day: for one customer with its connections, for several with their names.
pub fn upcoming_ends(ends: &[UpcomingEnd]) -> String {
    let what = ends.first().map_or("", |end| end_date_kind(end.kind));
    if let [end] = ends {
        let names: Vec<String> = end
            .connections
            .iter()
            .map(|name| connection(name))
            .collect();
        let names = list_up_to(&names, NAMES_SHOWN);
        return format!("{what}, {}: {names}", end.customer);
    }
    let names: Vec<String> = ends.iter().map(|end| end.customer.clone()).collect();
    let count = count_noun(names.len(), "customer");
    format!("{what}, {count}: {}", list_up_to(&names, NAMES_SHOWN))
}

/// The name of a connection as the reports show it.
pub fn connection(name: &str) -> String {
    display_names::connection_in_list(name)
}

/// What ends, in one or two words.
pub fn end_date_kind(kind: EndDateKind) -> &'static str {
    match kind {
        EndDateKind::ClientSecret => "Client secret",
        EndDateKind::ClientCertificate => "Certificate of the check",
        EndDateKind::Ews => "EWS",
    }
}

/// The states of a customer before and now, and what is new.
pub fn customer_change(before: CustomerState, now: CustomerState, new_causes: &[String]) -> String {
    let states = super::before_and_now(
        &customer_state(before).to_lowercase(),
        &customer_state(now).to_lowercase(),
    );
    if new_causes.is_empty() {
        return states;
    }
    format!("{states}; new: {}", list_up_to(new_causes, NAMES_SHOWN))
}

/// The rooms of a connection by result; a dash if it has none.
pub fn location_rooms(location: &Location) -> String {
    let rooms = location.rooms;
    let rooms = RoomCounts::of_numbers(rooms.work, rooms.fail, rooms.unknown, rooms.not_checked);
    super::describe_rooms(rooms).unwrap_or_else(|| "-".to_owned())
}

/// The API and the problems of a connection, such as `Graph, 10 of 13 rooms work, 3 fail, 1 problem`.
pub fn location_summary(location: &Location) -> String {
    let mut parts = vec![labels::api(location.api).to_owned()];
    if location.rooms.total() > 0 {
        parts.push(location_rooms(location));
    }
    if location.problems > 0 {
        parts.push(count_noun(location.problems, "problem"));
    }
    parts.join(", ")
}

/// When a customer was checked, or why there is no report.
pub fn customer_note(customer: &Customer) -> String {
    match (customer.checked_at, &customer.reason) {
        (Some(time), _) => {
            let mut note = format!("checked {}", super::minute(time));
            if !customer.narrowed_by.is_empty() {
                note += ", only in part (";
                note += &customer.narrowed_by.join(", ");
                note += ")";
            }
            if counts_notes(customer) {
                note += ", exit code 4: its notes count (`--fail-on`)";
            }
            if customer.accepted > 0 {
                note += ", ";
                note += &count_noun(customer.accepted, "accepted finding");
            }
            note
        }
        (None, Some(reason)) => reason.clone(),
        (None, None) => String::new(),
    }
}

/// Whether nothing but notes makes the exit code differ from 0.
fn counts_notes(customer: &Customer) -> bool {
    customer.state == CustomerState::Ready && customer.exit_code == Some(exit_code::LIMITED)
}

/// How many customers options narrowed; `None` if there are none.
pub fn customers_checked_in_part(count: usize) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{} checked only in part: options such as --only, --skip, or --sample left checks or rooms out",
            count_noun(count, "customer")
        )
    })
}

/// The name of a customer, and when it was checked or why not.
pub fn customer_with_note(customer: &Customer) -> String {
    format!("{}: {}", customer.name, customer_note(customer))
}

/// The text that opens a folded table of customers.
pub fn show_customers(count: usize) -> String {
    format!("Show {}", count_noun(count, "customer"))
}

/// Explains a picture of end dates, for screen readers.
pub fn picture_of_end_dates(count: usize) -> String {
    format!("{} on a line of time", count_noun(count, "end date"))
}

/// Explains the picture of the sections of all customers, for screen readers.
pub fn picture_of_sections(customers: usize) -> String {
    format!(
        "The sections of {}; the lists below name them",
        count_noun(customers, "customer")
    )
}

/// Label of the status of a section.
pub fn section_status(status: SectionStatus) -> &'static str {
    match status {
        SectionStatus::Skipped => "Skipped",
        SectionStatus::Ok => "Passed",
        SectionStatus::Part => "Incomplete",
        SectionStatus::Warn => "Optional only",
        SectionStatus::Unknown => "Unknown",
        SectionStatus::Error => "Error",
        SectionStatus::Fail => "Failed",
    }
}

/// Numbers with what they count, such as `2 failed, 1 unknown`.
pub fn counted_labels(counts: impl Iterator<Item = (usize, &'static str)>) -> String {
    let counted: Vec<String> = counts
        .map(|(count, label)| format!("{} {}", format_count(count), label.to_lowercase()))
        .collect();
    counted.join(", ")
}

/// What some customers have in a line of the picture.
pub fn mark_of_customers(line: &str, label: &str, names: &[String]) -> String {
    format!("{line}: {label}: {}", customer_names(names))
}
