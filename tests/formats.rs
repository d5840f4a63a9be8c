//! Every scenario in every format: the same counts, valid documents, and no external text that is interpreted.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalog_runs::{catalog_reports, report_of};
use pulldown_cmark::{Event, Parser};
use rx_preflight::report::fleet::{self, FleetFormat, combine, customer, not_checked};
use rx_preflight::report::redact::{RedactionKey, redact};
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{
    Format, HandoverFormat, NoReport, Report, handover, schema, without_report, wording, write,
};
use rx_preflight::simulator::{MoreRooms, catalog};
use rx_preflight::terms::Parity;
use serde_json::Value;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;

/// What must be shown and never interpreted: markup, colors, code, reversed text, and a line of ten thousand characters.
const HOSTILE_TEXT: &str = "<script>alert(1)</script> ]]> \u{1b}[31m | `a` ``` **b** [x](http://evil.example) ![y](z) \u{202e} -->\n";

const OPTIONS: TableOptions = TableOptions {
    width: 100,
    color: false,
    unicode: true,
    plain: false,
    detail: Detail::Verbose,
};

/// What a terminal shows first.
const FIRST_SCREEN: TableOptions = TableOptions {
    detail: Detail::Normal,
    ..OPTIONS
};

fn drawn(report: &Report, format: Format) -> String {
    drawn_with(report, format, &OPTIONS)
}

