//! Recognizes output of this program: a report in any format, a part of one, or a log of its requests.

use std::sync::LazyLock;

use regex::Regex;

use crate::knowledge;
use crate::report::Report;
use crate::report::sanitize::sanitize;

use super::findings::Findings;
use super::own_titles;

/// Marks that only this program writes: its name with a version, as in the heading and in the User-Agent; the name of the
/// tool in JSON; the verdict in Markdown; a row or a cause of the JSON report. Reports of earlier versions have other labels,
/// so both spellings count. The word boundary is one of ASCII, because the search for one of Unicode is slow in a text
/// with letters beyond ASCII.
const MARKS: &str = concat!(
    r#"(?-u:\b)rx-preflight[ /]\d+\.\d+|"name"\s*:\s*"rx-preflight"|rx-preflight: (?i:not ready|ready|inconclusive)"#,
    r#"|"check"\s*:\s*"[a-z-]+\.[a-z-]+"\s*,|"id"\s*:\s*"[a-z-]+\.[a-z-]+"\s*,\s*"connection"|"explains"\s*:\s*\["#,
    r"|Cause: `[a-z-]+\.[a-z-]+` \(|(?m:^\s*\d+ \[(?i:required|optional|note)\] )|(?mi:^(?:what is wrong|problems and how to fix them))",
    r"|(?m:^(?:Ready|Ready \(with limitations\)|Not ready|Inconclusive) \(exit code \d\): )",
);

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(MARKS).ok());

/// Whether this program wrote the text or a part of it.
pub(super) fn is_own_output(text: &str) -> bool {
    PATTERN
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

/// Heading of a report whose problems have titles that the knowledge base does not contain, such as those of a later version.
const UNKNOWN_PROBLEMS: &str = "This is a report of rx-preflight or a part of one.\n\
    The titles of its problems are not in the knowledge base of this version. Run `rx-preflight report FILE` to read the \
    saved report.\n\n";

/// Writes the heading above the explanation of a report, and takes over the order of its causes.
pub(super) fn heading(findings: &mut Findings<'_>, text: &str) -> Option<String> {
    let report = parse_whole_report(text);
    if let Some(report) = &report {
        findings.causes.clear();
        findings.causes.extend(
            report
                .causes
                .iter()
                .filter_map(|cause| knowledge::cause_named(&cause.id)),
        );
    }
    // The rows of a report name every check, so the checks add nothing to its causes.
    findings.checks.clear();
    let by_title = own_titles::causes_by_title(text).filter(|_| report.is_none());
    for cause in by_title.iter().flatten() {
        findings.cause(cause);
    }
    if findings.causes.is_empty() && report.is_none() {
        return by_title.map(|_| UNKNOWN_PROBLEMS.to_owned());
    }
    let mut heading = String::from("This is a report of rx-preflight or a part of one.\n");
    if let Some(report) = report {
        heading = format!(
            "This is a report of rx-preflight {} from {}: {}. Run `rx-preflight report FILE` to show all of it.\n",
            sanitize(&report.tool.version),
            report.started_at,
            report.summary.verdict
        );
    }
    heading.push_str(&causes_line(findings));
    Some(heading)
}

fn causes_line(findings: &Findings<'_>) -> String {
    let names: Vec<&str> = findings
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    match names.as_slice() {
        [] => "It reports no problem.\n\n".to_owned(),
        [only] => format!("It reports one cause: {only}.\n\n"),
        [first, ..] => format!(
            "It reports {} causes: {}. Start with {first}.\n\n",
            names.len(),
            names.join(", ")
        ),
    }
}

/// Parses the report if the text is a complete one in JSON.
fn parse_whole_report(text: &str) -> Option<Report> {
    // A report may be pasted as a code block of Markdown.
    let text = text
        .trim()
        .trim_start_matches("```json")
        .trim_matches('`')
        .trim();
    text.starts_with('{')
        .then(|| Report::from_json(text.as_bytes()).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_reports_are_recognized_and_foreign_logs_are_not() {
        for text in [
            "rx-preflight 0.1.0   knowledge base 2026-11-28",
            "\"GET /v1.0/users\" 403 \"rx-preflight/0.1.0\"",
            r#"  "tool": {"name": "rx-preflight", "version": "0.1.0"}"#,
            "## rx-preflight: NOT READY (exit code 1)",
            "## rx-preflight: Not ready (exit code 1)",
            "Problems and how to fix them",
            r#"{"n": 17, "check": "mailbox.impersonation", "connection": "system"}"#,
            "- Cause: `ews.disabled` (confirmed), connection system",
            "1 [REQUIRED] Exchange blocks the app from mailboxes of Berlin",
            "1 [Required] Exchange blocks the app from mailboxes of Berlin",
        ] {
            assert!(is_own_output(text), "{text}");
        }
        for text in [
            "We have not run rx-preflight yet. AADSTS70011",
            r#"{"check": true, "id": "mailbox.outside-scope"}"#,
            "2026-11-28 07:03:37 [ERROR] (403) Forbidden",
            "[WARN] [NOTE] see below",
        ] {
            assert!(!is_own_output(text), "{text}");
        }
    }
}
