//! Color, width and character set of the table.

use std::env;
use std::io::{self, IsTerminal};

use crate::report::table::{Detail, TableOptions};

use super::args::{OutputArguments, When};

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
        unicode: !on_stdout || is_utf8(),
        plain: arguments.plain,
        detail: detail(arguments, on_stdout),
    }
}

/// A chat gets the short form; a file is kept, so it holds the whole report.
fn detail(arguments: &OutputArguments, on_stdout: bool) -> Detail {
    match (arguments.verbose, arguments.brief && on_stdout) {
        (_, true) => Detail::Brief,
        (true, _) => Detail::Verbose,
        _ => Detail::Normal,
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

/// The option, then `NO_COLOR` (if not empty), then `CLICOLOR_FORCE` (if neither empty nor 0), then the terminal.
fn uses_color(when: When) -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto
            if set("CLICOLOR_FORCE")
                && env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") =>
        {
            true
        }
        When::Auto => {
            // A dumb terminal shows color codes as text.
            io::stdout().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Whether to use Unicode characters: a pipe or a file accepts UTF-8, a terminal only if its locale does.
fn is_utf8() -> bool {
    // A Windows console uses a code page, which the locale variables below do not describe.
    if !io::stdout().is_terminal() || cfg!(windows) {
        return !cfg!(windows) || !io::stdout().is_terminal();
    }
    // This is the order of precedence in POSIX, where an empty variable counts as not set.
    let first = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    first.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
