//! The formats of a fleet report.

use std::io::{self, Write};

use crate::report::json;
use crate::report::table::TableOptions;

use super::model::FleetReport;
use super::{csv, html, openmetrics, table};

/// A format in which a fleet report can be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FleetFormat {
    /// For people, on a terminal or in a log.
    #[default]
    Table,
    /// For programs.
    Json,
    /// One page: what needs a person, a timeline of end dates, and every customer.
    Html,
    /// For a spreadsheet: one line for each customer and connection.
    Csv,
    /// For a monitoring system.
    OpenMetrics,
}

impl FleetFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Table,
        Self::Json,
        Self::Html,
        Self::Csv,
        Self::OpenMetrics,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::OpenMetrics => "openmetrics",
        }
    }

    /// The file extension of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::OpenMetrics => "prom",
        }
    }

    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }

    /// The format of a file with this extension, whatever its case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// Writes a fleet report in a format. The options apply to the table only.
///
/// # Errors
///
/// Those of `to` only.
pub fn write(
    fleet: &FleetReport,
    format: FleetFormat,
    options: &TableOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    match format {
        FleetFormat::Table => to.write_all(table::render(fleet, options).as_bytes()),
        FleetFormat::Json => {
            json::write_visible(fleet, &mut *to)?;
            to.write_all(b"\n")
        }
        FleetFormat::Html => to.write_all(html::render(fleet).as_bytes()),
        FleetFormat::Csv => to.write_all(csv::render(fleet).as_bytes()),
        FleetFormat::OpenMetrics => to.write_all(openmetrics::render(fleet).as_bytes()),
    }
}
