//! Golden files: every format of the report, of the hand-over and of the comparison, from one set of situations.
//!
//! A change of a text or of a layout is then a difference in the review. Widths, colors and ASCII of the table have their
//! own golden files in `table/tests.rs`.

use super::handover::{self, HandoverFormat};
use super::table::{Detail, TableOptions};
use super::{Format, Report, compare, sample_report, write};

/// The situations that every format is drawn from.
fn situations() -> [(&'static str, Report); 5] {
    [
        ("problems", sample_report::report()),
        ("no-token", sample_report::report_without_token()),
        ("passed", sample_report::report_all_passed()),
        (
            "many-connections",
            sample_report::report_of_many_connections(),
        ),
        ("migration", sample_report::report_of_migration()),
    ]
}

/// The lengths of the table.
const DETAILS: [(Detail, &str); 3] = [
    (Detail::Normal, "txt"),
    (Detail::Verbose, "verbose.txt"),
    (Detail::Brief, "brief.txt"),
];

fn options(detail: Detail) -> TableOptions {
    TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail,
    }
}

fn rendered(report: &Report, format: Format, detail: Detail) -> String {
    let mut bytes = Vec::new();
    write(report, format, &options(detail), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn handed_over(report: &Report, format: HandoverFormat) -> String {
    let mut bytes = Vec::new();
    handover::write(report, format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn reports_look_as_reviewed() {
    for (situation, report) in situations() {
        for format in Format::ALL {
            if *format == Format::Table {
                for (detail, extension) in DETAILS {
                    let name = format!("report-{situation}.{extension}");
                    insta::assert_snapshot!(name, rendered(&report, *format, detail));
                }
            } else {
                let name = format!("report-{situation}.{}", format.extension());
                insta::assert_snapshot!(name, rendered(&report, *format, Detail::Normal));
            }
        }
    }
}

#[test]
fn hand_overs_look_as_reviewed() {
    for (situation, report) in situations() {
        for format in HandoverFormat::ALL {
            let name = format!("hand-over-{situation}.{}", format.extension());
            insta::assert_snapshot!(name, handed_over(&report, *format));
        }
    }
}

#[test]
fn comparisons_look_as_reviewed() {
    let mut fixed = sample_report::report_all_passed();
    fixed.report_id = "0b8f52c1-93de-4c7a-a6b4-17d2e9f0c835".to_owned();
    for (situation, report) in situations() {
        let comparison = compare(&report, &fixed);
        insta::assert_snapshot!(format!("diff-{situation}.txt"), comparison.to_text());
        insta::assert_snapshot!(format!("diff-{situation}.md"), comparison.to_markdown());
    }
}
