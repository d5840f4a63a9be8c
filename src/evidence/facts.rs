//! The facts in successful responses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The content of a tenant's `OpenID` discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantFacts {
    /// The tenant's GUID, out of `issuer`.
    pub tenant_id: String,
    /// `tenant_region_scope`, such as `EU`.
    pub region: Option<String>,
    /// `tenant_region_sub_scope`: absent, `GCC`, `DODCON` or `DOD`.
    pub region_sub_scope: Option<String>,
    /// `cloud_instance_name`.
    pub cloud_instance: Option<String>,
}

/// The claims of an issued token. The token itself is never part of any evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenFacts {
    /// Whether the claims could be read. If not, every field below except `lifetime_s` is empty.
    pub readable: bool,
    /// Why the claims could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable_because: Option<String>,
    /// `tid`.
    pub tenant_id: Option<String>,
    /// `aud`.
    pub audience: Option<String>,
    /// `appid` or `azp`.
    pub client_id: Option<String>,
    /// `oid`: the object id of the service principal.
    pub service_principal_id: Option<String>,
    /// `roles`, in the token's order; empty when the claim is absent.
    pub roles: Vec<String>,
    /// `scp`: present only in a delegated token.
    pub scopes: Option<String>,
    /// `app_displayname`.
    pub app_name: Option<String>,
    /// `iat`.
    pub issued_at: Option<Timestamp>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `expires_in` of the token response, in seconds.
    pub lifetime_s: Option<u64>,
}

/// What the app may read about its own registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationFacts {
    /// The display name of the app.
    pub display_name: Option<String>,
    /// The client secrets, without any value.
    pub secrets: Vec<PasswordCredential>,
    /// What the registration requests.
    pub requested: Vec<RequestedPermission>,
    /// Whether accounts outside the tenant can sign in to the app (`signInAudience`); `None` if it was not returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside_accounts: Option<bool>,
}

/// One client secret of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordCredential {
    /// The Secret ID of the portal.
    pub key_id: String,
    /// The description given in the portal.
    pub display_name: Option<String>,
    /// When the secret expires.
    pub ends_at: Option<Timestamp>,
    /// Whether the hint (the first three characters) matches the secret in use. The hint itself is not kept.
    pub fits_secret_in_use: bool,
}

/// One entry of `requiredResourceAccess`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedPermission {
    /// The app id of the API.
    pub resource_app_id: String,
    /// The GUID of the permission.
    pub permission_id: String,
    /// `Role` (application) or `Scope` (delegated).
    pub kind: String,
}

/// A calendar folder as EWS describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderFacts {
    /// The rights of the caller, where the service returned them.
    pub rights: Option<EffectiveRights>,
}

/// EWS `EffectiveRights`, as far as booking needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the four rights are independent of each other in EWS"
)]
pub struct EffectiveRights {
    /// Items may be created.
    pub create: bool,
    /// Items may be changed.
    pub modify: bool,
    /// Items may be deleted.
    pub delete: bool,
    /// Items may be read.
    pub read: bool,
}

/// What a write that the user allowed has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteFacts {
    /// Whether the event was found and deleted; `false` means that something was left behind.
    pub cleaned_up: bool,
    /// What was left behind, to be removed by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<String>,
}
