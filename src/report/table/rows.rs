//! The rows: those that did not pass, told once each, and for `--verbose` every one.

use super::page::{Page, Piece, widest};
use super::style::Tone;
use super::wrap::cell_lines;
use crate::diagnosis::{Outcome, ResultRow};
use crate::evidence::Requirement;
use crate::report::group::{self, RowGroup};
use crate::report::{Report, order, wording};

/// The widest status word in its brackets.
const STATUS: usize = "[SKIPPED]".len();

/// The column of ids is at least as wide as the longest of them and at most as wide as a GUID.
const IDS: (usize, usize) = (26, 36);

/// How many subjects a row names before it counts them.
const NAMED: usize = 2;

/// One row of the table, whether it stands for one check or for many.
struct Line {
    outcome: Outcome,
    requirement: Requirement,
    /// Checks, connections and subjects, one a line.
    who: Vec<String>,
    what: String,
}

/// Draws the rows that did not pass, grouped.
pub fn draw(page: &mut Page, report: &Report) {
    let groups = group::not_passed(&report.results, &order::causes(report));
    let several = report.target.connections.len() > 1;
    let lines: Vec<Line> = groups.iter().map(|group| grouped(group, several)).collect();
    draw_lines(page, "CHECKS THAT DID NOT PASS", &lines);
}

/// Draws every row, in the order of the report.
pub fn draw_all(page: &mut Page, report: &Report) {
    let several = report.target.connections.len() > 1;
    let lines: Vec<Line> = report.results.iter().map(|row| single(row, several)).collect();
    draw_lines(page, "EVERY CHECK", &lines);
}

fn draw_lines(page: &mut Page, heading: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    page.heading(heading);
    if page.plain {
        lines.iter().for_each(|line| plain(page, line));
    } else {
        table(page, lines);
    }
}

fn plain(page: &mut Page, line: &Line) {
    let status = format!("[{}]", wording::outcome(line.outcome));
    page.paragraph(1, &format!("{status} {}: {}", line.who.join("; "), line.what));
}

fn table(page: &mut Page, lines: &[Line]) {
    let ids = widest(lines.iter().flat_map(|line| &line.who).map(String::as_str)).clamp(IDS.0, IDS.1);
    let message = page.width.saturating_sub(STATUS + ids + 7);
    let rows = lines.iter().map(|line| pieces(line, ids, message)).collect();
    page.table(&["", "check", "what happened"], rows, &[STATUS, ids, 0]);
}

fn pieces(line: &Line, ids: usize, message: usize) -> Vec<Piece> {
    let status = format!("[{}]", wording::outcome(line.outcome));
    vec![
        (vec![status], Tone::of(line.outcome, line.requirement)),
        (line.who.iter().flat_map(|who| cell_lines(who, ids)).collect(), Tone::Normal),
        (cell_lines(&line.what, message), Tone::Normal),
    ]
}

fn single(row: &ResultRow, several: bool) -> Line {
    let mut who = vec![format!("{}. {}", row.n, row.check)];
    who.extend(place(row, several));
    Line { outcome: row.outcome, requirement: row.requirement, who, what: row.message.clone() }
}

fn grouped(group: &RowGroup<'_>, several: bool) -> Line {
    let requirement = group.rows.iter().map(|row| row.requirement).min().unwrap_or(Requirement::Advisory);
    let what = match group.cause {
        Some(number) => format!("{} -> {number}", group.message),
        None => group.message.clone(),
    };
    Line { outcome: group.outcome(), requirement, who: who(group, several), what }
}

/// The checks of a group. A single check is followed by its subjects; of several only the numbers are told.
fn who(group: &RowGroup<'_>, several: bool) -> Vec<String> {
    let checks = group.by_check();
    let [(check, rows)] = checks.as_slice() else {
        return checks.iter().map(|(check, rows)| counted(check.as_str(), rows.len())).collect();
    };
    let named = if rows.len() <= NAMED + 1 { rows.len() } else { NAMED };
    let mut who = vec![counted(check.as_str(), rows.len())];
    who.extend(rows[..named].iter().filter_map(|row| place(row, several)));
    if rows.len() > named {
        who.push(format!("and {} more", rows.len() - named));
    }
    who
}

fn counted(check: &str, count: usize) -> String {
    if count == 1 { check.to_owned() } else { format!("{check} x {count}") }
}

/// Where a row belongs: its subject, with the connection where there are several.
fn place(row: &ResultRow, several: bool) -> Option<String> {
    let connection = row.connection.as_deref().filter(|connection| several && *connection != row.subject);
    match (connection, row.subject.as_str()) {
        (Some(connection), "") => Some(connection.to_owned()),
        (Some(connection), subject) => Some(format!("{connection}: {subject}")),
        (None, "") => None,
        (None, subject) => Some(subject.to_owned()),
    }
}
