//! The public, stable ids of the checks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A name that is no check of this program.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no check `{0}`")]
pub struct UnknownCheck(pub String);

/// Writes the enum, its public ids and the list of all checks from one table, so that a new check is one row.
macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $id:literal,)+) => {
        /// One question of the program, with a stable public id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum CheckId {
            $($(#[$doc])* #[serde(rename = $id)] $variant,)+
        }

        impl CheckId {
            /// Every check, in the order in which the report shows them.
            pub const ALL: &'static [CheckId] = &[$(CheckId::$variant,)+];

            /// The public id, such as `mailbox.impersonation`.
            pub fn as_str(self) -> &'static str {
                match self { $(CheckId::$variant => $id,)+ }
            }
        }
    };
}

checks! {
    /// Can the tenant id be right?
    SettingsTenantId = "settings.tenant-id",
    /// Can the client id be right?
    SettingsClientId = "settings.client-id",
    /// Can the client secret be right?
    SettingsClientSecret = "settings.client-secret",
    /// Does the Server Host Name fit the chosen API?
    SettingsServerHostName = "settings.server-host-name",
    /// Is the Resource Login User ID there and well formed?
    SettingsServiceAccount = "settings.service-account",
    /// Are the room addresses well formed?
    SettingsRooms = "settings.rooms",
    /// Is the sign-in host reached?
    NetworkSignIn = "network.sign-in",
    /// Is Microsoft Graph reached?
    NetworkGraph = "network.graph",
    /// Is Exchange Online reached?
    NetworkExchange = "network.exchange",
    /// Does the local clock agree with the services?
    NetworkClock = "network.clock",
    /// Does the tenant exist in this cloud?
    TenantDiscovery = "tenant.discovery",
    /// Is a token for Microsoft Graph issued?
    SignInGraph = "sign-in.graph",
    /// Is a token for Exchange Online issued?
    SignInExchange = "sign-in.exchange",
    /// When does the secret in use end?
    RegistrationSecretExpiry = "registration.secret-expiry",
    /// Is what the registration requests also granted?
    RegistrationConsent = "registration.consent",
    /// May the app use EWS for every mailbox?
    GrantFullAccessAsApp = "grant.full-access-as-app",
    /// May the app read and write calendars over Graph?
    GrantCalendarsReadWrite = "grant.calendars-read-write",
    /// May the app send mail?
    GrantMailSend = "grant.mail-send",
    /// May the app read users?
    GrantUserReadAll = "grant.user-read-all",
    /// May the app read groups?
    GrantGroupReadAll = "grant.group-read-all",
    /// Which roles are granted beyond need?
    GrantSurplus = "grant.surplus",
    /// Has the Resource Login User ID a usable mailbox?
    MailboxServiceAccount = "mailbox.service-account",
    /// Does an EWS call on behalf of this room reach its calendar?
    MailboxImpersonation = "mailbox.impersonation",
    /// Can the room's calendar be read?
    MailboxCalendarRead = "mailbox.calendar-read",
    /// Can the room's calendar be written?
    MailboxCalendarWrite = "mailbox.calendar-write",
    /// Is this mailbox refused, as it should be?
    MailboxExpectDenied = "mailbox.expect-denied",
    /// Would Graph accept a message from this sender?
    MailSend = "mail.send",
    /// Does reading users succeed?
    DirectoryUsers = "directory.users",
    /// Does reading groups succeed?
    DirectoryGroups = "directory.groups",
    /// How long will this EWS connection live?
    ExchangeEwsRetirement = "exchange.ews-retirement",
    /// How do the rooms process bookings?
    RoomCalendarProcessing = "room.calendar-processing",
}

impl CheckId {
    /// The part before the point: the group in which the check is selected and shown.
    pub fn group(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for CheckId {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|check| check.as_str() == text).ok_or_else(|| UnknownCheck(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_reads_back_to_its_check() {
        for check in CheckId::ALL {
            assert_eq!(check.as_str().parse(), Ok(*check));
        }
    }

    #[test]
    fn an_unknown_id_is_named_in_the_error() {
        let error = "mailbox.imp".parse::<CheckId>().unwrap_err();
        assert_eq!(error.to_string(), "there is no check `mailbox.imp`");
    }

    #[test]
    fn the_group_is_the_part_before_the_point() {
        assert_eq!(CheckId::SignInExchange.group(), "sign-in");
    }
}
