//! The one thing to do next.

use crate::report::cause_order::{self, NumberedCause};
use crate::report::decisive_rows::DecisiveRows;
use crate::report::{Report, Verdict, migration_view, verdict_notes, wording};
use crate::terms::{AdminRole, Outcome, SkipReason};

/// The next thing to do; `None` if there is nothing left.
pub fn next_step(report: &Report, saved: Option<&str>) -> Option<String> {
    let parts = report.migration.as_ref().map(migration_view::plan_parts);
    let first_part = parts.iter().flatten().next();
    if let Some(step) = first_part.and_then(|part| part.steps.first()) {
        return Some(wording::first_step_of_plan(&step.title, &step.remedy.who));
    }
    let decisive = DecisiveRows::of_report(report);
    match decisive.problem().or_else(|| first_problem(report)) {
        Some(problem) => Some(of_problem(&problem, saved)),
        None if report.summary.verdict == Verdict::Ready => of_first_note(report, saved),
        None => Some(without_problem(report, &decisive)),
    }
}

/// The most urgent note that requires action.
fn of_first_note(report: &Report, saved: Option<&str>) -> Option<String> {
    let notes = verdict_notes(report);
    let first = notes.iter().find(|note| note.cause.asks_for_action)?;
    let causes = cause_order::numbered_causes(report);
    let numbered = causes
        .iter()
        .find(|numbered| std::ptr::eq(numbered.cause, first.cause))?;
    Some(wording::plan_note(numbered.number, saved))
}

fn first_problem(report: &Report) -> Option<NumberedCause<'_>> {
    let causes = cause_order::numbered_causes(report);
    causes.into_iter().find(|numbered| !numbered.is_note())
}

/// The reader fixes what is in ResourceXpress; the administrator of another system gets a document.
fn of_problem(problem: &NumberedCause<'_>, saved: Option<&str>) -> String {
    let who = &problem.cause.remedy.who;
    match who.parse::<AdminRole>() {
        Ok(AdminRole::ResourceXpressAdministrator | AdminRole::NotNeeded) => {
            wording::fix_problem(problem.number, saved)
        }
        _ => wording::hand_over_problem(problem.number, who, saved),
    }
}

/// What decides between the reasons for which a run has no clear result and no problem.
fn without_problem(report: &Report, decisive: &DecisiveRows<'_>) -> String {
    let has = |reason| {
        decisive
            .roots
            .iter()
            .any(|row| row.skip_reason == Some(reason))
    };
    if has(SkipReason::NeedsInput) {
        wording::ADD_MISSING_INPUT.to_owned()
    } else if report.interrupted {
        wording::RUN_TO_THE_END.to_owned()
    } else if has(SkipReason::OutOfTime) {
        wording::RUN_WITH_MORE_TIME.to_owned()
    } else if decisive
        .roots
        .iter()
        .any(|row| row.outcome == Outcome::Error)
    {
        wording::REPORT_INTERNAL_ERROR.to_owned()
    } else {
        wording::RUN_AGAIN.to_owned()
    }
}
