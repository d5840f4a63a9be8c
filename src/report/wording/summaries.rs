//! Counts, connections and requests of a report in words.

use crate::diagnosis::Cause;
use crate::evidence::{ProxyInUse, ProxySource, RequestRecord};
use crate::knowledge;
use crate::report::cause_order::NumberedCause;
use crate::report::counting::{count_noun, format_count, list_up_to};
use crate::report::{
    Counts, Redaction, Replaced, Report, Target, TargetConnection, Tool, display_names,
};
use crate::terms::Outcome;

use super::labels::{OUTCOMES, api};

/// How many connections of a cause are named before the rest is counted.
const NAMED_CONNECTIONS: usize = 3;

/// The run was stopped, as a sentence of its own.
pub const RUN_STOPPED: &str = "The run was stopped; the remaining checks were not run.";
/// The run was stopped, behind the label.
pub const REMAINING_NOT_RUN: &str = "the remaining checks were not run.";
/// No request is in the report.
pub const NO_REQUESTS: &str = "No request was sent.";

/// The age of what the program knows, such as `knowledge base 2026-11-23`.
pub fn knowledge_base(date: &str) -> String {
    format!("knowledge base {date}")
}

/// Program, version and knowledge base.
pub fn tool_version(tool: &Tool) -> String {
    format!(
        "{} {}, {}",
        tool.name,
        tool.version,
        knowledge_base(&tool.knowledge_date)
    )
}

/// The id of a report in a sentence.
pub fn report_id(id: &str) -> String {
    format!("report {id}")
}

/// A check with its subjects.
pub fn check_for_subjects(check: &str, subjects: &str) -> String {
    format!("{check} for {subjects}")
}

/// The program and its verdict, without the name that the file claims for its program.
pub fn page_title(verdict: &str) -> String {
    format!("rx-preflight: {verdict}")
}

/// The verdict as a title.
pub fn verdict_title(verdict: &str, exit_code: u8) -> String {
    format!("{} (exit code {exit_code})", page_title(verdict))
}

/// Program, version, knowledge base and report id in one line.
pub fn tool_line(tool: &Tool, report_id: &str) -> String {
    format!("{}, report {report_id}", tool_version(tool))
}

/// Reference to the problem or note that explains a row.
pub fn see_number(number: usize) -> String {
    format!(" (see {number})")
}

/// Other causes that fit the same responses.
pub fn candidates(ids: &str, can_be_settled: bool) -> String {
    if can_be_settled {
        return format!(
            "{ids} (the responses look the same; an administrator can settle this with the script of `rx-preflight collect`)"
        );
    }
    format!("{ids} (the responses look the same)")
}

/// The shell in which commands are to be run.
pub fn in_shell(shell: &str) -> String {
    format!("in {shell}:")
}

/// A check whose subjects an administrator looks up with the commands below.
pub fn check_in_powershell(check: &str) -> String {
    format!("{check}, in PowerShell:")
}

/// What is shown in place of commands that name too many mailboxes. The file is the JSON report of the run.
pub fn commands_in_handover(mailboxes: usize) -> String {
    format!(
        "These commands name {}. To get them in full: `-o report.json`, then \
         `rx-preflight report report.json --for admin -o tasks.ps1`",
        count_noun(mailboxes, "mailbox")
    )
}

/// What is shown in place of a command that is too long for a comment.
pub fn command_in_json(shell: &str, length: usize) -> String {
    format!(
        "A {shell} command of {} characters is in the JSON report.",
        format_count(length)
    )
}

/// Groups of checks that no longer fit into a comment.
pub fn more_groups_in_json(groups: usize) -> String {
    format!(
        "{} of such checks: see the JSON report",
        count_noun(groups, "more group")
    )
}

/// Problems that a brief report does not list.
pub fn more_problems(problems: usize) -> String {
    format!("and {}", count_noun(problems, "more problem"))
}

/// Subjects that a list does not name.
pub fn more_subjects(subjects: usize) -> String {
    format!("and {} more", format_count(subjects))
}

/// A check with the number of its rows, such as `mailbox.impersonation x 6`.
pub fn check_times(check: &str, count: usize) -> String {
    if count == 1 {
        check.to_owned()
    } else {
        format!("{check} x {}", format_count(count))
    }
}

