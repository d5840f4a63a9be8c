//! The place of the tenant in Microsoft's withdrawal of EWS.

use crate::diagnosis::Diagnosis;
use crate::diagnosis::ews_schedule::days_until_ews_ends;
use crate::evidence::Evidence;
use crate::knowledge;
use crate::terms::{CauseId, CheckId, EwsStatus, Outcome};

/// What the EWS responses show about the tenant.
pub(super) fn ews_status(today: &Diagnosis) -> EwsStatus {
    let of_causes = today.causes.iter().find_map(|cause| {
        let id = cause.id.parse::<CauseId>().ok()?;
        knowledge::ews_status_of(id)
    });
    let works = today
        .rows
        .iter()
        .any(|row| row.check == CheckId::MailboxImpersonation && row.outcome == Outcome::Pass);
    match of_causes {
        Some(status) => status,
        None if works => EwsStatus::Working,
        None => EwsStatus::Unknown,
    }
}

/// The end of EWS and the status, in sentences.
pub(super) fn sentences(evidence: &Evidence, status: EwsStatus) -> Vec<String> {
    vec![
        end_of_ews(evidence),
        knowledge::ews_status_text(status).to_owned(),
    ]
}

fn end_of_ews(evidence: &Evidence) -> String {
    let messages = knowledge::migration_messages();
    let date = knowledge::dates().ews_end.to_string();
    let days = days_until_ews_ends(evidence);
    let template = match days {
        Some(days) if days > 0 => &messages.ews_ends,
        Some(_) => &messages.ews_has_ended,
        None => &messages.own_schedule,
    };
    knowledge::fill(template, &|name| match name {
        "date" => Some(date.clone()),
        "days" => days.map(|days| days.to_string()),
        "cloud_name" => Some(knowledge::cloud_label(&evidence.cloud).to_owned()),
        _ => None,
    })
}
