//! The one place that writes: standard output, standard error and files.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::args::OutputArguments;
use super::style;
use super::{CliError, Exit};
use crate::report::{self, Format, Report};
use crate::settings::ClientSecret;

/// The shortest secret that is searched for in a finished document. Entra's secrets have 32 characters and more; a
/// short word would be found by accident.
const SEARCHED_FROM: usize = 16;

/// Writes a line to standard error. There is nowhere to report a failure of that.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a document to standard output. A reader that has seen enough is no error.
pub(super) fn document(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(CliError::Unwritable { what: "standard output".to_owned(), source }),
        Ok(()) => Ok(()),
    }
}

/// Where a report goes, decided before the first request so that a bad file name costs nothing.
pub(super) struct Outlets {
    arguments: OutputArguments,
    files: Vec<(PathBuf, Format)>,
}

impl Outlets {
    /// Reads the endings of the files.
    pub(super) fn new(arguments: &OutputArguments) -> Result<Self, CliError> {
        let files = arguments
            .output
            .iter()
            .map(|path| Ok((path.clone(), format_of(path)?)))
            .collect::<Result<_, CliError>>()?;
        Ok(Self { arguments: arguments.clone(), files })
    }

    /// Writes a report everywhere it should go, unless a secret is found in the finished bytes.
    pub(super) fn write(&self, report: &Report, secrets: &[ClientSecret]) -> Result<Exit, CliError> {
        for (path, format) in &self.files {
            let text = self.render(report, *format, false);
            refuse_leak(&text, secrets, &path.display().to_string())?;
            file(path, text.as_bytes())?;
        }
        if !self.arguments.quiet {
            let text = self.render(report, self.arguments.format, true);
            refuse_leak(&text, secrets, "the report")?;
            document(&text)?;
        }
        Ok(Exit::Held(report.summary.exit_code))
    }

    fn render(&self, report: &Report, format: Format, on_stdout: bool) -> String {
        report::render(report, format, &style::table_options(&self.arguments, on_stdout))
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

fn refuse_leak(text: &str, secrets: &[ClientSecret], what: &str) -> Result<(), CliError> {
    let found =
        secrets.iter().map(ClientSecret::expose).any(|secret| secret.len() >= SEARCHED_FROM && text.contains(secret));
    if found { Err(CliError::Leak { what: what.to_owned() }) } else { Ok(()) }
}

/// Writes a file whole or not at all: into a new file beside it, which then takes its place.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let unwritable = |source| CliError::Unwritable { what: path.display().to_string(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(unwritable(io::Error::new(ErrorKind::NotFound, "there is no such folder")));
    }
    let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    fresh.write_all(bytes).map_err(unwritable)?;
    fresh.as_file().sync_all().map_err(unwritable)?;
    fresh.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}
