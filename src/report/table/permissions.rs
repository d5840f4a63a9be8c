//! Declared and observed, side by side.

use super::page::{Page, Piece, widest};
use super::style::Tone;
use super::wrap::cell_lines;
use crate::diagnosis::ResultRow;
use crate::evidence::Finding;
use crate::report::{Counts, Recorded, Report, wording};
use crate::terms::{CheckId, Outcome, Requirement};

/// Draws, for each app, what its token says and what Microsoft 365 answered.
pub fn draw(page: &mut Page, report: &Report) {
    let rows: Vec<_> = report.results.iter().filter(|row| is_worth_telling(row)).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("PERMISSIONS: what the token says, what the service answers");
    for (index, app) in apps(&rows, report).into_iter().enumerate() {
        if index > 0 && !page.is_compact() {
            page.gap();
        }
        draw_app(page, report, &app);
    }
}

/// A permission whose check was not asked at all has nothing to be set side by side.
fn is_worth_telling(row: &ResultRow) -> bool {
    permission(row.check).is_some() && row.outcome != Outcome::Skipped
}

/// The permissions of one app, as all of these connections show them.
struct AppRows<'a> {
    rows: Vec<&'a ResultRow>,
    connections: Vec<Option<&'a str>>,
}

/// The rows of each app, in the order of the report. Connections of one app that show the same are drawn once.
fn apps<'a>(rows: &[&'a ResultRow], report: &Report) -> Vec<AppRows<'a>> {
    let mut connections: Vec<Vec<&ResultRow>> = Vec::new();
    for row in rows {
        let same = |app: &&mut Vec<&ResultRow>| {
            app.first().is_some_and(|first| first.subject == row.subject && first.connection == row.connection)
        };
        match connections.iter_mut().find(same) {
            Some(app) => app.push(row),
            None => connections.push(vec![row]),
        }
    }
    let mut apps: Vec<AppRows<'a>> = Vec::new();
    let shown =
        |rows: &[&ResultRow]| rows.iter().map(|row| (row.subject.clone(), line(row, report))).collect::<Vec<_>>();
    for rows in connections {
        let connection = rows.first().and_then(|row| row.connection.as_deref());
        let lines = shown(&rows);
        let same = |app: &&mut AppRows<'_>| same_outcomes(&app.rows, &rows) && shown(&app.rows) == lines;
        match apps.iter_mut().find(same) {
            Some(app) => app.connections.push(connection),
            None => apps.push(AppRows { rows, connections: vec![connection] }),
        }
    }
    apps
}

fn same_outcomes(one: &[&ResultRow], other: &[&ResultRow]) -> bool {
    let key = |rows: &[&ResultRow]| rows.iter().map(|row| (row.check, row.outcome)).collect::<Vec<_>>();
    key(one) == key(other)
}

/// How many connections of an app are named before the rest is counted.
const NAMED: usize = 3;

fn draw_app(page: &mut Page, report: &Report, app: &AppRows<'_>) {
    let Some(first) = app.rows.first() else { return };
    let names: Vec<String> = app.connections.iter().flatten().map(|name| (*name).to_owned()).collect();
    let several = report.target.connections.len() > 1 && !names.is_empty();
    let name = if several { format!(" ({})", wording::named(&names, NAMED)) } else { String::new() };
    page.line(format!(" app {}{name}", first.subject));
    let lines: Vec<[String; 3]> = app.rows.iter().map(|row| with_rooms(row, app, report)).collect();
    if page.plain || (page.is_compact() && lines.len() == 1) {
        for (row, [permission, token, answer]) in app.rows.iter().zip(lines) {
            page.paragraph(1, &format!("{} {permission}: in token {token}; live answer {answer}", result(row)));
        }
        return;
    }
    table(page, &app.rows, &lines);
}

/// The line of a row with the rooms of every connection that shows the same.
fn with_rooms(row: &ResultRow, app: &AppRows<'_>, report: &Report) -> [String; 3] {
    let [permission, token, answer] = line(row, report);
    [permission, token, answer + &rooms(row, &app.connections, report)]
}

