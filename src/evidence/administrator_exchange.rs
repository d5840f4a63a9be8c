//! The configuration of Exchange Online that an administrator can see: EWS, access policies, roles for apps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The three states of `EwsEnabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EwsSwitch {
    /// `$null`: it was never set.
    NotSet,
    /// `$true`.
    Enabled,
    /// `$false`.
    Disabled,
}

/// The settings of the organization (`Get-OrganizationConfig`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ExchangeOrganization {
    /// `EwsEnabled`.
    pub ews_enabled: Option<EwsSwitch>,
    /// `IsDehydrated`: scopes and role assignments cannot be created before `Enable-OrganizationCustomization`.
    pub is_dehydrated: Option<bool>,
}

/// Which programs may use EWS, by their User-Agent (`EwsApplicationAccessPolicy` and its two lists).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EwsUserAgentPolicy {
    /// `EnforceAllowList` or `EnforceBlockList`; absent if no policy is set.
    pub policy: Option<String>,
    /// `EwsAllowList`.
    pub allow_list: Vec<String>,
    /// `EwsBlockList`.
    pub block_list: Vec<String>,
}

/// The connection to an Exchange organization on premises (`Get-OnPremisesOrganization`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HybridFacts {
    /// How many on-premises organizations are configured; 0 means that the tenant is not hybrid.
    pub organizations: u64,
    /// Their `HybridDomains`.
    pub domains: Vec<String>,
}

/// An application access policy (`Get-ApplicationAccessPolicy`).
///
/// In a tenant without any policy, the cmdlet fails with an error that an object (`OU=...`) could not be found. The file then
/// contains that error, and no list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ApplicationAccessPolicy {
    /// `Identity`.
    pub identity: Option<String>,
    /// `AppId`: an app ID, or `*` for every app.
    pub app_id: String,
    /// `AccessRight`: `RestrictAccess` or `DenyAccess`.
    pub access_right: Option<String>,
    /// `ScopeName`: the group or mailbox that it is about.
    pub scope_name: Option<String>,
    /// `ScopeIdentity`.
    pub scope_identity: Option<String>,
}

/// An app that is registered in Exchange (`Get-ServicePrincipal`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ExchangeServicePrincipal {
    /// `AppId`.
    pub app_id: String,
    /// `ObjectId`: must be that of the service principal in Microsoft Entra ID.
    pub object_id: Option<String>,
    /// `DisplayName`.
    pub display_name: Option<String>,
}

/// A role that is assigned to an app inside Exchange (`Get-ManagementRoleAssignment`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RoleAssignment {
    /// The app ID of the app that has the role.
    pub app_id: String,
    /// `Name`.
    pub name: Option<String>,
    /// `Role`, such as `Application Calendars.ReadWrite`.
    pub role: String,
    /// `Enabled`.
    pub enabled: Option<bool>,
    /// `RecipientWriteScope`: `Organization`, `CustomRecipientScope`, `AdministrativeUnit` or `Group`.
    pub scope_type: Option<String>,
    /// `CustomResourceScope` or `CustomRecipientWriteScope`: the name of a scope, a group, or an administrative unit.
    pub scope: Option<String>,
}

/// A scope of role assignments (`Get-ManagementScope`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ManagementScope {
    /// `Name`.
    pub name: String,
    /// `RecipientFilter`.
    pub recipient_filter: Option<String>,
    /// `RecipientRoot`.
    pub recipient_root: Option<String>,
    /// `Exclusive`.
    pub exclusive: Option<bool>,
}
