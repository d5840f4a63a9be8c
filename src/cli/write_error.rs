//! Paths and write errors for messages.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::report::sanitize;
use crate::settings::displayed_path;

/// `ERROR_SHARING_VIOLATION` and `ERROR_LOCK_VIOLATION` of Windows.
const HELD_BY_ANOTHER: [i32; 2] = [32, 33];

/// Path for a message: on one line, without terminal control characters.
pub(super) fn display_path(path: &Path) -> String {
    sanitize::sanitize_line(&displayed_path(path))
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
        None if is_held_by_another(error, cfg!(windows)) => {
            "another program has this file open; close it there".to_owned()
        }
        None => match error.kind() {
            ErrorKind::StorageFull => "the disk is full".to_owned(),
            ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
            ErrorKind::PermissionDenied => "access is denied".to_owned(),
            kind => kind.to_string(),
        },
    }
}

/// Whether a file cannot be written because another program has it open. On other systems than Windows the numbers mean
/// something else.
pub(super) fn is_held_by_another(error: &io::Error, is_windows: bool) -> bool {
    is_windows
        && error
            .raw_os_error()
            .is_some_and(|code| HELD_BY_ANOTHER.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_means_only_on_windows_that_another_program_holds_a_file() {
        let held = io::Error::from_raw_os_error(32);
        assert!(is_held_by_another(&held, true));
        assert!(!is_held_by_another(&held, false));
        assert!(!is_held_by_another(&io::Error::from_raw_os_error(5), true));
    }
}
