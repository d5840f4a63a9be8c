//! The test events of this run and earlier ones of which something may still be in a calendar.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::terms::Api;

/// A test event, written down before the request that creates it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The value of the extended property that the event carries, and nothing else does.
    pub marker: Uuid,
    /// When this was written down.
    pub at: Timestamp,
    /// When the event begins.
    pub starts: Timestamp,
    /// The connection under which it is created.
    pub connection: String,
    /// The tenant of that connection, as in the settings.
    pub tenant_id: String,
    /// The app of that connection, as in the settings.
    pub client_id: String,
    /// The API over which it is created.
    pub api: Api,
    /// The address of that API.
    pub url: String,
    /// The mailbox in whose calendar it is created.
    pub room: String,
}

/// Why an intent could not be written down.
#[derive(Debug, Error)]
#[error("the journal of test events could not be written: {0}")]
pub struct NotJournaled(#[from] pub std::io::Error);

/// Keeps intents until nothing of them can be in a calendar, however the run ends.
pub trait Journal: Sync {
    /// Writes an intent down. Nothing may be sent before this has returned, and nothing after it has failed.
    fn intend(&self, intent: &Intent) -> Result<(), NotJournaled>;
    /// Notes that nothing of an intent is or will be in the calendar.
    fn settle(&self, intent: &Intent);
    /// The intents of this run and of earlier ones that are not settled.
    fn open(&self) -> Vec<Intent>;
}
