//! `explain`: what a code, a cause, a check or a pasted log means. Offline.

mod beside;
mod codes;
mod context;
mod cut;
mod folding;
mod found;
mod joined;
mod known;
mod list;
mod names;
mod order;
mod own;
mod place;
mod policy;
mod remedy;
mod scan;
mod seen;
mod sentences;
mod service;
mod stamp;
mod ticket;
mod timeline;
mod times;
mod words;

pub use list::ListedArgument;

use super::args::ExplainArguments;
use super::{CliError, Exit, output, stdin};
use crate::settings::echoed;

/// The longest log that is read; a longer one is cut there.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    if let Some(kind) = arguments.list {
        output::document(&list::list(kind))?;
        return Ok(Exit::Success);
    }
    let (answer, exit) = if arguments.what.is_empty() {
        of_pasted(&pasted()?)
    } else {
        of_typed(&arguments.what.join(" "))
    };
    // Ids, times and messages of the text are quoted: a secret among them must not be.
    output::document(&echoed(&answer))?;
    Ok(exit)
}

fn of_pasted(text: &str) -> (String, Exit) {
    let text = joined::headers(text);
    let text = joined::numbers(&text);
    let mut found = scan::scan(&text);
    let is_own = own::wrote(&text);
    let heading = is_own.then(|| own::heading(&mut found, &text)).flatten();
    let exit = exit_of(found.is_empty() && heading.is_none());
    let answer = match heading {
        Some(heading) => heading + &words::report(&found),
        None => words::explain(&found, &text, true, is_own),
    };
    (answer, exit)
}

fn of_typed(typed: &str) -> (String, Exit) {
    let text = echoed(typed);
    let found = scan::scan(&text);
    // Only a known name is repeated, so a typed one that resembles a secret can still be corrected.
    let meant = || names::meant(typed).map(|name| format!("Did you mean `{name}`?\n"));
    if found.is_empty() {
        return match names::explain(&text) {
            Some(answer) => (answer + &words::date(), Exit::Success),
            None => (
                words::explain(&found, &text, false, false) + &meant().unwrap_or_default(),
                Exit::NothingFound,
            ),
        };
    }
    // Who types the id of a cause has it from a report of this program.
    let is_own = !found.causes.is_empty() || own::wrote(&text);
    let answer = words::explain(&found, &text, false, is_own);
    match meant().filter(|_| found.has_only_unknown_codes()) {
        Some(meant) => (answer + &meant, Exit::NothingFound),
        // The name of a permission can be that of a check as well.
        None => (
            names::permission(&text).unwrap_or_default() + &answer,
            Exit::Success,
        ),
    }
}

fn exit_of(is_empty: bool) -> Exit {
    if is_empty {
        Exit::NothingFound
    } else {
        Exit::Success
    }
}

fn pasted() -> Result<String, CliError> {
    let what = "the log or the error (or run `rx-preflight explain CODE`, or `rx-preflight explain --list`)";
    let text = stdin::read_pasted(what, LONGEST)?;
    if text.trim().is_empty() {
        let message = "nothing to explain: name a code, a cause or a check, or paste a log; `--list` shows what is known";
        return Err(CliError::Usage(message.to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
