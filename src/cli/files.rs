//! Files that this program writes: completely or not at all, and never over a file that the run reads.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf, is_separator};

use tempfile::{Builder, NamedTempFile};

use super::CliError;
use super::owner_only::restrict_to_owner;
use super::windows_names::{path_fault, unlimited};

pub(super) use super::persist::{Unmoved, persist};
pub(super) use super::write_error::{Reason, describe_write_error, display_path};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// The default for temporary files: on Unix the user of this process, on Windows those of the folder.
    Default,
    /// Every user whom the umask allows, because the collector of a monitor has an account of its own.
    Others,
    /// The user of this process.
    Owner,
}

/// Writes a file completely or not at all: to a temporary file in the same folder, which then replaces it.
pub(super) fn write(path: &Path, bytes: &[u8], unmoved: Unmoved) -> Result<(), CliError> {
    write_bytes(path, bytes, Readers::Default, unmoved)
}

/// The same for a file that a monitor reads. The next run writes it again, so nothing is kept where it cannot be moved.
pub(super) fn write_for_others(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    write_bytes(path, bytes, Readers::Others, Unmoved::Discard)
}

/// The same for a file that only the user of this process may read.
pub(super) fn write_private(path: &Path, bytes: &[u8], unmoved: Unmoved) -> Result<(), CliError> {
    write_bytes(path, bytes, Readers::Owner, unmoved)
}

fn write_bytes(
    path: &Path,
    bytes: &[u8],
    readers: Readers,
    unmoved: Unmoved,
) -> Result<(), CliError> {
    let fresh = write_temporary(path, readers, |to| {
        to.write_all(bytes)
            .map_err(|source| CliError::unwritable_file(path, source))
    })?;
    persist(fresh, path, unmoved)
}

/// Writes a temporary file in the folder of the file that it will replace.
pub(super) fn write_temporary(
    path: &Path,
    readers: Readers,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>,
) -> Result<NamedTempFile, CliError> {
    let unwritable = |error| CliError::unwritable_file(path, error);
    let folder = folder_of(path);
    if !folder.is_dir() {
        let reason = format!("folder {} does not exist", display_path(folder));
        return Err(unwritable(io::Error::new(
            ErrorKind::NotFound,
            Reason(reason),
        )));
    }
    // A rename cannot cross file systems, so the temporary file is in the folder of the target.
    let fresh = create_temporary(folder, readers)
        .map_err(|error| unwritable(folder_error(folder, &error)))?;
    // The file is still empty: nothing can be read from it before it is restricted.
    if readers == Readers::Owner {
        restrict_to_owner(fresh.path()).map_err(unwritable)?;
    }
    let mut fresh = BufWriter::new(fresh);
    write(&mut fresh)?;
    // Dropping the buffer would hide an error of the last write.
    let fresh = fresh
        .into_inner()
        .map_err(|error| unwritable(error.into_error()))?;
    // Without this, a power failure right after the rename could leave an empty file.
    fresh.as_file().sync_all().map_err(unwritable)?;
    Ok(fresh)
}

fn create_temporary(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    allow_readers(&mut builder, readers);
    builder.tempfile_in(unlimited(folder))
}

#[cfg(unix)]
fn allow_readers(builder: &mut Builder<'_, '_>, readers: Readers) {
    use std::os::unix::fs::PermissionsExt;
    if readers == Readers::Others {
        // The system takes away what the umask forbids.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
}

/// A new file has the permissions of its folder.
#[cfg(not(unix))]
fn allow_readers(_: &mut Builder<'_, '_>, _: Readers) {}

/// Error about a folder in which no file can be created, without the meaningless name of the temporary file.
fn folder_error(folder: &Path, error: &io::Error) -> io::Error {
    let reason = match error.kind() {
        ErrorKind::PermissionDenied => "access is denied".to_owned(),
        ErrorKind::NotFound => "the system does not allow this".to_owned(),
        kind => kind.to_string(),
    };
    let reason = format!(
        "cannot create a file in folder {}: {reason}",
        display_path(folder)
    );
    io::Error::new(error.kind(), Reason(reason))
}

/// Checks before the first request that a file can be written. `option` is its name in messages, such as `--output`.
pub(super) fn check_target(option: &str, path: &Path) -> Result<(), CliError> {
    let refuse = |reason: String| {
        Err(CliError::Usage(format!(
            "{option} {}: {reason}",
            display_path(path)
        )))
    };
    // These names come first, because Windows opens a device or a stream without an error.
    if cfg!(windows)
        && let Some(fault) = path_fault(path)
    {
        return refuse(fault);
    }
    if let Some(fault) = name_fault(path) {
        return refuse(fault);
    }
    if let Ok(metadata) = fs::metadata(path)
        && let Some(fault) = target_fault(&metadata)
    {
        return refuse(fault);
    }
    if path.file_name().is_none() {
        return refuse("this is not a file name".to_owned());
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return refuse(format!("folder {} does not exist", display_path(folder)));
    }
    // Only creating a file proves that the folder is writable; its permissions alone do not.
    match NamedTempFile::new_in(unlimited(folder)) {
        Ok(_) => Ok(()),
        Err(error) => refuse(folder_error(folder, &error).to_string()),
    }
}

/// Why a path cannot be that of a file, whether it exists or not.
fn name_fault(path: &Path) -> Option<String> {
    // `Path` drops a separator at the end, and the run would find only at its end that the name is that of a folder.
    let ends_with_separator = path
        .as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|last| is_separator(char::from(*last)));
    if ends_with_separator {
        return Some("this is the name of a folder; enter a file name".to_owned());
    }
    let is_too_long =
        fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::InvalidFilename);
    is_too_long
        .then(|| "this name is too long for the file system; choose a shorter one".to_owned())
}

