//! Format of a document, selected by name or by file extension, and the audience it is for.

use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::report::fleet::FleetFormat;
use crate::report::{Format, HandoverFormat};

use super::CliError;
use super::write_error::display_path;

/// Whom a document is for, where it is not the whole report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// The customer's administrator: only what is to be done
    Admin,
}

/// A document with its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// A format of the report; some are formats of the hand-over as well.
    Report(Format),
    /// A format of the hand-over.
    Handover(HandoverFormat),
}

/// The name of a format on the command line. Which document it is a format of depends on the other options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatName(&'static str);

impl FormatName {
    /// Whether this is the name of a format of the report.
    pub(super) fn is(self, format: Format) -> bool {
        self.0 == format.name()
    }

    /// The format of the fleet report with this name.
    pub(super) fn of_fleet(self) -> Result<FleetFormat, CliError> {
        FleetFormat::from_name(self.0).ok_or_else(|| {
            let known = join(
                FleetFormat::ALL
                    .iter()
                    .map(|format| format.name().to_owned()),
            );
            CliError::Usage(format!(
                "--format {} cannot be combined with --merge; valid values: {known}",
                self.0
            ))
        })
    }
}

/// Parses the names of the formats. Formats that only the hand-over has are accepted but hidden, so that the error message
/// can name the right command.
pub(super) fn parser() -> impl TypedValueParser<Value = FormatName> {
    let shown = report_names().map(PossibleValue::new);
    let hidden = other_names().map(|name| PossibleValue::new(name).hide(true));
    PossibleValuesParser::new(shown.chain(hidden)).try_map(|name| {
        report_names()
            .chain(other_names())
            .find(|known| *known == name)
            .map(FormatName)
            .ok_or("this is not a format")
    })
}

/// Parses the names of the formats of the fleet report.
pub(super) fn fleet_parser() -> impl TypedValueParser<Value = FleetFormat> {
    PossibleValuesParser::new(FleetFormat::ALL.iter().map(|format| format.name()))
        .try_map(|name| FleetFormat::from_name(&name).ok_or("this is not a format"))
}

fn report_names() -> impl Iterator<Item = &'static str> {
    Format::ALL.iter().map(|format| format.name())
}

/// Names that no format of the report has.
fn other_names() -> impl Iterator<Item = &'static str> {
    let of_handover = HandoverFormat::ALL.iter().map(|format| format.name());
    let of_fleet = FleetFormat::ALL.iter().map(|format| format.name());
    of_handover
        .chain(of_fleet)
        .filter(|name| report_names().all(|known| known != *name))
}

/// What is written to standard output.
pub(super) fn by_name(
    audience: Option<Audience>,
    name: Option<FormatName>,
) -> Result<DocumentFormat, CliError> {
    match (audience, name) {
        (None, None) => Ok(DocumentFormat::Report(Format::default())),
        (None, Some(name)) => report_format(name),
        (Some(Audience::Admin), None) => Ok(DocumentFormat::Handover(HandoverFormat::default())),
        (Some(Audience::Admin), Some(FormatName(name))) => {
            let format = HandoverFormat::from_name(name).map(DocumentFormat::Handover);
            format.ok_or_else(|| {
                let known = join(
                    HandoverFormat::ALL
                        .iter()
                        .map(|format| format.name().to_owned()),
                );
                CliError::Usage(format!(
                    "--format {name} cannot be combined with --for admin; valid values: {known}"
                ))
            })
        }
    }
}

fn report_format(FormatName(name): FormatName) -> Result<DocumentFormat, CliError> {
    if let Some(format) = Format::ALL.iter().find(|format| format.name() == name) {
        return Ok(DocumentFormat::Report(*format));
    }
    let option = format!("--format {name}");
    if HandoverFormat::from_name(name).is_some() {
        return Err(handover_only_error(&option));
    }
    Err(CliError::Usage(format!(
        "{option} requires --merge (for example, `rx-preflight report --merge FOLDER`)"
    )))
}

/// What is written to a file.
pub(super) fn by_extension(
    audience: Option<Audience>,
    path: &Path,
) -> Result<DocumentFormat, CliError> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let option = format!("--output {}", display_path(path));
    let (document, known) = match audience {
        None => (
            Format::from_extension(extension).map(DocumentFormat::Report),
            join(
                Format::ALL
                    .iter()
                    .map(|format| format!(".{}", format.extension())),
            ),
        ),
        Some(Audience::Admin) => (
            HandoverFormat::from_extension(extension).map(DocumentFormat::Handover),
            join(
                HandoverFormat::ALL
                    .iter()
                    .map(|format| format!(".{}", format.extension())),
            ),
        ),
    };
    match document {
        Some(document) => Ok(document),
        None if audience.is_none() && HandoverFormat::from_extension(extension).is_some() => {
            Err(handover_only_error(&option))
        }
        None if audience.is_some() => Err(CliError::Usage(format!(
            "{option}: the extension selects the format; valid extensions with --for admin: {known}"
        ))),
        None => Err(CliError::Usage(format!(
            "{option}: the extension selects the format; valid extensions: {known} (for example, report.json)"
        ))),
    }
}

fn handover_only_error(option: &str) -> CliError {
    CliError::Usage(format!(
        "{option} requires --for admin (for example, `rx-preflight report FILE --for admin`)"
    ))
}

fn join(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_a_report_is_a_table_and_a_handover_markdown() {
        assert_eq!(
            by_name(None, None).unwrap(),
            DocumentFormat::Report(Format::Table)
        );
        assert_eq!(
            by_name(Some(Audience::Admin), None).unwrap(),
            DocumentFormat::Handover(HandoverFormat::Markdown)
        );
    }

    #[test]
    fn maps_each_extension_to_a_document_or_lists_the_valid_ones() {
        for format in HandoverFormat::ALL {
            let path = format!("a.{}", format.extension());
            assert_eq!(
                by_extension(Some(Audience::Admin), Path::new(&path)).unwrap(),
                DocumentFormat::Handover(*format)
            );
        }
        for extension in ["json", "xml", "txt", "docx", ""] {
            let error = by_extension(Some(Audience::Admin), Path::new(&format!("a.{extension}")))
                .unwrap_err()
                .to_string();
            assert!(error.contains(".md, .html, .ps1"), "{error}");
        }
        assert!(
            by_extension(None, Path::new("a.ps1"))
                .unwrap_err()
                .to_string()
                .contains("--for admin")
        );
    }
}