/// The number of rows with an outcome, such as `3 skipped`.
pub fn outcome_count(outcome: Outcome, count: usize) -> String {
    let word = match outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
        Outcome::Error => return count_noun(count, "internal error"),
    };
    format!("{} {word}", format_count(count))
}

/// The outcome in the legend of the rooms.
pub fn outcome_in_legend(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
        Outcome::Error => "internal error",
    }
}

/// The counts in words, without those that are zero, such as `6 passed, 2 failed`.
pub fn describe_counts(counts: Counts) -> String {
    if counts.total() == 0 {
        return "no checks".to_owned();
    }
    OUTCOMES
        .iter()
        .filter(|outcome| counts.get(**outcome) > 0)
        .map(|outcome| outcome_count(*outcome, counts.get(*outcome)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The rooms of a section followed by the counts of its other checks.
pub fn rooms_and_other_checks(rooms: &str, others: Counts) -> String {
    format!("{rooms}; other checks: {}", describe_counts(others))
}

/// The rooms of a report followed by the counts of all checks.
pub fn rooms_and_all_checks(rooms: &str, all: Counts) -> String {
    format!("{rooms}; all checks: {}", describe_counts(all))
}

/// What was checked of a section passed, and something that counts was not checked.
pub const INCOMPLETE: &str = "incomplete";
/// Only optional checks of a section did not pass.
pub const OPTIONAL_ONLY: &str = "optional only";
/// A passed check of a section carries a note.
pub const WITH_NOTE: &str = "with a note";

/// What qualifies the label of a section, such as ` (optional only, with a note)`; empty without any.
pub fn in_parentheses(qualifiers: &[&str]) -> String {
    if qualifiers.is_empty() {
        String::new()
    } else {
        format!(" ({})", qualifiers.join(", "))
    }
}

/// All notes of a report: the title of the most urgent one, and how many more there are.
pub fn notes_with_first(count: usize, first_title: &str) -> String {
    let more = if count > 1 {
        format!("; and {} more", format_count(count - 1))
    } else {
        String::new()
    };
    format!("{}: {first_title}{more}", count_noun(count, "note"))
}

/// How many rooms a cause affects, or how many checks if it affects none, and the first few of its subjects as the format
/// shows them.
pub fn describe_affected(cause: &NumberedCause<'_>, shown: &[String], most: usize) -> String {
    let counted = match cause.rooms {
        0 => count_noun(cause.cause.explains.len(), "check"),
        // Each room has several checks, so a number of checks beside it would only confuse.
        rooms => count_noun(rooms, "room"),
    };
    if shown.is_empty() {
        return counted;
    }
    let list = list_up_to(shown, most);
    // Hosts or apps next to a number of rooms would read as the names of these rooms.
    let names_no_room = !cause.cause.subjects.iter().any(|own| own.contains('@'));
    if cause.rooms > 0 && names_no_room {
        format!("{counted}; observed for {list}")
    } else {
        format!("{counted}: {list}")
    }
}

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
        (names, _) => {
            let shown: Vec<String> = names
                .iter()
                .map(|name| display_names::connection_in_list(name))
                .collect();
            list_up_to(&shown, NAMED_CONNECTIONS)
        }
    })
}

/// The tenant with its cloud.
pub fn tenant_with_cloud(target: &Target) -> String {
    format!("{}{}", target.tenant_id, in_cloud(&target.cloud))
}

/// The cloud behind the id of a tenant.
pub fn in_cloud(cloud: &str) -> String {
    format!(" (cloud: {})", knowledge::cloud_label(cloud))
}

/// A proxy and where it was configured.
pub fn describe_proxy(proxy: &ProxyInUse) -> String {
    let host = &proxy.host;
    match (proxy.source, &proxy.variable) {
        (ProxySource::Settings, _) => format!("{host} (from --proxy or the settings file)"),
        (ProxySource::Environment, Some(name)) => format!("{host} (from the variable {name})"),
        (ProxySource::Environment, None) => format!("{host} (from an environment variable)"),
        (ProxySource::System, _) => {
            format!("{host} (from the system settings of the account that ran the check)")
        }
        (ProxySource::Unknown, _) => host.clone(),
    }
}

/// Start and end of the run.
pub fn start_to_end(report: &Report) -> String {
    format!("{} to {}", report.started_at, report.finished_at)
}

