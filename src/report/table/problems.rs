//! Problems with their evidence and how to fix them, then the notes.

use crate::diagnosis::{Cause, Command};
use crate::evidence::RequestRecord;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::settled_by_evidence::can_be_settled;
use crate::report::{Report, display_names, long_command, wording};

use super::page::Page;
use super::tone::Tone;

/// How many subjects a cause names before it counts the rest.
const NAMED: usize = 5;
/// The same in a report of many connections.
const NAMED_IN_COMPACT: usize = 3;
const INDENT: usize = 3;
/// As wide as the longest label, with two spaces behind it.
const LABEL: usize = wording::COULD_ALSO_BE.len() + 2;
const NOTE_LABEL: usize = wording::FIRST_STEP.len() + 2;

/// Draws the problems, then the notes.
pub fn draw_problems(page: &mut Page, report: &Report) {
    draw_problems_only(page, report);
    let mut notes = cause_order::numbered_causes(report);
    notes.retain(NumberedCause::is_note);
    if !notes.is_empty() {
        page.heading(wording::NOTES);
    }
    for note in notes {
        draw_title(page, report, note);
        draw_note(page, note.cause);
    }
}

/// Draws the problems without the notes.
pub fn draw_problems_only(page: &mut Page, report: &Report) {
    let mut problems = cause_order::numbered_causes(report);
    problems.retain(|numbered| !numbered.is_note());
    if !problems.is_empty() {
        page.heading(wording::PROBLEMS);
    }
    for (index, problem) in problems.into_iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        draw_title(page, report, problem);
        draw_findings(page, report, problem);
        draw_remedy(page, problem.cause);
    }
}

fn draw_title(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
    let cause = numbered.cause;
    let word = format!("[{}]", wording::requirement(cause.requirement));
    let number = numbered.number.to_string();
    let mark = format!(
        "{number} {} ",
        page.paint(&word, Tone::of_cause(cause.requirement))
    );
    page.marked(
        &mark,
        number.len() + word.len() + 2,
        &cause.title,
        Tone::Strong,
    );
    let mut facts = vec![
        cause.id.clone(),
        wording::confidence(cause.confidence).to_owned(),
    ];
    facts.extend(wording::describe_connections(cause, &report.target));
    let facts = page.paint(&facts.join(", "), Tone::Quiet);
    page.line(format!("{}{facts}", " ".repeat(INDENT)));
}

fn draw_findings(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
    let cause = numbered.cause;
    labeled(page, wording::IMPACT, &cause.impact);
    labeled(page, wording::EVIDENCE, &evidence_text(cause));
    let named = if page.is_compact() {
        NAMED_IN_COMPACT
    } else {
        NAMED
    };
    let subjects = display_names::subjects(&report.target, &cause.subjects);
    labeled(
        page,
        wording::AFFECTS,
        &wording::describe_affected(&numbered, &subjects, named),
    );
    if !cause.candidates.is_empty() {
        let candidates = wording::candidates(&cause.candidates.join(", "), can_be_settled(cause));
        labeled(page, wording::COULD_ALSO_BE, &candidates);
    }
    if let Some(request) = request_of_cause(report, cause).and_then(wording::request_for_support) {
        labeled(page, wording::FOR_SUPPORT, &request);
    }
}

/// What was observed, each sentence with its end.
fn evidence_text(cause: &Cause) -> String {
    let mut text = String::new();
    for sentence in &cause.because {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(sentence);
        if !sentence.ends_with(['.', '!', '?']) {
            text.push('.');
        }
    }
    text
}

/// The first request behind a cause that has an id of the service.
fn request_of_cause<'r>(report: &'r Report, cause: &Cause) -> Option<&'r RequestRecord> {
    report
        .results
        .iter()
        .filter(|row| cause.explains.contains(&row.n))
        // Newest first: the earlier requests of a row can be attempts that were repeated.
        .flat_map(|row| row.requests.iter().rev())
        .filter_map(|n| report.requests.iter().find(|request| request.n == *n))
        .find(|request| request.request_id.is_some())
}

/// A note is short: its impact, its evidence and the first step.
fn draw_note(page: &mut Page, cause: &Cause) {
    page.paragraph(INDENT, &cause.impact);
    if !cause.because.is_empty() {
        page.labeled(INDENT, wording::EVIDENCE, NOTE_LABEL, &evidence_text(cause));
    }
    if let Some(step) = cause.remedy.steps.first() {
        page.labeled(INDENT, wording::FIRST_STEP, NOTE_LABEL, step);
    }
}

fn draw_remedy(page: &mut Page, cause: &Cause) {
    let remedy = &cause.remedy;
    labeled(page, wording::WHO, wording::who(&remedy.who));
    for (index, step) in remedy.steps.iter().enumerate() {
        let label = if index == 0 { wording::FIX } else { "" };
        page.numbered(INDENT, label, LABEL, index + 1, step);
    }
    if !page.is_verbose() && long_command::is_too_long_to_show(cause) {
        let reference = wording::commands_in_handover(cause.subjects.len());
        labeled(page, wording::COMMANDS, &reference);
    } else {
        for blocks in remedy
            .commands
            .chunk_by(|one, next| one.shell() == next.shell())
        {
            if let [first, ..] = blocks {
                let shell = wording::in_shell(first.shell_name());
                labeled(page, wording::COMMANDS, &shell);
            }
            for command in blocks {
                draw_command(page, command);
            }
        }
    }
    labeled(page, wording::VERIFY, &remedy.verify);
    labeled(page, wording::TAKES_EFFECT, &remedy.takes);
    let links = if page.is_compact() {
        1
    } else {
        remedy.links.len()
    };
    for (index, link) in remedy.links.iter().take(links).enumerate() {
        let label = if index == 0 { wording::LEARN_MORE } else { "" };
        page.labeled(INDENT, label, LABEL, link);
    }
}

/// A command is followed by an empty line, so that it can be copied whole; it is never broken.
fn draw_command(page: &mut Page, command: &Command) {
    for line in long_command::for_a_page(command).lines() {
        page.line(format!("{}{line}", " ".repeat(INDENT)));
    }
    page.gap();
}

fn labeled(page: &mut Page, label: &str, text: &str) {
    page.labeled(INDENT, label, LABEL, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_subjects_is_counted() {
        let names: Vec<_> = (1..=12).map(|number| format!("r{number}")).collect();
        assert_eq!(
            wording::list_up_to(&names, 5),
            "r1, r2, r3, r4, r5 and 7 more"
        );
        assert_eq!(
            wording::list_up_to(&names[..6], 5),
            "r1, r2, r3, r4, r5, r6"
        );
    }
}
