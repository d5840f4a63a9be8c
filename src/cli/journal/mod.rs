//! The journal of allowed writes: on disk before a test event is created, and for as long as something of it may be in a
//! calendar.
//!
//! Every run has a file of its own, which it keeps locked; the system releases the lock however the run ends. The next run
//! takes over the files that nobody has locked, so that two runs at a time leave each other's events alone.

mod entry;
mod file;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::entry::LeftOpen;
use self::file::JournalFile;
use super::files::{shown, unwritable_because};
use super::{CliError, output};
use crate::probe::{Intent, Journal, NotJournaled};
use crate::terms::Api;
use crate::wire::{TEST_SUBJECT, sanitize};

/// The files in the current folder.
const PREFIX: &str = "rx-preflight-journal";
const EXTENSION: &str = ".jsonl";

/// A journal, kept in files where one is needed.
pub(super) struct FileJournal(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    own: Option<JournalFile>,
    /// Files that earlier runs left.
    earlier: Vec<JournalFile>,
}

impl FileJournal {
    /// The journal of a run that may write: takes over what earlier runs have left, and proves before the first request
    /// that it can be written.
    pub(super) fn open() -> Result<Self, CliError> {
        Self::at(Path::new("."))
    }

    fn at(folder: &Path) -> Result<Self, CliError> {
        let earlier = take_over(folder)?;
        let path = folder.join(format!("{PREFIX}-{}{EXTENSION}", uuid::Uuid::new_v4()));
        let own = JournalFile::create(&path).map_err(|error| {
            CliError::Usage(format!(
                "cannot write {}: {error}; --allow-write calendar keeps a journal in the current folder",
                path.display()
            ))
        })?;
        Ok(Self(Mutex::new(Kept {
            own: Some(own),
            earlier,
        })))
    }

    /// The journal of a run that writes nothing, or only in a simulated tenant.
    pub(super) fn none() -> Self {
        Self(Mutex::default())
    }

    /// Removes the files in which nothing is open, and says what is left in the others.
    pub(super) fn close(&self) {
        let mut kept = self.kept();
        let Kept { own, earlier } = std::mem::take(&mut *kept);
        own.into_iter()
            .chain(earlier)
            .filter_map(JournalFile::close)
            .for_each(|left| report(&left));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for FileJournal {
    fn intend(&self, intent: &Intent) -> Result<(), NotJournaled> {
        self.kept()
            .own
            .as_mut()
            .map_or(Ok(()), |file| Ok(file.intend(intent)?))
    }

    fn settle(&self, intent: &Intent) {
        let mut kept = self.kept();
        let Kept { own, earlier } = &mut *kept;
        for file in own.iter_mut().chain(earlier) {
            if let Err(error) = file.settle(intent) {
                output::message(&format!(
                    "rx-preflight: cannot write {}: {}",
                    shown(file.path()),
                    unwritable_because(&error)
                ));
            }
        }
    }

    fn open(&self) -> Vec<Intent> {
        let kept = self.kept();
        kept.own
            .iter()
            .chain(&kept.earlier)
            .flat_map(JournalFile::intents)
            .cloned()
            .collect()
    }
}

/// Says which test events of earlier runs may still be in a calendar. Nothing is sent and nothing is changed.
pub(super) fn report_open() {
    match take_over(Path::new(".")) {
        Ok(files) => files
            .into_iter()
            .filter_map(JournalFile::release)
            .for_each(|left| report(&left)),
        Err(error) => output::message(&format!("rx-preflight: {error}")),
    }
}

/// Locks and reads every journal of a folder that no running check holds.
fn take_over(folder: &Path) -> Result<Vec<JournalFile>, CliError> {
    let mut paths = journals(folder);
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        match JournalFile::take_over(&path) {
            Ok(file) => files.extend(file),
            Err(error) => {
                return Err(CliError::Usage(format!(
                    "{}: {error}; it lists test events of an earlier run. Remove these by hand, then the file",
                    path.display()
                )));
            }
        }
    }
    Ok(files)
}

fn journals(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_journal = |name: &str| name.starts_with(PREFIX) && name.ends_with(EXTENSION);
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_journal)
        })
        .collect()
}

fn report(left: &LeftOpen) {
    let path = left.path.display();
    for intent in &left.intents {
        let Intent {
            room,
            connection,
            api,
            url,
            starts,
            marker,
            ..
        } = intent;
        output::message(&format!(
            "rx-preflight: a test event may still be in the calendar of {}: delete the event `{TEST_SUBJECT}` of {starts}, \
             or run the check again with --allow-write calendar in this folder (connection {}, {} at {}, marker {marker}, \
             journal {path})",
            sanitize(room),
            sanitize(connection),
            title(*api),
            sanitize(url),
        ));
    }
    for (room, id) in &left.unmarked {
        output::message(&format!(
            "rx-preflight: a test event of version 0.1.0 may still be in the calendar of {}: delete the event \
             `{TEST_SUBJECT}` with the id {} by hand, then the file {path}",
            sanitize(room),
            sanitize(id),
        ));
    }
}

fn title(api: Api) -> &'static str {
    match api {
        Api::Ews => "Exchange Web Services",
        Api::Graph => "Microsoft Graph",
    }
}

#[cfg(test)]
mod tests;
