//! Why the verdict is what it is, in a sentence that claims nothing about what was not checked.

use super::wording::{named, number};
use super::{Counts, Report, Verdict, order, section};
use crate::diagnosis::ResultRow;
use crate::terms::{CheckId, Outcome, Requirement, SkipReason};

/// How many sections that were left out are named before the rest is counted.
const SECTIONS: usize = 6;

/// Why the verdict is what it is.
pub fn reason(report: &Report) -> String {
    let rows = |requirement| report.results.iter().filter(move |row| row.requirement == requirement);
    match report.summary.verdict {
        Verdict::NotReady => {
            let failed = Counts::of(rows(Requirement::Required)).fail;
            let begin = if has_required_cause(report) { "; begin with cause 1" } else { "" };
            format!("{} failed{begin}.", number(failed, "required check"))
        }
        Verdict::Inconclusive if has_required_cause(report) => {
            "what is required could not all be checked; begin with cause 1.".to_owned()
        }
        Verdict::Inconclusive => match open_points(report).join("; ") {
            points if points.is_empty() => "what is required could not all be checked.".to_owned(),
            points => format!("what is required could not all be checked: {points}."),
        },
        Verdict::ReadyLimited => limited(report, Counts::of(rows(Requirement::Optional))),
        Verdict::Ready => ready(report),
    }
}

/// Whether cause 1 explains something required. A cause that does not explain the verdict is no place to begin.
fn has_required_cause(report: &Report) -> bool {
    order::causes(report).first().is_some_and(|first| first.cause.requirement == Requirement::Required)
}

/// What left a required check open, each point once.
fn open_points(report: &Report) -> Vec<String> {
    let required = || report.results.iter().filter(|row| row.requirement == Requirement::Required);
    let mut points: Vec<String> = Vec::new();
    for row in required() {
        let Some(point) = missing_input(row) else { continue };
        if !points.contains(&point) {
            points.push(point);
        }
    }
    let out_of_time = required().filter(|row| row.skip_reason == Some(SkipReason::OutOfTime)).count();
    if out_of_time > 0 {
        let all = number(required().count(), "required check");
        points.push(format!("the run ended before {out_of_time} of {all} had their turn"));
    }
    let undecided = required().filter(|row| matches!(row.outcome, Outcome::Unknown | Outcome::Error)).count();
    if undecided > 0 {
        points.push(format!("{} could not be decided", number(undecided, "required check")));
    }
    points
}

/// What a row would have needed from the settings or from the tenant.
fn missing_input(row: &ResultRow) -> Option<String> {
    let point = match (row.skip_reason?, row.check) {
        (SkipReason::NeedsInput, CheckId::MailSend) => {
            "mail is enabled and no sender is given (`[mail] from`, or a service account)"
        }
        (SkipReason::NeedsInput, CheckId::MailboxServiceAccount) => "no usable Resource Login User ID is given",
        (SkipReason::NeedsInput, check) if check == CheckId::SettingsRooms || check.group() == "mailbox" => {
            "no rooms were given"
        }
        (SkipReason::NeedsPermission, check) if check.group() == "mailbox" => "the tenant did not list its rooms",
        (SkipReason::NeedsInput, check) => return Some(format!("{check} lacks its input")),
        (SkipReason::NeedsPermission, check) => return Some(format!("{check} needs a permission")),
        _ => return None,
    };
    Some(point.to_owned())
}

/// Booking is only said to work where it was checked.
fn limited(report: &Report, optional: Counts) -> String {
    let passed = format!("{} of {} passed", optional.pass, number(optional.total(), "optional check"));
    match left_out(report).as_slice() {
        [] => format!("booking works; {passed}."),
        sections => format!("{passed}; left out on request: {}.", named(sections, SECTIONS)),
    }
}

