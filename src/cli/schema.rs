//! `schema`: prints the JSON Schema of the report.

use crate::report;

use super::{CliError, Exit, output};

pub(super) fn run() -> Result<Exit, CliError> {
    output::document(&report::schema())?;
    Ok(Exit::Success)
}
