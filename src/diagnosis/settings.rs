//! What the settings show by themselves, and what a live sign-in makes of a suspicion.

use super::context::Context;
use super::judgement::{Judgement, Raised, from_cause};
use super::rooms;
use super::symptom::{self, Symptom};
use crate::evidence::{
    ConnectionFacts, Finding, Observation, Reply, SettingsFault, SettingsFaultKind,
};
use crate::knowledge::format_message;
use crate::terms::{CauseId, CheckId, Outcome, Resource, Service};

/// What the sign-ins of a connection said about its secret. That it has expired shows that it was right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SecretVerdict {
    Accepted,
    Refused,
    Open,
}

/// The checks of what was typed.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::SettingsTenantId,
    CheckId::SettingsClientId,
    CheckId::SettingsClientSecret,
    CheckId::SettingsServerHostName,
    CheckId::SettingsServiceAccount,
    CheckId::SettingsRooms,
];

/// Judges a `settings.*` row.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgement {
    match row.finding() {
        Some(Finding::Settings(faults)) => judge_faults(context, row, faults),
        Some(Finding::Rooms { faults, listing }) => {
            rooms::judge(context, row, judge_faults(context, row, faults), listing)
        }
        _ => Judgement::error(format_message("row.no-answer-kept", &[])),
    }
}

fn judge_faults(context: &Context<'_>, row: &Observation, faults: &[SettingsFault]) -> Judgement {
    let certain: Vec<&SettingsFault> = faults
        .iter()
        .filter(|fault| !fault.kind.is_suspicion() && !fault.kind.is_advice())
        .collect();
    if let Some((first, rest)) = certain.split_first() {
        let advice = faults.iter().filter(|fault| fault.kind.is_advice());
        return from_cause(raised(first))
            .raising_all(rest.iter().copied().chain(advice).map(raised));
    }
    match faults.iter().find(|fault| fault.kind.is_suspicion()) {
        Some(fault) => judge_suspicion(context, row, fault),
        None => with_advice(decided(row.check, faults), faults),
    }
}

/// A room that was given and could not be checked is neither a pass nor a failure.
fn decided(check: CheckId, faults: &[SettingsFault]) -> Judgement {
    match faults.iter().find(|fault| fault.kind.is_undecided()) {
        Some(fault) => Judgement::unknown(format_message(
            "settings.room-not-checked",
            &[("detail", &fault.detail)],
        )),
        None => Judgement::pass(format_message(passed(check), &[])),
    }
}

fn passed(check: CheckId) -> &'static str {
    match check {
        CheckId::SettingsClientSecret => "settings.secret-plausible",
        _ => "settings.plausible",
    }
}

fn with_advice(judgement: Judgement, faults: &[SettingsFault]) -> Judgement {
    let advice: Vec<Raised> = faults
        .iter()
        .filter(|fault| fault.kind.is_advice())
        .map(raised)
        .collect();
    let first = advice
        .first()
        .and_then(|note| note.because.clone())
        .filter(|_| judgement.outcome == Outcome::Pass);
    let message = first.unwrap_or_else(|| judgement.message.clone());
    Judgement {
        message,
        ..judgement
    }
    .raising_all(advice)
}

/// A live answer outranks the suspicion; without one nothing is claimed.
fn judge_suspicion(context: &Context<'_>, row: &Observation, fault: &SettingsFault) -> Judgement {
    let detail = fault.detail.trim_end_matches('.');
    let verdict = context
        .connection_of(row)
        .map_or(SecretVerdict::Open, |facts| secret_verdict(context, facts));
    match verdict {
        SecretVerdict::Accepted => Judgement::pass(format_message(
            "settings.suspicion-refuted",
            &[("detail", detail)],
        )),
        SecretVerdict::Refused => from_cause(raised(fault)),
        SecretVerdict::Open => Judgement::unknown(format_message(
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
    let names_the_secret = |reply: &Reply<_>| match symptom::read(Service::SignIn, reply) {
        Symptom::Named(id) => {
            id == CauseId::SignInSecretWrong || id == CauseId::SignInSecretMissing
        }
        _ => false,
    };
    let expired = |reply: &Reply<_>| {
        symptom::read(Service::SignIn, reply) == Symptom::Named(CauseId::SignInSecretExpired)
    };
    if replies.clone().any(expired) {
        return SecretVerdict::Accepted;
    }
    if replies.any(names_the_secret) {
        SecretVerdict::Refused
    } else {
        SecretVerdict::Open
    }
}

/// The suspicion about the secret of a connection, most telling first.
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
        .with("detail", fault.detail.clone())
        .in_case(case(fault.kind));
    let raised = match &fault.other_cloud {
        Some(cloud) => raised.with("other_cloud", cloud.clone()),
        None => raised,
    };
    match fault.kind {
        SettingsFaultKind::RoomAddressMalformed | SettingsFaultKind::RoomDuplicate => {
            raised.about(fault.subject.clone())
        }
        _ => raised,
    }
}

/// The case of its cause that a fault is, by its name in the catalog.
fn case(kind: SettingsFaultKind) -> Option<&'static str> {
    match kind {
        SettingsFaultKind::HostNameForm => Some("form"),
        SettingsFaultKind::HostNameOtherCloud => Some("host-name"),
        SettingsFaultKind::ServiceAccountMalformed => Some("malformed"),
        _ => None,
    }
}
