//! How the files of monitors differ from those of people, who are the owners of their reports.

use std::path::Path;

use crate::report::Format;

use super::files::{Readers, Unmoved};

/// The format of a file by its extension.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    Format::from_extension(path.extension()?.to_str()?)
}

/// Whether a file of this name is for a monitor.
pub(super) fn is_for_monitor(path: &Path) -> bool {
    format_of(path).is_some_and(Format::is_for_monitor)
}

/// Who may read a document. The collector of a monitor has an account of its own.
pub(super) fn readers(path: &Path) -> Readers {
    if is_for_monitor(path) {
        Readers::Others
    } else {
        Readers::Default
    }
}

/// What happens to a document that cannot be moved to its path. A collector would read a copy beside that of a monitor.
pub(super) fn unmoved(path: &Path) -> Unmoved {
    if is_for_monitor(path) {
        Unmoved::Discard
    } else {
        Unmoved::Keep
    }
}
