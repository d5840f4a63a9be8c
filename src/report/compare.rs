//! Comparison of two reports: fixed, new and remaining problems, changed results, and what cannot be compared.

mod change_direction;
mod checked_again;
mod compared;
mod matched_causes;
mod migration;
mod outcomes;
mod render;
mod room_lists;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::terms::{Requirement, SkipReason};

use self::matched_causes::MatchedCauses;
use self::outcomes::{ChangedRow, OutcomeChange};
use super::wording::{self, ProblemCounts};
use super::{Report, Verdict};

pub use self::change_direction::Direction;
pub use self::compared::{ComparedCause, ComparedRow};
pub use self::migration::{ComparedMigration, ComparedReadiness};

/// What changed between two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The ids of the reports, the earlier one first.
    pub reports: [String; 2],
    /// The verdicts, the earlier one first.
    pub verdicts: [Verdict; 2],
    /// Whether the later report is better or worse.
    pub direction: Direction,
    /// Causes that only the earlier report contains, and whose checks have a result in the later one.
    // The name in the JSON document is a contract with the readers of `diff --format json`.
    #[serde(rename = "mended")]
    pub fixed: Vec<ComparedCause>,
    /// Causes that only the earlier report contains, and whose checks have no result in the later one.
    pub not_checked_again: Vec<ComparedCause>,
    /// Causes that only the later report contains.
    pub new: Vec<ComparedCause>,
    /// Causes that both reports contain.
    pub still: Vec<ComparedCause>,
    /// Rooms that only the later report lists, as `connection: address` where there are several connections.
    pub rooms_added: Vec<String>,
    /// Rooms that only the earlier report lists.
    pub rooms_removed: Vec<String>,
    /// Rows that passed in one report and failed in the other.
    pub changed: Vec<ComparedRow>,
    /// Rows that passed or failed now and were undecided, skipped or not planned before.
    pub newly_checked: Vec<ComparedRow>,
    /// Rows that are undecided now, or that are undecided in both reports with different outcomes.
    pub not_comparable: Vec<ComparedRow>,
    /// What changed about the move to Graph, if both reports are about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<ComparedMigration>,
    /// The reasons why the comparison has limits, one sentence each.
    pub caution: Vec<String>,
}

/// Compares two reports. Causes are the same if they have one ID and share a connection. Rows are the same if they have one
/// check, connection and subject.
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let causes = matched_causes::match_causes(before, after);
    let rooms = room_lists::compare_room_lists(before, after);
    let rows = outcomes::changed_rows(before, after, &rooms);
    let verdicts = [before.summary.verdict, after.summary.verdict];
    let migration = migration::compare_migrations(before, after);
    let of_today = direction(verdicts, &causes, &rows);
    // Anything that got worse must be seen, also if the move came closer.
    let direction = match (&migration, of_today) {
        (Some(migration), Direction::Same) => migration.direction,
        (Some(migration), Direction::Better) if migration.direction == Direction::Worse => {
            Direction::Worse
        }
        (_, direction) => direction,
    };
    Comparison {
        reports: [before.report_id.clone(), after.report_id.clone()],
        verdicts,
        direction,
        fixed: causes.fixed,
        not_checked_again: causes.not_checked_again,
        new: causes.new,
        still: causes.still,
        rooms_added: rooms.added,
        rooms_removed: rooms.removed,
        changed: rows_of(&rows, &[OutcomeChange::Better, OutcomeChange::Worse]),
        newly_checked: rows_of(
            &rows,
            &[OutcomeChange::Resolved, OutcomeChange::NewlyChecked],
        ),
        not_comparable: rows_of(&rows, &[OutcomeChange::NotComparable]),
        migration,
        caution: caution(before, after),
    }
}

fn rows_of(rows: &[ChangedRow], changes: &[OutcomeChange]) -> Vec<ComparedRow> {
    rows.iter()
        .filter(|changed| changes.contains(&changed.change))
        .map(|changed| changed.row.clone())
        .collect()
}

