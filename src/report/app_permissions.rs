//! Permissions declared and observed, side by side, for every format.

use crate::diagnosis::ResultRow;
use crate::evidence::Finding;
use crate::terms::{CheckId, Outcome, Requirement};

use super::room_counts::RoomCounts;
use super::{RecordedEvidence, Report, wording};

/// The permissions of one app, as all of these connections show them.
pub struct AppPermissions<'a> {
    /// The app.
    pub client_id: &'a str,
    /// The connections; none where the report names none.
    pub connections: Vec<&'a str>,
    /// One line for each permission, in the order of the report.
    pub lines: Vec<PermissionLine<'a>>,
}

/// One permission of an app.
pub struct PermissionLine<'a> {
    /// The row behind it.
    pub row: &'a ResultRow,
    /// The name by which Microsoft calls it, and whether it is optional.
    pub permission: String,
    /// What the token declares.
    pub declared: String,
    /// What the service returned.
    pub observed: String,
}

impl PermissionLine<'_> {
    /// Declared and observed in one line.
    pub fn in_one_line(&self) -> String {
        wording::permission_line(&self.permission, &self.declared, &self.observed)
    }
}

/// The permissions of each app, in the order of the report. Connections of one app that show the same are one entry.
pub fn app_permissions(report: &Report) -> Vec<AppPermissions<'_>> {
    let mut apps: Vec<Vec<Vec<&ResultRow>>> = Vec::new();
    for rows in by_connection(report) {
        let shown = shown(&rows, report);
        match apps.iter_mut().find(|same| {
            same.first()
                .is_some_and(|first| self::shown(first, report) == shown)
        }) {
            Some(same) => same.push(rows),
            None => apps.push(vec![rows]),
        }
    }
    apps.iter()
        .filter_map(|connections| app(connections, report))
        .collect()
}

/// The rows about permissions that were checked, for each app of each connection.
fn by_connection(report: &Report) -> Vec<Vec<&ResultRow>> {
    let mut connections: Vec<Vec<&ResultRow>> = Vec::new();
    let is_checked =
        |row: &&ResultRow| permission(row.check).is_some() && row.outcome != Outcome::Skipped;
    for row in report.results.iter().filter(is_checked) {
        let same = |rows: &&mut Vec<&ResultRow>| {
            rows.first().is_some_and(|first| {
                first.subject == row.subject && first.connection == row.connection
            })
        };
        match connections.iter_mut().find(same) {
            Some(rows) => rows.push(row),
            None => connections.push(vec![row]),
        }
    }
    connections
}

/// What makes the rows of two connections the same for a reader.
fn shown<'a>(
    rows: &[&'a ResultRow],
    report: &Report,
) -> Vec<(&'a str, CheckId, Outcome, [String; 3])> {
    rows.iter()
        .map(|row| {
            (
                row.subject.as_str(),
                row.check,
                row.outcome,
                texts(row, report),
            )
        })
        .collect()
}

fn app<'a>(connections: &[Vec<&'a ResultRow>], report: &Report) -> Option<AppPermissions<'a>> {
    let first = connections.first()?;
    let names: Vec<Option<&str>> = connections
        .iter()
        .filter_map(|rows| rows.first())
        .map(|row| row.connection.as_deref())
        .collect();
    let line = |row: &&'a ResultRow| {
        let [permission, declared, observed] = texts(row, report);
        let observed = observed + &of_rooms(row, &names, report);
        PermissionLine {
            row,
            permission,
            declared,
            observed,
        }
    };
    let lines = first.iter().map(line).collect();
    let client_id = first.first()?.subject.as_str();
    Some(AppPermissions {
        client_id,
        connections: names.into_iter().flatten().collect(),
        lines,
    })
}

fn texts(row: &ResultRow, report: &Report) -> [String; 3] {
    let permission = permission(row.check).unwrap_or_default();
    let name = match row.requirement {
        Requirement::Required => permission.to_owned(),
        Requirement::Optional | Requirement::Advisory => wording::optional_permission(permission),
    };
    [
        name,
        declared(row, permission, &report.evidence),
        observed(row),
    ]
}

