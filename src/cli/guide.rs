//! `guide`: the setup of ResourceXpress on Microsoft 365 as one document, ticked off from a report.

mod estate;

use std::path::PathBuf;

use crate::diagnosis::{GuideInput, GuideReportInput, assemble_guide};
use crate::evidence::Evidence;
use crate::knowledge;
use crate::report::guide::render;
use crate::report::{GuideDocument, GuideFormat, Report, Tool};
use crate::terms::{Api, CheckId, NeedId, Requirement};

use super::args::{FeatureArgument, GuideArguments, OutputArguments};
use super::report::read_report;
use super::{CliError, Exit, files, guide_format, output, terminal_options};

pub(super) fn run(arguments: &GuideArguments) -> Result<Exit, CliError> {
    let files = output_files(arguments)?;
    let (document, inputs) = document(arguments)?;
    for (path, _) in &files {
        files::refuse_input("--output", path, &inputs)?;
    }
    let mut texts = Vec::new();
    for (path, format) in files {
        texts.push((path, rendered(&document, format, arguments, false)?));
    }
    let format = arguments.output.format.unwrap_or_default();
    let for_stdout = rendered(&document, format, arguments, true)?;
    output::write_texts(&texts, &for_stdout, arguments.output.quiet)?;
    Ok(Exit::Success)
}

/// The files with their formats, checked before anything is read.
fn output_files(arguments: &GuideArguments) -> Result<Vec<(PathBuf, GuideFormat)>, CliError> {
    let mut files = Vec::new();
    for path in &arguments.output.output {
        files::check_target("--output", path)?;
        let format = guide_format::by_extension(path)?;
        files.push((path.clone(), format));
    }
    Ok(files)
}

/// The guide, and the files that were read for it.
fn document(arguments: &GuideArguments) -> Result<(GuideDocument, Vec<PathBuf>), CliError> {
    let apis: Vec<Api> = arguments.api.iter().map(|api| (*api).into()).collect();
    let report = arguments.report.as_deref().map(read_report).transpose()?;
    let mut inputs: Vec<PathBuf> = arguments.report.iter().cloned().collect();
    let (evidence, mut required) = match (&report, &arguments.config) {
        (Some(report), _) => of_report(report),
        (None, Some(path)) => estate::of_settings_file(path, &mut inputs)?,
        (None, None) => (estate::of_values(&arguments.values, &apis)?, Vec::new()),
    };
    required.extend(required_needs(&arguments.require));
    let guide = assemble_guide(&GuideInput {
        evidence: &evidence,
        report: report.as_ref().map(|report| GuideReportInput {
            results: &report.results,
            causes: &report.causes,
            is_sample: report.target.sample().is_some(),
        }),
        apis: &apis,
        required: &required,
    });
    Ok((GuideDocument::new(guide, report.as_ref(), tool()), inputs))
}

fn tool() -> Tool {
    Tool {
        name: "rx-preflight".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        knowledge_date: knowledge::dates().knowledge_date.to_string(),
    }
}

/// The estate of a report, and the features whose checks were required.
fn of_report(report: &Report) -> (Evidence, Vec<NeedId>) {
    let evidence = report
        .evidence()
        .unwrap_or_else(|| estate::of_target(report));
    let of_checks = [
        (CheckId::GrantMailSend, NeedId::MailSend),
        (CheckId::GrantUserReadAll, NeedId::Users),
    ];
    let is_required = |check: CheckId| {
        let mut rows = report.results.iter();
        rows.any(|row| row.check == check && row.requirement == Requirement::Required)
    };
    let required = of_checks
        .into_iter()
        .filter(|(check, _)| is_required(*check))
        .map(|(_, need)| need)
        .collect();
    (evidence, required)
}

fn required_needs(features: &[FeatureArgument]) -> impl Iterator<Item = NeedId> {
    features.iter().map(|feature| match feature {
        FeatureArgument::Mail => NeedId::MailSend,
        FeatureArgument::UserSync => NeedId::Users,
    })
}

fn rendered(
    document: &GuideDocument,
    format: GuideFormat,
    arguments: &GuideArguments,
    on_stdout: bool,
) -> Result<String, CliError> {
    let options = OutputArguments {
        plain: arguments.output.plain,
        color: arguments.output.color,
        ..OutputArguments::default()
    };
    let options = terminal_options::table_options(&options, on_stdout);
    render(document, format, &options).map_err(|error| CliError::Internal(error.to_string()))
}
