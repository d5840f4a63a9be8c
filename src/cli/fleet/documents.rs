//! Writes the fleet report to standard output and to files.

use std::path::{Path, PathBuf};

use crate::cli::args::{FleetOutputArguments, OutputArguments};
use crate::cli::files::{self, display_path};
use crate::cli::{CliError, output, terminal_options};
use crate::report::fleet::{self, FleetFormat, FleetReport};

use super::report_folder;

/// The outputs of a fleet report, checked before anything is read.
pub(in crate::cli) struct FleetOutputs {
    format: FleetFormat,
    files: Vec<(PathBuf, FleetFormat)>,
    quiet: bool,
    layout: OutputArguments,
}

impl FleetOutputs {
    /// Checks that every file can be written. `new_folder` is the folder that the run creates, if it does not exist yet.
    pub(in crate::cli) fn new(
        arguments: &FleetOutputArguments,
        new_folder: Option<&Path>,
    ) -> Result<Self, CliError> {
        let mut files = Vec::new();
        for path in &arguments.output {
            if new_folder.is_none_or(|folder| path.parent() != Some(folder)) {
                files::check_target("--output", path)?;
            }
            if report_folder::holds_customer(path) {
                return Err(replaces_customer(path));
            }
            files.push((path.clone(), format_of(path)?));
        }
        Ok(Self {
            format: arguments.format.unwrap_or_default(),
            files,
            quiet: arguments.quiet,
            layout: OutputArguments {
                color: arguments.color,
                ..OutputArguments::default()
            },
        })
    }

    /// Writes the report.
    pub(in crate::cli) fn write(&self, report: &FleetReport) -> Result<(), CliError> {
        let mut texts = Vec::new();
        for (path, format) in &self.files {
            texts.push((path.clone(), self.render(report, *format, false)?));
        }
        let for_stdout = self.render(report, self.format, true)?;
        output::write_texts(&texts, &for_stdout, self.quiet)
    }

    fn render(
        &self,
        report: &FleetReport,
        format: FleetFormat,
        on_stdout: bool,
    ) -> Result<String, CliError> {
        let options = terminal_options::table_options(&self.layout, on_stdout);
        let mut bytes = Vec::new();
        fleet::write(report, format, &options, &mut bytes)
            .map_err(|error| CliError::Internal(error.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The outputs that are reports of customers. None of them is an earlier version of a fleet report, so they stay where they are.
pub(in crate::cli) fn reports_of_customers(outputs: &[PathBuf]) -> Vec<PathBuf> {
    let holds = |path: &&PathBuf| report_folder::holds_customer(path);
    outputs.iter().filter(holds).cloned().collect()
}

/// The error for a report about all customers in the place of that of one of them.
pub(super) fn replaces_customer(path: &Path) -> CliError {
    CliError::Usage(format!(
        "--output {}: this is the report of one customer, which the fleet report would replace; choose another name",
        display_path(path)
    ))
}

fn format_of(path: &Path) -> Result<FleetFormat, CliError> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    FleetFormat::from_extension(extension).ok_or_else(|| {
        let known: Vec<String> = FleetFormat::ALL
            .iter()
            .map(|format| format!(".{}", format.extension()))
            .collect();
        CliError::Usage(format!(
            "--output {}: the extension selects the format; valid extensions of a fleet report: {}",
            display_path(path),
            known.join(", ")
        ))
    })
}
