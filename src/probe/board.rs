//! Where answers are kept while the run goes on, one place for every planned row.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::Planned;
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

    /// A write that was sent and has no response yet.
    pub(super) fn sent(request: u32, what: String) -> Self {
        Self { asked: Asked::answered(Finding::Sent { what }), requests: vec![request], ms: 0 }
    }

    pub(super) fn answered<T>(
        exchanged: Exchanged<T>,
        finding: impl FnOnce(crate::evidence::Reply<T>) -> Finding,
    ) -> Self {
        Self { asked: Asked::answered(finding(exchanged.reply)), requests: exchanged.requests, ms: exchanged.ms }
    }
}

impl Filled {
    /// Whether a mailbox let itself be looked into.
    pub(super) fn opened(&self) -> bool {
        matches!(
            self.asked.finding(),
            Some(Finding::Folder(Reply::Success(_)) | Finding::CalendarView(Reply::Success(())))
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

    /// The answers so far, on the board of another plan. Rows are the same when they ask the same about the same.
    pub(super) fn moved(&self, from: &[Planned], to: &[Planned]) -> Self {
        let mut answers: HashMap<_, Filled> = HashMap::new();
        for (row, filled) in from.iter().zip(self.take()) {
            if let Some(filled) = filled {
                answers.insert(identity(row), filled);
            }
        }
        Self(Mutex::new(to.iter().map(|row| answers.get(&identity(row)).cloned()).collect()))
    }

    pub(super) fn take(&self) -> Vec<Option<Filled>> {
        std::mem::take(&mut *self.lock())
    }

    /// A panic while the lock was held leaves at worst one place empty, which the report shows.
    fn lock(&self) -> MutexGuard<'_, Vec<Option<Filled>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a row asks, and about what.
fn identity(row: &Planned) -> (CheckId, Option<usize>, &str, Option<usize>) {
    (row.check, row.connection, &row.subject, row.credentials)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Way;
    use super::*;
    use crate::evidence::Requirement;

    fn planned(check: CheckId, subject: &str) -> Planned {
        let (requirement, way) = (Requirement::Required, Way::Ask);
        Planned { check, connection: Some(0), subject: subject.to_owned(), credentials: None, requirement, way }
    }

    #[test]
    fn answers_move_to_the_same_rows_of_another_plan() {
        let host = planned(CheckId::NetworkGraph, "graph");
        let from = [host.clone(), planned(CheckId::MailboxCalendarRead, "no room listed")];
        let to = [planned(CheckId::MailboxCalendarRead, "a@contoso.com"), host];
        let board = Board::new(from.len());
        board.fill(0, Filled { ms: 7, ..Filled::bare(Asked::Derived) });
        let moved = board.moved(&from, &to).take();
        assert!(moved[0].is_none());
        assert_eq!(moved[1].as_ref().map(|filled| filled.ms), Some(7));
    }
}
