//! The ledger: every request of a run, numbered in the order of sending.

use std::sync::{Mutex, MutexGuard};

use crate::evidence::RequestRecord;

use super::lock::lock;

/// Every request of a run. It is append-only and shared by all requests.
#[derive(Debug, Default)]
pub struct Ledger {
    pages: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    last: u32,
    records: Vec<RequestRecord>,
}

impl Ledger {
    /// Writes a request down before it is sent, so that an interrupted run lists it too, and gives it its number.
    pub(super) fn open(&self, mut record: RequestRecord) -> u32 {
        let mut pages = self.pages();
        pages.last += 1;
        record.n = pages.last;
        pages.records.push(record);
        pages.last
    }

    /// Completes the record of a request. A record that was taken away meanwhile stays as it was.
    pub(super) fn complete(&self, n: u32, complete: impl FnOnce(&mut RequestRecord)) {
        let mut pages = self.pages();
        // Earlier records may have been taken already, but their numbers are not used again.
        let first = pages.records.first().map_or(0, |record| record.n);
        let index = n
            .checked_sub(first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(record) = index.and_then(|index| pages.records.get_mut(index)) {
            complete(record);
        }
    }

    /// Hands over all records so far, in order of their numbers. Numbering continues. Requests that are still in flight are
    /// marked as canceled.
    pub fn take(&self) -> Vec<RequestRecord> {
        let mut records = std::mem::take(&mut self.pages().records);
        for record in records
            .iter_mut()
            .filter(|record| record.status.is_none() && record.failure.is_none())
        {
            record.failure = Some("canceled before a response arrived".to_owned());
        }
        records
    }

    fn pages(&self) -> MutexGuard<'_, Entries> {
        lock(&self.pages)
    }
}
