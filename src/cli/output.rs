//! Writes reports to standard output and to files.

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::report::table::{self, TableOptions};
use crate::report::{self, Format, MonitorState, Report, handover};
use crate::settings::ClientSecret;

use super::args::OutputArguments;
use super::ascii_json::AsciiJson;
use super::character_set::stdout_shows_unicode;
use super::console::to_stdout;
use super::files::{self, Unmoved, display_path};
use super::leak_check::{ForbiddenTexts, LeakCheck, LeakKind};
use super::output_format::{self, Audience, DocumentFormat};
use super::previous_reports::FailedRun;
use super::redaction::RedactionMap;
use super::shell_words::quote;
use super::spool::{SpooledDocument, spool};
use super::{CliError, Exit, mask_secrets, monitor_files, terminal_options};

pub(super) use super::console::{document, message};

/// Minimum size of the chunks in which a document is searched for leaks.
const CHUNK_BYTES: usize = 8 * 1024;

/// Checks before anything is read or requested that every file of a report can be written.
pub(super) fn check_targets(
    audience: Option<Audience>,
    arguments: &OutputArguments,
) -> Result<(), CliError> {
    for path in &arguments.output {
        output_format::by_extension(audience, path)?;
        files::check_target("--output", path)?;
    }
    output_format::by_name(audience, arguments.format).map(drop)
}

/// Outputs of a report, validated before the first request so that an invalid file name is found immediately.
pub(super) struct Outputs {
    arguments: OutputArguments,
    stdout: DocumentFormat,
    files: Vec<(PathBuf, DocumentFormat)>,
    redaction: Option<RefCell<RedactionMap>>,
    /// The saved report that this output shows, if it is shown as it was saved.
    shown: Option<PathBuf>,
}

impl Outputs {
    /// Checks the formats and the files of a report. `inputs` are the files that the run reads.
    pub(super) fn new(arguments: &OutputArguments, inputs: &[PathBuf]) -> Result<Self, CliError> {
        Self::for_audience(None, arguments, inputs)
    }

    /// The same for the part of a report that concerns an audience; all of it for `None`.
    pub(super) fn for_audience(
        audience: Option<Audience>,
        arguments: &OutputArguments,
        inputs: &[PathBuf],
    ) -> Result<Self, CliError> {
        check_targets(audience, arguments)?;
        let mut files = Vec::new();
        for path in &arguments.output {
            files::refuse_input("--output", path, inputs)?;
            files.push((path.clone(), output_format::by_extension(audience, path)?));
        }
        let stdout = output_format::by_name(audience, arguments.format)?;
        let redaction = arguments
            .redact
            .then(|| open_redaction_map(arguments, inputs))
            .transpose()?;
        Ok(Self {
            stdout,
            arguments: arguments.clone(),
            files,
            redaction: redaction.map(RefCell::new),
            shown: None,
        })
    }

    /// The same outputs for a report that is shown as it was saved in `file`.
    pub(super) fn of_saved(self, file: &Path) -> Self {
        Self {
            shown: Some(file.to_owned()),
            ..self
        }
    }

    /// Writes a report, or its redacted copy, to all outputs, unless the leak check finds something. If one file cannot be
    /// written, the others still are.
    pub(super) fn write(
        &self,
        report: &Report,
        secrets: &[ClientSecret],
    ) -> Result<Exit, CliError> {
        let written = self.write_to_all(report, secrets);
        // Without a new report, an earlier one at the same path would look like the result of this run.
        if let Err(error @ (CliError::Leak { .. } | CliError::NameLeft { .. })) = &written {
            let targets: Vec<PathBuf> = self.files.iter().map(|(path, _)| path.clone()).collect();
            FailedRun::by(error, self.arguments.redact).leave_no_report(&targets, &[]);
        }
        written
    }

