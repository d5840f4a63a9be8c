//! Retirement date of EWS in the cloud of a run, and the responses that can result from it.

use crate::evidence::{Evidence, Finding, Observation, Reply};
use crate::knowledge;
use crate::terms::CauseId;

use super::calendar_days::{day_of, days_from};
use super::symptom::Symptom;

/// Number of days from the run (UTC) to the retirement of EWS; 0 or less after it, `None` in a cloud without a known date.
pub(super) fn days_until_ews_ends(evidence: &Evidence) -> Option<i64> {
    let end = knowledge::dates().ews_end_in(&evidence.cloud)?;
    Some(days_from(day_of(evidence.started_at), end))
}

/// Whether EWS is retired on the day of the run.
pub(super) fn ews_has_ended(evidence: &Evidence) -> bool {
    days_until_ews_ends(evidence).is_some_and(|days| days <= 0)
}

/// Whether a response rejects an EWS request in any form: how Exchange responds after the retirement is not known. A sign of
/// a temporary problem, or of another host that responds in its place, is not a rejection.
pub(super) fn is_refusal_of_ews(row: &Observation, symptom: &Symptom) -> bool {
    let status = row
        .finding()
        .and_then(Finding::outline)
        .and_then(|reply| match reply {
            Reply::Refused(refusal) => Some(refusal.status),
            Reply::Unexpected(unexpected) => Some(unexpected.status),
            Reply::Success(()) | Reply::Unreachable(_) => None,
        });
    // Throttling (429) is temporary and therefore not a rejection.
    let client_error = status.is_some_and(|status| (400..500).contains(&status) && status != 429);
    match symptom {
        Symptom::Named(id) if *id == CauseId::ServiceUnexpectedResponse => true,
        Symptom::Named(id) if *id == CauseId::NetworkNotMicrosoft => client_error,
        other => other.is_refusal_of_access(),
    }
}
