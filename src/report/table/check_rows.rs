//! The rows: those that did not pass in groups, and with `--verbose` every one.

use crate::diagnosis::ResultRow;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::row_groups::{self, RowGroup};
use crate::report::{Report, Target, TargetConnection, display_names, wording};
use crate::terms::{Outcome, Requirement};

use super::page::{Page, Piece, widest};
use super::tone::Tone;
use super::wrap::cell_lines;

/// The widest status word in its brackets.
const STATUS: usize = "[Skipped]".len();

/// The column of ids is at least as wide as the longest of them and at most as wide as a GUID.
const IDS: (usize, usize) = (26, 36);

/// On a narrow terminal the column of messages keeps at least this.
const MESSAGE: usize = 18;

/// How many subjects a row names before it counts them.
const NAMED: usize = 3;
/// The same where most other rows of the check passed: then the reader looks for the exceptions.
const NAMED_EXCEPTIONS: usize = 40;

/// One line of the table, for one row or for a group of rows.
struct Line {
    outcome: Outcome,
    requirement: Requirement,
    /// Checks, connections and subjects, one a line.
    who: Vec<String>,
    what: String,
}

/// Draws the rows that did not pass, grouped.
pub fn draw_rows_not_passed(page: &mut Page, report: &Report) {
    let groups =
        row_groups::group_not_passed(&report.results, &cause_order::numbered_causes(report));
    let lines: Vec<Line> = groups.iter().map(|group| grouped(group, report)).collect();
    draw_lines(page, wording::CHECKS_NOT_PASSED, &lines);
}

/// Draws every row, in the order of the report.
pub fn draw_all_rows(page: &mut Page, report: &Report) {
    let causes = cause_order::numbered_causes(report);
    let lines: Vec<Line> = report
        .results
        .iter()
        .map(|row| single(row, &causes, &report.target))
        .collect();
    draw_lines(page, wording::EVERY_CHECK, &lines);
}

fn draw_lines(page: &mut Page, heading: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    page.heading(heading);
    if page.plain {
        for line in lines {
            plain(page, line);
        }
    } else {
        table(page, lines);
    }
}

fn plain(page: &mut Page, line: &Line) {
    let status = format!("[{}]", wording::outcome(line.outcome));
    page.paragraph(
        1,
        &format!("{status} {}: {}", line.who.join("; "), line.what),
    );
}

fn table(page: &mut Page, lines: &[Line]) {
    let widest_ids = page
        .width
        .saturating_sub(STATUS + 7 + MESSAGE)
        .clamp(IDS.0, IDS.1);
    let ids = widest(lines.iter().flat_map(|line| &line.who).map(String::as_str))
        .clamp(IDS.0, widest_ids);
    let message = page.width.saturating_sub(STATUS + ids + 7);
    let rows = lines
        .iter()
        .map(|line| pieces(line, ids, message))
        .collect();
    page.table(
        &[
            wording::COLUMN_RESULT,
            wording::COLUMN_CHECK,
            wording::COLUMN_DETAILS,
        ],
        rows,
        &[STATUS, ids, 0],
    );
}

fn pieces(line: &Line, ids: usize, message: usize) -> Vec<Piece> {
    let status = format!("[{}]", wording::outcome(line.outcome));
    vec![
        (vec![status], Tone::of(line.outcome, line.requirement)),
        (
            line.who
                .iter()
                .flat_map(|who| cell_lines(who, ids))
                .collect(),
            Tone::Normal,
        ),
        (cell_lines(&line.what, message), Tone::Normal),
    ]
}

fn single(row: &ResultRow, causes: &[NumberedCause<'_>], target: &Target) -> Line {
    let mut who = vec![format!("{}. {}", row.n, row.check)];
    who.extend(place(row, target));
    let cause = cause_order::cause_of_row(row, causes).map(|numbered| numbered.number);
    Line {
        outcome: row.outcome,
        requirement: row.requirement,
        who,
        what: message_with_reference(&row.message, cause),
    }
}

fn grouped(group: &RowGroup<'_>, report: &Report) -> Line {
    let requirement = group
        .rows
        .iter()
        .map(|row| row.requirement)
        .min()
        .unwrap_or(Requirement::Advisory);
    let what = message_with_reference(&group.message, group.cause);
    Line {
        outcome: group.outcome(),
        requirement,
        who: who(group, report),
        what,
    }
}

/// The message with the number of its problem.
fn message_with_reference(message: &str, cause: Option<usize>) -> String {
    let first = message.lines().next().unwrap_or_default();
    cause.map_or_else(
        || first.to_owned(),
        |number| format!("{first}{}", wording::see_number(number)),
    )
}

/// The checks of a group. A single check is followed by its subjects; for several checks, and for skipped ones, only the
/// numbers are shown.
fn who(group: &RowGroup<'_>, report: &Report) -> Vec<String> {
    let checks = group.by_check();
    let [(check, rows)] = checks.as_slice() else {
        return checks
            .iter()
            .map(|(check, rows)| wording::check_times(check.as_str(), rows.len()))
            .collect();
    };
    let mut who = vec![wording::check_times(check.as_str(), rows.len())];
    if rows.len() > 1 && group.outcome() == Outcome::Skipped {
        return who;
    }
    let all = report
        .results
        .iter()
        .filter(|row| row.check == *check)
        .count();
    let named = named_of(rows.len(), all);
    who.extend(
        rows[..named]
            .iter()
            .filter_map(|row| place(row, &report.target)),
    );
    if rows.len() > named {
        who.push(wording::more_subjects(rows.len() - named));
    }
    who
}

/// How many subjects of a group are named, out of all rows of the check.
fn named_of(rows: usize, all: usize) -> usize {
    let most = if rows * 2 < all {
        NAMED_EXCEPTIONS
    } else {
        NAMED
    };
    // "and 1 more" takes a line as well, which the name itself may have.
    if rows <= most + 1 { rows } else { most }
}

/// Where a row belongs: its subject, with the connection where there are several. The ids of the app and of the tenant
/// are in the header already and are omitted where the connection identifies them.
fn place(row: &ResultRow, target: &Target) -> Option<String> {
    let several = target.connections.len() > 1;
    let connection = row.connection.as_deref().filter(|_| several);
    let subject = Some(row.subject.as_str()).filter(|subject| !subject.is_empty());
    let subject = subject
        .filter(|subject| connection != Some(*subject) && !is_shown_in_the_header(row, target));
    match (connection, subject) {
        (Some(connection), Some(subject)) => Some(format!(
            "{}: {}",
            display_names::connection_in_list(connection),
            display_names::subject(target, subject)
        )),
        (connection, subject) => connection
            .map(display_names::connection_in_list)
            .or_else(|| subject.map(|subject| display_names::subject(target, subject))),
    }
}

/// Whether the subject is an id that the header shows for the connection of the row.
fn is_shown_in_the_header(row: &ResultRow, target: &Target) -> bool {
    let own = |connection: &&TargetConnection| match &row.connection {
        Some(name) => connection.name == *name,
        None => target.connections.len() == 1,
    };
    let same = |connection: &TargetConnection| {
        [
            &connection.client_id,
            &connection.tenant_id,
            &target.tenant_id,
        ]
        .contains(&&row.subject)
    };
    target.connections.iter().find(own).is_some_and(same)
}