/// Why a file that exists cannot be replaced.
fn target_fault(metadata: &Metadata) -> Option<String> {
    if metadata.is_dir() {
        return Some("this is a folder; enter a file name".to_owned());
    }
    // A rename would replace a device or a pipe by a regular file.
    if !metadata.is_file() {
        return Some("this is not a regular file; choose another file".to_owned());
    }
    // Elsewhere the permissions of the folder decide whether a file in it can be replaced.
    if cfg!(windows) && metadata.permissions().readonly() {
        return Some("this file is read-only; choose another file".to_owned());
    }
    None
}

/// Refuses a target that is one of the files that the run reads.
pub(super) fn refuse_input(
    option: &str,
    target: &Path,
    inputs: &[PathBuf],
) -> Result<(), CliError> {
    match inputs.iter().find(|input| is_same_file(input, target)) {
        None => Ok(()),
        Some(input) => Err(CliError::Usage(format!(
            "{option} {}: the output would overwrite a file that this run reads ({}); choose another file",
            display_path(target),
            display_path(input)
        ))),
    }
}

/// Whether two paths refer to the same file, also through links.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        // A hard link has a different path but the same content.
        (Ok(one), Ok(other)) => one == other || is_same_inode(&one, &other),
        // Neither exists yet: they are the same if folder and name are.
        (Err(_), Err(_)) => match (resolve_new_file(one), resolve_new_file(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
        _ => false,
    }
}

fn resolve_new_file(path: &Path) -> Option<PathBuf> {
    Some(
        fs::canonicalize(folder_of(path))
            .ok()?
            .join(path.file_name()?),
    )
}

#[cfg(unix)]
fn is_same_inode(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| {
        fs::metadata(path)
            .ok()
            .map(|metadata| (metadata.dev(), metadata.ino()))
    };
    identity(one).is_some_and(|identity_of_one| identity(other) == Some(identity_of_one))
}

#[cfg(not(unix))]
fn is_same_inode(_one: &Path, _other: &Path) -> bool {
    false
}

/// Absolute path, whether or not the file exists.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The folder of a path; the current one for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_checked_without_leaving_anything() {
        let folder = tempfile::tempdir().unwrap();
        let target = |name: &str| {
            check_target("--output", &folder.path().join(name)).map_err(|error| error.to_string())
        };
        assert_eq!(target("report.json"), Ok(()));
        assert!(
            target("none/report.json")
                .unwrap_err()
                .contains("does not exist")
        );
        fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(target("sub").unwrap_err().contains("this is a folder"));
        assert!(target("new/").unwrap_err().contains("name of a folder"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    // File systems differ in the limit, and Wine has none of its own.
    #[cfg(unix)]
    #[test]
    fn a_name_that_is_too_long_is_found_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{}.json", "a".repeat(300)));
        let error = check_target("--output", &path).unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn an_input_is_known_by_every_path_that_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("secret.txt"), "x").unwrap();
        fs::write(path("other.txt"), "x").unwrap();
        fs::create_dir(path("sub")).unwrap();
        fs::hard_link(path("secret.txt"), path("hard.txt")).unwrap();
        std::os::unix::fs::symlink(path("secret.txt"), path("link.txt")).unwrap();
        for name in ["secret.txt", "sub/../secret.txt", "hard.txt", "link.txt"] {
            let refused = refuse_input("--output", &path(name), &[path("secret.txt")]);
            assert!(matches!(refused, Err(CliError::Usage(_))), "{name}");
        }
        for name in ["other.txt", "new.txt"] {
            assert!(
                refuse_input("--output", &path(name), &[path("secret.txt")]).is_ok(),
                "{name}"
            );
        }
        assert!(is_same_file(&path("new.txt"), &path("sub/../new.txt")));
    }
}
