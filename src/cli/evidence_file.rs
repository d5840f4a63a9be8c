//! The file of evidence that an administrator collected.

use std::path::Path;

use crate::diagnosis::AdministratorSummary;
use crate::evidence::AdministratorEvidence;
use crate::settings::{administrator_evidence, read_bounded};

use super::{CliError, output};

/// Reads the file of `--with`.
pub(super) fn read(path: &Path) -> Result<AdministratorEvidence, CliError> {
    let bytes = read_bounded(path).map_err(|source| CliError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    administrator_evidence(&bytes).map_err(|reason| CliError::NotEvidence {
        path: path.to_owned(),
        reason,
    })
}

/// Prints how far the evidence can be relied on. A reader of a short format or of a hand-over would not notice it otherwise.
pub(super) fn print_limits(summary: &AdministratorSummary) {
    for limit in &summary.limits {
        output::message(&format!("rx-preflight: note: {limit}"));
    }
}
