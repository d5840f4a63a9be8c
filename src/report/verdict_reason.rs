//! The reason of the verdict, in one sentence that makes no claim about what was not checked.
//!
//! The sentence points to a problem only where that problem explains a row that decided the verdict. Where no problem does,
//! it names the reason itself: a missing input, the end of the run, or a response without a clear result.

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, Requirement, SkipReason};

use super::decisive_rows::DecisiveRows;
use super::room_counts::{self, RoomCounts};
use super::{Counts, Report, Verdict, sections, verdict_notes, wording};

/// The label of the verdict. A run without required sections shows that it covers only a part.
pub fn verdict_label(report: &Report) -> &'static str {
    match report.summary.verdict {
        Verdict::Ready if !sections::deselected_sections(&report.results).is_empty() => {
            wording::READY_PARTIAL
        }
        verdict => wording::verdict(verdict),
    }
}

/// The reason of the verdict, with what does not count for it or for the exit code.
pub fn verdict_reason(report: &Report) -> String {
    with_exceptions(report, reason(report))
}

/// Adds what does not count to a sentence.
fn with_exceptions(report: &Report, sentence: String) -> String {
    let accepted = wording::accepted_findings(&report.causes);
    let baseline = report.baseline.as_ref().map(|baseline| {
        // A note that requires action now, and required it before.
        let leaves_out_notes =
            !baseline.asks_for_action && verdict_notes::any_needs_action(&report.causes);
        let findings = baseline.findings(&report.results).count();
        wording::baseline(baseline, findings, leaves_out_notes)
    });
    let exceptions: Vec<String> = accepted.into_iter().chain(baseline).collect();
    if exceptions.is_empty() {
        return sentence;
    }
    format!(
        "{}; {}.",
        sentence.trim_end_matches('.'),
        exceptions.join("; ")
    )
}

fn reason(report: &Report) -> String {
    match report.summary.verdict {
        Verdict::NotReady => reason_not_ready(report),
        Verdict::Inconclusive => reason_inconclusive(report),
        Verdict::ReadyLimited => reason_limited(report),
        Verdict::Ready => reason_ready(report),
    }
}

/// The reason of the verdict without the problem to start with, for a place above the problems.
pub fn verdict_headline(report: &Report) -> String {
    let decisive = DecisiveRows::of_report(report);
    let headline = match (report.summary.verdict, decisive.problem()) {
        (Verdict::NotReady, Some(_)) => format!("{}.", points_not_ready(report, &decisive)),
        (Verdict::Inconclusive, _) => format!("{}.", points_inconclusive(report, &decisive)),
        _ => reason(report),
    };
    with_exceptions(report, headline)
}

fn reason_not_ready(report: &Report) -> String {
    let decisive = DecisiveRows::of_report(report);
    let points = points_not_ready(report, &decisive);
    match decisive.problem() {
        Some(problem) => {
            format!(
                "{points}; {}.",
                wording::start_with(problem.number, &problem.cause.title)
            )
        }
        None => format!("{points}: {}.", decisive.named_checks()),
    }
}

fn points_not_ready(report: &Report, decisive: &DecisiveRows<'_>) -> String {
    let mut points = vec![failures(report, decisive)];
    let rooms = RoomCounts::of(&report.results);
    let end = end_of_run(report, Requirement::Required);
    // The end of the run counts the rooms itself; twice would read as two groups of rooms.
    if end.is_none() && rooms.not_checked > 0 {
        points.push(wording::share_not_checked(rooms));
    }
    points.extend(end);
    points.join(", ")
}

