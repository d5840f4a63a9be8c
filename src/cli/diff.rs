//! `diff BEFORE AFTER`: what changed between two saved reports.

use super::args::{DiffArguments, DiffFormat};
use super::report::read;
use super::{CliError, Exit, files, output};
use crate::report::json::write_visible;
use crate::report::{Comparison, Direction, Report, compare};

pub(super) fn run(arguments: &DiffArguments) -> Result<Exit, CliError> {
    if let Some(path) = &arguments.output {
        files::check_target("--output", path)?;
        files::refuse_input("--output", path, &[arguments.before.clone(), arguments.after.clone()])?;
    }
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    refuse_other_names(&before, &after)?;
    let comparison = compare(&before, &after);
    let text = draw(&comparison, arguments.format)?;
    output::text(&text, arguments.output.as_deref())?;
    Ok(if comparison.direction == Direction::Worse { Exit::NotReady } else { Exit::Fine })
}

/// Where one tenant has other names in each report, everything would look mended and new at once.
fn refuse_other_names(before: &Report, after: &Report) -> Result<(), CliError> {
    if before.redaction.shares_names_with(&after.redaction) {
        return Ok(());
    }
    let reason = if before.redaction.is_redacted() && after.redaction.is_redacted() {
        "they were redacted with different keys"
    } else {
        "only one of them is redacted"
    };
    Err(CliError::Usage(format!(
        "these two reports cannot be compared, because {reason}: redact both with one map, as in `rx-preflight report \
         FILE --redact --redaction-map MAP --output COPY.json`"
    )))
}

fn draw(comparison: &Comparison, format: DiffFormat) -> Result<String, CliError> {
    Ok(match format {
        DiffFormat::Table => comparison.to_text(),
        DiffFormat::Markdown => comparison.to_markdown(),
        DiffFormat::Json => {
            let mut json = Vec::new();
            write_visible(comparison, &mut json).map_err(|error| CliError::Internal(error.to_string()))?;
            String::from_utf8_lossy(&json).into_owned() + "\n"
        }
    })
}
