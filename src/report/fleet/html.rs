//! The fleet report as one page: no script, nothing remote. Links and sections replace a filter.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::diagnosis::day_of;
use crate::report::html::{Part, draw_parts, page};
use crate::report::wording;

use super::model::{Customer, CustomerState, FleetReport};
use super::{section_map, timeline};

/// How many customers are listed before the others are folded.
const LISTED: usize = 40;

/// Draws a fleet report.
pub(super) fn render(fleet: &FleetReport) -> String {
    let parts = parts(fleet);
    let body = html! {
        main {
            header class="verdict" {
                p class="kicker" { (wording::minute(fleet.created_at)) }
                h1 { (wording::FLEET) }
                p { (wording::fleet_counts(fleet.counts)) }
                @if let Some(narrowed) = wording::customers_checked_in_part(fleet.checked_in_part()) { p { strong { (narrowed) } } }
                (section_map::draw(fleet))
            }
            (draw_parts(&parts))
        }
        footer { p { (fleet.tool.name) " " (fleet.tool.version) ", " (wording::knowledge_base(&fleet.tool.knowledge_date)) } }
    };
    page(wording::FLEET, &body)
}

fn customers_in(state: CustomerState) -> String {
    format!(
        "{}: {}",
        wording::CUSTOMERS,
        wording::customer_state(state).to_lowercase()
    )
}

/// The parts of the page that have content, each with the number of its items in the heading.
fn parts(fleet: &FleetReport) -> Vec<Part> {
    let part = |id: &str, title: &str, count: usize, body: Markup| {
        (count > 0).then(|| Part::new(id, &wording::heading_with_count(title, count), body))
    };
    let lists = [
        part(
            "broken",
            wording::BROKEN_NOW,
            fleet.broken.len(),
            broken(fleet),
        ),
        part(
            "dates",
            wording::ENDS_SOON,
            fleet.ends_soon.len(),
            ends(fleet),
        ),
        part(
            "worse",
            wording::WORSE_THAN_BEFORE,
            fleet.worse.as_ref().map_or(0, Vec::len),
            worse(fleet),
        ),
        part(
            "missing",
            wording::MISSING_CUSTOMERS,
            fleet.missing.as_ref().map_or(0, Vec::len),
            missing(fleet),
        ),
        part(
            "undecided",
            wording::WITHOUT_VERDICT,
            fleet.not_checked.len(),
            without_verdict(fleet),
        ),
    ];
    let by_state = CustomerState::ALL.map(|state| {
        part(
            &format!("state-{state}"),
            &customers_in(state),
            fleet.counts.get(state),
            customers(fleet, state),
        )
    });
    lists.into_iter().chain(by_state).flatten().collect()
}

fn broken(fleet: &FleetReport) -> Markup {
    html! {
        @for problem in &fleet.broken {
            article class=(format!("card {}", problem.requirement)) {
                h3 { (problem.title) }
                p class="meta" {
                    span class=(format!("tag {}", problem.requirement)) { (wording::requirement(problem.requirement)) }
                    span class="role" { (wording::who(&problem.who)) }
                    code { (problem.cause) }
                }
                p { strong { (wording::count_noun(problem.customers.len(), "customer")) } }
                (names(&problem.customers))
            }
        }
    }
}

/// The names of customers. Those that do not fit on a screen are folded.
fn names(customers: &[String]) -> Markup {
    let list = |names: &[String]| html! { ul class="rooms" { @for name in names { li { (customer_link(name)) } } } };
    let (first, rest) = customers.split_at(LISTED.min(customers.len()));
    html! {
        (list(first))
        @if !rest.is_empty() { details class="long" { summary { (wording::show_more(rest.len())) } (list(rest)) } }
    }
}

fn ends(fleet: &FleetReport) -> Markup {
    let today = day_of(fleet.created_at);
    html! {
        h3 { (wording::TIMELINE) }
        (timeline::end_dates(fleet, today))
        ol class="dates" {
            @for ends in fleet.ends_by_day() {
                @if let [end, ..] = ends {
                    li class="soon" {
                        time datetime=(end.date) { (end.date) } " "
                        strong { (wording::days_until(end.days)) } " "
                        span { (wording::upcoming_ends(ends)) }
                    }
                }
            }
        }
    }
}

fn worse(fleet: &FleetReport) -> Markup {
    html! {
        ul {
            @for change in fleet.worse.iter().flatten() {
                li { (customer_link(&change.customer)) ": " (wording::customer_change(change.before, change.now, &change.new_causes)) }
            }
        }
    }
}

fn missing(fleet: &FleetReport) -> Markup {
    html! { ul class="rooms" { @for name in fleet.missing.iter().flatten() { li { (name) } } } }
}

fn without_verdict(fleet: &FleetReport) -> Markup {
    html! {
        ul {
            @for own in &fleet.not_checked {
                li { (customer_link(&own.customer)) ": " (wording::customer_state(own.state)) ": " (own.reason) }
            }
        }
    }
}

/// A link to the line of a customer.
fn customer_link(name: &str) -> Markup {
    html! { a href=(format!("#{}", anchor(name))) { (name) } }
}

/// The anchor of a customer. Letters that an address would have to encode are replaced by their code points, so that two
/// names never share an anchor.
fn anchor(name: &str) -> String {
    let mut anchor = "customer-".to_owned();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '-' {
            anchor.push(letter);
        } else {
            // Writing to memory does not fail.
            let _ = write!(anchor, "_{:x}_", u32::from(letter));
        }
    }
    anchor
}

/// The customers in a state, with a line for each connection. Many that need nothing are folded.
fn customers(fleet: &FleetReport, state: CustomerState) -> Markup {
    let count = fleet.counts.get(state);
    let table = table(fleet, state);
    if state != CustomerState::Ready || count <= LISTED {
        return table;
    }
    html! { details class="long" { summary { (wording::show_customers(count)) } (table) } }
}

fn table(fleet: &FleetReport, state: CustomerState) -> Markup {
    let customers = fleet
        .customers
        .iter()
        .filter(|customer| customer.state == state);
    html! {
        table {
            thead {
                tr {
                    th scope="col" { (wording::COLUMN_CUSTOMER) }
                    th scope="col" class="time" { (wording::COLUMN_CONNECTION) }
                    th scope="col" { (wording::COLUMN_API) }
                    th scope="col" { (wording::COLUMN_ROOMS) }
                    th scope="col" { (wording::COLUMN_PROBLEMS) }
                }
            }
            tbody { @for customer in customers { (rows(customer)) } }
        }
    }
}

fn rows(customer: &Customer) -> Markup {
    let name = html! {
        (customer.name) br; span class="quiet" { (wording::customer_note(customer)) }
    };
    html! {
        @if customer.locations.is_empty() {
            tr id=(anchor(&customer.name)) { th scope="row" { (name) } td colspan="4" { } }
        }
        @for (index, location) in customer.locations.iter().enumerate() {
            tr id=[(index == 0).then(|| anchor(&customer.name))] {
                th scope="row" { @if index == 0 { (name) } @else { span class="quiet" { (customer.name) } } }
                td data-label=(wording::COLUMN_CONNECTION) { (wording::connection(&location.name)) }
                td class="time" data-label=(wording::COLUMN_API) { (wording::api(location.api)) }
                td data-label=(wording::COLUMN_ROOMS) { (wording::location_rooms(location)) }
                td data-label=(wording::COLUMN_PROBLEMS) {
                    @for problem in customer.problems.iter().filter(|problem| problem.connections.contains(&location.name)) {
                        p { (problem.title) }
                    }
                }
            }
        }
    }
}
