//! The report as the line of a monitoring plugin, by the guidelines of Nagios that Icinga and Checkmk follow: the state, the
//! reason, and behind a bar the performance data.

use std::collections::BTreeMap;

use crate::diagnosis::{EndDate, EndDateKind};
use crate::knowledge;
use crate::terms::Outcome;

use super::no_report::NoReport;
use super::room_counts::RoomCounts;
use super::{
    MonitorState, Report, migration_view, sanitize, verdict_notes, verdict_reason, wording,
};

/// The longest text before the bar, in bytes: with the performance data it stays below the 4 KB that a monitor reads.
const MAX_TEXT_BYTES: usize = 2_000;

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let data: Vec<String> = performance_data(&safe).iter().map(Datum::text).collect();
    format!(
        "{} | {}\n",
        status_text(MonitorState::of(&safe), &reason(&safe)),
        data.join(" ")
    )
}

/// Draws the line of a run without a report.
pub fn render_without_report(no_report: &NoReport<'_>) -> String {
    let reason = wording::no_report(&sanitize::sanitize_line(no_report.reason));
    format!("{}\n", status_text(MonitorState::Unknown, &reason))
}

fn status_text(state: MonitorState, reason: &str) -> String {
    // The bar separates the performance data, so the text cannot contain one.
    let reason = reason.replace('|', "/");
    let text = format!("{} {} - {reason}", wording::SERVICE_NAME, state.name());
    cut(&text)
}

/// The text, shortened to the longest that is read.
fn cut(text: &str) -> String {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    format!("{}...", &text[..end])
}

fn reason(report: &Report) -> String {
    let (word, reason) = match &report.migration {
        Some(migration) => (
            migration_view::readiness_label(report, migration),
            with_problems_of_today(
                report,
                migration_view::readiness_sentence(report, migration),
            ),
        ),
        None => (
            verdict_reason::verdict_label(report),
            verdict_reason::verdict_reason(report),
        ),
    };
    let lead = wording::headline_lead(word, report.interrupted);
    match verdict_notes::notes_sentence(report) {
        Some(notes) => format!("{lead} {reason} {notes}"),
        None => format!("{lead} {reason}"),
    }
}

fn with_problems_of_today(report: &Report, sentence: String) -> String {
    match migration_view::problems_of_today(report) {
        Some(today) => format!("{sentence} {today}"),
        None => sentence,
    }
}

fn performance_data(report: &Report) -> Vec<Datum> {
    let counts = report.summary.counts;
    let mut data: Vec<Datum> = Outcome::ALL
        .iter()
        .map(|outcome| {
            let label = format!("checks_{outcome}");
            Datum::share(label, counts.get(*outcome), counts.total())
        })
        .collect();
    let rooms = RoomCounts::of(&report.results);
    let by_outcome = [
        ("pass", rooms.work),
        ("fail", rooms.fail),
        ("unknown", rooms.unknown),
        ("skipped", rooms.not_checked),
    ];
    data.extend(
        by_outcome
            .map(|(outcome, count)| Datum::share(format!("rooms_{outcome}"), count, rooms.total())),
    );
    data.extend(end_dates(report));
    let seconds = report.finished_at.as_second() - report.started_at.as_second();
    data.push(Datum::new("duration", format!("{seconds}s"), ";;0;"));
    data.push(Datum::new(
        "requests",
        report.requests.len().to_string(),
        ";;0;",
    ));
    data
}

/// The days until the first end of each kind, with the days of warning as the threshold.
fn end_dates(report: &Report) -> impl Iterator<Item = Datum> {
    let mut first: BTreeMap<EndDateKind, &EndDate> = BTreeMap::new();
    for end in &report.end_dates {
        let known = first.entry(end.kind).or_insert(end);
        if end.date < known.date {
            *known = end;
        }
    }
    first.into_values().map(|end| {
        let label = format!("{}_days", end.kind.as_str().replace('-', "_"));
        // A note requires action on the last day of the range as well, and a threshold alerts below its number only.
        let least = u32::from(warning_days(report, end.kind)) + 1;
        Datum::new(&label, end.days.to_string(), &format!("{least}:;;;"))
    })
}

