//! Stage of the sign-in: whether a token was issued, for the right tenant, app and API.

use crate::evidence::{ConnectionFacts, Finding, Observation, Reply, TokenFacts};
use crate::knowledge::{self, format_message};
use crate::terms::{CauseId, CheckId, Confidence, Resource, Service};

use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised, describe_response, from_cause, observed_response};
use super::response_cause::from_response;
use super::symptom::Symptom;
use super::{certificate_row, settings_stage, symptom_of_reply};

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[CheckId::SignInGraph, CheckId::SignInExchange];

/// Judges whether a token was issued.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    let Some(Finding::SignIn(reply)) = row.finding() else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
    };
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let judgment = match reply {
        Reply::Success(token) => judge_token(context, facts, row, token),
        _ => from_cause(cause_of_refusal(context, facts, row, reply)),
    };
    judgment.with_observed(observed_response(row))
}

/// The cause of a rejected sign-in. A suspicion from the settings is more specific than a rejected secret.
fn cause_of_refusal(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    reply: &Reply<TokenFacts>,
) -> Raised {
    let Symptom::Named(id) = symptom_of_reply::classify_sign_in(wanted_api(row), reply) else {
        return Raised::new(CauseId::SignInUnrecognized).because(describe_response(row));
    };
    let about_the_secret = id == CauseId::SignInSecretWrong || id == CauseId::SignInSecretMissing;
    if about_the_secret && let Some(suspicion) = settings_stage::suspicion(context, facts) {
        return suspicion.because(format_message(
            "settings.suspicion-confirmed",
            &[("detail", &describe_response(row))],
        ));
    }
    if let Some(certificate) = facts
        .certificate
        .filter(|_| certificate_row::is_explained(id))
        && let Some(suspicion) = certificate_row::suspicion(context, certificate)
    {
        return suspicion.because(format_message(
            "settings.suspicion-confirmed",
            &[("detail", &describe_response(row))],
        ));
    }
    with_known_aadsts(from_response(row, id), row).with_value("api", wanted_api(row).title())
}

/// Adds the meaning and the fix of an AADSTS number that has no cause of its own. A table row for one resource does not apply
/// to another one.
fn with_known_aadsts(raised: Raised, row: &Observation) -> Raised {
    let numbers = row
        .finding()
        .and_then(Finding::refusal)
        .map(|refusal| refusal.aadsts.as_slice())
        .unwrap_or_default();
    let entry = numbers
        .iter()
        .find_map(|number| knowledge::aadsts(*number))
        .filter(|entry| entry.only_for.is_none());
    match entry.and_then(|entry| Some((&entry.text, entry.own.as_ref().or(entry.fix.as_ref())?))) {
        Some((text, fix)) if raised.id == CauseId::SignInUnrecognized => raised
            .in_case(Some("known-number"))
            .with_value("detail", format!("{text} {fix}")),
        _ => raised,
    }
}

fn judge_token(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    token: &TokenFacts,
) -> Judgment {
    // The format of an access token is not a contract, so an unreadable token is not a failure.
    if !token.readable {
        let why = token
            .unreadable_because
            .as_deref()
            .unwrap_or("no reason known");
        return Judgment::pass(format_message("sign-in.opaque", &[("detail", why)]));
    }
    let requested = context
        .tenant(facts)
        .map_or(facts.tenant_id.as_str(), |tenant| tenant.tenant_id.as_str());
    if let Some(tid) = &token.tenant_id
        && !is_domain(requested)
        && !tid.eq_ignore_ascii_case(requested)
    {
        let sentence = format_message(
            "sign-in.other-tenant",
            &[("tenant_id", tid), ("detail", requested)],
        );
        return from_cause(
            Raised::new(CauseId::SignInWrongTenant)
                .because(sentence)
                .with_value("detail", tid.clone()),
        );
    }
    // Client credentials give a token with roles; scopes belong to a token that acts for a user.
    if let Some(scopes) = &token.scopes {
        let raised = Raised::new(CauseId::SignInDelegatedToken)
            .because(format_message("sign-in.delegated", &[("detail", scopes)]));
        return if opened_anything(context, facts, row) {
            pass_with_note(token, raised)
        } else {
            from_cause(raised)
        };
    }
    match mismatch(facts, row, token) {
        Some(sentence) => odd_claim(context, facts, row, token, sentence),
        None => Judgment::pass(success_sentence(token)).with_confidence(Confidence::Confirmed),
    }
}

/// Judges a token whose claims name another app or API. The live responses decide: the note remains if the service accepts the
/// token, and the claim is the cause if the service rejects it everywhere.
fn odd_claim(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    token: &TokenFacts,
    sentence: String,
) -> Judgment {
    let service = service_of(row);
    if opened_anything(context, facts, row) {
        return pass_with_note(
            token,
            Raised::new(CauseId::ServiceUnexpectedResponse).because(sentence),
        );
    }
    if context.tokens().is_refused(facts.credentials, service) {
        let raised = Raised::new(CauseId::SignInTokenRefused)
            .because(sentence.clone())
            .with_value("detail", sentence);
        let host = context.host_of(service).unwrap_or_default();
        return from_cause(raised.with_value("host", host));
    }
    Judgment::unknown(sentence.clone())
        .raising(Raised::new(CauseId::ServiceUnexpectedResponse).because(sentence))
}

/// A pass with a note about a claim that the live responses contradict.
fn pass_with_note(token: &TokenFacts, raised: Raised) -> Judgment {
    Judgment::pass(success_sentence(token)).raising(raised.into_note())
}

fn opened_anything(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> bool {
    context
        .tokens()
        .opened_anything(facts.credentials, service_of(row))
}

fn service_of(row: &Observation) -> Service {
    match wanted_api(row) {
        Resource::Graph => Service::Graph,
        Resource::Exchange => Service::Exchange,
    }
}

/// The sentence about a token for another app or API than requested. Entra is not known to issue such tokens.
fn mismatch(facts: &ConnectionFacts, row: &Observation, token: &TokenFacts) -> Option<String> {
    let wanted = wanted_api(row);
    if let Some(client) = &token.client_id
        && !client.eq_ignore_ascii_case(&facts.client_id)
    {
        return Some(format_message("sign-in.other-app", &[("detail", client)]));
    }
    let audience = token.audience.as_deref()?;
    let api = knowledge::api_by_resource(audience);
    (api.is_some() && api != Some(wanted))
        .then(|| format_message("sign-in.other-audience", &[("detail", audience)]))
}

fn wanted_api(row: &Observation) -> Resource {
    if row.check == CheckId::SignInExchange {
        Resource::Exchange
    } else {
        Resource::Graph
    }
}

fn success_sentence(token: &TokenFacts) -> String {
    if token.roles.is_empty() {
        return format_message("sign-in.issued-without-roles", &[]);
    }
    format_message("sign-in.issued", &[("detail", &token.roles.join(", "))])
}

/// Whether a tenant ID is typed as a domain, which cannot be compared with a GUID. Anything else is compared as it is: in a
/// redacted report the IDs are pseudonyms, and its diagnosis must be the same.
fn is_domain(tenant_id: &str) -> bool {
    tenant_id.contains('.')
}
