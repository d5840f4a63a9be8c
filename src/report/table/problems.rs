//! What is wrong, and what mends it.

use super::page::Page;
use super::tone::Tone;
use crate::diagnosis::{Cause, Command};
use crate::report::cause_order::{self, NumberedCause};
use crate::report::{Report, display_names, long_command, wording};

/// How many subjects a cause names before it counts the rest.
const NAMED: usize = 5;
/// The same in a large estate.
const NAMED_IN_AN_ESTATE: usize = 3;
const INDENT: usize = 3;
const LABEL: usize = 9;

/// Draws the causes, then the notes.
pub fn draw_problems(page: &mut Page, report: &Report) {
    let (notes, causes): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .partition(NumberedCause::is_note);
    if !causes.is_empty() {
        page.heading("WHAT IS WRONG, AND WHAT MENDS IT");
    }
    for (index, cause) in causes.into_iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        head(page, report, cause);
        body(page, report, cause);
        remedy(page, cause.cause);
    }
    if !notes.is_empty() {
        page.heading("WORTH KNOWING");
    }
    for note in notes {
        head(page, report, note);
        brief_body(page, note.cause);
    }
}

fn head(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
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

fn body(page: &mut Page, report: &Report, numbered: NumberedCause<'_>) {
    let cause = numbered.cause;
    label(page, "Means", &cause.impact);
    label(page, "Seen", &seen(cause));
    let named = if page.is_compact() {
        NAMED_IN_AN_ESTATE
    } else {
        NAMED
    };
    label(
        page,
        "Affects",
        &wording::describe_affected(
            &numbered,
            &display_names::subjects(&report.target, &cause.subjects),
            named,
        ),
    );
    if !cause.candidates.is_empty() {
        label(
            page,
            "Or else",
            &format!("{} (the answers cannot tell)", cause.candidates.join(", ")),
        );
    }
    if let Some(request) = to_quote(report, cause) {
        label(page, "Quote", &request);
    }
}

/// The sentences about what was seen, each with its end.
fn seen(cause: &Cause) -> String {
    let ended = |sentence: &String| {
        if sentence.ends_with(['.', '!', '?']) {
            sentence.clone()
        } else {
            format!("{sentence}.")
        }
    };
    cause
        .because
        .iter()
        .map(ended)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The ids and the time of the first request behind a cause, by which the support of the service finds it.
fn to_quote(report: &Report, cause: &Cause) -> Option<String> {
    let rows = report
        .results
        .iter()
        .filter(|row| cause.explains.contains(&row.n));
    let requests = rows.flat_map(|row| row.requests.iter().rev());
    let mut known = requests.filter_map(|n| report.requests.iter().find(|request| request.n == *n));
    let request = known.find(|request| request.request_id.is_some())?;
    let own = request
        .client_request_id
        .as_ref()
        .map(|id| format!(", client-request-id {id}"))
        .unwrap_or_default();
    Some(format!(
        "request-id {}{own}, {}",
        request.request_id.as_deref()?,
        request.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    ))
}

/// A note is told in two lines: what it means, and the first step.
fn brief_body(page: &mut Page, cause: &Cause) {
    page.paragraph(INDENT, &cause.impact);
    if !cause.because.is_empty() {
        page.labelled(INDENT, "Seen:", 7, &seen(cause));
    }
    if let Some(step) = cause.remedy.steps.first() {
        page.labelled(INDENT, "First:", 7, step);
    }
}

fn remedy(page: &mut Page, cause: &Cause) {
    let remedy = &cause.remedy;
    label(page, "Who", wording::who(&remedy.who));
    for (index, step) in remedy.steps.iter().enumerate() {
        let first = if index == 0 { "Do" } else { "" };
        page.numbered(INDENT, first, LABEL, index + 1, step);
    }
    if !page.is_verbose() && long_command::is_too_long_to_show(cause) {
        label(
            page,
            "Run",
            &wording::commands_in_handover(cause.subjects.len()),
        );
    } else {
        for command in &remedy.commands {
            label(page, "Run", &format!("in {}:", command.shell_name()));
            draw_command(page, command);
        }
    }
    label(page, "Verify", &remedy.verify);
    label(page, "Takes", &remedy.takes);
    let links = if page.is_compact() {
        1
    } else {
        remedy.links.len()
    };
    for (index, link) in remedy.links.iter().take(links).enumerate() {
        page.labelled(INDENT, if index == 0 { "More" } else { "" }, LABEL, link);
    }
}

/// A command stands alone before an empty line, so that it can be copied whole; it is never broken.
fn draw_command(page: &mut Page, command: &Command) {
    for line in long_command::for_a_page(command).lines() {
        page.line(format!("{}{line}", " ".repeat(INDENT)));
    }
    page.gap();
}

fn label(page: &mut Page, label: &str, text: &str) {
    page.labelled(INDENT, label, LABEL, text);
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
