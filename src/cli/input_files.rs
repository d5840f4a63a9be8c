//! Files that a run reads. They are recorded so that no output replaces one of them. Secret files are also checked for
//! read access by other users.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use crate::evidence::{InputNote, InputNoteKind};
use crate::settings::{Environment, SystemEnvironment, quotable_path, read_bounded};

use super::hidden_prompt::read_hidden;

/// The environment of this machine, which records the files that settings are read from.
#[derive(Default)]
pub(super) struct InputFiles {
    read: RefCell<Vec<PathBuf>>,
    secrets: RefCell<Vec<PathBuf>>,
    /// The settings are those of one of many customers: no user is prompted, and what the process was started with belongs to
    /// none of them.
    is_unattended: bool,
}

impl InputFiles {
    /// The files of one of many customers.
    pub(super) fn unattended() -> Self {
        Self {
            is_unattended: true,
            ..Self::default()
        }
    }

    /// Records a file that the command line names, even if the run does not read it.
    pub(super) fn remember(&self, path: Option<&Path>) {
        self.read.borrow_mut().extend(path.map(Path::to_owned));
    }

    /// Every file that was read or tried so far.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.read.borrow().clone()
    }

    /// A note for each secret file that other users of this machine can read.
    pub(super) fn secret_file_notes(&self) -> Vec<InputNote> {
        let secrets = self.secrets.borrow();
        let readable = secrets
            .iter()
            .filter_map(|path| Some((path, readable_by_others(path)?)));
        let note = |(path, mode): (&PathBuf, u32)| {
            let name = Path::new(path.file_name().unwrap_or_default());
            InputNote::new(InputNoteKind::SecretFileReadable)
                .of_file(&quotable_path(name))
                .about(&format!("{mode:04o}"))
        };
        readable.map(note).collect()
    }
}

impl Environment for InputFiles {
    fn variable(&self, name: &str) -> Option<String> {
        SystemEnvironment.variable(name)
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.remember(Some(path));
        read_bounded(path)
    }

    fn read_secret_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.secrets.borrow_mut().push(path.to_owned());
        self.read_file(path)
    }

    fn shares_credentials(&self) -> bool {
        !self.is_unattended
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        if self.is_unattended {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        }
        SystemEnvironment.read_stdin()
    }

    fn prompt(&self, label: &str) -> io::Result<Option<String>> {
        if self.is_unattended {
            return Ok(None);
        }
        let label = label.to_owned();
        read_hidden(move || SystemEnvironment.prompt(&label))
    }
}

/// The permissions of a file that others can read. A group may read a file that belongs to someone else: that is how this
/// user is allowed to.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path)
        .ok()
        // Only a regular file keeps the secret where others can read it later.
        .filter(std::fs::Metadata::is_file)?;
    let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
    let others = if is_own { 0o044 } else { 0o004 };
    (metadata.mode() & others != 0).then_some(metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> Option<u32> {
    None
}
