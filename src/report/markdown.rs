//! The report for the comment of a ticket.
//!
//! Only what GitHub, Jira and Zendesk all understand is used: headings, bold words, lists, code spans and fenced blocks;
//! no tables and no HTML. The whole stays below the smallest of their limits.

mod escape;

use std::fmt::Write as _;

pub(super) use self::escape::{code, escape, escape_inside_a_word, fence, prose, with_code};
use super::cause_order::{self, NumberedCause};
use super::row_groups::{self, RowGroup};
use super::{
    Report, Target, app_permissions, describe_input_note, display_names, long_command, sanitize,
    sections, verdict_notes, verdict_reason, wording,
};
use crate::diagnosis::Cause;

/// Jira takes comments of 32,767 characters; some room is left for the words around.
const LONGEST: usize = 30_000;
/// A command that names more than this is told by its length: a cut one would be dangerous to copy.
const LONGEST_COMMAND: usize = 1_500;
/// How many subjects a list names before it counts the rest.
const NAMED: usize = 5;

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let mut page = String::new();
    head(&mut page, &safe);
    causes(&mut page, &safe);
    permissions(&mut page, &safe);
    rows(&mut page, &safe);
    not_visible(&mut page, &safe);
    foot(&mut page, &safe);
    page
}

fn head(page: &mut String, report: &Report) {
    let summary = report.summary;
    let word = verdict_reason::verdict_label(report);
    let _ = writeln!(
        page,
        "## rx-preflight: {word} (exit code {})\n",
        summary.exit_code
    );
    let _ = writeln!(
        page,
        "{}\n",
        prose(&capitalized(&verdict_reason::verdict_reason(report)))
    );
    for note in verdict_notes(report) {
        let word = wording::requirement(note.cause.requirement);
        let _ = writeln!(page, "**{word}:** {}.\n", prose(&note.cause.title));
    }
    if report.interrupted {
        page.push_str("**Interrupted:** the remaining checks were not run.\n\n");
    }
    let _ = writeln!(
        page,
        "- Tenant {}, cloud {}",
        code(&report.target.tenant_id),
        escape(&report.target.cloud)
    );
    for connection in &report.target.connections {
        let (name, api) = (
            escape(&display_names::connection_in_list(&connection.name)),
            wording::api(connection.api),
        );
        let rooms = wording::count_noun(connection.rooms, "room");
        let _ = writeln!(
            page,
            "- Connection {name}: {api}, app {}, {rooms}",
            code(&connection.client_id)
        );
    }
    for narrowed in &report.target.narrowed_by {
        let _ = writeln!(page, "- Narrowed by {}", code(narrowed));
    }
    for note in &report.input_notes {
        let _ = writeln!(
            page,
            "- {}: {}",
            wording::INPUT,
            escape(&describe_input_note(note))
        );
    }
    if let Some(replaced) = wording::describe_redaction(&report.redaction) {
        let _ = writeln!(page, "- Redacted: {}", escape(&replaced));
    }
    let _ = writeln!(
        page,
        "- Checks: {}",
        escape(&sections::describe_totals(&report.results))
    );
    for (section, rows) in sections::sections_with_rows(&report.results) {
        let _ = writeln!(
            page,
            "    - **{}** {}: {}",
            sections::section_status(&rows).word(),
            section.title,
            sections::describe_rows(&rows)
        );
    }
    page.push('\n');
}

fn causes(page: &mut String, report: &Report) {
    let (notes, causes): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .partition(NumberedCause::is_note);
    if !causes.is_empty() {
        page.push_str("### What is wrong, and what mends it\n\n");
    }
    for numbered in causes {
        cause(page, &report.target, &numbered);
    }
    if !notes.is_empty() {
        page.push_str("### Worth knowing\n\n");
    }
    for note in notes {
        let _ = writeln!(
            page,
            "- **{}** ({})",
            prose(&note.cause.title),
            code(&note.cause.id)
        );
        let _ = writeln!(page, "    - {}", prose(&note.cause.impact));
    }
    page.push('\n');
}

fn cause(page: &mut String, target: &Target, numbered: &NumberedCause<'_>) {
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
    let of = match (
        &cause.connection,
        wording::describe_connections(cause, target),
    ) {
        (Some(name), _) => format!(", {}", escape(&display_names::connection_in_list(name))),
        (None, Some(names)) => format!(", {}", escape(&names)),
        (None, None) => String::new(),
    };
    let _ = writeln!(
        page,
        "- Cause: {} ({}){of}",
        code(&cause.id),
        wording::confidence(cause.confidence)
    );
    let _ = writeln!(page, "- Means: {}", prose(&cause.impact));
    for seen in &cause.because {
        let _ = writeln!(page, "- Seen: {}", prose(seen));
    }
    let _ = writeln!(page, "- Affects {}", affected(numbered, target));
    if !cause.candidates.is_empty() {
        let others: Vec<String> = cause.candidates.iter().map(|id| code(id)).collect();
        let _ = writeln!(
            page,
            "- Or else: {} (the answers cannot tell)",
            others.join(", ")
        );
    }
    let _ = writeln!(
        page,
        "- Who can fix it: **{}**\n",
        escape(wording::who(&cause.remedy.who))
    );
    for (index, step) in cause.remedy.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, prose(step));
    }
    page.push('\n');
    commands(page, cause);
    let _ = writeln!(page, "- Verify: {}", prose(&cause.remedy.verify));
    let _ = writeln!(page, "- Takes: {}\n", prose(&cause.remedy.takes));
}

