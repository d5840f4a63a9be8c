//! Errors that prevent settings from being read. Each message states what is wrong, where, and how to fix it; none quotes a secret.

use std::path::Path;
use std::{fmt, io};

use thiserror::Error;

use super::quotable::quotable_path;

/// A place in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named.
    pub origin: String,
    /// From 1.
    pub line: usize,
    /// From 1, counted in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.origin, self.line, self.column)
    }
}

/// One thing that is wrong in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong, and how to fix it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// Why there are no settings to work with. Always exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The settings file holds something that is not understood; every such thing, in the order of the file.
    #[error("{}", one_per_line(.0))]
    File(Vec<Problem>),
    /// Neither file nor flags nor environment describe a connection.
    #[error(
        "no settings: write a settings file {default} here with `rx-preflight init`, name one with --config, \
         or give --tenant-id, --client-id and --client-secret-file; `rx-preflight demo` shows a run without a tenant",
        default = super::DEFAULT_FILE
    )]
    Nothing,
    /// The settings file describes no connection.
    #[error(
        "{origin}: describes no connection; write a section [system] with oauth_tenant_id, oauth_client_id and oauth_client_secret"
    )]
    NoConnection {
        /// The file as it was named.
        origin: String,
    },
    /// A file that the flags or the settings name and that cannot be read as what it should be.
    #[error("{}cannot read {what} {path}: {reason}", prefix(.place.as_ref()))]
    Unreadable {
        /// Where the settings file names it; `None` for a flag.
        place: Option<Place>,
        /// What the file is for, such as "the rooms file".
        what: String,
        /// Its path.
        path: String,
        /// Why, with the way out where there is one.
        reason: String,
    },
    /// A named environment variable that is not set.
    #[error("{}the environment variable {name} is not set; set it, or give the secret by {{ file = \"…\" }} or {{ prompt = true }}", prefix(.place.as_ref()))]
    VariableNotSet {
        /// Where the settings file names it.
        place: Option<Place>,
        /// Its name.
        name: String,
    },
    /// The secret has no source, and there is no terminal for a prompt.
    #[error(
        "{}there is no client secret for {connection}: {reason}; provide it with --client-secret-file FILE (or - for standard input), \
         by the environment variable AZURE_CLIENT_SECRET, or in the settings file by oauth_client_secret = {{ env = \"RX_CLIENT_SECRET\" }} or {{ file = \"secret.txt\" }}",
        prefix(.place.as_ref())
    )]
    NoSecret {
        /// Where the settings file requests a prompt.
        place: Option<Place>,
        /// The connection that lacks it.
        connection: String,
        /// Why the prompt is not possible.
        reason: String,
    },
    /// The settings of one of many customers name no secret that can be read without a prompt.
    #[error(
        "{}there is no client secret for {connection}; a run of many customers has no prompt, so name it in this settings file: \
         oauth_client_secret = {{ env = \"CONTOSO_CLIENT_SECRET\" }} or {{ file = \"secret.txt\" }}",
        prefix(.place.as_ref())
    )]
    NoSecretInFile {
        /// Where the settings file requests a prompt.
        place: Option<Place>,
        /// The connection that lacks it.
        connection: String,
    },
    /// The line that was entered at the prompt for a secret is empty.
    #[error(
        "{}no client secret was entered for {connection}; paste the value of the secret at the prompt, then press Enter",
        prefix(.place.as_ref())
    )]
    NothingEntered {
        /// Where the settings file requests a prompt.
        place: Option<Place>,
        /// The connection that lacks it.
        connection: String,
    },
    /// A signal ended the prompt for a secret.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// A source of the secret that holds nothing.
    #[error(
        "{}the client secret {from} is empty; check the program that provides it, such as a vault or a script",
        prefix(.place.as_ref())
    )]
    EmptySecret {
        /// Where the settings file names the source.
        place: Option<Place>,
        /// The source, such as "in the file secret.txt".
        from: String,
    },
    /// A connection for which neither a flag nor the settings name the API.
    #[error(
        "\"{connection}\": the API is not known; look up 'Use Graph API' in ResourceXpress (System Settings > Resource Server) and give \
         --api graph for Yes or --api ews for No, or write use_graph_api = true or false in the settings file"
    )]
    NoApi {
        /// The connection.
        connection: String,
    },
    /// Rooms were named and there are none.
    #[error("{}{what} contains no room; give at least one address{}, or leave it out to test without rooms", prefix(.place.as_ref()), exported_with(.export))]
    NoRooms {
        /// Where the settings file names them.
        place: Option<Place>,
        /// The list or the file.
        what: String,
        /// The command that writes such a file; empty for a list.
        export: &'static str,
    },
    /// The rooms of the tenant are wanted, and no connection books rooms.
    #[error(
        "--rooms-from-tenant: no connection here books rooms; write a section [system] with oauth_tenant_id, oauth_client_id and oauth_client_secret"
    )]
    NoBookingConnection,
    /// A flag whose value is not a duration that it accepts.
    #[error("{given}: {problem}; {wanted}")]
    Duration {
        /// The flag with its value.
        given: String,
        /// What is wrong with the value.
        problem: String,
        /// What is accepted, with an example.
        wanted: String,
    },
    /// The value of a flag.
    #[error("the value of {option} {problem}")]
    Option {
        /// The flag.
        option: String,
        /// What is wrong with its value, and what would be right.
        problem: String,
    },
}

impl SettingsError {
    /// A flag whose value cannot be used; `problem` completes "the value of --flag …".
    pub(super) fn option(option: &str, problem: impl Into<String>) -> Self {
        Self::Option {
            option: option.to_owned(),
            problem: problem.into(),
        }
    }

    /// A file that could not be opened.
    pub(super) fn unreadable(
        place: Option<Place>,
        what: &str,
        path: &Path,
        error: &io::Error,
    ) -> Self {
        Self::not_usable(place, what, path, unreadable_because(error))
    }

    /// A file that was opened and holds the wrong thing.
    pub(super) fn not_usable(
        place: Option<Place>,
        what: &str,
        path: &Path,
        reason: impl Into<String>,
    ) -> Self {
        Self::Unreadable {
            place,
            what: what.to_owned(),
            path: quotable_path(path),
            reason: reason.into(),
        }
    }
}

/// Why a file cannot be read, in the words of every message about files.
pub fn unreadable_because(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "access is denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        // The message of an error that this program made; the system's own repeats the number of the error.
        _ if error.get_ref().is_some() => error.to_string(),
        kind => kind.to_string(),
    }
}

fn one_per_line(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn exported_with(command: &str) -> String {
    if command.is_empty() {
        String::new()
    } else {
        format!(" (export the file with `{command}`)")
    }
}

fn prefix(place: Option<&Place>) -> String {
    place.map(|place| format!("{place}: ")).unwrap_or_default()
}
