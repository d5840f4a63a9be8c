//! Kinds of values that name a customer, with the prefixes of their pseudonyms.

/// The kind of a value that names the customer. If one value has two kinds, its pseudonym has the first of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ValueKind {
    TenantId,
    AppId,
    ServiceAccount,
    Sender,
    Room,
    /// An email address whose role is not known, or that occurs only in a sentence.
    Mailbox,
    /// The domain of an email address, or a tenant ID typed as a domain.
    Domain,
    Host,
    Location,
    Profile,
    Connection,
    AppName,
    SecretName,
    RoomName,
    SecretId,
    ObjectId,
    /// The issuer of a certificate that Microsoft does not use.
    Issuer,
    UserAgent,
    /// A value that was typed in the wrong format, such as a room without an email address.
    Entry,
}

impl ValueKind {
    /// The prefix of the pseudonym, and the kind in the counts of a report.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::TenantId => "tenant-id",
            Self::AppId => "app-id",
            Self::ServiceAccount => "account",
            Self::Sender => "sender",
            Self::Room => "room",
            Self::Mailbox => "mailbox",
            Self::Domain => "tenant",
            Self::Host => "host",
            Self::Location => "location",
            Self::Profile => "profile",
            Self::Connection => "connection",
            Self::AppName => "app-name",
            Self::SecretName => "secret-name",
            Self::RoomName => "room-name",
            Self::SecretId => "secret-id",
            Self::ObjectId => "object-id",
            Self::Issuer => "issuer",
            Self::UserAgent => "user-agent",
            Self::Entry => "entry",
        }
    }

    /// Whether values of this kind are email addresses.
    pub(super) fn is_address(self) -> bool {
        matches!(
            self,
            Self::ServiceAccount | Self::Sender | Self::Room | Self::Mailbox
        )
    }
}
