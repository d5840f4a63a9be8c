//! Paths and write errors for messages.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::report::sanitize;

/// Path for a message: on one line, without terminal control characters.
pub(super) fn display_path(path: &Path) -> String {
    sanitize::sanitize_line(&path.display().to_string())
}

/// Why something cannot be written, in words of this program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Reason(pub(super) String);

/// Describes why something cannot be written, without the error number of the system and without the name of a temporary
/// file.
pub(super) fn describe_write_error(error: &io::Error) -> String {
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
