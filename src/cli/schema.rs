//! `schema`: prints the JSON Schema of the report.

use super::{CliError, Exit, output};
use crate::report;

pub(super) fn run() -> Result<Exit, CliError> {
    output::document(&report::schema())?;
    Ok(Exit::Success)
}
