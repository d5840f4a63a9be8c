//! The report as one page: no script, nothing remote, readable on paper and on a phone.
//!
//! First the verdict, then what to do and by whom, then the rooms as a picture, then what it rests on. Every text is
//! escaped by the template library; the only style sheet is the one that the content security policy names by its hash.

pub(super) mod elements;
mod migration;
mod room_grid;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

use crate::diagnosis::ResultRow;
use crate::evidence::RequestRecord;
use crate::terms::Outcome;

use self::elements::{code_block, links, prose};
use super::app_permissions::{self, AppPermissions, PermissionLine};
use super::cause_order::{self, NumberedCause};
use super::row_groups::{self, RowGroup};
use super::sections;
use super::{
    Report, Target, TargetConnection, describe_input_note, display_names, long_command, sanitize,
    verdict_notes, verdict_reason, wording,
};

const STYLE: &str = include_str!("html/page.css");
/// How many subjects a list names before it counts the rest.
const NAMED: usize = 8;

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let verdict = safe.migration.as_ref().map_or_else(
        || verdict_reason::verdict_label(&safe),
        |migration| wording::readiness(migration.readiness),
    );
    let title = wording::page_title(verdict);
    let body = html! {
        main {
            @if let Some(migration) = &safe.migration {
                (migration::head(&safe, migration))
                (migration::sections(migration))
            }
            (summary(&safe))
            (problems_and_notes(&safe))
            (room_grid::draw_rooms(&safe))
            (permissions(&safe))
            (checks(&safe))
            (requests(&safe))
            (not_covered(&safe))
        }
        (footer(&safe))
    };
    page(&title, &body)
}

/// A page of this program around a body.
pub(super) fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    // SMTP allows 998 characters a line; mail gateways break longer ones, and with them the markup.
    in_lines(&page.into_string()) + "\n"
}

/// Elements that may begin a line of the file without a change to the page.
const BEGIN_A_LINE: [&str; 12] = [
    "<article", "<section", "<dl>", "<dt>", "<dd>", "<li>", "<p>", "<pre", "<tr>", "<text", "<g>",
    "<footer",
];

/// The page in lines of a usual length: mail systems and editors break or refuse very long ones. Text is escaped, so that
/// only elements are met, and none of these is part of a line of text or of a `pre`.
fn in_lines(page: &str) -> String {
    // The style sheet in the head must stay as it is, because the policy names it by its hash.
    let Some((head, body)) = page.split_once("<body>") else {
        return page.to_owned();
    };
    let mut text = body.to_owned();
    for element in BEGIN_A_LINE {
        text = text.replace(element, &format!("\n{element}"));
    }
    format!("{head}<body>{text}")
}

