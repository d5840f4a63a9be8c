//! The journal of allowed writes: a file that exists only while something created by this program may still be there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{CliError, output};
use crate::probe::{Created, Journal};

/// The file in the current folder.
const FILE: &str = "rx-preflight-journal.jsonl";

/// A journal, kept in a file where one is needed.
pub(super) struct FileJournal {
    path: Option<PathBuf>,
    events: Mutex<Vec<Created>>,
}

impl FileJournal {
    /// The journal of a run that may write: reads what an interrupted run has left, and proves before the first request
    /// that it can be written.
    pub(super) fn open() -> Result<Self, CliError> {
        Self::at(Path::new(FILE))
    }

    fn at(path: &Path) -> Result<Self, CliError> {
        let events = read(path)?;
        output::file(path, lines(&events).as_bytes())?;
        Ok(Self { path: Some(path.to_owned()), events: Mutex::new(events) })
    }

    /// The journal of a run that writes nothing, or only in a simulated tenant.
    pub(super) fn none() -> Self {
        Self { path: None, events: Mutex::new(Vec::new()) }
    }

    /// Removes the file of a journal that has nothing left to say.
    pub(super) fn close(&self) {
        let empty = self.events.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if let (Some(path), true) = (&self.path, empty) {
            let _ = fs::remove_file(path);
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Created>)) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut events);
        let Some(path) = &self.path else { return };
        if let Err(error) = output::file(path, lines(&events).as_bytes()) {
            output::message(&format!("rx-preflight: {error}"));
        }
    }
}

impl Journal for FileJournal {
    fn created(&self, event: &Created) {
        self.change(|events| events.push(event.clone()));
    }

    fn removed(&self, event: &Created) {
        self.change(|events| events.retain(|other| other != event));
    }

    fn pending(&self) -> Vec<Created> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(path: &Path) -> Result<Vec<Created>, CliError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(CliError::Unreadable { path: path.to_owned(), source }),
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).map_err(|error| damaged(path, &error))).collect()
}

fn damaged(path: &Path, error: &serde_json::Error) -> CliError {
    CliError::Usage(format!(
        "{}: {error}; it names test events of an interrupted run. Remove those by hand, then the file",
        path.display()
    ))
}

fn lines(events: &[Created]) -> String {
    events.iter().filter_map(|event| serde_json::to_string(event).ok()).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Created {
        Created { connection: "system".into(), room: "aurora@contoso.com".into(), id: id.into() }
    }

    #[test]
    fn what_an_interrupted_run_left_is_known_to_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let journal = FileJournal::at(&path).unwrap();
        journal.created(&event("a"));
        journal.created(&event("b"));
        journal.removed(&event("a"));
        drop(journal);
        let next = FileJournal::at(&path).unwrap();
        assert_eq!(next.pending(), [event("b")]);
        next.removed(&event("b"));
        next.close();
        assert!(!path.exists());
    }

    #[test]
    fn a_damaged_journal_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "half a li").unwrap();
        assert!(matches!(FileJournal::at(&path), Err(CliError::Usage(_))));
        assert!(path.exists());
    }
}
