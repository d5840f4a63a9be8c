//! `report --merge FOLDER`: one fleet report from the reports that are saved in a folder.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::args::FleetOutputArguments;
use crate::cli::{CliError, Exit};
use crate::report::fleet::combine;

use super::{FleetOutputs, exit_of, report_folder, tool};

/// Combines the reports of a folder.
pub(in crate::cli) fn merge(
    folder: &Path,
    arguments: &FleetOutputArguments,
) -> Result<Exit, CliError> {
    let outputs = FleetOutputs::new(arguments, None)?;
    let customers = report_folder::read(folder)?;
    let earlier = arguments
        .since
        .as_deref()
        .map(report_folder::read)
        .transpose()?;
    let report = combine(customers, earlier.as_deref(), Timestamp::now(), tool());
    outputs.write(&report)?;
    Ok(exit_of(&report))
}
