//! The values of a settings file that is about to be written.

use std::path::PathBuf;

use crate::settings::connection_keys::ConnectionKeys;
use crate::settings::host_name::Expected;
use crate::settings::secret_source::SecretSource;
use crate::settings::validate::default_cloud;
use crate::settings::{
    CertificateSource, CredentialSource, Environment, FlagSettings, Reference, RequiredFeature,
};
use crate::terms::Api;

/// The values of one connection and of the features, as far as they are known; `None` was not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsDraft {
    /// The ID of the cloud.
    pub cloud: Option<String>,
    /// The API, by the field 'Use Graph API'.
    pub api: Option<Api>,
    /// The field 'Server Host Name'.
    pub server_host_name: Option<String>,
    /// The field 'Resource Login User ID'.
    pub service_account: Option<String>,
    /// The field 'OAuth Tenant ID'.
    pub tenant_id: Option<String>,
    /// The field 'OAuth Client ID'.
    pub client_id: Option<String>,
    /// Where `check` reads the client secret or the certificate; never the secret itself.
    pub credential: Option<DraftCredential>,
    /// Rooms by their addresses.
    pub rooms: Vec<String>,
    /// A file of rooms, relative to the settings file.
    pub rooms_file: Option<PathBuf>,
    /// Whether the tenant lists its rooms.
    pub rooms_from_tenant: bool,
    /// Whether outgoing mail is in use.
    pub mail: Option<bool>,
    /// The sender of outgoing mail.
    pub mail_from: Option<String>,
    /// Whether user sync is in use.
    pub user_sync: Option<bool>,
}

/// Where `check` reads the client secret, or the certificate in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftCredential {
    /// An environment variable, by its name.
    Variable(String),
    /// A file, relative to the settings file.
    File(PathBuf),
    /// A hidden prompt in each run.
    Prompt,
    /// The file of a certificate and its private key, and the file of its password; both relative to the settings file.
    Certificate {
        /// The certificate and its private key.
        file: PathBuf,
        /// The password.
        password: Option<PathBuf>,
    },
}

impl SettingsDraft {
    /// The values of the flags that `check` has as well. The path of the secret must not be standard input.
    pub fn of_flags(given: &FlagSettings) -> Self {
        let requires = |feature| given.require.contains(&feature).then_some(true);
        Self {
            rooms: given.rooms.clone(),
            rooms_file: given.rooms_file.clone(),
            rooms_from_tenant: given.rooms_from_tenant,
            mail: requires(RequiredFeature::Mail),
            user_sync: requires(RequiredFeature::UserSync),
            ..Self::of_keys(given.connection.clone())
        }
    }

    /// The values of the environment variables that `check` reads.
    pub fn of_environment(environment: &dyn Environment) -> Self {
        Self::of_keys(ConnectionKeys::of_environment(environment))
    }

    fn of_keys(keys: ConnectionKeys) -> Self {
        Self {
            api: keys.api,
            server_host_name: keys.server_host_name,
            service_account: keys.service_account,
            tenant_id: keys.tenant_id,
            client_id: keys.client_id,
            credential: keys.credential.and_then(DraftCredential::of_source),
            ..Self::default()
        }
    }

    /// This draft with every absent value of the connection taken from another one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            cloud: self.cloud.or(other.cloud),
            api: self.api.or(other.api),
            server_host_name: self.server_host_name.or(other.server_host_name),
            service_account: self.service_account.or(other.service_account),
            tenant_id: self.tenant_id.or(other.tenant_id),
            client_id: self.client_id.or(other.client_id),
            credential: self.credential.or(other.credential),
            ..self
        }
    }

    /// The ID of the cloud, or that of the default.
    pub fn cloud_id(&self, reference: &Reference) -> String {
        self.cloud
            .clone()
            .unwrap_or_else(|| default_cloud(reference))
    }

    /// The usual Server Host Name of the API in the cloud.
    pub fn usual_server_host_name(&self, reference: &Reference) -> Option<String> {
        let expected = Expected {
            api: self.api?,
            cloud: &self.cloud_id(reference),
            reference,
            given_hosts: &[],
        };
        expected.right_value()
    }

    /// Whether any room, or any source of rooms, is known.
    pub fn has_rooms(&self) -> bool {
        !self.rooms.is_empty() || self.rooms_file.is_some() || self.rooms_from_tenant
    }
}

impl DraftCredential {
    pub(super) fn of_source(source: CredentialSource) -> Option<Self> {
        let source = match source {
            CredentialSource::Secret(source) => source,
            CredentialSource::Certificate(CertificateSource { file, password }) => {
                return Some(Self::Certificate {
                    file: file.path,
                    password: password.map(|file| file.path),
                });
            }
        };
        match source {
            SecretSource::Variable { name, .. } => Some(Self::Variable(name)),
            SecretSource::File { path, .. } => Some(Self::File(path)),
            SecretSource::Prompt { .. } => Some(Self::Prompt),
            // It can be read once only, so no later run could read it again.
            SecretSource::StandardInput => None,
        }
    }
}
