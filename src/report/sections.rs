//! The sections of the report, from the settings to the rooms, each with its counts.

use crate::diagnosis::ResultRow;
use crate::knowledge::checks::{self, Section, SectionEntry};
use crate::terms::{CheckId, Outcome, Requirement, SkipReason};

use super::room_counts::{self, RoomCounts};
use super::{Counts, wording};

pub use super::section_status::{SectionStatus, section_status};

/// The rows of a section in words: rooms counted as rooms, everything else as checks.
pub fn describe_rows(rows: &[&ResultRow]) -> String {
    let others = Counts::of(
        rows.iter()
            .copied()
            .filter(|row| !room_counts::is_room(row)),
    );
    let counted = match wording::describe_rooms(RoomCounts::of(rows.iter().copied())) {
        None => wording::describe_counts(Counts::of(rows.iter().copied())),
        Some(rooms) if others.total() == 0 => rooms,
        Some(rooms) => wording::rooms_and_other_checks(&rooms, others),
    };
    // A required row that failed would make the status worse than this one.
    let status = section_status(rows);
    let mut qualifiers = Vec::new();
    if status == SectionStatus::Part {
        qualifiers.push(wording::INCOMPLETE);
    }
    if status == SectionStatus::Warn {
        qualifiers.push(wording::OPTIONAL_ONLY);
    }
    if has_note(rows) {
        qualifiers.push(wording::WITH_NOTE);
    }
    format!("{counted}{}", wording::in_parentheses(&qualifiers))
}

/// The label of a section: that of the outcome which its rows have together. Words after the counts show whether it is
/// complete, and whether only optional checks failed.
pub fn section_label(rows: &[&ResultRow]) -> &'static str {
    let outcome = match section_status(rows) {
        SectionStatus::Skipped => Outcome::Skipped,
        SectionStatus::Ok | SectionStatus::Part => Outcome::Pass,
        SectionStatus::Warn => worst_optional_outcome(rows),
        SectionStatus::Unknown => Outcome::Unknown,
        SectionStatus::Error => Outcome::Error,
        SectionStatus::Fail => Outcome::Fail,
    };
    wording::outcome(outcome)
}

fn worst_optional_outcome(rows: &[&ResultRow]) -> Outcome {
    let has = |outcome| rows.iter().any(|row| row.outcome == outcome);
    [Outcome::Fail, Outcome::Error]
        .into_iter()
        .find(|outcome| has(*outcome))
        .unwrap_or(Outcome::Unknown)
}

/// All rows of a report in words: the rooms first, then every check.
pub fn describe_totals(rows: &[ResultRow]) -> String {
    let counts = Counts::of(rows);
    match wording::describe_rooms(RoomCounts::of(rows)) {
        None => wording::describe_counts(counts),
        Some(rooms) => wording::rooms_and_all_checks(&rooms, counts),
    }
}

/// A pass that carries the id of a cause carries a note.
fn has_note(rows: &[&ResultRow]) -> bool {
    rows.iter()
        .any(|row| row.outcome == Outcome::Pass && row.cause.is_some())
}

/// The titles of the sections in which something is required and everything was left out on request.
pub fn deselected_sections(rows: &[ResultRow]) -> Vec<String> {
    let is_deselected = |row: &&ResultRow| row.skip_reason == Some(SkipReason::Deselected);
    let is_left_out = |rows: &[&ResultRow]| {
        rows.iter().all(|row| row.outcome == Outcome::Skipped)
            && rows
                .iter()
                .any(|row| is_deselected(row) && row.requirement == Requirement::Required)
    };
    let sections = sections_with_rows(rows).into_iter();
    sections
        .filter(|(_, rows)| is_left_out(rows))
        .map(|(section, _)| section.title.clone())
        .collect()
}

/// The section of a check.
pub fn section_of(check: CheckId) -> Section {
    checks::check(check).section
}

