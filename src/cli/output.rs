//! The one place that writes: standard output, standard error and files.

use std::cell::RefCell;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::args::OutputArguments;
use super::gate::{Forbidden, Forbids, Gate};
use super::redaction::RedactionMap;
use super::style;
use super::{CliError, Exit};
use crate::report::{self, Format, Report};
use crate::settings::ClientSecret;

/// Writes a line to standard error. There is nowhere to report a failure of that.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a document to standard output.
pub(super) fn document(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    to_stdout(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A reader that has seen enough is no error.
fn to_stdout(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(CliError::Unwritable { what: "standard output".to_owned(), source }),
        Ok(()) => Ok(()),
    }
}

/// Where a report goes, decided before the first request so that a bad file name costs nothing.
pub(super) struct Outlets {
    arguments: OutputArguments,
    files: Vec<(PathBuf, Format)>,
    redaction: Option<RefCell<RedactionMap>>,
}

impl Outlets {
    /// Reads the endings of the files.
    pub(super) fn new(arguments: &OutputArguments) -> Result<Self, CliError> {
        let files = arguments
            .output
            .iter()
            .map(|path| Ok((path.clone(), format_of(path)?)))
            .collect::<Result<_, CliError>>()?;
        let redaction = arguments.redact.then(|| RedactionMap::open(arguments.redaction_map.as_deref())).transpose()?;
        Ok(Self { arguments: arguments.clone(), files, redaction: redaction.map(RefCell::new) })
    }

    /// Writes a report, or its redacted copy, everywhere it should go, unless something is found in it that must not
    /// leave.
    pub(super) fn write(&self, report: &Report, secrets: &[ClientSecret]) -> Result<Exit, CliError> {
        let Some(map) = &self.redaction else { return self.write_through(report, &Forbidden::new(secrets, &[])?) };
        let redacted = map.borrow_mut().redact(report)?;
        let exit = self.write_through(&redacted.report, &Forbidden::new(secrets, &redacted.originals)?)?;
        self.tell_of_map(map.borrow().path());
        Ok(exit)
    }

    fn tell_of_map(&self, path: &Path) {
        if !self.arguments.quiet {
            let path = path.display();
            message(&format!(
                "rx-preflight: the way back from the pseudonyms is {path}; keep it, and do not hand it over"
            ));
        }
    }

    fn write_through(&self, report: &Report, forbidden: &Forbidden) -> Result<Exit, CliError> {
        for (path, format) in &self.files {
            let options = style::table_options(&self.arguments, false);
            file_of(path, |to| gated(to, forbidden, path, |to| report::write(report, *format, &options, to)))?;
        }
        if !self.arguments.quiet {
            self.write_to_stdout(report, forbidden)?;
        }
        Ok(Exit::Held(report.summary.exit_code))
    }

    /// What has gone to standard output cannot be taken back, so the document is drawn twice: once for the gate alone.
    fn write_to_stdout(&self, report: &Report, forbidden: &Forbidden) -> Result<(), CliError> {
        let options = style::table_options(&self.arguments, true);
        let draw = |to: &mut dyn Write| report::write(report, self.arguments.format, &options, to);
        gated(&mut io::sink(), forbidden, Path::new("the report"), draw)?;
        let mut stdout = BufWriter::new(io::stdout().lock());
        to_stdout(draw(&mut stdout).and_then(|()| stdout.flush()))
    }
}

/// Draws a document through the gate.
fn gated(
    to: &mut dyn Write,
    forbidden: &Forbidden,
    what: &Path,
    draw: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let mut gate = BufWriter::new(Gate::new(to, forbidden));
    let drawn = draw(&mut gate).and_then(|()| gate.flush());
    let what = what.display().to_string();
    match (drawn, gate.get_ref().found()) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(Forbids::Secret)) => Err(CliError::Leak { what }),
        (Err(_), Some(Forbids::Name)) => Err(CliError::NameLeft { what }),
        (Err(source), None) => Err(CliError::Unwritable { what, source }),
    }
}

fn format_of(path: &Path) -> Result<Format, CliError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Format::of_ending(ending).ok_or_else(|| {
        let known: Vec<String> = Format::ALL.iter().map(|format| format!(".{}", format.ending())).collect();
        let known = known.join(", ");
        CliError::Usage(format!("--output {}: the ending chooses the format; known are {known}", path.display()))
    })
}

/// Writes a file whole or not at all: into a new file beside it, which then takes its place.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    file_of(path, |to| to.write_all(bytes).map_err(|source| unwritable(path, source)))
}

fn file_of(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>) -> Result<(), CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(unwritable(path, io::Error::new(ErrorKind::NotFound, "there is no such folder")));
    }
    let mut fresh = BufWriter::new(tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritable(path, error))?);
    write(&mut fresh)?;
    let fresh = fresh.into_inner().map_err(|error| unwritable(path, error.into_error()))?;
    fresh.as_file().sync_all().map_err(|error| unwritable(path, error))?;
    fresh.persist(path).map_err(|error| unwritable(path, error.error))?;
    Ok(())
}

fn unwritable(path: &Path, source: io::Error) -> CliError {
    CliError::Unwritable { what: path.display().to_string(), source }
}
