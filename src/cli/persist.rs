//! Moves a finished temporary file to its final path, also where another program holds that path for a moment.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use super::CliError;
use super::windows_names::unlimited;
use super::write_error::{Reason, describe_write_error, display_path, is_held_by_another};

/// So long a virus scanner, an indexer or a synchronized folder may hold a file that was just written. A console that is
/// closed leaves 5 seconds for everything.
const HELD_FOR: Duration = Duration::from_millis(1500);
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// More files that could not be moved are not kept under readable names.
const MAX_KEPT: u32 = 9;

/// `ERROR_ACCESS_DENIED`: Windows reports it also about a file that another program has mapped or is deleting.
const ACCESS_DENIED: i32 = 5;

/// What happens to a finished file that cannot be moved to its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmoved {
    /// It is kept beside the path, under a name that the error shows: it took a run to make.
    Keep,
    /// It is removed: it can be made again.
    Discard,
}

/// Moves a temporary file to its final path.
pub(super) fn persist(fresh: NamedTempFile, path: &Path, unmoved: Unmoved) -> Result<(), CliError> {
    let mut waiting = Some(fresh);
    let moved = while_held(cfg!(windows), HELD_FOR, || move_to(&mut waiting, path));
    let Err(error) = moved else {
        return Ok(());
    };
    let kept = waiting
        .filter(|_| unmoved == Unmoved::Keep)
        .and_then(|fresh| keep_beside(fresh, path));
    Err(CliError::unwritable_file(
        path,
        not_moved(&error, kept.as_deref()),
    ))
}

/// Moves the file, or leaves it in its place.
fn move_to(waiting: &mut Option<NamedTempFile>, path: &Path) -> io::Result<()> {
    let Some(fresh) = waiting.take() else {
        return Ok(());
    };
    fresh.persist(unlimited(path)).map(drop).map_err(|failed| {
        *waiting = Some(failed.file);
        failed.error
    })
}

/// Repeats an attempt on Windows for as long as another program may only briefly be in the way.
pub(super) fn while_held<T>(
    is_windows: bool,
    patience: Duration,
    mut attempt: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    let ends = Instant::now() + patience;
    loop {
        match attempt() {
            Err(error) if may_pass(&error, is_windows) && Instant::now() < ends => {
                sleep(RETRY_INTERVAL);
            }
            result => return result,
        }
    }
}

fn may_pass(error: &io::Error, is_windows: bool) -> bool {
    is_held_by_another(error, is_windows)
        || (is_windows && error.raw_os_error() == Some(ACCESS_DENIED))
}

/// Keeps a file beside the path for which it was made, and returns where.
fn keep_beside(fresh: NamedTempFile, path: &Path) -> Option<PathBuf> {
    let mut fresh = fresh;
    for number in 1..=MAX_KEPT {
        let aside = kept_path(path, number);
        match fresh.persist_noclobber(unlimited(&aside)) {
            Ok(_) => return Some(aside),
            Err(failed) => fresh = failed.file,
        }
    }
    // Its own name is of random letters, but it is there.
    fresh.keep().ok().map(|(_, path)| path)
}

/// `tonight.json` becomes `tonight.unsaved.json`, then `tonight.unsaved-2.json`.
fn kept_path(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".unsaved");
    if number > 1 {
        name.push(format!("-{number}"));
    }
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// The error, with the place of the kept file.
fn not_moved(error: &io::Error, kept: Option<&Path>) -> io::Error {
    let why = describe_write_error(error);
    let reason = match kept {
        Some(kept) => format!(
            "{why}; the complete document was kept as {}",
            display_path(kept)
        ),
        None => why,
    };
    io::Error::new(error.kind(), Reason(reason))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    fn finished(folder: &Path, text: &str) -> NamedTempFile {
        let mut fresh = NamedTempFile::new_in(folder).unwrap();
        fresh.write_all(text.as_bytes()).unwrap();
        fresh
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_document_that_cannot_be_moved_is_kept_and_the_error_names_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("tonight.json");
        // No file can replace a folder.
        fs::create_dir(&target).unwrap();
        for (text, name) in [
            ("first", "tonight.unsaved.json"),
            ("second", "tonight.unsaved-2.json"),
        ] {
            let error = persist(finished(folder.path(), text), &target, Unmoved::Keep).unwrap_err();
            let kept = folder.path().join(name);
            assert_eq!(fs::read_to_string(&kept).unwrap(), text);
            let message = error.to_string();
            let place = format!("was kept as {}", kept.display());
            assert!(message.ends_with(&place), "{message}");
        }
    }

    #[test]
    fn a_document_that_can_be_made_again_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("ca.pem");
        fs::create_dir(&target).unwrap();
        assert!(persist(finished(folder.path(), "x"), &target, Unmoved::Discard).is_err());
        assert_eq!(names(folder.path()), ["ca.pem"]);
    }

    #[test]
    fn beside_nine_kept_documents_the_tenth_is_kept_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("tonight");
        fs::create_dir(&target).unwrap();
        for _ in 0..=MAX_KEPT {
            assert!(persist(finished(folder.path(), "x"), &target, Unmoved::Keep).is_err());
        }
        assert_eq!(names(folder.path()).len(), 11);
    }

    #[test]
    fn an_attempt_is_repeated_on_windows_while_the_file_is_held() {
        for code in [5, 32, 33] {
            let mut attempts = 0;
            let moved = while_held(true, Duration::from_secs(5), || {
                attempts += 1;
                if attempts < 3 {
                    return Err(io::Error::from_raw_os_error(code));
                }
                Ok(attempts)
            });
            assert_eq!(moved.unwrap(), 3, "{code}");
        }
    }

    #[test]
    fn any_other_error_and_any_other_system_end_it_immediately() {
        for (is_windows, code) in [(true, 112), (false, 32), (false, 5)] {
            let mut attempts = 0;
            let failed = while_held(is_windows, Duration::from_secs(5), || {
                attempts += 1;
                Err::<(), _>(io::Error::from_raw_os_error(code))
            });
            assert_eq!((failed.is_err(), attempts), (true, 1), "{code}");
        }
    }

    #[test]
    fn patience_ends() {
        let began = Instant::now();
        let failed = while_held(true, Duration::from_millis(150), || {
            Err::<(), _>(io::Error::from_raw_os_error(32))
        });
        assert!(failed.is_err() && began.elapsed() < Duration::from_secs(2));
    }
}