fn table(page: &mut Page, app: &[&ResultRow], lines: &[[String; 3]]) {
    let header = ["result", "permission", "in token", "live answer"];
    let column = |index: usize| widest(lines.iter().map(|line| line[index].as_str()).chain([header[index + 1]]));
    let first = widest(app.iter().map(|row| result(row)).collect::<Vec<_>>().iter().map(String::as_str));
    let before = first + column(0) + 10;
    let token = column(1).min(page.width.saturating_sub(before) / 2);
    let widths = [first, column(0), token, column(2).min(page.width.saturating_sub(before + token))];
    let rows = app.iter().zip(lines).map(|(row, line)| pieces(row, line, widths)).collect();
    page.table(&header, rows, &widths);
}

fn pieces(row: &ResultRow, [permission, token, answer]: &[String; 3], widths: [usize; 4]) -> Vec<Piece> {
    vec![
        (vec![result(row)], Tone::of(row.outcome, row.requirement)),
        (vec![permission.clone()], Tone::Normal),
        (cell_lines(token, widths[2]), Tone::Normal),
        (cell_lines(answer, widths[3]), Tone::Normal),
    ]
}

fn result(row: &ResultRow) -> String {
    format!("[{}]", wording::outcome(row.outcome))
}

fn line(row: &ResultRow, report: &Report) -> [String; 3] {
    let permission = permission(row.check).unwrap_or_default();
    let name = match row.requirement {
        Requirement::Required => permission.to_owned(),
        Requirement::Optional | Requirement::Advisory => format!("{permission} (optional)"),
    };
    [name, declared(row, permission, &report.evidence), answer(row)]
}

/// How many rooms opened, for the permissions that open them: one answer cannot speak for all of them. Over Graph a room
/// is open when it may be written as well.
fn rooms(row: &ResultRow, connections: &[Option<&str>], report: &Report) -> String {
    let (first, last) = match row.check {
        CheckId::GrantFullAccessAsApp => (CheckId::MailboxImpersonation, CheckId::MailboxImpersonation),
        CheckId::GrantCalendarsReadWrite => (CheckId::MailboxCalendarRead, CheckId::MailboxCalendarWrite),
        _ => return String::new(),
    };
    let counts = |check| {
        let own = |other: &&ResultRow| row.connection.is_none() || connections.contains(&other.connection.as_deref());
        Counts::of(report.results.iter().filter(|other| other.check == check).filter(own))
    };
    let asked = counts(first);
    match asked.total() - asked.skipped {
        0 => String::new(),
        rooms if counts(last).pass < asked.pass => {
            let rooms = wording::number(rooms, "room");
            format!(", {} of {rooms} readable, {} writable", asked.pass, counts(last).pass)
        }
        rooms => format!(", {} of {} open", counts(last).pass, wording::number(rooms, "room")),
    }
}

/// What the token says. A token that could not be read, or that was not issued, says nothing, which is not a no.
fn declared(row: &ResultRow, permission: &str, evidence: &Recorded) -> String {
    match row.declared.as_slice() {
        [] if token_was_read(row, evidence) => "no".to_owned(),
        [] => "not known".to_owned(),
        [role] if role == permission => "yes".to_owned(),
        roles => format!("through {}", roles.join(", ")),
    }
}

/// Whether the evidence holds a readable token of the API in which this permission stands.
fn token_was_read(row: &ResultRow, evidence: &Recorded) -> bool {
    let sign_in = match row.check {
        CheckId::GrantFullAccessAsApp => CheckId::SignInExchange,
        _ => CheckId::SignInGraph,
    };
    evidence
        .observations
        .iter()
        .filter(|observation| observation.check == sign_in)
        .filter(|observation| {
            observation.connection.is_none() || row.connection.is_none() || observation.connection == row.connection
        })
        .any(|observation| match observation.finding() {
            Some(Finding::SignIn(reply)) => reply.success().is_some_and(|token| token.readable),
            _ => false,
        })
}

/// A pass rests on an answer that let the app in, whatever its code: asked about an item that does not exist, a
/// service refuses the item and not the caller.
fn answer(row: &ResultRow) -> String {
    let Some(observed) = &row.observed else { return "not asked".to_owned() };
    if row.outcome == Outcome::Pass {
        return "lets it in".to_owned();
    }
    let status = observed.status.map(|status| status.to_string());
    let words: Vec<String> = status.into_iter().chain(observed.code.clone()).collect();
    if words.is_empty() { "none came".to_owned() } else { words.join(" ") }
}

/// The name by which Microsoft calls the permission that a check asks for.
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
