//! What was tested, and what the report does not cover.

use crate::diagnosis::ResultRow;
use crate::report::{Report, TargetConnection, describe_input_note, display_names, wording};

use super::page::{Page, widest};
use super::tone::Tone;
use super::wrap::pad;

const LABEL: usize = 13;
/// Up to this number connections are shown one by one.
const LISTED: usize = 6;

/// Draws what was tested, by which program, when, and what that did to the tenant.
pub fn draw_header(page: &mut Page, report: &Report) {
    let tool = &report.tool;
    let name = page.paint(&format!("{} {}", tool.name, tool.version), Tone::Strong);
    let knowledge = page.paint(&wording::knowledge_base(&tool.knowledge_date), Tone::Quiet);
    page.line(format!("{name}   {knowledge}"));
    page.gap();
    labeled(
        page,
        wording::TENANT,
        &wording::tenant_with_cloud(&report.target),
    );
    draw_connections(page, &report.target.connections);
    if !report.target.narrowed_by.is_empty() {
        labeled(
            page,
            wording::SELECTION,
            &report.target.narrowed_by.join("; "),
        );
    }
    for (index, note) in report.input_notes.iter().enumerate() {
        let label = if index == 0 { wording::INPUT } else { "" };
        labeled(page, label, &describe_input_note(note));
    }
    if let Some(proxy) = &report.target.proxy {
        labeled(page, wording::PROXY, &wording::describe_proxy(proxy));
    }
    if let Some(account) = &report.target.account {
        labeled(page, wording::ACCOUNT, account);
    }
    if let Some(summary) = &report.administrator {
        let text = wording::describe_administrator(summary);
        labeled(page, wording::EVIDENCE_OF_ADMINISTRATOR, &text);
    }
    labeled(page, wording::RUN, &wording::describe_run(report));
    labeled(page, wording::REPORT, &report.report_id);
    if let Some(replaced) = wording::describe_redaction(&report.redaction) {
        labeled(page, wording::REDACTED, &replaced);
    }
    if report.interrupted {
        labeled(page, wording::INTERRUPTED, wording::RUN_STOPPED);
    }
}

fn labeled(page: &mut Page, label: &str, text: &str) {
    page.labeled(1, label, LABEL, text);
}

fn draw_connections(page: &mut Page, connections: &[TargetConnection]) {
    let label = if connections.len() == 1 {
        wording::CONNECTION
    } else {
        wording::CONNECTIONS
    };
    let lines = if connections.len() > LISTED {
        by_app(connections)
    } else {
        one_by_one(connections)
    };
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        page.labeled_line(1, label, LABEL, line);
    }
}

fn one_by_one(connections: &[TargetConnection]) -> Vec<String> {
    let names: Vec<String> = connections
        .iter()
        .map(|own| display_names::connection_in_list(&own.name))
        .collect();
    let width = widest(names.iter().map(String::as_str)).min(24);
    connections
        .iter()
        .zip(&names)
        .map(|(own, name)| wording::connection_line(&pad(name, width), own, own.rooms))
        .collect()
}

/// One line for each app and API, with the number of its connections.
fn by_app(connections: &[TargetConnection]) -> Vec<String> {
    let groups = group_by_app(connections);
    let names: Vec<String> = groups.iter().map(|group| group_name(group)).collect();
    let width = widest(names.iter().map(String::as_str)).min(24);
    let line = |(group, name): (&Vec<&TargetConnection>, &String)| {
        let rooms = group.iter().map(|connection| connection.rooms).sum();
        group
            .first()
            .map(|first| wording::connection_line(&pad(name, width), first, rooms))
    };
    groups.iter().zip(&names).filter_map(line).collect()
}

/// The connections of each app and API.
fn group_by_app(connections: &[TargetConnection]) -> Vec<Vec<&TargetConnection>> {
    let mut groups: Vec<Vec<&TargetConnection>> = Vec::new();
    for connection in connections {
        let same = |group: &&mut Vec<&TargetConnection>| {
            group.first().is_some_and(|first| {
                first.api == connection.api
                    && first.client_id.eq_ignore_ascii_case(&connection.client_id)
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(connection),
            None => groups.push(vec![connection]),
        }
    }
    groups
}

fn group_name(group: &[&TargetConnection]) -> String {
    match group {
        [only] => display_names::connection_in_list(&only.name),
        group => wording::count_noun(group.len(), "connection"),
    }
}

/// A row that only an administrator can look at carries the commands behind the first line of its message.
fn draw_commands(page: &mut Page, row: &ResultRow) {
    let mut lines = row.message.lines().skip(1).peekable();
    if lines.peek().is_some() {
        page.line(format!(
            " - {}",
            wording::check_in_powershell(row.check.as_str())
        ));
        lines.for_each(|line| page.line(format!("   {line}")));
    }
}

/// Draws what no app-only check covers.
pub fn draw_not_covered(page: &mut Page, report: &Report) {
    if report.not_visible.is_empty() {
        return;
    }
    page.heading(wording::NOT_COVERED);
    for text in &report.not_visible {
        let mut lines = text.lines();
        page.labeled(1, "-", 2, lines.next().unwrap_or_default());
        lines.for_each(|line| page.line(format!("   {line}")));
    }
    report
        .results
        .iter()
        .for_each(|row| draw_commands(page, row));
}
