//! Problems in at most five lines each, and notes in two: what is wrong, whom it affects, who fixes it, and the first step.

use crate::diagnosis::Cause;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::{Report, display_names, wording};
use crate::terms::Confidence;

use super::page::{Page, widest};
use super::tone::Tone;
use super::wrap;

const INDENT: usize = 3;
const LABEL: usize = wording::FIRST_STEP.len() + 2;
/// How many lines a problem may take.
const LINES: usize = 5;
/// How many of them the title may take, so that the others have their place.
const TITLE: usize = 3;
/// How many of them the first step may take.
const STEP: usize = 2;
/// How many lines a note may take.
const NOTE: usize = 2;
/// How many subjects a problem names at most.
const NAMED: usize = 3;

/// Draws the problems.
pub fn draw_problems(page: &mut Page, report: &Report) {
    let causes = cause_order::numbered_causes(report);
    let mut problems = causes
        .into_iter()
        .filter(|numbered| !numbered.is_note())
        .peekable();
    if problems.peek().is_some() {
        page.gap();
    }
    for problem in problems {
        draw_problem(page, report, problem);
    }
}

/// Draws the notes.
pub fn draw_notes(page: &mut Page, report: &Report) {
    for note in cause_order::numbered_causes(report) {
        if note.is_note() {
            let used = draw_title(page, note, NOTE);
            if note.cause.asks_for_action && used < NOTE {
                draw_action(page, report, note.cause);
            }
        }
    }
}

/// The first step of a note where it fits into a line, else only who has to act: half a step is of no use.
fn draw_action(page: &mut Page, report: &Report, cause: &Cause) {
    let room = page.width.saturating_sub(INDENT + LABEL);
    let step = first_step(cause);
    if wrap::whole_sentences(&step, room, 1).is_some() {
        page.labeled_start(INDENT, (wording::FIRST_STEP, LABEL), &step, 1);
    } else {
        let connections = wording::describe_connections(cause, &report.target);
        let who = wording::who_for(&cause.remedy.who, connections.as_deref());
        page.labeled_start(INDENT, (wording::WHO, LABEL), &who, 1);
    }
}

fn draw_problem(page: &mut Page, report: &Report, problem: NumberedCause<'_>) {
    let used = draw_title(page, problem, TITLE);
    let affected = affected(page, report, problem);
    page.labeled_start(INDENT, (wording::AFFECTS, LABEL), &affected, 1);
    draw_step(page, problem.cause, STEP.min(LINES - used - 1));
}

/// Draws the title and returns how many lines it took.
fn draw_title(page: &mut Page, numbered: NumberedCause<'_>, most: usize) -> usize {
    let cause = numbered.cause;
    let word = format!("[{}]", wording::cause_word(cause));
    let number = numbered.number.to_string();
    let painted = page.paint(&word, Tone::of_cause(cause.requirement));
    let width = number.len() + word.len() + 2;
    let lines = wrap::first_lines(&title(cause), page.width.saturating_sub(width), most);
    for (index, line) in lines.iter().enumerate() {
        let mark = match index {
            0 => format!("{number} {painted} "),
            _ => " ".repeat(width),
        };
        let line = page.paint(line, Tone::Strong);
        page.line(format!("{mark}{line}"));
    }
    lines.len()
}

/// The title, with the confidence where the cause is not confirmed.
fn title(cause: &Cause) -> String {
    match cause.confidence {
        Confidence::Confirmed => cause.title.clone(),
        confidence => wording::title_with_confidence(&cause.title, confidence),
    }
}

/// How many rooms and checks a problem explains, with its connections where there are several, otherwise with as many of the
/// first names as a line holds.
fn affected(page: &Page, report: &Report, problem: NumberedCause<'_>) -> String {
    let room = page.width.saturating_sub(INDENT + LABEL);
    let fits = |text: &String| widest([text.as_str()]) <= room;
    let counted = wording::describe_affected(&problem, &[], 0);
    if problem.cause.connections.len() > 1 {
        let connections = wording::describe_connections(problem.cause, &report.target);
        return connections
            .map(|connections| wording::affected_in(&counted, &connections))
            .filter(fits)
            .unwrap_or(counted);
    }
    let subjects = display_names::subjects(&report.target, &problem.cause.subjects);
    (1..=NAMED)
        .rev()
        .map(|named| wording::describe_affected(&problem, &subjects, named))
        .find(fits)
        .unwrap_or(counted)
}

fn draw_step(page: &mut Page, cause: &Cause, most: usize) {
    let step = first_step(cause);
    page.labeled_start(INDENT, (wording::FIRST_STEP, LABEL), &step, most);
}

/// Who can fix a cause, and the first step.
fn first_step(cause: &Cause) -> String {
    let step = cause.remedy.steps.first().map(String::as_str);
    wording::first_step_of(&cause.remedy.who, step)
}
