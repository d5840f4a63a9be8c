//! Lines of a journal file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::probe::Intent;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum JournalEntry {
    /// A test event that is about to be created.
    Intent {
        /// What is known of it.
        intent: Intent,
    },
    /// Nothing of an event is in the calendar.
    Settled {
        /// The marker of its intent.
        settled: Uuid,
    },
    /// An event of version 0.1.0, which carries no marker.
    Unmarked {
        /// The connection under which it was created.
        connection: String,
        /// The room.
        room: String,
        /// The id of the event.
        id: String,
    },
}

/// The entries of the whole lines of a journal.
pub(super) fn read(whole_lines: &str) -> Result<Vec<JournalEntry>, serde_json::Error> {
    whole_lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str)
        .collect()
}

/// An entry as a whole line.
pub(super) fn line(entry: &JournalEntry) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(entry)? + "\n")
}

/// Test events that are still open in a journal that no run uses any longer.
pub(super) struct OpenEvents {
    pub(super) path: PathBuf,
    pub(super) intents: Vec<Intent>,
    /// Events that version 0.1.0 wrote down, which carry no marker: room and id.
    pub(super) unmarked: Vec<(String, String)>,
}
