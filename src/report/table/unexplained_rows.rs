//! Checks that did not pass and that no problem on the screen explains, with their reasons.

use crate::diagnosis::ResultRow;
use crate::report::row_groups::{self, RowGroup};
use crate::report::{Report, cause_order, wording};
use crate::terms::{Outcome, Requirement};

use super::page::Page;
use super::tone::Tone;
use super::wrap;

/// How many lines the checks and their reason may take.
const LINES: usize = 3;
/// How many checks of one reason are named before the rest is counted.
const NAMED: usize = 4;

/// The groups of one outcome and check, which differ in their messages only.
struct Unexplained<'r> {
    groups: Vec<RowGroup<'r>>,
}

impl<'r> Unexplained<'r> {
    fn first(&self) -> Option<&RowGroup<'r>> {
        self.groups.first()
    }

    fn rows(&self) -> impl Iterator<Item = &&'r ResultRow> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// Whether another group is about the same: with a line for each message, the screen would grow with the rooms.
    fn takes(&self, group: &RowGroup<'_>) -> bool {
        let checks = |group: &RowGroup<'_>| -> Vec<_> {
            group.by_check().iter().map(|(check, _)| *check).collect()
        };
        self.first().is_some_and(|first| {
            first.outcome() == group.outcome() && checks(first) == checks(group)
        })
    }
}

/// Draws a line for each reason. Returns whether there is any.
pub fn draw_unexplained(page: &mut Page, report: &Report) -> bool {
    let causes = cause_order::numbered_causes(report);
    let mut lines: Vec<Unexplained<'_>> = Vec::new();
    for group in row_groups::group_not_passed(&report.results, &causes) {
        if group.cause.is_some() || is_advice(&group) {
            continue;
        }
        match lines.iter_mut().find(|line| line.takes(&group)) {
            Some(line) => line.groups.push(group),
            None => lines.push(Unexplained {
                groups: vec![group],
            }),
        }
    }
    if !lines.is_empty() {
        page.gap();
    }
    for line in &lines {
        draw_line(page, line);
    }
    !lines.is_empty()
}

/// What only an administrator can look up is counted among what the report does not cover.
fn is_advice(group: &RowGroup<'_>) -> bool {
    let is_advice = |row: &&ResultRow| {
        row.requirement == Requirement::Advisory && row.outcome == Outcome::Skipped
    };
    group.rows.iter().all(is_advice)
}

fn draw_line(page: &mut Page, line: &Unexplained<'_>) {
    let Some(first) = line.first() else {
        return;
    };
    let requirement = line
        .rows()
        .map(|row| row.requirement)
        .min()
        .unwrap_or(Requirement::Advisory);
    let word = format!("[{}]", wording::outcome(first.outcome()));
    let mark = page.paint(&word, Tone::of(first.outcome(), requirement));
    let mut counted: Vec<(crate::terms::CheckId, usize)> = Vec::new();
    for row in line.rows() {
        match counted.iter_mut().find(|(check, _)| *check == row.check) {
            Some((_, count)) => *count += 1,
            None => counted.push((row.check, 1)),
        }
    }
    let checks: Vec<String> = counted
        .iter()
        .map(|(check, count)| wording::check_times(check.as_str(), *count))
        .collect();
    let message = first.message.lines().next().unwrap_or_default();
    let text = wording::unexplained_checks(
        &wording::list_up_to(&checks, NAMED),
        message,
        line.groups.len() - 1,
    );
    let text = wrap::first_lines(&text, page.width.saturating_sub(word.len() + 2), LINES);
    for (index, line) in text.iter().enumerate() {
        let mark = if index == 0 {
            format!(" {mark} ")
        } else {
            " ".repeat(word.len() + 2)
        };
        page.line(format!("{mark}{line}"));
    }
}
