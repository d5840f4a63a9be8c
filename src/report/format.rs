//! The formats of a report, and which renderer draws each.
//!
//! A new format is a file with a `render` and a row in each of the two tables here.

use std::io::{self, Write};

use super::table::TableOptions;
use super::{Report, html, json, junit, markdown, table};

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
    /// For whoever the report is handed to: one page, also on paper.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[
        Format::Table,
        Format::Json,
        Format::Markdown,
        Format::Junit,
        Format::Html,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Html => "html",
        }
    }

    /// The extension of a file in this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Junit => "xml",
            Self::Html => "html",
        }
    }

    /// The format of a file with this extension, whatever its case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// Draws a report in a format, for whoever takes the pieces. The options of the table concern no other format.
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
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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
