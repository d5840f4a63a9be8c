//! Where the credential of a connection comes from, and fetching it from there.

use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use super::decoding::NO_TEXT;
use super::secret_source::{Owner, SecretReader};
use super::{
    ClientCertificate, ClientSecret, Credential, Environment, Place, SecretSource, SettingsError,
    secret_from_bytes,
};

/// What messages call the file of a certificate.
const WHAT: &str = "the certificate file";
/// What messages call the file of its password.
const PASSWORD: &str = "the password file of the certificate";
/// The text in the place of a credential that a command does not need.
const NOT_READ: &str = "not read";

/// A way to the credential; never the credential itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// To a client secret.
    Secret(SecretSource),
    /// To a certificate.
    Certificate(CertificateSource),
}

/// The file of a certificate and its private key, and the file of its password if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSource {
    /// The certificate and its private key.
    pub file: NamedFile,
    /// The password.
    pub password: Option<NamedFile>,
}

/// A file that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its path.
    pub path: PathBuf,
    /// Where the settings name it; `None` for a flag or a variable.
    pub place: Option<Place>,
}

impl CertificateSource {
    /// The files of a flag or a variable.
    pub(super) fn of_files(file: &Path, password: Option<&Path>) -> Self {
        let named = |path: &Path| NamedFile {
            path: path.to_owned(),
            place: None,
        };
        Self {
            file: named(file),
            password: password.map(named),
        }
    }
}

impl CredentialSource {
    /// The value of `--client-secret-file`.
    pub fn of_secret_flag(path: &Path) -> Self {
        Self::Secret(SecretSource::of_flag(path))
    }

    /// The values of `--client-certificate-file` and `--client-certificate-password-file`, or of a variable.
    pub fn of_certificate_file(path: &Path, password: Option<&Path>) -> Self {
        Self::Certificate(CertificateSource::of_files(path, password))
    }
}

/// Fetches every credential once, however many connections share it.
pub(super) struct CredentialReader<'a> {
    surroundings: &'a dyn Environment,
    secrets: SecretReader<'a>,
    certificates: Vec<(CertificateSource, ClientCertificate)>,
}

impl<'a> CredentialReader<'a> {
    pub(super) fn new(surroundings: &'a dyn Environment) -> Self {
        Self {
            surroundings,
            secrets: SecretReader::new(surroundings),
            certificates: Vec::new(),
        }
    }

    /// The credential from its source; without a source, a prompt for the secret at the terminal.
    pub(super) fn read(
        &mut self,
        source: Option<&CredentialSource>,
        owner: &Owner<'_>,
    ) -> Result<Credential, SettingsError> {
        let secret = match source {
            Some(CredentialSource::Certificate(source)) => return self.certificate(source),
            Some(CredentialSource::Secret(source)) => Some(source),
            None => None,
        };
        self.secrets.read(secret, owner).map(Credential::Secret)
    }

    /// The certificate from its file.
    pub(super) fn certificate(
        &mut self,
        source: &CertificateSource,
    ) -> Result<Credential, SettingsError> {
        if !self.surroundings.provides_secrets() {
            return Ok(Credential::Secret(ClientSecret::new(NOT_READ.to_owned())));
        }
        let known = self.certificates.iter().find(|(known, _)| known == source);
        if let Some((_, certificate)) = known {
            return Ok(Credential::Certificate(certificate.clone()));
        }
        let password = match &source.password {
            Some(file) => Some(self.password(file)?),
            None => None,
        };
        let NamedFile { path, place } = &source.file;
        let file = self.read_file(&source.file, WHAT)?;
        let certificate =
            ClientCertificate::from_file(&file, password.as_ref()).map_err(|error| {
                SettingsError::not_usable(place.clone(), WHAT, path, error.to_string())
            })?;
        self.certificates
            .push((source.clone(), certificate.clone()));
        Ok(Credential::Certificate(certificate))
    }

    fn password(&self, file: &NamedFile) -> Result<ClientSecret, SettingsError> {
        let bytes = self.read_file(file, PASSWORD)?;
        secret_from_bytes(bytes.to_vec()).ok_or_else(|| {
            SettingsError::not_usable(file.place.clone(), PASSWORD, &file.path, NO_TEXT)
        })
    }

    /// The bytes of a file, which are wiped after use.
    fn read_file(
        &self,
        NamedFile { path, place }: &NamedFile,
        what: &str,
    ) -> Result<Zeroizing<Vec<u8>>, SettingsError> {
        let bytes = self.surroundings.read_secret_file(path);
        bytes
            .map(Zeroizing::new)
            .map_err(|error| SettingsError::unreadable(place.clone(), what, path, &error))
    }
}
