//! The report for the comment of a ticket.
//!
//! Only what GitHub, Jira and Zendesk all support is used: headings, bold words, lists, code spans and fenced blocks;
//! no tables and no HTML. The whole stays below the smallest of their limits.

mod escape;
mod migration;
mod parts;

use std::fmt::Write as _;

use crate::diagnosis::Cause;

use super::cause_order::{self, NumberedCause};
use super::row_groups::{self, RowGroup};
use super::settled_by_evidence::can_be_settled;
use super::{
    Report, Target, app_permissions, describe_input_note, display_names, long_command, sanitize,
    sections, verdict_notes, verdict_reason, wording,
};

use self::parts::{bullet, draw_command, heading, is_full};

pub(super) use self::escape::{code, escape, escape_inside_a_word, fence, prose, with_code};
pub(super) use self::parts::console_values;

/// How many subjects a list names before it counts the rest.
const NAMED: usize = 5;

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let mut page = String::new();
    if let Some(migration) = &safe.migration {
        migration::draw_title(&mut page, &safe, migration);
        migration::draw_migration(&mut page, migration);
    }
    draw_summary(&mut page, &safe);
    draw_problems(&mut page, &safe);
    draw_notes(&mut page, &safe);
    draw_permissions(&mut page, &safe);
    draw_checks_not_passed(&mut page, &safe);
    draw_not_covered(&mut page, &safe);
    draw_footer(&mut page, &safe);
    page
}

fn draw_summary(page: &mut String, report: &Report) {
    draw_verdict(page, report);
    let target = &report.target;
    bullet(
        page,
        wording::TENANT,
        &format!(
            "{}{}",
            code(&target.tenant_id),
            escape(&wording::in_cloud(&target.cloud))
        ),
    );
    for connection in &target.connections {
        let name = escape(&display_names::connection_in_list(&connection.name));
        let api = wording::api(connection.api);
        let rooms = wording::count_noun(connection.rooms, "room");
        let facts = format!(
            "{name}, {api}, app {}, {rooms}",
            code(&connection.client_id)
        );
        bullet(page, wording::CONNECTION, &facts);
    }
    for narrowed in &target.narrowed_by {
        bullet(page, wording::SELECTION, &code(narrowed));
    }
    for note in &report.input_notes {
        bullet(page, wording::INPUT, &escape(&describe_input_note(note)));
    }
    if let Some(proxy) = &target.proxy {
        let text = wording::describe_proxy(proxy);
        bullet(page, wording::PROXY, &escape(&text));
    }
    if let Some(account) = &target.account {
        bullet(page, wording::ACCOUNT, &escape(account));
    }
    if let Some(summary) = &report.administrator {
        let text = wording::describe_administrator(summary);
        bullet(page, wording::EVIDENCE_OF_ADMINISTRATOR, &escape(&text));
    }
    if let Some(replaced) = wording::describe_redaction(&report.redaction) {
        bullet(page, wording::REDACTED, &escape(&replaced));
    }
    bullet(
        page,
        wording::CHECKS,
        &escape(&sections::describe_totals(&report.results)),
    );
    for (section, rows) in sections::sections_with_rows(&report.results) {
        let status = sections::section_label(&rows);
        let counted = escape(&sections::describe_rows(&rows));
        let _ = writeln!(page, "    - **{status}** {}: {counted}", section.title);
    }
    page.push('\n');
}

fn draw_verdict(page: &mut String, report: &Report) {
    let title = wording::verdict_title(
        verdict_reason::verdict_label(report),
        report.summary.exit_code,
    );
    let _ = writeln!(page, "## {title}\n");
    let _ = writeln!(
        page,
        "{}\n",
        prose(&wording::as_sentence(&verdict_reason::verdict_reason(
            report
        )))
    );
    for note in verdict_notes(report) {
        let word = wording::requirement(note.cause.requirement);
        let _ = writeln!(page, "**{word}:** {}.\n", prose(&note.cause.title));
    }
    if report.interrupted {
        let _ = writeln!(
            page,
            "**{}:** {}\n",
            wording::INTERRUPTED,
            wording::REMAINING_NOT_RUN
        );
    }
}

fn draw_problems(page: &mut String, report: &Report) {
    let mut problems = cause_order::numbered_causes(report);
    problems.retain(|numbered| !numbered.is_note());
    if !problems.is_empty() {
        heading(page, wording::PROBLEMS);
    }
    for problem in problems {
        draw_problem(page, &report.target, &problem);
    }
}

