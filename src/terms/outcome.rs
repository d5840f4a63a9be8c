//! How a check ends, how sure that is, and how much depends on it.

use super::id_enum::id_enum;

id_enum! {
    /// How much depends on a check.
    #[derive(schemars::JsonSchema)]
    Requirement, "requirement":
    /// The connection does not work without it.
    Required = "required",
    /// A feature does not work without it.
    Optional = "optional",
    /// Advice; never changes the verdict.
    Advisory = "advisory",
}

id_enum! {
    /// How a check ended for one subject.
    #[derive(schemars::JsonSchema)]
    Outcome, "outcome":
    /// It is as it should be.
    Pass = "pass",
    /// It is not as it should be.
    Fail = "fail",
    /// It could not be decided.
    Unknown = "unknown",
    /// It was not asked.
    Skipped = "skipped",
    /// This program failed.
    Error = "error",
}

id_enum! {
    /// How sure a verdict is.
    #[derive(schemars::JsonSchema)]
    Confidence, "confidence":
    /// The service's own answer says so.
    Confirmed = "confirmed",
    /// The pattern of the answers points here; something else is imaginable.
    Likely = "likely",
    /// One of several candidates that the answers cannot tell apart.
    Possible = "possible",
}

id_enum! {
    /// Why a check was not asked. The list is fixed and public.
    #[derive(schemars::JsonSchema)]
    SkipReason, "reason for skipping":
    /// Something before it failed or could not be decided.
    Blocked = "blocked",
    /// The question makes no sense here.
    NotApplicable = "not-applicable",
    /// The user left it out.
    Deselected = "deselected",
    /// The settings do not say enough.
    NeedsInput = "needs-input",
    /// An app-only token cannot see it.
    NeedsPermission = "needs-permission",
    /// The run ended first.
    OutOfTime = "out-of-time",
}
