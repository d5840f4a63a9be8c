//! The public, stable ids of the checks.

use super::id_enum::id_enum;

id_enum! {
    /// One check of the program, in the order of the report.
    CheckId, "check":
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
    /// The part before the dot: the group in which the check is selected and shown.
    pub fn group(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_the_part_before_the_dot() {
        assert_eq!(CheckId::SignInExchange.group(), "sign-in");
    }
}
