//! What the report of a large estate leaves to `--verbose` and to the other formats, so that twenty locations with one
//! problem fit on a page.

use crate::diagnosis::{Cause, Command, ResultRow};
use crate::report::Report;
use crate::report::group::RowGroup;
use crate::terms::{Outcome, Requirement};

/// Up to this number connections are shown one by one.
pub(super) const LISTED: usize = 6;

/// From this number on, mailboxes make a command long.
const MANY: usize = 12;

/// A command with a longer line is no longer readable on a terminal, let alone copied from it.
const LONGEST_LINE: usize = 400;

/// Whether a report has more connections than are shown one by one.
pub(super) fn is_large(report: &Report) -> bool {
    report.target.connections.len() > LISTED
}

/// Whether rows need a place of their own. In a large estate the cause has already said how many checks it explains, and
/// what only an administrator can see is counted among what the report does not cover.
pub(super) fn is_shown(group: &RowGroup<'_>, compact: bool) -> bool {
    let is_advice = |row: &&ResultRow| row.requirement == Requirement::Advisory && row.outcome == Outcome::Skipped;
    !compact || (group.cause.is_none() && !group.rows.iter().all(is_advice))
}

/// Whether the commands of a cause are too long for a terminal because they name dozens of mailboxes. Any other command is
/// shown whole, however long it is.
pub(super) fn names_too_many(cause: &Cause) -> bool {
    let is_long = |command: &Command| command.text().lines().any(|line| line.chars().count() > LONGEST_LINE);
    cause.subjects.len() > MANY && cause.remedy.commands.iter().any(is_long)
}

/// What is shown in the place of commands that are too long.
pub(super) const IN_THE_HAND_OVER: &str = "too many mailboxes for a terminal; use `--verbose`, or `--output report.json` \
                                           and then `rx-preflight report report.json --for admin`";
