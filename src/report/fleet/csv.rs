//! The fleet report for a spreadsheet: one line for each customer and connection.

use csv::{QuoteStyle, Writer, WriterBuilder};

use super::model::{Customer, FleetReport, Location};

/// The columns, whose names never change; new ones are added at the end.
const COLUMNS: [&str; 16] = [
    "customer",
    "state",
    "exit_code",
    "checked_at",
    "reason",
    "connection",
    "api",
    "rooms_work",
    "rooms_fail",
    "rooms_unknown",
    "rooms_not_checked",
    "problems",
    "causes",
    "next_end_date",
    "next_end_kind",
    "accepted",
];

/// Draws the customers.
pub(super) fn render(fleet: &FleetReport) -> String {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for customer in &fleet.customers {
        write_customer(&mut writer, customer);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write_customer(writer: &mut Writer<Vec<u8>>, customer: &Customer) {
    let mut locations: Vec<Option<&Location>> = customer.locations.iter().map(Some).collect();
    // A customer without a report has a line as well.
    if locations.is_empty() {
        locations.push(None);
    }
    for location in locations {
        let _ = writer.write_record(
            cells(customer, location)
                .iter()
                .map(|cell| without_formula(cell)),
        );
    }
}

fn cells(customer: &Customer, location: Option<&Location>) -> [String; 16] {
    let number = |of: fn(&Location) -> usize| location.map(|own| of(own).to_string());
    let causes: Vec<&str> = customer
        .problems
        .iter()
        .filter(|problem| location.is_none_or(|own| problem.connections.contains(&own.name)))
        .map(|problem| problem.cause.as_str())
        .collect();
    let next = customer
        .end_dates
        .iter()
        .filter(|end| location.is_none_or(|own| end.connections.contains(&own.name)))
        .min_by_key(|end| end.date);
    let cells = [
        Some(customer.name.clone()),
        Some(customer.state.to_string()),
        customer.exit_code.map(|code| code.to_string()),
        customer.checked_at.map(|time| time.to_string()),
        customer.reason.clone(),
        location.map(|own| own.name.clone()),
        location.and_then(|own| Some(own.api?.as_str().to_owned())),
        number(|own| own.rooms.work),
        number(|own| own.rooms.fail),
        number(|own| own.rooms.unknown),
        number(|own| own.rooms.not_checked),
        number(|own| own.problems),
        Some(causes.join(" ")),
        next.map(|end| end.date.to_string()),
        next.map(|end| end.kind.as_str().to_owned()),
        Some(customer.accepted.to_string()),
    ];
    cells.map(Option::unwrap_or_default)
}

/// A cell that no spreadsheet takes for a formula. A name of a customer is chosen by the customer, and a formula could send
/// data away. The apostrophe is what OWASP recommends (CSV Injection, read 2026-11-29).
fn without_formula(cell: &str) -> String {
    let is_formula = cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{ff1d}1"] {
            assert!(without_formula(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(without_formula("contoso"), "contoso");
    }
}