fn warning_days(report: &Report, kind: EndDateKind) -> u16 {
    let dates = knowledge::dates();
    let default = match kind {
        EndDateKind::Ews => dates.ews_warning_days,
        EndDateKind::ClientSecret | EndDateKind::ClientCertificate => dates.secret_warning_days,
    };
    report.target.warn_days.unwrap_or(default)
}

/// One value of the performance data.
struct Datum {
    label: String,
    value: String,
    /// The thresholds and the range, `warn;crit;min;max`.
    range: String,
}

impl Datum {
    fn new(label: &str, value: String, range: &str) -> Self {
        Self {
            label: label.to_owned(),
            value,
            range: range.to_owned(),
        }
    }

    fn share(label: String, count: usize, total: usize) -> Self {
        Self {
            label,
            value: count.to_string(),
            range: format!(";;0;{total}"),
        }
    }

    fn text(&self) -> String {
        format!("'{}'={};{}", self.label, self.value, self.range)
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::super::sample_report;
    use super::*;

    /// The line of the plugin guidelines: text without a bar, then quoted labels with value, unit, thresholds and range.
    fn assert_is_plugin_line(text: &str) {
        let number = r"-?[0-9]+(\.[0-9]+)?";
        let threshold = format!("(@?(~|{number})?:?({number})?)?");
        let datum = format!(
            "'[^'=|]+'={number}(s|ms|us|%|B|KB|MB|TB|c)?;{threshold};{threshold};({number})?;({number})?"
        );
        let line = format!(
            "^RX-PREFLIGHT (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \\| {datum}( {datum})*)?\n$"
        );
        assert!(Regex::new(&line).unwrap().is_match(text), "{text}");
        assert!(text.len() < 4_096, "{} bytes", text.len());
    }

    #[test]
    fn every_sample_is_one_line_with_the_counts_of_the_report() {
        for report in [
            sample_report::report(),
            sample_report::report_without_token(),
            sample_report::report_all_passed(),
            sample_report::report_of_many_connections(),
            sample_report::report_of_migration(),
        ] {
            let text = render(&report);
            assert_is_plugin_line(&text);
            let state = MonitorState::of(&report).name();
            assert!(
                text.starts_with(&format!("RX-PREFLIGHT {state} - ")),
                "{text}"
            );
            let counts = report.summary.counts;
            let failed = format!("'checks_fail'={};;;0;{} ", counts.fail, counts.total());
            assert!(text.contains(&failed), "{text}");
        }
    }

    #[test]
    fn the_first_end_of_a_kind_has_its_days_of_warning_as_threshold() {
        let mut report = sample_report::report();
        let mut later = report.end_dates[0].clone();
        later.date = "2028-04-01".parse().unwrap();
        later.days = 495;
        report.end_dates.insert(0, later);
        assert!(
            render(&report).contains(" 'client_secret_days'=526;31:;;; 'ews_days'=129;181:;;; ")
        );
        report.target.warn_days = Some(10);
        assert!(render(&report).contains(" 'ews_days'=129;11:;;; "));
    }

    #[test]
    fn external_text_makes_no_second_line_and_no_second_bar() {
        let mut report = sample_report::report();
        for cause in &mut report.causes {
            cause.title = format!("a | 'b'=1\nc {}", "\u{e9}".repeat(5_000));
        }
        assert_is_plugin_line(&render(&report));
    }

    #[test]
    fn a_run_without_a_report_is_unknown() {
        let text = render_without_report(&NoReport {
            at: "2026-11-28T03:00:00Z".parse().unwrap(),
            file: "",
            reason: "cannot read rx.toml | [a]\nb",
            exit_code: 2,
        });
        assert_is_plugin_line(&text);
        assert_eq!(
            text,
            "RX-PREFLIGHT UNKNOWN - the check ended without a report: cannot read rx.toml / [a] b\n"
        );
    }
}
