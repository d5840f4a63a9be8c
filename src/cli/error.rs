//! Errors that end a command. Findings about the tenant are not errors; they are the report.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::settings::{AdministratorFileError, SettingsError, unreadable_because};
use crate::simulator::{ScenarioError, SimulatorError};
use crate::wire::WireError;

use super::Exit;
use super::write_error::{describe_write_error, display_path};

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum CliError {
    /// The settings cannot be read as settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The command line is not valid.
    #[error("{0}")]
    Usage(String),
    /// A file that was named cannot be read.
    #[error("cannot read {}: {}", display_path(path), unreadable_because(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A saved report is not one.
    #[error("{}: {reason}", display_path(path))]
    NotAReport {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file is not the evidence of an administrator.
    #[error("{}: {reason}", display_path(path))]
    NotEvidence {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: AdministratorFileError,
    },
    /// A scenario cannot be played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The simulated tenant cannot run.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The HTTP client cannot be set up.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The report cannot be written.
    #[error("cannot write {what}: {}", describe_write_error(source))]
    Unwritable {
        /// What could not be written, such as a path or `standard output`.
        what: String,
        /// The reason.
        source: std::io::Error,
    },
    /// The finished document contains a secret.
    #[error(
        "no document was written, because {what} contained a client secret; check whether the secret is also in another field of the settings, and report this as a defect"
    )]
    Leak {
        /// The document.
        what: String,
    },
    /// The finished document contains a value that `--redact` replaces.
    #[error(
        "no document was written, because {what} still contained a value that --redact replaces; report this as a defect"
    )]
    NameLeft {
        /// The document.
        what: String,
    },
    /// Ctrl-C or another signal ended the command before it wrote anything.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// This program failed.
    #[error("internal error: {0}")]
    Internal(String),
}

impl CliError {
    /// A file that cannot be written.
    pub(super) fn unwritable_file(path: &Path, source: std::io::Error) -> Self {
        Self::Unwritable {
            what: display_path(path),
            source,
        }
    }

    /// Lines of the message, without terminal control characters. Only settings errors have more than one.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Settings(SettingsError::File(problems)) => {
                problems.iter().map(ToString::to_string).collect()
            }
            other => vec![other.to_string()],
        }
    }

    /// The exit code of this error.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Interrupted | Self::Settings(SettingsError::Interrupted) => Exit::Interrupted,
            Self::Settings(_)
            | Self::Usage(_)
            | Self::Unreadable { .. }
            | Self::NotAReport { .. }
            | Self::NotEvidence { .. }
            | Self::Scenario(_) => Exit::Usage,
            Self::Simulator(_)
            | Self::Wire(_)
            | Self::Unwritable { .. }
            | Self::Leak { .. }
            | Self::NameLeft { .. }
            | Self::Internal(_) => Exit::Failed,
        }
    }
}