    fn write_to_all(&self, report: &Report, secrets: &[ClientSecret]) -> Result<Exit, CliError> {
        let Some(map) = &self.redaction else {
            let whole = ReportCopy { report, names: &[] };
            let written = self.write_masked(whole, whole, secrets)?;
            let exit = self.finish(written, report)?;
            self.print_file_notes();
            return Ok(exit);
        };
        let (redacted, unsaved) = map.borrow_mut().redact_anyway(report);
        let for_files = ReportCopy {
            report: &redacted.report,
            names: &redacted.originals,
        };
        let for_stdout = if self.keeps_screen_readable() {
            ReportCopy { report, names: &[] }
        } else {
            for_files
        };
        let mut written = self.write_masked(for_files, for_stdout, secrets)?;
        // The unsaved map is reported only now, because the report must not be lost for it.
        written.failures.extend(unsaved);
        let exit = self.finish(written, report)?;
        self.print_file_notes();
        self.print_map_location(map.borrow().path());
        Ok(exit)
    }

    /// Whether the screen shows real names beside redacted files. Only a table on a terminal does: it is what the person at
    /// this machine reads. Everything that can be handed on, such as a pipe, another format or the short form for a chat, is
    /// redacted.
    fn keeps_screen_readable(&self) -> bool {
        let is_table =
            self.stdout == DocumentFormat::Report(Format::Table) && !self.arguments.brief;
        is_table && !self.files.is_empty() && !self.is_quiet() && io::stdout().is_terminal()
    }

    /// Whether standard output stays empty. A hand-over is for another person, so with a file it is not shown on the screen.
    fn is_quiet(&self) -> bool {
        self.arguments.quiet || self.is_handed_over()
    }

    fn is_handed_over(&self) -> bool {
        matches!(self.stdout, DocumentFormat::Handover(_))
            && !self.files.is_empty()
            && self.arguments.format.is_none()
    }

    /// Prints to standard error how the files differ from standard output.
    fn print_file_notes(&self) {
        let names: Vec<String> = self
            .files
            .iter()
            .map(|(path, _)| display_path(path))
            .collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let names = names.join(", ");
        if self.redaction.is_some() && self.keeps_screen_readable() {
            message(&format!(
                "rx-preflight: {names} {verb} redacted; the output on the screen is not"
            ));
        }
        if self.is_handed_over() && !self.arguments.quiet {
            message(&format!(
                "rx-preflight: the hand-over was written to {names}"
            ));
        }
    }

    fn print_map_location(&self, path: &Path) {
        if !self.arguments.quiet {
            message(&format!(
                "rx-preflight: {} maps the pseudonyms back to the values; keep it, and do not share it",
                display_path(path)
            ));
        }
    }

    /// Writes the report. If it contains a secret, writes a copy with the secret masked.
    fn write_masked(
        &self,
        files: ReportCopy<'_>,
        stdout: ReportCopy<'_>,
        secrets: &[ClientSecret],
    ) -> Result<WrittenFiles, CliError> {
        let forbidden = ForbiddenTexts::new(secrets, files.names)?;
        let on_stdout = ForbiddenTexts::new(secrets, stdout.names)?;
        match self.write_documents((files.report, &forbidden), (stdout.report, &on_stdout)) {
            Err(leak @ CliError::Leak { .. }) => {
                let Some(for_files) = mask_secrets::masked_copy(files.report, secrets) else {
                    return Err(leak);
                };
                let Some(for_stdout) = mask_secrets::masked_copy(stdout.report, secrets) else {
                    return Err(leak);
                };
                message(
                    "rx-preflight: the report contained a client secret, which was masked; check whether the secret is also in another field of the settings",
                );
                self.write_documents((&for_files, &forbidden), (&for_stdout, &on_stdout))
            }
            other => other,
        }
    }

