//! The report for a build server, as JUnit XML.
//!
//! One suite for each section of the chain, one case for each row: `fail` becomes a failure, `unknown` and `error` become
//! errors of these types, `skipped` becomes skipped with its reason. The requirement is in the type of a failure, so that a
//! build server can be configured to react to `required` alone.
//!
//! A build server turns red with every failure and error. Where the exit code is 0, those of optional and
//! advisory checks are therefore written as skipped, with their type and message.

mod migration;
mod test_class;

use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report as Document, TestCase, TestCaseStatus, TestSuite, XmlString,
};

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, Requirement, SkipReason, exit_code};

use self::test_class::class_name_of;
use super::cause_order::{self, NumberedCause};
use super::room_counts::RoomCounts;
use super::verdict_notes::{self, VerdictNote, verdict_notes};
use super::{Report, app_permissions, sanitize, sections, verdict_reason, wording};

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let causes = cause_order::numbered_causes(&safe);
    let mut document = Document::new(format!("{} {}", safe.tool.name, safe.tool.version));
    for (section, rows) in sections::sections_with_rows(&safe.results) {
        let mut suite = TestSuite::new(section.title.as_str());
        suite.set_time(
            rows.iter()
                .map(|row| Duration::from_millis(row.duration_ms))
                .sum(),
        );
        suite.add_properties(section_properties(&rows));
        suite.add_test_cases(rows.into_iter().map(|row| case(&safe, &causes, row)));
        document.add_test_suite(suite);
    }
    document.add_test_suites(
        safe.migration
            .as_ref()
            .map(|migration| migration::suite(&safe, migration)),
    );
    // JUnit has no properties of the whole document, so those of the report are at its first suite.
    if let Some(first) = document.test_suites.first_mut() {
        first.add_properties(properties(&safe));
        if let Some(notes) = verdict_notes::notes_sentence(&safe) {
            first.set_system_out(notes);
        }
    }
    // Writing to memory fails only for invalid UTF-8, which a `String` cannot contain.
    without_total_of_skipped(&document.to_string().unwrap_or_default())
}

/// The library writes the number of skipped cases beside those of the whole document, too. Jenkins' xUnit plugin, which
/// holds documents against its schema, takes it at the suites only.
fn without_total_of_skipped(document: &str) -> String {
    let Some(at) = document.find("<testsuites ") else {
        return document.to_owned();
    };
    let (before, root) = document.split_at(at);
    let (root, behind) = root.split_at(root.find('>').unwrap_or_default());
    let attributes = root
        .split(' ')
        .filter(|attribute| !attribute.starts_with("skipped=\""));
    format!(
        "{before}{}{behind}",
        attributes.collect::<Vec<_>>().join(" ")
    )
}

fn properties(report: &Report) -> Vec<Property> {
    let summary = report.summary;
    let values = [
        ("verdict", summary.verdict.to_string()),
        ("exit_code", summary.exit_code.to_string()),
        ("report_id", report.report_id.clone()),
        ("schema_version", report.schema_version.clone()),
        ("knowledge_date", report.tool.knowledge_date.clone()),
        ("tenant_id", report.target.tenant_id.clone()),
        ("started_at", report.started_at.to_string()),
        ("redaction", report.redaction.mode.clone()),
    ];
    let facts = values
        .into_iter()
        .map(|(name, value)| Property::new(name, value));
    facts
        .chain(verdict_notes(report).iter().map(noted))
        .chain(conclusions(report))
        .collect()
}

/// A note that matters next to the verdict. Its row passes, and a build server shows nothing of what passes.
fn noted(note: &VerdictNote<'_>) -> Property {
    Property::new(format!("note {}", note.cause.id), note.cause.title.clone())
}

/// How a section ended, and its rooms counted as rooms.
fn section_properties(rows: &[&ResultRow]) -> Vec<Property> {
    let mut properties = vec![Property::new(
        "section_status",
        sections::section_status(rows).id(),
    )];
    properties.extend(
        wording::describe_rooms(RoomCounts::of(rows.iter().copied()))
            .map(|rooms| Property::new("rooms", rooms)),
    );
    properties
}

/// The reason of the verdict, the rooms, and each permission declared and observed.
fn conclusions(report: &Report) -> Vec<Property> {
    let mut properties = vec![Property::new(
        "verdict_reason",
        verdict_reason::verdict_reason(report),
    )];
    properties.extend(
        wording::describe_rooms(RoomCounts::of(&report.results))
            .map(|rooms| Property::new("rooms", rooms)),
    );
    for app in app_permissions::app_permissions(report) {
        for line in &app.lines {
            let name = format!("permission {} of app {}", line.permission, app.client_id);
            properties.push(Property::new(name, line.in_one_line()));
        }
    }
    properties
}

