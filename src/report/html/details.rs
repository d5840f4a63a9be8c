//! The lower part of the page: permissions, the checks that did not pass, the requests, and what is not covered.

use maud::{Markup, html};

use crate::diagnosis::ResultRow;
use crate::evidence::RequestRecord;
use crate::report::app_permissions::{self, AppPermissions, PermissionLine};
use crate::report::row_groups::{self, RowGroup};
use crate::report::{Report, Target, cause_order, display_names, wording};

use super::elements::{outcome_tag, problem_link, prose};

/// How many subjects a list names before it counts the rest.
const NAMED: usize = 8;

/// Declared and observed, for each app.
pub(super) fn permissions(report: &Report) -> Markup {
    let apps = app_permissions::app_permissions(report);
    html! {
        @if !apps.is_empty() {
            @for app in &apps {
                table class="matrix" {
                    caption { "app " code { (app.client_id) } @if !app.connections.is_empty() { ", " (connections_of(app)) } }
                    thead { tr { th scope="col" { (wording::COLUMN_PERMISSION) } th scope="col" { (wording::COLUMN_IN_TOKEN) } th scope="col" { (wording::COLUMN_RESPONSE) } th scope="col" { (wording::COLUMN_RESULT) } } }
                    tbody { @for line in &app.lines { (permission(line)) } }
                }
            }
        }
    }
}

fn connections_of(app: &AppPermissions<'_>) -> String {
    let names: Vec<String> = app
        .connections
        .iter()
        .map(|name| display_names::connection_in_list(name))
        .collect();
    wording::list_up_to(&names, NAMED)
}

fn permission(line: &PermissionLine<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { code { (line.permission) } }
            td data-label=(wording::COLUMN_IN_TOKEN) { (line.declared) }
            td data-label=(wording::COLUMN_RESPONSE) { (line.observed) }
            td { (outcome_tag(line.row.outcome)) }
        }
    }
}

/// The checks that did not pass, in groups with the same reason.
pub(super) fn checks_not_passed(report: &Report) -> Markup {
    let groups =
        row_groups::group_not_passed(&report.results, &cause_order::numbered_causes(report));
    html! {
        @if !groups.is_empty() {
            table {
                thead { tr { th scope="col" { (wording::COLUMN_RESULT) } th scope="col" { (wording::COLUMN_CHECK) } th scope="col" { (wording::COLUMN_DETAILS) } } }
                tbody { @for group in &groups { (row_group(&report.target, group)) } }
            }
        }
    }
}

fn row_group(target: &Target, group: &RowGroup<'_>) -> Markup {
    html! {
        tr {
            td { (outcome_tag(group.outcome())) }
            td {
                @for (check, rows) in group.by_check() {
                    div { code { (check) } " " (subjects_of(&rows, target)) }
                }
            }
            td {
                (prose(group.message.lines().next().unwrap_or_default()))
                @if let Some(number) = group.cause { " (" (problem_link(number)) ")" }
            }
        }
    }
}

fn subjects_of(rows: &[&ResultRow], target: &Target) -> String {
    let subjects: Vec<String> = rows
        .iter()
        .map(|row| display_names::subject(target, &row.subject))
        .collect();
    wording::list_up_to(&subjects, NAMED)
}

/// The requests without a success, for the ticket; the complete list is in the JSON report.
pub(super) fn requests(report: &Report) -> Markup {
    let unsuccessful: Vec<&RequestRecord> = report
        .requests
        .iter()
        .filter(|request| request.status.is_none_or(|status| status >= 300))
        .take(NAMED)
        .collect();
    html! {
        p { (wording::requests_sentence(report)) }
        @if !unsuccessful.is_empty() {
            details {
                summary { (wording::REQUESTS_NOT_SUCCESSFUL) }
                table {
                    thead { tr { th scope="col" { (wording::COLUMN_TIME) } th scope="col" { (wording::COLUMN_REQUEST) } th scope="col" { (wording::COLUMN_RESPONSE) } } }
                    tbody { @for request in unsuccessful { (request_row(request)) } }
                }
            }
        }
    }
}

fn request_row(request: &RequestRecord) -> Markup {
    html! {
        tr {
            td class="time" { (request.at.strftime("%H:%M:%SZ")) }
            td { (request.method) " " (request.url) }
            td {
                (wording::describe_response(request))
                @if let Some(id) = &request.request_id { ", request-id " code { (id) } }
            }
        }
    }
}

/// What the report does not cover.
pub(super) fn not_covered(report: &Report) -> Markup {
    html! {
        @if !report.not_visible.is_empty() {
            ul { @for text in &report.not_visible { li { (text.lines().next().unwrap_or_default()) } } }
        }
    }
}
