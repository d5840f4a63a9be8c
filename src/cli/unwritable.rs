//! Paths and write errors in words of this program.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::report::sanitize;

/// A path for a message: on one line, and with nothing in it that steers a terminal.
pub(super) fn shown(path: &Path) -> String {
    sanitize::sanitize_line(&path.display().to_string())
}

/// Why something cannot be written, in words of this program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Reason(pub(super) String);

/// Why something cannot be written. The message of the system ends in a number, and that of a temporary file in its name;
/// neither says anything to anyone.
pub(super) fn unwritable_because(error: &io::Error) -> String {
    match error
        .get_ref()
        .and_then(|reason| reason.downcast_ref::<Reason>())
    {
        Some(reason) => reason.to_string(),
        None => match error.kind() {
            ErrorKind::StorageFull => "the disk is full".to_owned(),
            ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
            ErrorKind::PermissionDenied => "access is denied".to_owned(),
            kind => kind.to_string(),
        },
    }
}
