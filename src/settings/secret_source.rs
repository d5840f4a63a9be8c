//! Where a client secret comes from, and fetching it from there.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroize;

use super::decoding::{NO_TEXT, decode, without_final_line_break};
use super::quotable::{could_be_a_secret, quotable_path};
use super::{ClientSecret, Environment, Place, SettingsError};

const WHAT: &str = "the secret file";

/// A way to the secret; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// Where the settings name it; `None` for the variable that is read by default.
        place: Option<Place>,
    },
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// Where the settings name it; `None` for a flag.
        place: Option<Place>,
    },
    /// Standard input.
    StandardInput,
    /// A prompt without echo.
    Prompt {
        /// Where the settings require it.
        place: Place,
    },
}

impl SecretSource {
    /// The value of `--client-secret-file`.
    pub fn of_flag(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::StandardInput
        } else {
            Self::File {
                path: path.to_owned(),
                place: None,
            }
        }
    }
}

/// Fetches every secret once, however many connections share it.
pub(super) struct SecretReader<'a> {
    surroundings: &'a dyn Environment,
    known: Vec<(Wanted, ClientSecret)>,
}

/// What identifies a secret before it is known: its source, or, without one, the app it belongs to.
#[derive(PartialEq)]
enum Wanted {
    From(SecretSource),
    OfApp {
        tenant_id: Option<String>,
        client_id: Option<String>,
    },
}

/// The connection that needs a secret.
pub(super) struct Owner<'a> {
    pub(super) connection: &'a str,
    pub(super) tenant_id: Option<&'a str>,
    pub(super) client_id: Option<&'a str>,
}

impl<'a> SecretReader<'a> {
    pub(super) fn new(surroundings: &'a dyn Environment) -> Self {
        Self {
            surroundings,
            known: Vec::new(),
        }
    }

    /// The secret from its source; without a source, a prompt at the terminal.
    pub(super) fn read(
        &mut self,
        source: Option<&SecretSource>,
        owner: &Owner<'_>,
    ) -> Result<ClientSecret, SettingsError> {
        let wanted = match source {
            Some(source) => Wanted::From(source.clone()),
            None => Wanted::OfApp {
                tenant_id: owner.tenant_id.map(str::to_owned),
                client_id: owner.client_id.map(str::to_owned),
            },
        };
        // Standard input can be read once only, and a prompt is not repeated for the same app.
        if let Some((_, secret)) = self.known.iter().find(|(known, _)| *known == wanted) {
            return Ok(secret.clone());
        }
        let secret = self.fetch(source, owner.connection)?;
        self.known.push((wanted, secret.clone()));
        Ok(secret)
    }

    /// Fetches the secret. One that is empty is a fault of what should have delivered it, not of the customer.
    fn fetch(
        &self,
        source: Option<&SecretSource>,
        connection: &str,
    ) -> Result<ClientSecret, SettingsError> {
        let (secret, place, from) = match source {
            Some(SecretSource::Variable { name, place }) => {
                let from = format!("in the environment variable {}", quotable_name(name));
                (self.variable(name, place.as_ref())?, place.clone(), from)
            }
            Some(SecretSource::File { path, place }) => (
                self.file(path, place.as_ref())?,
                place.clone(),
                format!("in the file {}", quotable_path(path)),
            ),
            Some(SecretSource::StandardInput) => {
                (self.standard_input()?, None, "on standard input".to_owned())
            }
            Some(SecretSource::Prompt { place }) => return self.prompt(connection, Some(place)),
            None => return self.prompt(connection, None),
        };
        if secret.expose().trim().is_empty() {
            Err(SettingsError::EmptySecret { place, from })
        } else {
            Ok(secret)
        }
    }

    fn file(&self, path: &Path, place: Option<&Place>) -> Result<ClientSecret, SettingsError> {
        let bytes = self.surroundings.read_secret_file(path);
        let bytes =
            bytes.map_err(|error| SettingsError::unreadable(place.cloned(), WHAT, path, &error))?;
        secret_from_bytes(bytes)
            .ok_or_else(|| SettingsError::not_usable(place.cloned(), WHAT, path, NO_TEXT))
    }

    fn standard_input(&self) -> Result<ClientSecret, SettingsError> {
        let from = Path::new("from standard input");
        let bytes = self.surroundings.read_stdin();
        let bytes =
            bytes.map_err(|error| SettingsError::unreadable(None, "the secret", from, &error))?;
        secret_from_bytes(bytes)
            .ok_or_else(|| SettingsError::not_usable(None, "the secret", from, NO_TEXT))
    }

    fn variable(&self, name: &str, place: Option<&Place>) -> Result<ClientSecret, SettingsError> {
        match self.surroundings.variable(name) {
            Some(value) => Ok(ClientSecret::new(value)),
            None => Err(SettingsError::VariableNotSet {
                place: place.cloned(),
                name: quotable_name(name),
            }),
        }
    }

    fn prompt(
        &self,
        connection: &str,
        place: Option<&Place>,
    ) -> Result<ClientSecret, SettingsError> {
        let no_secret = |reason: String| SettingsError::NoSecret {
            place: place.cloned(),
            connection: format!("\"{connection}\""),
            reason,
        };
        if !self.surroundings.shares_credentials() {
            return Err(SettingsError::NoSecretInFile {
                place: place.cloned(),
                connection: format!("\"{connection}\""),
            });
        }
        let text = format!("OAuth Client Secret of \"{connection}\" (hidden while you type): ");
        match self.surroundings.prompt(&text) {
            Ok(Some(typed)) if typed.trim().is_empty() => Err(SettingsError::NothingEntered {
                place: place.cloned(),
                connection: format!("\"{connection}\""),
            }),
            Ok(Some(typed)) => Ok(ClientSecret::new(typed)),
            Ok(None) => Err(no_secret("there is no terminal".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                Err(SettingsError::Interrupted)
            }
            Err(error) => Err(no_secret(error.kind().to_string())),
        }
    }
}

/// The secret in the bytes of its file, without one line break at the end; `None` if they are not a text.
pub fn secret_from_bytes(mut bytes: Vec<u8>) -> Option<ClientSecret> {
    let text = decode(&bytes);
    // The buffer contains the secret in plain text.
    bytes.zeroize();
    text.map(|mut text| {
        let secret = ClientSecret::new(without_final_line_break(&text).to_owned());
        text.zeroize();
        secret
    })
}

/// Whether a text can be the name of an environment variable, and not the secret in the place of the name.
pub fn is_variable_name(text: &str) -> bool {
    let is_name = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "_-.()".contains(letter));
    is_name && !text.is_empty() && !could_be_a_secret(text)
}

/// The name for a message, unless the secret itself was written where the name belongs.
fn quotable_name(name: &str) -> String {
    if is_variable_name(name) {
        name.to_owned()
    } else {
        "(the text after env = is not repeated here: it must be the name of a variable, not the secret)".to_owned()
    }
}