    /// Writes the files. Renders and searches every document before the first one is moved to its final path.
    fn write_documents(
        &self,
        (report, forbidden): (&Report, &ForbiddenTexts),
        stdout: (&Report, &ForbiddenTexts),
    ) -> Result<WrittenFiles, CliError> {
        let mut files = Vec::new();
        for (path, document) in &self.files {
            let options = terminal_options::table_options(&self.arguments, false);
            match files::write_temporary(path, monitor_files::readers(path), |to| {
                write_checked(to, forbidden, path, |to| {
                    render(*document, report, &options, to)
                })
            }) {
                // A leak concerns every document; any other error concerns this file only.
                Err(error @ (CliError::Leak { .. } | CliError::NameLeft { .. })) => {
                    return Err(error);
                }
                drawn => files.push((path, drawn)),
            }
        }
        // Standard output is rendered before a file is moved into place, because it can still fail the leak check.
        let is_lost = files.iter().any(|(_, drawn)| drawn.is_err());
        let missing = self.missing_problem(report);
        let mut for_stdout = None;
        // A report that reaches no file must be seen, even with `--quiet`.
        if missing.is_none() && (!self.is_quiet() || is_lost) {
            for_stdout = Some(self.spool_for_stdout(stdout, self.saved_as().as_deref())?);
        }
        let mut failures = Vec::new();
        for (path, drawn) in files {
            if let Err(error) =
                drawn.and_then(|file| files::persist(file, path, monitor_files::unmoved(path)))
            {
                FailedRun::by(&error, self.arguments.redact)
                    .leave_no_report(std::slice::from_ref(path), &[]);
                failures.push(error);
            }
        }
        // Moving a file into place can fail even if writing it did not. Then the report does not refer to the file either.
        if !failures.is_empty() {
            for_stdout = Some(self.spool_for_stdout(stdout, None)?);
        }
        failures.extend(missing);
        Ok(WrittenFiles {
            for_stdout,
            failures,
        })
    }

    /// Writes the document of standard output, and ends with the exit code of the report.
    fn finish(&self, written: WrittenFiles, report: &Report) -> Result<Exit, CliError> {
        let mut failures = written.failures;
        let is_plugin = self.stdout == DocumentFormat::Report(Format::Nagios);
        // A monitor reads the first line only. After a failure that is the one of the error, which states UNKNOWN.
        let is_withheld = is_plugin && !failures.is_empty();
        if let Some(document) = written.for_stdout.filter(|_| !is_withheld) {
            failures.extend(to_stdout(document.write_to(&mut io::stdout().lock())).err());
        }
        let exit = if is_plugin {
            Exit::Plugin(MonitorState::of(report))
        } else {
            Exit::FromReport(report.summary.exit_code)
        };
        end_with(failures, exit)
    }

    /// Renders the document for standard output to a spool, because output cannot be withdrawn once it is written.
    fn spool_for_stdout(
        &self,
        (report, forbidden): (&Report, &ForbiddenTexts),
        saved: Option<&str>,
    ) -> Result<SpooledDocument, CliError> {
        let options = terminal_options::table_options(&self.arguments, true);
        let what = Path::new("the report");
        let is_json = matches!(self.stdout, DocumentFormat::Report(format) if format.is_json());
        let is_ascii_json = is_json && !stdout_shows_unicode();
        spool(|to| {
            let mut ascii;
            let to: &mut dyn Write = if is_ascii_json {
                ascii = AsciiJson::new(to);
                &mut ascii
            } else {
                to
            };
            write_checked(to, forbidden, what, |to| match self.stdout {
                DocumentFormat::Report(Format::Table) => {
                    to.write_all(table::render_saved(report, &options, saved).as_bytes())
                }
                document => render(document, report, &options, to),
            })
        })
    }

    /// The JSON file with the report of standard output, as a command line names it. The name of a file may be that of the
    /// customer, so a redacted report does not contain it.
    fn saved_as(&self) -> Option<String> {
        if self.redaction.is_some() && !self.keeps_screen_readable() {
            return None;
        }
        let is_json = |document| document == DocumentFormat::Report(Format::Json);
        let written = self
            .files
            .iter()
            .find(|(_, document)| is_json(*document))
            .map(|(path, _)| path);
        let path = written.or(self.shown.as_ref())?;
        Some(quote(&path.display().to_string()))
    }

