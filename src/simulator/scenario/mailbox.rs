//! Mailboxes, users and groups.

use serde::Deserialize;

/// A mailbox in Exchange.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The primary SMTP address.
    pub address: String,
    /// The display name; made from the address if absent.
    pub display_name: Option<String>,
    /// What kind of mailbox it is.
    #[serde(default)]
    pub kind: MailboxKind,
    /// `HiddenFromAddressListsEnabled`: it is in no list of rooms.
    #[serde(default)]
    pub hidden: bool,
    /// Further addresses of the same mailbox.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// `EwsEnabled` of `Set-CASMailbox`.
    #[serde(default = "yes")]
    pub ews_enabled: bool,
    /// The state of its license.
    #[serde(default)]
    pub license: License,
    /// Whether the mailbox exists, and where.
    #[serde(default)]
    pub state: MailboxState,
    /// What may be done in its calendar.
    #[serde(default)]
    pub calendar: CalendarState,
    /// EWS refuses it with an empty 403, whatever the app may do.
    #[serde(default)]
    pub ews_refused: bool,
    /// A response code that EWS returns for every item of this mailbox.
    pub ews_error: Option<String>,
    /// An error that Graph returns for every request to this mailbox.
    pub graph_error: Option<GraphError>,
    /// Settings of `Get-CalendarProcessing` that differ from those of a new room, under the names of the evidence of an
    /// administrator, which alone shows them.
    #[serde(default)]
    pub calendar_processing: serde_json::Map<String, serde_json::Value>,
}

impl Mailbox {
    /// A room mailbox with nothing wrong.
    pub(crate) fn room(address: String) -> Mailbox {
        Mailbox {
            address,
            display_name: None,
            kind: MailboxKind::Room,
            aliases: Vec::new(),
            ews_enabled: true,
            license: License::Ok,
            state: MailboxState::Ok,
            calendar: CalendarState::Writable,
            ews_refused: false,
            ews_error: None,
            graph_error: None,
            hidden: false,
            calendar_processing: serde_json::Map::new(),
        }
    }
}

fn yes() -> bool {
    true
}

/// The kind of a mailbox (`RecipientTypeDetails`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailboxKind {
    /// A room mailbox.
    #[default]
    Room,
    /// A person's or service account's mailbox.
    User,
    /// A shared mailbox.
    Shared,
}

/// License of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum License {
    /// Nothing is missing.
    #[default]
    Ok,
    /// `ErrorInvalidLicense`.
    Missing,
}

/// Whether the mailbox exists, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailboxState {
    /// In Exchange Online.
    #[default]
    Ok,
    /// Still on premises.
    OnPremises,
    /// Being moved.
    Moving,
    /// Its account is disabled.
    Disabled,
    /// Deleted, but not purged.
    SoftDeleted,
}

/// What may be done in the calendar folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarState {
    /// Read and written.
    #[default]
    Writable,
    /// Only read.
    ReadOnly,
    /// There is no calendar folder.
    Missing,
}

/// An error of Graph.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphError {
    /// The HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: String,
    /// `error.message`.
    pub message: String,
}

/// A user of the directory without a mailbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user principal name.
    pub address: String,
    /// The display name; made from the address if absent.
    pub display_name: Option<String>,
    /// Whether sign-in is allowed.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// A group of the directory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The object id, a GUID.
    pub id: String,
    /// The display name.
    pub display_name: String,
    /// Addresses of its members.
    #[serde(default)]
    pub members: Vec<String>,
}
