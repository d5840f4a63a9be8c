//! Notes that are shown next to the verdict: what works today and will stop soon, and what is unsafe.
//!
//! They are selected here once, and every format shows them with the verdict.

use jiff::civil::Date;

use crate::diagnosis::{Cause, day_of, days_from};
use crate::knowledge;
use crate::terms::Requirement;

use super::{Report, wording};

/// A note that matters next to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictNote<'r> {
    /// The note.
    pub cause: &'r Cause,
    /// Days from the day of the run until what works today ends.
    pub days: Option<i64>,
}

/// The notes of a report: those that require action now first, and among them the earliest date first.
pub fn verdict_notes(report: &Report) -> Vec<VerdictNote<'_>> {
    let today = day_of(report.started_at);
    let days = |cause: &Cause| days_until(cause.due.as_deref()?, today);
    let matter = report
        .causes
        .iter()
        .filter(|cause| is_shown_next_to_the_verdict(cause));
    let mut notes: Vec<VerdictNote<'_>> = matter
        .map(|cause| VerdictNote {
            cause,
            days: days(cause),
        })
        .collect();
    // A note without a date sorts behind every date of its kind.
    notes.sort_by_key(|note| (!note.cause.asks_for_action, note.days.unwrap_or(i64::MAX)));
    notes
}

/// Whether any of the causes is a note that requires action now.
pub(super) fn any_needs_action<'c>(causes: impl IntoIterator<Item = &'c Cause>) -> bool {
    causes
        .into_iter()
        .any(|cause| is_shown_next_to_the_verdict(cause) && cause.asks_for_action)
}

/// A note that requires action, now or as its date approaches.
fn is_shown_next_to_the_verdict(cause: &Cause) -> bool {
    cause.requirement == Requirement::Advisory
        && cause.accepted.is_none()
        // The table shows whether such a note can require action at all, the report whether it does now.
        && knowledge::cause_named(&cause.id).is_some_and(|entry| entry.asks_for_action)
}

fn days_until(due: &str, today: Date) -> Option<i64> {
    Some(days_from(today, due.parse().ok()?))
}

/// What the notes add to the sentence of the verdict; `None` where there are none.
pub fn notes_sentence(report: &Report) -> Option<String> {
    let notes = verdict_notes(report);
    let first = notes.first()?;
    let all = report
        .causes
        .iter()
        // The verdict itself counts accepted findings.
        .filter(|cause| cause.requirement == Requirement::Advisory && cause.accepted.is_none());
    Some(wording::notes_with_first(all.count(), &first.cause.title))
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    fn with(causes: &[(&str, Option<&str>, bool)]) -> Report {
        let mut report = sample_report::report();
        report.started_at = "2026-11-28T23:00:00Z".parse().unwrap();
        let model = report.causes.remove(0);
        let cause = |(id, due, asks_for_action): &(&str, Option<&str>, bool)| Cause {
            id: (*id).to_owned(),
            title: format!("title of {id}"),
            requirement: Requirement::Advisory,
            due: due.map(str::to_owned),
            asks_for_action: *asks_for_action,
            ..model.clone()
        };
        report.causes = causes.iter().map(cause).collect();
        report
    }

    #[test]
    fn the_first_date_comes_first() {
        let secret = ("registration.secret-expiring", Some("2026-12-10"), true);
        let ews = ("ews.retiring", Some("2027-04-01"), true);
        let report = with(&[ews, secret]);
        let found: Vec<_> = verdict_notes(&report)
            .iter()
            .map(|note| (note.cause.id.as_str(), note.days))
            .collect();
        assert_eq!(found, [(secret.0, Some(12)), (ews.0, Some(124))]);
        assert_eq!(
            notes_sentence(&report).as_deref(),
            Some("2 notes: title of registration.secret-expiring; and 1 more")
        );
    }

    #[test]
    fn notes_that_need_action_now_come_first() {
        let report = with(&[
            ("ews.retiring", Some("2026-12-01"), false),
            ("network.tls-intercepted", None, true),
        ]);
        assert_eq!(
            verdict_notes(&report)[0].cause.id,
            "network.tls-intercepted"
        );
        assert!(any_needs_action(&report.causes));
        assert!(!any_needs_action(&report.causes[..1]));
    }

    #[test]
    fn every_note_of_the_report_is_counted() {
        let report = with(&[
            ("tenant.wrong-cloud", None, false),
            ("ews.retiring", None, true),
        ]);
        assert_eq!(
            notes_sentence(&report).as_deref(),
            Some("2 notes: title of ews.retiring; and 1 more")
        );
    }

    #[test]
    fn a_note_without_urgency_is_not_shown_next_to_the_verdict() {
        let report = with(&[("grant.surplus", None, true), ("no.such-cause", None, true)]);
        assert!(
            verdict_notes(&report).is_empty()
                && !any_needs_action(&report.causes)
                && notes_sentence(&report).is_none()
        );
    }
}
