//! The certificate with which the check signs in: its validity, compared with the time of the run and with the responses.

use crate::evidence::{ClientCertificateFacts, ConnectionFacts, Reply};
use crate::knowledge::format_message;
use crate::terms::{CauseId, Resource, Service};

use super::calendar_days::{date_of, days_between};
use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised, from_cause};
use super::registration_stage::warning_days;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// Causes of a rejected sign-in that a certificate outside its validity explains.
const EXPLAINED_BY_VALIDITY: &[CauseId] = &[
    CauseId::SettingsCertificateExpired,
    CauseId::SignInCertificateNotRegistered,
];

/// Judges a certificate whose key is right. The time of this machine can be wrong, so a certificate outside its validity is
/// only a suspicion, and the response to the sign-in takes precedence.
pub(super) fn judge(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    certificate: ClientCertificateFacts,
) -> Judgment {
    let Some(suspicion) = suspicion(context, certificate) else {
        return judge_valid(context, certificate);
    };
    let detail = suspicion.because.clone().unwrap_or_default();
    let mut replies = [Resource::Graph, Resource::Exchange]
        .into_iter()
        .filter_map(|api| context.sign_in(&facts.name, api));
    if replies
        .clone()
        .any(|reply| matches!(reply, Reply::Success(_)))
    {
        return Judgment::pass(format_message(
            "settings.suspicion-refuted",
            &[("detail", &detail)],
        ));
    }
    if replies.any(|reply| {
        matches!(symptom_of_reply::classify(Service::SignIn, reply), Symptom::Named(id) if is_explained(id))
    }) {
        return from_cause(suspicion);
    }
    Judgment::unknown(format_message(
        "settings.suspicion-open",
        &[("detail", &detail)],
    ))
}

/// Whether a certificate outside its validity explains a rejected sign-in.
pub(super) fn is_explained(id: CauseId) -> bool {
    EXPLAINED_BY_VALIDITY.contains(&id)
}

/// The suspicion about a certificate that is not valid at the time of the run.
pub(super) fn suspicion(
    context: &Context<'_>,
    certificate: ClientCertificateFacts,
) -> Option<Raised> {
    let now = context.evidence.started_at;
    let (key, moment, case) = if certificate.ends_at <= now {
        ("certificate.expired", certificate.ends_at, None)
    } else if certificate.starts_at > now {
        let case = Some("not-yet-valid");
        ("certificate.not-yet-valid", certificate.starts_at, case)
    } else {
        return None;
    };
    let detail = format_message(key, &[("date", &date_of(moment))]);
    let raised = Raised::new(CauseId::SettingsCertificateExpired)
        .because(detail.clone())
        .with_value("detail", detail);
    Some(raised.in_case(case))
}

/// Judges a certificate that is valid now. Near its end the row carries a note.
fn judge_valid(context: &Context<'_>, certificate: ClientCertificateFacts) -> Judgment {
    let days = days_between(context.evidence.started_at, certificate.ends_at);
    let date = date_of(certificate.ends_at);
    let pass = Judgment::pass(format_message("certificate.plausible", &[("date", &date)]));
    if days > warning_days(context) {
        return pass;
    }
    let words = days.to_string();
    let sentence = format_message("certificate.ends", &[("date", &date), ("days", &words)]);
    let note = Raised::new(CauseId::SettingsCertificateExpiring).because(sentence);
    pass.raising(note.with_value("date", date).with_value("days", words))
}