fn draw_notes(page: &mut String, report: &Report) {
    let mut notes = cause_order::numbered_causes(report);
    notes.retain(NumberedCause::is_note);
    if !notes.is_empty() {
        heading(page, wording::NOTES);
    }
    for note in notes {
        let _ = writeln!(
            page,
            "- **{}** ({})",
            prose(&note.cause.title),
            code(&note.cause.id)
        );
        let _ = writeln!(page, "    - {}", prose(&note.cause.impact));
        if let Some(finding) = &note.cause.accepted {
            let by = prose(&wording::acceptance(finding));
            let _ = writeln!(page, "    - {}: {by}", wording::ACCEPTED_BY);
        }
        // Markdown must fit into the comment of a ticket. What an administrator collected is in no other place of it.
        let evidence = note.cause.because.iter();
        for sentence in evidence.filter(|_| report.administrator.is_some()) {
            let _ = writeln!(page, "    - {}: {}", wording::EVIDENCE, prose(sentence));
        }
    }
    page.push('\n');
}

fn draw_problem(page: &mut String, target: &Target, numbered: &NumberedCause<'_>) {
    if is_full(page) {
        return;
    }
    let cause = numbered.cause;
    let word = wording::requirement(cause.requirement);
    let _ = writeln!(
        page,
        "**{}. [{word}] {}**\n",
        numbered.number,
        prose(&cause.title)
    );
    draw_findings(page, target, numbered);
    let who = escape(wording::who(&cause.remedy.who));
    // The empty line ends this list, so that the steps become a numbered list of their own.
    bullet(page, wording::WHO_CAN_FIX_IT, &format!("**{who}**\n"));
    for (index, step) in cause.remedy.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, prose(step));
    }
    page.push('\n');
    draw_commands(page, cause);
    bullet(page, wording::VERIFY, &prose(&cause.remedy.verify));
    bullet(page, wording::TAKES_EFFECT, &prose(&cause.remedy.takes));
    page.push('\n');
}

fn draw_findings(page: &mut String, target: &Target, numbered: &NumberedCause<'_>) {
    let cause = numbered.cause;
    let connections = cause
        .connection
        .as_deref()
        .map(display_names::connection_in_list)
        .or_else(|| wording::describe_connections(cause, target))
        .map_or_else(String::new, |names| format!(", {}", escape(&names)));
    let certainty = wording::confidence(cause.confidence);
    bullet(
        page,
        wording::CAUSE,
        &format!("{} ({certainty}){connections}", code(&cause.id)),
    );
    bullet(page, wording::IMPACT, &prose(&cause.impact));
    for sentence in &cause.because {
        bullet(page, wording::EVIDENCE, &prose(sentence));
    }
    let subjects = displayed_subjects(target, cause.subjects.iter());
    bullet(
        page,
        wording::AFFECTS,
        &wording::describe_affected(numbered, &subjects, NAMED),
    );
    if !cause.candidates.is_empty() {
        let ids: Vec<String> = cause.candidates.iter().map(|id| code(id)).collect();
        bullet(
            page,
            wording::COULD_ALSO_BE,
            &wording::candidates(&ids.join(", "), can_be_settled(cause)),
        );
    }
}

fn displayed_subjects<'s>(
    target: &Target,
    subjects: impl Iterator<Item = &'s String>,
) -> Vec<String> {
    subjects
        .map(|subject| displayed_subject(target, subject))
        .collect()
}

/// A subject as code, unless it has a display name.
fn displayed_subject(target: &Target, subject: &str) -> String {
    let name = display_names::subject(target, subject);
    if name == subject {
        code(subject)
    } else {
        escape(&name)
    }
}

/// Declared and observed, for each app.
fn draw_permissions(page: &mut String, report: &Report) {
    let apps = app_permissions::app_permissions(report);
    if apps.is_empty() || is_full(page) {
        return;
    }
    heading(page, wording::PERMISSIONS);
    for app in &apps {
        if is_full(page) {
            break;
        }
        let name = display_names::subject(&report.target, app.client_id);
        let _ = writeln!(page, "- {}", escape(&name));
        for line in &app.lines {
            let outcome = wording::outcome(line.row.outcome);
            let _ = writeln!(page, "    - **{outcome}** {}", escape(&line.in_one_line()));
        }
    }
    page.push('\n');
}

fn draw_commands(page: &mut String, cause: &Cause) {
    if long_command::is_too_long_to_show(cause) {
        let reference = wording::commands_in_handover(cause.subjects.len());
        let _ = writeln!(page, "{}.\n", with_code(&reference));
        return;
    }
    for command in &cause.remedy.commands {
        draw_command(page, command);
    }
}

