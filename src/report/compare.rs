//! Two reports side by side: what is fixed, what is new, what is still there, and what cannot be compared.

mod compared;
mod matched_causes;
mod outcomes;
mod render;
mod room_lists;

use std::collections::BTreeSet;

use serde::Serialize;

pub use self::compared::{ComparedCause, ComparedRow};
use self::outcomes::OutcomeChange;
use super::{Report, Verdict, wording};
use crate::terms::{Outcome, Requirement};

/// How much a change weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Something is worse than before.
    Worse,
    /// Nothing is worse or better.
    Same,
    /// Something is better and nothing is worse.
    Better,
}

/// What changed between two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The ids of the reports, the earlier one first.
    pub reports: [String; 2],
    /// The verdicts, the earlier one first.
    pub verdicts: [Verdict; 2],
    /// The whole in one word.
    pub direction: Direction,
    /// Causes that are gone.
    #[serde(rename = "mended")]
    pub fixed: Vec<ComparedCause>,
    /// Causes that were not there.
    pub new: Vec<ComparedCause>,
    /// Causes that are still there.
    pub still: Vec<ComparedCause>,
    /// Rooms that only the later report lists, as `connection: address` where there are several connections.
    pub rooms_added: Vec<String>,
    /// Rooms that only the earlier report lists.
    pub rooms_removed: Vec<String>,
    /// Rows that ended differently and were decided both times.
    pub changed: Vec<ComparedRow>,
    /// Rows that are decided now and were not before: left open, left out, or not planned.
    pub newly_checked: Vec<ComparedRow>,
    /// Rows that were decided before and are not any more, or that were left open both times in different ways.
    pub not_comparable: Vec<ComparedRow>,
    /// Why the two can only be compared with care, in sentences.
    pub caution: Vec<String>,
}

/// Compares two reports. Causes are the same when they have one id and concern a connection in common, rows when they have
/// one check, connection and subject.
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let [fixed, new, still] = matched_causes::match_causes(before, after);
    let rooms = room_lists::compare_room_lists(before, after);
    let rows = outcomes::changed_rows(before, after, &rooms);
    let of = |classes: &[OutcomeChange]| -> Vec<ComparedRow> {
        rows.iter()
            .filter(|(class, _)| classes.contains(class))
            .map(|(_, row)| row.clone())
            .collect()
    };
    let changed = of(&[OutcomeChange::Better, OutcomeChange::Worse]);
    let resolved = rows
        .iter()
        .any(|(class, _)| *class == OutcomeChange::Resolved);
    let verdicts = [before.summary.verdict, after.summary.verdict];
    let direction = direction(verdicts, [&fixed, &new, &still], &changed, resolved);
    Comparison {
        reports: [before.report_id.clone(), after.report_id.clone()],
        verdicts,
        direction,
        fixed,
        new,
        still,
        rooms_added: rooms.added,
        rooms_removed: rooms.removed,
        changed,
        newly_checked: of(&[OutcomeChange::Resolved, OutcomeChange::NewlyChecked]),
        not_comparable: of(&[OutcomeChange::NotComparable]),
        caution: caution(before, after),
    }
}

/// The heaviest change decides: the verdict, then required problems, then optional ones; notes weigh nothing. A problem that
/// is new or concerns more than before is worse, one that is gone or concerns less is better. Rows that passed and fail, and
/// rows that were left open and pass, count where no problem does.
fn direction(
    [before, after]: [Verdict; 2],
    [fixed, new, still]: [&[ComparedCause]; 3],
    changed: &[ComparedRow],
    resolved: bool,
) -> Direction {
    if before != after {
        return if after > before {
            Direction::Worse
        } else {
            Direction::Better
        };
    }
    for weight in [Requirement::Required, Requirement::Optional] {
        let counts = |cause: &&ComparedCause| cause.requirement == weight;
        let grown = still
            .iter()
            .filter(counts)
            .any(|cause| cause.subjects.1 > cause.subjects.0);
        let shrunk = still
            .iter()
            .filter(counts)
            .any(|cause| cause.subjects.1 < cause.subjects.0);
        if new.iter().any(|cause| counts(&cause)) || grown {
            return Direction::Worse;
        }
        if fixed.iter().any(|cause| counts(&cause)) || shrunk {
            return Direction::Better;
        }
    }
    match changed.iter().any(|row| row.after == Some(Outcome::Fail)) {
        true => Direction::Worse,
        false if resolved || !changed.is_empty() => Direction::Better,
        false => Direction::Same,
    }
}

