//! Where answers are kept while the run goes on, one place for every planned row.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::evidence::{Asked, CheckId, Finding, Reply, SkipReason};
use crate::wire::Exchanged;

/// The answer to one row.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    pub(super) asked: Asked,
    pub(super) requests: Vec<u32>,
    pub(super) ms: u64,
}

impl Filled {
    /// An answer without a request.
    pub(super) fn bare(asked: Asked) -> Self {
        Self { asked, requests: Vec::new(), ms: 0 }
    }

    pub(super) fn blocked(by: CheckId) -> Self {
        Self::skipped(SkipReason::Blocked, Some(by))
    }

    pub(super) fn skipped(reason: SkipReason, blocked_by: Option<CheckId>) -> Self {
        Self::bare(Asked::Skipped { reason, blocked_by })
    }

    pub(super) fn answered<T>(
        exchanged: Exchanged<T>,
        finding: impl FnOnce(crate::evidence::Reply<T>) -> Finding,
    ) -> Self {
        Self { asked: Asked::Answered(finding(exchanged.reply)), requests: exchanged.requests, ms: exchanged.ms }
    }
}

impl Filled {
    /// Whether a mailbox let itself be looked into.
    pub(super) fn opened(&self) -> bool {
        matches!(
            self.asked,
            Asked::Answered(Finding::Folder(Reply::Success(_)) | Finding::CalendarView(Reply::Success(())))
        )
    }
}

/// One place for every planned row.
#[derive(Debug)]
pub(super) struct Board(Mutex<Vec<Option<Filled>>>);

impl Board {
    pub(super) fn new(rows: usize) -> Self {
        Self(Mutex::new(vec![None; rows]))
    }

    pub(super) fn fill(&self, row: usize, filled: Filled) {
        if let Some(place) = self.lock().get_mut(row) {
            *place = Some(filled);
        }
    }

    pub(super) fn take(&self) -> Vec<Option<Filled>> {
        std::mem::take(&mut *self.lock())
    }

    /// A panic while the lock was held leaves at worst one place empty, which the report shows.
    fn lock(&self) -> MutexGuard<'_, Vec<Option<Filled>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
