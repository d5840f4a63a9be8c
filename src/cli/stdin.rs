//! Text that is pasted on standard input.

use std::io::{self, IsTerminal, Read};

use crate::settings::decode_text;

use super::{CliError, output};

/// Reads standard input up to `longest` bytes, in UTF-8 or in the UTF-16 that Windows tools write. On a terminal it
/// prints what it expects.
pub(super) fn read_pasted(what: &str, longest: u64) -> Result<String, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        output::message(&format!(
            "paste {what}, then press Ctrl-D (on Windows, Ctrl-Z and Enter)"
        ));
    }
    let mut bytes = Vec::new();
    stdin
        .lock()
        .take(longest)
        .read_to_end(&mut bytes)
        .map_err(|source| {
            CliError::Usage(format!("standard input cannot be read: {}", source.kind()))
        })?;
    Ok(decode_text(&bytes))
}
