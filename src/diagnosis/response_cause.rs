//! Cause that a response itself names.

use crate::evidence::{Finding, Observation};
use crate::knowledge;
use crate::terms::{CauseId, Service};

use super::judgment::{Raised, describe_response, shown_code};
use super::{failure_cause, symptom_of_refusal};

/// The cause that a response names. For a missing response it contains the host, the layer and the time limit.
pub(super) fn from_response(row: &Observation, id: CauseId) -> Raised {
    if let Some(failure) = row.finding().and_then(Finding::failure) {
        return failure_cause::from_failure(failure);
    }
    let refusal = row.finding().and_then(Finding::refusal);
    let raised = Raised::new(id)
        .because(describe_response(row))
        .in_case(case_of(id, row));
    let number = refusal.and_then(|refusal| refusal.aadsts.first().copied());
    let lookup = number.map_or_else(
        || knowledge::LOOKUP_PAGE.to_owned(),
        knowledge::aadsts_lookup_url,
    );
    let raised = raised.with_value("lookup", lookup);
    match refusal.and_then(shown_code) {
        Some(code) => raised.with_value("code", code),
        None => raised,
    }
}

/// The case of the cause, by the message next to the code.
fn case_of(id: CauseId, row: &Observation) -> Option<&'static str> {
    let service = match row.finding()? {
        Finding::Folder(_) => Service::Exchange,
        Finding::Written { service, .. } => *service,
        _ => Service::Graph,
    };
    let refusal = row.finding().and_then(Finding::refusal);
    let narrowed = refusal.and_then(|refusal| symptom_of_refusal::narrowed_by(service, refusal));
    let case = narrowed.and_then(|entry| entry.case.as_deref());
    case.or_else(|| (id == CauseId::TenantWrongCloud).then_some("unnamed"))
}
