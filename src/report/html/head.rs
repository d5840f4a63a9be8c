//! The head of the page: the verdict, how the sections are, who fixes what, and the days on which something ends.

use maud::{Markup, html};

use crate::diagnosis::EndDate;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::roles::by_role;
use crate::report::room_counts::RoomCounts;
use crate::report::section_status::section_status;
use crate::report::{
    Report, TargetConnection, describe_input_note, display_names, sections, verdict_notes,
    verdict_reason, wording,
};
use crate::terms::Requirement;

use super::elements::{anchor_of_problem, prose, requirement_tag};

/// The verdict, and what it rests on in numbers.
pub(super) fn verdict(report: &Report) -> Markup {
    let summary = report.summary;
    let class = format!("verdict {}", summary.verdict);
    html! {
        header class=(class) {
            p class="kicker" { (wording::tenant_and_time(report)) }
            @if report.migration.is_some() {
                // The title of such a page is the readiness for the move.
                h2 { (wording::TODAY_OVER_EWS) ": " (verdict_reason::verdict_label(report)) }
            } @else {
                h1 { (verdict_reason::verdict_label(report)) }
            }
            p {
                (prose(&verdict_reason::verdict_reason(report)))
                // The exit code of a comparison is that of the readiness.
                @if report.migration.is_none() { " " (wording::exit_code_sentence(summary.exit_code)) }
            }
            @for note in verdict_notes(report) { p { strong { (wording::requirement(note.cause.requirement)) ": " } (prose(&note.cause.title)) "." } }
            @if report.interrupted { p { strong { (wording::INTERRUPTED) ": " } (wording::REMAINING_NOT_RUN) } }
            (tiles(report))
        }
    }
}

/// The counts that matter, each with its label.
fn tiles(report: &Report) -> Markup {
    let rooms = wording::describe_rooms(RoomCounts::of(&report.results));
    html! {
        dl class="tiles" {
            @if let Some(rooms) = rooms { div { dt { (wording::ROOMS) } dd { (rooms) } } }
            div { dt { (wording::FOUND) } dd { (found(report)) } }
            div { dt { (wording::CHECKS) } dd { (wording::describe_counts(report.summary.counts)) } }
        }
    }
}

/// The numbers of problems and notes.
fn found(report: &Report) -> String {
    let mut counts = Vec::new();
    for requirement in [
        Requirement::Required,
        Requirement::Optional,
        Requirement::Advisory,
    ] {
        let causes = report.causes.iter();
        let count = causes
            .filter(|cause| cause.requirement == requirement)
            .count();
        if count > 0 {
            counts.push(wording::count_of_requirement(requirement, count));
        }
    }
    if counts.is_empty() {
        return wording::NO_PROBLEMS.to_owned();
    }
    counts.join(", ")
}

/// Every section of the check with its result.
pub(super) fn section_list(report: &Report) -> Markup {
    html! {
        ul class="sections" {
            @for (section, rows) in sections::sections_with_rows(&report.results) {
                li class=(section_status(&rows).id()) {
                    strong { (section.title) } " "
                    span class="state" { (sections::section_label(&rows)) } " "
                    span class="quiet" { (sections::describe_rows(&rows)) }
                }
            }
        }
    }
}

/// The problems by the role that can fix them; notes that need an action are part of them.
pub(super) fn who_fixes_what(report: &Report) -> Markup {
    let needs_someone =
        |numbered: &NumberedCause<'_>| !numbered.is_note() || numbered.cause.asks_for_action;
    let causes = cause_order::numbered_causes(report);
    let roles = by_role(causes.into_iter().filter(needs_someone));
    html! {
        @if !roles.is_empty() {
            ul class="roles" {
                @for role in &roles {
                    li {
                        strong { (wording::who(role.who)) }
                        ul { @for numbered in &role.causes { (linked_problem(numbered)) } }
                    }
                }
            }
        }
    }
}

fn linked_problem(numbered: &NumberedCause<'_>) -> Markup {
    let cause = numbered.cause;
    html! {
        li {
            (requirement_tag(cause.requirement)) " "
            a href=(format!("#{}", anchor_of_problem(numbered.number))) { (numbered.number) ". " (prose(&cause.title)) }
        }
    }
}

/// The days on which something ends that works today.
pub(super) fn dates(report: &Report) -> Markup {
    let needs_action = |end: &EndDate| {
        let date = end.date.to_string();
        report
            .causes
            .iter()
            .any(|cause| cause.asks_for_action && cause.due.as_deref() == Some(&date))
    };
    html! {
        @if !report.end_dates.is_empty() {
            ol class="dates" {
                @for end in &report.end_dates {
                    li class=[needs_action(end).then_some("soon")] {
                        time datetime=(end.date) { (end.date) } " "
                        strong { (wording::days_until(end.days)) } " "
                        span { (wording::end_of(end)) }
                    }
                }
            }
        }
    }
}

/// What was tested, and how.
pub(super) fn target(report: &Report) -> Markup {
    html! {
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
            dt { (wording::RUN) } dd { (wording::start_to_end(report)) }
        }
    }
}

fn connection_facts(connection: &TargetConnection) -> Markup {
    html! {
        (display_names::connection_in_list(&connection.name)) ": " (wording::api(connection.api)) ", app " code { (connection.client_id) }
        ", " (wording::count_noun(connection.rooms, "room"))
    }
}
