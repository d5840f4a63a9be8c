//! The move of a connection from EWS to Microsoft Graph.

use super::id_enum::id_enum;

id_enum! {
    /// Whether a connection, or the whole estate, can switch to Graph.
    #[derive(schemars::JsonSchema)]
    Readiness, "readiness":
    /// All required checks over Graph passed: the connection can switch.
    ReadyToSwitch = "ready-to-switch",
    /// A required check over Graph failed: the plan lists what to do first.
    WorkToDo = "work-to-do",
    /// A required check over Graph could not be completed.
    Inconclusive = "inconclusive",
}

id_enum! {
    /// What the results of one room over EWS and over Graph mean together.
    #[derive(schemars::JsonSchema)]
    Parity, "parity":
    /// The room works over both APIs.
    WorksOnBoth = "works-on-both",
    /// The room works over EWS and would fail over Graph.
    WouldFailOnGraph = "would-fail-on-graph",
    /// The room works over Graph only.
    WorksOnGraphOnly = "works-on-graph-only",
    /// The room fails over both APIs.
    FailsOnBoth = "fails-on-both",
    /// At least one of the two results is unknown.
    Unknown = "unknown",
}

id_enum! {
    /// A part of the migration plan, in order.
    #[derive(schemars::JsonSchema)]
    MigrationPhase, "phase":
    /// Everything that can be done while ResourceXpress still uses EWS.
    Before = "before",
    /// The change in ResourceXpress.
    Switch = "switch",
    /// What to verify and to remove afterward.
    After = "after",
    /// The way back.
    Rollback = "rollback",
}

id_enum! {
    /// A step of the migration plan that does not come from a cause.
    #[derive(schemars::JsonSchema)]
    MigrationStepId, "migration step":
    /// Install a version of ResourceXpress that has 'Use Graph API'.
    UpdateResourceXpress = "update-resourcexpress",
    /// Assign the Exchange role for Graph to an app that is limited inside Exchange.
    AssignExchangeRole = "assign-exchange-role",
    /// Confirm that the product can use the hosts of a national cloud.
    ConfirmNationalCloud = "confirm-national-cloud",
    /// Replace addresses that only Graph accepts, or that only EWS reaches.
    CheckRoomAddresses = "check-room-addresses",
    /// Enter the new values in the console.
    EnterConsoleFields = "enter-console-fields",
    /// Restart the services.
    RestartServices = "restart-services",
    /// Run `check` with the new settings.
    VerifyWithCheck = "verify-with-check",
    /// Remove the permission `full_access_as_app`.
    RemoveFullAccess = "remove-full-access",
    /// Remove the management role assignment for impersonation.
    RemoveImpersonation = "remove-impersonation",
    /// Remove the client ID from `EwsAllowedAppIDs`.
    RemoveAllowedApp = "remove-allowed-app",
    /// Enter the previous values again.
    ReturnToEws = "return-to-ews",
}

id_enum! {
    /// What the EWS responses of today show about the place of a tenant in Microsoft's withdrawal of EWS.
    #[derive(schemars::JsonSchema)]
    EwsStatus, "EWS status":
    /// Exchange Online responds to EWS requests.
    Working = "working",
    /// EWS is disabled for the organization.
    SwitchedOff = "switched-off",
    /// A policy blocks this app: the list of allowed apps, or a policy for the User-Agent.
    NotOnAllowList = "not-on-allow-list",
    /// The date on which EWS ended has passed, and EWS requests are rejected.
    Retired = "retired",
    /// No response shows it.
    Unknown = "unknown",
}
