//! Declared and observed, side by side.

use crate::diagnosis::ResultRow;
use crate::report::app_permissions::{self, AppPermissions, PermissionLine};
use crate::report::{Report, display_names, wording};

use super::page::{Page, Piece, widest};
use super::tone::Tone;
use super::wrap::cell_lines;

/// How many connections of an app are named before the rest is counted.
const NAMED: usize = 3;

/// Draws, for each app, what its token declares and what Microsoft 365 returned.
pub fn draw_permissions(page: &mut Page, report: &Report) {
    let apps = app_permissions::app_permissions(report);
    if apps.is_empty() {
        return;
    }
    page.heading(wording::PERMISSIONS);
    for (index, app) in apps.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        draw_app(page, report, app);
    }
}

fn draw_app(page: &mut Page, report: &Report, app: &AppPermissions<'_>) {
    let connections: Vec<String> = app
        .connections
        .iter()
        .map(|name| display_names::connection_in_list(name))
        .collect();
    let several = report.target.connections.len() > 1 && !connections.is_empty();
    let connections = several.then(|| wording::list_up_to(&connections, NAMED));
    page.line(format!(
        " {}",
        wording::app_of_connections(app.client_id, connections.as_deref())
    ));
    if page.plain {
        for line in &app.lines {
            page.paragraph(1, &format!("{} {}", result(line.row), line.in_one_line()));
        }
        return;
    }
    table(page, &app.lines);
}

fn table(page: &mut Page, lines: &[PermissionLine<'_>]) {
    let header = [
        wording::COLUMN_RESULT,
        wording::COLUMN_PERMISSION,
        wording::COLUMN_IN_TOKEN,
        wording::COLUMN_RESPONSE,
    ];
    let results: Vec<String> = lines.iter().map(|line| result(line.row)).collect();
    let column = |title: &str, text: fn(&PermissionLine<'_>) -> String| {
        let texts: Vec<String> = lines.iter().map(text).collect();
        widest(texts.iter().map(String::as_str).chain([title]))
    };
    let first = widest(results.iter().map(String::as_str));
    let permission = column(header[1], |line| line.permission.clone());
    let before = first + permission + 10;
    let token =
        column(header[2], |line| line.declared.clone()).min(page.width.saturating_sub(before) / 2);
    let response = column(header[3], |line| line.observed.clone())
        .min(page.width.saturating_sub(before + token));
    let widths = [first, permission, token, response];
    page.table(
        &header,
        lines.iter().map(|line| pieces(line, widths)).collect(),
        &widths,
    );
}

fn pieces(line: &PermissionLine<'_>, widths: [usize; 4]) -> Vec<Piece> {
    vec![
        (
            vec![result(line.row)],
            Tone::of(line.row.outcome, line.row.requirement),
        ),
        (vec![line.permission.clone()], Tone::Normal),
        (cell_lines(&line.declared, widths[2]), Tone::Normal),
        (cell_lines(&line.observed, widths[3]), Tone::Normal),
    ]
}

fn result(row: &ResultRow) -> String {
    format!("[{}]", wording::outcome(row.outcome))
}
