//! Accepted findings: they stay in the report and do not count for the verdict.
//!
//! An accepted finding becomes advice: its rows and its cause keep their outcome and their texts, and no format counts them. A
//! cause of which a part is accepted is divided, so that each cause counts as a whole or not at all.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use crate::diagnosis::{Cause, ResultRow, day_of};
use crate::evidence::{Acceptance, AcceptanceState, AcceptedFinding, InputNote, InputNoteKind};
use crate::terms::{Outcome, Requirement};

use super::room_counts::RoomCounts;
use super::{Report, Summary, cause_order, display_names, verdict_notes, wording};

/// Applies accepted findings to the report of a check. A report of `migrate` is about a switch, for which every finding counts.
pub fn accept(report: &mut Report, findings: &[AcceptedFinding]) {
    if findings.is_empty() || report.migration.is_some() {
        return;
    }
    let today = day_of(report.started_at);
    // Otherwise the verdict of an installation in which no room works could be good.
    let rooms = RoomCounts::of(&report.results);
    let no_room_works = rooms.total() > 0 && rooms.work == 0;
    report.accepted = findings
        .iter()
        .map(|finding| apply(report, finding, (today, no_room_works)))
        .collect();
    let notes = notes(&report.accepted, &report.causes);
    report.input_notes.extend(notes);
    cause_order::sort_causes(&mut report.causes, &report.results);
    let asks_for_action = verdict_notes::any_needs_action(&report.causes);
    report.summary = Summary::of(
        &report.results,
        (report.summary.fail_on, asks_for_action),
        report.interrupted,
    );
}

/// Notes about the accepted findings that were not applied, one for each cause and reason.
fn notes(accepted: &[Acceptance], causes: &[Cause]) -> Vec<InputNote> {
    let is_found = |id: &str| causes.iter().any(|cause| cause.id == id);
    let mut lines: BTreeMap<(&str, AcceptanceState), Vec<usize>> = BTreeMap::new();
    for Acceptance { finding, state, .. } in accepted {
        lines
            .entry((&finding.cause, *state))
            .or_default()
            .push(finding.line);
    }
    let noted = lines.into_iter().filter_map(|((cause, state), lines)| {
        let kind = match state {
            AcceptanceState::InForce => return None,
            AcceptanceState::Expired => InputNoteKind::AcceptanceEnded,
            AcceptanceState::Unused if is_found(cause) => InputNoteKind::AcceptanceElsewhere,
            AcceptanceState::Unused => InputNoteKind::AcceptanceUnused,
            AcceptanceState::NoRoomWorks => InputNoteKind::AcceptanceNotApplied,
        };
        Some(InputNote::new(kind).about(cause).at_lines(lines))
    });
    noted.collect()
}

/// Applies one accepted finding.
fn apply(
    report: &mut Report,
    finding: &AcceptedFinding,
    (today, no_room_works): (Date, bool),
) -> Acceptance {
    let mut acceptance = Acceptance {
        finding: finding.clone(),
        state: AcceptanceState::Unused,
        rows: Vec::new(),
    };
    if finding.expires < today {
        acceptance.state = AcceptanceState::Expired;
        return acceptance;
    }
    let mut left = Vec::new();
    for cause in std::mem::take(&mut report.causes) {
        let Some(part) = accepted_part(&cause, finding, &report.results) else {
            left.push(cause);
            continue;
        };
        if no_room_works && cause.requirement == Requirement::Required {
            acceptance.state = AcceptanceState::NoRoomWorks;
            left.push(cause);
            continue;
        }
        acceptance.state = AcceptanceState::InForce;
        acceptance
            .rows
            .extend(stop_counting(&mut report.results, &cause, &part));
        left.extend(divide(&cause, &part, finding, &report.results));
    }
    report.causes = left;
    acceptance
}

/// Whether a row is about the connection of this name, as the JSON report or as the screen has it.
fn is_connection(row: &ResultRow, name: &str) -> bool {
    let is_name = |own: &str| own.to_lowercase() == name.to_lowercase();
    let own = row.connection.as_deref();
    own.is_some_and(|own| is_name(own) || is_name(&display_names::connection_in_list(own)))
}

/// The rows of a cause that a finding accepts, by their numbers; `None` if it accepts nothing of the cause.
fn accepted_part(
    cause: &Cause,
    finding: &AcceptedFinding,
    rows: &[ResultRow],
) -> Option<HashSet<u32>> {
    if cause.id != finding.cause || cause.accepted.is_some() {
        return None;
    }
    let accepts = |row: &&ResultRow| {
        let connection = finding.connection.as_ref();
        let subject = finding.subject.as_ref();
        connection.is_none_or(|name| is_connection(row, name))
            && subject.is_none_or(|name| row.subject.eq_ignore_ascii_case(name))
    };
    let part: HashSet<u32> = cause
        .explained(rows)
        .filter(accepts)
        .map(|row| row.n)
        .collect();
    (!part.is_empty()).then_some(part)
}