fn case(report: &Report, causes: &[NumberedCause<'_>], row: &ResultRow) -> TestCase {
    let mut case = TestCase::new(
        format!("{} {}", row.check, row.subject),
        status(row, counts(report, row)),
    );
    // Jenkins builds its tree from the class name, not from the suite.
    case.set_classname(class_name(row));
    case.set_time(Duration::from_millis(row.duration_ms));
    if let Some(advice) = advice(causes, row) {
        case.set_system_out(advice);
    }
    case
}

fn class_name(row: &ResultRow) -> String {
    class_name_of(row.connection.as_deref(), row.check.group().as_str())
}

/// Whether a row that does not pass may turn a build red: a required one, and any where the exit code does so anyway.
fn counts(report: &Report, row: &ResultRow) -> bool {
    let is_known = report
        .baseline
        .as_ref()
        .is_some_and(|baseline| baseline.knows(row));
    if is_known || row.requirement_if_counted.is_some() {
        return false;
    }
    let is_of_the_verdict = row.requirement == Requirement::Required && report.migration.is_none();
    is_of_the_verdict || report.summary.exit_code != exit_code::SUCCESS
}

fn status(row: &ResultRow, counts: bool) -> TestCaseStatus {
    let mut status = match row.outcome {
        Outcome::Pass => return TestCaseStatus::success(),
        Outcome::Skipped => {
            return skipped_status(row, skip_reason(row.skip_reason));
        }
        _ if !counts => {
            let (requirement, outcome) = (row.requirement.as_str(), row.outcome.as_str());
            return skipped_status(row, format!("{requirement}-{outcome}"));
        }
        Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Unknown | Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    status.set_type(kind(row));
    status.set_message(XmlString::new(&row.message));
    status
}

fn skipped_status(row: &ResultRow, reason: impl Into<XmlString>) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_type(reason);
    status.set_message(XmlString::new(&row.message));
    status
}

fn kind(row: &ResultRow) -> String {
    match row.outcome {
        Outcome::Fail => row.requirement.as_str().to_owned(),
        outcome => outcome.as_str().to_owned(),
    }
}

fn skip_reason(reason: Option<SkipReason>) -> &'static str {
    reason.map_or("skipped", SkipReason::as_str)
}

/// The cause of a row and who can fix it. It is repeated for each row, since a build server shows each row alone.
fn advice(causes: &[NumberedCause<'_>], row: &ResultRow) -> Option<String> {
    let cause = cause_order::cause_of_row(row, causes)?;
    // A row that passed carries at most a note.
    let cause = Some(cause.cause).filter(|_| row.outcome != Outcome::Pass || cause.is_note())?;
    Some(format!(
        "{}: {}
{}: {}",
        cause.id,
        cause.title,
        wording::WHO_CAN_FIX_IT,
        wording::who(&cause.remedy.who)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    fn attribute<'d>(node: roxmltree::Node<'d, 'd>, name: &str) -> &'d str {
        node.attribute(name).unwrap_or_default()
    }

    #[test]
    fn the_counts_are_those_of_the_report() {
        let report = sample_report::report();
        let text = render(&report);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let counts = report.summary.counts;
        assert_eq!(attribute(root, "tests"), counts.total().to_string());
        assert_eq!(attribute(root, "failures"), counts.fail.to_string());
        assert_eq!(
            attribute(root, "errors"),
            (counts.unknown + counts.error).to_string()
        );
        let named = |name: &str| {
            document
                .descendants()
                .filter(|node| node.has_tag_name(name))
                .count()
        };
        assert_eq!(
            (named("testcase"), named("skipped")),
            (counts.total(), counts.skipped)
        );
    }

    #[test]
    fn a_build_fails_on_an_optional_row_only_where_the_exit_code_does() {
        let mut report = sample_report::report();
        report
            .results
            .retain(|row| row.requirement != Requirement::Required || row.outcome == Outcome::Pass);
        let drawn = |exit_code: u8| {
            let mut report = report.clone();
            report.summary.exit_code = exit_code;
            let text = render(&report);
            let document = roxmltree::Document::parse(&text).unwrap();
            let root = document.root_element();
            let types = document
                .descendants()
                .filter(|node| node.has_tag_name("skipped"));
            let optional = types
                .filter(|node| attribute(*node, "type").starts_with("optional-"))
                .count();
            (attribute(root, "failures") != "0", optional > 0)
        };
        assert_eq!((drawn(0), drawn(4)), ((false, true), (true, false)));
    }

    #[test]
    fn class_names_make_a_tree_of_connections_and_groups() {
        let mut row = sample_report::report().results[0].clone();
        row.connection = Some("Haus 1.2/Süd".to_owned());
        assert_eq!(
            class_name(&row),
            format!("rx-preflight.Haus 1-2-Süd.{}", row.check.group())
        );
        row.connection = None;
        assert_eq!(
            class_name(&row),
            format!("rx-preflight.all-connections.{}", row.check.group())
        );
    }

    #[test]
    fn a_failure_has_its_requirement_and_who_can_fix_it() {
        let report = sample_report::report();
        let text = render(&report);
        let document = roxmltree::Document::parse(&text).unwrap();
        let failed = document
            .descendants()
            .find(|node| node.has_tag_name("failure"))
            .unwrap();
        assert!(["required", "optional"].contains(&attribute(failed, "type")));
        let case = failed.parent().unwrap();
        let advice_text = case
            .descendants()
            .find(|node| node.has_tag_name("system-out"))
            .and_then(|node| node.text())
            .unwrap();
        assert!(advice_text.contains("Who can fix it: "), "{advice_text}");
    }

    #[test]
    fn external_text_stays_text() {
        let mut report = sample_report::report();
        report.results[0].subject = "<script>]]>\u{1b}[31m\u{202e}\u{0}&".to_owned();
        let text = render(&report);
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(
            document
                .descendants()
                .all(|node| !node.has_tag_name("script"))
        );
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\u{0}'));
    }
}