fn ready(report: &Report) -> String {
    let counts = Counts::of(report.results.iter().filter(|row| row.outcome != Outcome::Skipped));
    let deselected = report.results.iter().filter(|row| is_deselected(row)).count();
    let sections = left_out(report);
    let left_out = match (deselected, sections.as_slice()) {
        (0, _) => String::new(),
        (count, []) => format!(", {count} left out on request"),
        (count, sections) => format!(", {count} left out on request, among them all of {}", named(sections, SECTIONS)),
    };
    if counts.total() == 0 {
        return format!("but nothing was asked{left_out}.");
    }
    let passed = format!("{} of {} passed{left_out}", counts.pass, number(counts.total(), "check"));
    if report.requests.is_empty() && !sections.is_empty() {
        return format!("the settings only, nothing was requested from Microsoft 365: {passed}.");
    }
    format!("{passed}.")
}

fn is_deselected(row: &ResultRow) -> bool {
    row.skip_reason == Some(SkipReason::Deselected)
}

/// The sections in which something is required and everything was left out on request.
fn left_out(report: &Report) -> Vec<String> {
    let is_left_out = |rows: &[&ResultRow]| {
        rows.iter().all(|row| row.outcome == Outcome::Skipped)
            && rows.iter().any(|row| is_deselected(row) && row.requirement == Requirement::Required)
    };
    let sections = section::with_rows(&report.results).into_iter();
    sections.filter(|(_, rows)| is_left_out(rows)).map(|(section, _)| section.title.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, row, skipped};
    use super::*;

    fn report(verdict: Verdict, rows: Vec<ResultRow>) -> Report {
        let mut report = fixture::report_all_right();
        (report.results, report.causes, report.summary.verdict) = (rows, Vec::new(), verdict);
        report
    }

    fn inconclusive(rows: Vec<ResultRow>) -> String {
        reason(&report(Verdict::Inconclusive, rows))
    }

    #[test]
    fn an_inconclusive_run_without_a_cause_names_what_is_missing() {
        let required = Requirement::Required;
        let mail = inconclusive(vec![skipped(CheckId::MailSend, required, SkipReason::NeedsInput)]);
        assert!(mail.contains("no sender is given") && !mail.contains("cause"), "{mail}");
        let rooms = inconclusive(vec![
            skipped(CheckId::SettingsRooms, required, SkipReason::NeedsInput),
            skipped(CheckId::MailboxCalendarRead, required, SkipReason::NeedsInput),
        ]);
        assert_eq!(rooms, "what is required could not all be checked: no rooms were given.");
        let late = inconclusive(vec![
            row(CheckId::SignInGraph, required, Outcome::Pass),
            skipped(CheckId::MailboxCalendarRead, required, SkipReason::OutOfTime),
        ]);
        assert!(late.contains("the run ended before 1 of 2 required checks"), "{late}");
        assert!(
            inconclusive(vec![row(CheckId::MailSend, required, Outcome::Unknown)]).contains("1 required check could")
        );
    }

    #[test]
    fn a_cause_that_explains_nothing_required_is_no_place_to_begin() {
        let mut report = report(Verdict::Inconclusive, Vec::new());
        report.causes = fixture::report().causes;
        report.causes.retain(|cause| cause.requirement != Requirement::Required);
        assert!(!report.causes.is_empty() && !reason(&report).contains("begin with"));
    }

    #[test]
    fn what_was_left_out_is_never_said_to_work() {
        let required = Requirement::Required;
        let rows = |checked: CheckId, requirement| {
            vec![
                row(checked, requirement, Outcome::Pass),
                skipped(CheckId::MailboxCalendarRead, required, SkipReason::Deselected),
                skipped(CheckId::SignInGraph, required, SkipReason::Deselected),
            ]
        };
        let mut settings = report(Verdict::Ready, rows(CheckId::SettingsTenantId, required));
        settings.requests.clear();
        let said = reason(&settings);
        assert!(said.starts_with("the settings only, nothing was requested from Microsoft 365"), "{said}");
        assert!(said.contains("2 left out on request, among them all of Sign-in, Mailboxes"), "{said}");
        let optional = reason(&report(Verdict::ReadyLimited, rows(CheckId::MailSend, Requirement::Optional)));
        assert!(!optional.contains("booking works") && optional.contains("Mailboxes"), "{optional}");
    }
}
