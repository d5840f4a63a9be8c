//! The configuration of one mailbox that an administrator can see, and what Exchange lets the apps do with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::administrator_exchange::{EwsSwitch, EwsUserAgentPolicy};

/// What an address is used for in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailboxPurpose {
    /// A room.
    Room,
    /// The Resource Login User ID.
    ServiceAccount,
    /// The sender of mail.
    Sender,
}

/// What an administrator can see about one address of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MailboxAdministration {
    /// The address as it is in the settings.
    pub address: String,
    /// What it is used for.
    pub purposes: Vec<MailboxPurpose>,
    /// Whether Exchange knows a recipient with this address: `false` only if Exchange reported that there is none.
    pub found: Option<bool>,
    /// `Get-Recipient`.
    pub recipient: Option<RecipientFacts>,
    /// `Get-Mailbox`.
    pub mailbox: Option<MailboxFacts>,
    /// `EwsEnabled` of `Get-CASMailbox`.
    pub ews_enabled: Option<EwsSwitch>,
    /// The User-Agent policy of the mailbox (`Get-CASMailbox`).
    pub ews_user_agents: Option<EwsUserAgentPolicy>,
    /// `Get-CalendarProcessing`; for rooms only.
    pub calendar_processing: Option<CalendarProcessing>,
    /// The path of the calendar folder, such as `/Kalender` (`Get-MailboxFolderStatistics`); for rooms only.
    pub calendar_folder: Option<String>,
    /// `Get-MailboxFolderPermission` of that folder, for Default, Anonymous and the service accounts; for rooms only.
    pub calendar_permissions: Option<Vec<CalendarPermission>>,
    /// What Exchange responds about the access of each app.
    pub access: Vec<AppAccess>,
}

impl MailboxAdministration {
    /// What Exchange responded about the access of an app.
    pub fn access_of(&self, app_id: &str) -> Option<&AppAccess> {
        self.access
            .iter()
            .find(|access| access.app_id.eq_ignore_ascii_case(app_id))
    }
}

/// A recipient (`Get-Recipient`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RecipientFacts {
    /// `RecipientTypeDetails`, such as `RoomMailbox`, `UserMailbox` or `MailUser`.
    pub recipient_type: Option<String>,
    /// `PrimarySmtpAddress`.
    pub primary_address: Option<String>,
    /// The SMTP addresses of `EmailAddresses`, without their prefix.
    pub addresses: Option<Vec<String>>,
    /// `HiddenFromAddressListsEnabled`.
    pub hidden: Option<bool>,
}

/// A mailbox (`Get-Mailbox`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MailboxFacts {
    /// `AccountDisabled`: normal for rooms.
    pub account_disabled: Option<bool>,
    /// `SKUAssigned`: whether a license is assigned. Rooms and shared mailboxes need none.
    pub license_assigned: Option<bool>,
    /// `UserPrincipalName`.
    pub user_principal_name: Option<String>,
}

/// How a room responds to meeting requests (`Get-CalendarProcessing`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CalendarProcessing {
    /// `AutomateProcessing`: `None`, `AutoUpdate` or `AutoAccept`.
    pub automate_processing: Option<String>,
    /// `AddOrganizerToSubject`.
    pub add_organizer_to_subject: Option<bool>,
    /// `DeleteSubject`.
    pub delete_subject: Option<bool>,
    /// `DeleteComments`.
    pub delete_comments: Option<bool>,
    /// `DeleteAttachments`.
    pub delete_attachments: Option<bool>,
    /// `RemovePrivateProperty`.
    pub remove_private_property: Option<bool>,
    /// `OrganizerInfo`.
    pub organizer_info: Option<bool>,
    /// `ProcessExternalMeetingMessages`.
    pub process_external_meeting_messages: Option<bool>,
    /// `BookingWindowInDays`.
    pub booking_window_in_days: Option<i64>,
    /// `MaximumDurationInMinutes`.
    pub maximum_duration_in_minutes: Option<i64>,
    /// `MinimumDurationInMinutes`.
    pub minimum_duration_in_minutes: Option<i64>,
    /// `AllowRecurringMeetings`.
    pub allow_recurring_meetings: Option<bool>,
    /// `AllowConflicts`.
    pub allow_conflicts: Option<bool>,
    /// `EnforceSchedulingHorizon`.
    pub enforce_scheduling_horizon: Option<bool>,
    /// `ScheduleOnlyDuringWorkHours`.
    pub schedule_only_during_work_hours: Option<bool>,
    /// `AllBookInPolicy`.
    pub all_book_in_policy: Option<bool>,
    /// `AllRequestInPolicy`.
    pub all_request_in_policy: Option<bool>,
    /// `AllRequestOutOfPolicy`.
    pub all_request_out_of_policy: Option<bool>,
    /// The number of entries of `BookInPolicy`, without their names.
    pub book_in_policy: Option<u64>,
    /// The number of entries of `ResourceDelegates`, without their names.
    pub resource_delegates: Option<u64>,
    /// `EnableAutoRelease`: Exchange releases a room without check-in.
    pub enable_auto_release: Option<bool>,
    /// `PostReservationMaxClaimTimeInMinutes`.
    pub post_reservation_max_claim_time_in_minutes: Option<i64>,
}

/// A permission on the calendar folder of a room (`Get-MailboxFolderPermission`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CalendarPermission {
    /// `Default`, `Anonymous`, or the address of a service account.
    pub user: String,
    /// `AccessRights`, such as `LimitedDetails` or `Editor`.
    pub rights: Vec<String>,
}

/// What Exchange responds about the access of one app to one mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppAccess {
    /// The app ID.
    pub app_id: String,
    /// `AccessCheckResult` of `Test-ApplicationAccessPolicy`: `Granted` or `Denied`.
    pub access_policy: Option<String>,
    /// `Test-ServicePrincipalAuthorization`: the roles that the app has inside Exchange. It does not run for an app that is not
    /// registered in Exchange (`exchange_service_principals`), which has none.
    pub exchange_roles: Option<Vec<RoleAuthorization>>,
}

/// A role of an app inside Exchange, and whether a mailbox is in its scope (`Test-ServicePrincipalAuthorization`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RoleAuthorization {
    /// `RoleName`, such as `Application Calendars.ReadWrite`.
    pub role: String,
    /// `GrantedPermissions`.
    pub granted_permissions: Option<String>,
    /// `AllowedResourceScope`.
    pub allowed_scope: Option<String>,
    /// `ScopeType`: `Organization`, `CustomRecipientScope`, `AdministrativeUnit` or `Group`.
    pub scope_type: Option<String>,
    /// `InScope`; absent if Exchange did not run this part of the test.
    pub in_scope: Option<bool>,
}
