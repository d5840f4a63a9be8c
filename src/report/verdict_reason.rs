//! Why the verdict is what it is, in a sentence that claims nothing about what was not checked.
//!
//! The sentence points to a problem only where that problem explains a row that made the verdict. What no problem explains
//! is named here: an input that is missing, the end of the run, a response without a clear result.

use std::collections::HashSet;

use super::cause_order::{self, NumberedCause};
use super::room_counts::{self, RoomCounts};
use super::wording::{count_noun, format_count, list_up_to};
use super::{Counts, Report, Verdict, sections, wording};
use crate::diagnosis::ResultRow;
use crate::terms::{CheckId, Outcome, Requirement, SkipReason};

/// How many sections that were left out are named before the rest is counted.
const SECTIONS: usize = 6;
/// How many undecided checks are quoted before the rest is counted.
const QUOTED: usize = 2;
/// How many blocked checks may follow each other.
const LONGEST_CHAIN: usize = 16;

/// The verdict of a report in words. A run from which required sections were left out proves nothing about them.
pub fn verdict_label(report: &Report) -> &'static str {
    match report.summary.verdict {
        Verdict::Ready if !sections::deselected_sections(&report.results).is_empty() => {
            "READY, PARTIAL CHECK"
        }
        own => wording::verdict(own),
    }
}

/// Why the verdict is what it is.
pub fn verdict_reason(report: &Report) -> String {
    match report.summary.verdict {
        Verdict::NotReady => not_ready(report),
        Verdict::Inconclusive => inconclusive(report),
        Verdict::ReadyLimited => limited(report),
        Verdict::Ready => ready(report),
    }
}

fn not_ready(report: &Report) -> String {
    let decisive = Decisive::of(report);
    let mut points = vec![failures(report, &decisive)];
    let rooms = RoomCounts::of(&report.results);
    let end = end_of_run(report, Requirement::Required);
    if end.is_none() && rooms.not_checked > 0 {
        points.push(format!("{} not checked", rooms.share(rooms.not_checked)));
    }
    points.extend(end);
    let points = points.join(", ");
    match decisive.problem() {
        Some(problem) => format!("{points}; {}.", start_with(&problem)),
        None => format!("{points}: {}.", decisive.named_checks()),
    }
}

/// What failed: rooms where rooms fail, and the checks that fail for another reason.
fn failures(report: &Report, decisive: &Decisive<'_>) -> String {
    let rooms = RoomCounts::of(&report.results);
    let is_of_rooms = |row: &&&ResultRow| {
        !room_counts::is_room(row) && !decisive.shares_a_problem_with_a_room(row)
    };
    let failed = decisive
        .rows
        .iter()
        .filter(|row| row.outcome == Outcome::Fail);
    match (rooms.fail, failed.filter(is_of_rooms).count()) {
        (0, _) => format!(
            "{} failed",
            count_noun(decisive.rows.len(), "required check")
        ),
        (fail, 0) => format!(
            "{} {}",
            rooms.share(fail),
            if fail == 1 { "fails" } else { "fail" }
        ),
        (fail, other) => format!(
            "{} and {} fail",
            rooms.share(fail),
            count_noun(other, "other required check")
        ),
    }
}

fn inconclusive(report: &Report) -> String {
    let decisive = Decisive::of(report);
    let mut points = missing_inputs(&decisive);
    points.extend(end_of_run(report, Requirement::Required));
    points.extend(decisive.undecided());
    let lead = "not every required check has a clear result";
    match (points.join("; "), decisive.problem()) {
        (points, None) => format!("{lead}: {points}."),
        (points, Some(problem)) if points.is_empty() => {
            format!("{lead}; {}.", start_with(&problem))
        }
        (points, Some(problem)) => format!("{lead}: {points}; {}.", start_with(&problem)),
    }
}

fn start_with(problem: &NumberedCause<'_>) -> String {
    format!(
        "start with problem {} ({})",
        problem.number,
        problem.cause.title.trim_end_matches('.')
    )
}

/// The rows that made the verdict, and for each of them the row in which its reason is to be found.
struct Decisive<'r> {
    rows: Vec<&'r ResultRow>,
    roots: Vec<&'r ResultRow>,
    causes: Vec<NumberedCause<'r>>,
    results: &'r [ResultRow],
}

impl<'r> Decisive<'r> {
    fn of(report: &'r Report) -> Self {
        let rows = report.summary.verdict.decisive(&report.results);
        let mut seen = HashSet::new();
        let roots = rows.iter().map(|row| root(row, &report.results));
        let roots = roots.filter(|root| seen.insert(root.n)).collect();
        Self {
            rows,
            roots,
            causes: cause_order::numbered_causes(report),
            results: &report.results,
        }
    }