fn caution(before: &Report, after: &Report) -> Vec<String> {
    let differ =
        |same: bool, what: &str| (!same).then(|| format!("The two reports are about {what}."));
    let apps = |report: &Report| -> BTreeSet<String> {
        report
            .target
            .connections
            .iter()
            .map(|own| format!("{}: {}", own.name, own.client_id))
            .collect()
    };
    let mut sentences: Vec<String> = [
        differ(
            before
                .target
                .tenant_id
                .eq_ignore_ascii_case(&after.target.tenant_id),
            "different tenants",
        ),
        differ(apps(before) == apps(after), "different connections or apps"),
        differ(
            before.target.narrowed_by == after.target.narrowed_by,
            "different parts of an estate (--only, --skip or --sample)",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if before.tool.knowledge_date != after.tool.knowledge_date {
        let (then, now) = (&before.tool.knowledge_date, &after.tool.knowledge_date);
        sentences.push(format!(
            "They were judged with knowledge of {then} and of {now}; `report --rediagnose` judges both alike."
        ));
    }
    if before.started_at > after.started_at {
        sentences.push("The report that was named first is the later one.".to_owned());
    }
    if before.interrupted || after.interrupted {
        sentences.push("One of them was interrupted.".to_owned());
    }
    sentences
}

impl Comparison {
    /// The whole in one sentence: the direction, the verdicts, the problems before and now, and the first new note.
    pub fn sentence(&self) -> String {
        let [before, after] = self.verdicts;
        let verdict = if before == after {
            format!("{after} as before")
        } else {
            format!("{before} before, {after} now")
        };
        let mut parts = vec![format!("{}: {verdict}", self.direction_in_words())];
        parts.extend(self.problems(Requirement::Required));
        parts.extend(self.problems(Requirement::Optional));
        parts.extend(self.new_notes());
        format!("{}.", parts.join("; "))
    }

    fn direction_in_words(&self) -> &'static str {
        let is_better_too = self.fixed.iter().any(ComparedCause::counts);
        let is_worse_too = self.new.iter().any(ComparedCause::counts);
        let has_new_note = self.new.iter().any(|cause| !cause.counts());
        let has_other_rooms = !self.rooms_added.is_empty() || !self.rooms_removed.is_empty();
        match self.direction {
            Direction::Worse if is_better_too => "Some things got better and some got worse",
            Direction::Worse => "Something got worse",
            Direction::Better if is_worse_too => "It got better, although not everything did",
            Direction::Better => "It got better, and nothing got worse",
            Direction::Same if has_new_note => {
                "No check got worse or better, but there is a new note"
            }
            Direction::Same if has_other_rooms => "Nothing changed but the list of rooms",
            Direction::Same => "Nothing changed",
        }
    }

    /// How many problems of this weight there were and are; `None` where there are none.
    fn problems(&self, requirement: Requirement) -> Option<String> {
        let of = |causes: &[ComparedCause]| {
            causes
                .iter()
                .filter(|cause| cause.requirement == requirement)
                .count()
        };
        let (fixed, new, still) = (of(&self.fixed), of(&self.new), of(&self.still));
        let (before, now) = (fixed + still, new + still);
        (before + now > 0).then(|| {
            let word = requirement.as_str();
            format!("{word} problems: {before} before, {now} now ({fixed} fixed, {new} new)")
        })
    }

    fn new_notes(&self) -> Option<String> {
        let notes: Vec<&ComparedCause> = self.new.iter().filter(|cause| !cause.counts()).collect();
        let first = notes.first()?;
        Some(format!(
            "{}: {}",
            wording::count_noun(notes.len(), "new note"),
            first.title
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn ids(causes: &[ComparedCause]) -> Vec<&str> {
        causes.iter().map(|cause| cause.id.as_str()).collect()
    }

    #[test]
    fn a_report_compared_with_itself_is_unchanged() {
        let report = fixture::report();
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
        let (broken, fine) = (fixture::report(), fixture::report_all_passed());
        let better = compare(&broken, &fine);
        assert_eq!(better.direction, Direction::Better, "{better:?}");
        assert!(ids(&better.fixed).contains(&broken.causes[0].id.as_str()));
        let worse = compare(&fine, &broken);
        assert_eq!(worse.direction, Direction::Worse);
        assert_eq!(ids(&worse.new), ids(&better.fixed));
    }

    #[test]
    fn a_cause_that_concerns_more_rooms_is_worse_although_its_name_is_the_same() {
        let before = fixture::report();
        let mut after = before.clone();
        after.causes[0]
            .subjects
            .push("one-more@contoso.com".to_owned());
        assert_eq!(compare(&before, &after).direction, Direction::Worse);
        assert_eq!(compare(&after, &before).direction, Direction::Better);
    }

    #[test]
    fn the_heaviest_change_decides_and_notes_weigh_nothing() {
        let model = fixture::report();
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
            "although not everything",
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
            "the heavier one first"
        );
    }

    #[test]
    fn a_new_note_is_in_the_headline_and_changes_neither_direction_nor_exit_code() {
        let before = fixture::report_all_passed();
        let mut after = before.clone();
        let note = crate::diagnosis::Cause {
            requirement: Requirement::Advisory,
            title: "The client secret ends on 2026-12-10".to_owned(),
            ..fixture::report().causes[0].clone()
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
        let before = fixture::report_all_passed();
        let mut after = before.clone();
        for row in &mut after.results {
            row.subject = row.subject.replace("room01@", "new-room@");
            if row.check.group() == "network" && row.check != crate::terms::CheckId::NetworkClock {
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
            if row.check.group() == "network" && row.check != crate::terms::CheckId::NetworkClock {
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
                .starts_with("Nothing changed but the list of rooms")
        );
        let text = comparison.to_text();
        assert!(
            text.contains("ROOMS ADDED (1)") && text.contains("ROOMS REMOVED (1)"),
            "{text}"
        );
    }

    #[test]
    fn an_undecided_row_is_no_change_for_better_or_worse() {
        let before = fixture::report_all_passed();
        let mut after = before.clone();
        after.results[0].outcome = Outcome::Unknown;
        let comparison = compare(&before, &after);
        assert!(comparison.changed.is_empty());
        assert_eq!(comparison.not_comparable.len(), 1);
    }

    #[test]
    fn an_undecided_row_that_passes_now_is_better_and_not_incomparable() {
        let after = fixture::report_all_passed();
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
        assert!(comparison.to_text().contains("CHECKED NOW, NOT BEFORE"));
    }

    #[test]
    fn differences_that_make_a_comparison_unreliable_are_reported() {
        let before = fixture::report();
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
