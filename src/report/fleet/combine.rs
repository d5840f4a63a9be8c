//! Combines the customers: what is broken, what ends soon, what got worse, and what could not be checked.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::diagnosis::{EndDate, EndDateKind, day_of, days_from};
use crate::knowledge;
use crate::report::{Tool, whole_seconds};
use crate::terms::Requirement;

use super::model::{
    Change, Customer, CustomerState, DOCUMENT, FleetCounts, FleetReport, NotChecked, Problem,
    UpcomingEnd,
};

/// The version of the form of the fleet report.
const SCHEMA_VERSION: &str = "1.0";

/// The fleet report of some customers at a moment. `earlier` holds the customers of the folder to compare with.
pub fn combine(
    mut customers: Vec<Customer>,
    earlier: Option<&[Customer]>,
    now: Timestamp,
    tool: Tool,
) -> FleetReport {
    customers.sort_by(|one, next| one.name.cmp(&next.name));
    let today = day_of(now);
    FleetReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        document: DOCUMENT.to_owned(),
        tool,
        interrupted: false,
        created_at: whole_seconds(now),
        counts: FleetCounts::of(&customers),
        broken: broken(&customers),
        ends_soon: ends_soon(&customers, today),
        worse: earlier.map(|earlier| worse(&customers, earlier)),
        missing: earlier.map(|earlier| missing(&customers, earlier)),
        not_checked: without_verdict(&customers),
        customers,
    }
}

/// The customers that only the earlier reports have.
fn missing(customers: &[Customer], earlier: &[Customer]) -> Vec<String> {
    let now: HashSet<&str> = customers.iter().map(|own| own.name.as_str()).collect();
    let names = earlier.iter().map(|own| own.name.as_str());
    names
        .filter(|name| !now.contains(name))
        .map(str::to_owned)
        .collect()
}

/// The problems by cause, apart where it is required and where it is optional. Those of customers whose required checks have no clear result count as well: they are known.
fn broken(customers: &[Customer]) -> Vec<Problem> {
    let mut problems: BTreeMap<(&str, Requirement), Problem> = BTreeMap::new();
    for customer in customers {
        for own in &customer.problems {
            let key = (own.cause.as_str(), own.requirement);
            let problem = problems.entry(key).or_insert_with(|| Problem {
                cause: own.cause.clone(),
                title: own.title.clone(),
                requirement: own.requirement,
                who: own.who.clone(),
                customers: Vec::new(),
            });
            // A customer can have a cause several times, for example once for each app.
            if problem.customers.last() != Some(&customer.name) {
                problem.customers.push(customer.name.clone());
            }
        }
    }
    let mut problems: Vec<Problem> = problems.into_values().collect();
    problems.sort_by_key(|problem| {
        let is_optional = problem.requirement != Requirement::Required;
        (is_optional, std::cmp::Reverse(problem.customers.len()))
    });
    problems
}

/// The end dates within the days of warning that the knowledge base sets, the earliest first.
fn ends_soon(customers: &[Customer], today: Date) -> Vec<UpcomingEnd> {
    let mut ends: Vec<UpcomingEnd> = customers
        .iter()
        .flat_map(|customer| customer.end_dates.iter().map(move |end| (customer, end)))
        .filter_map(|(customer, end)| upcoming_end(customer, end, today))
        .collect();
    ends.sort_by(|one, next| {
        (one.date, one.kind, &one.customer).cmp(&(next.date, next.kind, &next.customer))
    });
    ends
}

fn upcoming_end(customer: &Customer, end: &EndDate, today: Date) -> Option<UpcomingEnd> {
    // Saved reports can be old, so the days are counted again.
    let days = days_from(today, end.date);
    (days <= i64::from(warning_days(end.kind))).then(|| UpcomingEnd {
        date: end.date,
        days,
        kind: end.kind,
        customer: customer.name.clone(),
        connections: end.connections.clone(),
    })
}

/// Days from which an end date is soon.
fn warning_days(kind: EndDateKind) -> u16 {
    let dates = knowledge::dates();
    match kind {
        EndDateKind::ClientSecret | EndDateKind::ClientCertificate => dates.secret_warning_days,
        EndDateKind::Ews => dates.ews_warning_days,
    }
}

/// Customers whose state is worse than in the earlier reports, or that have a new problem.
fn worse(customers: &[Customer], earlier: &[Customer]) -> Vec<Change> {
    let earlier: HashMap<&str, &Customer> = earlier
        .iter()
        .map(|customer| (customer.name.as_str(), customer))
        .collect();
    customers
        .iter()
        .filter_map(|customer| change(customer, earlier.get(customer.name.as_str())?))
        .collect()
}

fn change(now: &Customer, before: &Customer) -> Option<Change> {
    let known: HashSet<&str> = before
        .problems
        .iter()
        .map(|problem| problem.cause.as_str())
        .collect();
    // Without an earlier report, nothing is known to be new.
    let is_comparable = before.state != CustomerState::NotChecked;
    let mut new_causes: Vec<String> = Vec::new();
    for problem in now.problems.iter().filter(|_| is_comparable) {
        if !known.contains(problem.cause.as_str()) && !new_causes.contains(&problem.cause) {
            new_causes.push(problem.cause.clone());
        }
    }
    // The order of the states is from the one that needs attention first.
    let is_worse = now.state < before.state;
    (is_worse || !new_causes.is_empty()).then(|| Change {
        customer: now.name.clone(),
        before: before.state,
        now: now.state,
        new_causes,
    })
}

fn without_verdict(customers: &[Customer]) -> Vec<NotChecked> {
    customers
        .iter()
        .filter_map(|customer| {
            Some(NotChecked {
                customer: customer.name.clone(),
                state: customer.state,
                reason: customer.reason.clone()?,
            })
        })
        .collect()
}
