//! Headings, labels and column titles of every format, and the names of outcomes, requirements and verdicts.

use crate::report::Verdict;
use crate::terms::{AdminRole, Api, Confidence, Outcome, Requirement};

/// Heading of the sections with their counts.
pub const CHECKS: &str = "Checks";
/// Heading of the causes.
pub const PROBLEMS: &str = "Problems and how to fix them";
/// Heading of the causes that are only notes.
pub const NOTES: &str = "Notes";
/// Heading of the permissions of each app.
pub const PERMISSIONS: &str = "Permissions";
/// Heading of the rooms, drawn as squares.
pub const ROOMS: &str = "Rooms";
/// Heading of the rows that did not pass.
pub const CHECKS_NOT_PASSED: &str = "Checks that did not pass";
/// Heading of every row.
pub const EVERY_CHECK: &str = "Every check";
/// Heading of the requests that were sent.
pub const REQUESTS: &str = "Requests sent";
/// Heading of the requests without a successful response, where the others are not listed.
pub const REQUESTS_NOT_SUCCESSFUL: &str = "Requests without a successful response";
/// Heading of what only an administrator can look up.
pub const NOT_COVERED: &str = "What this report does not cover";

/// Label of the tenant.
pub const TENANT: &str = "Tenant";
/// Label of a single connection.
pub const CONNECTION: &str = "Connection";
/// Label of several connections.
pub const CONNECTIONS: &str = "Connections";
/// Label of the options that narrowed the run, such as `--only`.
pub const SELECTION: &str = "Selection";
/// Label of notes about the inputs.
pub const INPUT: &str = "Input";
/// Label of the account that ran the check.
pub const ACCOUNT: &str = "Run as";
/// Label of the evidence of an administrator.
pub const EVIDENCE_OF_ADMINISTRATOR: &str = "Evidence";
/// The sentence with which a hand-over requests the evidence of an administrator.
pub const EVIDENCE_REQUEST: &str = "At least one cause is not certain, because several causes look the same to the app. You can settle it before you \
     change anything: request the read-only script that `rx-preflight collect` writes from the person who sent you this document, \
     run it, and return the JSON file that it writes.";
/// Label of the proxy in use.
pub const PROXY: &str = "Proxy";
/// Label of the time, duration and requests of the run.
pub const RUN: &str = "Run";
/// Label of the report id.
pub const REPORT: &str = "Report";
/// Label of what was replaced in a redacted copy.
pub const REDACTED: &str = "Redacted";
/// Label of a run that was stopped.
pub const INTERRUPTED: &str = "Interrupted";
/// Label of the counts over all checks.
pub const ALL_CHECKS: &str = "All checks";

/// Label of what does not work for users.
pub const IMPACT: &str = "Impact";
/// Label of what was observed.
pub const EVIDENCE: &str = "Evidence";
/// Label of the rooms and checks that a cause explains.
pub const AFFECTS: &str = "Affects";
/// Label of other causes that fit the same responses.
pub const COULD_ALSO_BE: &str = "Could also be";
/// Label of the role that can fix a cause, in a narrow column.
pub const WHO: &str = "Who";
/// Label of the role that can fix a cause, where there is room for it.
pub const WHO_CAN_FIX_IT: &str = "Who can fix it";
/// Label of the numbered steps.
pub const FIX: &str = "Fix";
/// Label of the first step of a note.
pub const FIRST_STEP: &str = "First step";
/// Label of the commands to run.
pub const COMMANDS: &str = "Commands";
/// Label of how to see that the fix worked.
pub const VERIFY: &str = "Verify";
/// Label of the time until the fix takes effect.
pub const TAKES_EFFECT: &str = "Takes effect";
/// Label of the links to documentation.
pub const LEARN_MORE: &str = "Learn more";
/// Label of the id of a cause.
pub const CAUSE: &str = "Cause";
/// Label of the request ids that the support of the service needs.
pub const FOR_SUPPORT: &str = "For support";

/// Column of outcomes.
pub const COLUMN_RESULT: &str = "Result";
/// Column of checks and subjects.
pub const COLUMN_CHECK: &str = "Check";
/// Column of messages.
pub const COLUMN_DETAILS: &str = "Details";
/// Column of sections.
pub const COLUMN_SECTION: &str = "Section";
/// Column of permissions.
pub const COLUMN_PERMISSION: &str = "Permission";
/// Column of what the token declares.
pub const COLUMN_IN_TOKEN: &str = "In token";
/// Column of times.
pub const COLUMN_TIME: &str = "Time";
/// Column of requests.
pub const COLUMN_REQUEST: &str = "Request";
/// Column of what the service returned.
pub const COLUMN_RESPONSE: &str = "Response";
/// Column of a name in the ResourceXpress console.
pub const COLUMN_FIELD: &str = "Field";
/// Column of the value of a field over EWS.
pub const COLUMN_OVER_EWS: &str = "Over EWS (usual value)";
/// Column of the value of a field over Graph.
pub const COLUMN_OVER_GRAPH: &str = "Over Graph";

/// Label of a verdict that covers only some sections, because the others were deselected.
pub const READY_PARTIAL: &str = "Ready (partial check)";
/// The label of the readiness where only a sample of the rooms was checked.
pub const READY_TO_SWITCH_PARTIAL: &str = "Ready to switch (partial check)";

/// Every outcome, in the order in which counts are listed.
pub const OUTCOMES: [Outcome; 5] = [
    Outcome::Pass,
    Outcome::Fail,
    Outcome::Error,
    Outcome::Unknown,
    Outcome::Skipped,
];

/// Label of an outcome.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Passed",
        Outcome::Fail => "Failed",
        Outcome::Unknown => "Unknown",
        Outcome::Skipped => "Skipped",
        Outcome::Error => "Error",
    }
}

/// Label of a requirement, in front of a cause.
pub fn requirement(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Required => "Required",
        Requirement::Optional => "Optional",
        Requirement::Advisory => "Note",
    }
}

/// How certain a cause is.
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Confirmed => "confirmed",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// Label of a verdict.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotReady => "Not ready",
        Verdict::Inconclusive => "Inconclusive",
        Verdict::ReadyLimited => "Ready (with limitations)",
        Verdict::Ready => "Ready",
    }
}

/// Name of the API over which a connection books.
pub fn api(api: Option<Api>) -> &'static str {
    match api {
        Some(Api::Ews) => "EWS",
        Some(Api::Graph) => "Graph",
        None => "User sync only",
    }
}

/// The role that can fix a cause, or that waiting is enough.
pub fn who(who: &str) -> &str {
    match who.parse::<AdminRole>() {
        Ok(role) => role.label(),
        // A saved report of a later version may name a role that this one does not know.
        Err(_) => who,
    }
}

/// Whether a remedy requires no action of any role.
pub fn needs_no_action(who: &str) -> bool {
    who == AdminRole::NotNeeded.as_str()
}
