//! What can stop a command. Findings about the tenant are not errors; they are the report.

use std::path::PathBuf;

use thiserror::Error;

use super::Exit;
use super::write_error::{describe_write_error, display_path};
use crate::settings::{SettingsError, unreadable_because};
use crate::simulator::{ScenarioError, SimulatorError};
use crate::wire::WireError;

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum CliError {
    /// The settings cannot be read as settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something on the command line does not fit.
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
    /// A secret stood in the finished document.
    #[error(
        "{what} was not written, nor any document with it, because it would have held a client secret; see whether it stands in another field of the settings as well, and please report this as a defect"
    )]
    Leak {
        /// The document.
        what: String,
    },
    /// Something that --redact replaces stood in the finished document.
    #[error(
        "{what} was not written, nor any document with it, because it would still have held a value that --redact replaces; please report this as a defect"
    )]
    NameLeft {
        /// The document.
        what: String,
    },
    /// This program failed.
    #[error("this program failed: {0}")]
    Internal(String),
}

impl CliError {
    /// The message in lines of which none steers a terminal. Only settings have more than one thing to say.
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
            Self::Settings(_)
            | Self::Usage(_)
            | Self::Unreadable { .. }
            | Self::NotAReport { .. }
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
