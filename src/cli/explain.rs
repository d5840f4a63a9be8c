//! `explain`: what a code, a cause, a check or a pasted log means. Offline.

mod codes;
mod cut;
mod found;
mod known;
mod place;
mod policy;
mod remedy;
mod scan;
mod ticket;
mod times;
mod words;

use super::args::ExplainArguments;
use super::{CliError, Exit, input, output};
use crate::settings::echoed;

/// The longest log that is read; a longer one is cut there.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    let text = if arguments.what.is_empty() { pasted()? } else { echoed(&arguments.what.join(" ")).into_owned() };
    let found = scan::scan(&text);
    output::document(&words::explain(&found, &text, arguments.what.is_empty()))?;
    Ok(Exit::Fine)
}

fn pasted() -> Result<String, CliError> {
    let text = input::pasted("the log or the error", LONGEST)?;
    if text.trim().is_empty() {
        return Err(CliError::Usage("nothing to explain: name a code, a cause or a check, or paste a log".to_owned()));
    }
    Ok(text)
}
