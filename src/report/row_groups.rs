//! Groups of rows with the same outcome, cause and message, so that each message is shown once.

use std::collections::HashMap;

use crate::diagnosis::ResultRow;
use crate::terms::{CheckId, Outcome, Requirement, SkipReason};

use super::cause_order::{self, NumberedCause};

/// Rows that share outcome, cause and message.
#[derive(Debug, Clone)]
pub struct RowGroup<'a> {
    /// The rows, in the order of the report; never empty.
    pub rows: Vec<&'a ResultRow>,
    /// The message of all of them. Where it named its subject, the subject is replaced by `each of these`. The words of a
    /// service are never changed: where they name the subject, this is the message of the first row.
    pub message: String,
    /// The number of the cause that they share.
    pub cause: Option<usize>,
}

/// The key of a group. Rows that were skipped for one reason are one group, whatever their check.
#[derive(PartialEq, Eq, Hash)]
struct GroupKey {
    outcome: Outcome,
    check: Option<CheckId>,
    requirement: Option<Requirement>,
    cause: Option<usize>,
    skipped: Option<(Option<SkipReason>, Option<CheckId>)>,
    message: String,
}

impl<'a> RowGroup<'a> {
    /// How the rows ended.
    pub fn outcome(&self) -> Outcome {
        self.rows
            .first()
            .map_or(Outcome::Unknown, |row| row.outcome)
    }

    /// The checks of the rows with the rows of each, in the order of the report.
    pub fn by_check(&self) -> Vec<(CheckId, Vec<&'a ResultRow>)> {
        let mut checks: Vec<(CheckId, Vec<&ResultRow>)> = Vec::new();
        for row in &self.rows {
            match checks.iter_mut().find(|(check, _)| *check == row.check) {
                Some((_, rows)) => rows.push(row),
                None => checks.push((row.check, vec![row])),
            }
        }
        checks
    }
}

/// Groups the rows that are not `pass`: failed rows first, skipped rows last, otherwise in the order of the report.
pub fn group_not_passed<'a>(
    rows: &'a [ResultRow],
    causes: &[NumberedCause<'_>],
) -> Vec<RowGroup<'a>> {
    let mut groups: Vec<RowGroup<'a>> = Vec::new();
    let mut places: HashMap<GroupKey, usize> = HashMap::new();
    for row in rows
        .iter()
        .filter(|row| row.outcome != Outcome::Pass && !is_left_out_on_purpose(row))
    {
        let cause = cause_order::cause_of_row(row, causes).map(|numbered| numbered.number);
        let key = key(row, cause);
        let message = key.message.clone();
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.rows.push(row),
            None => groups.push(RowGroup {
                rows: vec![row],
                message,
                cause,
            }),
        }
    }
    for group in &mut groups {
        restore_original_message(group);
    }
    groups.sort_by_key(|group| urgency(group.outcome()));
    groups
}

/// Rows that were deselected or do not apply need no attention.
fn is_left_out_on_purpose(row: &ResultRow) -> bool {
    matches!(
        row.skip_reason,
        Some(SkipReason::NotApplicable | SkipReason::Deselected)
    )
}

fn key(row: &ResultRow, cause: Option<usize>) -> GroupKey {
    let skipped = (row.outcome == Outcome::Skipped).then_some((row.skip_reason, row.blocked_by));
    GroupKey {
        outcome: row.outcome,
        check: skipped.is_none().then_some(row.check),
        requirement: skipped.is_none().then_some(row.requirement),
        cause,
        skipped,
        message: without_subject(row),
    }
}

/// The message with the subject taken out, so that forty messages about forty rooms can be seen to be one.
fn without_subject(row: &ResultRow) -> String {
    // Replacing an empty text would insert the words between all characters.
    if row.subject.is_empty() {
        row.message.clone()
    } else {
        row.message.replace(&row.subject, "each of these")
    }
}

/// A group of one row keeps the original message, and so does one whose message quotes a service that names the subject.
fn restore_original_message(group: &mut RowGroup<'_>) {
    if let Some(first) = group.rows.first()
        && (group.rows.len() == 1 || quotes_subject(first))
    {
        group.message.clone_from(&first.message);
    }
}

