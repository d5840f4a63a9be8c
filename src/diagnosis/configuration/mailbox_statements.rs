//! What the configuration states about the mailbox behind an address.

use crate::terms::ConfigurationFact;

use super::statement::{Statement, Subject};

/// Types of mailboxes that need no license.
/// <https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-resource-mailboxes> (2026-11-28)
const WITHOUT_LICENSE: [&str; 3] = ["RoomMailbox", "EquipmentMailbox", "SharedMailbox"];

impl Subject<'_> {
    /// What is known about the recipient, its address, and its license.
    pub(super) fn mailbox_statements(&self) -> Vec<Statement> {
        let Some(mailbox) = self.mailbox() else {
            return Vec::new();
        };
        if mailbox.found == Some(false) {
            return vec![self.state(ConfigurationFact::RecipientMissing, "")];
        }
        let kind = mailbox
            .recipient
            .as_ref()
            .and_then(|own| own.recipient_type.as_deref());
        let primary = mailbox
            .recipient
            .as_ref()
            .and_then(|own| own.primary_address.as_deref());
        let place = kind.map(|kind| self.place_statement(kind));
        let address = primary.map(|primary| self.address_statement(primary));
        let is_licensed = mailbox
            .mailbox
            .as_ref()
            .and_then(|own| own.license_assigned);
        let license = kind.and_then(|kind| self.license_statement(kind, is_licensed));
        place.into_iter().chain(address).chain(license).collect()
    }

    fn place_statement(&self, kind: &str) -> Statement {
        // `RemoteRoomMailbox` and `MailUser` are the cloud's entries for mailboxes on premises.
        let is_here = kind.ends_with("Mailbox") && !kind.starts_with("Remote");
        let fact = if is_here {
            ConfigurationFact::MailboxHere
        } else {
            ConfigurationFact::MailboxElsewhere
        };
        self.state(fact, kind)
    }

    fn address_statement(&self, primary: &str) -> Statement {
        let is_primary = self
            .address
            .is_some_and(|own| own.eq_ignore_ascii_case(primary));
        if is_primary {
            self.state(ConfigurationFact::AddressIsPrimary, "")
        } else {
            self.state(ConfigurationFact::AddressIsAlias, primary)
        }
    }

    fn license_statement(&self, kind: &str, is_licensed: Option<bool>) -> Option<Statement> {
        if WITHOUT_LICENSE.contains(&kind) || is_licensed == Some(true) {
            return Some(self.state(ConfigurationFact::LicenseSufficient, kind));
        }
        (is_licensed == Some(false)).then(|| self.state(ConfigurationFact::LicenseMissing, ""))
    }
}
