//! Format of a guide, selected by name or by file extension.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::GuideFormat;

use super::CliError;
use super::write_error::display_path;

/// Parses the names of the formats.
pub(super) fn parser() -> impl TypedValueParser<Value = GuideFormat> {
    let names = GuideFormat::ALL.iter().map(|format| format.name());
    PossibleValuesParser::new(names).map(|name| GuideFormat::from_name(&name).unwrap_or_default())
}

/// The format of a file.
pub(super) fn by_extension(path: &Path) -> Result<GuideFormat, CliError> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    GuideFormat::from_extension(extension).ok_or_else(|| {
        let known: Vec<String> = GuideFormat::ALL
            .iter()
            .map(|format| format!(".{}", format.extension()))
            .collect();
        CliError::Usage(format!(
            "--output {}: the extension selects the format; valid extensions for guide: {}",
            display_path(path),
            known.join(", ")
        ))
    })
}
