//! The fleet report for a monitoring system: a fixed number of metrics, and four lines for each customer.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::model::{Customer, CustomerState, FleetReport};

/// Draws the metrics. Every one is a gauge, so that the text is valid for the parsers of both OpenMetrics and Prometheus.
pub(super) fn render(fleet: &FleetReport) -> String {
    let mut text = String::new();
    family(&mut text, "customers", "Customers by state.");
    for state in CustomerState::ALL {
        sample(
            &mut text,
            "customers",
            &[("state", state.as_str())],
            fleet.counts.get(state),
        );
    }
    family(
        &mut text,
        "created_timestamp_seconds",
        "When the reports were combined.",
    );
    sample(
        &mut text,
        "created_timestamp_seconds",
        &[],
        fleet.created_at.as_second(),
    );
    family(
        &mut text,
        "customer_state",
        "1 for the state in which a customer is.",
    );
    for customer in &fleet.customers {
        let labels = [
            ("customer", customer.name.as_str()),
            ("state", customer.state.as_str()),
        ];
        sample(&mut text, "customer_state", &labels, 1);
    }
    family(
        &mut text,
        "customer_checked_timestamp_seconds",
        "When the last check of a customer began.",
    );
    for customer in &fleet.customers {
        if let Some(time) = customer.checked_at {
            let labels = [("customer", customer.name.as_str())];
            sample(
                &mut text,
                "customer_checked_timestamp_seconds",
                &labels,
                time.as_second(),
            );
        }
    }
    family(
        &mut text,
        "customer_rooms",
        "Rooms of a customer by result.",
    );
    for customer in &fleet.customers {
        rooms(&mut text, customer);
    }
    family(
        &mut text,
        "customer_end_timestamp_seconds",
        "The next day on which something ends for a customer, by kind.",
    );
    for customer in &fleet.customers {
        end_dates(&mut text, customer);
    }
    text.push_str("# EOF\n");
    text
}

fn rooms(text: &mut String, customer: &Customer) {
    let sum = |of: fn(&super::model::LocationRooms) -> usize| -> usize {
        customer.locations.iter().map(|own| of(&own.rooms)).sum()
    };
    let results = [
        ("work", sum(|rooms| rooms.work)),
        ("fail", sum(|rooms| rooms.fail)),
        ("unknown", sum(|rooms| rooms.unknown)),
        ("not-checked", sum(|rooms| rooms.not_checked)),
    ];
    for (result, count) in results {
        let labels = [("customer", customer.name.as_str()), ("result", result)];
        sample(text, "customer_rooms", &labels, count);
    }
}

/// The earliest end date of each kind, so that the number of lines does not grow with the number of apps.
fn end_dates(text: &mut String, customer: &Customer) {
    let mut seen = Vec::new();
    let mut ends: Vec<_> = customer.end_dates.iter().collect();
    ends.sort_by_key(|end| end.date);
    for end in ends {
        let Ok(start_of_day) = TimeZone::UTC.to_timestamp(end.date.at(0, 0, 0, 0)) else {
            continue;
        };
        if seen.contains(&end.kind) {
            continue;
        }
        seen.push(end.kind);
        let labels = [
            ("customer", customer.name.as_str()),
            ("kind", end.kind.as_str()),
        ];
        sample(
            text,
            "customer_end_timestamp_seconds",
            &labels,
            start_of_day.as_second(),
        );
    }
}

fn family(text: &mut String, name: &str, help: &str) {
    // Writing to memory does not fail.
    let _ = writeln!(text, "# HELP rx_preflight_fleet_{name} {help}");
    let _ = writeln!(text, "# TYPE rx_preflight_fleet_{name} gauge");
}

fn sample(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escape(value)))
        .collect();
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", labels.join(","))
    };
    let _ = writeln!(text, "rx_preflight_fleet_{name}{labels} {value}");
}

/// A label value as both formats escape it.
fn escape(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
