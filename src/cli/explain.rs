//! `explain`: what a code, a cause, a check or a pasted log means. Offline.

mod scan;
mod words;

use std::io::{self, IsTerminal, Read};

use super::args::ExplainArguments;
use super::{CliError, Exit, output};

/// The longest log that is read. A longer one is cut there, and the answer says so.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    let text = if arguments.what.is_empty() { pasted()? } else { arguments.what.join("\n") };
    let found = scan::scan(&text);
    output::document(&words::explain(&found, &text, arguments.what.is_empty()))?;
    Ok(Exit::Fine)
}

/// Reads standard input, in UTF-8 or in the UTF-16 that Windows tools write.
fn pasted() -> Result<String, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        output::message("paste the log or the error, then end the input (Ctrl-D, on Windows Ctrl-Z and Enter)");
    }
    let mut bytes = Vec::new();
    stdin
        .lock()
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|source| CliError::Usage(format!("standard input cannot be read: {source}")))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CliError::Usage("nothing to explain: name a code, a cause or a check, or paste a log".to_owned()));
    }
    Ok(crate::settings::decode_text(&bytes))
}
