//! The report as metrics for Prometheus, in the OpenMetrics text format.
//!
//! Every sample names the tenant, because a collector merges the files of several tenants and refuses two equal series.

use crate::diagnosis::{EndDate, EndDateKind};
use crate::terms::{Outcome, Readiness};

use super::exposition::{Exposition, Sample, start_of_day};
use super::no_report::NoReport;
use super::room_counts::RoomCounts;
use super::{Report, Verdict, sanitize, verdict_notes, wording};

/// How many end dates of a kind become a metric of their own, the earliest first: each is a series that a monitor stores.
const END_DATES_OF_A_KIND: usize = 10;
/// How many connections of an end date are named before the rest is counted.
const NAMED_CONNECTIONS: usize = 3;

const VERDICTS: [Verdict; 4] = [
    Verdict::Ready,
    Verdict::ReadyLimited,
    Verdict::Inconclusive,
    Verdict::NotReady,
];

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let mut metrics = Exposition::with_label("tenant", &safe.target.tenant_id);
    draw_run(&mut metrics, &safe);
    draw_result(&mut metrics, &safe);
    draw_end_dates(&mut metrics, &safe.end_dates);
    draw_migration(&mut metrics, &safe);
    metrics.end()
}

/// Draws the metrics of a run without a report. Its tenant can be unknown, so the series name the file instead.
pub fn render_without_report(no_report: &NoReport<'_>) -> String {
    let mut metrics = Exposition::with_label("file", &sanitize::sanitize(no_report.file));
    draw_info(&mut metrics, env!("CARGO_PKG_VERSION"));
    draw_completion(&mut metrics, false, no_report.at.as_second());
    draw_exit_code(&mut metrics, no_report.exit_code);
    metrics.end()
}

fn draw_run(metrics: &mut Exposition, report: &Report) {
    let started = report.started_at.as_second();
    draw_info(metrics, &report.tool.version);
    draw_completion(metrics, !report.interrupted, started);
    draw_exit_code(metrics, report.summary.exit_code);
    metrics.family(
        "run_duration_seconds",
        wording::METRIC_RUN_DURATION,
        [Sample::of(report.finished_at.as_second() - started)],
    );
    metrics.family(
        "requests",
        wording::METRIC_REQUESTS,
        [Sample::of(report.requests.len())],
    );
    let knowledge = report.tool.knowledge_date.parse().ok();
    metrics.family(
        "knowledge_timestamp_seconds",
        wording::METRIC_KNOWLEDGE,
        knowledge.and_then(start_of_day).map(Sample::of),
    );
}

fn draw_info(metrics: &mut Exposition, version: &str) {
    metrics.family(
        "info",
        wording::METRIC_INFO,
        [Sample::of(1).with("version", version)],
    );
}

fn draw_completion(metrics: &mut Exposition, is_complete: bool, started: i64) {
    metrics.family(
        "run_completed",
        wording::METRIC_RUN_COMPLETED,
        [Sample::of(u8::from(is_complete))],
    );
    metrics.family(
        "run_start_timestamp_seconds",
        wording::METRIC_RUN_START,
        [Sample::of(started)],
    );
}

fn draw_exit_code(metrics: &mut Exposition, exit_code: u8) {
    metrics.family(
        "exit_code",
        wording::METRIC_EXIT_CODE,
        [Sample::of(exit_code)],
    );
}

fn draw_result(metrics: &mut Exposition, report: &Report) {
    let summary = report.summary;
    metrics.family(
        "verdict",
        wording::METRIC_VERDICT,
        VERDICTS.map(|verdict| {
            Sample::of(u8::from(verdict == summary.verdict)).with("verdict", &verdict.to_string())
        }),
    );
    metrics.family(
        "checks",
        wording::METRIC_CHECKS,
        Outcome::ALL.iter().map(|outcome| {
            Sample::of(summary.counts.get(*outcome)).with("outcome", outcome.as_str())
        }),
    );
    let rooms = RoomCounts::of(&report.results);
    let by_outcome = [
        ("pass", rooms.work),
        ("fail", rooms.fail),
        ("unknown", rooms.unknown),
        ("skipped", rooms.not_checked),
        ("deselected", rooms.left_out),
    ];
    metrics.family(
        "rooms",
        wording::METRIC_ROOMS,
        by_outcome.map(|(outcome, count)| Sample::of(count).with("outcome", outcome)),
    );
    let needs_action = verdict_notes::any_needs_action(&report.causes);
    metrics.family(
        "action_required",
        wording::METRIC_ACTION,
        [Sample::of(u8::from(needs_action))],
    );
    draw_accepted(metrics, report);
}

/// How many findings do not count, and when the first of them counts again.
fn draw_accepted(metrics: &mut Exposition, report: &Report) {
    let accepted: Vec<_> = report
        .causes
        .iter()
        .filter_map(|cause| cause.accepted.as_ref())
        .collect();
    metrics.family(
        "accepted_findings",
        wording::METRIC_ACCEPTED,
        [Sample::of(accepted.len())],
    );
    let first = accepted.iter().map(|finding| finding.expires).min();
    // The finding counts from the day after the last one.
    let ends = first
        .and_then(|day| day.tomorrow().ok())
        .and_then(start_of_day);
    metrics.family(
        "accepted_findings_end_timestamp_seconds",
        wording::METRIC_ACCEPTED_END,
        ends.map(Sample::of),
    );
}

fn draw_end_dates(metrics: &mut Exposition, ends: &[EndDate]) {
    let mut samples = Vec::new();
    for kind in EndDateKind::ALL {
        let mut of_kind: Vec<&EndDate> = ends.iter().filter(|end| end.kind == kind).collect();
        of_kind.sort_by_key(|end| end.date);
        samples.extend(
            of_kind
                .into_iter()
                .take(END_DATES_OF_A_KIND)
                .filter_map(end_sample),
        );
    }
    metrics.family("end_timestamp_seconds", wording::METRIC_END, samples);
}

