//! Whether EWS has ended in the cloud of a run, and which responses can be its end.

use super::calendar_days::{day_of, days_from};
use super::symptom::Symptom;
use crate::evidence::{Evidence, Finding, Observation, Reply};
use crate::knowledge;
use crate::terms::CauseId;

/// Whole days from the day of the run (UTC) until EWS ends; 0 or less once it has ended, `None` in a cloud whose day is
/// not known.
pub(super) fn days_until_ews_ends(evidence: &Evidence) -> Option<i64> {
    let end = knowledge::dates().ews_end_in(&evidence.cloud)?;
    Some(days_from(day_of(evidence.started_at), end))
}

/// Whether the day on which EWS ends has come.
pub(super) fn ews_has_ended(evidence: &Evidence) -> bool {
    days_until_ews_ends(evidence).is_some_and(|days| days <= 0)
}

/// Whether an answer to an EWS call refuses it, in whatever form: how Exchange will answer after the end is not known.
/// What points to passing trouble, or to another machine that answers in its place, is no refusal.
pub(super) fn is_refusal_of_ews(row: &Observation, symptom: &Symptom) -> bool {
    let status = row
        .finding()
        .and_then(Finding::outline)
        .and_then(|reply| match reply {
            Reply::Refused(refusal) => Some(refusal.status),
            Reply::Unexpected(unexpected) => Some(unexpected.status),
            Reply::Success(()) | Reply::Unreachable(_) => None,
        });
    let client_error = status.is_some_and(|status| (400..500).contains(&status) && status != 429);
    match symptom {
        Symptom::Named(id) if *id == CauseId::ServiceUnexpectedAnswer => true,
        Symptom::Named(id) if *id == CauseId::NetworkNotMicrosoft => client_error,
        other => other.is_refusal_of_access(),
    }
}
