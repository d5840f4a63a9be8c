//! The order in which causes are shown, and the numbers by which rows refer to them.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::diagnosis::{Cause, ResultRow};
use crate::terms::{CheckGroup, CheckId, Requirement};

use super::{Report, room_counts};

/// A cause with the number under which it is shown.
#[derive(Debug, Clone, Copy)]
pub struct NumberedCause<'a> {
    /// From 1.
    pub number: usize,
    /// The cause.
    pub cause: &'a Cause,
    /// How many rooms are among what it explains.
    pub rooms: usize,
}

impl NumberedCause<'_> {
    /// Whether it is only a note.
    pub fn is_note(&self) -> bool {
        self.cause.requirement == Requirement::Advisory
    }
}

/// How much harm a cause does to panels, most of all first: the requirement, then the rooms that it hits, then what
/// concerns rooms before mail and user sync.
type Severity = (Requirement, Reverse<usize>, bool);

/// The causes of a report by the harm that they do to panels; notes last. Among equals the order of the diagnosis stays,
/// which is root first.
pub fn numbered_causes(report: &Report) -> Vec<NumberedCause<'_>> {
    let severity = SeverityIndex::of(&report.results);
    let mut causes: Vec<&Cause> = report.causes.iter().collect();
    causes.sort_by_cached_key(|cause| severity.of_cause(cause));
    let numbered = |(index, cause)| NumberedCause {
        number: index + 1,
        cause,
        rooms: severity.rooms(cause),
    };
    causes.into_iter().enumerate().map(numbered).collect()
}

/// Puts causes into the order of [`numbered_causes`].
pub fn sort_causes(causes: &mut [Cause], rows: &[ResultRow]) {
    let severity = SeverityIndex::of(rows);
    causes.sort_by_cached_key(|cause| severity.of_cause(cause));
}

/// The rows by their numbers.
struct SeverityIndex<'a>(HashMap<u32, &'a ResultRow>);

impl<'a> SeverityIndex<'a> {
    fn of(rows: &'a [ResultRow]) -> Self {
        Self(rows.iter().map(|row| (row.n, row)).collect())
    }

    fn of_cause(&self, cause: &Cause) -> Severity {
        if cause.requirement == Requirement::Advisory {
            // Nothing fails because of a note, whatever number of rooms it is about.
            return (cause.requirement, Reverse(0), false);
        }
        // Panels book rooms without mail and user sync, so their problems come after those of rooms.
        let is_beside_panels = self.rows(cause).all(|row| is_beside_panels(row.check));
        (
            cause.requirement,
            Reverse(self.rooms(cause)),
            is_beside_panels,
        )
    }

    fn rows<'c>(&self, cause: &'c Cause) -> impl Iterator<Item = &'a ResultRow> + use<'a, 'c, '_> {
        cause.explains.iter().filter_map(|n| self.0.get(n).copied())
    }

    /// The number of rooms that a cause hits.
    fn rooms(&self, cause: &Cause) -> usize {
        let rows = self.rows(cause).filter(|row| room_counts::is_room(row));
        // A room in two connections counts twice, because each connection books it with its own settings.
        rows.map(|row| (row.connection.as_deref(), row.subject.as_str()))
            .collect::<HashSet<_>>()
            .len()
    }
}

/// Whether a check is about mail or user sync, without which panels work.
fn is_beside_panels(check: CheckId) -> bool {
    matches!(check.group(), CheckGroup::Mail | CheckGroup::Directory)
        || matches!(
            check,
            CheckId::GrantMailSend | CheckId::GrantUserReadAll | CheckId::GrantGroupReadAll
        )
}

/// The cause that a row names. Of several with that id, such as one for each connection, it is the one that explains the
/// row.
pub fn cause_of_row<'a>(
    row: &ResultRow,
    causes: &[NumberedCause<'a>],
) -> Option<NumberedCause<'a>> {
    let id = row.cause.as_deref()?;
    let same_id = || causes.iter().filter(|numbered| numbered.cause.id == id);
    same_id()
        .find(|numbered| numbered.cause.explains.contains(&row.n))
        .or_else(|| same_id().next())
        .copied()
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    #[test]
    fn notes_come_last_and_numbers_count_from_one() {
        let report = sample_report::report();
        let causes = numbered_causes(&report);
        assert!(causes.is_sorted_by_key(NumberedCause::is_note));
        assert_eq!(
            causes
                .iter()
                .map(|numbered| numbered.number)
                .collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
    }

    /// Three causes as the diagnosis orders them (user sync first, since the grant is nearer to the root), with rows:
    /// two for users and groups, one for the service account, and five rooms.
    fn of_two_features() -> Report {
        let mut report = sample_report::report();
        let required = Requirement::Required;
        let row = |n: u32, check, subject: &str| ResultRow {
            n,
            subject: subject.to_owned(),
            ..sample_report::row(check, required, crate::terms::Outcome::Fail)
        };
        report.results = vec![
            row(1, CheckId::GrantGroupReadAll, "app"),
            row(2, CheckId::DirectoryGroups, "tenant"),
            row(3, CheckId::MailboxServiceAccount, "rx@contoso.com"),
        ];
        report.results.extend((4..9).map(|n| {
            row(
                n,
                CheckId::MailboxImpersonation,
                &format!("room{n}@contoso.com"),
            )
        }));
        let cause = |id: &str, requirement, explains: &[u32]| Cause {
            id: id.to_owned(),
            requirement,
            explains: explains.to_vec(),
            ..report.causes[0].clone()
        };
        report.causes = vec![
            cause("ews.retiring", Requirement::Advisory, &[4, 5, 6, 7, 8]),
            cause("registration.consent-missing", required, &[1, 2]),
            cause("mailbox.service-account-unusable", required, &[3]),
            cause("mailbox.not-found", required, &[4]),
            cause("mailbox.outside-scope", required, &[5, 6, 7, 8]),
            cause("grant.mail-send-missing", Requirement::Optional, &[]),
        ];
        report
    }

    #[test]
    fn problems_of_rooms_come_before_mail_and_user_sync() {
        let mut report = of_two_features();
        let ids = |report: &Report| {
            numbered_causes(report)
                .iter()
                .map(|own| own.cause.id.clone())
                .collect::<Vec<_>>()
        };
        let wanted = [
            "mailbox.outside-scope",
            "mailbox.not-found",
            "mailbox.service-account-unusable",
            "registration.consent-missing",
            "grant.mail-send-missing",
            "ews.retiring",
        ];
        assert_eq!(ids(&report), wanted);
        let rows = report.results.clone();
        sort_causes(&mut report.causes, &rows);
        assert_eq!(
            report
                .causes
                .iter()
                .map(|cause| cause.id.as_str())
                .collect::<Vec<_>>(),
            wanted
        );
    }

    #[test]
    fn a_row_finds_the_cause_that_explains_it_among_several_of_one_id() {
        let mut report = sample_report::report();
        let row = report
            .results
            .iter()
            .find(|row| row.cause.is_some())
            .cloned()
            .unwrap();
        let of_row = report
            .causes
            .iter()
            .find(|cause| cause.explains.contains(&row.n))
            .cloned()
            .unwrap();
        let other = Cause {
            explains: vec![9_999],
            connection: Some("Berlin".into()),
            ..of_row.clone()
        };
        report.causes.insert(0, other);
        assert_eq!(
            cause_of_row(&row, &numbered_causes(&report)).unwrap().cause,
            &of_row
        );
    }
}