fn draw_checks_not_passed(page: &mut String, report: &Report) {
    let groups =
        row_groups::group_not_passed(&report.results, &cause_order::numbered_causes(report));
    if groups.is_empty() {
        return;
    }
    heading(page, wording::CHECKS_NOT_PASSED);
    for (at, group) in groups.iter().enumerate() {
        if is_full(page) {
            let _ = writeln!(
                page,
                "- {}",
                wording::more_groups_in_json(groups.len() - at)
            );
            break;
        }
        draw_group(page, &report.target, group);
    }
    page.push('\n');
}

fn draw_group(page: &mut String, target: &Target, group: &RowGroup<'_>) {
    let outcome = wording::outcome(group.outcome());
    let reference = group.cause.map(wording::see_number).unwrap_or_default();
    let message = prose(group.message.lines().next().unwrap_or_default());
    for (check, rows) in group.by_check() {
        let subjects = displayed_subjects(target, rows.iter().map(|row| &row.subject));
        let check = wording::check_for_subjects(
            &code(check.as_str()),
            &wording::list_up_to(&subjects, NAMED),
        );
        let _ = writeln!(page, "- **{outcome}** {check}: {message}{reference}");
    }
}

fn draw_not_covered(page: &mut String, report: &Report) {
    if report.not_visible.is_empty() || is_full(page) {
        return;
    }
    heading(page, wording::NOT_COVERED);
    for text in &report.not_visible {
        // The lines behind the first are commands, which are in the JSON report.
        let _ = writeln!(page, "- {}", prose(text.lines().next().unwrap_or_default()));
    }
    page.push('\n');
}

fn draw_footer(page: &mut String, report: &Report) {
    let requests = wording::count_noun(report.requests.len(), "request");
    let tool = escape(&wording::tool_version(&report.tool));
    let report_id = wording::report_id(&code(&report.report_id));
    let _ = writeln!(
        page,
        "{tool}, {report_id}, {}, {requests}",
        report.started_at
    );
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser, Tag};

    use super::super::sample_report;
    use super::*;

    /// The text that a reader sees; panics for any element besides the known ones.
    fn shown(markdown: &str) -> String {
        let mut text = String::new();
        for event in Parser::new(markdown) {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::Html(part) | Event::InlineHtml(part) => panic!("raw HTML: {part}"),
                Event::Start(Tag::Link { dest_url, .. }) => panic!("a link to {dest_url}"),
                Event::Start(Tag::Image { dest_url, .. }) => panic!("an image from {dest_url}"),
                _ => text.push(' '),
            }
        }
        text
    }

    #[test]
    fn the_parts_of_the_report_are_all_there() {
        let report = sample_report::report();
        let text = shown(&render(&report));
        for cause in &report.causes {
            assert!(
                text.contains(&cause.title) && text.contains(&cause.id),
                "{} is not in {text}",
                cause.id
            );
        }
        assert!(
            text.contains(&report.report_id)
                && text.contains(&sections::describe_totals(&report.results))
        );
    }

    #[test]
    fn external_text_is_shown_and_never_interpreted() {
        let nasty =
            "<script>alert(1)</script> [x](http://evil) ![y](z) `a` **b** | # c @team \u{202e}";
        let mut report = sample_report::report();
        report.causes[0].title = nasty.to_owned();
        report.causes[0].subjects = vec![nasty.to_owned(), "a`b``c".to_owned()];
        report.results[0].message = nasty.to_owned();
        let text = shown(&render(&report));
        assert!(
            text.contains("<script>alert(1)</script> [x](http://evil)"),
            "{text}"
        );
    }

    #[test]
    fn it_fits_into_a_comment_for_any_number_of_rooms() {
        let mut report = sample_report::report();
        let row = report.results[0].clone();
        let failed = (0..4_000).map(|number| crate::diagnosis::ResultRow {
            n: number + 1,
            subject: format!("room{number}@contoso.com"),
            message: format!("Something of its own about room {number}"),
            outcome: crate::terms::Outcome::Fail,
            ..row.clone()
        });
        report.results = failed.collect();
        report.causes[0].subjects = report
            .results
            .iter()
            .map(|row| row.subject.clone())
            .collect();
        let text = render(&report);
        assert!(text.len() < 32_767, "{} characters", text.len());
        assert!(text.contains("see the JSON report"));
    }
}
