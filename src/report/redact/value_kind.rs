//! The kinds of values that name a customer, and the words their pseudonyms begin with.

/// What a value names. Where one value is known in two roles, the earlier kind of this list gives it its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ValueKind {
    TenantId,
    AppId,
    ServiceAccount,
    Sender,
    Room,
    /// An address whose role is not known, or that was only found in a sentence.
    Mailbox,
    /// The part of an address behind the @, or a tenant id given as a domain.
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
    /// The issuer of a certificate that is none of Microsoft's.
    Issuer,
    UserAgent,
    /// Something typed that is not what it should be, such as a room that is no address.
    Entry,
}

impl ValueKind {
    /// The word in front of the pseudonym, and the kind in the counts of a report.
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

    /// Whether values of this kind are mail addresses.
    pub(super) fn is_address(self) -> bool {
        matches!(
            self,
            Self::ServiceAccount | Self::Sender | Self::Room | Self::Mailbox
        )
    }
}
