//! What is seen first: how long it is, where the verdict is, and that nothing which decides the verdict is left out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::report::cause_order::{cause_of_row, numbered_causes};
use rx_preflight::report::table::{Detail, TableOptions, render};
use rx_preflight::report::{Report, Verdict, wording};
use rx_preflight::simulator::catalog;
use rx_preflight::terms::{Outcome, Requirement, SkipReason};
use support::{program, report_of, scenario};
use tempfile::TempDir;
use tokio::sync::OnceCell;

mod support;

/// The longest first screen of the demonstration, and that of a tenant in which all is well.
const DEMO: usize = 45;
const READY: usize = 20;

fn drawn(report: &Report, width: usize, detail: Detail) -> String {
    let options = TableOptions {
        width,
        color: false,
        unicode: true,
        plain: false,
        detail,
    };
    render(report, &options)
}

fn first_screen(report: &Report) -> String {
    drawn(report, 100, Detail::Normal)
}

/// The report of every scenario, played once for all tests of this file.
async fn catalog_reports() -> &'static [(&'static str, Report)] {
    static REPORTS: OnceCell<Vec<(&str, Report)>> = OnceCell::const_new();
    let play_all = async || {
        let mut reports = Vec::new();
        for name in catalog::names() {
            reports.push((name, report_of(catalog::load(name).unwrap()).await));
        }
        reports
    };
    REPORTS.get_or_init(play_all).await
}

