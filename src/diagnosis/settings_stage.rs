//! Stage of the settings: certain faults, and suspicions that a sign-in confirms or refutes.

use crate::evidence::{
    ClientCertificateFacts, ConnectionFacts, Finding, Observation, Reply, SettingsFault,
    SettingsFaultKind,
};
use crate::knowledge::format_message;
use crate::terms::{CauseId, CheckId, Outcome, Resource, Service};

use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised, from_cause};
use super::symptom::Symptom;
use super::{certificate_row, room_list_row, symptom_of_reply};

/// Whether the sign-ins of a connection accepted its client secret. An expired secret counts as accepted, because it was
/// correct.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SecretVerdict {
    Accepted,
    Refused,
    Open,
}

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::SettingsTenantId,
    CheckId::SettingsClientId,
    CheckId::SettingsClientSecret,
    CheckId::SettingsUseOauth,
    CheckId::SettingsServerHostName,
    CheckId::SettingsServiceAccount,
    CheckId::SettingsRooms,
];

/// Judges a row about the settings.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    match row.finding() {
        Some(Finding::Settings(faults)) => judge_faults(context, row, faults),
        Some(Finding::Rooms { faults, listing }) => {
            room_list_row::judge(context, row, judge_faults(context, row, faults), listing)
        }
        _ => Judgment::error(format_message("row.no-response-kept", &[])),
    }
}

fn judge_faults(context: &Context<'_>, row: &Observation, faults: &[SettingsFault]) -> Judgment {
    let certain: Vec<&SettingsFault> = faults
        .iter()
        .filter(|fault| !fault.kind.is_suspicion() && !fault.kind.is_advice())
        .collect();
    if let Some((first, rest)) = certain.split_first() {
        let advice = faults.iter().filter(|fault| fault.kind.is_advice());
        return from_cause(raised(first))
            .raising_all(rest.iter().copied().chain(advice).map(raised));
    }
    if let Some((facts, certificate)) = certificate_of(context, row) {
        return certificate_row::judge(context, facts, certificate);
    }
    match faults.iter().find(|fault| fault.kind.is_suspicion()) {
        Some(fault) => judge_suspicion(context, row, fault),
        None => with_advice(judge_without_certain_fault(row.check, faults), faults),
    }
}

/// The certificate that the row about the credential of a connection is about.
fn certificate_of<'c>(
    context: &Context<'c>,
    row: &Observation,
) -> Option<(&'c ConnectionFacts, ClientCertificateFacts)> {
    let facts = context
        .connection_of(row)
        .filter(|_| row.check == CheckId::SettingsClientSecret)?;
    Some((facts, facts.certificate?))
}

/// The judgment without a certain fault. A room that could not be checked is unknown.
fn judge_without_certain_fault(check: CheckId, faults: &[SettingsFault]) -> Judgment {
    match faults.iter().find(|fault| fault.kind.is_undecided()) {
        Some(fault) => Judgment::unknown(format_message(
            "settings.room-not-checked",
            &[("detail", &fault.detail)],
        )),
        None => Judgment::pass(format_message(pass_message(check), &[])),
    }
}

fn pass_message(check: CheckId) -> &'static str {
    match check {
        CheckId::SettingsClientSecret => "settings.secret-plausible",
        _ => "settings.plausible",
    }
}

fn with_advice(judgment: Judgment, faults: &[SettingsFault]) -> Judgment {
    let advice: Vec<Raised> = faults
        .iter()
        .filter(|fault| fault.kind.is_advice())
        .map(raised)
        .collect();
    let first = advice
        .first()
        .and_then(|note| note.because.clone())
        .filter(|_| judgment.outcome == Outcome::Pass);
    let message = first.unwrap_or_else(|| judgment.message.clone());
    Judgment {
        message,
        ..judgment
    }
    .raising_all(advice)
}

/// Judges a suspicion about the secret. The response to the sign-in takes precedence; without one the row is unknown.
fn judge_suspicion(context: &Context<'_>, row: &Observation, fault: &SettingsFault) -> Judgment {
    let detail = fault.detail.trim_end_matches('.');
    let verdict = context
        .connection_of(row)
        .map_or(SecretVerdict::Open, |facts| secret_verdict(context, facts));
    match verdict {
        SecretVerdict::Accepted => Judgment::pass(format_message(
            "settings.suspicion-refuted",
            &[("detail", detail)],
        )),
        SecretVerdict::Refused => from_cause(raised(fault)),
        SecretVerdict::Open => Judgment::unknown(format_message(
            "settings.suspicion-open",
            &[("detail", detail)],
        )),
    }
}

fn secret_verdict(context: &Context<'_>, facts: &ConnectionFacts) -> SecretVerdict {
    let replies =
        [Resource::Graph, Resource::Exchange].map(|api| context.sign_in(&facts.name, api));
    let mut replies = replies.into_iter().flatten();
    if replies
        .clone()
        .any(|reply| matches!(reply, Reply::Success(_)))
    {
        return SecretVerdict::Accepted;
    }
    let names_the_secret =
        |reply: &Reply<_>| match symptom_of_reply::classify(Service::SignIn, reply) {
            Symptom::Named(id) => {
                id == CauseId::SignInSecretWrong || id == CauseId::SignInSecretMissing
            }
            _ => false,
        };
    let expired = |reply: &Reply<_>| {
        symptom_of_reply::classify(Service::SignIn, reply)
            == Symptom::Named(CauseId::SignInSecretExpired)
    };
    // Entra reports the expiry only for a secret that is otherwise correct.
    if replies.clone().any(expired) {
        return SecretVerdict::Accepted;
    }
    if replies.any(names_the_secret) {
        SecretVerdict::Refused
    } else {
        SecretVerdict::Open
    }
}

/// The most specific suspicion about the client secret of a connection.
pub(super) fn suspicion(context: &Context<'_>, facts: &ConnectionFacts) -> Option<Raised> {
    let rows = context.rows(CheckId::SettingsClientSecret, Some(&facts.name));
    let faults = rows.iter().filter_map(|row| match row.finding()? {
        Finding::Settings(faults) => Some(faults),
        _ => None,
    });
    faults
        .flatten()
        .find(|fault| fault.kind.is_suspicion())
        .map(raised)
}

fn raised(fault: &SettingsFault) -> Raised {
    let raised = Raised::new(fault.kind.cause())
        .because(fault.detail.clone())
        .with_value("detail", fault.detail.clone())
        .in_case(case(fault.kind));
    let raised = match &fault.other_cloud {
        Some(cloud) => raised.with_value("other_cloud", cloud.clone()),
        None => raised,
    };
    match fault.kind {
        SettingsFaultKind::RoomAddressMalformed | SettingsFaultKind::RoomDuplicate => {
            raised.with_subject(fault.subject.clone())
        }
        _ => raised,
    }
}

/// The case of the cause in the knowledge base, by the kind of fault.
fn case(kind: SettingsFaultKind) -> Option<&'static str> {
    match kind {
        SettingsFaultKind::HostNameForm => Some("form"),
        SettingsFaultKind::HostNameOtherCloud => Some("host-name"),
        SettingsFaultKind::ServiceAccountMalformed => Some("malformed"),
        _ => None,
    }
}