/// Every section that has rows, with them, in the order of the chain.
pub fn sections_with_rows(rows: &[ResultRow]) -> Vec<(&'static SectionEntry, Vec<&ResultRow>)> {
    checks::sections()
        .iter()
        .map(|section| {
            (
                section,
                rows.iter()
                    .filter(|row| section_of(row.check) == section.id)
                    .collect::<Vec<_>>(),
            )
        })
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample_report::{self, row, skipped};
    use super::*;

    fn room(number: usize, of: ResultRow) -> ResultRow {
        ResultRow {
            subject: format!("room{number}@contoso.com"),
            ..of
        }
    }

    fn both(rows: &[ResultRow]) -> (SectionStatus, String) {
        let rows: Vec<&ResultRow> = rows.iter().collect();
        (section_status(&rows), describe_rows(&rows))
    }

    #[test]
    fn an_incomplete_section_is_partial_and_shows_how_much_was_checked() {
        let (check, required) = (CheckId::MailboxCalendarRead, Requirement::Required);
        for reason in [
            SkipReason::OutOfTime,
            SkipReason::Blocked,
            SkipReason::Deselected,
        ] {
            let mut rows: Vec<ResultRow> = (0..107)
                .map(|number| room(number, row(check, required, Outcome::Pass)))
                .collect();
            rows.extend((107..2_003).map(|number| room(number, skipped(check, required, reason))));
            rows.push(row(
                CheckId::MailboxServiceAccount,
                Requirement::Optional,
                Outcome::Pass,
            ));
            let (mark, words) = both(&rows);
            assert_eq!(mark, SectionStatus::Part, "{reason:?}");
            assert!(words.contains("; other checks: 1 passed"), "{words}");
            let counted = words.starts_with("107 of 2,003 rooms checked: 107 work");
            assert!(counted || reason == SkipReason::Deselected, "{words}");
        }
    }

    #[test]
    fn a_section_is_as_bad_as_its_worst_required_check_and_never_worse_for_optional_ones() {
        let (required, optional, advisory) = (
            Requirement::Required,
            Requirement::Optional,
            Requirement::Advisory,
        );
        let pass = || row(CheckId::MailSend, required, Outcome::Pass);
        let with = |other: ResultRow| both(&[pass(), other]).0;
        assert_eq!(
            with(row(CheckId::MailSend, required, Outcome::Fail)),
            SectionStatus::Fail
        );
        assert_eq!(
            with(row(CheckId::MailSend, required, Outcome::Unknown)),
            SectionStatus::Unknown
        );
        for outcome in [Outcome::Fail, Outcome::Unknown, Outcome::Error] {
            assert_eq!(
                with(row(CheckId::MailSend, optional, outcome)),
                SectionStatus::Warn
            );
            assert_eq!(
                with(row(CheckId::MailSend, advisory, outcome)),
                SectionStatus::Warn
            );
        }
        assert_eq!(
            with(skipped(CheckId::MailSend, optional, SkipReason::Deselected)),
            SectionStatus::Ok
        );
        assert_eq!(
            with(skipped(CheckId::MailSend, optional, SkipReason::OutOfTime)),
            SectionStatus::Part
        );
        assert_eq!(
            with(skipped(
                CheckId::MailSend,
                required,
                SkipReason::NotApplicable
            )),
            SectionStatus::Ok
        );
        let note = ResultRow {
            cause: Some("ews.retiring".into()),
            ..pass()
        };
        assert_eq!(
            both(&[note]),
            (SectionStatus::Ok, "1 passed (with a note)".to_owned())
        );
    }

    #[test]
    fn a_check_belongs_to_the_section_of_its_group() {
        assert_eq!(
            section_of(CheckId::MailboxImpersonation),
            Section::Mailboxes
        );
        assert_eq!(section_of(CheckId::MailSend), Section::Mail);
    }

    #[test]
    fn every_row_is_in_one_section_and_the_sections_follow_the_chain() {
        let rows = sample_report::diagnosis().rows;
        let sections = sections_with_rows(&rows);
        assert_eq!(
            sections.iter().map(|(_, rows)| rows.len()).sum::<usize>(),
            rows.len()
        );
        assert!(sections.is_sorted_by_key(|(section, _)| section.id));
    }
}