#[test]
fn the_demonstration_fits_on_a_screen() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).arg("demo").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() <= DEMO, "{text}");
    assert!(text.starts_with("Not ready: 3 of 13 rooms fail."), "{text}");
    let parts = [
        "1 [Required] Exchange blocks the app from mailboxes of Berlin (likely)",
        "First step  Exchange Administrator: List the policies",
        "(21 days left)",
        "ends on 2027-04-01",
        "Not covered",
        "`--problem N` (1 to 5)",
        "Next  ",
    ];
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_tenant_takes_twenty_lines_and_two_for_each_further_note() {
    let ready: Vec<&(&str, Report)> = catalog_reports()
        .await
        .iter()
        .filter(|(_, report)| {
            report.summary.verdict == Verdict::Ready && report.migration.is_none()
        })
        .collect();
    assert!(ready.len() > 10, "{}", ready.len());
    for (name, report) in ready {
        let text = first_screen(report);
        let more = report.causes.len().saturating_sub(1) * 2;
        // What is special about a run, and checks without a result, have lines of their own.
        let special = report.input_notes.len() + report.target.narrowed_by.len();
        let has_results = report
            .results
            .iter()
            .all(|row| matches!(row.outcome, Outcome::Pass | Outcome::Skipped));
        if special == 0 && report.administrator.is_none() && has_results {
            assert!(text.lines().count() <= READY + more, "{name}:\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_grows_with_the_problems_and_not_with_the_rooms() {
    for name in ["graph-ready", "ews-ready"] {
        let lines = async |rooms: &str| {
            let report = report_of(scenario(name, rooms)).await;
            (report.causes.len(), first_screen(&report).lines().count())
        };
        let few = lines("more_rooms = { count = 10, refused = 5 }").await;
        let many = lines("more_rooms = { count = 1000, refused = 500 }").await;
        assert_eq!(few, many, "{name}");
    }
    for (name, report) in catalog_reports().await {
        let text = first_screen(report);
        let starts: Vec<usize> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| {
                numbered_causes(report)
                    .iter()
                    .any(|cause| line.starts_with(&format!("{} [", cause.number)))
            })
            .map(|(at, _)| at)
            .collect();
        for (index, start) in starts.iter().enumerate() {
            let block = text.lines().skip(start + 1);
            let length = 1 + block.take_while(|line| line.starts_with("   ")).count();
            assert!(length <= 5, "{name}, {index}:\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_is_the_first_and_the_last_line_of_every_report() {
    for (name, report) in catalog_reports().await {
        for width in [60, 80, 100, 120] {
            let text = drawn(report, width, Detail::Normal);
            let (first, last) = (text.lines().next().unwrap(), text.lines().last().unwrap());
            let (label, _) = last.split_once(" (exit code ").unwrap();
            assert!(first.starts_with(&format!("{label}: ")), "{name}: {first}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_decides_the_verdict_is_left_out() {
    for (name, report) in catalog_reports().await {
        let text = first_screen(report);
        let causes = numbered_causes(report);
        let is_shown = |number: usize| {
            text.lines()
                .any(|line| line.starts_with(&format!("{number} [")))
        };
        for row in &report.results {
            let left_out = matches!(
                row.skip_reason,
                Some(SkipReason::Deselected | SkipReason::NotApplicable)
            );
            if row.requirement != Requirement::Required || row.outcome == Outcome::Pass || left_out
            {
                continue;
            }
            let explained = cause_of_row(row, &causes).is_some_and(|cause| {
                // The notes of a report about the move are in its plan, and a note decides no verdict.
                is_shown(cause.number) || (cause.is_note() && report.migration.is_some())
            });
            let mark = format!(" [{}] ", wording::outcome(row.outcome));
            let has_line = text.lines().any(|line| {
                let is_named = line.contains(row.check.as_str()) && !line.contains("(exit code ");
                // Several checks of one reason are named up to a few, then counted.
                is_named || (line.starts_with(&mark) && line.contains(" more: "))
            });
            assert!(explained || has_line, "{name}: {row:?}\n{text}");
        }
        let problems = causes.iter().filter(|cause| !cause.is_note());
        for problem in problems {
            assert!(
                is_shown(problem.number),
                "{name}: {}\n{text}",
                problem.number
            );
        }
    }
}

#[test]
fn a_problem_is_shown_alone_and_a_wrong_number_names_the_right_ones() {
    let folder = TempDir::new().unwrap();
    let run = |line: &str| {
        let output = program(folder.path())
            .args(line.split(' '))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (exit, text, _) = run("demo -o report.json");
    assert_eq!(exit, Some(1));
    let pointer = "`rx-preflight report report.json` with `--problem N` (1 to 5)";
    assert!(text.contains(pointer), "{text}");
    let (exit, text, _) = run("report report.json --problem 2");
    let (_, full, _) = run("report report.json --verbose");
    let (block, verdict) = text.trim_end().rsplit_once("\n\n").unwrap();
    assert_eq!(exit, Some(1));
    assert!(
        block.starts_with("2 [Required] Rooms of the main connection"),
        "{text}"
    );
    assert!(
        full.contains(block) && full.ends_with(&format!("{verdict}\n")),
        "{full}"
    );
    let (exit, text, message) = run("report report.json --problem 9");
    assert_eq!((exit, text.as_str()), (Some(2), ""));
    assert!(
        message.contains("the report has the numbers 1 to 5"),
        "{message}"
    );
    // The run took its time, so its files are written in any case.
    let (exit, text, message) = run("demo graph-ready --problem 1 -o ready.json");
    assert_eq!((exit, text.as_str()), (Some(2), ""));
    assert!(message.contains("no problems and no notes"), "{message}");
    assert!(folder.path().join("ready.json").exists());
    for other in ["--brief", "--verbose", "--quiet", "--format json"] {
        let (exit, _, message) = run(&format!("report report.json --problem 1 {other}"));
        assert_eq!(exit, Some(2), "{other}");
        let option = other.split(' ').next().unwrap();
        assert!(
            message.contains("cannot be used with") && message.contains(option),
            "{message}"
        );
    }
}

#[test]
fn a_redacted_report_does_not_name_its_file() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path())
        .args(["demo", "--redact", "-o", "contoso.com.json"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("contoso.com"), "{text}");
    assert!(
        text.contains("Details      repeat the command with "),
        "{text}"
    );
}

#[test]
fn a_report_that_is_diagnosed_again_does_not_refer_to_the_earlier_one() {
    let folder = TempDir::new().unwrap();
    let text = |line: &str| {
        let output = program(folder.path())
            .args(line.split(' '))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    text("demo -o report.json");
    assert!(text("report report.json").contains("`rx-preflight report report.json` with "));
    assert!(
        text("report report.json --rediagnose").contains("Details      repeat the command with ")
    );
}