/// What failed: rooms where rooms fail, and the checks that fail for another reason.
fn failures(report: &Report, decisive: &DecisiveRows<'_>) -> String {
    let rooms = RoomCounts::of(&report.results);
    let others = decisive
        .rows
        .iter()
        .filter(|row| row.outcome == Outcome::Fail)
        .filter(|row| !room_counts::is_room(row) && !decisive.shares_problem_with_room(row))
        .count();
    match (rooms.fail, others) {
        (0, _) => wording::required_failed(decisive.rows.len()),
        (_, 0) => wording::share_failing(rooms),
        (fail, others) => {
            wording::rooms_and_checks_fail(&wording::share_of_rooms(rooms, fail), others)
        }
    }
}

fn reason_inconclusive(report: &Report) -> String {
    let decisive = DecisiveRows::of_report(report);
    let mut reason = points_inconclusive(report, &decisive);
    if let Some(problem) = decisive.problem() {
        reason += "; ";
        reason += &wording::start_with(problem.number, &problem.cause.title);
    } else if let Some(note) = decisive.note() {
        reason += "; ";
        reason += &wording::see_note(note.number, &note.cause.title);
    }
    reason + "."
}

/// Why the verdict is *inconclusive*, for a place where the numbers of the problems have no meaning: the problem behind it, or
/// what was not decided. `None` for another verdict.
pub(super) fn reason_of_inconclusive(report: &Report) -> Option<String> {
    (report.summary.verdict == Verdict::Inconclusive).then(|| {
        let decisive = DecisiveRows::of_report(report);
        match decisive.problem() {
            Some(problem) => problem.cause.title.clone(),
            None => points_inconclusive(report, &decisive),
        }
    })
}

fn points_inconclusive(report: &Report, decisive: &DecisiveRows<'_>) -> String {
    let mut points = missing_inputs(decisive);
    points.extend(end_of_run(report, Requirement::Required));
    points.extend(decisive.undecided());
    let reason = wording::NO_CLEAR_RESULT;
    if points.is_empty() {
        return reason.to_owned();
    }
    format!("{reason}: {}", points.join("; "))
}

/// What ended the run, and how much of what counts was then not checked; `None` when every check was run.
fn end_of_run(report: &Report, requirement: Requirement) -> Option<String> {
    let counted: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(|row| row.requirement == requirement)
        .collect();
    let left: Vec<&ResultRow> = counted
        .iter()
        .copied()
        .filter(|row| row.skip_reason == Some(SkipReason::OutOfTime))
        .collect();
    if left.is_empty() {
        return None;
    }
    let rooms = RoomCounts::of(&report.results);
    let not_checked = if rooms.not_checked > 0 && left.iter().any(|row| room_counts::is_room(row)) {
        wording::share_not_checked(rooms)
    } else {
        wording::share_of_checks_not_run(left.len(), counted.len(), requirement)
    };
    let end = wording::end_of_run(report.interrupted, report.target.deadline.as_deref());
    Some(format!("{end}, {not_checked}"))
}

/// What required checks need from the settings or from the tenant, each once.
fn missing_inputs(decisive: &DecisiveRows<'_>) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for row in &decisive.roots {
        let Some(reason) = row.skip_reason else {
            continue;
        };
        let missing = wording::missing_input(reason, row.check);
        points.extend(missing.filter(|point| !points.contains(point)));
    }
    points
}

/// Booking is reported to work only where it was checked.
fn reason_limited(report: &Report) -> String {
    let optional = Counts::of(
        report
            .results
            .iter()
            .filter(|row| row.requirement == Requirement::Optional),
    );
    let passed = wording::optional_passed(optional.pass, optional.total());
    let decisive = DecisiveRows::of_report(report);
    let mut points = match sections::deselected_sections(&report.results).as_slice() {
        [] => vec![booking(report), passed],
        deselected => vec![passed, wording::deselected_sections(deselected)],
    };
    points.extend(sampled(report));
    points.extend(end_of_run(report, Requirement::Optional));
    match decisive.problem() {
        Some(problem) => points.push(wording::see_problem(problem.number, &problem.cause.title)),
        None => points.extend(decisive.undecided()),
    }
    format!("{}.", points.join("; "))
}

