//! The one place that writes: standard output, standard error and files.

use std::cell::RefCell;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::args::OutputArguments;
use super::format::{self, Audience, Document};
use super::gate::{Forbidden, Forbids, Gate};
use super::redaction::RedactionMap;
use super::style;
use super::waiting::{Waiting, waiting};
use super::{CliError, Exit};
use crate::report::table::TableOptions;
use crate::report::{self, Report, handover};
use crate::settings::{ClientSecret, echoed};

/// Writes a line to standard error, without anything in it that looks like a secret. There is nowhere to report a failure
/// of that.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", echoed(text));
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
    stdout: Document,
    files: Vec<(PathBuf, Document)>,
    redaction: Option<RefCell<RedactionMap>>,
}

impl Outlets {
    /// Reads the format and the endings of the files of a report.
    pub(super) fn new(arguments: &OutputArguments) -> Result<Self, CliError> {
        Self::written_for(None, arguments)
    }

    /// Reads the format and the endings of the files of what a report holds for somebody; of all of it for `None`.
    pub(super) fn written_for(audience: Option<Audience>, arguments: &OutputArguments) -> Result<Self, CliError> {
        let files = arguments
            .output
            .iter()
            .map(|path| Ok((path.clone(), format::by_ending(audience, path)?)))
            .collect::<Result<_, CliError>>()?;
        let stdout = format::named(audience, arguments.format)?;
        let redaction = arguments.redact.then(|| RedactionMap::open(arguments.redaction_map.as_deref())).transpose()?;
        if let Some(map) = &redaction {
            refuse_same_file(arguments, map.path())?;
        }
        Ok(Self { stdout, arguments: arguments.clone(), files, redaction: redaction.map(RefCell::new) })
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

    /// Every document is drawn and searched before the first one takes its place.
    fn write_through(&self, report: &Report, forbidden: &Forbidden) -> Result<Exit, CliError> {
        let mut files = Vec::new();
        for (path, document) in &self.files {
            let options = style::table_options(&self.arguments, false);
            let file = drawn(path, |to| gated(to, forbidden, path, |to| draw(*document, report, &options, to)))?;
            files.push((path, file));
        }
        let for_stdout = if self.arguments.quiet { None } else { Some(self.drawn_for_stdout(report, forbidden)?) };
        for (path, file) in files {
            put(file, path)?;
        }
        if let Some(document) = for_stdout {
            to_stdout(document.write_to(&mut io::stdout().lock()))?;
        }
        Ok(Exit::Held(report.summary.exit_code))
    }

    /// What has gone to standard output cannot be taken back, so the document waits until all of it has been searched.
    fn drawn_for_stdout(&self, report: &Report, forbidden: &Forbidden) -> Result<Waiting, CliError> {
        let options = style::table_options(&self.arguments, true);
        let what = Path::new("the report");
        waiting(|to| gated(to, forbidden, what, |to| draw(self.stdout, report, &options, to)))
    }
}

/// A report in the place of the map would take the way back with it.
fn refuse_same_file(arguments: &OutputArguments, map: &Path) -> Result<(), CliError> {
    let is_map = |path: &&PathBuf| std::fs::canonicalize(path).is_ok_and(|path| path == map);
    let Some(path) = arguments.output.iter().find(is_map) else { return Ok(()) };
    Err(CliError::Usage(format!("--output {}: the redaction map is in this file; choose another one", path.display())))
}

/// Draws what was chosen. The options of the table concern no other format.
fn draw(document: Document, report: &Report, options: &TableOptions, to: &mut dyn Write) -> io::Result<()> {
    match document {
        Document::Report(format) => report::write(report, format, options, to),
        Document::Handover(format) => handover::write(report, format, to),
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

/// Writes a file whole or not at all: into a new file beside it, which then takes its place.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    file_of(path, |to| to.write_all(bytes).map_err(|source| unwritable(path, source)))
}

fn file_of(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>) -> Result<(), CliError> {
    put(drawn(path, write)?, path)
}

/// A whole new file beside the one whose place it is to take.
fn drawn(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>) -> Result<NamedTempFile, CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(unwritable(path, io::Error::new(ErrorKind::NotFound, "there is no such folder")));
    }
    let mut fresh = BufWriter::new(NamedTempFile::new_in(folder).map_err(|error| unwritable(path, error))?);
    write(&mut fresh)?;
    let fresh = fresh.into_inner().map_err(|error| unwritable(path, error.into_error()))?;
    fresh.as_file().sync_all().map_err(|error| unwritable(path, error))?;
    Ok(fresh)
}

fn put(fresh: NamedTempFile, path: &Path) -> Result<(), CliError> {
    fresh.persist(path).map(drop).map_err(|error| unwritable(path, error.error))
}

fn unwritable(path: &Path, source: io::Error) -> CliError {
    CliError::Unwritable { what: path.display().to_string(), source }
}
