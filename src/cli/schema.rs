//! `schema`: the JSON Schema of the report.

use super::{CliError, Exit, output};
use crate::report;

pub(super) fn run() -> Result<Exit, CliError> {
    let schema = report::schema::render().map_err(|error| CliError::Internal(error.to_string()))?;
    output::document(&schema)?;
    Ok(Exit::Fine)
}
