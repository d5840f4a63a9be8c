//! Standard output and standard error.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write};

use crate::report::sanitize;
use crate::settings::quotable;

use super::CliError;
use super::ascii_json::in_ascii_if_json;
use super::character_set::stdout_shows_unicode;

/// Writes a message of one line to standard error, without anything in it that looks like a secret; terminal control
/// characters are shown as code points. A failure is ignored, because there is nowhere to report it.
pub(super) fn message(text: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "{}",
        sanitize::sanitize_line(&quotable(text))
    );
}

/// Writes a document to standard output. JSON arrives unchanged also where characters outside ASCII would not.
pub(super) fn document(text: &str) -> Result<(), CliError> {
    let text = if stdout_shows_unicode() {
        Cow::Borrowed(text)
    } else {
        in_ascii_if_json(text)
    };
    let mut stdout = io::stdout().lock();
    to_stdout(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
}

/// Result of writing to standard output. A closed pipe (for example, of `head`) is not an error.
pub(super) fn to_stdout(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(CliError::Unwritable {
            what: "standard output".to_owned(),
            source,
        }),
        Ok(()) => Ok(()),
    }
}
