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
const INDENT: usize = 3;
/// As wide as the longest label, with two spaces behind it.
const LABEL: usize = wording::COULD_ALSO_BE.len() + 2;

/// Draws the problems, then the notes, each with its steps and commands.
pub fn draw_problems(page: &mut Page, report: &Report) {
    let (notes, problems): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .partition(NumberedCause::is_note);
    for (heading, causes) in [(wording::PROBLEMS, problems), (wording::NOTES, notes)] {
        if !causes.is_empty() {
            page.heading(heading);
        }
        for (index, cause) in causes.into_iter().enumerate() {
            if index > 0 {
                page.gap();
            }
            draw_cause(page, report, cause);
        }
    }
}

/// Draws the problem or note with a number; nothing if there is none.
pub fn draw_problem(page: &mut Page, report: &Report, number: usize) {
    let causes = cause_order::numbered_causes(report);
    if let Some(cause) = causes.into_iter().find(|cause| cause.number == number) {
        draw_cause(page, report, cause);
    }
}

fn draw_cause(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
    draw_title(page, report, numbered);
    draw_findings(page, report, numbered);
    draw_remedy(page, numbered.cause);
}

fn draw_title(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
    let cause = numbered.cause;
    let word = format!("[{}]", wording::cause_word(cause));
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
    if let Some(finding) = &cause.accepted {
        labeled(page, wording::ACCEPTED_BY, &wording::acceptance(finding));
    }
    labeled(page, wording::IMPACT, &cause.impact);
    labeled(page, wording::EVIDENCE, &evidence_text(cause));
    let subjects = display_names::subjects(&report.target, &cause.subjects);
    labeled(
        page,
        wording::AFFECTS,
        &wording::describe_affected(&numbered, &subjects, NAMED),
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

fn draw_remedy(page: &mut Page, cause: &Cause) {
    let remedy = &cause.remedy;
    labeled(page, wording::WHO, wording::who(&remedy.who));
    for (index, step) in remedy.steps.iter().enumerate() {
        let label = if index == 0 { wording::FIX } else { "" };
        page.numbered(INDENT, label, LABEL, index + 1, step);
    }
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
    labeled(page, wording::VERIFY, &remedy.verify);
    labeled(page, wording::TAKES_EFFECT, &remedy.takes);
    for (index, link) in remedy.links.iter().enumerate() {
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
