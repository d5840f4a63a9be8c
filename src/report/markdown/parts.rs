//! Parts of the page that several others have, and its limits.

use std::fmt::Write as _;

use crate::diagnosis::{Command, ConsoleValues};
use crate::report::{migration_view, wording};

use super::escape::{escape, fence};

/// Jira takes comments of 32,767 characters; some room is left for the words around.
const LONGEST: usize = 30_000;
/// Of a longer command only the length is shown: a truncated one would be dangerous to copy.
const LONGEST_COMMAND: usize = 1_500;
/// The same in the second half of a page, so that there is room for the parts behind the commands.
const LONGEST_LATE_COMMAND: usize = 300;

pub(super) fn heading(page: &mut String, text: &str) {
    let _ = writeln!(page, "### {text}\n");
}

pub(super) fn bullet(page: &mut String, label: &str, text: &str) {
    let _ = writeln!(page, "- {label}: {text}");
}

pub(super) fn draw_command(page: &mut String, command: &Command) {
    let length = command.text().len();
    let longest = if page.len() > LONGEST / 2 {
        LONGEST_LATE_COMMAND
    } else {
        LONGEST_COMMAND
    };
    let block = if length > longest {
        wording::command_in_json(command.shell_name(), length)
    } else {
        fence(command.shell(), command.text())
    };
    let _ = writeln!(page, "{block}\n");
}

/// The values to enter in the console: a list for each group of places.
pub(in crate::report) fn console_values(all: &[ConsoleValues]) -> String {
    let mut text = String::new();
    for values in all {
        let _ = writeln!(text, "**{}**\n", escape(&migration_view::places(values)));
        for field in &values.fields {
            let value = escape(&wording::console_value(field));
            bullet(&mut text, &escape(&field.name), &value);
        }
        text.push('\n');
    }
    text
}

/// Whether a further part could exceed the limit; the last sixth is left for the parts that always follow.
pub(super) fn is_full(page: &str) -> bool {
    page.len() > LONGEST - LONGEST / 6
}
