//! Where the credential of a connection comes from, and fetching it from there.

use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroize;

use super::secret_source::{Owner, SecretReader};
use super::{
    ClientCertificate, ClientSecret, Credential, Environment, Place, SecretSource, SettingsError,
};

/// What messages call the file of a certificate.
const WHAT: &str = "the certificate file";
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

/// The file of a certificate and its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSource {
    /// Its path.
    pub path: PathBuf,
    /// Where the settings name it; `None` for a flag or a variable.
    pub place: Option<Place>,
}

impl CredentialSource {
    /// The value of `--client-secret-file`.
    pub fn of_secret_flag(path: &Path) -> Self {
        Self::Secret(SecretSource::of_flag(path))
    }

    /// The value of `--client-certificate-file` or of the variable for it.
    pub fn of_certificate_file(path: &Path) -> Self {
        Self::Certificate(CertificateSource {
            path: path.to_owned(),
            place: None,
        })
    }

    /// The way to a client secret, if it is one.
    pub fn into_secret(self) -> Option<SecretSource> {
        match self {
            Self::Secret(source) => Some(source),
            Self::Certificate(_) => None,
        }
    }
}

/// Fetches every credential once, however many connections share it.
pub(super) struct CredentialReader<'a> {
    surroundings: &'a dyn Environment,
    secrets: SecretReader<'a>,
    certificates: Vec<(PathBuf, ClientCertificate)>,
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

    fn certificate(&mut self, source: &CertificateSource) -> Result<Credential, SettingsError> {
        if !self.surroundings.provides_secrets() {
            return Ok(Credential::Secret(ClientSecret::new(NOT_READ.to_owned())));
        }
        if let Some((_, known)) = self
            .certificates
            .iter()
            .find(|(path, _)| *path == source.path)
        {
            return Ok(Credential::Certificate(known.clone()));
        }
        let CertificateSource { path, place } = source;
        let mut bytes = self
            .surroundings
            .read_secret_file(path)
            .map_err(|error| SettingsError::unreadable(place.clone(), WHAT, path, &error))?;
        let certificate = ClientCertificate::from_pem(&bytes);
        // The buffer contains the private key in plain text.
        bytes.zeroize();
        let certificate = certificate.map_err(|error| {
            SettingsError::not_usable(place.clone(), WHAT, path, error.to_string())
        })?;
        self.certificates.push((path.clone(), certificate.clone()));
        Ok(Credential::Certificate(certificate))
    }
}
