//! App registrations: credentials, permissions, and what Exchange and Conditional Access make of them.

use serde::Deserialize;

/// An app registration with its service principal in the tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The application (client) id.
    pub client_id: String,
    /// The object id of the service principal, `oid` of its tokens.
    pub object_id: String,
    /// The display name of the registration.
    pub display_name: String,
    /// Client secrets.
    #[serde(default, rename = "secret")]
    pub secrets: Vec<Secret>,
    /// Certificates that were uploaded to the registration, by their names in `[certificates]`.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// "Enabled for users to sign-in"; off is AADSTS7000112.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether the registration has a service principal in the tenant; without one AADSTS7000229.
    #[serde(default = "yes")]
    pub service_principal: bool,
    /// Resources on which "Assignment required" is on: without a role there, AADSTS501051.
    #[serde(default)]
    pub assignment_required: Vec<Api>,
    /// `requiredResourceAccess` of the registration.
    #[serde(default)]
    pub requested: Vec<Permission>,
    /// App roles that an administrator consented to, such as `graph/Calendars.ReadWrite`.
    #[serde(default)]
    pub granted: Vec<String>,
    /// Roles assigned inside Exchange (RBAC for Applications). They never show in a token.
    #[serde(default)]
    pub exchange_rbac: Vec<ExchangeRbac>,
    /// Application access policies of Exchange.
    #[serde(default)]
    pub access_policy: Vec<AccessPolicy>,
    /// What Conditional Access for workload identities does to the app.
    pub conditional_access: Option<ConditionalAccess>,
    /// `signInAudience` of the registration.
    #[serde(default = "single_tenant")]
    pub sign_in_audience: String,
    /// The registration is in another tenant: `/applications` responds with 404.
    #[serde(default)]
    pub home_elsewhere: bool,
    /// Services that have not yet noticed a consent that the token already carries.
    #[serde(default)]
    pub not_yet_effective: Vec<Api>,
    /// An AADSTS code with which every token request is refused.
    pub refuse_with: Option<u32>,
    /// The form of the access tokens.
    #[serde(default)]
    pub token: TokenForm,
    /// Puts this tenant id into the tokens instead of the right one.
    pub token_tenant: Option<String>,
    /// A flaw for which Graph and Exchange refuse the issued tokens.
    pub token_flaw: Option<TokenFlaw>,
}

fn yes() -> bool {
    true
}

fn single_tenant() -> String {
    "AzureADMyOrg".to_owned()
}

/// A client secret of a registration. Exactly one of `value` and `env` is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The value itself.
    pub value: Option<String>,
    /// The name of the entry in `[environment]` that holds the value.
    pub env: Option<String>,
    /// When it ends: days from now (`+200d`, `-3d`) or a day (`2026-12-10`).
    pub ends: String,
    /// The Secret ID, a GUID (`keyId`).
    pub id: String,
    /// The description given in the portal.
    #[serde(default = "default_secret_name")]
    pub display_name: String,
}

fn default_secret_name() -> String {
    "ResourceXpress".to_owned()
}

/// One of the two resources for which an app can request permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// Microsoft Graph.
    Graph,
    /// Office 365 Exchange Online.
    Exchange,
}

/// A requested permission.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The resource it belongs to.
    pub api: Api,
    /// The permission's value, such as `Mail.Send`.
    pub permission: String,
    /// Application (`Role`) or Delegated (`Scope`).
    #[serde(rename = "type")]
    pub kind: PermissionKind,
}

/// The two types of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PermissionKind {
    /// An application permission.
    Role,
    /// A delegated permission.
    Scope,
}

/// A role of RBAC for Applications and the mailboxes in its scope.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRbac {
    /// The role's name, such as `Application EWS.AccessAsApp`.
    pub role: String,
    /// The mailboxes it reaches.
    pub mailboxes: Reach,
}

/// All mailboxes, or the ones named.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Reach {
    /// Only these addresses.
    Named(Vec<String>),
    /// The word `all`.
    All(AllMailboxes),
}

/// The word `all`.
#[derive(Debug, Clone, Copy, Deserialize)]
pub enum AllMailboxes {
    /// Every mailbox of the tenant.
    #[serde(rename = "all")]
    All,
}

impl Reach {
    /// Whether the mailbox with this primary address is reached.
    pub fn holds(&self, address: &str) -> bool {
        match self {
            Reach::All(AllMailboxes::All) => true,
            Reach::Named(addresses) => addresses
                .iter()
                .any(|one| one.eq_ignore_ascii_case(address)),
        }
    }
}

/// An application access policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessPolicy {
    /// Restrict to the group, or deny the group.
    pub right: AccessRight,
    /// Members of the policy's group.
    pub mailboxes: Vec<String>,
    /// Created a moment ago: Exchange shows it to an administrator, and the services do not apply it yet.
    #[serde(default)]
    pub pending: bool,
}

/// `-AccessRight` of `New-ApplicationAccessPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AccessRight {
    /// Only the named mailboxes are open.
    RestrictAccess,
    /// The named mailboxes are closed.
    DenyAccess,
}

/// What Conditional Access does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionalAccess {
    /// The token request is refused: AADSTS53003.
    Blocked,
    /// The token is issued, Graph refuses it with a claims challenge.
    Cae,
}

/// The form of issued access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenForm {
    /// A signed JWT that can be decoded.
    #[default]
    Jwt,
    /// An encrypted token that only the service can read.
    Opaque,
    /// A token that acts for a user, as something between the client and Entra might hand out.
    Delegated,
    /// A token of the app that carries scopes beside its roles.
    ScopesBesideRoles,
}

/// Why a service refuses an issued token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenFlaw {
    /// The signature does not fit.
    Signature,
    /// The audience is another resource.
    Audience,
    /// The token is past its time.
    Expired,
    /// The token was issued in another cloud.
    Cloud,
}
