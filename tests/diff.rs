//! `diff` of reports of the simulated tenant: no differences if nothing changed, two lines if a list of rooms changed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::diagnosis::ResultRow;
use rx_preflight::report::{Direction, Report, compare};
use rx_preflight::simulator::catalog;

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
