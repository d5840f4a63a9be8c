//! Which document is written: the name or the ending that was given, and whom it is for.

use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::CliError;
use crate::report::{Format, HandoverFormat};

/// Whom a document is for, where it is not the whole report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// The customer's administrator: only what is to be done
    Admin,
}

/// The name of a format on the command line, before it is known what will be written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatName {
    /// A format of the report; some are formats of the hand-over as well.
    Report(Format),
    /// A format of the hand-over alone.
    Handover(HandoverFormat),
}

impl FormatName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Report(format) => format.name(),
            Self::Handover(format) => format.name(),
        }
    }
}

/// Understands the names of the formats. Those of the hand-over alone are understood by every command, so that it can be
/// said where they belong, and shown by none.
pub(super) fn parser() -> impl TypedValueParser<Value = FormatName> {
    let shown = Format::ALL
        .iter()
        .map(|format| PossibleValue::new(format.name()));
    let hidden = handover_alone().map(|format| PossibleValue::new(format.name()).hide(true));
    PossibleValuesParser::new(shown.chain(hidden)).map(|name| {
        let report = Format::ALL
            .iter()
            .find(|format| format.name() == name)
            .copied();
        let handover = || HandoverFormat::from_name(&name).map(FormatName::Handover);
        report
            .map(FormatName::Report)
            .or_else(handover)
            .unwrap_or(FormatName::Report(Format::default()))
    })
}

fn handover_alone() -> impl Iterator<Item = HandoverFormat> {
    let of_report = |name| Format::ALL.iter().any(|format| format.name() == name);
    HandoverFormat::ALL
        .iter()
        .copied()
        .filter(move |format| !of_report(format.name()))
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// The report.
    Report(Format),
    /// The hand-over.
    Handover(HandoverFormat),
}

/// What is written to standard output.
pub(super) fn named(
    audience: Option<Audience>,
    name: Option<FormatName>,
) -> Result<Document, CliError> {
    match (audience, name) {
        (None, None) => Ok(Document::Report(Format::default())),
        (None, Some(FormatName::Report(format))) => Ok(Document::Report(format)),
        (None, Some(FormatName::Handover(format))) => Err(belongs_to_the_handover(&format!(
            "--format {}",
            format.name()
        ))),
        (Some(Audience::Admin), None) => Ok(Document::Handover(HandoverFormat::default())),
        (Some(Audience::Admin), Some(name)) => {
            let format = HandoverFormat::from_name(name.as_str()).map(Document::Handover);
            format.ok_or_else(|| {
                let known = listed(
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
pub(super) fn by_ending(audience: Option<Audience>, path: &Path) -> Result<Document, CliError> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let option = format!("--output {}", path.display());
    let (document, known) = match audience {
        None => (
            Format::from_extension(ending).map(Document::Report),
            listed(
                Format::ALL
                    .iter()
                    .map(|format| format!(".{}", format.extension())),
            ),
        ),
        Some(Audience::Admin) => (
            HandoverFormat::from_extension(ending).map(Document::Handover),
            listed(
                HandoverFormat::ALL
                    .iter()
                    .map(|format| format!(".{}", format.extension())),
            ),
        ),
    };
    match document {
        Some(document) => Ok(document),
        None if audience.is_none() && HandoverFormat::from_extension(ending).is_some() => {
            Err(belongs_to_the_handover(&option))
        }
        None if audience.is_some() => Err(CliError::Usage(format!(
            "{option}: the extension selects the format; valid extensions with --for admin: {known}"
        ))),
        None => Err(CliError::Usage(format!(
            "{option}: the extension selects the format; valid extensions: {known} (for example, report.json)"
        ))),
    }
}

fn belongs_to_the_handover(option: &str) -> CliError {
    CliError::Usage(format!(
        "{option} is only for the hand-over: rx-preflight report FILE --for admin"
    ))
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_a_report_is_a_table_and_a_handover_markdown() {
        assert_eq!(named(None, None).unwrap(), Document::Report(Format::Table));
        assert_eq!(
            named(Some(Audience::Admin), None).unwrap(),
            Document::Handover(HandoverFormat::Markdown)
        );
    }

    #[test]
    fn every_ending_leads_to_one_document_or_says_which_ones_are_known() {
        for format in HandoverFormat::ALL {
            let path = format!("a.{}", format.extension());
            assert_eq!(
                by_ending(Some(Audience::Admin), Path::new(&path)).unwrap(),
                Document::Handover(*format)
            );
        }
        for ending in ["json", "xml", "txt", "docx", ""] {
            let error = by_ending(Some(Audience::Admin), Path::new(&format!("a.{ending}")))
                .unwrap_err()
                .to_string();
            assert!(error.contains(".md, .html, .ps1"), "{error}");
        }
        assert!(
            by_ending(None, Path::new("a.ps1"))
                .unwrap_err()
                .to_string()
                .contains("--for admin")
        );
    }
}
