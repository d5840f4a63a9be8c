//! Phrases of the formats for monitors: metrics, the line of a plugin, and the card.

use crate::report::counting::format_count;

/// Description of the metric with the program's version.
pub const METRIC_INFO: &str = "Version of rx-preflight that wrote these metrics.";
/// Description of the metric that shows whether there is a result.
pub const METRIC_RUN_COMPLETED: &str =
    "1 if the run came to its end, 0 if it was interrupted or could not start.";
/// Description of the time of the run.
pub const METRIC_RUN_START: &str = "When the run started.";
/// Description of the duration.
pub const METRIC_RUN_DURATION: &str = "How long the run took.";
/// Description of the exit code.
pub const METRIC_EXIT_CODE: &str = "Exit code of the run, as in the JSON report.";
/// Description of the verdict.
pub const METRIC_VERDICT: &str = "1 for the verdict of the run, 0 for the others.";
/// Description of the readiness for the move to Graph.
pub const METRIC_READINESS: &str =
    "1 for the readiness to move from EWS to Graph, 0 for the others.";
/// Description of the checks.
pub const METRIC_CHECKS: &str = "Checks by outcome.";
/// Description of the rooms.
pub const METRIC_ROOMS: &str = "Rooms by the worst outcome of their checks.";
/// Description of the notes that require action.
pub const METRIC_ACTION: &str =
    "1 if a note requires action, for example a secret that expires soon.";
/// Description of the accepted findings.
pub const METRIC_ACCEPTED: &str = "Findings that are accepted and do not count.";
/// Description of the end of the accepted findings.
pub const METRIC_ACCEPTED_END: &str = "When the first accepted finding counts again.";
/// Description of the end dates.
pub const METRIC_END: &str = "When a client secret, the certificate of the check, or EWS ends.";
/// Description of the requests.
pub const METRIC_REQUESTS: &str = "Requests that the run sent.";
/// Description of the knowledge base.
pub const METRIC_KNOWLEDGE: &str = "Date of the knowledge base of the program.";
/// Description of the metric: customers of a fleet.
pub const METRIC_FLEET_CUSTOMERS: &str = "Customers by state.";
/// Description of the metric: time of a fleet report.
pub const METRIC_FLEET_CREATED: &str = "When the reports were combined.";
/// Description of the metric: state of a customer.
pub const METRIC_FLEET_STATE: &str = "1 for the state of a customer.";
/// Description of the metric: time of the last check of a customer.
pub const METRIC_FLEET_CHECKED: &str = "When the last check of a customer started.";
/// Description of the metric: customers of a narrowed run.
pub const METRIC_FLEET_NARROWED: &str =
    "Customers of which options such as --only left checks or rooms out.";
/// Description of the metric: duration of the check of a customer.
pub const METRIC_FLEET_DURATION: &str = "How long the check of a customer took.";
/// Description of the metric: requests of the check of a customer.
pub const METRIC_FLEET_REQUESTS: &str = "Requests that the check of a customer sent.";
/// Description of the metric: end dates of a customer.
pub const METRIC_FLEET_END: &str =
    "When the first client secret, the certificate of the check, or EWS of a customer ends.";
/// The name of this program as the service of a monitor.
pub const SERVICE_NAME: &str = "RX-PREFLIGHT";

/// Title of a document about a run without a report.
pub const NO_REPORT: &str = "the check ended without a report";
/// Reason of a run without a report, where the message can contain names that `--redact` replaces.
pub const NO_REPORT_REDACTED: &str = "the error message is in the output of the job";
/// Reason of a run that a defect of this program ended.
pub const INTERNAL_ERROR: &str = "internal error; the details are in the error output";

/// A run without a report in one sentence.
pub fn no_report(reason: &str) -> String {
    format!("{NO_REPORT}: {reason}")
}

/// Problems and notes for which a card has no space.
pub fn more_in_report(causes: usize) -> String {
    let noun = if causes == 1 {
        "problem or note"
    } else {
        "problems or notes"
    };
    format!("and {} more {noun} in the report", format_count(causes))
}
