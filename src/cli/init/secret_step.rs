//! Where `check` reads the client secret or the certificate. The secret itself is only validated, or stored in a file of its
//! own.

use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::settings::{
    ClientSecret, Credential, DraftCredential, DraftField, Environment, Reference, SettingsDraft,
    is_variable_name, looks_like_a_secret, quotable_path, secret_from_bytes, unreadable_because,
};

use super::dialog::{Prompt, Terminal, prompt_secret, prompt_until};
use super::wording;

const DEFAULT_VARIABLE: &str = "AZURE_CLIENT_SECRET";
const DEFAULT_SECRET_FILE: &str = "client-secret.txt";

/// A secret that was pasted, and the file for it.
#[derive(Debug)]
pub(super) struct SecretToStore {
    pub(super) path: PathBuf,
    pub(super) secret: ClientSecret,
}

/// The step of the interview that is about the secret.
pub(super) struct SecretStep<'a> {
    pub(super) draft: &'a mut SettingsDraft,
    pub(super) terminal: &'a mut dyn Terminal,
    pub(super) environment: &'a dyn Environment,
    pub(super) reference: &'a Reference,
}

/// What the user chose.
#[derive(Clone, Copy)]
enum Choice {
    Variable,
    File,
    Prompt,
}

impl SecretStep<'_> {
    /// Establishes the source of the secret. Returns the secret to store, and the secrets that were seen.
    pub(super) fn complete(
        &mut self,
    ) -> Result<(Option<SecretToStore>, Vec<ClientSecret>), CliError> {
        let mut store = None;
        if self.draft.credential.is_none() && self.terminal.is_interactive() {
            store = self.choose()?;
        }
        let source = self
            .draft
            .credential
            .clone()
            .unwrap_or(DraftCredential::Prompt);
        let seen = match &source {
            DraftCredential::Variable(name) => self.variable(name)?,
            DraftCredential::File(path) if store.is_none() => self.file(path)?,
            DraftCredential::File(_) | DraftCredential::Prompt => None,
            DraftCredential::Certificate { file, password } => {
                self.certificate(file, password.as_deref())?;
                None
            }
        };
        self.draft.credential = Some(source);
        let pasted = store.as_ref().map(|own: &SecretToStore| own.secret.clone());
        Ok((store, seen.into_iter().chain(pasted).collect()))
    }

    fn choose(&mut self) -> Result<Option<SecretToStore>, CliError> {
        let prompt = Prompt {
            label: wording::SECRET_SOURCE,
            default: Some("prompt".to_owned()),
            example: "file",
        };
        let choice = prompt_until(self.terminal, &prompt, |_, text| read_choice(text))?;
        match choice {
            Choice::Prompt => self.draft.credential = Some(DraftCredential::Prompt),
            Choice::Variable => {
                let name = self.enter_name()?;
                self.draft.credential = Some(DraftCredential::Variable(name));
            }
            Choice::File => {
                let path = self.enter_path()?;
                self.draft.credential = Some(DraftCredential::File(path.clone()));
                return self.paste(path);
            }
        }
        Ok(None)
    }

    fn enter_name(&mut self) -> Result<String, CliError> {
        let prompt = Prompt {
            label: wording::VARIABLE_NAME,
            default: Some(DEFAULT_VARIABLE.to_owned()),
            example: "RX_CLIENT_SECRET",
        };
        prompt_until(self.terminal, &prompt, |_, text| {
            if is_variable_name(text) {
                Ok(text.to_owned())
            } else {
                Err(wording::NOT_A_VARIABLE.to_owned())
            }
        })
    }

    fn enter_path(&mut self) -> Result<PathBuf, CliError> {
        let prompt = Prompt {
            label: wording::SECRET_FILE,
            default: Some(DEFAULT_SECRET_FILE.to_owned()),
            example: DEFAULT_SECRET_FILE,
        };
        prompt_until(self.terminal, &prompt, |_, text| {
            let path = PathBuf::from(text);
            if looks_like_a_secret(text) || quotable_path(&path) != path.display().to_string() {
                Err(wording::PATH_IS_A_SECRET.to_owned())
            } else if path.is_dir() {
                Err(wording::PATH_IS_A_FOLDER.to_owned())
            } else {
                Ok(path)
            }
        })
    }

    /// The secret for a file that does not exist yet.
    fn paste(&mut self, path: PathBuf) -> Result<Option<SecretToStore>, CliError> {
        if std::fs::symlink_metadata(&path).is_ok() {
            return Ok(None);
        }
        let (draft, reference) = (&*self.draft, self.reference);
        let secret = prompt_secret(self.terminal, wording::PASTE_SECRET, |secret| {
            judge(draft, secret, reference)
        })?;
        Ok(secret.map(|secret| SecretToStore { path, secret }))
    }

    /// The secret of a variable, if it is set.
    fn variable(&mut self, name: &str) -> Result<Option<ClientSecret>, CliError> {
        if !is_variable_name(name) {
            return Err(CliError::Usage(format!(
                "--client-secret-env: {}",
                wording::NOT_A_VARIABLE
            )));
        }
        let secret = self.environment.variable(name).map(ClientSecret::new);
        match &secret {
            Some(secret) => self.print_faults(secret),
            None => self.terminal.print(&wording::variable_not_set(name)),
        }
        Ok(secret)
    }

    /// The secret of a file, if it exists.
    fn file(&mut self, path: &Path) -> Result<Option<ClientSecret>, CliError> {
        let name = usable_name("--client-secret-file", path)?;
        match self.environment.read_secret_file(path) {
            Ok(bytes) => {
                let secret = secret_from_bytes(bytes);
                match &secret {
                    Some(secret) => self.print_faults(secret),
                    None => self
                        .terminal
                        .print(&wording::secret_file_unusable(&name, wording::NOT_A_TEXT)),
                }
                Ok(secret)
            }
            Err(error) => {
                let why = unreadable_because(&error);
                self.terminal
                    .print(&wording::secret_file_unusable(&name, &why));
                Ok(None)
            }
        }
    }

    /// Reads a certificate and its password, if the files exist.
    fn certificate(&mut self, file: &Path, password: Option<&Path>) -> Result<(), CliError> {
        usable_name("--client-certificate-file", file)?;
        if let Some(password) = password {
            usable_name("--client-certificate-password-file", password)?;
        }
        match self.draft.read_certificate(self.environment) {
            Some(Ok(certificate)) => {
                let field = DraftField::ClientSecret;
                let faults = self
                    .draft
                    .faults_of(field, Some(&certificate), self.reference);
                for fault in faults {
                    self.terminal
                        .print(&format!("{} {}", fault.detail, wording::CHECK_REPORTS));
                }
            }
            Some(Err(error)) => self.terminal.print(&wording::certificate_unusable(&error)),
            None => {}
        }
        Ok(())
    }

    fn print_faults(&mut self, secret: &ClientSecret) {
        if let Some(why) = judge(self.draft, secret, self.reference) {
            self.terminal
                .print(&format!("{why} {}", wording::CHECK_REPORTS));
        }
    }
}