fn booking(report: &Report) -> String {
    let rooms = wording::describe_rooms(RoomCounts::of(&report.results));
    rooms.unwrap_or_else(|| wording::BOOKING_WORKS.to_owned())
}

fn reason_ready(report: &Report) -> String {
    // A skipped check proved nothing, so it does not count toward the total.
    let counts = Counts::of(
        report
            .results
            .iter()
            .filter(|row| row.outcome != Outcome::Skipped),
    );
    let sections = sections::deselected_sections(&report.results);
    let deselected = deselected_checks(report, &sections);
    if counts.total() == 0 {
        return wording::nothing_checked(&deselected);
    }
    let checks = wording::checks_passed(counts.pass, counts.total());
    let rooms = wording::describe_rooms(RoomCounts::of(&report.results))
        .map_or_else(String::new, |rooms| format!("{rooms}, "));
    let sampled = sampled(report).map_or_else(String::new, |sampled| format!("; {sampled}"));
    let scope = if report.requests.is_empty() && !sections.is_empty() {
        wording::ONLY_SETTINGS
    } else {
        ""
    };
    format!("{scope}{rooms}{checks}{deselected}{sampled}.")
}

/// How many checks were deselected, and which sections with them; empty where none was.
fn deselected_checks(report: &Report, sections: &[String]) -> String {
    let checks = report
        .results
        .iter()
        .filter(|row| row.skip_reason == Some(SkipReason::Deselected))
        .count();
    if checks == 0 {
        String::new()
    } else {
        wording::deselected(checks, sections, is_narrowed(report, sections))
    }
}

/// Whether options of the run left out checks. Without them, only the settings leave out what they do not need, which is
/// never a whole section with required checks.
fn is_narrowed(report: &Report, sections: &[String]) -> bool {
    !report.target.narrowed_by.is_empty() || !sections.is_empty()
}

/// Only a part of the rooms was checked because the user requested it.
fn sampled(report: &Report) -> Option<String> {
    report.target.sample().map(wording::sampled)
}

#[cfg(test)]
mod tests {
    use super::super::sample_report::{self, blocked, row, skipped};
    use super::*;
    use crate::diagnosis::Cause;
    use crate::terms::CheckId;
    use Requirement::{Optional, Required};

    fn report(verdict: Verdict, mut rows: Vec<ResultRow>) -> Report {
        (1..).zip(&mut rows).for_each(|(n, row)| row.n = n);
        let mut report = sample_report::report_all_passed();
        (report.results, report.causes, report.summary.verdict) = (rows, Vec::new(), verdict);
        report
    }

    fn inconclusive(rows: Vec<ResultRow>) -> String {
        verdict_reason(&report(Verdict::Inconclusive, rows))
    }

    fn rooms(count: usize, of: &ResultRow) -> Vec<ResultRow> {
        (0..count)
            .map(|room| ResultRow {
                subject: format!("room{room}@contoso.com"),
                ..of.clone()
            })
            .collect()
    }

    fn cause(requirement: Requirement, title: &str, explains: &[u32]) -> Cause {
        let cause = sample_report::report().causes.swap_remove(0);
        Cause {
            requirement,
            title: title.to_owned(),
            explains: explains.to_vec(),
            ..cause
        }
    }

    const READ: CheckId = CheckId::MailboxCalendarRead;

    #[test]
    fn an_inconclusive_run_without_a_cause_names_what_is_missing() {
        let mail = inconclusive(vec![skipped(
            CheckId::MailSend,
            Required,
            SkipReason::NeedsInput,
        )]);
        assert!(
            mail.contains("no sender is configured") && !mail.contains("problem"),
            "{mail}"
        );
        let missing = inconclusive(vec![
            skipped(CheckId::SettingsRooms, Required, SkipReason::NeedsInput),
            skipped(READ, Required, SkipReason::NeedsInput),
        ]);
        assert!(
            missing.contains("result: no rooms are configured (`--room`")
                && !missing.contains("; "),
            "{missing}"
        );
        let account = inconclusive(vec![skipped(
            CheckId::MailboxServiceAccount,
            Required,
            SkipReason::NeedsInput,
        )]);
        assert!(
            account.contains("no usable Resource Login User ID"),
            "{account}"
        );
        let list = inconclusive(vec![skipped(
            CheckId::SettingsRooms,
            Required,
            SkipReason::NeedsPermission,
        )]);
        assert!(list.contains("the tenant did not list its rooms"), "{list}");
    }

