//! The settings without their secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::terms::{Api, CauseId, CheckId};

/// Where in ResourceXpress the settings of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionKind {
    /// System Settings > Resource Server.
    System,
    /// System Settings > Locations.
    Location,
    /// Resource Profile > Connection Properties.
    Profile,
    /// Mail with credentials of its own.
    Mail,
    /// User sync with credentials of its own.
    UserSync,
}

/// One set of ResourceXpress settings, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFacts {
    /// `system`, `mail`, `user-sync`, or the name of the location or profile.
    pub name: String,
    /// Where the settings are.
    pub kind: ConnectionKind,
    /// The API over which it books; `None` for mail and user sync with credentials of their own.
    pub api: Option<Api>,
    /// The tenant id as typed.
    pub tenant_id: String,
    /// The client id as typed.
    pub client_id: String,
    /// The number of the credential set (tenant, client and secret together); connections that share one share tokens.
    pub credentials: usize,
    /// The number of distinct rooms.
    pub rooms: usize,
    /// The Resource Login User ID.
    pub service_account: Option<String>,
    /// The sender of mail, for the connection that sends.
    pub sender: Option<String>,
    /// The certificate with which the check signs in instead of the client secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<ClientCertificateFacts>,
}

/// The validity of a certificate for sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificateFacts {
    /// From when on it is valid.
    pub starts_at: Timestamp,
    /// Until when it is valid.
    pub ends_at: Timestamp,
}

/// Something in the settings that is wrong or looks wrong. The detail never quotes a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsFault {
    /// What kind of fault.
    pub kind: SettingsFaultKind,
    /// The value it is about, for rooms and ids; never the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What was seen, in a sentence.
    pub detail: String,
    /// The ids of the clouds that the value belongs to, where it is not the cloud of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_cloud: Option<String>,
}

/// The kinds of fault that the settings show before any request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingsFaultKind {
    /// Neither a GUID nor a domain.
    TenantIdMalformed,
    /// `common`, `organizations`, `consumers` or empty.
    TenantIdReserved,
    /// Not a GUID.
    ClientIdMalformed,
    /// The id of one of Microsoft's own APIs.
    ClientIdIsAnApi,
    /// Tenant id and client id are the same.
    IdsIdentical,
    /// The secret is empty.
    SecretMissing,
    /// The secret has the form of a GUID.
    SecretIsSecretId,
    /// White space, quotes, invisible characters or escapes around or inside the secret.
    SecretStrayCharacters,
    /// A secret of the current form whose checksum does not fit, or that is not whole.
    SecretMistyped,
    /// What was entered in place of a secret: its masked form, a placeholder, an access token.
    SecretNotASecret,
    /// A certificate or private key that is not RSA.
    CertificateNotRsa,
    /// The private key belongs to another certificate.
    CertificateKeyMismatch,
    /// Use OAuth is off.
    OauthOff,
    /// The Server Host Name belongs to the other API.
    HostNameMismatch,
    /// The Server Host Name has the right host and a wrong scheme, port, path or version, or is not an address.
    HostNameForm,
    /// The host in the Server Host Name belongs to no Microsoft service that is meant here.
    HostNameForeign,
    /// The host in the Server Host Name belongs to another cloud.
    HostNameOtherCloud,
    /// No Resource Login User ID where it is needed.
    ServiceAccountMissing,
    /// A Resource Login User ID that is not an email address, where one is needed.
    ServiceAccountMalformed,
    /// A room (or the Resource Login User ID) that is not an SMTP address.
    RoomAddressMalformed,
    /// An entry of a rooms file that is meant as an SMTP address and cannot be one. ResourceXpress never sees the file.
    RoomEntryUnusable,
    /// The same room twice.
    RoomDuplicate,
    /// Rows of a rooms file that hold no room or are struck out.
    RoomLineLeftOut,
}

impl SettingsFaultKind {
    /// The public id of the cause. An empty secret is what Entra calls a missing one.
    pub fn cause(self) -> CauseId {
        match self {
            Self::TenantIdMalformed => CauseId::SettingsTenantIdMalformed,
            Self::TenantIdReserved => CauseId::SettingsTenantIdReserved,
            Self::ClientIdMalformed => CauseId::SettingsClientIdMalformed,
            Self::ClientIdIsAnApi => CauseId::SettingsClientIdIsAnApi,
            Self::IdsIdentical => CauseId::SettingsIdsIdentical,
            Self::SecretMissing => CauseId::SignInSecretMissing,
            Self::SecretIsSecretId => CauseId::SettingsSecretIsSecretId,
            Self::SecretStrayCharacters => CauseId::SettingsSecretStrayCharacters,
            Self::SecretMistyped => CauseId::SettingsSecretMistyped,
            Self::SecretNotASecret => CauseId::SettingsSecretNotASecret,
            Self::CertificateNotRsa => CauseId::SettingsCertificateNotRsa,
            Self::CertificateKeyMismatch => CauseId::SettingsCertificateKeyMismatch,
            Self::OauthOff => CauseId::SettingsOauthOff,
            Self::HostNameMismatch | Self::HostNameForm => CauseId::SettingsHostNameMismatch,
            Self::HostNameForeign => CauseId::SettingsHostNameForeign,
            Self::HostNameOtherCloud => CauseId::TenantWrongCloud,
            Self::ServiceAccountMissing | Self::ServiceAccountMalformed => {
                CauseId::SettingsServiceAccountMissing
            }
            Self::RoomAddressMalformed => CauseId::SettingsRoomAddressMalformed,
            Self::RoomDuplicate => CauseId::SettingsRoomDuplicate,
            Self::RoomLineLeftOut | Self::RoomEntryUnusable => CauseId::SettingsRoomLineLeftOut,
        }
    }

    /// The check whose row shows the fault.
    pub fn check(self) -> CheckId {
        match self {
            Self::TenantIdMalformed | Self::TenantIdReserved => CheckId::SettingsTenantId,
            Self::ClientIdMalformed | Self::ClientIdIsAnApi | Self::IdsIdentical => {
                CheckId::SettingsClientId
            }
            Self::SecretMissing
            | Self::SecretIsSecretId
            | Self::SecretStrayCharacters
            | Self::SecretMistyped
            | Self::SecretNotASecret
            | Self::CertificateNotRsa
            | Self::CertificateKeyMismatch => CheckId::SettingsClientSecret,
            Self::OauthOff => CheckId::SettingsUseOauth,
            Self::HostNameMismatch
            | Self::HostNameForm
            | Self::HostNameForeign
            | Self::HostNameOtherCloud => CheckId::SettingsServerHostName,
            Self::ServiceAccountMissing | Self::ServiceAccountMalformed => {
                CheckId::SettingsServiceAccount
            }
            Self::RoomAddressMalformed
            | Self::RoomEntryUnusable
            | Self::RoomDuplicate
            | Self::RoomLineLeftOut => CheckId::SettingsRooms,
        }
    }

    /// Whether the fault is only a suspicion that a live sign-in confirms or refutes.
    pub fn is_suspicion(self) -> bool {
        matches!(
            self,
            Self::SecretIsSecretId
                | Self::SecretStrayCharacters
                | Self::SecretMistyped
                | Self::SecretNotASecret
        )
    }

    /// Whether the fault is advice and stops nothing.
    pub fn is_advice(self) -> bool {
        matches!(
            self,
            Self::RoomDuplicate | Self::RoomLineLeftOut | Self::RoomEntryUnusable
        )
    }

    /// Whether the fault leaves open whether its check passes.
    pub fn is_undecided(self) -> bool {
        self == Self::RoomEntryUnusable
    }
}
