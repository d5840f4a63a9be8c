//! The app's own registration: what it requests, what is granted, and when the secret ends.

use jiff::Timestamp;

use super::advice;
use super::context::Context;
use super::judgement::{Judgement, Raised};
use super::mailboxes::{from_cause, named, observed_of};
use super::symptom::{self, Symptom, leaves_open};
use crate::evidence::{
    Asked, CheckId, ConnectionFacts, Finding, Observation, PasswordCredential, RegistrationFacts, Reply,
    RequestedPermission, Service, SkipReason,
};
use crate::knowledge::{self, ApiName, Need, phrase};

/// Judges when the secret in use ends.
pub(super) fn judge_secret(context: &Context<'_>, row: &Observation) -> Judgement {
    read_registration(row, |registration| secret_judgement(context, registration))
}

/// Judges requested against granted.
pub(super) fn judge_consent(context: &Context<'_>, row: &Observation) -> Judgement {
    read_registration(row, |registration| consent_judgement(context, row, registration))
}

/// The registration is advice: what cannot be read is said, and never held against the tenant.
fn read_registration(row: &Observation, judge: impl FnOnce(&RegistrationFacts) -> Judgement) -> Judgement {
    let Asked::Answered(Finding::Registration(reply)) = &row.asked else {
        return Judgement::error(phrase("row.no-answer-kept", &[]));
    };
    let judgement = match (reply, symptom::read(Service::Graph, reply)) {
        (Reply::Success(registration), _) => judge(registration),
        (_, Symptom::AccessRefused) => {
            Judgement::skipped(SkipReason::NeedsPermission, None, phrase("registration.refused", &[]))
        }
        (Reply::Refused(refusal), _) if refusal.status == 404 => {
            Judgement::unknown(phrase("registration.elsewhere", &[]))
        }
        (_, Symptom::Named(id)) if leaves_open(&id) || id.starts_with("sign-in.") || id.starts_with("tenant.") => {
            from_cause(named(row, &id))
        }
        _ => Judgement::unknown(phrase("registration.unreadable", &[])),
    };
    judgement.observed(observed_of(row))
}

fn secret_judgement(context: &Context<'_>, registration: &RegistrationFacts) -> Judgement {
    let Some((secret, ends)) = secret_in_use(registration) else {
        return Judgement::unknown(phrase("secret.not-told", &[]));
    };
    let days = advice::days_between(context.evidence.started_at, ends);
    let date = advice::date_of(ends);
    let words = days.to_string();
    let sentence = phrase("secret.ends", &[("date", &date), ("days", &words)]);
    if days > i64::from(knowledge::dates().secret_warning_days) {
        return Judgement::pass(sentence);
    }
    let note = Raised::new("registration.secret-expiring").because(sentence.clone());
    Judgement::pass(sentence)
        .raising(note.with("date", date).with("days", words).with("secret_id", secret.key_id.clone()))
}

/// The secret whose hint fits, of several the one that ends first; a registration with one secret needs no hint.
fn secret_in_use(registration: &RegistrationFacts) -> Option<(&PasswordCredential, Timestamp)> {
    let fitting = registration.secrets.iter().filter(|secret| secret.fits_secret_in_use);
    let earliest = fitting.filter_map(|secret| Some((secret, secret.ends_at?))).min_by_key(|(_, ends)| *ends);
    earliest.or_else(|| match registration.secrets.as_slice() {
        [only] => Some((only, only.ends_at?)),
        _ => None,
    })
}

fn consent_judgement(context: &Context<'_>, row: &Observation, registration: &RegistrationFacts) -> Judgement {
    let name = row.connection.clone().or_else(|| context.connection_of(row).map(|facts| facts.name.clone()));
    let Some(name) = name else { return Judgement::error(phrase("row.no-connection", &[])) };
    let waiting = unconsented(context, &name, registration);
    if waiting.is_empty() {
        return Judgement::pass(phrase("consent.complete", &[]));
    }
    let list = waiting.join(", ");
    match grants_behind(context, row) {
        Some(raised) => {
            let judgement = from_cause(raised);
            Judgement { message: phrase("consent.waiting", &[("permission", &list)]), ..judgement }
        }
        None => Judgement::pass(phrase("consent.waiting-unneeded", &[("permission", &list)])),
    }
}

/// The requested application permissions that no token shows, by name.
fn unconsented(context: &Context<'_>, connection: &str, registration: &RegistrationFacts) -> Vec<String> {
    let requested = registration.requested.iter().filter(|permission| permission.kind == "Role");
    requested
        .filter_map(|permission| {
            let api = knowledge::api_by_resource(&permission.resource_app_id)?;
            let token = context.token(connection, api).filter(|token| token.readable)?;
            let role = knowledge::role_by_guid(api, &permission.permission_id);
            let value = role.map_or(permission.permission_id.as_str(), |role| role.value.as_str());
            (!token.roles.iter().any(|granted| granted == value)).then(|| value.to_owned())
        })
        .collect()
}

/// The cause that a grant row of the same app already gives for what is waiting.
fn grants_behind(context: &Context<'_>, row: &Observation) -> Option<Raised> {
    let app = context.connection_of(row)?.credentials;
    let grants = [
        CheckId::GrantFullAccessAsApp,
        CheckId::GrantCalendarsReadWrite,
        CheckId::GrantMailSend,
        CheckId::GrantUserReadAll,
        CheckId::GrantGroupReadAll,
    ];
    let rows = context.evidence.observations.iter().filter(|other| grants.contains(&other.check));
    rows.filter(|other| context.connection_of(other).is_some_and(|facts| facts.credentials == app))
        .flat_map(|other| super::judge::judge(context, other).raised)
        .find(|raised| raised.id == "registration.consent-missing")
}

/// Why a permission that the token lacks is not granted, as far as the registration shows it. `None`: it was never
/// requested, or the registration could not be read.
pub(super) fn why_missing(context: &Context<'_>, facts: &ConnectionFacts, need: &Need) -> Option<String> {
    let requested = context.registration(&facts.name).map_or(&[][..], |registration| registration.requested.as_slice());
    let of_this_api =
        |permission: &&RequestedPermission| knowledge::api_by_resource(&permission.resource_app_id) == Some(need.api);
    let same = |permission: &RequestedPermission, guid: &str| permission.permission_id.eq_ignore_ascii_case(guid);
    let mut here = requested.iter().filter(of_this_api);
    if here.clone().any(|permission| permission.kind == "Role" && same(permission, &need.guid)) {
        return Some("registration.consent-missing".to_owned());
    }
    if here.any(|permission| permission.kind == "Scope" && need.is_delegated_form(&permission.permission_id)) {
        return Some("registration.delegated-instead-of-application".to_owned());
    }
    let elsewhere = need.same_name_elsewhere.iter().any(|trap| {
        let wanted = requested.iter().any(|permission| {
            let there = knowledge::api_by_resource(&permission.resource_app_id) == Some(trap.api);
            there && trap.guid().is_some_and(|guid| same(permission, guid))
        });
        wanted || has_role(context, facts, trap.api, &trap.value)
    });
    elsewhere.then(|| "registration.wrong-api".to_owned())
}

fn has_role(context: &Context<'_>, facts: &ConnectionFacts, api: ApiName, value: &str) -> bool {
    context.token(&facts.name, api).is_some_and(|token| token.roles.iter().any(|role| role == value))
}