    #[test]
    fn a_run_that_was_cut_short_names_what_ended_it_and_counts_rooms() {
        let mut rows = rooms(107, &row(READ, Required, Outcome::Pass));
        rows.extend(rooms(2_003, &skipped(READ, Required, SkipReason::OutOfTime)).split_off(107));
        let mut cut = report(Verdict::Inconclusive, rows);
        cut.target.deadline = Some("1s".into());
        assert!(
            verdict_reason(&cut)
                .contains("the deadline of 1s ended the run, 1,896 of 2,003 rooms not checked")
        );
        cut.target.deadline = None;
        assert!(
            verdict_reason(&cut).contains("the time limit ended the run, 1,896 of"),
            "{}",
            verdict_reason(&cut)
        );
        cut.interrupted = true;
        assert!(
            verdict_reason(&cut).contains("the run was interrupted, 1,896 of"),
            "{}",
            verdict_reason(&cut)
        );
        let early = inconclusive(vec![
            row(CheckId::TenantDiscovery, Required, Outcome::Pass),
            skipped(CheckId::SignInGraph, Required, SkipReason::OutOfTime),
        ]);
        assert!(
            early.contains("1 of 2 required checks not checked"),
            "{early}"
        );
    }

    #[test]
    fn a_result_that_is_not_clear_is_quoted() {
        let unclear = ResultRow {
            message: "The token is encrypted.".into(),
            ..row(CheckId::SignInGraph, Required, Outcome::Unknown)
        };
        let reason = inconclusive(vec![
            unclear,
            row(CheckId::MailSend, Required, Outcome::Error),
        ]);
        assert!(
            reason.ends_with(
                "`sign-in.graph`: The token is encrypted; internal error in `mail.send`."
            ),
            "{reason}"
        );
    }

    #[test]
    fn a_blocked_row_has_the_reason_at_the_start_of_its_chain() {
        let rows = vec![
            ResultRow {
                message: "No clear response.".into(),
                ..row(CheckId::NetworkGraph, Required, Outcome::Unknown)
            },
            blocked(CheckId::SignInGraph, Required, CheckId::NetworkGraph),
            blocked(READ, Required, CheckId::SignInGraph),
        ];
        let reason = inconclusive(rows.clone());
        assert!(
            reason.ends_with("result: `network.graph`: No clear response."),
            "{reason}"
        );
        let mut known = report(Verdict::Inconclusive, rows[..].to_vec());
        known.causes = vec![cause(Required, "Graph cannot be reached", &[1])];
        assert!(
            verdict_reason(&known)
                .ends_with("result; start with problem 1 (Graph cannot be reached)."),
            "{}",
            verdict_reason(&known)
        );
    }

    #[test]
    fn a_problem_that_explains_no_decisive_check_is_not_the_starting_point() {
        let rows = vec![
            skipped(READ, Required, SkipReason::NeedsInput),
            row(CheckId::DirectoryGroups, Optional, Outcome::Fail),
            ResultRow {
                cause: Some("ews.retiring".into()),
                ..row(CheckId::SignInGraph, Required, Outcome::Pass)
            },
        ];
        let mut report = report(Verdict::Inconclusive, rows);
        report.causes = vec![
            cause(Optional, "Groups", &[2]),
            cause(Required, "Nothing", &[3]),
        ];
        let reason = verdict_reason(&report);
        assert!(
            !reason.contains("problem") && reason.contains("no rooms are configured"),
            "{reason}"
        );
        report
            .causes
            .push(cause(Requirement::Advisory, "A note", &[1]));
        assert!(
            !verdict_reason(&report).contains("problem"),
            "a note is not a place to start"
        );
    }