fn drawn_with(report: &Report, format: Format, options: &TableOptions) -> String {
    let mut bytes = Vec::new();
    write(report, format, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn played(name: &str) -> Report {
    report_of(catalog::load(name).unwrap()).await
}

/// The same report with [`HOSTILE_TEXT`] in every field that comes from outside.
fn hostile(report: &Report) -> Report {
    const CHOSEN_OUTSIDE: &[&str] = &[
        "subject",
        "subjects",
        "message",
        "detail",
        "because",
        "title",
        "text",
        "steps",
        "name",
        "client_id",
        "tenant_id",
        "url",
        "failure",
        "code",
        "connection",
        "impact",
        "request_id",
    ];
    fn append_hostile_text(value: &mut Value, nasty: &str) {
        match value {
            Value::String(text) => text.push_str(nasty),
            Value::Array(values) => values
                .iter_mut()
                .for_each(|value| append_hostile_text(value, nasty)),
            _ => {}
        }
    }
    fn walk(value: &mut Value, nasty: &str) {
        match value {
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| {
                walk(value, nasty);
                if CHOSEN_OUTSIDE.contains(&key.as_str()) {
                    append_hostile_text(value, nasty);
                }
            }),
            Value::Array(values) => values.iter_mut().for_each(|value| walk(value, nasty)),
            _ => {}
        }
    }
    let nasty = format!("{HOSTILE_TEXT}{}", "x".repeat(10_000));
    let mut value = serde_json::to_value(report).unwrap();
    for part in ["target", "causes", "results", "requests"] {
        walk(&mut value[part], &nasty);
    }
    serde_json::from_value(value).unwrap()
}

fn totals_of_junit(text: &str) -> [usize; 4] {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    let number = |name: &str| root.attribute(name).unwrap().parse().unwrap();
    let skipped = document
        .descendants()
        .filter(|node| node.has_tag_name("skipped"))
        .count();
    [
        number("tests"),
        number("failures"),
        number("errors"),
        skipped,
    ]
}

/// The totals with a case for each room over both APIs.
fn with_compared_rooms(totals: [usize; 4], report: &Report) -> [usize; 4] {
    let [mut tests, mut failures, mut errors, skipped] = totals;
    let connections = report.migration.iter().flat_map(|own| &own.connections);
    for room in connections.flat_map(|connection| &connection.rooms) {
        tests += 1;
        match room.parity {
            Parity::WouldFailOnGraph | Parity::FailsOnBoth => failures += 1,
            Parity::Unknown => errors += 1,
            Parity::WorksOnBoth | Parity::WorksOnGraphOnly => {}
        }
    }
    [tests, failures, errors, skipped]
}

/// Asserts that a page shows code as code, not with the backticks of the knowledge base. Commands keep theirs.
fn assert_no_raw_backtick(name: &str, page: &str) {
    let mut outside_commands = String::new();
    for part in page.split("<pre") {
        outside_commands.push_str(part.rsplit("</pre>").next().unwrap_or_default());
    }
    let place = outside_commands.find('`').map(|at| {
        let until = outside_commands.len().min(at + 80);
        outside_commands.get(at..until).unwrap_or_default()
    });
    assert_eq!(place, None, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_verdict_are_the_same_in_every_format_of_every_scenario() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let valid = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in catalog_reports().await {
        let counts = report.summary.counts;
        let (tally, verdict) = (
            wording::describe_counts(counts),
            wording::verdict(report.summary.verdict),
        );
        for format in [Format::Table, Format::Markdown, Format::Html] {
            let text = drawn(report, format);
            assert!(
                text.contains(&tally),
                "{name}: {tally} is not in the {}",
                format.name()
            );
            assert!(
                text.contains(verdict),
                "{name}: {verdict} is not in the {}",
                format.name()
            );
            let exit = format!("exit code {}", report.summary.exit_code);
            assert!(
                text.to_lowercase().contains(&exit),
                "{name}: {exit} is not in the {}",
                format.name()
            );
        }
        assert_no_raw_backtick(name, &drawn(report, Format::Html));
        assert_no_raw_backtick(name, &handed_over(report, HandoverFormat::Html));
        let expected = match report.summary.exit_code {
            // What is only a limit must not turn a build red.
            0 => [counts.total(), 0, 0, counts.total() - counts.pass],
            _ => [
                counts.total(),
                counts.fail,
                counts.unknown + counts.error,
                counts.skipped,
            ],
        };
        let expected = with_compared_rooms(expected, report);
        let junit = drawn(report, Format::Junit);
        assert_eq!(totals_of_junit(&junit), expected, "{name}");
        let exit = format!("name=\"exit_code\" value=\"{}\"", report.summary.exit_code);
        assert!(junit.contains(&exit), "{name}");
        let json: Value = serde_json::from_str(&drawn(report, Format::Json)).unwrap();
        assert_eq!(json["summary"]["counts"]["pass"], counts.pass, "{name}");
        assert_eq!(
            json["summary"]["exit_code"], report.summary.exit_code,
            "{name}"
        );
        let faults: Vec<String> = valid
            .iter_errors(&json)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{name}");
    }
}

fn has_unsafe_characters(text: &str) -> bool {
    text.chars()
        .any(|character| matches!(character, '\u{1b}' | '\u{202e}'))
}

#[tokio::test(flavor = "multi_thread")]
async fn external_text_is_sanitized_in_every_format() {
    let report = hostile(&played("contoso-go-live").await);
    for format in Format::ALL {
        let text = drawn(&report, *format);
        assert!(
            !has_unsafe_characters(&text),
            "the {} has_unsafe_characters a terminal",
            format.name()
        );
        assert!(
            text.contains("alert(1)"),
            "the {} does not show external text",
            format.name()
        );
    }
    assert!(!drawn(&report, Format::Html).contains("<script"));
    let markdown = drawn(&report, Format::Markdown);
    let done = Parser::new(&markdown).find(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => true,
        Event::Start(tag) => matches!(
            tag,
            pulldown_cmark::Tag::Link { .. } | pulldown_cmark::Tag::Image { .. }
        ),
        _ => false,
    });
    assert_eq!(done, None);
    assert_eq!(
        totals_of_junit(&drawn(&report, Format::Junit))[0],
        report.summary.counts.total()
    );
}

/// A tenant with a thousand rooms, of which nearly all are refused for one reason.
async fn many_rooms() -> Report {
    let mut scenario = catalog::load("mailbox-outside-scope").unwrap();
    scenario
        .add_rooms(MoreRooms {
            count: 2_000,
            refused: 0,
        })
        .unwrap();
    report_of(scenario).await
}

/// How many lines of a terminal with 100 columns a text takes.
fn screen_lines(text: &str) -> usize {
    text.lines()
        .map(|line| line.chars().count().div_ceil(100).max(1))
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_rooms_fill_no_screen_and_no_line() {
    let report = many_rooms().await;
    assert!(report.causes[0].subjects.len() > 2_000);
    let table = drawn_with(&report, Format::Table, &FIRST_SCREEN);
    assert!(
        screen_lines(&table) <= 45,
        "{} lines of a screen",
        screen_lines(&table)
    );
    let words = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("rx-preflight report report.json --for admin -o tasks.md"));
    let mut texts: Vec<(&str, String)> = Format::ALL
        .iter()
        .filter(|format| **format != Format::Json)
        .map(|format| {
            let text = drawn_with(&report, *format, &FIRST_SCREEN);
            (format.name(), text)
        })
        .collect();
    texts.push(("text with details", drawn(&report, Format::Table)));
    for format in HandoverFormat::ALL {
        texts.push((format.name(), handed_over(&report, *format)));
    }
    for (name, text) in &texts {
        let longest = text
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or_default();
        assert!(
            longest <= 2_000,
            "a line of {name} has {longest} characters"
        );
    }
    let without_separator =
        regex::Regex::new(r"\b[1-9][0-9]{3,} (rooms?|mailbox(es)?|checks?|more|of|requests?)\b")
            .unwrap();
    for (name, text) in &texts {
        assert_eq!(
            without_separator.find(text).map(|found| found.as_str()),
            None,
            "a number of {name} is hard to read"
        );
    }
    let page = &texts
        .iter()
        .find(|(name, text)| *name == "html" && text.contains("<svg"))
        .unwrap()
        .1;
    assert!(
        page.contains("and 1,993 more") && !page.contains("'room-00500@contoso.com'"),
        "no part of a command is shown"
    );
    let script = &texts.last().unwrap().1;
    let rooms = script
        .lines()
        .filter(|line| line.trim().starts_with("'room-"))
        .count();
    assert!(rooms >= 2_000, "the script names every room: {rooms}");
}

/// Writes every document of every scenario, its redacted copy and a hostile report for the validators of `.ci/documents`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it writes files for .ci/documents, which validates them"]
async fn every_document_is_written_for_the_validators() {
    let folder = PathBuf::from(std::env::var_os("DOCUMENTS").unwrap());
    let key = RedactionKey::new(vec![1; RedactionKey::SHORTEST]).unwrap();
    for (name, report) in catalog_reports().await {
        write_all(&folder, name, report);
        write_all(
            &folder,
            &format!("{name}-redacted"),
            &redact(report, &key, &BTreeMap::new()).report,
        );
    }
    write_all(&folder, "many-rooms", &many_rooms().await);
    write_all(
        &folder,
        "hostile",
        &hostile(&played("contoso-go-live").await),
    );
    write_fleet(&folder, catalog_reports().await, FleetFormat::Html);
}

/// Writes the documents for monitors of every scenario, a hostile report and a run without a report for `.ci/monitoring`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it writes files for .ci/monitoring, which validates them"]
async fn every_document_for_monitors_is_written() {
    let folder = PathBuf::from(std::env::var_os("DOCUMENTS").unwrap());
    for (name, report) in catalog_reports().await {
        write_for_monitors(&folder, name, report);
    }
    let go_live = played("contoso-go-live").await;
    let key = RedactionKey::new(vec![1; RedactionKey::SHORTEST]).unwrap();
    let redacted = redact(&go_live, &key, &BTreeMap::new()).report;
    write_for_monitors(&folder, "redacted", &redacted);
    write_for_monitors(&folder, "hostile", &hostile(&go_live));
    write_for_monitors(&folder, "many-rooms", &many_rooms().await);
    write_fleet(&folder, catalog_reports().await, FleetFormat::OpenMetrics);
    let no_report = NoReport {
        at: "2026-11-28T03:00:00Z".parse().unwrap(),
        file: HOSTILE_TEXT,
        reason: HOSTILE_TEXT,
        exit_code: 2,
    };
    for format in Format::ALL {
        if let Some(text) = without_report(*format, &no_report) {
            let name = format!("no-report.{}", format.extension());
            fs::write(folder.join(name), text).unwrap();
        }
    }
}

/// Writes the report of a fleet in which each scenario is a customer.
fn write_fleet(folder: &Path, reports: &[(&str, Report)], format: FleetFormat) {
    let mut customers = vec![not_checked(HOSTILE_TEXT, HOSTILE_TEXT)];
    let mut tool = None;
    for (name, report) in reports {
        customers.push(customer(name, report));
        tool = Some(report.tool.clone());
    }
    let now = "2026-11-28T03:00:00Z".parse().unwrap();
    let combined = combine(customers, None, now, tool.unwrap());
    let mut bytes = Vec::new();
    fleet::write(&combined, format, &OPTIONS, &mut bytes).unwrap();
    fs::write(folder.join(format!("fleet.{}", format.extension())), bytes).unwrap();
}

fn write_for_monitors(folder: &Path, name: &str, report: &Report) {
    let formats = Format::ALL.iter().filter(|format| format.is_for_monitor());
    for format in formats {
        let name = format!("{name}.{}", format.extension());
        fs::write(folder.join(name), drawn(report, *format)).unwrap();
    }
}

fn handed_over(report: &Report, format: HandoverFormat) -> String {
    let mut bytes = Vec::new();
    handover::write(report, format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn write_all(folder: &Path, name: &str, report: &Report) {
    for format in Format::ALL {
        fs::write(
            folder.join(format!("{name}.{}", format.extension())),
            drawn(report, *format),
        )
        .unwrap();
    }
    for format in HandoverFormat::ALL {
        fs::write(
            folder.join(format!("{name}-admin.{}", format.extension())),
            handed_over(report, *format),
        )
        .unwrap();
    }
}
