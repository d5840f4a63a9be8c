//! The tenant: its identity, its cloud, and what applies to all of it.

use serde::{Deserialize, Serialize};

use super::{App, Group, Mailbox, User};

/// The simulated truth about a tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantDescription {
    /// The directory (tenant) id, a GUID.
    pub id: String,
    /// The organization's display name, as Entra prints it in errors.
    #[serde(default = "default_display_name")]
    pub display_name: String,
    /// Verified domains; each resolves to the tenant.
    pub domains: Vec<String>,
    /// The cloud of the tenant. Other clouds' sign-in hosts do not know it.
    #[serde(default)]
    pub cloud: Cloud,
    /// `tenant_region_scope` of the discovery document.
    #[serde(default = "default_region")]
    pub region: String,
    /// Whether the tenant has Exchange Online.
    #[serde(default)]
    pub exchange: ExchangeState,
    /// Whether the enterprise application of Microsoft Graph is enabled.
    #[serde(default)]
    pub graph: GraphState,
    /// The tenant is marked for removal: Exchange responds with `ErrorOrganizationAccessBlocked`.
    #[serde(default)]
    pub access_blocked: bool,
    /// The tenant is blocked for inactivity: AADSTS5000225.
    #[serde(default)]
    pub inactive: bool,
    /// Tenant restrictions forbid this tenant, and where that shows.
    pub tenant_restrictions: Option<TenantRestriction>,
    /// The EWS switches of the organization.
    #[serde(default)]
    pub ews: EwsPolicy,
    /// What Graph decides first about a request for an item that does not exist.
    #[serde(default)]
    pub graph_checks_first: FirstCheck,
    /// Latency of every response, in milliseconds.
    #[serde(default)]
    pub latency_ms: u64,
    /// Seconds from the first call that suffers from it until what apps name as `not_yet_effective` is effective; without them it
    /// never is.
    pub effective_after_seconds: Option<u32>,
    /// Limits after which Graph and Exchange throttle.
    #[serde(default)]
    pub throttle: Throttle,
    /// App registrations and their service principals.
    #[serde(default, rename = "app")]
    pub apps: Vec<App>,
    /// Mailboxes in Exchange. Each is also a user of the directory.
    #[serde(default, rename = "mailbox")]
    pub mailboxes: Vec<Mailbox>,
    /// Rooms that are counted instead of listed. A scenario that was read holds them among its mailboxes.
    pub more_rooms: Option<MoreRooms>,
    /// Further users of the directory, without a mailbox.
    #[serde(default, rename = "user")]
    pub users: Vec<User>,
    /// Groups of the directory.
    #[serde(default, rename = "group")]
    pub groups: Vec<Group>,
}

fn default_display_name() -> String {
    "Contoso".to_owned()
}

fn default_region() -> String {
    "EU".to_owned()
}

/// One of Microsoft's clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The worldwide cloud.
    #[default]
    Global,
    /// US government community cloud; uses the worldwide hosts.
    Gcc,
    /// US government L4.
    GccHigh,
    /// US government L5.
    Dod,
    /// Operated by 21Vianet.
    China,
    /// The French sovereign cloud.
    Bleu,
    /// The German sovereign cloud.
    Delos,
}

/// Whether tokens for Microsoft Graph are issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GraphState {
    /// Tokens are issued.
    #[default]
    Active,
    /// AADSTS500014: an administrator disabled the enterprise application.
    Disabled,
}

/// Whether the service principal of Exchange Online exists and is enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExchangeState {
    /// Exchange Online is there.
    #[default]
    Active,
    /// Never provisioned: AADSTS500011.
    Absent,
    /// The subscription lapsed: AADSTS500014.
    Disabled,
}

/// What a service checks first. Public analyses of Exchange report access; Microsoft documents neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstCheck {
    /// Whether the app holds the role.
    #[default]
    Access,
    /// Whether the id is one, and of an item that exists.
    Ids,
}

/// Where tenant restrictions refuse the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TenantRestriction {
    /// At the token endpoint: AADSTS500021.
    SignIn,
    /// At Exchange: 403 with `x-ms-diagnostics` 2000020.
    Exchange,
}

/// `Get-OrganizationConfig`: `EwsEnabled` and `EwsAllowedAppIDs`; an absent value is `$null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EwsPolicy {
    /// `EwsEnabled` of the organization.
    pub enabled: Option<bool>,
    /// `EwsAllowedAppIDs`.
    pub allowed_app_ids: Option<Vec<String>>,
    /// `EwsApplicationAccessPolicy` and its lists, which only the evidence of an administrator shows.
    pub user_agents: Option<UserAgentPolicy>,
}

/// `EwsApplicationAccessPolicy` of `Get-OrganizationConfig`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserAgentPolicy {
    /// `EnforceAllowList` or `EnforceBlockList`.
    pub policy: String,
    /// `EwsAllowList`.
    #[serde(default)]
    pub allow_list: Vec<String>,
    /// `EwsBlockList`.
    #[serde(default)]
    pub block_list: Vec<String>,
}

/// Limits after which a service throttles; an absent limit is not applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Requests of the whole app at the same time, per service.
    pub in_flight: Option<usize>,
    /// Requests to one mailbox at the same time, per service. Microsoft documents 4 for Outlook.
    pub mailbox_in_flight: Option<usize>,
    /// Every nth request to a service is throttled; 1 throttles all of them.
    pub every: Option<u64>,
    /// Seconds of `Retry-After`, and of `BackOffMilliseconds` in Exchange's responses.
    pub retry_after: Option<u64>,
}

/// Rooms that are generated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoreRooms {
    /// How many.
    pub count: usize,
    /// How many of them, counted from the end, an access policy denies to every app.
    #[serde(default)]
    pub refused: usize,
}
