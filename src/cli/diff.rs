//! `diff BEFORE AFTER`: what changed between two saved reports.

use super::args::{DiffArguments, DiffFormat};
use super::report::read;
use super::{CliError, Exit, output};
use crate::report::{Comparison, Direction, compare};

pub(super) fn run(arguments: &DiffArguments) -> Result<Exit, CliError> {
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    let comparison = compare(&before, &after);
    let text = draw(&comparison, arguments.format)?;
    match &arguments.output {
        Some(path) => output::file(path, text.as_bytes())?,
        None => output::document(&text)?,
    }
    Ok(if comparison.direction == Direction::Worse { Exit::NotReady } else { Exit::Fine })
}

fn draw(comparison: &Comparison, format: DiffFormat) -> Result<String, CliError> {
    Ok(match format {
        DiffFormat::Table => comparison.to_text(),
        DiffFormat::Markdown => comparison.to_markdown(),
        DiffFormat::Json => {
            let json = serde_json::to_string_pretty(comparison);
            json.map_err(|error| CliError::Internal(error.to_string()))? + "\n"
        }
    })
}
