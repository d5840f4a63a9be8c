//! What is seen first: the verdict, what was tested, the problems in a few lines each, and what to do. It grows with the number
//! of problems and not with the number of rooms.

use crate::report::{Report, Verdict, wording};
use crate::terms::Requirement;

use super::page::Page;
use super::target_lines::LABEL;
use super::{
    migration_lines, next_step, problem_lines, section_lines, target_lines, unexplained_rows,
    verdict_line,
};

/// Draws everything above the last line. `saved` is the JSON file of the report, if it is in one.
pub fn draw_first_screen(page: &mut Page, report: &Report, saved: Option<&str>) {
    match &report.migration {
        Some(migration) => migration_lines::draw_headline(page, report, migration),
        None => verdict_line::draw_headline(page, report),
    }
    target_lines::draw_target(page, report);
    let is_ready = report.summary.verdict == Verdict::Ready && report.migration.is_none();
    // Where all is well, there are fewer parts to set apart, and the report is to be short.
    if !is_ready {
        page.gap();
    }
    section_lines::draw_section_marks(page, report);
    problem_lines::draw_problems(page, report);
    let has_unexplained = unexplained_rows::draw_unexplained(page, report);
    if let Some(migration) = &report.migration {
        migration_lines::draw_migration(page, report, migration);
    } else {
        // The notes of today are about the end of EWS, and the plan of a move contains their steps.
        if !is_ready || has_unexplained {
            page.gap();
        }
        problem_lines::draw_notes(page, report);
    }
    if !is_ready {
        page.gap();
    }
    draw_details(page, report, saved);
    if let Some(step) = next_step::next_step(report, saved) {
        page.labeled_with_commands(1, wording::NEXT, LABEL, &step);
    }
}

/// What the report does not cover, and where everything is that the first screen leaves out.
fn draw_details(page: &mut Page, report: &Report, saved: Option<&str>) {
    let points = report.not_visible.len();
    let mut line = |label, text: &str| page.labeled_with_commands(1, label, LABEL, text);
    let has_problems = report
        .causes
        .iter()
        .any(|cause| cause.requirement != Requirement::Advisory);
    if !has_problems && points > 0 && report.migration.is_none() {
        let text = wording::not_covered_and_details(points, saved);
        return line(wording::NOT_COVERED_LABEL, &text);
    }
    if points > 0 {
        let text = wording::not_covered_in_short(points);
        line(wording::NOT_COVERED_LABEL, &text);
    }
    let has_plan = report
        .migration
        .as_ref()
        .is_some_and(|migration| !migration.plan.is_empty());
    let text = if has_plan {
        wording::how_to_see_plan(saved)
    } else {
        wording::how_to_see_details(saved, report.causes.len())
    };
    line(wording::DETAILS, &text);
}
