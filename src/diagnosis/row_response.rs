//! Response of a row: its symptom, and the response as the report shows it.

use crate::evidence::{Evidence, Finding, Observation};
use crate::terms::Service;

use super::judgment::observed_response;
use super::result::Observed;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// The symptom of a row about a mailbox, a sender or the directory; `None` if the check did not run.
pub(super) fn symptom_of(observation: &Observation) -> Option<Symptom> {
    Some(match observation.finding()? {
        Finding::Folder(reply) => symptom_of_reply::classify(Service::Exchange, reply),
        Finding::CalendarView(reply) | Finding::Listing(reply) => {
            symptom_of_reply::classify(Service::Graph, reply)
        }
        Finding::NonexistentItem(reply) => symptom_of_reply::classify_no_touch(reply),
        Finding::Written { service, reply } => symptom_of_reply::classify(*service, reply),
        _ => return None,
    })
}

/// The response of a row, with the status of a success from the ledger.
pub(super) fn observed_with_status(evidence: &Evidence, row: &Observation) -> Option<Observed> {
    Some(with_status(observed_response(row)?, evidence, row))
}

/// Adds the status from the ledger to a response without status and detail, which is a success.
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

/// HTTP 424 Failed Dependency: Graph uses it for a batch in which another request failed, never for a success.
const FAILED_ELSEWHERE: u16 = 424;

/// The status of the last request of a row, from the ledger.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{evidence, token};
    use super::*;
    use crate::evidence::{Purpose, RequestRecord};
    use crate::terms::CheckId;

    fn request(n: u32, status: Option<u16>) -> RequestRecord {
        RequestRecord {
            n,
            at: "2026-11-23T08:00:00Z".parse().unwrap(),
            purpose: Purpose::Check(CheckId::SignInExchange),
            method: "GET".to_owned(),
            url: "https://graph.microsoft.com/v1.0".to_owned(),
            writes: false,
            status,
            ms: 1,
            attempts: 1,
            request_id: None,
            client_request_id: None,
            headers: BTreeMap::new(),
            failure: None,
        }
    }

    #[test]
    fn the_status_is_that_of_the_last_request_of_the_row() {
        let mut evidence = evidence(token(&[]), Vec::new());
        evidence.requests = [(1, Some(200)), (2, Some(403)), (3, Some(424)), (4, None)]
            .map(|(n, status)| request(n, status))
            .to_vec();
        let mut row = evidence.observations[0].clone();
        let mut status_of = |requests: &[u32]| {
            row.requests = requests.to_vec();
            last_status(&evidence, &row)
        };
        assert_eq!(status_of(&[1, 2]), Some(403));
        assert_eq!(status_of(&[2, 1]), Some(200));
        // In a batch another request failed, so its status is not that of this row.
        assert_eq!(status_of(&[1, 3]), None);
        for without in [&[4][..], &[], &[5], &[0]] {
            assert_eq!(status_of(without), None, "{without:?}");
        }
    }
}
