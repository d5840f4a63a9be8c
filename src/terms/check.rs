//! The public, stable ids of the checks.

use super::id_enum::id_enum;

/// Writes the ids and their groups from one list.
macro_rules! checks {
    ($($(#[$group_doc:meta])* $group:ident = $group_id:literal {
        $($(#[$doc:meta])* $variant:ident = $id:literal,)+
    })+) => {
        id_enum! {
            /// One check of the program, in the order of the report.
            CheckId, "check":
            $($($(#[$doc])* $variant = $id,)+)+
        }

        id_enum! {
            /// A group in which checks are selected and shown.
            CheckGroup, "group of checks":
            $($(#[$group_doc])* $group = $group_id,)+
        }

        impl CheckId {
            /// The group of the check: the part of its id before the dot.
            pub const fn group(self) -> CheckGroup {
                match self { $($(Self::$variant)|+ => CheckGroup::$group,)+ }
            }

            /// The checks that every room has, in the order of the chain; over Graph without the first one.
            pub const OF_A_ROOM: [Self; 3] = [
                Self::MailboxImpersonation,
                Self::MailboxCalendarRead,
                Self::MailboxCalendarWrite,
            ];

            /// Whether a row of this check is about a room. A row about all mailboxes has no address as its subject.
            pub fn is_about_a_room(self, subject: &str) -> bool {
                Self::OF_A_ROOM.contains(&self) && subject.contains('@')
            }

            /// Whether the check is about the path from this machine, so that its failure proves nothing about the tenant.
            pub fn is_network(self) -> bool {
                self.group() == CheckGroup::Network
            }
        }
    };
}

checks! {
    /// The values of the settings.
    Settings = "settings" {
        /// Can the tenant id be right?
        SettingsTenantId = "settings.tenant-id",
        /// Can the client id be right?
        SettingsClientId = "settings.client-id",
        /// Can the client secret be right?
        SettingsClientSecret = "settings.client-secret",
        /// Is Use OAuth on?
        SettingsUseOauth = "settings.use-oauth",
        /// Does the Server Host Name fit the chosen API?
        SettingsServerHostName = "settings.server-host-name",
        /// Is the Resource Login User ID there and well formed?
        SettingsServiceAccount = "settings.service-account",
        /// Are the room addresses well formed?
        SettingsRooms = "settings.rooms",
    }
    /// The connection from this machine to the services.
    Network = "network" {
        /// Is the sign-in host reached?
        NetworkSignIn = "network.sign-in",
        /// Is Microsoft Graph reached?
        NetworkGraph = "network.graph",
        /// Is Exchange Online reached?
        NetworkExchange = "network.exchange",
        /// Does the local clock agree with the services?
        NetworkClock = "network.clock",
    }
    /// The tenant.
    Tenant = "tenant" {
        /// Does the tenant exist in this cloud?
        TenantDiscovery = "tenant.discovery",
    }
    /// Access tokens.
    SignIn = "sign-in" {
        /// Is a token for Microsoft Graph issued?
        SignInGraph = "sign-in.graph",
        /// Is a token for Exchange Online issued?
        SignInExchange = "sign-in.exchange",
    }
    /// The app registration.
    Registration = "registration" {
        /// When does the secret in use end?
        RegistrationSecretExpiry = "registration.secret-expiry",
        /// Is what the registration requests also granted?
        RegistrationConsent = "registration.consent",
    }
    /// Permissions.
    Grant = "grant" {
        /// May the app use EWS for every mailbox?
        GrantFullAccessAsApp = "grant.full-access-as-app",
        /// Is the app allowed to read and write calendars through Graph?
        GrantCalendarsReadWrite = "grant.calendars-read-write",
        /// May the app send mail?
        GrantMailSend = "grant.mail-send",
        /// May the app read users?
        GrantUserReadAll = "grant.user-read-all",
        /// Is the app allowed to read groups?
        GrantGroupReadAll = "grant.group-read-all",
        /// Which roles are granted but not needed?
        GrantSurplus = "grant.surplus",
    }
    /// Rooms and the service account.
    Mailbox = "mailbox" {
        /// Does the Resource Login User ID have a usable mailbox?
        MailboxServiceAccount = "mailbox.service-account",
        /// Can the app open the calendar of this room through EWS impersonation?
        MailboxImpersonation = "mailbox.impersonation",
        /// Can the room's calendar be read?
        MailboxCalendarRead = "mailbox.calendar-read",
        /// Can the room's calendar be written?
        MailboxCalendarWrite = "mailbox.calendar-write",
        /// Is access to this mailbox denied, as it should be?
        MailboxExpectDenied = "mailbox.expect-denied",
    }
    /// Sending mail.
    Mail = "mail" {
        /// Would Graph accept a message from this sender?
        MailSend = "mail.send",
    }
    /// Users and groups.
    Directory = "directory" {
        /// Does reading users succeed?
        DirectoryUsers = "directory.users",
        /// Does reading groups succeed?
        DirectoryGroups = "directory.groups",
    }
    /// Exchange Online in general.
    Exchange = "exchange" {
        /// How long will this EWS connection work?
        ExchangeEwsRetirement = "exchange.ews-retirement",
    }
    /// Settings of room mailboxes.
    Room = "room" {
        /// How do the rooms process bookings?
        RoomCalendarProcessing = "room.calendar-processing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_the_part_before_the_dot() {
        for check in CheckId::ALL {
            let before = check.as_str().split('.').next();
            assert_eq!(before, Some(check.group().as_str()), "{check}");
        }
    }
}
