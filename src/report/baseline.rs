//! The baseline of a report: an earlier report whose findings do not count for the exit code.

use std::collections::HashMap;

use crate::diagnosis::{Cause, ResultRow};
use crate::terms::{Outcome, Requirement, SkipReason};

use super::row_key::RowKey;
use super::{Baseline, Report, Verdict, verdict_notes};

/// Makes the exit code of a report speak of changes since an earlier report only.
pub fn set_baseline(report: &mut Report, earlier: &Report) {
    let comparable = are_comparable(report, earlier);
    let known = if comparable {
        known_rows(&report.results, &earlier.results)
    } else {
        Vec::new()
    };
    let new_causes = report
        .causes
        .iter()
        .filter(|cause| !comparable || !is_known(cause, &earlier.causes));
    let baseline = Baseline {
        report_id: earlier.report_id.clone(),
        finished_at: earlier.finished_at,
        comparable,
        verdict: verdict_without(&report.results, &known),
        asks_for_action: verdict_notes::any_needs_action(new_causes),
        known_rows: known,
    };
    if !report.interrupted {
        report.summary.exit_code = baseline
            .verdict
            .exit_code(report.summary.fail_on, baseline.asks_for_action);
    }
    report.baseline = Some(baseline);
}

fn are_comparable(report: &Report, earlier: &Report) -> bool {
    let tenant = &report.target.tenant_id;
    tenant.eq_ignore_ascii_case(&earlier.target.tenant_id)
        && report.redaction.shares_names_with(&earlier.redaction)
        && report.migration.is_some() == earlier.migration.is_some()
}

/// The result of a row, as far as a change of it counts.
type RowResult<'r> = (Outcome, Requirement, Option<&'r str>, Option<SkipReason>);

fn result(row: &ResultRow) -> RowResult<'_> {
    (
        row.outcome,
        row.requirement,
        row.cause.as_deref(),
        row.skip_reason,
    )
}

/// The numbers of the rows that do not pass and have the same result in the earlier report.
fn known_rows(rows: &[ResultRow], earlier: &[ResultRow]) -> Vec<u32> {
    let earlier: HashMap<RowKey<'_>, RowResult<'_>> = earlier
        .iter()
        .map(|row| (RowKey::of(row), result(row)))
        .collect();
    rows.iter()
        .filter(|row| row.outcome != Outcome::Pass)
        .filter(|row| earlier.get(&RowKey::of(row)) == Some(&result(row)))
        .map(|row| row.n)
        .collect()
}

/// The verdict over rows as if some of them were only advice.
fn verdict_without(rows: &[ResultRow], known: &[u32]) -> Verdict {
    let rows: Vec<ResultRow> = rows
        .iter()
        .map(|row| match known.binary_search(&row.n) {
            Ok(_) => ResultRow {
                requirement: Requirement::Advisory,
                ..row.clone()
            },
            Err(_) => row.clone(),
        })
        .collect();
    Verdict::of(&rows)
}

/// Whether a note required action in the earlier report as well, for each of its connections.
fn is_known(cause: &Cause, earlier: &[Cause]) -> bool {
    let is_same = |other: &&Cause| other.id == cause.id && other.asks_for_action;
    let covers = |name: &String| {
        earlier
            .iter()
            .filter(is_same)
            .any(|other| other.connections.contains(name))
    };
    earlier.iter().any(|other| is_same(&other)) && cause.connections.iter().all(covers)
}

#[cfg(test)]
mod tests {
    use super::super::FailOn;
    use super::super::sample_report;
    use super::*;

    /// A report with one failed room, and one in which that room and the others pass.
    fn broken_and_fine() -> (Report, Report) {
        let mut report = sample_report::report();
        report.migration = None;
        (report, sample_report::report_all_passed())
    }

    fn exit_code_after(mut report: Report, earlier: &Report) -> u8 {
        set_baseline(&mut report, earlier);
        report.summary.exit_code
    }

    #[test]
    fn what_was_there_before_does_not_count() {
        let (broken, fine) = broken_and_fine();
        assert_eq!(broken.summary.exit_code, 1);
        assert_eq!(exit_code_after(broken.clone(), &broken), 0);
        assert_eq!(exit_code_after(broken, &fine), 1);
    }

    #[test]
    fn the_verdict_of_the_report_stays() {
        let (mut broken, _) = broken_and_fine();
        let earlier = broken.clone();
        let verdict = broken.summary.verdict;
        set_baseline(&mut broken, &earlier);
        assert_eq!(broken.summary.verdict, verdict);
        let baseline = broken.baseline.unwrap();
        assert_eq!(baseline.verdict, Verdict::Ready);
        assert!(!baseline.known_rows.is_empty());
    }

    #[test]
    fn another_cause_outcome_or_requirement_of_a_row_is_a_change() {
        let (broken, _) = broken_and_fine();
        let at = |report: &Report| {
            let fails = |row: &ResultRow| {
                row.outcome == Outcome::Fail
                    && row.requirement == Requirement::Required
                    && !row.check.is_network()
            };
            report.results.iter().position(fails).unwrap()
        };
        let changes: [fn(&mut ResultRow); 3] = [
            |row| row.cause = Some("mailbox.not-found".to_owned()),
            |row| row.outcome = Outcome::Unknown,
            |row| row.requirement = Requirement::Optional,
        ];
        for change in changes {
            let mut earlier = broken.clone();
            let index = at(&earlier);
            change(&mut earlier.results[index]);
            assert_eq!(exit_code_after(broken.clone(), &earlier), 1);
        }
    }

    #[test]
    fn an_address_in_another_case_is_the_same_subject() {
        let (broken, _) = broken_and_fine();
        let mut earlier = broken.clone();
        for row in &mut earlier.results {
            row.subject = row.subject.to_ascii_uppercase();
        }
        assert_eq!(exit_code_after(broken, &earlier), 0);
    }

    #[test]
    fn a_report_of_another_tenant_is_no_baseline() {
        let (broken, _) = broken_and_fine();
        let mut earlier = broken.clone();
        earlier.target.tenant_id = "fabrikam.com".to_owned();
        let mut report = broken.clone();
        set_baseline(&mut report, &earlier);
        assert_eq!(report.summary.exit_code, 1);
        let baseline = report.baseline.unwrap();
        assert!(!baseline.comparable && baseline.known_rows.is_empty());
    }

    #[test]
    fn a_note_that_requires_action_counts_once() {
        let (_, mut fine) = broken_and_fine();
        fine.summary.fail_on = FailOn::Note;
        let mut noted = fine.clone();
        noted.causes = vec![Cause {
            id: "registration.secret-expiring".to_owned(),
            requirement: Requirement::Advisory,
            asks_for_action: true,
            ..sample_report::report().causes[0].clone()
        }];
        assert_eq!(exit_code_after(noted.clone(), &fine), 4);
        assert_eq!(exit_code_after(noted.clone(), &noted), 0);
    }

    #[test]
    fn an_interrupted_run_stays_interrupted() {
        let (mut broken, _) = broken_and_fine();
        broken.interrupted = true;
        broken.summary.exit_code = 130;
        assert_eq!(exit_code_after(broken.clone(), &broken), 130);
    }
}
