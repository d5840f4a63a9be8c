//! Commands that name too many mailboxes for a page that people read. They are complete in the hand-over; a part of one
//! would run for a part of the rooms, so a page shows none of it.

use crate::diagnosis::{Cause, Command};
use crate::knowledge::ArrayLayout;

/// From this number on, mailboxes make a command long.
const MANY: usize = 12;
/// A command with a longer line is no longer readable, let alone copied by hand.
const LONGEST_LINE: usize = 400;
/// How wide the array of a long list is where a page does show it.
const COLUMNS: usize = 100;

/// Whether the commands of a cause are too long because they name dozens of mailboxes. Any other command is shown whole,
/// however long it is.
pub(super) fn is_too_long_to_show(cause: &Cause) -> bool {
    let is_long = |command: &Command| {
        command
            .text()
            .lines()
            .any(|line| line.chars().count() > LONGEST_LINE)
    };
    cause.subjects.len() > MANY && cause.remedy.commands.iter().any(is_long)
}

/// The text of a command for a page.
pub(super) fn for_a_page(command: &Command) -> String {
    command.laid_out(ArrayLayout::Filled(COLUMNS))
}

/// The text of a command for a script that somebody edits.
pub(super) fn for_a_script(command: &Command) -> String {
    command.laid_out(ArrayLayout::OneInALine)
}