fn end_sample(end: &EndDate) -> Option<Sample> {
    let connections = wording::list_up_to(&end.connections, NAMED_CONNECTIONS);
    let sample = Sample::of(start_of_day(end.date)?);
    Some(
        sample
            .with("kind", end.kind.as_str())
            .with("connections", &connections),
    )
}

fn draw_migration(metrics: &mut Exposition, report: &Report) {
    let migration = report.migration.iter();
    let samples = migration.flat_map(|own| {
        Readiness::ALL.iter().map(|readiness| {
            Sample::of(u8::from(*readiness == own.readiness)).with("readiness", readiness.as_str())
        })
    });
    metrics.family("migration_readiness", wording::METRIC_READINESS, samples);
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::super::sample_report;
    use super::*;

    fn end(kind: EndDateKind, date: &str, connections: &[&str]) -> EndDate {
        EndDate {
            kind,
            date: date.parse().unwrap(),
            days: 0,
            connections: connections.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn lines_of<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
        let start = format!("rx_preflight_{name}{{");
        text.lines()
            .filter(|line| line.starts_with(&start))
            .collect()
    }

    #[test]
    fn the_counts_are_those_of_the_report() {
        let report = sample_report::report();
        let text = render(&report);
        let tenant = sample_report::TENANT;
        for outcome in Outcome::ALL {
            let line = format!(
                "rx_preflight_checks{{tenant=\"{tenant}\",outcome=\"{outcome}\"}} {}\n",
                report.summary.counts.get(*outcome)
            );
            assert!(text.contains(&line), "{line}{text}");
        }
        let rooms = RoomCounts::of(&report.results);
        let failing = format!("outcome=\"fail\"}} {}", rooms.fail);
        assert!(
            lines_of(&text, "rooms")
                .iter()
                .any(|line| line.ends_with(&failing))
        );
        let of_verdict = lines_of(&text, "verdict");
        let set: Vec<_> = of_verdict
            .iter()
            .filter(|line| line.ends_with(" 1"))
            .collect();
        assert_eq!((of_verdict.len(), set.len()), (4, 1));
        assert!(set[0].contains(&format!("verdict=\"{}\"", report.summary.verdict)));
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn label_values_are_escaped() {
        let mut report = sample_report::report();
        report.target.tenant_id = "a\"b\\c\nd".to_owned();
        let text = render(&report);
        assert!(text.contains("tenant=\"a\\\"b\\\\c d\""), "{text}");
    }

    #[test]
    fn five_hundred_connections_make_a_bounded_number_of_series_with_the_earliest_first() {
        let mut report = sample_report::report();
        let names: Vec<String> = (0..500).map(|n| format!("c{n}")).collect();
        let first: Date = "2027-01-01".parse().unwrap();
        let secrets = names.iter().zip(0_i64..).map(|(name, day)| EndDate {
            kind: EndDateKind::ClientSecret,
            date: first + jiff::Span::new().days(499 - day),
            days: 0,
            connections: vec![name.clone()],
        });
        report.end_dates = secrets.collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        report
            .end_dates
            .push(end(EndDateKind::Ews, "2027-04-01", &all));
        let text = render(&report);
        let lines = lines_of(&text, "end_timestamp_seconds");
        assert_eq!(lines.len(), END_DATES_OF_A_KIND + 1);
        assert!(
            lines[0].ends_with("kind=\"client-secret\",connections=\"c499\"} 1798761600"),
            "{}",
            lines[0]
        );
        assert!(
            lines[10].ends_with("kind=\"ews\",connections=\"c0, c1, c2 and 497 more\"} 1806537600"),
            "{}",
            lines[10]
        );
    }

    #[test]
    fn of_two_series_with_equal_labels_the_earlier_date_stays() {
        let mut report = sample_report::report();
        report.end_dates = vec![
            end(EndDateKind::ClientSecret, "2027-02-01", &["a"]),
            end(EndDateKind::ClientSecret, "2027-01-01", &["a"]),
        ];
        let text = render(&report);
        let lines = lines_of(&text, "end_timestamp_seconds");
        assert!(
            lines.len() == 1 && lines[0].ends_with(" 1798761600"),
            "{lines:?}"
        );
    }

    #[test]
    fn an_interrupted_run_is_not_complete() {
        let mut report = sample_report::report();
        let completed = |report: &Report| {
            let text = render(report);
            lines_of(&text, "run_completed")[0].chars().last()
        };
        assert_eq!(completed(&report), Some('1'));
        report.interrupted = true;
        assert_eq!(completed(&report), Some('0'));
    }

    #[test]
    fn a_run_without_a_report_has_no_verdict_and_no_reason() {
        let text = render_without_report(&NoReport {
            at: "2026-11-28T03:00:00Z".parse().unwrap(),
            file: "con\"toso.prom",
            reason: "cannot read /srv/secret.txt",
            exit_code: 2,
        });
        let of_file = "{file=\"con\\\"toso.prom\"}";
        for line in [
            format!("rx_preflight_run_completed{of_file} 0\n"),
            format!("rx_preflight_run_start_timestamp_seconds{of_file} 1795834800\n"),
            format!("rx_preflight_exit_code{of_file} 2\n"),
        ] {
            assert!(text.contains(&line), "{line}{text}");
        }
        assert!(
            !text.contains("verdict") && !text.contains("/srv"),
            "{text}"
        );
        assert!(text.ends_with("# EOF\n"));
    }
}
