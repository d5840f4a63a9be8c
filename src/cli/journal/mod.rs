//! Journal of allowed writes. An entry is on disk before the test event is created, and stays for as long as the event may
//! be in a calendar.
//!
//! Every run has a file of its own, which it keeps locked; the system releases the lock however the run ends. The next run
//! takes over the files without a lock, so that two concurrent runs never touch each other's events.

mod journal_entry;
mod journal_file;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use crate::probe::{Intent, Journal, NotJournaled};
use crate::terms::Api;
use crate::wire::lock::lock;
use crate::wire::{TEST_SUBJECT, sanitize};

use self::journal_entry::OpenEvents;
use self::journal_file::JournalFile;
use super::files::{describe_write_error, display_path};
use super::{CliError, output};

/// The files in the current folder.
const PREFIX: &str = "rx-preflight-journal";
const EXTENSION: &str = ".jsonl";

/// A journal, kept in files where one is needed.
pub(super) struct FileJournal(Mutex<JournalFiles>);

#[derive(Default)]
struct JournalFiles {
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
        // Earlier files are taken over before this run creates its own, so that its own is not among them.
        let earlier = take_over(folder)?;
        let path = folder.join(format!("{PREFIX}-{}{EXTENSION}", uuid::Uuid::new_v4()));
        let own = JournalFile::create(&path).map_err(|error| {
            CliError::Usage(format!(
                "cannot write {}: {}; --allow-write calendar requires a current folder in which it can write its journal",
                display_path(&path),
                describe_write_error(&error)
            ))
        })?;
        Ok(Self(Mutex::new(JournalFiles {
            own: Some(own),
            earlier,
        })))
    }

    /// The journal of a run that writes nothing, or only in a simulated tenant.
    pub(super) fn none() -> Self {
        Self(Mutex::default())
    }

    /// Removes the files without open events, and prints the open events of the others.
    pub(super) fn close(&self) {
        let mut files = self.files();
        let JournalFiles { own, earlier } = std::mem::take(&mut *files);
        own.into_iter()
            .chain(earlier)
            .filter_map(JournalFile::close)
            .for_each(|left| print_open_events(&left));
    }

    fn files(&self) -> MutexGuard<'_, JournalFiles> {
        lock(&self.0)
    }
}

impl Journal for FileJournal {
    fn intend(&self, intent: &Intent) -> Result<(), NotJournaled> {
        self.files()
            .own
            .as_mut()
            // A run without a file of its own writes nothing, or only in a simulated tenant.
            .map_or(Ok(()), |file| Ok(file.intend(intent)?))
    }

    fn settle(&self, intent: &Intent) {
        let mut files = self.files();
        let JournalFiles { own, earlier } = &mut *files;
        for file in own.iter_mut().chain(earlier) {
            // The event itself is settled, so a journal that cannot be written must not end the run.
            if let Err(error) = file.settle(intent) {
                output::message(&format!(
                    "rx-preflight: cannot write {}: {}",
                    display_path(file.path()),
                    describe_write_error(&error)
                ));
            }
        }
    }

    fn open(&self) -> Vec<Intent> {
        let files = self.files();
        files
            .own
            .iter()
            .chain(&files.earlier)
            .flat_map(JournalFile::intents)
            .cloned()
            .collect()
    }
}

/// Prints the test events of earlier runs that may still be in a calendar. Sends no request and changes nothing.
pub(super) fn report_open_events() {
    match take_over(Path::new(".")) {
        Ok(files) => files
            .into_iter()
            .filter_map(JournalFile::release)
            .for_each(|left| print_open_events(&left)),
        Err(error) => output::message(&format!("rx-preflight: {error}")),
    }
}

/// Locks and reads every journal of a folder that no running check holds.
fn take_over(folder: &Path) -> Result<Vec<JournalFile>, CliError> {
    let mut paths = journal_paths(folder);
    // A folder lists its files in any order; sorting keeps the messages stable.
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        match JournalFile::take_over(&path) {
            Ok(file) => files.extend(file),
            Err(error) => {
                return Err(CliError::Usage(format!(
                    "cannot read the journal {}: {error}; it lists test events of an earlier run. Delete these events manually, then delete the file",
                    display_path(&path)
                )));
            }
        }
    }
    Ok(files)
}

fn journal_paths(folder: &Path) -> Vec<PathBuf> {
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

fn print_open_events(left: &OpenEvents) {
    let path = display_path(&left.path);
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
            api_name(*api),
            sanitize(url),
        ));
    }
    for (room, id) in &left.unmarked {
        output::message(&format!(
            "rx-preflight: a test event of version 0.1.0 may still be in the calendar of {}: manually delete the \
             event `{TEST_SUBJECT}` with the id {}, then delete the file {path}",
            sanitize(room),
            sanitize(id),
        ));
    }
}

fn api_name(api: Api) -> &'static str {
    match api {
        Api::Ews => "Exchange Web Services",
        Api::Graph => "Microsoft Graph",
    }
}

#[cfg(test)]
mod tests;
