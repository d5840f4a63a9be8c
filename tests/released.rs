//! What earlier versions wrote stays readable, and the form of a report only ever grows.
//!
//! `fixtures/released` holds, for each version, its schema and some of its reports. A folder is written once, with its
//! version, and changed no more when that version is out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::{Path, PathBuf};

use rx_preflight::diagnosis::diagnose;
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{
    Counts, Format, Report, administrator_schema, fleet_schema, guide_schema, schema, wording,
    write,
};
use serde_json::Value;

const SCHEMA: &str = "report.schema.json";
/// A schema: its file, what makes it, and how to write it.
type PublishedSchema = (&'static str, fn() -> String, &'static str);

/// Each schema that is published.
const SCHEMAS: [PublishedSchema; 4] = [
    (SCHEMA, schema, "rx-preflight schema"),
    (
        "administrator-evidence.schema.json",
        administrator_schema,
        "rx-preflight schema --evidence",
    ),
    (
        "guide.schema.json",
        guide_schema,
        "rx-preflight schema --guide",
    ),
    (
        "fleet.schema.json",
        fleet_schema,
        "rx-preflight schema --fleet",
    ),
];

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
    reports.retain(|path| !SCHEMAS.iter().any(|(file, ..)| path.ends_with(file)));
    reports
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn current_schema() -> Value {
    serde_json::from_str(&schema()).unwrap()
}

#[test]
fn the_schemas_of_this_version_are_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/released")
        .join(env!("CARGO_PKG_VERSION"));
    for (file, current, command) in SCHEMAS {
        let current: Value = serde_json::from_str(&current()).unwrap();
        assert_eq!(
            json(&folder.join(file)),
            current,
            "write it with `{command}`"
        );
    }
}

/// What an earlier schema contains and a later one lacks or changes.
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
fn the_schemas_only_grow() {
    for version in versions() {
        for (file, current, _) in SCHEMAS {
            let current: Value = serde_json::from_str(&current()).unwrap();
            assert_eq!(
                removed_members(&json(&version.join(file)), &current, ""),
                Vec::<String>::new()
            );
        }
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
            );
        },
        |schema: &mut Value| schema["properties"]["report_id"]["type"] = "integer".into(),
        |schema: &mut Value| {
            schema["required"]
                .as_array_mut()
                .unwrap()
                .push("mood".into());
        },
        |schema: &mut Value| {
            drop(
                schema["$defs"]["Outcome"]["oneOf"]
                    .as_array_mut()
                    .unwrap()
                    .pop(),
            );
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
        detail: Detail::Verbose,
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
