//! `schema`: prints the JSON Schema of the report, or of the evidence of an administrator.

use crate::report;

use super::args::SchemaArguments;
use super::{CliError, Exit, output};

pub(super) fn run(arguments: &SchemaArguments) -> Result<Exit, CliError> {
    let schema = if arguments.evidence {
        report::administrator_schema()
    } else {
        report::schema()
    };
    output::document(&schema)?;
    Ok(Exit::Success)
}
