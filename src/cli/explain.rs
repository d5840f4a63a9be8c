//! `explain`: what a code, a cause, a check or a pasted log means. Offline.

mod cause_text;
mod code_matcher;
mod findings;
mod folding;
mod index;
mod line_joining;
mod listing;
mod log_timestamp;
mod name_lookup;
mod narrowing;
mod occurrences;
mod own_report;
mod policy_header;
mod ranking;
mod render;
mod scan;
mod sentence_matcher;
mod service_context;
mod service_marks;
mod ticket;
mod time_formats;
mod timeline;
mod token_context;
mod tokenizer;

pub use listing::ListedArgument;

use super::args::ExplainArguments;
use super::{CliError, Exit, input, output};
use crate::settings::echoed;

/// The longest log that is read; a longer one is cut there.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    if let Some(kind) = arguments.list {
        output::document(&listing::list(kind))?;
        return Ok(Exit::Fine);
    }
    let (output, exit) = if arguments.what.is_empty() {
        explain_pasted(&read_pasted()?)
    } else {
        explain_typed(&arguments.what.join(" "))
    };
    // Ids, times and messages of the text are quoted: a secret among them must not be.
    output::document(&echoed(&output))?;
    Ok(exit)
}

fn explain_pasted(text: &str) -> (String, Exit) {
    let text = line_joining::join_headers(text);
    let text = line_joining::join_codes(&text);
    let mut found = scan::scan(&text);
    let is_own = own_report::is_own_output(&text);
    let heading = is_own
        .then(|| own_report::heading(&mut found, &text))
        .flatten();
    let exit = exit_of(found.is_empty() && heading.is_none());
    let output = match heading {
        Some(heading) => heading + &render::explain_report(&found),
        None => render::explain(&found, &text, true, is_own),
    };
    (output, exit)
}

fn explain_typed(typed: &str) -> (String, Exit) {
    let text = echoed(typed);
    let found = scan::scan(&text);
    // Only a known name is repeated, so a typed one that resembles a secret can still be corrected.
    let meant = || name_lookup::nearest_name(typed).map(|name| format!("Did you mean `{name}`?\n"));
    if found.is_empty() {
        return match name_lookup::explain(&text) {
            Some(output) => (output + &render::knowledge_date_line(), Exit::Fine),
            None => (
                render::explain(&found, &text, false, false) + &meant().unwrap_or_default(),
                Exit::NothingFound,
            ),
        };
    }
    // Who types the id of a cause has it from a report of this program.
    let is_own = !found.causes.is_empty() || own_report::is_own_output(&text);
    let output = render::explain(&found, &text, false, is_own);
    match meant().filter(|_| found.has_only_unknown_codes()) {
        Some(meant) => (output + &meant, Exit::NothingFound),
        // The name of a permission can be that of a check as well.
        None => (
            name_lookup::permission(&text).unwrap_or_default() + &output,
            Exit::Fine,
        ),
    }
}

fn exit_of(is_empty: bool) -> Exit {
    if is_empty {
        Exit::NothingFound
    } else {
        Exit::Fine
    }
}

fn read_pasted() -> Result<String, CliError> {
    let what = "the log or the error (or run `rx-preflight explain CODE`, or `rx-preflight explain --list`)";
    let text = input::pasted(what, MAX_BYTES)?;
    if text.trim().is_empty() {
        let message = "nothing to explain: name a code, a cause or a check, or paste a log; `--list` shows what is known";
        return Err(CliError::Usage(message.to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