    #[test]
    fn rooms_that_fail_are_counted_as_rooms() {
        let mut rows = rooms(2, &row(READ, Required, Outcome::Pass));
        rows.extend(rooms(1_003, &row(READ, Required, Outcome::Fail)).split_off(2));
        rows.push(row(
            CheckId::GrantCalendarsReadWrite,
            Required,
            Outcome::Fail,
        ));
        let mut failed = report(Verdict::NotReady, rows);
        let all: Vec<u32> = (3..=1_004).collect();
        failed.causes = vec![cause(
            Required,
            "Some mailboxes are outside the scope",
            &all,
        )];
        let reason = verdict_reason(&failed);
        assert_eq!(
            reason,
            "1,001 of 1,003 rooms fail; start with problem 1 (Some mailboxes are outside the scope)."
        );
        failed.results.push(ResultRow {
            n: 2_000,
            ..row(CheckId::MailSend, Required, Outcome::Fail)
        });
        assert!(
            verdict_reason(&failed)
                .starts_with("1,001 of 1,003 rooms and 1 other required check fail; "),
            "{}",
            verdict_reason(&failed)
        );
    }

    #[test]
    fn rooms_behind_a_failed_sign_in_count_as_not_checked() {
        let mut rows = vec![row(CheckId::SignInGraph, Required, Outcome::Fail)];
        rows.extend(rooms(13, &blocked(READ, Required, CheckId::SignInGraph)));
        let mut report = report(Verdict::NotReady, rows);
        report.causes = vec![cause(Required, "The secret has expired", &[1])];
        let reason = verdict_reason(&report);
        assert_eq!(
            reason,
            "1 required check failed, 13 of 13 rooms not checked; start with problem 1 (The secret has expired)."
        );
        report.causes.clear();
        assert!(
            verdict_reason(&report).ends_with(": sign-in.graph."),
            "{}",
            verdict_reason(&report)
        );
    }

    #[test]
    fn deselected_checks_are_never_reported_as_working() {
        let rows = |checked: CheckId, requirement| {
            vec![
                row(checked, requirement, Outcome::Pass),
                skipped(READ, Required, SkipReason::Deselected),
                skipped(CheckId::SignInGraph, Required, SkipReason::Deselected),
            ]
        };
        let mut settings = report(Verdict::Ready, rows(CheckId::SettingsTenantId, Required));
        settings.requests.clear();
        let reason = verdict_reason(&settings);
        assert!(
            reason.starts_with(
                "only the settings were checked, no request was sent to Microsoft 365"
            ),
            "{reason}"
        );
        assert!(
            reason.contains("2 checks deselected by the options of this run, including all of Sign-in, Mailboxes"),
            "{reason}"
        );
        assert_eq!(
            super::super::verdict_reason::verdict_label(&settings),
            "Ready (partial check)"
        );
        let optional = verdict_reason(&report(
            Verdict::ReadyLimited,
            rows(CheckId::MailSend, Optional),
        ));
        assert!(
            !optional.contains("booking works") && optional.contains("Mailboxes"),
            "{optional}"
        );
    }

    #[test]
    fn a_sample_is_named_as_one() {
        let mut report = report(
            Verdict::Ready,
            rooms(5, &row(READ, Required, Outcome::Pass)),
        );
        report.target.narrowed_by =
            vec!["--sample 5: 5 of 13 rooms, spread over all connections".into()];
        let reason = verdict_reason(&report);
        assert!(
            reason
                .starts_with("5 of 5 rooms work, 5 of 5 checks passed; not every room was checked"),
            "{reason}"
        );
    }
}
