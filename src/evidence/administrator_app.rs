//! The configuration of the apps in Microsoft Entra ID that an administrator can see.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tenant in Microsoft Entra ID (`GET /organization`), and the services that its apps use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DirectoryFacts {
    /// `onPremisesSyncEnabled`: whether users are synchronized from an on-premises directory. `false` also if it is `null`,
    /// which means that the tenant was never synchronized.
    pub on_premises_sync: Option<bool>,
    /// The service principals of Microsoft Graph and Exchange Online; one that the tenant does not have is not listed.
    pub services: Option<Vec<ServicePrincipalState>>,
}

/// What an administrator can see about one app of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppAdministration {
    /// The client ID.
    pub app_id: String,
    /// Whether the registration is in this tenant: `false` only if Entra reported that there is none.
    pub registered: Option<bool>,
    /// The registration (`GET /applications`).
    pub registration: Option<AppRegistration>,
    /// Whether the tenant has a service principal (enterprise application): `false` only if Entra reported that there is none.
    pub has_service_principal: Option<bool>,
    /// The service principal (`GET /servicePrincipals`).
    pub service_principal: Option<ServicePrincipalState>,
    /// Application permissions with consent (`appRoleAssignments`).
    pub granted_application: Option<Vec<GrantedPermission>>,
    /// Delegated permissions with consent (`oauth2PermissionGrants`). An app that signs in by itself cannot use them.
    pub granted_delegated: Option<Vec<GrantedPermission>>,
    /// The app management policies of this app (`appManagementPolicies`).
    pub management_policies: Option<Vec<AppManagementPolicy>>,
}

/// An app registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppRegistration {
    /// `id`: the object ID of the registration.
    pub object_id: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `signInAudience`, such as `AzureADMyOrg`.
    pub sign_in_audience: Option<String>,
    /// `disabledByMicrosoftStatus`, such as `DisabledDueToViolationOfServicesAgreement`; absent if Microsoft did not.
    pub disabled_by_microsoft: Option<String>,
    /// `isDisabled`: the registration was deactivated.
    pub deactivated: Option<bool>,
    /// `createdDateTime`.
    #[schemars(with = "Option<String>")]
    pub created_at: Option<Timestamp>,
    /// `passwordCredentials`, without any value.
    pub secrets: Option<Vec<SecretState>>,
    /// The number of `keyCredentials` (certificates).
    pub certificates: Option<u64>,
    /// `requiredResourceAccess`.
    pub requested: Option<Vec<PermissionEntry>>,
}

/// A client secret, without its value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SecretState {
    /// `keyId`: the Secret ID of the portal.
    pub key_id: String,
    /// `displayName`: the description of the portal.
    pub display_name: Option<String>,
    /// `startDateTime`.
    #[schemars(with = "Option<String>")]
    pub starts_at: Option<Timestamp>,
    /// `endDateTime`.
    #[schemars(with = "Option<String>")]
    pub ends_at: Option<Timestamp>,
}

/// The two types of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionType {
    /// For an app that signs in by itself.
    #[default]
    Application,
    /// For an app that acts for a signed-in user.
    Delegated,
}

/// A permission that a registration requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PermissionEntry {
    /// The app ID of the API.
    pub resource_app_id: String,
    /// The GUID of the permission.
    pub permission_id: String,
    /// Its value, such as `Mail.Send`, where the API lists it.
    pub permission: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: PermissionType,
}

/// A permission with consent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GrantedPermission {
    /// The app ID of the API; absent for an API other than Microsoft Graph and Exchange Online.
    pub resource_app_id: Option<String>,
    /// The name of the API.
    pub resource_name: Option<String>,
    /// The GUID of the permission; absent for a delegated permission.
    pub permission_id: Option<String>,
    /// Its value, such as `Mail.Send`, where the API lists it.
    pub permission: Option<String>,
    /// For whom a delegated permission has consent: `AllPrincipals` or `Principal`.
    pub consent_type: Option<String>,
}

/// A service principal (enterprise application).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ServicePrincipalState {
    /// `appId`.
    pub app_id: String,
    /// `id`: the object ID of the service principal.
    pub object_id: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `accountEnabled`: 'Enabled for users to sign-in' in the portal.
    pub account_enabled: Option<bool>,
    /// `disabledByMicrosoftStatus`; absent if Microsoft did not disable it.
    pub disabled_by_microsoft: Option<String>,
    /// `isDisabled`: the registration was deactivated.
    pub deactivated: Option<bool>,
    /// `appRoleAssignmentRequired`: 'Assignment required' in the portal.
    pub assignment_required: Option<bool>,
    /// `appOwnerOrganizationId`: the tenant of the registration.
    pub owner_tenant_id: Option<String>,
    /// `signInAudience`.
    pub sign_in_audience: Option<String>,
}

/// A policy that limits the secrets of apps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppManagementPolicy {
    /// `displayName`.
    pub display_name: Option<String>,
    /// `isEnabled`.
    pub enabled: Option<bool>,
    /// `passwordCredentials` of its restrictions for registrations.
    pub secret_restrictions: Vec<SecretRestriction>,
}

/// One restriction for secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SecretRestriction {
    /// `restrictionType`, such as `passwordAddition` or `passwordLifetime`.
    pub restriction_type: String,
    /// `state`: `enabled` or `disabled`.
    pub state: Option<String>,
    /// `maxLifetime`, as an ISO 8601 duration such as `P90D`.
    pub max_lifetime: Option<String>,
    /// `restrictForAppsCreatedAfterDateTime`.
    #[schemars(with = "Option<String>")]
    pub for_apps_created_after: Option<Timestamp>,
}

/// A Conditional Access policy for workload identities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WorkloadPolicy {
    /// `displayName`.
    pub display_name: Option<String>,
    /// `state`: `enabled`, `disabled` or `enabledForReportingButNotEnforced`.
    pub state: Option<String>,
    /// `includeServicePrincipals`: object IDs, or `ServicePrincipalsInMyTenant`.
    pub include_service_principals: Vec<String>,
    /// `excludeServicePrincipals`: object IDs.
    pub exclude_service_principals: Vec<String>,
    /// `includeLocations`.
    pub include_locations: Vec<String>,
    /// `excludeLocations`.
    pub exclude_locations: Vec<String>,
    /// `servicePrincipalRiskLevels`.
    pub risk_levels: Vec<String>,
    /// `builtInControls` of the grant: `block`.
    pub controls: Vec<String>,
}
