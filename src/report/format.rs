//! The formats of a report, and which renderer draws each.
//!
//! A new format is a file with a `render` and a row in each of the two tables here.

use std::io::{self, Write};

use super::no_report::NoReport;
use super::table::TableOptions;
use super::{Report, adaptive_card, html, json, junit, markdown, nagios, openmetrics, table};

/// A format in which a report can be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// For people, on a terminal or in a log.
    #[default]
    Table,
    /// For programs and tickets; the source of all others.
    Json,
    /// For the comment of a ticket.
    Markdown,
    /// For a build server.
    Junit,
    /// For readers outside the team: one page, also on paper.
    Html,
    /// For Prometheus: metrics in a file that a collector reads.
    OpenMetrics,
    /// For Nagios, Icinga and Checkmk: the line of a plugin.
    Nagios,
    /// For a channel of Teams: a message with a card.
    AdaptiveCard,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[
        Format::Table,
        Format::Json,
        Format::Markdown,
        Format::Junit,
        Format::Html,
        Format::OpenMetrics,
        Format::Nagios,
        Format::AdaptiveCard,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::OpenMetrics => "openmetrics",
            Self::Nagios => "nagios",
            Self::AdaptiveCard => "adaptive-card",
        }
    }

    /// The file extension of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Junit => "xml",
            Self::Html => "html",
            Self::OpenMetrics => "prom",
            Self::Nagios => "nagios",
            Self::AdaptiveCard => "card",
        }
    }

    /// Whether a document of this format is JSON.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::AdaptiveCard)
    }

    /// Whether a monitor reads it on its own, so that a run without a report needs a document as well.
    pub fn is_for_monitor(self) -> bool {
        matches!(self, Self::OpenMetrics | Self::Nagios | Self::AdaptiveCard)
    }

    /// The format of a file with this extension, whatever its case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// Writes a report in a format, piece by piece. The options apply to the table only.
///
/// # Errors
///
/// Those of `to` only.
pub fn write(
    report: &Report,
    format: Format,
    options: &TableOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    match format {
        // It grows with every room and request, so it is never held whole.
        Format::Json => json::write(report, to),
        Format::Table => to.write_all(table::render(report, options).as_bytes()),
        Format::Markdown => to.write_all(markdown::render(report).as_bytes()),
        Format::Html => to.write_all(html::render(report).as_bytes()),
        Format::Junit => to.write_all(junit::render(report).as_bytes()),
        Format::OpenMetrics => to.write_all(openmetrics::render(report).as_bytes()),
        Format::Nagios => to.write_all(nagios::render(report).as_bytes()),
        Format::AdaptiveCard => to.write_all(adaptive_card::render(report).as_bytes()),
    }
}

/// The document of a run that ended without a report; `None` for a format that people read, where a missing document cannot
/// be taken for a verdict.
pub fn without_report(format: Format, no_report: &NoReport<'_>) -> Option<String> {
    match format {
        Format::OpenMetrics => Some(openmetrics::render_without_report(no_report)),
        Format::Nagios => Some(nagios::render_without_report(no_report)),
        Format::AdaptiveCard => Some(adaptive_card::render_without_report(no_report)),
        Format::Table | Format::Json | Format::Markdown | Format::Junit | Format::Html => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn only_formats_for_monitors_have_a_document_without_a_report() {
        let no_report = NoReport {
            at: "2026-11-28T03:00:00Z".parse().unwrap(),
            file: "tonight",
            reason: "there is no settings file",
            exit_code: 2,
        };
        let with_one: Vec<&str> = Format::ALL
            .iter()
            .filter(|format| {
                let has_one = without_report(**format, &no_report).is_some();
                assert_eq!(has_one, format.is_for_monitor());
                has_one
            })
            .map(|format| format.name())
            .collect();
        assert_eq!(with_one, ["openmetrics", "nagios", "adaptive-card"]);
    }

    #[test]
    fn names_are_unique_and_extensions_are_read_back() {
        let names: BTreeSet<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        assert_eq!(names.len(), Format::ALL.len());
        for format in Format::ALL {
            assert_eq!(
                Format::from_extension(&format.extension().to_uppercase()),
                Some(*format)
            );
        }
        assert_eq!(Format::from_extension("docx"), None);
    }
}