    /// The error of `--problem` with a number that the report does not have. The files of the report are written anyway.
    fn missing_problem(&self, report: &Report) -> Option<CliError> {
        let number = self.arguments.problem?;
        let last = report.causes.len();
        if usize::try_from(number).is_ok_and(|number| number <= last) {
            return None;
        }
        Some(CliError::Usage(match last {
            0 => format!("--problem {number}: the report has no problems and no notes"),
            1 => format!("--problem {number}: the report has only the number 1"),
            last => format!("--problem {number}: the report has the numbers 1 to {last}"),
        }))
    }
}

/// The files of a report are written; standard output is still to come.
struct WrittenFiles {
    for_stdout: Option<SpooledDocument>,
    failures: Vec<CliError>,
}

/// A report, complete or redacted, with the values that must not appear in it.
#[derive(Clone, Copy)]
struct ReportCopy<'r> {
    report: &'r Report,
    names: &'r [String],
}

/// Ends with the last failure, after printing the others.
fn end_with(mut failures: Vec<CliError>, exit: Exit) -> Result<Exit, CliError> {
    let Some(last) = failures.pop() else {
        return Ok(exit);
    };
    for failure in failures {
        message(&format!("rx-preflight: {failure}"));
    }
    Err(last)
}

/// Writes texts to their files and, unless it is to be quiet, another one to standard output. It goes there in any case
/// where a file cannot be written after all.
pub(super) fn write_texts(
    files: &[(PathBuf, String)],
    for_stdout: &str,
    quiet: bool,
) -> Result<(), CliError> {
    let written = files
        .iter()
        .map(|(path, text)| files::write(path, text.as_bytes(), Unmoved::Keep));
    let mut failures: Vec<CliError> = written.filter_map(Result::err).collect();
    if !quiet || !failures.is_empty() {
        failures.extend(document(for_stdout).err());
    }
    end_with(failures, Exit::Success).map(drop)
}

/// Opens the redaction map. It must not be an output or an input of the run: a report written over the map would make the
/// pseudonyms irreversible.
fn open_redaction_map(
    arguments: &OutputArguments,
    inputs: &[PathBuf],
) -> Result<RedactionMap, CliError> {
    let path = arguments.redaction_map.as_deref();
    let named = RedactionMap::file(path);
    files::check_target("--redaction-map", named)?;
    files::refuse_input("--redaction-map", named, inputs)?;
    if let Some(path) = arguments
        .output
        .iter()
        .find(|path| files::is_same_file(path, named))
    {
        let path = display_path(path);
        return Err(CliError::Usage(format!(
            "--output {path}: this file is the redaction map; choose another file"
        )));
    }
    RedactionMap::open(path)
}

/// Renders a document. The options apply only to the table.
fn render(
    document: DocumentFormat,
    report: &Report,
    options: &TableOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    match document {
        DocumentFormat::Report(format) => report::write(report, format, options, to),
        DocumentFormat::Handover(format) => handover::write(report, format, to),
    }
}

/// Renders a document through the leak check. A chunk is at least as long as the longest searched text, so the time grows
/// only with the document.
fn write_checked(
    to: &mut dyn Write,
    forbidden: &ForbiddenTexts,
    what: &Path,
    draw: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let mut leak_check = BufWriter::with_capacity(
        CHUNK_BYTES.max(forbidden.longest()),
        LeakCheck::new(to, forbidden),
    );
    // The buffered end of the document is searched only when it is flushed.
    let drawn = draw(&mut leak_check).and_then(|()| leak_check.flush());
    let what = display_path(what);
    // The leak check fails with an ordinary write error, so only its finding distinguishes a leak from a full disk.
    match (drawn, leak_check.get_ref().found()) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(LeakKind::Secret)) => Err(CliError::Leak { what }),
        (Err(_), Some(LeakKind::Name)) => Err(CliError::NameLeft { what }),
        (Err(source), None) => Err(CliError::Unwritable { what, source }),
    }
}

/// Writes a file whole or not at all. It can be made again, so nothing is kept where it cannot be written.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    files::write(path, bytes, Unmoved::Discard)
}
