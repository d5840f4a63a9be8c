//! What this program wrote itself: a report in any format, a piece of one, or a log of its requests.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::findings::Findings;
use crate::knowledge;
use crate::report::Report;
use crate::report::sanitize::sanitize;

/// Marks that nothing else writes: the name with a version, as in the heading and in the User-Agent; the name of the tool in
/// JSON; the verdict in Markdown; a row or a cause of the JSON report.
const MARKS: &str = concat!(
    r#"\brx-preflight[ /]\d+\.\d+|"name"\s*:\s*"rx-preflight"|rx-preflight: (?:NOT READY|READY|INCONCLUSIVE)"#,
    r#"|"check"\s*:\s*"[a-z-]+\.[a-z-]+"\s*,|"id"\s*:\s*"[a-z-]+\.[a-z-]+"\s*,\s*"connection"|"explains"\s*:\s*\["#,
    r"|Cause: `[a-z-]+\.[a-z-]+` \(|(?m:^\s*\d+ \[(?:REQUIRED|OPTIONAL|NOTE)\] )|(?m:^WHAT IS WRONG)",
);

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(MARKS).ok());

/// Whether this program wrote the text, or a part of it.
pub(super) fn is_own_output(text: &str) -> bool {
    PATTERN
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

/// What stands above the answer about a report, with the causes in the order of the report.
pub(super) fn heading(found: &mut Findings<'_>, text: &str) -> Option<String> {
    let report = whole(text);
    if let Some(report) = &report {
        found.causes.clear();
        found.causes.extend(
            report
                .causes
                .iter()
                .filter_map(|cause| knowledge::cause_named(&cause.id)),
        );
    }
    // The rows name every check: in a report they say nothing that the causes do not.
    found.checks.clear();
    if found.causes.is_empty() && report.is_none() {
        return None;
    }
    let mut heading = String::from("This is a report of rx-preflight, or a part of one.\n");
    if let Some(report) = report {
        heading = format!(
            "This is a report of rx-preflight {}, of {}: {}. `rx-preflight report FILE` shows all of it.\n",
            sanitize(&report.tool.version),
            report.started_at,
            report.summary.verdict
        );
    }
    let names: Vec<&str> = found.causes.iter().map(|cause| cause.id.as_str()).collect();
    match names.as_slice() {
        [] => heading.push_str("It names no cause.\n"),
        [only] => _ = writeln!(heading, "It names one cause: {only}."),
        [first, ..] => {
            _ = writeln!(
                heading,
                "It names {} causes: {}. Start with {first}.",
                names.len(),
                names.join(", ")
            );
        }
    }
    heading.push('\n');
    Some(heading)
}

/// The report, where the text is a whole one in JSON.
fn whole(text: &str) -> Option<Report> {
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
            "rx-preflight 0.1.0   knowledge of 2026-11-28",
            "\"GET /v1.0/users\" 403 \"rx-preflight/0.1.0\"",
            r#"  "tool": {"name": "rx-preflight", "version": "0.1.0"}"#,
            "## rx-preflight: NOT READY (exit code 1)",
            r#"{"n": 17, "check": "mailbox.impersonation", "connection": "system"}"#,
            "- Cause: `ews.disabled` (confirmed), connection system",
            "1 [REQUIRED] Exchange blocks the app from mailboxes of Berlin",
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
