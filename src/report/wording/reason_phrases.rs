//! Phrases of the sentence that gives the reason of the verdict.

use crate::report::counting::{count_noun, format_count, list_up_to};
use crate::terms::{CheckGroup, CheckId, Requirement, SkipReason};

/// How many deselected sections are named before the rest is counted.
const SECTIONS: usize = 6;

/// Lead of the reason of an inconclusive run.
pub const NO_CLEAR_RESULT: &str = "not every required check has a clear result";
/// Lead of the reason where no request was sent on purpose.
pub const ONLY_SETTINGS: &str =
    "only the settings were checked, no request was sent to Microsoft 365: ";
/// All rooms were left to other runs, and nothing failed.
pub const BOOKING_WORKS: &str = "booking works";

/// The problem to solve first.
pub fn start_with(number: usize, title: &str) -> String {
    format!("start with problem {number} ({})", without_period(title))
}

/// The note that explains what was not checked.
pub fn see_note(number: usize, title: &str) -> String {
    format!("see note {number} ({})", without_period(title))
}

/// The problem behind a limitation.
pub fn see_problem(number: usize, title: &str) -> String {
    format!("see problem {number} ({})", without_period(title))
}

fn without_period(title: &str) -> &str {
    title.trim_end_matches('.')
}

/// `3 required checks failed`.
pub fn required_failed(count: usize) -> String {
    format!("{} failed", count_noun(count, "required check"))
}

/// Failing rooms together with failed checks of another cause.
pub fn rooms_and_checks_fail(rooms: &str, checks: usize) -> String {
    format!(
        "{rooms} and {} fail",
        count_noun(checks, "other required check")
    )
}

/// `5 of 6 optional checks passed`.
pub fn optional_passed(passed: usize, total: usize) -> String {
    format!(
        "{} of {} passed",
        format_count(passed),
        count_noun(total, "optional check")
    )
}

/// `41 of 42 checks passed`.
pub fn checks_passed(passed: usize, total: usize) -> String {
    format!(
        "{} of {} passed",
        format_count(passed),
        count_noun(total, "check")
    )
}

/// No check was run; `deselected` is empty or begins with a comma.
pub fn nothing_checked(deselected: &str) -> String {
    format!("no checks were run{deselected}.")
}

/// How many checks were left out, and which sections as a whole. `by_options` is whether options of the run selected checks;
/// without them, the settings leave out a feature.
pub fn deselected(checks: usize, sections: &[String], by_options: bool) -> String {
    let counted = format!(
        ", {} {}",
        count_noun(checks, "check"),
        left_out_by(by_options)
    );
    if sections.is_empty() {
        counted
    } else {
        format!(
            "{counted}, including all of {}",
            list_up_to(sections, SECTIONS)
        )
    }
}

/// The sections that the options of the run left out as a whole.
pub fn deselected_sections(sections: &[String]) -> String {
    format!("{}: {}", left_out_by(true), list_up_to(sections, SECTIONS))
}

fn left_out_by(options: bool) -> &'static str {
    if options {
        "deselected by the options of this run"
    } else {
        "not needed with these settings"
    }
}

/// Only a sample of the rooms was checked.
pub fn sampled(option: &str) -> String {
    format!("not every room was checked (`{option}`)")
}

/// What ended a run before every check was run.
pub fn end_of_run(interrupted: bool, deadline: Option<&str>) -> String {
    match deadline {
        _ if interrupted => "the run was interrupted".to_owned(),
        Some(deadline) => format!("the deadline of {deadline} ended the run"),
        None => "the time limit ended the run".to_owned(),
    }
}

/// How many checks of a requirement were not run.
pub fn share_of_checks_not_run(left: usize, total: usize, requirement: Requirement) -> String {
    format!(
        "{} of {} not checked",
        format_count(left),
        count_noun(total, &format!("{} check", requirement.as_str()))
    )
}

/// An undecided check with an internal error.
pub fn internal_error_in(check: CheckId) -> String {
    format!("internal error in `{check}`")
}

/// A check that requires another one.
pub fn requires_check(check: CheckId, by: CheckId) -> String {
    format!("`{check}` requires `{by}`, which did not pass")
}

/// A check with the first line of its message.
pub fn check_with_message(check: CheckId, message: &str) -> String {
    if message.is_empty() {
        format!("`{check}` has no clear result")
    } else {
        format!("`{check}`: {message}")
    }
}

/// The first few quotations, and how many more there are.
pub fn quotations(quoted: &[String], more: usize) -> String {
    let quoted = quoted.join("; ");
    if more == 0 {
        quoted
    } else {
        format!("{quoted}; and {} more", format_count(more))
    }
}

/// What a skipped check needs from the settings or from the tenant; `None` for other reasons.
pub fn missing_input(reason: SkipReason, check: CheckId) -> Option<String> {
    let is_about_rooms = check == CheckId::SettingsRooms || check.group() == CheckGroup::Mailbox;
    let point = match (reason, check) {
        (SkipReason::NeedsInput, CheckId::MailSend) => {
            "mail is enabled, but no sender is configured (`[mail] from`, or a service account)"
        }
        (SkipReason::NeedsInput, CheckId::MailboxServiceAccount) => {
            "no usable Resource Login User ID is configured"
        }
        (SkipReason::NeedsInput, _) if is_about_rooms => {
            "no rooms are configured (`--room`, `--rooms`, or `rooms` in the settings file)"
        }
        (SkipReason::NeedsPermission, _) if is_about_rooms => {
            "no rooms were checked, because the tenant did not list its rooms"
        }
        (SkipReason::NeedsInput, _) => {
            return Some(format!("`{check}` requires an input that is missing"));
        }
        (SkipReason::NeedsPermission, _) => {
            return Some(format!("`{check}` requires a permission"));
        }
        _ => return None,
    };
    Some(point.to_owned())
}
