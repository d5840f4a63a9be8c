//! What a run has created in a tenant and not yet removed.

use serde::{Deserialize, Serialize};

/// A test event that a run created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The connection under which it was created.
    pub connection: String,
    /// The room in whose calendar it stands.
    pub room: String,
    /// The id that the service gave it.
    pub id: String,
}

/// Keeps what was created until it is removed, beyond the end of an interrupted run.
pub trait Journal: Sync {
    /// An event was created; its removal has not been tried yet.
    fn created(&self, event: &Created);
    /// An event is gone.
    fn removed(&self, event: &Created);
    /// The events of earlier runs and of this one that are not known to be gone.
    fn pending(&self) -> Vec<Created>;
}
