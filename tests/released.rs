//! Reports of earlier versions stay readable, and the schema of a report only grows.
//!
//! `fixtures/released` contains the schema and some reports of each version. A folder is written once, with its version, and
//! is not changed after the release.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::{Path, PathBuf};

use rx_preflight::diagnosis::{ResultRow, diagnose, not_visible};
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{
    Counts, Format, Report, ReportMetadata, assemble, compare, schema, wording, write,
};
use rx_preflight::terms::{CheckId, Outcome};
use serde_json::Value;

const SCHEMA: &str = "report.schema.json";

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn versions() -> Vec<PathBuf> {
    entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/released"))
}

fn reports(version: &Path) -> Vec<PathBuf> {
    let mut reports = entries(version);
    reports.retain(|path| !path.ends_with(SCHEMA));
    reports
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn current_schema() -> Value {
    serde_json::from_str(&schema()).unwrap()
}

#[test]
fn the_schema_of_this_version_is_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/released")
        .join(env!("CARGO_PKG_VERSION"));
    assert_eq!(
        without_descriptions(json(&folder.join(SCHEMA))),
        without_descriptions(current_schema()),
        "write it with `rx-preflight schema`"
    );
}

/// The schema without its texts for people, which may be reworded at any time.
fn without_descriptions(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            members.retain(|key, value| key != "description" || !value.is_string());
            for value in members.values_mut() {
                *value = without_descriptions(value.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_descriptions(item.take());
            }
        }
        _ => {}
    }
    schema
}

/// The members of an earlier schema that are missing or different in a later one.
fn removed_members(earlier: &Value, later: &Value, place: &str) -> Vec<String> {
    match (earlier, later) {
        (Value::Object(earlier), Value::Object(later)) => earlier
            .iter()
            .filter(|(key, _)| *key != "description" && *key != "title")
            .flat_map(|(key, value)| match later.get(key) {
                Some(other) => removed_members(value, other, &format!("{place}/{key}")),
                None => vec![format!("{place}/{key}")],
            })
            .collect(),
        // A field that is newly required would make the reports of earlier versions invalid.
        (Value::Array(earlier), Value::Array(later)) if place.ends_with("/required") => {
            if same_members(earlier, later) {
                Vec::new()
            } else {
                vec![place.to_owned()]
            }
        }
        (Value::Array(earlier), Value::Array(later)) => {
            let kept = |one: &Value| {
                later
                    .iter()
                    .any(|other| removed_members(one, other, place).is_empty())
            };
            if earlier.iter().all(kept) {
                Vec::new()
            } else {
                vec![place.to_owned()]
            }
        }
        _ if earlier == later => Vec::new(),
        _ => vec![place.to_owned()],
    }
}

fn same_members(earlier: &[Value], later: &[Value]) -> bool {
    earlier.len() == later.len() && earlier.iter().all(|one| later.contains(one))
}

#[test]
fn the_schema_of_a_report_only_grows() {
    for version in versions() {
        assert_eq!(
            removed_members(&json(&version.join(SCHEMA)), &current_schema(), ""),
            Vec::<String>::new()
        );
    }
}

#[test]
fn removed_members_are_found() {
    let schema = current_schema();
    for change in [
        |schema: &mut Value| {
            drop(
                schema["properties"]
                    .as_object_mut()
                    .unwrap()
                    .remove("causes"),
            )
        },
        |schema: &mut Value| schema["properties"]["report_id"]["type"] = "integer".into(),
        |schema: &mut Value| {
            schema["required"]
                .as_array_mut()
                .unwrap()
                .push("mood".into())
        },
        |schema: &mut Value| {
            drop(
                schema["$defs"]["Outcome"]["oneOf"]
                    .as_array_mut()
                    .unwrap()
                    .pop(),
            )
        },
    ] {
        let mut changed = schema.clone();
        change(&mut changed);
        assert_ne!(changed, schema);
        assert!(!removed_members(&schema, &changed, "").is_empty());
    }
    let mut grown = schema.clone();
    grown["properties"]["mood"] = schema["properties"]["report_id"].clone();
    assert!(removed_members(&schema, &grown, "").is_empty());
}

#[test]
fn reports_of_every_version_are_read_rendered_and_rediagnosed() {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail: Detail::Normal,
    };
    let current = current_schema();
    for version in versions() {
        let own = json(&version.join(SCHEMA));
        assert!(reports(&version).len() >= 3, "{}", version.display());
        for path in reports(&version) {
            let name = path.display().to_string();
            for schema in [&own, &current] {
                assert!(jsonschema::is_valid(schema, &json(&path)), "{name}");
            }
            let report = Report::from_json(&fs::read(&path).unwrap()).unwrap();
            assert_eq!(Counts::of(&report.results), report.summary.counts, "{name}");
            for format in Format::ALL {
                let mut drawn = Vec::new();
                write(&report, *format, &options, &mut drawn).unwrap();
                let text = String::from_utf8(drawn).unwrap();
                let is_for_people =
                    matches!(format, Format::Table | Format::Markdown | Format::Html);
                assert!(
                    !is_for_people
                        || text.contains(&wording::describe_counts(report.summary.counts)),
                    "{name}"
                );
            }
            assert_eq!(
                diagnose(&report.evidence().unwrap()).rows.len(),
                report.results.len(),
                "{name}"
            );
        }
    }
}

/// The report that the current program writes from the evidence of a released report.
fn rediagnosed(report: &Report) -> Report {
    let evidence = report.evidence().unwrap();
    let diagnosis = diagnose(&evidence);
    let metadata = ReportMetadata {
        tool_version: report.tool.version.clone(),
        knowledge_date: report.tool.knowledge_date.clone(),
        report_id: "00000000-0000-4000-8000-000000000000".parse().unwrap(),
        not_visible: not_visible(&evidence),
        fail_on: report.summary.fail_on,
    };
    Report {
        redaction: report.redaction.clone(),
        ..assemble(evidence, diagnosis, metadata)
    }
}

/// Whether the evidence of version 0.1.0 is not sufficient for a row. That version did not request the Exchange token that
/// shows unused permissions of an app over Graph, so such a row can only be unknown now.
fn lacks_evidence(row: &ResultRow) -> bool {
    row.check == CheckId::GrantSurplus && row.outcome == Outcome::Unknown
}

#[test]
fn a_rediagnosed_report_of_a_released_version_is_unchanged() {
    for version in versions() {
        for path in reports(&version) {
            let name = path.display().to_string();
            let before = Report::from_json(&fs::read(&path).unwrap()).unwrap();
            let after = rediagnosed(&before);
            let comparison = compare(&before, &after);
            assert!(
                comparison.sentence().starts_with("Nothing changed: ")
                    && comparison.fixed.is_empty()
                    && comparison.new.is_empty()
                    && comparison.changed.is_empty(),
                "{name}: {}",
                comparison.to_text()
            );
            assert_eq!(
                (before.summary.verdict, before.summary.exit_code),
                (after.summary.verdict, after.summary.exit_code),
                "{name}"
            );
            assert_eq!(before.results.len(), after.results.len(), "{name}");
            for (earlier, later) in before.results.iter().zip(&after.results) {
                if lacks_evidence(later) {
                    continue;
                }
                assert_eq!(
                    (
                        earlier.check,
                        &earlier.subject,
                        earlier.outcome,
                        &earlier.cause
                    ),
                    (later.check, &later.subject, later.outcome, &later.cause),
                    "{name}"
                );
            }
        }
    }
}
