//! One customer of the fleet report, from the report of a check.

use std::collections::{BTreeMap, HashMap};

use crate::diagnosis::{Cause, EndDate, EndDateKind, ResultRow};
use crate::report::room_counts::RoomCounts;
use crate::report::sanitize::sanitize_line;
use crate::report::sections::{section_status, sections_with_rows};
use crate::report::verdict_reason::reason_of_inconclusive;
use crate::report::{Counts, Report, TargetConnection};
use crate::terms::{CauseId, Requirement};

use super::model::{Customer, CustomerProblem, CustomerState, Location, LocationRooms};

/// The customer behind a report. Only what the fleet report shows is kept, so that thousands of customers need little memory.
pub fn customer(name: &str, report: &Report) -> Customer {
    let problems: Vec<CustomerProblem> = report
        .causes
        .iter()
        .filter(|cause| cause.requirement != Requirement::Advisory)
        .map(problem)
        .collect();
    let rows = rows_by_connection(&report.results);
    let locations = report
        .target
        .connections
        .iter()
        .map(|connection| {
            let own = rows.get(connection.name.as_str());
            location(connection, own.map_or(&[], Vec::as_slice), &problems)
        })
        .collect();
    Customer {
        name: sanitize_line(name),
        state: report.summary.verdict.into(),
        exit_code: Some(report.summary.exit_code),
        checked_at: Some(report.started_at),
        duration_s: Some(report.finished_at.as_second() - report.started_at.as_second()),
        requests: Some(report.requests.len()),
        report_id: Some(sanitize_line(&report.report_id)),
        reason: reason_of_inconclusive(report).map(|reason| sanitize_line(&reason)),
        narrowed_by: report
            .target
            .narrowed_by
            .iter()
            .map(|option| sanitize_line(option))
            .collect(),
        checks: report.summary.counts,
        sections: sections_with_rows(&report.results)
            .iter()
            .map(|(section, rows)| (section.id, section_status(rows)))
            .collect(),
        problems,
        accepted: report
            .causes
            .iter()
            .filter(|cause| cause.accepted.is_some())
            .count(),
        end_dates: end_dates(report),
        locations,
    }
}

/// A customer without a report, and why.
pub fn not_checked(name: &str, reason: &str) -> Customer {
    Customer {
        name: sanitize_line(name),
        state: CustomerState::NotChecked,
        exit_code: None,
        checked_at: None,
        duration_s: None,
        requests: None,
        report_id: None,
        reason: Some(sanitize_line(reason)),
        narrowed_by: Vec::new(),
        checks: Counts::default(),
        sections: BTreeMap::new(),
        problems: Vec::new(),
        accepted: 0,
        end_dates: Vec::new(),
        locations: Vec::new(),
    }
}

fn problem(cause: &Cause) -> CustomerProblem {
    CustomerProblem {
        cause: sanitize_line(&cause.id),
        title: sanitize_line(&cause.title),
        requirement: cause.requirement,
        who: sanitize_line(&cause.remedy.who),
        connections: cause
            .connections
            .iter()
            // Reports of version 0.1 have one connection and no list.
            .chain(
                cause
                    .connection
                    .iter()
                    .filter(|_| cause.connections.is_empty()),
            )
            .map(|name| sanitize_line(name))
            .collect(),
    }
}

/// The end dates of a report. Reports of earlier versions list none, but their notes name the day.
fn end_dates(report: &Report) -> Vec<EndDate> {
    if !report.end_dates.is_empty() {
        return report.end_dates.clone();
    }
    report.causes.iter().filter_map(end_date_of_note).collect()
}

fn end_date_of_note(cause: &Cause) -> Option<EndDate> {
    let kind = match cause.id.parse().ok()? {
        CauseId::RegistrationSecretExpiring => EndDateKind::ClientSecret,
        CauseId::SettingsCertificateExpiring => EndDateKind::ClientCertificate,
        CauseId::EwsRetiring => EndDateKind::Ews,
        _ => return None,
    };
    Some(EndDate {
        kind,
        date: cause.due.as_deref()?.parse().ok()?,
        // The fleet report counts the days from its own day.
        days: 0,
        connections: problem(cause).connections,
    })
}

fn location(
    connection: &TargetConnection,
    rows: &[&ResultRow],
    problems: &[CustomerProblem],
) -> Location {
    let rooms = RoomCounts::of(rows.iter().copied());
    let name = sanitize_line(&connection.name);
    let problems = problems
        .iter()
        .filter(|problem| problem.connections.contains(&name))
        .count();
    Location {
        name,
        api: connection.api,
        rooms: LocationRooms {
            work: rooms.work,
            fail: rooms.fail,
            unknown: rooms.unknown,
            not_checked: rooms.not_checked,
        },
        problems,
    }
}

fn rows_by_connection(rows: &[ResultRow]) -> HashMap<&str, Vec<&ResultRow>> {
    let mut by_connection: HashMap<&str, Vec<&ResultRow>> = HashMap::new();
    for row in rows {
        if let Some(connection) = row.connection.as_deref() {
            by_connection.entry(connection).or_default().push(row);
        }
    }
    by_connection
}