/// The exit code as a sentence.
pub fn exit_code_sentence(exit_code: u8) -> String {
    format!("Exit code {exit_code}.")
}

/// A connection in a line: name, API, app and rooms. The name is padded already where lines are aligned.
pub fn connection_line(name: &str, connection: &TargetConnection, rooms: usize) -> String {
    format!(
        "{name}  {:<5}  app {}  {}",
        api(connection.api),
        connection.client_id,
        count_noun(rooms, "room")
    )
}

/// The app of some permissions with its connections.
pub fn app_of_connections(client_id: &str, connections: Option<&str>) -> String {
    connections.map_or_else(
        || format!("app {client_id}"),
        |connections| format!("app {client_id} ({connections})"),
    )
}

/// Start, duration and requests of the run.
pub fn describe_run(report: &Report) -> String {
    let seconds = report.finished_at.as_second() - report.started_at.as_second();
    let start = report
        .started_at
        .to_string()
        .replace('T', " ")
        .replace('Z', " UTC");
    let requests = count_noun(report.requests.len(), "request");
    format!(
        "{start}, {seconds} s, {requests}; {}",
        describe_writes(report)
    )
}

/// Requests and writes of the run as a sentence.
pub fn requests_sentence(report: &Report) -> String {
    format!(
        "{} in total; {}. The JSON report lists all of them.",
        count_noun(report.requests.len(), "request"),
        describe_writes(report)
    )
}

/// What the run changed in the tenant.
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

/// The response to a request: its status, or why there is none.
pub fn describe_response(request: &RequestRecord) -> String {
    match (request.status, &request.failure) {
        (Some(status), _) => status.to_string(),
        (None, Some(failure)) => format!("no response ({failure})"),
        (None, None) => "no response".to_owned(),
    }
}

/// A request in facts: response, duration, purpose and ids.
pub fn request_facts(request: &RequestRecord) -> String {
    let mut facts = vec![
        describe_response(request),
        format!("{} ms", request.ms),
        request.purpose.to_string(),
    ];
    if request.attempts != 1 {
        facts.push(format!("{} attempts", request.attempts));
    }
    if request.writes {
        facts.push("can write".to_owned());
    }
    facts.push(request.at.to_string());
    facts.extend(
        request
            .request_id
            .iter()
            .map(|id| format!("request-id {id}")),
    );
    facts.extend(
        request
            .client_request_id
            .iter()
            .map(|id| format!("client-request-id {id}")),
    );
    facts.extend(
        request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    facts.join(", ")
}

/// The ids and the time by which the support of the service finds a request; `None` without a request id.
pub fn request_for_support(request: &RequestRecord) -> Option<String> {
    let own = request
        .client_request_id
        .as_ref()
        .map(|id| format!(", client-request-id {id}"))
        .unwrap_or_default();
    Some(format!(
        "request-id {}{own}, {}",
        request.request_id.as_deref()?,
        request.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    ))
}

/// The verdict in one line. `notes` is empty or a sentence.
pub fn verdict_line(word: &str, exit_code: u8, interrupted: bool, rest: &str) -> String {
    let interrupted = if interrupted { ", interrupted" } else { "" };
    format!("{word} (exit code {exit_code}{interrupted}): {rest}")
}

/// What was replaced in a redacted copy, in a sentence; `None` for an original.
pub fn describe_redaction(redaction: &Redaction) -> Option<String> {
    if !redaction.is_redacted() {
        return None;
    }
    let mut parts: Vec<String> = redaction.replaced.iter().map(describe_replaced).collect();
    if redaction.words_left_out > 0 {
        parts.push(format!(
            "{} left out",
            unknown_words(redaction.words_left_out)
        ));
    }
    let replaced = if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    };
    Some(format!("values replaced by pseudonyms: {replaced}"))
}

fn describe_replaced(replaced: &Replaced) -> String {
    let values = count_noun(replaced.values, &replaced.kind.replace('-', " "));
    let times = if replaced.times == 1 {
        "once".to_owned()
    } else {
        format!("{} times", replaced.times)
    };
    format!("{values} ({times})")
}

fn unknown_words(count: u64) -> String {
    if count == 1 {
        "1 unknown word".to_owned()
    } else {
        format!("{count} unknown words")
    }
}
