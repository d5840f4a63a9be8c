//! The fleet report for a spreadsheet: one line for each customer and connection.

use csv::{ByteRecord, QuoteStyle, ReaderBuilder, Writer, WriterBuilder};

use super::model::{Customer, FleetReport, Location};

/// The columns, whose names never change; new ones are added at the end.
const COLUMNS: [&str; 17] = [
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
    "narrowed_by",
];

/// A file that begins with so many columns of a fleet report is one.
const FEWEST_COLUMNS: usize = 4;

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

/// Whether a file that begins like this is a fleet report, also one of another version, which can have fewer or more columns.
pub(in crate::report) fn begins_csv(beginning: &[u8]) -> bool {
    let mut columns = ByteRecord::new();
    let read = ReaderBuilder::new()
        .has_headers(false)
        .from_reader(beginning)
        .read_byte_record(&mut columns);
    read.is_ok()
        && columns.len() >= FEWEST_COLUMNS
        && columns
            .iter()
            .zip(COLUMNS)
            .all(|(column, own)| column == own.as_bytes())
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

fn cells(customer: &Customer, location: Option<&Location>) -> [String; 17] {
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
        Some(customer.narrowed_by.join("; ")),
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
    fn a_fleet_report_is_recognized_by_its_columns() {
        let header = |columns: &[&str]| format!("\"{}\"\nx", columns.join("\",\""));
        let later = [&COLUMNS[..], &["new"]].concat();
        for own in [&COLUMNS[..], &COLUMNS[..FEWEST_COLUMNS], &later] {
            assert!(begins_csv(header(own).as_bytes()), "{own:?}");
        }
        let few = header(&COLUMNS[..FEWEST_COLUMNS - 1]);
        let other = header(&["customer", "state", "exit_code", "turnover", "reason"]);
        for other in [&few, &other, "", "\"", "room1@contoso.com\n"] {
            assert!(!begins_csv(other.as_bytes()), "{other:?}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{ff1d}1"] {
            assert!(without_formula(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(without_formula("contoso"), "contoso");
    }
}