/// Whether the response of the service, as the message has it, names the subject.
fn quotes_subject(row: &ResultRow) -> bool {
    let detail = row.observed.as_ref().and_then(|own| own.detail.as_deref());
    detail.is_some_and(|detail| {
        !row.subject.is_empty() && detail.contains(&row.subject) && row.message.contains(detail)
    })
}

fn urgency(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Fail => 0,
        Outcome::Error => 1,
        Outcome::Unknown => 2,
        Outcome::Skipped => 3,
        Outcome::Pass => 4,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Counts;
    use super::super::sample_report::{any_rows, blocked, row, skipped};
    use super::*;
    use crate::terms::CheckId::*;

    fn room(number: u32, message: &str) -> ResultRow {
        let subject = format!("room{number}@contoso.com");
        let message = message.replace("{}", &subject);
        ResultRow {
            subject,
            message,
            ..row(MailboxImpersonation, Requirement::Required, Outcome::Fail)
        }
    }

    #[test]
    fn forty_rooms_with_one_message_are_one_group() {
        let rows: Vec<_> = (0..40)
            .map(|number| room(number, "Exchange refused {}."))
            .collect();
        let groups = group_not_passed(&rows, &[]);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].rows.len(), 40);
        assert_eq!(groups[0].message, "Exchange refused each of these.");
    }

    #[test]
    fn the_words_of_a_service_are_shown_as_they_are() {
        let rows: Vec<_> = (0..3)
            .map(|number| {
                let detail = format!("The requested user 'room{number}@contoso.com' is invalid.");
                ResultRow {
                    observed: Some(crate::diagnosis::Observed {
                        status: Some(404),
                        code: Some("ErrorInvalidUser".into()),
                        detail: Some(detail.clone()),
                    }),
                    ..room(number, &format!("Response: ErrorInvalidUser, {detail}"))
                }
            })
            .collect();
        let groups = group_not_passed(&rows, &[]);
        assert_eq!((groups.len(), groups[0].rows.len()), (1, 3));
        assert_eq!(groups[0].message, rows[0].message);
    }

    #[test]
    fn a_single_row_keeps_its_message() {
        let rows = [
            room(1, "Exchange refused {}."),
            room(2, "Exchange does not know {}."),
        ];
        let groups = group_not_passed(&rows, &[]);
        assert_eq!(
            groups[1].message,
            "Exchange does not know room2@contoso.com."
        );
    }

    #[test]
    fn checks_blocked_by_one_check_are_one_group() {
        let rows = [
            blocked(MailboxCalendarRead, Requirement::Required, SignInGraph),
            blocked(MailboxCalendarRead, Requirement::Required, SignInGraph),
            blocked(MailSend, Requirement::Optional, SignInGraph),
            skipped(
                DirectoryUsers,
                Requirement::Optional,
                SkipReason::Deselected,
            ),
        ];
        let groups = group_not_passed(&rows, &[]);
        assert_eq!(groups.len(), 1);
        let checks: Vec<_> = groups[0]
            .by_check()
            .iter()
            .map(|(check, rows)| (*check, rows.len()))
            .collect();
        assert_eq!(checks, [(MailboxCalendarRead, 2), (MailSend, 1)]);
    }

    #[test]
    fn failed_checks_come_before_skipped_ones() {
        let rows = [
            skipped(SettingsRooms, Requirement::Required, SkipReason::NeedsInput),
            row(MailSend, Requirement::Optional, Outcome::Unknown),
            row(DirectoryUsers, Requirement::Optional, Outcome::Fail),
        ];
        let outcomes: Vec<_> = group_not_passed(&rows, &[])
            .iter()
            .map(RowGroup::outcome)
            .collect();
        assert_eq!(
            outcomes,
            [Outcome::Fail, Outcome::Unknown, Outcome::Skipped]
        );
    }

    proptest! {
        #[test]
        fn every_row_that_did_not_pass_is_in_one_group(rows in any_rows()) {
            let grouped: usize = group_not_passed(&rows, &[]).iter().map(|group| group.rows.len()).sum();
            let counts = Counts::of(&rows);
            let left_out = rows.iter().filter(|row| is_left_out_on_purpose(row) && row.outcome != Outcome::Pass).count();
            prop_assert_eq!(grouped, counts.total() - counts.pass - left_out);
        }
    }
}
