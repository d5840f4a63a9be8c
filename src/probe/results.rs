//! Results of a run in progress, one slot for every planned row.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use crate::evidence::{Execution, Finding, Reply, WriteFacts};
use crate::terms::{CheckId, Service, SkipReason};
use crate::wire::lock::lock;
use crate::wire::{ResponseOrigin, ServiceResponse};

use super::plan::Planned;

/// The result of one row.
#[derive(Debug, Clone)]
pub(super) struct RowResult {
    pub(super) execution: Execution,
    /// It rests on the response to an earlier request alone.
    pub(super) withheld: bool,
    pub(super) requests: Vec<u32>,
    pub(super) ms: u64,
}

impl RowResult {
    /// A result without a request.
    pub(super) fn bare(execution: Execution) -> Self {
        Self {
            execution,
            withheld: false,
            requests: Vec::new(),
            ms: 0,
        }
    }

    pub(super) fn blocked(by: CheckId) -> Self {
        Self::skipped(SkipReason::Blocked, Some(by))
    }

    pub(super) fn skipped(reason: SkipReason, blocked_by: Option<CheckId>) -> Self {
        Self::bare(Execution::Skipped { reason, blocked_by })
    }

    /// A write that was sent and has no response yet.
    pub(super) fn sent(request: u32, what: String) -> Self {
        Self {
            withheld: false,
            execution: Execution::completed(Finding::Sent { what }),
            requests: vec![request],
            ms: 0,
        }
    }

    /// What came of a write: also where the run ended after it was sent and before its response.
    pub(super) fn written(
        response: ServiceResponse<WriteFacts>,
        service: Service,
        what: String,
    ) -> Self {
        match response.requests.last() {
            Some(request) if response.origin == ResponseOrigin::CutOff => {
                Self::sent(*request, what)
            }
            _ => Self::from_response(response, |reply| Finding::Written { service, reply }),
        }
    }

    pub(super) fn from_response<T>(
        response: ServiceResponse<T>,
        finding: impl FnOnce(crate::evidence::Reply<T>) -> Finding,
    ) -> Self {
        let ServiceResponse {
            reply,
            requests,
            ms,
            origin,
        } = response;
        let execution = match origin {
            ResponseOrigin::Own | ResponseOrigin::Withheld => Execution::completed(finding(reply)),
            ResponseOrigin::CutOff => Execution::Skipped {
                reason: SkipReason::OutOfTime,
                blocked_by: None,
            },
        };
        Self {
            execution,
            withheld: origin == ResponseOrigin::Withheld,
            requests,
            ms,
        }
    }
}

impl RowResult {
    /// Whether nothing will replace it: a write that was sent still gets its response.
    fn is_final(&self) -> bool {
        !matches!(self.execution.finding(), Some(Finding::Sent { .. }))
    }

    /// Whether the mailbox was accessible.
    pub(super) fn opened(&self) -> bool {
        matches!(
            self.execution.finding(),
            Some(Finding::Folder(Reply::Success(_)) | Finding::CalendarView(Reply::Success(())))
        )
    }
}

/// One place for every planned row.
#[derive(Debug)]
pub(super) struct Results(Mutex<Vec<Option<RowResult>>>);

impl Results {
    pub(super) fn new(rows: usize) -> Self {
        Self(Mutex::new(vec![None; rows]))
    }

    /// Keeps the result of a row. Returns whether the row now has a final result that it did not have before.
    pub(super) fn fill(&self, row: usize, result: RowResult) -> bool {
        let mut results = self.lock();
        let Some(place) = results.get_mut(row) else {
            return false;
        };
        let is_new = result.is_final() && !place.as_ref().is_some_and(RowResult::is_final);
        *place = Some(result);
        is_new
    }

    /// A copy of the results so far.
    pub(super) fn so_far(&self) -> Vec<Option<RowResult>> {
        self.lock().clone()
    }

    /// Whether a row has its final result.
    pub(super) fn is_final(&self, row: usize) -> bool {
        self.look(row, RowResult::is_final) == Some(true)
    }

    /// Inspects the result of a row, if there is one yet.
    pub(super) fn look<T>(&self, row: usize, look: impl FnOnce(&RowResult) -> T) -> Option<T> {
        self.lock().get(row)?.as_ref().map(look)
    }

    /// Adds requests that the result of a row also depends on.
    pub(super) fn extend(&self, row: usize, requests: &[u32], ms: u64) {
        if let Some(Some(result)) = self.lock().get_mut(row) {
            result.requests.extend_from_slice(requests);
            result.ms += ms;
        }
    }

    /// The results so far, moved to the rows of another plan. Rows match when check and subject are the same.
    pub(super) fn moved(&self, from: &[Planned], to: &[Planned]) -> Self {
        let mut responses: HashMap<_, RowResult> = HashMap::new();
        for (row, result) in from.iter().zip(self.take()) {
            if let Some(result) = result {
                responses.insert(identity(row), result);
            }
        }
        Self(Mutex::new(
            to.iter()
                .map(|row| responses.get(&identity(row)).cloned())
                .collect(),
        ))
    }

    pub(super) fn take(&self) -> Vec<Option<RowResult>> {
        std::mem::take(&mut *self.lock())
    }

    /// A panic while the lock was held leaves at worst one place empty, which the report shows.
    fn lock(&self) -> MutexGuard<'_, Vec<Option<RowResult>>> {
        lock(&self.0)
    }
}

/// The check and the subject of a row.
fn identity(row: &Planned) -> (CheckId, Option<usize>, &str, Option<usize>) {
    (row.check, row.connection, &row.subject, row.credentials)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Way;
    use super::*;
    use crate::terms::Requirement;

    fn planned(check: CheckId, subject: &str) -> Planned {
        let (requirement, way) = (Requirement::Required, Way::Run);
        Planned {
            check,
            connection: Some(0),
            subject: subject.to_owned(),
            credentials: None,
            requirement,
            way,
        }
    }

    #[test]
    fn a_row_is_complete_once_and_not_while_a_response_is_due() {
        let results = Results::new(1);
        let derived = || RowResult::bare(Execution::Derived);
        assert!(!results.fill(0, RowResult::sent(1, "event".to_owned())));
        assert!(results.fill(0, derived()) && !results.fill(0, derived()));
        assert!(!results.fill(7, derived()), "there is no such row");
    }

    #[test]
    fn results_move_to_the_same_rows_of_another_plan() {
        let host = planned(CheckId::NetworkGraph, "graph");
        let from = [
            host.clone(),
            planned(CheckId::MailboxCalendarRead, "no room listed"),
        ];
        let to = [planned(CheckId::MailboxCalendarRead, "a@contoso.com"), host];
        let results = Results::new(from.len());
        results.fill(
            0,
            RowResult {
                ms: 7,
                ..RowResult::bare(Execution::Derived)
            },
        );
        let moved = results.moved(&from, &to).take();
        assert!(moved[0].is_none());
        assert_eq!(moved[1].as_ref().map(|result| result.ms), Some(7));
    }
}