/// Nothing may be loaded and nothing may run; the one style sheet is known by its hash.
fn policy() -> String {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn summary(report: &Report) -> Markup {
    html! {
        (verdict(report))
        dl {
            dt { (wording::TENANT) } dd { code { (report.target.tenant_id) } (wording::in_cloud(&report.target.cloud)) }
            dt { (wording::CONNECTIONS) }
            @for connection in &report.target.connections { dd { (connection_facts(connection)) } }
            @if !report.target.narrowed_by.is_empty() {
                dt { (wording::SELECTION) }
                @for narrowed in &report.target.narrowed_by { dd { (narrowed) } }
            }
            @if !report.input_notes.is_empty() {
                dt { (wording::INPUT) }
                @for note in &report.input_notes { dd { (describe_input_note(note)) } }
            }
            @if let Some(proxy) = &report.target.proxy { dt { (wording::PROXY) } dd { (wording::describe_proxy(proxy)) } }
            @if let Some(account) = &report.target.account { dt { (wording::ACCOUNT) } dd { (account) } }
            @if let Some(summary) = &report.administrator { dt { (wording::EVIDENCE_OF_ADMINISTRATOR) } dd { (wording::describe_administrator(summary)) } }
            @if let Some(replaced) = wording::describe_redaction(&report.redaction) { dt { (wording::REDACTED) } dd { (replaced) } }
            dt { (wording::CHECKS) } dd { (sections::describe_totals(&report.results)) }
            dt { (wording::RUN) } dd { (wording::start_to_end(report)) }
        }
    }
}

fn verdict(report: &Report) -> Markup {
    let summary = report.summary;
    let class = format!("verdict {}", summary.verdict);
    html! {
        header class=(class) {
            @if report.migration.is_some() {
                // The title of such a page is the readiness for the move.
                h2 { (wording::TODAY_OVER_EWS) ": " (verdict_reason::verdict_label(report)) }
            } @else {
                h1 { (verdict_reason::verdict_label(report)) }
            }
            p {
                (verdict_reason::verdict_reason(report))
                // The exit code of a comparison is that of the readiness.
                @if report.migration.is_none() { " " (wording::exit_code_sentence(summary.exit_code)) }
            }
            @for note in verdict_notes(report) { p { strong { (wording::requirement(note.cause.requirement)) ": " } (prose(&note.cause.title)) "." } }
            @if report.interrupted { p { strong { (wording::INTERRUPTED) ": " } (wording::REMAINING_NOT_RUN) } }
        }
    }
}

fn connection_facts(connection: &TargetConnection) -> Markup {
    html! {
        (display_names::connection_in_list(&connection.name)) ": " (wording::api(connection.api)) ", app " code { (connection.client_id) }
        ", " (wording::count_noun(connection.rooms, "room"))
    }
}

fn problems_and_notes(report: &Report) -> Markup {
    let (notes, problems): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .partition(NumberedCause::is_note);
    html! {
        (causes(wording::PROBLEMS, &report.target, &problems))
        (causes(wording::NOTES, &report.target, &notes))
    }
}

fn causes(heading: &str, target: &Target, causes: &[NumberedCause<'_>]) -> Markup {
    html! {
        @if !causes.is_empty() {
            section {
                h2 { (heading) }
                @for numbered in causes { (cause(target, numbered)) }
            }
        }
    }
}

fn cause(target: &Target, numbered: &NumberedCause<'_>) -> Markup {
    let cause = numbered.cause;
    let remedy = &cause.remedy;
    let class = format!("tag {}", cause.requirement.as_str());
    html! {
        article class="cause" {
            h3 { (numbered.number) ". " span class=(class) { (wording::requirement(cause.requirement)) } " " (prose(&cause.title)) }
            (findings(target, numbered))
            ol { @for step in &remedy.steps { li { (prose(step)) } } }
            @if long_command::is_too_long_to_show(cause) {
                p { (prose(&wording::commands_in_handover(cause.subjects.len()))) "." }
            } @else {
                @for blocks in remedy.commands.chunk_by(|one, next| one.shell() == next.shell()) {
                    @if let [first, ..] = blocks {
                        p { (wording::COMMANDS) " " (wording::in_shell(first.shell_name())) }
                    }
                    @for command in blocks { (code_block(command)) }
                }
            }
            dl {
                dt { (wording::VERIFY) } dd { (prose(&remedy.verify)) }
                dt { (wording::TAKES_EFFECT) } dd { (remedy.takes) }
                (links(&remedy.links))
            }
        }
    }
}

fn findings(target: &Target, numbered: &NumberedCause<'_>) -> Markup {
    let cause = numbered.cause;
    let connections = cause
        .connection
        .as_deref()
        .map(display_names::connection_in_list)
        .or_else(|| wording::describe_connections(cause, target));
    let subjects = display_names::subjects(target, &cause.subjects);
    html! {
        dl {
            dt { (wording::WHO_CAN_FIX_IT) } dd { strong { (wording::who(&cause.remedy.who)) } }
            dt { (wording::IMPACT) } dd { (prose(&cause.impact)) }
            @if !cause.because.is_empty() {
                dt { (wording::EVIDENCE) } dd { @for sentence in &cause.because { div { (prose(sentence)) } } }
            }
            dt { (wording::AFFECTS) } dd { (wording::describe_affected(numbered, &subjects, NAMED)) }
            @if !cause.candidates.is_empty() {
                dt { (wording::COULD_ALSO_BE) } dd { (wording::candidates(&cause.candidates.join(", "))) }
            }
            dt { (wording::CAUSE) }
            dd { code { (cause.id) } ", " (wording::confidence(cause.confidence)) @if let Some(names) = &connections { ", " (names) } }
        }
    }
}

/// The status of a section: the label carries it, the color only repeats it.
fn status_tag(rows: &[&ResultRow]) -> Markup {
    let class = format!("tag {}", sections::section_status(rows).id());
    html! { span class=(class) { (sections::section_label(rows)) } }
}

/// Declared and observed, for each app.
fn permissions(report: &Report) -> Markup {
    let apps = app_permissions::app_permissions(report);
    html! {
        @if !apps.is_empty() {
            section {
                h2 { (wording::PERMISSIONS) }
                @for app in &apps {
                    p { "app " code { (app.client_id) } @if !app.connections.is_empty() { ", " (connections_of(app)) } }
                    table {
                        thead { tr { th { (wording::COLUMN_RESULT) } th { (wording::COLUMN_PERMISSION) } th { (wording::COLUMN_IN_TOKEN) } th { (wording::COLUMN_RESPONSE) } } }
                        tbody { @for line in &app.lines { (permission(line)) } }
                    }
                }
            }
        }
    }
}

fn connections_of(app: &AppPermissions<'_>) -> String {
    wording::list_up_to(
        &app.connections
            .iter()
            .map(|name| display_names::connection_in_list(name))
            .collect::<Vec<_>>(),
        NAMED,
    )
}

fn permission(line: &PermissionLine<'_>) -> Markup {
    html! {
        tr {
            td { (outcome_tag(line.row.outcome)) }
            td { code { (line.permission) } }
            td { (line.declared) }
            td { (line.observed) }
        }
    }
}

fn outcome_tag(outcome: Outcome) -> Markup {
    let class = format!("tag {}", outcome.as_str());
    html! { span class=(class) { (wording::outcome(outcome)) } }
}

fn checks(report: &Report) -> Markup {
    let groups =
        row_groups::group_not_passed(&report.results, &cause_order::numbered_causes(report));
    html! {
        section {
            h2 { (wording::CHECKS) }
            table {
                thead { tr { th { (wording::COLUMN_RESULT) } th { (wording::COLUMN_SECTION) } th { (wording::CHECKS) } } }
                tbody {
                    @for (section, rows) in sections::sections_with_rows(&report.results) {
                        tr { td { (status_tag(&rows)) } td { (section.title) } td { (sections::describe_rows(&rows)) } }
                    }
                }
            }
            @if !groups.is_empty() {
                h2 { (wording::CHECKS_NOT_PASSED) }
                table {
                    thead { tr { th { (wording::COLUMN_RESULT) } th { (wording::COLUMN_CHECK) } th { (wording::COLUMN_DETAILS) } } }
                    tbody { @for group in &groups { (row_group(&report.target, group)) } }
                }
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
                (group.message.lines().next().unwrap_or_default())
                @if let Some(number) = group.cause { (wording::see_number(number)) }
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
fn requests(report: &Report) -> Markup {
    let unsuccessful: Vec<&RequestRecord> = report
        .requests
        .iter()
        .filter(|request| request.status.is_none_or(|status| status >= 300))
        .take(NAMED)
        .collect();
    html! {
        section {
            h2 { (wording::REQUESTS) }
            p { (wording::requests_sentence(report)) }
            @if !unsuccessful.is_empty() {
                h3 { (wording::REQUESTS_NOT_SUCCESSFUL) }
                table {
                    thead { tr { th { (wording::COLUMN_TIME) } th { (wording::COLUMN_REQUEST) } th { (wording::COLUMN_RESPONSE) } } }
                    tbody { @for request in unsuccessful { (request_row(request)) } }
                }
            }
        }
    }
}

fn request_row(request: &RequestRecord) -> Markup {
    html! {
        tr {
            td { (request.at.strftime("%H:%M:%SZ")) }
            td { (request.method) " " (request.url) }
            td {
                (wording::describe_response(request))
                @if let Some(id) = &request.request_id { ", request-id " code { (id) } }
            }
        }
    }
}

fn not_covered(report: &Report) -> Markup {
    html! {
        @if !report.not_visible.is_empty() {
            section {
                h2 { (wording::NOT_COVERED) }
                ul { @for text in &report.not_visible { li { (text.lines().next().unwrap_or_default()) } } }
            }
        }
    }
}

fn footer(report: &Report) -> Markup {
    let tool = &report.tool;
    html! {
        footer {
            p { (tool.name) " " (tool.version) ", " (wording::knowledge_base(&tool.knowledge_date)) ", report " code { (report.report_id) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    #[test]
    fn text_between_backticks_is_code() {
        let shown = |text: &str| prose(text).into_string();
        assert_eq!(
            shown("Run `a <b>` again"),
            "Run <code>a &lt;b&gt;</code> again"
        );
        assert_eq!(shown("a ` alone <b>"), "a ` alone &lt;b&gt;");
    }

    #[test]
    fn the_page_is_complete_and_loads_nothing() {
        let report = sample_report::report();
        let page = render(&report);
        for cause in &report.causes {
            assert!(page.contains(&cause.id), "{}", cause.id);
        }
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
        for loaded in [
            "<script", "<img", "<link", "<iframe", "src=", "@import", "url(",
        ] {
            assert!(!page.contains(loaded), "{loaded}");
        }
    }

    #[test]
    fn the_policy_names_the_style_sheet_of_the_page() {
        let page = render(&sample_report::report());
        let style = page
            .split("<style>")
            .nth(1)
            .and_then(|rest| rest.split("</style>").next())
            .unwrap();
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(page.contains(&format!("style-src 'sha256-{hash}'")));
        assert!(!page.contains("style="), "the policy would refuse it");
    }

    #[test]
    fn external_text_is_shown_and_never_interpreted() {
        let nasty = "<script>alert(1)</script>\"'><img src=x onerror=1>\u{1b}[31m\u{202e}";
        let mut report = sample_report::report();
        report.causes[0].title = nasty.to_owned();
        report.causes[0].remedy.links = vec!["javascript:alert(1)".to_owned()];
        report.causes[0].remedy.commands[0] = crate::diagnosis::Command::new("powershell", nasty);
        for row in &mut report.results {
            row.subject = nasty.to_owned();
            row.message = nasty.to_owned();
        }
        let page = render(&report);
        for harm in ["<script", "<img", "javascript:", "\u{1b}", "\u{202e}"] {
            assert!(!page.contains(harm), "{harm:?}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
}
