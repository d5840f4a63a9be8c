//! A problem or a note as a card: who fixes it and how, then the evidence, folded.

use maud::{Markup, html};

use crate::report::cause_order::NumberedCause;
use crate::report::settled_by_evidence::can_be_settled;
use crate::report::{Target, display_names, long_command, wording};

use super::elements::{
    anchor_of_problem, cause_tag, command_blocks, links, prose, steps, verification,
};

/// How many subjects a list names before it counts the rest.
const NAMED: usize = 8;

/// The card of a problem.
pub(super) fn problem_card(target: &Target, numbered: &NumberedCause<'_>) -> Markup {
    let cause = numbered.cause;
    let remedy = &cause.remedy;
    let class = format!("card {}", cause.requirement.as_str());
    html! {
        article class=(class) id=(anchor_of_problem(numbered.number)) {
            h3 { (numbered.number) ". " (prose(&cause.title)) }
            p class="meta" {
                (cause_tag(cause)) " "
                span class="role" { (wording::who(&remedy.who)) } " "
                span class="quiet" { (wording::TAKES_EFFECT) ": " (remedy.takes) }
            }
            @if let Some(finding) = &cause.accepted { p { (wording::ACCEPTED_BY) " " (prose(&wording::acceptance(finding))) } }
            p { (prose(&cause.impact)) }
            (affected(target, numbered))
            h4 { (wording::FIX) }
            (steps(&remedy.steps))
            @if long_command::is_too_long_to_show(cause) {
                p { (prose(&wording::commands_in_handover(cause.subjects.len()))) "." }
            } @else {
                (command_blocks(&remedy.commands, wording::command_box))
            }
            (verification(&remedy.verify))
            (evidence(target, numbered))
        }
    }
}

/// Whom the problem hits. A long list of rooms is under the heading of the rooms.
fn affected(target: &Target, numbered: &NumberedCause<'_>) -> Markup {
    let subjects = display_names::subjects(target, &numbered.cause.subjects);
    html! {
        dl {
            dt { (wording::AFFECTS) }
            dd {
                (wording::describe_affected(numbered, &subjects, NAMED))
                @if numbered.rooms > NAMED { " (" a href="#rooms" { (wording::ROOMS) } ")" }
            }
        }
    }
}

fn evidence(target: &Target, numbered: &NumberedCause<'_>) -> Markup {
    let cause = numbered.cause;
    let connections = cause
        .connection
        .as_deref()
        .map(display_names::connection_in_list)
        .or_else(|| wording::describe_connections(cause, target));
    html! {
        details {
            summary { (wording::EVIDENCE_AND_SOURCES) }
            dl {
                @if !cause.because.is_empty() {
                    dt { (wording::EVIDENCE) }
                    @for sentence in &cause.because { dd { (prose(sentence)) } }
                }
                @if !cause.candidates.is_empty() {
                    dt { (wording::COULD_ALSO_BE) } dd { (prose(&wording::candidates(&cause.candidates.join(", "), can_be_settled(cause)))) }
                }
                dt { (wording::CAUSE) }
                dd { code { (cause.id) } ", " (wording::confidence(cause.confidence)) @if let Some(names) = &connections { ", " (names) } }
            }
            (links(&cause.remedy.links))
        }
    }
}
