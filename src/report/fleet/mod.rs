//! Many saved reports as one document: what needs a person this week, and one line for each customer and connection.
//!
//! A customer is one settings file, and so one report. Data flows from [`customer()`] (one report) over [`combine()`] (all of
//! them) to the [`model`], from which each format draws.

mod combine;
mod csv;
mod customer;
mod fleet_format;
mod html;
mod model;
mod openmetrics;
mod section_map;
mod table;
mod timeline;

pub use combine::combine;
pub(in crate::report) use csv::begins_csv;
pub use customer::{customer, not_checked};
pub use fleet_format::{FleetFormat, write};
pub use model::{
    Change, Customer, CustomerProblem, CustomerState, DOCUMENT, FleetCounts, FleetReport, Location,
    LocationRooms, NotChecked, Problem, UpcomingEnd,
};

#[cfg(test)]
mod tests;
