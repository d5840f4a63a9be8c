//! The fleet report for a monitoring system: a fixed number of metrics, and four lines for each customer.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::model::{Customer, CustomerState, FleetReport};

/// Draws the metrics. Every one is a gauge, so that the text is valid for the parsers of both OpenMetrics and Prometheus.
pub(super) fn render(fleet: &FleetReport) -> String {
    let mut text = String::new();
    totals(&mut text, fleet);
    states(&mut text, fleet);
    family(
        &mut text,
        "customer_rooms",
        "Rooms of a customer by result.",
    );
    for customer in &fleet.customers {
        rooms(&mut text, customer);
    }
    let help = "The next day on which something ends for a customer, by kind.";
    family(&mut text, "customer_end_timestamp_seconds", help);
    for customer in &fleet.customers {
        end_dates(&mut text, customer);
    }
    text.push_str("# EOF\n");
    text
}

fn totals(text: &mut String, fleet: &FleetReport) {
    family(text, "customers", "Customers by state.");
    for state in CustomerState::ALL {
        let labels = [("state", state.as_str())];
        sample(text, "customers", &labels, fleet.counts.get(state));
    }
    family(
        text,
        "created_timestamp_seconds",
        "When the reports were combined.",
    );
    let created_at = fleet.created_at.as_second();
    sample(text, "created_timestamp_seconds", &[], created_at);
}

fn states(text: &mut String, fleet: &FleetReport) {
    let help = "1 for the state in which a customer is.";
    family(text, "customer_state", help);
    for customer in &fleet.customers {
        let labels = [
            ("customer", customer.name.as_str()),
            ("state", customer.state.as_str()),
        ];
        sample(text, "customer_state", &labels, 1);
    }
    let (name, help) = (
        "customer_checked_timestamp_seconds",
        "When the last check of a customer began.",
    );
    family(text, name, help);
    for customer in &fleet.customers {
        if let Some(time) = customer.checked_at {
            let labels = [("customer", customer.name.as_str())];
            sample(text, name, &labels, time.as_second());
        }
    }
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
