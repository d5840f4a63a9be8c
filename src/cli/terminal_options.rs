//! Color, width and character set of the table.

use std::env;
use std::io::{self, IsTerminal};

use crate::report::table::{Detail, TableOptions};

use super::args::{OutputArguments, When};
use super::character_set::stdout_shows_unicode;

/// The width of a report that goes to no terminal.
const WIDTH_WITHOUT_TERMINAL: usize = 100;
/// Narrower than this, tables cannot be read any more.
const NARROWEST: usize = 60;
/// Wider than this, sentences cannot be read any more.
const WIDEST: usize = 120;

/// The options of the table for standard output or for a file.
pub(super) fn table_options(arguments: &OutputArguments, on_stdout: bool) -> TableOptions {
    TableOptions {
        width: if on_stdout {
            width()
        } else {
            WIDTH_WITHOUT_TERMINAL
        },
        color: on_stdout && uses_color(arguments.color),
        unicode: !on_stdout || stdout_shows_unicode(),
        plain: arguments.plain,
        detail: detail(arguments, on_stdout),
    }
}

/// A chat gets the short form, and a terminal one screen; a file is kept, so it holds the whole report.
fn detail(arguments: &OutputArguments, on_stdout: bool) -> Detail {
    let number = arguments
        .problem
        .and_then(|number| usize::try_from(number).ok());
    match number {
        _ if !on_stdout || arguments.verbose => Detail::Verbose,
        Some(number) => Detail::Problem(number),
        None if arguments.brief => Detail::Brief,
        None => Detail::Normal,
    }
}

fn width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH_WITHOUT_TERMINAL;
    }
    let columns = comfy_table::Table::new()
        .width()
        .map_or(WIDTH_WITHOUT_TERMINAL, usize::from);
    columns.clamp(NARROWEST, WIDEST)
}

/// Whether standard output gets color codes. Only a terminal that gets some is set up for them.
fn uses_color(when: When) -> bool {
    let variable = |name: &str| env::var(name).ok();
    let is_terminal = io::stdout().is_terminal();
    is_wanted(when, is_terminal, variable) && (!is_terminal || processes_color_codes(when))
}

/// The option, then `NO_COLOR` (if not empty), then `CLICOLOR_FORCE` (if neither empty nor 0), then the terminal.
fn is_wanted(when: When, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR").is_some() => false,
        When::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        // A dumb terminal shows color codes as text.
        When::Auto => is_terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// A console of Windows shows color codes as text, and counts them as letters, unless a mode is set, as both
/// libraries do here. Windows before version 10 cannot; then there is color only on demand.
#[cfg(windows)]
fn processes_color_codes(when: When) -> bool {
    // This one also acts where `NO_COLOR` is set, which the option overrides, but it reports no failure.
    let _ = colored::control::set_virtual_terminal(true);
    when == When::Always || console::Term::stdout().features().colors_supported()
}

/// Other terminals are described by their variables.
#[cfg(not(windows))]
fn processes_color_codes(_when: When) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_comes_before_the_variables_and_these_before_the_terminal() {
        for (when, is_terminal, set, is_color) in [
            (When::Always, false, &[("NO_COLOR", "1")][..], true),
            (When::Never, true, &[("CLICOLOR_FORCE", "1")], false),
            (When::Auto, true, &[], true),
            (When::Auto, false, &[], false),
            (When::Auto, true, &[("NO_COLOR", "1")], false),
            (When::Auto, true, &[("NO_COLOR", "")], true),
            (When::Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (When::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (
                When::Auto,
                true,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                false,
            ),
            (When::Auto, true, &[("TERM", "dumb")], false),
            (When::Auto, true, &[("TERM", "xterm")], true),
        ] {
            let variable = |name: &str| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(
                is_wanted(when, is_terminal, variable),
                is_color,
                "{when:?} {set:?}"
            );
        }
    }
}
