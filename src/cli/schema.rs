//! `schema`: prints the JSON Schema of the report, of the evidence of an administrator, of the setup guide, or of the fleet
//! report.

use crate::report;

use super::args::SchemaArguments;
use super::{CliError, Exit, output};

pub(super) fn run(arguments: &SchemaArguments) -> Result<Exit, CliError> {
    let schema = if arguments.evidence {
        report::administrator_schema()
    } else if arguments.guide {
        report::guide_schema()
    } else if arguments.fleet {
        report::fleet_schema()
    } else {
        report::schema()
    };
    output::document(&schema)?;
    Ok(Exit::Success)
}
