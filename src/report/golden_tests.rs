//! Golden files: every format of the report, the hand-over and the comparison, drawn from the situations of [`sample_report`].
//!
//! A change of a text or of a layout is then a difference in the review. Widths, colors and ASCII of the table have their
//! own golden files in `table/tests.rs`.

use super::handover::{self, HandoverFormat};
use super::table::{self, Detail, TableOptions};
use super::{Format, Report, compare, sample_report, write};

const OPTIONS: TableOptions = TableOptions {
    width: 100,
    color: false,
    unicode: true,
    plain: false,
    detail: Detail::Normal,
};

/// The situations that every format for readers is drawn from.
fn situations() -> [(&'static str, Report); 3] {
    [
        ("problems", sample_report::report()),
        ("no-token", sample_report::report_without_token()),
        ("passed", sample_report::report_all_passed()),
    ]
}

fn rendered(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    write(report, format, &OPTIONS, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn reports_look_as_reviewed() {
    for (situation, report) in situations() {
        for format in [Format::Html, Format::Markdown, Format::Junit] {
            let name = format!("report-{situation}.{}", format.extension());
            insta::assert_snapshot!(name, rendered(&report, format));
        }
    }
    // The JSON holds the same fields in every situation, so the shortest report is enough.
    insta::assert_snapshot!(
        "report-passed.json",
        rendered(&sample_report::report_all_passed(), Format::Json)
    );
}

#[test]
fn a_compact_table_looks_as_reviewed() {
    let report = sample_report::report_of_many_connections();
    insta::assert_snapshot!(
        "report-many-connections.txt",
        table::render(&report, &OPTIONS)
    );
}

#[test]
fn hand_overs_look_as_reviewed() {
    for format in HandoverFormat::ALL {
        let mut bytes = Vec::new();
        handover::write(&sample_report::report(), *format, &mut bytes).unwrap();
        let name = format!("hand-over.{}", format.extension());
        insta::assert_snapshot!(name, String::from_utf8(bytes).unwrap());
    }
}

#[test]
fn comparisons_look_as_reviewed() {
    let mut fixed = sample_report::report_all_passed();
    fixed.report_id = "0b8f52c1-93de-4c7a-a6b4-17d2e9f0c835".to_owned();
    let comparison = compare(&sample_report::report(), &fixed);
    insta::assert_snapshot!("diff.txt", comparison.to_text());
    insta::assert_snapshot!("diff.md", comparison.to_markdown());
}