/// What looks wrong with a secret, without any part of it.
pub(super) fn judge(
    draft: &SettingsDraft,
    secret: &ClientSecret,
    reference: &Reference,
) -> Option<String> {
    let credential = Credential::Secret(secret.clone());
    let faults = draft.faults_of(DraftField::ClientSecret, Some(&credential), reference);
    faults.into_iter().next().map(|fault| fault.detail)
}

/// The name of the file of an option, which can be written and is not that of a folder.
fn usable_name(option: &str, path: &Path) -> Result<String, CliError> {
    let name = quotable_path(path);
    if name != path.display().to_string() {
        return Err(CliError::Usage(format!("{option} {name}")));
    }
    if path.is_dir() {
        let why = wording::PATH_IS_A_FOLDER;
        return Err(CliError::Usage(format!("{option} {name}: {why}")));
    }
    Ok(name)
}

fn read_choice(text: &str) -> Result<Choice, String> {
    match text.to_ascii_lowercase().as_str() {
        "env" | "environment" => Ok(Choice::Variable),
        "file" => Ok(Choice::File),
        "prompt" => Ok(Choice::Prompt),
        // The line was visible while it was typed, so the user must know what to do about it.
        _ if looks_like_a_secret(text) => Err(wording::SECRET_WAS_SHOWN.to_owned()),
        _ => Err(wording::NO_SUCH_SOURCE.to_owned()),
    }
}
