//! `report FILE`: renders a saved report as it is or diagnosed again, completely or as a hand-over.

use std::path::{Path, PathBuf};

use crate::evidence::{AcceptedFinding, AdministratorEvidence};
use crate::report::{FailOn, Report, accept, compare, set_fail_on};
use crate::settings::read_bounded;

use super::args::{FleetOutputArguments, OutputArguments, ReportArguments};
use super::files::display_path;
use super::fleet::{merge, reports_of_customers};
use super::output::{self, Outputs};
use super::output_format::FormatName;
use super::previous_reports::FailedRun;
use super::session::{diagnose_check, diagnose_migration};
use super::{CliError, Exit, evidence_file};

pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, CliError> {
    let result = match (&arguments.merge, &arguments.file) {
        (Some(folder), _) => {
            fleet_output(arguments).and_then(|arguments| merge(folder, &arguments))
        }
        (None, Some(file)) => convert(file, arguments),
        // The command line library requires one of them.
        (None, None) => return Err(CliError::Usage("name a saved report".to_owned())),
    };
    result.inspect_err(|error| {
        let failed = FailedRun::by(error, arguments.output.redact);
        let (outputs, inputs) = (&arguments.output.output, input_files(arguments));
        // A job that combines or converts reports must not leave the document of an earlier one to a monitor. A page about all
        // customers would be taken for that of today as well.
        if arguments.merge.is_some() {
            failed.leave_no_report(outputs, &reports_of_customers(outputs));
        } else {
            failed.inform_monitors(outputs, &inputs);
        }
    })
}

/// The output options of a fleet report.
fn fleet_output(arguments: &ReportArguments) -> Result<FleetOutputArguments, CliError> {
    let output = &arguments.output;
    Ok(FleetOutputArguments {
        since: arguments.since.clone(),
        format: output.format.map(FormatName::of_fleet).transpose()?,
        output: output.output.clone(),
        quiet: output.quiet,
        color: output.color,
    })
}

fn input_files(arguments: &ReportArguments) -> Vec<PathBuf> {
    let inputs = [&arguments.file, &arguments.evidence];
    inputs.into_iter().flatten().cloned().collect()
}

fn convert(file: &Path, arguments: &ReportArguments) -> Result<Exit, CliError> {
    let mut report = read_report(file)?;
    let outlets = Outputs::for_audience(
        arguments.audience,
        &output_options(file, arguments, &report),
        &input_files(arguments),
    )?;
    let is_diagnosed_again = arguments.rediagnose || arguments.evidence.is_some();
    if is_diagnosed_again {
        let judged = rediagnose(file, &report, arguments)?;
        if let Some(own) = &judged.administrator {
            evidence_file::print_limits(own);
        }
        output::message(&format!(
            "rx-preflight: {}",
            describe_changes(&report, &judged)
        ));
        report = judged;
    } else if let Some(level) = arguments.output.fail_on {
        set_fail_on(&mut report, level.into());
    }
    let outlets = if is_diagnosed_again {
        outlets
    } else {
        outlets.of_saved(file)
    };
    // The secrets of the run are not known here; the check searched for them before it saved the report.
    outlets.write(&report, &[])
}

/// Output options; a report that is already redacted is not redacted again, and no map is created for it.
fn output_options(file: &Path, arguments: &ReportArguments, report: &Report) -> OutputArguments {
    let mut output = arguments.output.clone();
    if output.redact && report.redaction.is_redacted() {
        let file = display_path(file);
        output::message(&format!(
            "rx-preflight: {file} is already redacted and is not changed; its redaction map was created with it"
        ));
        output.redact = false;
    }
    output
}

/// Reads a saved report.
pub(super) fn read_report(path: &Path) -> Result<Report, CliError> {
    let bytes = read_bounded(path).map_err(|source| CliError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Report::from_json(&bytes).map_err(|reason| CliError::NotAReport {
        path: path.to_owned(),
        reason: reason.to_string(),
    })
}

/// Report of the same run as this version of the program would write it.
fn rediagnose(
    file: &Path,
    report: &Report,
    arguments: &ReportArguments,
) -> Result<Report, CliError> {
    let Some(evidence) = report.evidence() else {
        let reason = "it contains no evidence to diagnose again".to_owned();
        return Err(CliError::NotAReport {
            path: file.to_owned(),
            reason,
        });
    };
    let administrator = read_evidence(file, report, arguments)?;
    let given = arguments.output.fail_on.map(FailOn::from);
    let fail_on = given.unwrap_or(report.summary.fail_on);
    let mut judged = match report.evidence_on_graph() {
        Some(on_graph) => diagnose_migration(evidence, on_graph, administrator.as_ref(), fail_on),
        None => diagnose_check(evidence, administrator.as_ref(), fail_on),
    };
    let accepted: Vec<AcceptedFinding> = report
        .accepted
        .iter()
        .map(|acceptance| acceptance.finding.clone())
        .collect();
    accept(&mut judged, &accepted);
    // This is still the report of the same run, and a redacted one stays redacted.
    Ok(Report {
        report_id: report.report_id.clone(),
        redaction: report.redaction.clone(),
        ..judged
    })
}

/// The evidence of an administrator. The report does not contain it, so a report that was diagnosed with it needs the file
/// again; without it, causes that are settled would be in doubt again.
fn read_evidence(
    file: &Path,
    report: &Report,
    arguments: &ReportArguments,
) -> Result<Option<AdministratorEvidence>, CliError> {
    if arguments.evidence.is_some() && report.redaction.is_redacted() {
        return Err(CliError::Usage(format!(
            "{}: this report is redacted, so evidence cannot be compared with it; use the report before redaction",
            display_path(file)
        )));
    }
    match (&arguments.evidence, &report.administrator) {
        (Some(path), _) => Ok(Some(evidence_file::read(path)?)),
        (None, None) => Ok(None),
        (None, Some(summary)) => Err(CliError::Usage(format!(
            "{}: this report was diagnosed with evidence that an administrator collected at {}; add --with FILE with that \
             evidence, or with newer evidence",
            display_path(file),
            summary.collected_at
        ))),
    }
}

fn describe_changes(before: &Report, after: &Report) -> String {
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
    let with = match &after.administrator {
        Some(own) => format!("the evidence of {}", own.collected_at),
        None => format!("knowledge base {now} instead of {then}"),
    };
    format!(
        "diagnosed again with {with}: verdict {} before, {} now; causes removed: {gone}; \
         causes added: {new}; changed results: {}",
        before.summary.verdict,
        after.summary.verdict,
        comparison.changed.len() + comparison.newly_checked.len() + comparison.not_comparable.len()
    )
}