/// The direction by the most important change: first the verdict, then required problems, then optional problems. Notes do
/// not count. A problem that is new or affects more subjects is worse; one that is gone or affects fewer is better, if its
/// checks have a result again. Changed rows count only if no problem changed.
fn direction(
    [before, after]: [Verdict; 2],
    causes: &MatchedCauses,
    rows: &[ChangedRow],
) -> Direction {
    // Verdicts are ordered from best to worst.
    if after > before {
        return Direction::Worse;
    }
    let is_lost = |requirement| count_of(&causes.not_checked_again, requirement) > 0;
    // A verdict is not better because less is known.
    if after < before && !is_lost(Requirement::Required) {
        return Direction::Better;
    }
    for requirement in [Requirement::Required, Requirement::Optional] {
        let still = || {
            let still = causes.still.iter();
            still.filter(|cause| cause.requirement == requirement)
        };
        let has_grown = still().any(|cause| cause.subjects.1 > cause.subjects.0);
        let has_shrunk =
            still().any(|cause| cause.subjects.1 < cause.subjects.0 && cause.checked_again);
        // Something that got worse outweighs everything of the same requirement that got better.
        if has_grown || count_of(&causes.new, requirement) > 0 {
            return Direction::Worse;
        }
        if is_lost(requirement) {
            return Direction::Same;
        }
        if has_shrunk || count_of(&causes.fixed, requirement) > 0 {
            return Direction::Better;
        }
    }
    let any = |change| rows.iter().any(|row| row.counts && row.change == change);
    if any(OutcomeChange::Worse) {
        Direction::Worse
    } else if any(OutcomeChange::Resolved) || any(OutcomeChange::Better) {
        Direction::Better
    } else {
        Direction::Same
    }
}

fn count_of(causes: &[ComparedCause], requirement: Requirement) -> usize {
    causes
        .iter()
        .filter(|cause| cause.requirement == requirement)
        .count()
}

/// The reasons why the comparison has limits, one sentence each.
fn caution(before: &Report, after: &Report) -> Vec<String> {
    let (earlier, later) = (&before.target, &after.target);
    let mut sentences = Vec::new();
    if !earlier.tenant_id.eq_ignore_ascii_case(&later.tenant_id) {
        sentences.push("The reports are for different tenants.".to_owned());
    }
    if apps(before) != apps(after) {
        sentences.push("The reports are for different connections or apps.".to_owned());
    }
    if earlier.narrowed_by != later.narrowed_by {
        let sentence =
            "The reports cover different parts of the configuration (--only, --skip or --sample).";
        sentences.push(sentence.to_owned());
    }
    let (then, now) = (&before.tool.knowledge_date, &after.tool.knowledge_date);
    if then != now {
        sentences.push(format!(
            "The first report used knowledge base {then}, the second one {now}. To use the same one for both, run \
             `report --rediagnose`."
        ));
    }
    if before.started_at > after.started_at {
        sentences.push("The first report is more recent than the second one.".to_owned());
    }
    if is_out_of_time(before) || is_out_of_time(after) {
        sentences.push("At least one of the runs reached its time limit (--deadline).".to_owned());
    }
    if before.interrupted || after.interrupted {
        sentences.push("At least one of the runs was interrupted.".to_owned());
    }
    sentences
}

fn is_out_of_time(report: &Report) -> bool {
    let mut rows = report.results.iter();
    rows.any(|row| row.skip_reason == Some(SkipReason::OutOfTime))
}

/// The app of each connection, in a form that can be compared.
fn apps(report: &Report) -> BTreeSet<String> {
    report
        .target
        .connections
        .iter()
        .map(|connection| format!("{}: {}", connection.name, connection.client_id))
        .collect()
}

impl Comparison {
    /// A summary in one sentence: the direction, the verdicts, the number of problems, and the first new note.
    pub fn sentence(&self) -> String {
        let [before, after] = self.verdicts;
        let verdict = if before == after {
            wording::as_before(wording::verdict(after))
        } else {
            wording::before_and_now(wording::verdict(before), wording::verdict(after))
        };
        let mut parts = vec![format!("{}: {verdict}", self.direction_in_words())];
        parts.extend(self.migration.as_ref().map(ComparedMigration::sentence));
        parts.extend(self.problems(Requirement::Required));
        parts.extend(self.problems(Requirement::Optional));
        parts.extend(self.new_notes());
        format!("{}.", parts.join("; "))
    }