/// Makes rows of a cause advice, and returns their numbers.
fn stop_counting(rows: &mut [ResultRow], cause: &Cause, part: &HashSet<u32>) -> Vec<u32> {
    let own = |row: &&mut ResultRow| {
        part.contains(&row.n)
            && row.cause.as_ref() == Some(&cause.id)
            // What was not run is not known, and a row that passed has nothing to accept.
            && !matches!(row.outcome, Outcome::Pass | Outcome::Skipped)
    };
    rows.iter_mut()
        .filter(own)
        .map(|row| {
            row.requirement_if_counted = Some(row.requirement);
            row.requirement = Requirement::Advisory;
            row.n
        })
        .collect()
}

/// The accepted part of a cause, after the part that counts if there is one.
fn divide(
    cause: &Cause,
    part: &HashSet<u32>,
    finding: &AcceptedFinding,
    rows: &[ResultRow],
) -> Vec<Cause> {
    let (accepted, counted): (Vec<u32>, Vec<u32>) =
        cause.explains.iter().partition(|n| part.contains(n));
    let whole = Cause {
        title: wording::accepted_title(&cause.title, finding),
        accepted: Some(finding.clone()),
        requirement_if_counted: Some(cause.requirement),
        requirement: Requirement::Advisory,
        asks_for_action: false,
        ..cause.clone()
    };
    if counted.is_empty() {
        return vec![whole];
    }
    vec![
        of_rows(cause, counted, rows),
        of_rows(&whole, accepted, rows),
    ]
}

