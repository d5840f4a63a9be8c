//! What a row observed: its symptom, and the response as the report shows it.

use super::judgment::observed_response;
use super::result::Observed;
use super::symptom::{self, Symptom};
use crate::evidence::{Evidence, Finding, Observation};
use crate::terms::Service;

/// The symptom of a row that asked about a mailbox, a sender or the directory; `None` if it was not asked.
pub(super) fn symptom_of(observation: &Observation) -> Option<Symptom> {
    Some(match observation.finding()? {
        Finding::Folder(reply) => symptom::classify(Service::Exchange, reply),
        Finding::CalendarView(reply) | Finding::Listing(reply) => {
            symptom::classify(Service::Graph, reply)
        }
        Finding::NonexistentItem(reply) => symptom::classify_no_touch(reply),
        Finding::Written { service, reply } => symptom::classify(*service, reply),
        _ => return None,
    })
}

/// What a row saw, with the status of a success out of the ledger.
pub(super) fn observed_with_status(evidence: &Evidence, row: &Observation) -> Option<Observed> {
    Some(with_status(observed_response(row)?, evidence, row))
}

/// What was seen, with the status out of the ledger where neither a status nor a detail was: it was a success.
pub(super) fn with_status(
    mut observed: Observed,
    evidence: &Evidence,
    row: &Observation,
) -> Observed {
    if observed.status.is_none() && observed.detail.is_none() {
        observed.status = last_status(evidence, row);
    }
    observed
}

/// Said of a batch of Graph in which something else failed, never of what succeeded in it.
const FAILED_ELSEWHERE: u16 = 424;

/// The status of the last request behind a row, out of the ledger.
fn last_status(evidence: &Evidence, observation: &Observation) -> Option<u16> {
    let last = observation.requests.last()?;
    let index = usize::try_from(last.checked_sub(1)?).ok()?;
    let status = evidence
        .requests
        .get(index)
        .filter(|request| request.n == *last)?
        .status;
    status.filter(|status| *status != FAILED_ELSEWHERE)
}
