//! `diff BEFORE AFTER`: compares two saved reports.

use std::path::{Path, PathBuf};

use crate::report::json::write_visible;
use crate::report::{Comparison, Direction, Report, compare};

use super::args::{DiffArguments, DiffFormat};
use super::files::display_path;
use super::report::read_report;
use super::{CliError, Exit, files, output};

pub(super) fn run(arguments: &DiffArguments) -> Result<Exit, CliError> {
    let files = output_files(arguments)?;
    let (before, after) = (
        read_report(&arguments.before)?,
        read_report(&arguments.after)?,
    );
    refuse_different_pseudonyms(&before, &after)?;
    let comparison = compare(&before, &after);
    let mut texts = Vec::new();
    for (path, format) in files {
        texts.push((path, render(&comparison, format)?));
    }
    let for_stdout = render(&comparison, arguments.format)?;
    output::write_texts(&texts, &for_stdout, arguments.quiet)?;
    Ok(if comparison.direction == Direction::Worse {
        Exit::NotReady
    } else {
        Exit::Success
    })
}

/// The files with their formats, checked before anything is read.
fn output_files(arguments: &DiffArguments) -> Result<Vec<(PathBuf, DiffFormat)>, CliError> {
    let mut files = Vec::new();
    for path in &arguments.output {
        files::check_target("--output", path)?;
        let format = DiffFormat::of_file(path)?;
        files::refuse_input(
            "--output",
            path,
            &[arguments.before.clone(), arguments.after.clone()],
        )?;
        files.push((path.clone(), format));
    }
    Ok(files)
}

impl DiffFormat {
    /// The format of a file, which its extension selects as it does for a report.
    fn of_file(path: &Path) -> Result<Self, CliError> {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "txt" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "md" => Ok(Self::Markdown),
            _ => Err(CliError::Usage(format!(
                "--output {}: the extension selects the format; valid extensions for diff: .txt, .json, .md",
                display_path(path)
            ))),
        }
    }
}

/// Refuses reports in which the same tenant has different names: every cause would appear as both fixed and new.
fn refuse_different_pseudonyms(before: &Report, after: &Report) -> Result<(), CliError> {
    if before.redaction.shares_names_with(&after.redaction) {
        return Ok(());
    }
    let reason = if before.redaction.is_redacted() && after.redaction.is_redacted() {
        "they were redacted with different keys"
    } else {
        "only one of them is redacted"
    };
    Err(CliError::Usage(format!(
        "these two reports cannot be compared because {reason}; redact both with the same map (for example, `rx-preflight \
         report FILE --redact --redaction-map MAP --output COPY.json`)"
    )))
}

fn render(comparison: &Comparison, format: DiffFormat) -> Result<String, CliError> {
    Ok(match format {
        DiffFormat::Table => comparison.to_text(),
        DiffFormat::Markdown => comparison.to_markdown(),
        DiffFormat::Json => {
            let mut json = Vec::new();
            write_visible(comparison, &mut json)
                .map_err(|error| CliError::Internal(error.to_string()))?;
            String::from_utf8_lossy(&json).into_owned() + "\n"
        }
    })
}
