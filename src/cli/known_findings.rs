//! The earlier report of `--baseline`.

use std::path::Path;

use crate::report::{RecordedEvidence, Report};

use super::CliError;
use super::files::display_path;
use super::input_files::InputFiles;
use super::report::read_report;

/// Reads the report. Its names must be those of the settings, and it must be the report of a check.
pub(super) fn read_baseline(path: &Path, inputs: &InputFiles) -> Result<Report, CliError> {
    inputs.remember(Some(path));
    let report = read_report(path)?;
    let refused = |reason: &str| CliError::Usage(format!("{}: {reason}", display_path(path)));
    if report.redaction.is_redacted() {
        return Err(refused(
            "this report is redacted, so nothing can be compared with it; use the report before redaction",
        ));
    }
    if report.migration.is_some() {
        return Err(refused(
            "this is a report of `rx-preflight migrate`; use a report of `rx-preflight check`",
        ));
    }
    // The evidence is the larger half of a report, and nothing is compared with it.
    Ok(Report {
        evidence: RecordedEvidence::default(),
        ..report
    })
}