    /// The first problem that explains a row which made the verdict, or the row that such a row waits for.
    fn problem(&self) -> Option<NumberedCause<'r>> {
        self.causes.iter().copied().find(|own| {
            !own.is_note()
                && self
                    .rows
                    .iter()
                    .chain(&self.roots)
                    .any(|row| own.cause.explains.contains(&row.n))
        })
    }

    fn is_explained(&self, row: &ResultRow) -> bool {
        self.causes
            .iter()
            .any(|own| !own.is_note() && own.cause.explains.contains(&row.n))
    }

    fn shares_a_problem_with_a_room(&self, row: &ResultRow) -> bool {
        let of_row = self
            .causes
            .iter()
            .filter(|own| own.cause.explains.contains(&row.n));
        let rooms = || {
            self.results
                .iter()
                .filter(|row| row.outcome == Outcome::Fail && room_counts::is_room(row))
        };
        of_row
            .into_iter()
            .any(|own| rooms().any(|room| own.cause.explains.contains(&room.n)))
    }

    /// The checks whose result is not clear for a reason that no problem names, with what was seen.
    fn undecided(&self) -> Option<String> {
        let rows: Vec<&&ResultRow> = self
            .roots
            .iter()
            .filter(|row| !self.is_explained(row) && is_undecided(row))
            .collect();
        let mut seen: Vec<String> = Vec::new();
        for row in &rows {
            let quoted = quoted(row);
            if !seen.contains(&quoted) {
                seen.push(quoted);
            }
        }
        let more = seen.len().saturating_sub(QUOTED);
        seen.truncate(QUOTED);
        let quoted = seen.join("; ");
        match (rows.len(), more) {
            (0, _) => None,
            (_, 0) => Some(quoted),
            (_, more) => Some(format!("{quoted}; and {} more", format_count(more))),
        }
    }

    fn named_checks(&self) -> String {
        let mut checks: Vec<String> = self.rows.iter().map(|row| row.check.to_string()).collect();
        checks.dedup();
        list_up_to(&checks, QUOTED)
    }
}

/// The row that a blocked row waits for: the same subject's where there is one, then the connection's, then any.
fn root<'r>(row: &'r ResultRow, rows: &'r [ResultRow]) -> &'r ResultRow {
    let mut at = row;
    for _ in 0..LONGEST_CHAIN {
        let Some(check) = at
            .blocked_by
            .filter(|_| at.skip_reason == Some(SkipReason::Blocked))
        else {
            break;
        };
        let waits_for = |other: &&ResultRow| other.check == check && other.outcome != Outcome::Pass;
        let near = |other: &&ResultRow| {
            (
                other.subject != at.subject,
                other.connection != at.connection,
            )
        };
        let Some(next) = rows.iter().filter(waits_for).min_by_key(near) else {
            break;
        };
        at = next;
    }
    at
}

fn is_undecided(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Unknown | Outcome::Error | Outcome::Fail => true,
        Outcome::Skipped => row
            .skip_reason
            .is_none_or(|reason| reason == SkipReason::Blocked),
        Outcome::Pass => false,
    }
}

/// A check with what is known of it, such as `sign-in.graph: the token cannot be read`.
fn quoted(row: &ResultRow) -> String {
    let (check, message) = (
        row.check,
        row.message
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end_matches('.'),
    );
    match (row.outcome, row.blocked_by) {
        (Outcome::Error, _) => format!("internal error in `{check}`"),
        (Outcome::Skipped, Some(by)) => format!("`{check}` needs `{by}`, which did not pass"),
        _ if message.is_empty() => format!("`{check}` has no clear result"),
        _ => format!("`{check}`: {message}"),
    }
}

/// What ended the run, and how much of what counts was then not checked; `None` when every check had its turn.
fn end_of_run(report: &Report, requirement: Requirement) -> Option<String> {
    let counted = || {
        report
            .results
            .iter()
            .filter(|row| row.requirement == requirement)
    };
    let out_of_time = |row: &&ResultRow| row.skip_reason == Some(SkipReason::OutOfTime);
    let left = counted().filter(out_of_time).count();
    if left == 0 {
        return None;
    }
    let rooms = RoomCounts::of(&report.results);
    let not_checked =
        if rooms.not_checked > 0 && counted().filter(out_of_time).any(room_counts::is_room) {
            rooms.share(rooms.not_checked)
        } else {
            format!(
                "{} of {}",
                format_count(left),
                count_noun(
                    counted().count(),
                    &format!("{} check", requirement.as_str())
                )
            )
        };
    let end = match &report.target.deadline {
        _ if report.interrupted => "the run was interrupted".to_owned(),
        Some(deadline) => format!("the deadline of {deadline} ended the run"),
        None => "the time limit ended the run".to_owned(),
    };
    Some(format!("{end}, {not_checked} not checked"))
}

