//! The setup guide: its parts, its steps, and what a report shows about them.

use super::id_enum::id_enum;

id_enum! {
    /// A part of the setup guide, in order.
    #[derive(schemars::JsonSchema)]
    GuidePart, "part of the guide":
    /// The app registration in Microsoft Entra.
    Entra = "entra",
    /// The fields of the ResourceXpress console.
    Console = "console",
    /// The mailboxes and policies of Exchange Online.
    Exchange = "exchange",
    /// The network of the ResourceXpress server.
    Network = "network",
    /// The proof that it works.
    Verify = "verify",
    /// What is not needed and can be removed.
    CleanUp = "clean-up",
}

id_enum! {
    /// A step of the setup guide, in the order in which the steps are done.
    #[derive(schemars::JsonSchema)]
    GuideStepId, "guide step":
    /// Register the app.
    RegisterApp = "register-app",
    /// Add the permission for EWS.
    AddEwsPermission = "add-ews-permission",
    /// Add the permission for calendars over Graph.
    AddGraphPermission = "add-graph-permission",
    /// Add the permission for outgoing mail.
    AddMailPermission = "add-mail-permission",
    /// Add the permissions for user sync.
    AddUserSyncPermissions = "add-user-sync-permissions",
    /// Grant admin consent.
    GrantConsent = "grant-consent",
    /// Create the client secret.
    CreateSecret = "create-secret",
    /// Copy the IDs of the app and the tenant.
    CopyIds = "copy-ids",
    /// Enter the fields of the Resource Server tab.
    EnterConsoleFields = "enter-console-fields",
    /// Enter the fields of locations and resource profiles.
    EnterOwnValues = "enter-own-values",
    /// Enter the fields of user sync.
    EnterUserSyncFields = "enter-user-sync-fields",
    /// Restart the services.
    RestartServices = "restart-services",
    /// Prepare the service account for EWS.
    PrepareServiceAccount = "prepare-service-account",
    /// Make impersonation work for every room over EWS.
    EnableImpersonation = "enable-impersonation",
    /// Confirm that Graph needs no impersonation.
    NoImpersonation = "no-impersonation",
    /// Allow the app to use EWS.
    AllowEws = "allow-ews",
    /// Prepare the room mailboxes.
    PrepareRooms = "prepare-rooms",
    /// Set the calendar processing of the rooms.
    SetCalendarProcessing = "set-calendar-processing",
    /// Limit the app to the rooms.
    LimitAccess = "limit-access",
    /// Open the hosts and ports.
    OpenHosts = "open-hosts",
    /// Run `check`.
    RunCheck = "run-check",
    /// Test a panel.
    TestPanel = "test-panel",
    /// Remove permissions that are not needed.
    RemovePermissions = "remove-permissions",
}

id_enum! {
    /// What a report shows about a step of the setup guide.
    #[derive(schemars::JsonSchema)]
    GuideState, "state of a step":
    /// Every check of the step passed.
    Done = "done",
    /// A check of the step failed, or the report has a problem or note that the step fixes.
    Open = "open",
    /// The report does not show it.
    NotShown = "not-shown",
}
