//! The fleet report for a monitoring system: a fixed number of metrics, and at most sixteen series for each customer.

use crate::diagnosis::EndDateKind;
use crate::report::exposition::{Exposition, Sample, start_of_day};
use crate::report::wording;
use crate::terms::Outcome;

use super::model::{Customer, CustomerState, FleetReport, LocationRooms};

/// Draws the metrics.
pub(super) fn render(fleet: &FleetReport) -> String {
    let mut metrics = Exposition::new();
    draw_fleet(&mut metrics, fleet);
    draw_customers(&mut metrics, &fleet.customers);
    metrics.end()
}

fn draw_fleet(metrics: &mut Exposition, fleet: &FleetReport) {
    metrics.family(
        "fleet_info",
        wording::METRIC_INFO,
        [Sample::of(1).with("version", &fleet.tool.version)],
    );
    let knowledge = fleet.tool.knowledge_date.parse().ok();
    metrics.family(
        "fleet_knowledge_timestamp_seconds",
        wording::METRIC_KNOWLEDGE,
        knowledge.and_then(start_of_day).map(Sample::of),
    );
    metrics.family(
        "fleet_customers",
        wording::METRIC_FLEET_CUSTOMERS,
        CustomerState::ALL
            .map(|state| Sample::of(fleet.counts.get(state)).with("state", state.as_str())),
    );
    metrics.family(
        "fleet_customers_checked_in_part",
        wording::METRIC_FLEET_NARROWED,
        [Sample::of(fleet.checked_in_part())],
    );
    metrics.family(
        "fleet_completed",
        wording::METRIC_RUN_COMPLETED,
        [Sample::of(u8::from(!fleet.interrupted))],
    );
    metrics.family(
        "fleet_created_timestamp_seconds",
        wording::METRIC_FLEET_CREATED,
        [Sample::of(fleet.created_at.as_second())],
    );
}

fn draw_customers(metrics: &mut Exposition, customers: &[Customer]) {
    let each = |value: fn(&Customer) -> Option<i64>| {
        customers
            .iter()
            .filter_map(move |customer| Some(of_customer(value(customer)?, customer)))
    };
    metrics.family(
        "fleet_customer_state",
        wording::METRIC_FLEET_STATE,
        customers
            .iter()
            .map(|customer| of_customer(1, customer).with("state", customer.state.as_str())),
    );
    metrics.family(
        "fleet_customer_checked_timestamp_seconds",
        wording::METRIC_FLEET_CHECKED,
        each(|customer| Some(customer.checked_at?.as_second())),
    );
    metrics.family(
        "fleet_customer_duration_seconds",
        wording::METRIC_FLEET_DURATION,
        each(|customer| customer.duration_s),
    );
    metrics.family(
        "fleet_customer_requests",
        wording::METRIC_FLEET_REQUESTS,
        each(|customer| customer.requests?.try_into().ok()),
    );
    metrics.family(
        "fleet_customer_checks",
        wording::METRIC_CHECKS,
        customers.iter().flat_map(checks),
    );
    metrics.family(
        "fleet_customer_rooms",
        wording::METRIC_ROOMS,
        customers.iter().flat_map(rooms),
    );
    metrics.family(
        "fleet_customer_end_timestamp_seconds",
        wording::METRIC_FLEET_END,
        customers.iter().flat_map(end_dates),
    );
}

fn of_customer(value: impl TryInto<i64>, customer: &Customer) -> Sample {
    Sample::of(value).with("customer", &customer.name)
}

fn checks(customer: &Customer) -> impl Iterator<Item = Sample> {
    // A customer without a report has no checks to count.
    let outcomes = customer.checked_at.map_or(&[][..], |_| Outcome::ALL);
    outcomes.iter().map(|outcome| {
        of_customer(customer.checks.get(*outcome), customer).with("outcome", outcome.as_str())
    })
}

/// The rooms of all connections, with the same outcomes as in the metrics of one report.
fn rooms(customer: &Customer) -> impl Iterator<Item = Sample> {
    let sum = |of: fn(&LocationRooms) -> usize| -> usize {
        customer.locations.iter().map(|own| of(&own.rooms)).sum()
    };
    let by_outcome = [
        ("pass", sum(|rooms| rooms.work)),
        ("fail", sum(|rooms| rooms.fail)),
        ("unknown", sum(|rooms| rooms.unknown)),
        ("skipped", sum(|rooms| rooms.not_checked)),
    ];
    by_outcome
        .into_iter()
        .map(|(outcome, count)| of_customer(count, customer).with("outcome", outcome))
}

/// The earliest end date of each kind, so that the number of series does not grow with the number of apps.
fn end_dates(customer: &Customer) -> impl Iterator<Item = Sample> {
    EndDateKind::ALL.into_iter().filter_map(|kind| {
        let of_kind = customer.end_dates.iter().filter(|end| end.kind == kind);
        let first = of_kind.map(|end| end.date).min()?;
        Some(of_customer(start_of_day(first)?, customer).with("kind", kind.as_str()))
    })
}