/// What required checks would have needed from the settings or from the tenant, each once.
fn missing_inputs(decisive: &Decisive<'_>) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for point in decisive.roots.iter().filter_map(|row| missing_input(row)) {
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

/// What a row would have needed from the settings or from the tenant.
fn missing_input(row: &ResultRow) -> Option<String> {
    let point = match (row.skip_reason?, row.check) {
        (SkipReason::NeedsInput, CheckId::MailSend) => {
            "mail is enabled and no sender is given (`[mail] from`, or a service account)"
        }
        (SkipReason::NeedsInput, CheckId::MailboxServiceAccount) => {
            "no usable Resource Login User ID was given"
        }
        (SkipReason::NeedsInput, check)
            if check == CheckId::SettingsRooms || check.group() == "mailbox" =>
        {
            "no rooms were given (`--room`, `--rooms`, or `rooms` in the settings file)"
        }
        (SkipReason::NeedsPermission, check)
            if check == CheckId::SettingsRooms || check.group() == "mailbox" =>
        {
            "the tenant did not list its rooms"
        }
        (SkipReason::NeedsInput, check) => {
            return Some(format!("`{check}` needs an input that was not given"));
        }
        (SkipReason::NeedsPermission, check) => {
            return Some(format!("`{check}` needs a permission"));
        }
        _ => return None,
    };
    Some(point.to_owned())
}

/// Booking is only reported to work where it was checked.
fn limited(report: &Report) -> String {
    let optional = Counts::of(
        report
            .results
            .iter()
            .filter(|row| row.requirement == Requirement::Optional),
    );
    let passed = format!(
        "{} of {} passed",
        format_count(optional.pass),
        count_noun(optional.total(), "optional check")
    );
    let decisive = Decisive::of(report);
    let mut points = match sections::deselected_sections(&report.results).as_slice() {
        [] => vec![booking(report), passed],
        sections => vec![
            passed,
            format!("left out on request: {}", list_up_to(sections, SECTIONS)),
        ],
    };
    points.extend(sampled(report));
    points.extend(end_of_run(report, Requirement::Optional));
    match decisive.problem() {
        Some(problem) => {
            points.push(format!(
                "see problem {} ({})",
                problem.number,
                problem.cause.title.trim_end_matches('.')
            ));
        }
        None => points.extend(decisive.undecided()),
    }
    format!("{}.", points.join("; "))
}

fn booking(report: &Report) -> String {
    let rooms = RoomCounts::of(&report.results).words();
    rooms.unwrap_or_else(|| "booking works".to_owned())
}

fn ready(report: &Report) -> String {
    let counts = Counts::of(
        report
            .results
            .iter()
            .filter(|row| row.outcome != Outcome::Skipped),
    );
    let left_out = left_out(report);
    if counts.total() == 0 {
        return format!("but nothing was checked{left_out}.");
    }
    let checks = format!(
        "{} of {} passed",
        format_count(counts.pass),
        count_noun(counts.total(), "check")
    );
    let rooms = RoomCounts::of(&report.results)
        .words()
        .map_or_else(String::new, |rooms| format!("{rooms}, "));
    let sampled = sampled(report).map_or_else(String::new, |sampled| format!("; {sampled}"));
    let only_settings =
        report.requests.is_empty() && !sections::deselected_sections(&report.results).is_empty();
    let scope = if only_settings {
        "only the settings were checked, no request was sent to Microsoft 365: "
    } else {
        ""
    };
    format!("{scope}{rooms}{checks}{left_out}{sampled}.")
}

/// How many checks were left out on request, and which sections with them.
fn left_out(report: &Report) -> String {
    let deselected = report
        .results
        .iter()
        .filter(|row| row.skip_reason == Some(SkipReason::Deselected))
        .count();
    match (
        deselected,
        sections::deselected_sections(&report.results).as_slice(),
    ) {
        (0, _) => String::new(),
        (left, []) => format!(", {} left out on request", format_count(left)),
        (left, sections) => {
            format!(
                ", {} left out on request, among them all of {}",
                format_count(left),
                list_up_to(sections, SECTIONS)
            )
        }
    }
}

/// That only a part of the rooms was checked because the user wanted it so.
fn sampled(report: &Report) -> Option<String> {
    let sample = report
        .target
        .narrowed_by
        .iter()
        .find(|narrowed| narrowed.starts_with("--sample"))?;
    Some(format!("not every room was checked (`{sample}`)"))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, blocked, row, skipped};
    use super::*;
    use crate::diagnosis::Cause;
    use Requirement::{Optional, Required};

    fn report(verdict: Verdict, mut rows: Vec<ResultRow>) -> Report {
        (1..).zip(&mut rows).for_each(|(n, row)| row.n = n);
        let mut report = fixture::report_all_passed();
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
        let cause = fixture::report().causes.swap_remove(0);
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
            mail.contains("no sender is given") && !mail.contains("problem"),
            "{mail}"
        );
        let missing = inconclusive(vec![
            skipped(CheckId::SettingsRooms, Required, SkipReason::NeedsInput),
            skipped(READ, Required, SkipReason::NeedsInput),
        ]);
        assert!(
            missing.contains("result: no rooms were given (`--room`") && !missing.contains("; "),
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
            !reason.contains("problem") && reason.contains("no rooms were given"),
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
            reason.contains("2 left out on request, among them all of Sign-in, Mailboxes"),
            "{reason}"
        );
        assert_eq!(
            super::super::verdict_reason::verdict_label(&settings),
            "READY, PARTIAL CHECK"
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
