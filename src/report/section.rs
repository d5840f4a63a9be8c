//! The sections of the report, along the chain from the settings to the rooms.

use crate::evidence::CheckId;

/// One part of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// What was typed into ResourceXpress.
    Settings,
    /// The way from this machine to Microsoft.
    Network,
    /// The tenant.
    Tenant,
    /// Tokens.
    SignIn,
    /// The app registration.
    Registration,
    /// The permissions.
    Grants,
    /// The rooms and the service account.
    Mailboxes,
    /// Sending mail.
    Mail,
    /// Users and groups.
    Directory,
    /// What is worth knowing beside it.
    Advice,
}

impl Section {
    /// Every section, in the order of the chain.
    pub const ALL: [Self; 10] = [
        Self::Settings,
        Self::Network,
        Self::Tenant,
        Self::SignIn,
        Self::Registration,
        Self::Grants,
        Self::Mailboxes,
        Self::Mail,
        Self::Directory,
        Self::Advice,
    ];

    /// The section in which a check stands.
    pub fn of(check: CheckId) -> Self {
        match check.group() {
            "settings" => Self::Settings,
            "network" => Self::Network,
            "tenant" => Self::Tenant,
            "sign-in" => Self::SignIn,
            "registration" => Self::Registration,
            "grant" => Self::Grants,
            "mailbox" => Self::Mailboxes,
            "mail" => Self::Mail,
            "directory" => Self::Directory,
            _ => Self::Advice,
        }
    }

    /// The name as it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Network => "network",
            Self::Tenant => "tenant",
            Self::SignIn => "sign-in",
            Self::Registration => "registration",
            Self::Grants => "grants",
            Self::Mailboxes => "mailboxes",
            Self::Mail => "mail",
            Self::Directory => "directory",
            Self::Advice => "advice",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_holds_a_check() {
        for section in Section::ALL {
            assert!(CheckId::ALL.iter().any(|check| Section::of(*check) == section), "{} is empty", section.name());
        }
    }

    #[test]
    fn only_the_ways_of_exchange_and_rooms_are_advice() {
        let advice: Vec<_> = CheckId::ALL.iter().filter(|check| Section::of(**check) == Section::Advice).collect();
        assert_eq!(advice, [&CheckId::ExchangeEwsRetirement, &CheckId::RoomCalendarProcessing]);
    }
}