fn affected(numbered: &NumberedCause<'_>, target: &Target) -> String {
    let subjects: Vec<String> = numbered
        .cause
        .subjects
        .iter()
        .map(|subject| named_subject(target, subject))
        .collect();
    wording::describe_affected(numbered, &subjects, NAMED)
}

/// A subject as code, unless it is named in words.
fn named_subject(target: &Target, subject: &str) -> String {
    let name = display_names::subject(target, subject);
    if name == subject {
        code(subject)
    } else {
        escape(&name)
    }
}

fn capitalized(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Declared and observed, for each app.
fn permissions(page: &mut String, report: &Report) {
    let apps = app_permissions::app_permissions(report);
    if apps.is_empty() || is_full(page) {
        return;
    }
    page.push_str("### Permissions: in the token, and in live responses\n\n");
    for app in &apps {
        if is_full(page) {
            break;
        }
        let _ = writeln!(
            page,
            "- {}",
            escape(&display_names::subject(&report.target, app.client_id))
        );
        for line in &app.lines {
            let _ = writeln!(
                page,
                "    - **{}** {}",
                wording::outcome(line.row.outcome),
                escape(&line.in_words())
            );
        }
    }
    page.push('\n');
}

fn commands(page: &mut String, cause: &Cause) {
    if long_command::is_too_long_to_show(cause) {
        let _ = writeln!(
            page,
            "{}.\n",
            with_code(&wording::commands_in_handover(cause.subjects.len()))
        );
        return;
    }
    for command in &cause.remedy.commands {
        if command.text().len() > LONGEST_COMMAND {
            let length = command.text().len();
            let _ = writeln!(
                page,
                "A {} command of {} characters is in the JSON report.\n",
                command.shell_name(),
                wording::format_count(length)
            );
        } else {
            let _ = writeln!(page, "{}\n", fence(command.shell(), command.text()));
        }
    }
}

fn rows(page: &mut String, report: &Report) {
    let groups =
        row_groups::group_not_passed(&report.results, &cause_order::numbered_causes(report));
    if groups.is_empty() {
        return;
    }
    page.push_str("### Checks that did not pass\n\n");
    for (at, group) in groups.iter().enumerate() {
        if is_full(page) {
            let left = wording::count_noun(groups.len() - at, "further group");
            let _ = writeln!(page, "- {left} of such checks: see the JSON report");
            break;
        }
        row(page, &report.target, group);
    }
    page.push('\n');
}

fn row(page: &mut String, target: &Target, group: &RowGroup<'_>) {
    let outcome = wording::outcome(group.outcome());
    let cause = group
        .cause
        .map(|number| format!(" (see {number})"))
        .unwrap_or_default();
    let first_line = group.message.lines().next().unwrap_or_default();
    for (check, rows) in group.by_check() {
        let subjects: Vec<String> = rows
            .iter()
            .map(|row| named_subject(target, &row.subject))
            .collect();
        let subjects = wording::list_up_to(&subjects, NAMED);
        let what = prose(first_line);
        let _ = writeln!(
            page,
            "- **{outcome}** {} for {subjects}: {what}{cause}",
            code(check.as_str())
        );
    }
}

fn not_visible(page: &mut String, report: &Report) {
    if report.not_visible.is_empty() || is_full(page) {
        return;
    }
    page.push_str("### What this report cannot see\n\n");
    for text in &report.not_visible {
        let _ = writeln!(page, "- {}", prose(text.lines().next().unwrap_or_default()));
    }
    page.push('\n');
}

fn foot(page: &mut String, report: &Report) {
    let tool = &report.tool;
    let _ = writeln!(
        page,
        "{} {}, knowledge of {}, report {}, {}, {}",
        escape(&tool.name),
        escape(&tool.version),
        escape(&tool.knowledge_date),
        code(&report.report_id),
        report.started_at,
        wording::count_noun(report.requests.len(), "request"),
    );
}

fn is_full(page: &str) -> bool {
    page.len() > LONGEST - LONGEST / 6
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser, Tag};

    use super::super::fixture;
    use super::*;

    /// What a reader sees as text, and whether anything else than the known building blocks stands in it.
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
        let report = fixture::report();
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
        let mut report = fixture::report();
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
        let mut report = fixture::report();
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
