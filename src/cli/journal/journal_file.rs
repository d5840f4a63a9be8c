//! One file of the journal, locked while a run works on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::cli::owner_only::restrict_to_owner;
use crate::probe::Intent;

use super::journal_entry::{JournalEntry, OpenEvents, line, read};

/// No journal of this program is nearly as large.
const MAX_BYTES: u64 = 1024 * 1024;

/// A locked file with what is open in it.
pub(super) struct JournalFile {
    path: PathBuf,
    file: File,
    /// The length of its whole lines. A line that a run could not finish is written over.
    whole: u64,
    intents: Vec<Intent>,
    unmarked: Vec<(String, String)>,
}

impl JournalFile {
    /// A new file, which only this user can read.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = open_options().create_new(true).open(path)?;
        // The lock comes before the first entry, so that no other run takes over this file.
        file.lock()?;
        restrict_to_owner(path).inspect_err(|_| {
            // It is empty, so no event depends on it.
            let _ = std::fs::remove_file(path);
        })?;
        file.sync_all()?;
        sync_folder_of(path);
        Ok(Self {
            path: path.to_owned(),
            file,
            whole: 0,
            intents: Vec::new(),
            unmarked: Vec::new(),
        })
    }

    /// A file that an earlier run left; `None` while another run works on it, or where it is not a plain file.
    pub(super) fn take_over(path: &Path) -> io::Result<Option<Self>> {
        // A link is not followed, because it could lead to a file that is not a journal.
        if !path.symlink_metadata()?.is_file() {
            return Ok(None);
        }
        let file = match open_options().open(path) {
            // A run has ended in this moment and removed its file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut bytes = Vec::new();
        // One byte more than the limit shows that the file is too large.
        (&file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(invalid_data("too large for a journal"));
        }
        // Half a line can end inside a character, so it is cut off before the bytes are read as text.
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&bytes[..whole]).map_err(invalid_data)?;
        let mut taken = Self {
            path: path.to_owned(),
            file,
            whole: whole as u64,
            intents: Vec::new(),
            unmarked: Vec::new(),
        };
        read(text)?.into_iter().for_each(|entry| taken.apply(entry));
        Ok(Some(taken))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn intents(&self) -> &[Intent] {
        &self.intents
    }

    /// Has an intent on disk when it returns.
    pub(super) fn intend(&mut self, intent: &Intent) -> io::Result<()> {
        self.append(JournalEntry::Intent {
            intent: intent.clone(),
        })
    }

    /// Notes that an intent of this file is settled; one of another file is not its business.
    pub(super) fn settle(&mut self, intent: &Intent) -> io::Result<()> {
        if self.intents.contains(intent) {
            self.append(JournalEntry::Settled {
                settled: intent.marker,
            })
        } else {
            Ok(())
        }
    }

    /// Removes the file if nothing is open in it; else gives what is.
    pub(super) fn close(self) -> Option<OpenEvents> {
        if !self.intents.is_empty() || !self.unmarked.is_empty() {
            return self.release();
        }
        // The lock is held until the file is gone. Where it cannot be removed, the next run finds nothing open in it.
        let _ = std::fs::remove_file(&self.path);
        None
    }

    /// Leaves the file as it is and gives what is open in it.
    pub(super) fn release(self) -> Option<OpenEvents> {
        let Self {
            path,
            intents,
            unmarked,
            ..
        } = self;
        (!intents.is_empty() || !unmarked.is_empty()).then_some(OpenEvents {
            path,
            intents,
            unmarked,
        })
    }

    fn append(&mut self, entry: JournalEntry) -> io::Result<()> {
        let line = line(&entry)?;
        self.file.set_len(self.whole)?;
        self.file.seek(SeekFrom::Start(self.whole))?;
        self.file.write_all(line.as_bytes())?;
        // The request may leave only after its entry is on disk.
        self.file.sync_data()?;
        // A failed write must not count, so the state changes only now.
        self.whole += line.len() as u64;
        self.apply(entry);
        Ok(())
    }

    fn apply(&mut self, entry: JournalEntry) {
        match entry {
            JournalEntry::Intent { intent } => self.intents.push(intent),
            JournalEntry::Settled { settled } => {
                self.intents.retain(|intent| intent.marker != settled);
            }
            JournalEntry::Unmarked { room, id, .. } => self.unmarked.push((room, id)),
        }
    }
}

fn invalid_data(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn open_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    // The journal names rooms and connections, so only this user may read it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new file survives a power failure only with its folder. Not every file system can do this, and none needs it for a
/// process that ends.
fn sync_folder_of(path: &Path) {
    if cfg!(unix) {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
