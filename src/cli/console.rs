//! Standard output and standard error.

use std::io::{self, ErrorKind, Write};

use super::CliError;
use crate::report::sanitize;
use crate::settings::echoed;

/// Writes a message of one line to standard error, without anything in it that looks like a secret; whatever could steer a
/// terminal is shown by its code point. There is nowhere to report a failure of that.
pub(super) fn message(text: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "{}",
        sanitize::sanitize_line(&echoed(text))
    );
}

/// Writes a document to standard output.
pub(super) fn document(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    to_stdout(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
}

/// A reader that has seen enough is no error.
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
