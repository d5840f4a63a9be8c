//! Where answers are kept while the run goes on, one place for every planned row.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::Planned;
use crate::evidence::{Asked, Finding, Reply, WriteFacts};
use crate::terms::{CheckId, Service, SkipReason};
use crate::wire::{Exchanged, Standing};

/// The answer to one row.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    pub(super) asked: Asked,
    /// It rests on the response to an earlier request alone.
    pub(super) withheld: bool,
    pub(super) requests: Vec<u32>,
    pub(super) ms: u64,
}

impl Filled {
    /// An answer without a request.
    pub(super) fn bare(asked: Asked) -> Self {
        Self { asked, withheld: false, requests: Vec::new(), ms: 0 }
    }

    pub(super) fn blocked(by: CheckId) -> Self {
        Self::skipped(SkipReason::Blocked, Some(by))
    }

    pub(super) fn skipped(reason: SkipReason, blocked_by: Option<CheckId>) -> Self {
        Self::bare(Asked::Skipped { reason, blocked_by })
    }

    /// A write that was sent and has no response yet.
    pub(super) fn sent(request: u32, what: String) -> Self {
        Self { withheld: false, asked: Asked::answered(Finding::Sent { what }), requests: vec![request], ms: 0 }
    }

    /// What came of a write: also where the run ended after it was sent and before its response.
    pub(super) fn written(exchanged: Exchanged<WriteFacts>, service: Service, what: String) -> Self {
        match exchanged.requests.last() {
            Some(request) if exchanged.standing == Standing::CutOff => Self::sent(*request, what),
            _ => Self::answered(exchanged, |reply| Finding::Written { service, reply }),
        }
    }

    pub(super) fn answered<T>(
        exchanged: Exchanged<T>,
        finding: impl FnOnce(crate::evidence::Reply<T>) -> Finding,
    ) -> Self {
        let Exchanged { reply, requests, ms, standing } = exchanged;
        let asked = match standing {
            Standing::Own | Standing::Withheld => Asked::answered(finding(reply)),
            Standing::CutOff => Asked::Skipped { reason: SkipReason::OutOfTime, blocked_by: None },
        };
        Self { asked, withheld: standing == Standing::Withheld, requests, ms }
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

    /// Looks at the answer to a row, if there is one yet.
    pub(super) fn look<T>(&self, row: usize, look: impl FnOnce(&Filled) -> T) -> Option<T> {
        self.lock().get(row)?.as_ref().map(look)
    }

    /// Adds requests on which the answer to a row rests as well.
    pub(super) fn extend(&self, row: usize, requests: &[u32], ms: u64) {
        if let Some(Some(filled)) = self.lock().get_mut(row) {
            filled.requests.extend_from_slice(requests);
            filled.ms += ms;
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
    use crate::terms::Requirement;

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
