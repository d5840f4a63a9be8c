//! What was tested, and what cannot be seen.

use jiff::Timestamp;

use super::compact;
use super::page::{Page, widest};
use super::tone::Tone;
use super::wrap::pad;
use crate::diagnosis::ResultRow;
use crate::report::{Report, TargetConnection, describe_input_note, display_names, wording};
use crate::terms::Requirement;

const LABEL: usize = 13;

/// Draws what was tested, by which program, when, and what that did to the tenant.
pub fn draw_header(page: &mut Page, report: &Report) {
    let tool = &report.tool;
    let name = page.paint(&format!("{} {}", tool.name, tool.version), Tone::Strong);
    let knowledge = page.paint(
        &format!("knowledge of {}", tool.knowledge_date),
        Tone::Quiet,
    );
    page.line(format!("{name}   {knowledge}"));
    page.gap();
    page.labelled(
        1,
        "Tenant",
        LABEL,
        &format!(
            "{} (cloud: {})",
            report.target.tenant_id, report.target.cloud
        ),
    );
    connections(page, &report.target.connections);
    if !report.target.narrowed_by.is_empty() {
        page.labelled(
            1,
            "Narrowed by",
            LABEL,
            &report.target.narrowed_by.join("; "),
        );
    }
    for (index, note) in report.input_notes.iter().enumerate() {
        page.labelled(
            1,
            if index == 0 { wording::INPUT } else { "" },
            LABEL,
            &describe_input_note(note),
        );
    }
    page.labelled(1, "Run", LABEL, &run(report));
    page.labelled(1, "Report", LABEL, &report.report_id);
    if let Some(replaced) = wording::describe_redaction(&report.redaction) {
        page.labelled(1, "Redacted", LABEL, &replaced);
    }
    if report.interrupted {
        page.labelled(
            1,
            "Interrupted",
            LABEL,
            "The run was stopped; the remaining checks were not run.",
        );
    }
}

fn connections(page: &mut Page, connections: &[TargetConnection]) {
    let label = if connections.len() == 1 {
        "Connection"
    } else {
        "Connections"
    };
    let lines = if connections.len() > compact::LISTED {
        by_app(connections)
    } else {
        one_by_one(connections)
    };
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        page.labelled_line(1, label, LABEL, line);
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
        .map(|(own, name)| connection_line(&pad(name, width), own, own.rooms))
        .collect()
}

/// One line for each app and API, with the number of its connections.
fn by_app(connections: &[TargetConnection]) -> Vec<String> {
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
    let names: Vec<String> = groups.iter().map(|group| group_name(group)).collect();
    let width = widest(names.iter().map(String::as_str)).min(24);
    let line = |(group, name): (&Vec<&TargetConnection>, &String)| {
        let rooms = group.iter().map(|connection| connection.rooms).sum();
        group
            .first()
            .map(|first| connection_line(&pad(name, width), first, rooms))
    };
    groups.iter().zip(&names).filter_map(line).collect()
}

fn group_name(group: &[&TargetConnection]) -> String {
    match group {
        [only] => display_names::connection_in_list(&only.name),
        group => wording::count_noun(group.len(), "connection"),
    }
}

fn connection_line(name: &str, connection: &TargetConnection, rooms: usize) -> String {
    let api = wording::api(connection.api);
    let rooms = wording::count_noun(rooms, "room");
    format!("{name}  {api:<5}  app {}  {rooms}", connection.client_id)
}

fn run(report: &Report) -> String {
    let requests = wording::count_noun(report.requests.len(), "request");
    let seconds = report.finished_at.as_second() - report.started_at.as_second();
    format!(
        "{}, {seconds} s, {requests}; {}",
        time(report.started_at),
        wording::describe_writes(report)
    )
}

/// A time as `2026-11-23 09:15:02 UTC`.
fn time(time: Timestamp) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// A row that only an administrator can look at carries the commands behind the first line of its message.
fn draw_commands(page: &mut Page, row: &ResultRow) {
    let mut lines = row.message.lines().skip(1).peekable();
    if lines.peek().is_some() {
        page.line(format!(" - {}, in PowerShell:", row.check));
        lines.for_each(|line| page.line(format!("   {line}")));
    }
}

/// Whether something required has a cause that comes first.
fn is_broken(report: &Report) -> bool {
    report
        .causes
        .iter()
        .any(|cause| cause.requirement == Requirement::Required)
}

/// Draws what no app-only check can see.
pub fn draw_not_visible(page: &mut Page, report: &Report) {
    if report.not_visible.is_empty() {
        return;
    }
    page.heading("WHAT THIS REPORT CANNOT SEE");
    if page.is_compact() && is_broken(report) {
        let points = wording::count_noun(report.not_visible.len(), "point");
        page.paragraph(
            1,
            &format!("{points}, listed with --verbose and under not_visible in the JSON report."),
        );
        return;
    }
    let verbose = page.is_verbose();
    for text in &report.not_visible {
        let mut lines = text.lines();
        page.labelled(1, "-", 2, lines.next().unwrap_or_default());
        if verbose {
            lines.for_each(|line| page.line(format!("   {line}")));
        }
    }
    if verbose {
        report
            .results
            .iter()
            .for_each(|row| draw_commands(page, row));
    } else {
        page.paragraph(
            1,
            "Where to look: with --verbose, or under not_visible in the JSON report.",
        );
    }
}