/// A cause with some of its rows only.
fn of_rows(cause: &Cause, explains: Vec<u32>, rows: &[ResultRow]) -> Cause {
    let part = Cause {
        explains,
        ..cause.clone()
    };
    let own: Vec<&ResultRow> = part.explained(rows).collect();
    // Searched as sets, because a cause can be about thousands of rooms.
    let subjects: HashSet<&str> = own.iter().map(|row| row.subject.as_str()).collect();
    let connections: HashSet<&str> = own
        .iter()
        .filter_map(|row| row.connection.as_deref())
        .collect();
    let only = |names: &[String], wanted: &HashSet<&str>| {
        let names = names.iter().filter(|name| wanted.contains(name.as_str()));
        names.cloned().collect()
    };
    Cause {
        subjects: only(&cause.subjects, &subjects),
        connections: only(&cause.connections, &connections),
        ..part
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::super::{FailOn, Verdict};
    use super::*;

    const CAUSE: &str = "mailbox.outside-scope";

    fn finding(cause: &str) -> AcceptedFinding {
        AcceptedFinding {
            cause: cause.to_owned(),
            connection: None,
            subject: None,
            reason: "Ticket 4711".to_owned(),
            owner: "Facilities".to_owned(),
            expires: "2027-01-31".parse().unwrap(),
            line: 3,
        }
    }

    /// A report in which some rooms fail and nothing else that is required.
    fn report_with_failing_rooms() -> Report {
        let report = sample_report::report();
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        assert!(report.causes.iter().any(|cause| cause.id == CAUSE));
        report
    }

    fn accepted(findings: &[AcceptedFinding]) -> Report {
        let mut report = report_with_failing_rooms();
        accept(&mut report, findings);
        report
    }

    fn states(report: &Report) -> Vec<AcceptanceState> {
        report.accepted.iter().map(|own| own.state).collect()
    }

    fn failing_room(report: &Report) -> String {
        let cause = report
            .causes
            .iter()
            .find(|cause| cause.id == CAUSE)
            .unwrap();
        cause.subjects[0].clone()
    }

    #[test]
    fn an_accepted_cause_stays_visible_and_does_not_count() {
        let before = report_with_failing_rooms();
        let report = accepted(&[finding(CAUSE)]);
        assert_eq!(states(&report), [AcceptanceState::InForce]);
        assert!(report.summary.verdict < Verdict::NotReady);
        assert_eq!(report.summary.exit_code, 0);
        assert_eq!(report.summary.counts, before.summary.counts);
        assert_eq!(report.causes.len(), before.causes.len());
        let cause = report
            .causes
            .iter()
            .find(|cause| cause.id == CAUSE)
            .unwrap();
        assert_eq!(cause.requirement, Requirement::Advisory);
        assert_eq!(cause.requirement_if_counted, Some(Requirement::Required));
        assert!(
            cause.title.ends_with("(accepted until 2027-01-31)"),
            "{}",
            cause.title
        );
        let rows: Vec<&ResultRow> = cause.explained(&report.results).collect();
        assert!(!report.accepted[0].rows.is_empty());
        for row in rows.iter().filter(|row| row.outcome == Outcome::Fail) {
            assert_eq!(row.requirement_if_counted, Some(Requirement::Required));
            assert!(report.accepted[0].rows.contains(&row.n));
        }
    }

    #[test]
    fn one_accepted_room_leaves_the_others() {
        let room = failing_room(&report_with_failing_rooms());
        let one = AcceptedFinding {
            subject: Some(room.to_uppercase()),
            ..finding(CAUSE)
        };
        let report = accepted(&[one]);
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        let causes: Vec<&Cause> = report
            .causes
            .iter()
            .filter(|cause| cause.id == CAUSE)
            .collect();
        let [counted, part] = causes[..] else {
            panic!("{causes:?}")
        };
        assert_eq!(part.subjects, std::slice::from_ref(&room));
        assert!(part.accepted.is_some() && counted.accepted.is_none());
        assert!(!counted.subjects.contains(&room) && !counted.subjects.is_empty());
        let all = report_with_failing_rooms();
        let all = all.causes.iter().find(|cause| cause.id == CAUSE).unwrap();
        assert_eq!(
            counted.explains.len() + part.explains.len(),
            all.explains.len()
        );
    }

    #[test]
    fn the_main_connection_has_the_name_of_the_screen_as_well() {
        for name in ["system", "SYSTEM", wording::MAIN_IN_LIST] {
            let of_main = AcceptedFinding {
                connection: Some(name.to_owned()),
                ..finding(CAUSE)
            };
            assert_ne!(
                states(&accepted(&[of_main])),
                [AcceptanceState::Unused],
                "{name}"
            );
        }
    }

    #[test]
    fn another_connection_or_subject_accepts_nothing() {
        let others = [
            AcceptedFinding {
                connection: Some("Paris".to_owned()),
                ..finding(CAUSE)
            },
            AcceptedFinding {
                subject: Some("other@contoso.com".to_owned()),
                ..finding(CAUSE)
            },
            finding("mailbox.not-found"),
        ];
        let report = accepted(&others);
        assert_eq!(states(&report), [AcceptanceState::Unused; 3]);
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        let kinds: Vec<_> = report
            .input_notes
            .iter()
            .map(|note| (note.kind, note.about.as_deref(), note.count))
            .collect();
        let unused = (
            InputNoteKind::AcceptanceUnused,
            Some("mailbox.not-found"),
            1,
        );
        let elsewhere = (InputNoteKind::AcceptanceElsewhere, Some(CAUSE), 2);
        assert!(
            kinds.contains(&unused) && kinds.contains(&elsewhere),
            "{kinds:?}"
        );
    }

    #[test]
    fn a_finding_counts_again_after_its_last_day() {
        let until = |day: &str| AcceptedFinding {
            expires: day.parse().unwrap(),
            ..finding(CAUSE)
        };
        let today = day_of(report_with_failing_rooms().started_at).to_string();
        assert_eq!(
            states(&accepted(&[until(&today)])),
            [AcceptanceState::InForce]
        );
        let ended = accepted(&[until("2026-11-01")]);
        assert_eq!(states(&ended), [AcceptanceState::Expired]);
        assert_eq!(ended.summary.verdict, Verdict::NotReady);
        assert_eq!(
            ended.input_notes.last().unwrap().kind,
            InputNoteKind::AcceptanceEnded
        );
    }

    #[test]
    fn required_findings_count_if_no_room_works() {
        let mut report = report_with_failing_rooms();
        for row in &mut report.results {
            if super::super::room_counts::is_room(row) {
                row.outcome = Outcome::Fail;
            }
        }
        accept(&mut report, &[finding(CAUSE)]);
        assert_eq!(states(&report), [AcceptanceState::NoRoomWorks]);
        assert_eq!(report.summary.verdict, Verdict::NotReady);
    }

    #[test]
    fn an_accepted_note_requires_no_action() {
        let mut report = sample_report::report_all_passed();
        report.summary.fail_on = FailOn::Note;
        report.causes = vec![Cause {
            id: "registration.secret-expiring".to_owned(),
            requirement: Requirement::Advisory,
            asks_for_action: true,
            explains: vec![1],
            ..sample_report::report().causes[0].clone()
        }];
        let mut counted = report.clone();
        accept(&mut counted, &[finding("mailbox.not-found")]);
        assert_eq!(counted.summary.exit_code, 4);
        accept(&mut report, &[finding("registration.secret-expiring")]);
        assert_eq!(report.summary.exit_code, 0);
    }

    #[test]
    fn a_report_is_the_same_without_accepted_findings() {
        assert_eq!(accepted(&[]), report_with_failing_rooms());
    }
}
