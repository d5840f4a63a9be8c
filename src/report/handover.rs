//! Hand-over for the customer's administrator: the tasks of a report, grouped by role, and nothing else.
//!
//! [`Handover`] is built once, with sanitized texts and printable commands; the formats only render it.
//! A new format is a file with a `render` function and its arms in this file.

mod extract;
mod html;
mod markdown;
mod migration_tasks;
mod powershell;
mod tasks;
mod text;

use std::io::{self, Write};

use super::Report;

pub use tasks::{Handover, RoleTasks, Task};

/// A format in which a hand-over can be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HandoverFormat {
    /// Markdown for an email or a comment in a ticket.
    #[default]
    Markdown,
    /// A single page for the browser or a printer.
    Html,
    /// A commented PowerShell script that changes nothing unless it is edited.
    PowerShell,
}

impl HandoverFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Markdown, Self::Html, Self::PowerShell];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::PowerShell => "powershell",
        }
    }

    /// The file extension of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::PowerShell => "ps1",
        }
    }

    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }

    /// The format of a file with this extension; case is ignored.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// Writes the hand-over of a report in a format.
///
/// # Errors
///
/// Returns the errors of `to`.
pub fn write(report: &Report, format: HandoverFormat, to: &mut dyn Write) -> io::Result<()> {
    let handover = Handover::new(report);
    let text = match format {
        HandoverFormat::Markdown => markdown::render(&handover),
        HandoverFormat::Html => html::render(&handover),
        HandoverFormat::PowerShell => powershell::render(&handover),
    };
    to.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn names_and_extensions_are_read_back() {
        for format in HandoverFormat::ALL {
            assert_eq!(HandoverFormat::from_name(format.name()), Some(*format));
            assert_eq!(
                HandoverFormat::from_extension(&format.extension().to_uppercase()),
                Some(*format)
            );
        }
        assert_eq!(
            (
                HandoverFormat::from_name("json"),
                HandoverFormat::from_extension("xml")
            ),
            (None, None)
        );
    }

    #[test]
    fn a_report_without_causes_has_nothing_to_do_in_every_format() {
        for format in HandoverFormat::ALL {
            let mut bytes = Vec::new();
            write(&sample_report::report_all_passed(), *format, &mut bytes).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("There is nothing to do"), "{}", format.name());
        }
    }
}
