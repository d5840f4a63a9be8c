//! `diff` of reports of the simulated tenant: no differences if nothing changed, two lines if a list of rooms changed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;

use rx_preflight::diagnosis::ResultRow;
use rx_preflight::report::{Direction, Report, compare};
use rx_preflight::simulator::catalog;
use rx_preflight::terms::{Outcome, Requirement};

mod support;

async fn simulated_report(name: &str) -> Report {
    support::report_of(catalog::load(name).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_of_one_situation_have_no_differences() {
    for name in [
        "estate-ready",
        "graph-secret-expiring",
        "grant-optional-missing",
        "network-tls-intercepted",
    ] {
        let (before, after) = (simulated_report(name).await, simulated_report(name).await);
        let comparison = compare(&before, &after);
        assert!(
            comparison.sentence().starts_with("Nothing changed: "),
            "{name}: {}",
            comparison.to_text()
        );
        assert_eq!(comparison.direction, Direction::Same, "{name}");
        let left = [
            &comparison.changed,
            &comparison.newly_checked,
            &comparison.not_comparable,
        ];
        assert!(
            left.iter().all(|rows| rows.is_empty()),
            "{name}: {}",
            comparison.to_text()
        );
    }
}

/// The same report with sixty rooms in the place of its rooms.
fn with_rooms(report: &Report, prefix: &str) -> Report {
    let mut copy = report.clone();
    let of_a_room = [
        "mailbox.impersonation",
        "mailbox.calendar-read",
        "mailbox.calendar-write",
    ];
    let (rows, others): (Vec<_>, Vec<_>) = copy
        .results
        .into_iter()
        .partition(|row| of_a_room.contains(&row.check.as_str()));
    copy.results = others;
    let first = rows.first().unwrap().subject.clone();
    for number in 0..60 {
        for row in rows.iter().filter(|row| row.subject == first) {
            let subject = format!("{prefix}{number}@contoso.com");
            copy.results.push(ResultRow {
                subject,
                ..row.clone()
            });
        }
    }
    copy
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_replaced_rooms_are_two_lines() {
    let report = simulated_report("graph-ready").await;
    let comparison = compare(&with_rooms(&report, "old"), &with_rooms(&report, "new"));
    assert_eq!(
        (comparison.rooms_added.len(), comparison.rooms_removed.len()),
        (60, 60)
    );
    assert_eq!(comparison.direction, Direction::Same);
    assert!(
        comparison
            .sentence()
            .starts_with("Only the list of rooms changed"),
        "{}",
        comparison.sentence()
    );
    for text in [comparison.to_text(), comparison.to_markdown()] {
        let about_rooms: Vec<_> = text
            .lines()
            .filter(|line| line.contains("contoso.com"))
            .collect();
        assert_eq!(about_rooms.len(), 2, "{text}");
        assert!(
            text.to_lowercase().contains("rooms added (60)") && text.contains("and 52 more"),
            "{text}"
        );
    }
}

/// The report of a check of this tenant with these options, which can replace its addresses.
fn checked(tenant: &support::Tenant, options: &[&str]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let addresses = tenant.addresses();
    let own = addresses
        .chunks(2)
        .filter(|pair| !options.contains(&pair[0].as_str()))
        .flatten();
    let output = support::program(folder.path())
        .args(["check", "--quiet", "-o", "report.json", "--config"])
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(own)
        .args(options)
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    read(&folder.path().join("report.json"))
}

fn read(path: &Path) -> Report {
    Report::from_json(&fs::read(path).unwrap()).unwrap()
}

/// What is not checked any more is not known to be fixed, whatever kept the check from being run.
#[test]
fn a_problem_is_fixed_only_if_its_checks_have_a_result_again() {
    let tenant = support::Tenant::start("mailbox-outside-scope", false);
    let before = checked(&tenant, &[]);
    let nowhere = "http://127.0.0.1:9";
    let exchange = "http://127.0.0.1:9/EWS/Exchange.asmx";
    let later: [(&str, &[&str]); 5] = [
        ("skipped", &["--skip", "mailbox"]),
        ("not selected", &["--only", "sign-in"]),
        ("sample", &["--sample", "1"]),
        (
            "no network",
            &["--ews-url", exchange, "--graph-url", nowhere],
        ),
        ("no time", &["--deadline", "1s", "--login-url", nowhere]),
    ];
    for (what, options) in later {
        let after = checked(&tenant, options);
        let comparison = compare(&before, &after);
        let text = comparison.to_text();
        let problems = comparison.fixed.iter();
        let fixed = problems
            .filter(|cause| cause.requirement != Requirement::Advisory)
            .count();
        assert_eq!(fixed, 0, "{what}: {text}");
        assert_ne!(comparison.direction, Direction::Better, "{what}: {text}");
        let is_lost = !comparison.not_checked_again.is_empty();
        let has_shrunk = comparison.still.iter().any(|cause| !cause.checked_again);
        assert!(is_lost || has_shrunk, "{what}: {text}");
        assert!(!text.starts_with("Nothing changed"), "{what}: {text}");
        assert!(comparison.rooms_removed.is_empty(), "{what}: {text}");
    }
}

/// Rooms that a sample leaves out are neither broken nor repaired.
#[test]
fn a_sample_moves_the_switch_to_graph_neither_closer_nor_away() {
    let tenant = support::Tenant::start("migration-ready", false);
    let folder = tempfile::tempdir().unwrap();
    let compared = |options: &[&str]| {
        let output = support::program(folder.path())
            .args(["migrate", "--quiet", "-o", "report.json", "--config"])
            .arg(tenant.folder.path().join("rx-preflight.toml"))
            .args(tenant.addresses())
            .args(options)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        read(&folder.path().join("report.json"))
    };
    let (all, sample) = (compared(&[]), compared(&["--sample", "1"]));
    for (before, after) in [(&all, &sample), (&sample, &all)] {
        let comparison = compare(before, after);
        assert_eq!(
            comparison.direction,
            Direction::Same,
            "{}",
            comparison.to_text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_location_and_another_spelling_fix_nothing() {
    let before = simulated_report("mailbox-outside-scope").await;
    let mut renamed = before.clone();
    for connection in &mut renamed.target.connections {
        connection.name += " (new)";
    }
    for row in &mut renamed.results {
        row.connection = row.connection.take().map(|name| name + " (new)");
    }
    renamed.causes.clear();
    let comparison = compare(&before, &renamed);
    assert!(comparison.fixed.is_empty(), "{}", comparison.to_text());
    let mut spelled = before.clone();
    for row in &mut spelled.results {
        row.subject = row.subject.to_uppercase();
    }
    let comparison = compare(&before, &spelled);
    assert!(
        comparison.sentence().starts_with("Nothing changed"),
        "{}",
        comparison.to_text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_only_advice_improves_nothing() {
    let after = simulated_report("graph-ready").await;
    let mut before = after.clone();
    let advice = |row: &&mut ResultRow| {
        row.requirement == Requirement::Advisory && row.outcome == Outcome::Pass
    };
    let row = before.results.iter_mut().find(advice).unwrap();
    row.outcome = Outcome::Unknown;
    let comparison = compare(&before, &after);
    assert_eq!(comparison.direction, Direction::Same);
    assert_eq!(comparison.newly_checked.len(), 1);
}