    fn direction_in_words(&self) -> &'static str {
        let has_fixed_problem = self.fixed.iter().any(ComparedCause::is_problem);
        let is_any_lost = self.not_checked_again.iter().any(ComparedCause::is_problem);
        let is_checked_in_part = self
            .still
            .iter()
            .any(|cause| cause.is_problem() && !cause.checked_again);
        let has_new_problem = self.new.iter().any(ComparedCause::is_problem);
        let has_new_note = self.new.iter().any(|cause| !cause.is_problem());
        let has_other_rooms = !self.rooms_added.is_empty() || !self.rooms_removed.is_empty();
        match self.direction {
            Direction::Worse if has_fixed_problem => "Some results improved and some got worse",
            Direction::Worse => "Some results got worse",
            Direction::Better if has_new_problem => {
                "The result improved, but there are new problems"
            }
            Direction::Better if is_any_lost => {
                "The result improved, but some problems were not checked again"
            }
            Direction::Better => "The result improved, and nothing got worse",
            Direction::Same if is_any_lost && has_fixed_problem => {
                "Some problems are fixed, and others were not checked again"
            }
            Direction::Same if is_any_lost => {
                "Problems were not checked again, so it is not known whether they are fixed"
            }
            Direction::Same if is_checked_in_part => {
                "No result improved or got worse, but some problems were checked again only in part"
            }
            Direction::Same if has_new_note => {
                "No result improved or got worse, but there is a new note"
            }
            Direction::Same if has_other_rooms => "Only the list of rooms changed",
            Direction::Same => "Nothing changed",
        }
    }

    /// The number of problems with this requirement before and now; `None` if there are none.
    fn problems(&self, requirement: Requirement) -> Option<String> {
        let counts = ProblemCounts {
            fixed: count_of(&self.fixed, requirement),
            not_checked_again: count_of(&self.not_checked_again, requirement),
            new: count_of(&self.new, requirement),
            still: count_of(&self.still, requirement),
        };
        wording::compared_problems(requirement, counts)
    }

    fn new_notes(&self) -> Option<String> {
        let mut notes = self.new.iter().filter(|cause| !cause.is_problem());
        let first = notes.next()?;
        let count = wording::count_noun(1 + notes.count(), "new note");
        Some(format!("{count}: {}", first.title))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;
    use crate::terms::{CheckGroup, Outcome};

    fn ids(causes: &[ComparedCause]) -> Vec<&str> {
        causes.iter().map(|cause| cause.id.as_str()).collect()
    }

    #[test]
    fn a_report_compared_with_itself_is_unchanged() {
        let report = sample_report::report();
        let comparison = compare(&report, &report);
        assert_eq!(comparison.direction, Direction::Same);
        assert!(
            comparison.fixed.is_empty()
                && comparison.new.is_empty()
                && comparison.changed.is_empty()
        );
        assert!(!comparison.still.is_empty() && comparison.caution.is_empty());
        assert!(comparison.sentence().starts_with("Nothing changed"));
    }

    #[test]
    fn fixed_causes_and_new_causes_are_separate() {
        let (broken, fine) = (sample_report::report(), sample_report::report_all_passed());
        let better = compare(&broken, &fine);
        assert_eq!(better.direction, Direction::Better, "{better:?}");
        assert!(ids(&better.fixed).contains(&broken.causes[0].id.as_str()));
        let worse = compare(&fine, &broken);
        assert_eq!(worse.direction, Direction::Worse);
        assert_eq!(ids(&worse.new), ids(&better.fixed));
    }

    #[test]
    fn a_cause_that_affects_more_rooms_is_worse() {
        let before = sample_report::report();
        let mut after = before.clone();
        after.causes[0]
            .subjects
            .push("one-more@contoso.com".to_owned());
        assert_eq!(compare(&before, &after).direction, Direction::Worse);
        assert_eq!(compare(&after, &before).direction, Direction::Better);
    }

    #[test]
    fn the_most_important_change_decides_and_notes_do_not_count() {
        let model = sample_report::report();
        let with = |requirements: &[(&str, Requirement)]| {
            let mut report = model.clone();
            let cause = |(id, requirement): &(&str, Requirement)| crate::diagnosis::Cause {
                id: (*id).to_owned(),
                requirement: *requirement,
                ..model.causes[0].clone()
            };
            report.causes = requirements.iter().map(cause).collect();
            report
        };
        let broken = with(&[("a", Requirement::Required), ("b", Requirement::Required)]);
        let fixed = with(&[
            ("b", Requirement::Required),
            ("c", Requirement::Optional),
            ("d", Requirement::Advisory),
        ]);
        let comparison = compare(&broken, &fixed);
        assert_eq!(comparison.direction, Direction::Better);
        let sentence = comparison.sentence();
        for part in [
            "but there are new problems",
            "required problems: 2 before, 1 now (1 fixed, 0 new)",
            "1 new note: ",
        ] {
            assert!(sentence.contains(part), "{sentence}");
        }
        assert_eq!(compare(&fixed, &broken).direction, Direction::Worse);
        let weights: Vec<_> = comparison
            .new
            .iter()
            .map(|cause| cause.requirement)
            .collect();
        assert_eq!(
            weights,
            [Requirement::Optional, Requirement::Advisory],
            "required problems before notes"
        );
    }

    #[test]
    fn a_new_note_is_in_the_headline_and_changes_neither_direction_nor_exit_code() {
        let before = sample_report::report_all_passed();
        let mut after = before.clone();
        let note = crate::diagnosis::Cause {
            requirement: Requirement::Advisory,
            title: "The client secret ends on 2026-12-10".to_owned(),
            ..sample_report::report().causes[0].clone()
        };
        after.causes.push(note);
        let comparison = compare(&before, &after);
        assert_eq!(comparison.direction, Direction::Same);
        let sentence = comparison.sentence();
        assert!(
            !sentence.contains("Nothing changed")
                && sentence.contains("The client secret ends on 2026-12-10")
        );
    }

    #[test]
    fn changed_rooms_are_two_lists_and_changed_local_ports_are_no_change() {
        let before = sample_report::report_all_passed();
        let mut after = before.clone();
        for row in &mut after.results {
            row.subject = row.subject.replace("room01@", "new-room@");
            if row.check.group() == CheckGroup::Network
                && row.check != crate::terms::CheckId::NetworkClock
            {
                row.subject = "127.0.0.1:4711".to_owned();
            }
        }
        let mut on_another_port = after.clone();
        for row in &mut on_another_port.results {
            row.subject = row.subject.replace("127.0.0.1:4711", "127.0.0.1:5000");
        }
        assert_eq!(
            compare(&after, &on_another_port).sentence(),
            compare(&after, &after).sentence()
        );
        let mut before = before;
        for row in &mut before.results {
            if row.check.group() == CheckGroup::Network
                && row.check != crate::terms::CheckId::NetworkClock
            {
                row.subject = "127.0.0.1:9".to_owned();
            }
        }
        let comparison = compare(&before, &after);
        assert_eq!(
            (comparison.rooms_added.len(), comparison.rooms_removed.len()),
            (1, 1),
            "{comparison:?}"
        );
        assert!(
            comparison.newly_checked.is_empty() && comparison.not_comparable.is_empty(),
            "{comparison:?}"
        );
        assert!(
            comparison
                .sentence()
                .starts_with("Only the list of rooms changed")
        );
        let text = comparison.to_text();
        assert!(
            text.contains("ROOMS ADDED (1)") && text.contains("ROOMS REMOVED (1)"),
            "{text}"
        );
    }

    #[test]
    fn an_undecided_row_is_no_change_for_better_or_worse() {
        let before = sample_report::report_all_passed();
        let mut after = before.clone();
        after.results[0].outcome = Outcome::Unknown;
        let comparison = compare(&before, &after);
        assert!(comparison.changed.is_empty());
        assert_eq!(comparison.not_comparable.len(), 1);
    }

    #[test]
    fn an_undecided_row_that_passes_now_is_better_and_not_incomparable() {
        let after = sample_report::report_all_passed();
        let mut before = after.clone();
        before.results[0].outcome = Outcome::Unknown;
        let comparison = compare(&before, &after);
        assert_eq!(
            (
                comparison.newly_checked.len(),
                comparison.not_comparable.len()
            ),
            (1, 0)
        );
        assert_eq!(comparison.direction, Direction::Better);
        assert!(comparison.to_text().contains("NEWLY CHECKED"));
    }

    #[test]
    fn differences_that_make_a_comparison_unreliable_are_reported() {
        let before = sample_report::report();
        let mut after = before.clone();
        after.target.tenant_id = "another".to_owned();
        after.tool.knowledge_date = "2027-01-01".to_owned();
        let caution = compare(&before, &after).caution.join(" ");
        assert!(
            caution.contains("different tenants") && caution.contains("2027-01-01"),
            "{caution}"
        );
    }
}
