//! Format of a document, selected by name or by file extension, and the audience it is for.

use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::report::{Format, HandoverFormat};

use super::CliError;
use super::write_error::display_path;

/// Whom a document is for, where it is not the whole report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// The customer's administrator: only what is to be done
    Admin,
}

/// A document with its format. On the command line a name can be that of a report format although a hand-over is written
/// in it; the audience decides that later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// A format of the report; some are formats of the hand-over as well.
    Report(Format),
    /// A format of the hand-over.
    Handover(HandoverFormat),
}

impl DocumentFormat {
    fn as_str(self) -> &'static str {
        match self {
            Self::Report(format) => format.name(),
            Self::Handover(format) => format.name(),
        }
    }
}

/// Parses the names of the formats. Formats that only the hand-over has are accepted but hidden, so that the error message
/// can name the right command.
pub(super) fn parser() -> impl TypedValueParser<Value = DocumentFormat> {
    let shown = Format::ALL
        .iter()
        .map(|format| PossibleValue::new(format.name()));
    let hidden = handover_only_formats().map(|format| PossibleValue::new(format.name()).hide(true));
    PossibleValuesParser::new(shown.chain(hidden)).map(|name| {
        let report = Format::ALL
            .iter()
            .find(|format| format.name() == name)
            .copied();
        let handover = || HandoverFormat::from_name(&name).map(DocumentFormat::Handover);
        report
            .map(DocumentFormat::Report)
            .or_else(handover)
            .unwrap_or(DocumentFormat::Report(Format::default()))
    })
}

fn handover_only_formats() -> impl Iterator<Item = HandoverFormat> {
    let of_report = |name| Format::ALL.iter().any(|format| format.name() == name);
    HandoverFormat::ALL
        .iter()
        .copied()
        .filter(move |format| !of_report(format.name()))
}

/// What is written to standard output.
pub(super) fn by_name(
    audience: Option<Audience>,
    name: Option<DocumentFormat>,
) -> Result<DocumentFormat, CliError> {
    match (audience, name) {
        (None, None) => Ok(DocumentFormat::Report(Format::default())),
        (None, Some(DocumentFormat::Report(format))) => Ok(DocumentFormat::Report(format)),
        (None, Some(DocumentFormat::Handover(format))) => {
            Err(handover_only_error(&format!("--format {}", format.name())))
        }
        (Some(Audience::Admin), None) => Ok(DocumentFormat::Handover(HandoverFormat::default())),
        (Some(Audience::Admin), Some(name)) => {
            let format = HandoverFormat::from_name(name.as_str()).map(DocumentFormat::Handover);
            format.ok_or_else(|| {
                let known = join(
                    HandoverFormat::ALL
                        .iter()
                        .map(|format| format.name().to_owned()),
                );
                CliError::Usage(format!(
                    "--format {} cannot be combined with --for admin; valid values: {known}",
                    name.as_str()
                ))
            })
        }
    }
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
