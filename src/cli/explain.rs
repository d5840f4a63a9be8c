//! `explain`: explains a code, a cause, a check or a pasted log. Works offline.

mod cause_text;
mod code_matcher;
mod denials;
mod explanation;
mod finding_text;
mod findings;
mod folding;
mod hidden_secrets;
mod index;
mod line_joining;
mod listing;
mod log_timestamp;
mod name_lookup;
mod narrowing;
mod occurrences;
mod own_report;
mod own_titles;
mod policy_header;
mod ranking;
mod render;
mod scan;
mod sentence_matcher;
mod service_context;
mod service_marks;
mod table_columns;
mod ticket;
mod time_formats;
mod timeline;
mod token_context;
mod tokenizer;

pub use listing::ListedArgument;

use crate::settings::quotable;

use super::args::ExplainArguments;
use super::{CliError, Exit, output, stdin};

/// Maximum size of a log; the rest of a longer one is not read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    if let Some(kind) = arguments.list {
        output::document(&listing::list(kind))?;
        return Ok(Exit::Success);
    }
    let (output, exit) = if arguments.what.is_empty() {
        explain_pasted(&read_pasted()?)
    } else {
        explain_typed(&arguments.what.join(" "))
    };
    // The explanation quotes ids, times and messages of the text. A secret among them must not be repeated.
    output::document(&quotable(&output))?;
    Ok(exit)
}

/// Explains a pasted log as `explain` prints it.
pub fn explain_log(text: &str) -> String {
    quotable(&explain_pasted(text).0).into_owned()
}

fn explain_pasted(text: &str) -> (String, Exit) {
    let text = hidden_secrets::without_secrets(text);
    let text = line_joining::join_headers(&text);
    let text = line_joining::join_codes(&text);
    let text = table_columns::label_cells(&text);
    let mut findings = scan::scan(&text);
    let is_own = own_report::is_own_output(&text);
    let heading = is_own
        .then(|| own_report::heading(&mut findings, &text))
        .flatten();
    let exit = exit_of(findings.is_empty() && heading.is_none());
    let output = match heading {
        Some(heading) => heading + &render::explain_report(&findings),
        None => render::explain(&findings, &text, true, is_own),
    };
    (output, exit)
}

fn explain_typed(typed: &str) -> (String, Exit) {
    let text = quotable(typed);
    let text = hidden_secrets::without_secrets(&text);
    let findings = scan::scan(&text);
    // Only a known name is printed, so a mistyped name that resembles a secret can still be corrected.
    let meant = || name_lookup::nearest_name(typed).map(|name| format!("Did you mean `{name}`?\n"));
    if findings.is_empty() {
        return match name_lookup::explain(&text) {
            Some(output) => (output + &render::knowledge_date_line(), Exit::Success),
            None => (
                render::explain(&findings, &text, false, false) + &meant().unwrap_or_default(),
                Exit::NothingFound,
            ),
        };
    }
    // The id of a cause comes from a report of this program.
    let is_own = !findings.causes.is_empty() || own_report::is_own_output(&text);
    let output = render::explain(&findings, &text, false, is_own);
    match meant().filter(|_| findings.has_only_unknown_codes()) {
        Some(meant) => (output + &meant, Exit::NothingFound),
        // A permission and a check can have the same name.
        None => (
            name_lookup::permission(&text).unwrap_or_default() + &output,
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

fn read_pasted() -> Result<String, CliError> {
    let what = "the log or the error message (or run `rx-preflight explain CODE`, or `rx-preflight explain --list`)";
    let pasted = stdin::read_pasted(what, MAX_BYTES)?;
    if pasted.is_cut {
        output::message(&format!(
            "rx-preflight: {}; only the beginning is explained, so paste the part around the error",
            stdin::too_long(MAX_BYTES)
        ));
    }
    let text = pasted.text;
    if text.trim().is_empty() {
        let message = "there is nothing to explain: enter a code, a cause or a check (for example, `rx-preflight explain AADSTS7000215`), or paste a log; `--list` shows all entries";
        return Err(CliError::Usage(message.to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
