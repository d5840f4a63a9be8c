//! The result of this room: all connections of one settings file.

use std::collections::HashSet;

use crate::evidence::{AcceptedFinding, ConnectionKind, InputNote, SettingsFault};
use crate::terms::{Api, CheckId, SkipReason};

use super::{ClientId, Credential, FileEndpoints, MailboxAddress, ProductVersion, TenantId};

/// Whether a feature of the product is in use, according to the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Feature {
    /// In use: its checks are required.
    Enabled,
    /// Not in use: its checks are left out.
    Disabled,
    /// Not specified: its checks run and are optional.
    #[default]
    Unspecified,
}

/// All connections of one installation.
#[derive(Debug, Clone)]
pub struct Estate {
    /// The id of the cloud, one of [`super::Reference::cloud_ids`].
    pub cloud: String,
    /// The version of ResourceXpress, where it was given.
    pub product_version: Option<ProductVersion>,
    /// In the order system, locations, profiles, mail, user sync; never empty.
    pub connections: Vec<Connection>,
    /// What was left out of a list or replaced by an option, for the screen and the report.
    pub input_notes: Vec<InputNote>,
    /// Findings that do not count.
    pub accepted: Vec<AcceptedFinding>,
    /// Where a simulated tenant listens, if the settings file names it.
    pub endpoints: FileEndpoints,
}

/// One set of ResourceXpress settings with everything it inherits.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `system`, `mail`, `user-sync`, or the name of the location or profile; unique in the estate.
    pub name: String,
    /// Where in the product these settings are entered.
    pub kind: ConnectionKind,
    /// The API over which it books; `None` for mail and user sync with credentials of their own.
    pub api: Option<Api>,
    /// As typed; empty where none was given.
    pub tenant_id: TenantId,
    /// The ids of the clouds to which the tenant's domain belongs, where the chosen cloud is not among them.
    pub domain_clouds: Vec<String>,
    /// As typed; empty where none was given.
    pub client_id: ClientId,
    /// The client secret, or a certificate in its place.
    pub credential: Credential,
    /// The index, from 0, of the distinct set of tenant, client and credential.
    pub credentials: usize,
    /// Use OAuth, where the settings state it.
    pub use_oauth: Option<bool>,
    /// The Server Host Name, where one was given and belongs to this connection's API or contradicts it.
    pub server_host_name: Option<String>,
    /// The Resource Login User ID as typed, `None` if it is absent or empty.
    pub service_account: Option<String>,
    /// The rooms it books.
    pub rooms: Rooms,
    /// On the one connection that sends mail.
    pub mail: Option<MailSettings>,
    /// On the one connection that reads users and groups.
    pub user_sync: Option<Feature>,
    /// What cannot be right, or looks wrong, before any request.
    pub faults: Vec<SettingsFault>,
}

/// The rooms of one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rooms {
    /// Distinct, in the order given, spelled as first given.
    pub addresses: Vec<MailboxAddress>,
    /// Rooms that are not a valid SMTP address; distinct, in the order given.
    pub malformed: Vec<String>,
    /// Whether any source of rooms was named that needs no tenant.
    pub given: bool,
    /// Whether the tenant is to list its rooms besides.
    pub from_tenant: bool,
    /// Why the tenant's rooms are missing, once they were requested.
    pub unlisted: Option<(SkipReason, Option<CheckId>)>,
    /// Whether rooms belong here: not for mail and user sync, and not for a system whose locations and profiles have them.
    pub expected: bool,
}

impl Rooms {
    /// Adds the rooms that the tenant lists, but for those that were given.
    pub fn add_listed(&mut self, listed: Vec<MailboxAddress>) {
        let mut known: HashSet<MailboxAddress> = self.addresses.iter().cloned().collect();
        self.addresses
            .extend(listed.into_iter().filter(|room| known.insert(room.clone())));
    }
}

/// Outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailSettings {
    /// Whether mail is sent at all.
    pub feature: Feature,
    /// The sender, where the settings name one.
    pub from: Option<String>,
}
