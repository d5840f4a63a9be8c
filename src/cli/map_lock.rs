//! Lock of a redaction map against other runs of this program.

use std::fs::File;
use std::path::Path;

use super::files::folder_of;

/// Locks the map until the result is dropped. The lock is on the folder, because the map itself is replaced. Where a folder
/// cannot be locked (on some network file systems), two runs that end at the same moment can still miss each other's names.
#[cfg(unix)]
pub(super) fn lock_map(map: &Path) -> Option<File> {
    let folder = File::open(folder_of(map)).ok()?;
    folder.lock().ok().map(|()| folder)
}

/// The same on Windows, where a folder cannot be opened. The lock is a file beside the map, which only one process can have
/// open, and which the system removes when that process closes it, however it ends.
#[cfg(windows)]
pub(super) fn lock_map(map: &Path) -> Option<File> {
    use std::fs::OpenOptions;
    use std::os::windows::fs::OpenOptionsExt;
    use std::time::Duration;

    use super::persist::while_held;
    use super::windows_names::unlimited;

    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    /// Saving a map starts two programs; this is enough for many runs that end at the same moment.
    const PATIENCE: Duration = Duration::from_secs(10);
    let mut name = map.file_name()?.to_owned();
    name.push(".lock");
    let path = folder_of(map).join(name);
    let open = || {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .share_mode(0)
            .custom_flags(DELETE_ON_CLOSE)
            .open(unlimited(&path))
    };
    while_held(true, PATIENCE, open).ok()
}
