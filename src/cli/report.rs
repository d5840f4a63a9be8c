//! `report FILE`: renders a saved report again.

use std::fs;

use super::args::ReportArguments;
use super::output::Outlets;
use super::{CliError, Exit};
use crate::report::Report;

pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, CliError> {
    let outlets = Outlets::new(&arguments.output)?;
    let bytes =
        fs::read(&arguments.file).map_err(|source| CliError::Unreadable { path: arguments.file.clone(), source })?;
    let report = Report::from_json(&bytes)
        .map_err(|reason| CliError::NotAReport { path: arguments.file.clone(), reason: reason.to_string() })?;
    outlets.write(&report, &[])
}
