//! `report FILE`: renders a saved report again, as it was or judged by today's knowledge, whole or as a hand-over.

use std::path::Path;

use super::args::{OutputArguments, ReportArguments};
use super::files::shown;
use super::output::{self, Outlets};
use super::session::about;
use super::{CliError, Exit};
use crate::diagnosis;
use crate::report::{Report, assemble, compare};
use crate::settings::read_bounded;

pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, CliError> {
    let mut report = read(&arguments.file)?;
    let outlets = Outlets::written_for(
        arguments.audience,
        &output_of(arguments, &report),
        std::slice::from_ref(&arguments.file),
    )?;
    if arguments.rediagnose {
        let judged = rediagnosed(&report, arguments)?;
        output::message(&format!("rx-preflight: {}", what_changed(&report, &judged)));
        report = judged;
    }
    outlets.write(&report, &[])
}

/// A copy that is redacted already stays as it is, and no map is begun for it.
fn output_of(arguments: &ReportArguments, report: &Report) -> OutputArguments {
    let mut output = arguments.output.clone();
    if output.redact && report.redaction.is_redacted() {
        let file = shown(&arguments.file);
        output::message(&format!(
            "rx-preflight: {file} is redacted already and is drawn as it is; the way back is in the map it was made with"
        ));
        output.redact = false;
    }
    output
}

/// Reads a saved report.
pub(super) fn read(path: &Path) -> Result<Report, CliError> {
    let bytes = read_bounded(path).map_err(|source| CliError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Report::from_json(&bytes).map_err(|reason| CliError::NotAReport {
        path: path.to_owned(),
        reason: reason.to_string(),
    })
}

/// The report of the same run as this version of the program would have written it.
fn rediagnosed(report: &Report, arguments: &ReportArguments) -> Result<Report, CliError> {
    let Some(evidence) = report.evidence() else {
        let reason = "it holds no evidence to be diagnosed again".to_owned();
        return Err(CliError::NotAReport {
            path: arguments.file.clone(),
            reason,
        });
    };
    let diagnosis = diagnosis::diagnose(&evidence);
    let about = about(
        diagnosis::not_visible(&evidence),
        arguments.output.fail_on.into(),
    );
    let judged = assemble(evidence, diagnosis, about);
    Ok(Report {
        report_id: report.report_id.clone(),
        redaction: report.redaction.clone(),
        ..judged
    })
}

fn what_changed(before: &Report, after: &Report) -> String {
    let comparison = compare(before, after);
    let ids = |causes: &[crate::report::ComparedCause]| {
        let ids: Vec<&str> = causes.iter().map(|cause| cause.id.as_str()).collect();
        if ids.is_empty() {
            "none".to_owned()
        } else {
            ids.join(", ")
        }
    };
    let (then, now) = (&before.tool.knowledge_date, &after.tool.knowledge_date);
    let (gone, new) = (ids(&comparison.fixed), ids(&comparison.new));
    format!(
        "judged again, with knowledge of {now} instead of {then}: {} before, {} now; causes no longer named: {gone}; \
         newly named: {new}; rows judged differently: {}",
        before.summary.verdict,
        after.summary.verdict,
        comparison.changed.len() + comparison.newly_checked.len() + comparison.not_comparable.len()
    )
}