/// How many rooms are accessible, for the permissions that open them: one response cannot speak for all of them. Over
/// Graph a room is accessible when it may be written as well.
fn of_rooms(row: &ResultRow, connections: &[Option<&str>], report: &Report) -> String {
    let (first, last) = match row.check {
        CheckId::GrantFullAccessAsApp => {
            (CheckId::MailboxImpersonation, CheckId::MailboxImpersonation)
        }
        CheckId::GrantCalendarsReadWrite => {
            (CheckId::MailboxCalendarRead, CheckId::MailboxCalendarWrite)
        }
        _ => return String::new(),
    };
    let own = |other: &&ResultRow| {
        // A row that several connections share is about the rooms of all of them.
        row.connection.is_none() || connections.contains(&other.connection.as_deref())
    };
    let of = |check| {
        RoomCounts::of(
            report
                .results
                .iter()
                .filter(|other| other.check == check)
                .filter(own),
        )
    };
    let (reading, writing) = (of(first), of(last));
    let checked = reading.total() - reading.not_checked;
    // Rooms that were not checked prove nothing about the permission.
    if checked == 0 {
        return String::new();
    }
    wording::accessible_rooms(reading, writing)
}

/// What the token declares. A token that could not be read, or that was not issued, declares nothing, which is not a no.
fn declared(row: &ResultRow, permission: &str, evidence: &RecordedEvidence) -> String {
    match row.declared.as_slice() {
        [] if token_was_read(row, evidence) => wording::NOT_IN_TOKEN.to_owned(),
        [] => wording::TOKEN_NOT_KNOWN.to_owned(),
        [role] if role == permission => wording::IN_TOKEN.to_owned(),
        roles => wording::through_roles(roles),
    }
}

/// Whether the evidence holds a readable token of the API to which this permission belongs.
fn token_was_read(row: &ResultRow, evidence: &RecordedEvidence) -> bool {
    let sign_in = match row.check {
        CheckId::GrantFullAccessAsApp => CheckId::SignInExchange,
        _ => CheckId::SignInGraph,
    };
    evidence
        .observations
        .iter()
        .filter(|observation| observation.check == sign_in)
        .filter(|observation| {
            observation.connection.is_none()
                || row.connection.is_none()
                || observation.connection == row.connection
        })
        .any(|observation| match observation.finding() {
            Some(Finding::SignIn(reply)) => reply.success().is_some_and(|token| token.readable),
            _ => false,
        })
}

/// A pass rests on a response that allowed access, whatever its code: for an item that does not exist, a service rejects
/// the item and not the caller.
fn observed(row: &ResultRow) -> String {
    let live = live_response(row);
    if row.configured.is_empty() {
        live
    } else {
        wording::with_configuration(&live, &row.configured)
    }
}

fn live_response(row: &ResultRow) -> String {
    let Some(observed) = &row.observed else {
        return wording::NOT_REQUESTED.to_owned();
    };
    if row.outcome == Outcome::Pass {
        return wording::ACCESS_ALLOWED.to_owned();
    }
    let status = observed.status.map(|status| status.to_string());
    let words: Vec<String> = status.into_iter().chain(observed.code.clone()).collect();
    if words.is_empty() {
        wording::NO_STATUS.to_owned()
    } else {
        words.join(" ")
    }
}

/// The name by which Microsoft calls the permission that a check is about.
fn permission(check: CheckId) -> Option<&'static str> {
    match check {
        CheckId::GrantFullAccessAsApp => Some("full_access_as_app"),
        CheckId::GrantCalendarsReadWrite => Some("Calendars.ReadWrite"),
        CheckId::GrantMailSend => Some("Mail.Send"),
        CheckId::GrantUserReadAll => Some("User.Read.All"),
        CheckId::GrantGroupReadAll => Some("Group.Read.All"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report::{self, row, skipped};
    use super::*;
    use crate::diagnosis::Observed;
    use crate::terms::SkipReason;

    #[test]
    fn rooms_that_were_not_checked_are_not_left_out_of_the_total() {
        let mut report = sample_report::report_all_passed();
        let required = Requirement::Required;
        let observed = Some(Observed {
            status: Some(200),
            code: None,
            detail: None,
        });
        let grant = ResultRow {
            observed,
            ..row(CheckId::GrantFullAccessAsApp, required, Outcome::Pass)
        };
        let room = |number: usize, of: ResultRow| ResultRow {
            subject: format!("room{number}@contoso.com"),
            ..of
        };
        report.results = vec![grant];
        let check = CheckId::MailboxImpersonation;
        report
            .results
            .extend((0..107).map(|number| room(number, row(check, required, Outcome::Pass))));
        let left = || skipped(check, required, SkipReason::OutOfTime);
        report
            .results
            .extend((107..2_003).map(|number| room(number, left())));
        let line = app_permissions(&report)[0].lines[0].in_one_line();
        assert!(
            line.ends_with(
                "access allowed; 107 of 2,003 rooms accessible, 1,896 rooms not checked"
            ),
            "{line}"
        );
    }
}
