//! The words for outcomes, requirements, confidence and verdicts, the same in every format.

use super::cause_order::NumberedCause;
pub use super::counting::{count_noun, format_count, list_up_to};
use super::{Counts, Redaction, Replaced, Report, Target, Verdict, display_names};
use crate::diagnosis::Cause;
use crate::knowledge::causes::AdminRole;
use crate::terms::{Api, Confidence, Outcome, Requirement};

/// The label of notes about the inputs.
pub const INPUT: &str = "Input";

/// Every outcome, in the order in which counts are told.
pub const OUTCOMES: [Outcome; 5] = [
    Outcome::Pass,
    Outcome::Fail,
    Outcome::Error,
    Outcome::Unknown,
    Outcome::Skipped,
];

/// The status word of a row.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Unknown => "UNKNOWN",
        Outcome::Skipped => "SKIPPED",
        Outcome::Error => "ERROR",
    }
}

/// The word for a number of rows with this outcome, as in `3 not checked`.
pub fn outcome_in_count(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "not checked",
        Outcome::Error => "ended with an internal error",
    }
}

/// What is shown in the place of commands that name too many mailboxes. The file is the JSON report of the run.
pub fn commands_in_handover(mailboxes: usize) -> String {
    format!(
        "These commands name {mailboxes} mailboxes. In full: `-o report.json`, then \
         `rx-preflight report report.json --for admin -o tasks.ps1`"
    )
}

/// The word in front of a cause.
pub fn requirement(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Required => "REQUIRED",
        Requirement::Optional => "OPTIONAL",
        Requirement::Advisory => "NOTE",
    }
}

/// How sure a cause is.
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Confirmed => "confirmed",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// Who can fix a cause. Where it is no one, waiting is what helps.
pub fn who(who: &str) -> &str {
    if needs_no_action(who) {
        "no action needed; wait and check again"
    } else {
        who
    }
}

/// Whether a remedy asks nothing of anyone.
pub fn needs_no_action(who: &str) -> bool {
    who == AdminRole::NoOne.as_str()
}

/// The name of the API over which a connection books.
pub fn api(api: Option<Api>) -> &'static str {
    match api {
        Some(Api::Ews) => "EWS",
        Some(Api::Graph) => "Graph",
        None => "no booking",
    }
}

/// The verdict in words.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotReady => "NOT READY",
        Verdict::Inconclusive => "INCONCLUSIVE",
        Verdict::ReadyLimited => "READY, WITH LIMITS",
        Verdict::Ready => "READY",
    }
}

/// How many rooms and checks a cause explains, and the first few of its subjects as the format shows them.
pub fn describe_affected(cause: &NumberedCause<'_>, shown: &[String], most: usize) -> String {
    let checks = count_noun(cause.cause.explains.len(), "check");
    let counted = match cause.rooms {
        0 => checks,
        rooms => format!("{} ({checks})", count_noun(rooms, "room")),
    };
    if shown.is_empty() {
        counted
    } else {
        format!("{counted}: {}", list_up_to(shown, most))
    }
}

/// How many connections a cause names before the rest is counted.
const CONNECTIONS: usize = 3;

/// The connections that a cause concerns; `None` in a report that tests only one.
pub fn describe_connections(cause: &Cause, target: &Target) -> Option<String> {
    let all = target.connections.len();
    if all <= 1 {
        return None;
    }
    Some(match (cause.connections.as_slice(), &cause.connection) {
        ([], Some(only)) => display_names::connection_in_list(only),
        ([], None) => "several connections".to_owned(),
        (names, _) if names.len() == all => format!("all {all} connections"),
        (names, _) => list_up_to(
            &names
                .iter()
                .map(|name| display_names::connection_in_list(name))
                .collect::<Vec<_>>(),
            CONNECTIONS,
        ),
    })
}

/// The counts in words, without those that are zero, such as `6 passed, 2 failed`.
pub fn describe_counts(counts: Counts) -> String {
    if counts.total() == 0 {
        return "no checks".to_owned();
    }
    OUTCOMES
        .iter()
        .filter(|outcome| counts.get(**outcome) > 0)
        .map(|outcome| {
            format!(
                "{} {}",
                format_count(counts.get(*outcome)),
                outcome_in_count(*outcome)
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// What was replaced in a redacted copy, in a sentence; `None` for an original.
pub fn describe_redaction(redaction: &Redaction) -> Option<String> {
    if !redaction.is_redacted() {
        return None;
    }
    let counted = |one: &Replaced| {
        format!(
            "{} ({})",
            count_noun(one.values, &one.kind.replace('-', " ")),
            times(one.times)
        )
    };
    let mut parts: Vec<String> = redaction.replaced.iter().map(counted).collect();
    if redaction.words_left_out > 0 {
        parts.push(format!(
            "{} left out",
            number_of_words(redaction.words_left_out)
        ));
    }
    let replaced = if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    };
    Some(format!("values replaced by pseudonyms: {replaced}"))
}

fn number_of_words(count: u64) -> String {
    if count == 1 {
        "1 unknown word".to_owned()
    } else {
        format!("{count} unknown words")
    }
}

fn times(times: usize) -> String {
    if times == 1 {
        "once".to_owned()
    } else {
        format!("{times} times")
    }
}

/// What the run did to the tenant, in words.
pub fn describe_writes(report: &Report) -> String {
    let mut purposes: Vec<&str> = report
        .requests
        .iter()
        .filter(|request| request.writes)
        .map(|request| request.purpose.as_str())
        .collect();
    if purposes.is_empty() {
        return "nothing was written".to_owned();
    }
    let count = count_noun(purposes.len(), "request");
    purposes.dedup();
    format!("{count} could write, for {}", purposes.join(" and "))
}
