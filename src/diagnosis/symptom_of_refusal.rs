//! The symptom of a response in which a service rejects a request.

use crate::evidence::Refusal;
use crate::knowledge::{self, CodeSource, CodeText, Meaning, PolicyReason};
use crate::terms::{CauseId, Service};

use super::symptom::Symptom;

pub(super) fn classify_refusal(service: Service, refusal: &Refusal) -> Symptom {
    // From specific to general: known messages and AADSTS numbers name one cause, a status alone rarely does.
    from_sentence(service, refusal)
        .or_else(|| from_aadsts(refusal))
        .or_else(|| from_challenge(refusal))
        .or_else(|| from_policy_header(refusal))
        .or_else(|| from_message(refusal))
        .or_else(|| from_diagnostics(refusal))
        .or_else(|| {
            from_code(service, refusal)
                .filter(|symptom| !outranked_by_status(service, refusal, symptom))
        })
        .unwrap_or_else(|| from_status(service, refusal))
}

/// The symptom by a known message that narrows the code next to it. A message about an access policy is classified elsewhere.
pub(super) fn from_sentence(service: Service, refusal: &Refusal) -> Option<Symptom> {
    if refusal
        .message
        .as_deref()
        .is_some_and(knowledge::names_access_policy)
    {
        return None;
    }
    Some(from_meaning(&narrowed_by(service, refusal)?.meaning))
}

/// The table row of the message that narrows a code of this refusal, if there is one.
pub(super) fn narrowed_by(service: Service, refusal: &Refusal) -> Option<&'static CodeText> {
    let message = refusal.message.as_deref()?;
    let number =
        |code: &u64| knowledge::find_narrowing(CodeSource::SignIn, &code.to_string(), message);
    let word = |code: &String| match service {
        Service::Graph => knowledge::find_narrowing(CodeSource::Graph, code, message),
        Service::Exchange => knowledge::find_narrowing(CodeSource::Exchange, code, message),
        Service::SignIn => None,
    };
    refusal.aadsts.iter().find_map(number).or_else(|| {
        refusal
            .code
            .iter()
            .chain(&refusal.inner_codes)
            .find_map(word)
    })
}

/// The symptom by an AADSTS number. It is the same at the token endpoint and inside a Graph message.
fn from_aadsts(refusal: &Refusal) -> Option<Symptom> {
    let known = refusal
        .aadsts
        .iter()
        .find_map(|code| knowledge::aadsts(*code));
    match known.map(|entry| &entry.meaning) {
        // The tenant cannot fix a malformed request, so the report shows the code and Microsoft's page about it.
        Some(Meaning::InvalidRequest) => Some(Symptom::Named(CauseId::SignInUnrecognized)),
        Some(meaning) => Some(from_meaning(meaning)),
        None if !refusal.aadsts.is_empty() => Some(Symptom::Named(CauseId::SignInUnrecognized)),
        None => None,
    }
}

fn from_challenge(refusal: &Refusal) -> Option<Symptom> {
    let demanded = refusal.challenge.as_ref()?.error.as_deref()?;
    (demanded == "insufficient_claims").then_some(Symptom::Named(CauseId::SignInConditionalAccess))
}

fn from_policy_header(refusal: &Refusal) -> Option<Symptom> {
    Some(
        match knowledge::policy_reason(refusal.policy_reason.as_deref()?) {
            Some(PolicyReason::Disabled) => Symptom::EwsOff,
            Some(PolicyReason::Blocked) => Symptom::EwsPolicy,
            None => Symptom::Named(CauseId::ServiceUnexpectedResponse),
        },
    )
}

/// The symptom by the message. Microsoft advises against parsing messages, but in these two cases nothing else names the
/// cause.
fn from_message(refusal: &Refusal) -> Option<Symptom> {
    let message = refusal.message.as_deref()?;
    if knowledge::names_access_policy(message) {
        return Some(Symptom::Named(CauseId::MailboxOutsideAccessPolicy));
    }
    message
        .contains("InvalidCloudInstance")
        .then_some(Symptom::Named(CauseId::TenantWrongCloud))
}

fn from_diagnostics(refusal: &Refusal) -> Option<Symptom> {
    let entry = knowledge::diagnostics(refusal.diagnostics.as_ref()?.code)?;
    Some(from_meaning(&entry.meaning))
}

fn from_code(service: Service, refusal: &Refusal) -> Option<Symptom> {
    let lookup = |code: &str| match service {
        Service::Graph => knowledge::graph(code),
        Service::Exchange => knowledge::exchange(code),
        Service::SignIn => None,
    };
    // Entra returns this code for throttling and for an outage; only the status distinguishes them.
    if service == Service::SignIn && refusal.code.as_deref() == Some("temporarily_unavailable") {
        let throttled = refusal.status == 429;
        return Some(Symptom::Named(if throttled {
            CauseId::ServiceThrottled
        } else {
            CauseId::ServiceUnavailable
        }));
    }
    let codes = refusal.code.iter().chain(&refusal.inner_codes);
    let mut known = codes
        .filter_map(|code| lookup(code))
        .map(|entry| from_meaning(&entry.meaning));
    let first = known.next()?;
    // Graph wraps errors of its backends in codes without a meaning of their own; the inner code is then more specific.
    let nothing = Symptom::Named(CauseId::ServiceUnexpectedResponse);
    Some(if first == nothing {
        known.find(|symptom| *symptom != nothing).unwrap_or(first)
    } else {
        first
    })
}

fn from_meaning(meaning: &Meaning) -> Symptom {
    match meaning {
        Meaning::Cause(id) => Symptom::Named(*id),
        Meaning::AccessRefused => Symptom::AccessRefused,
        Meaning::Throttled => Symptom::Named(CauseId::ServiceThrottled),
        Meaning::Transient => Symptom::Named(CauseId::ServiceUnavailable),
        Meaning::Accepted => Symptom::AcceptedCaller,
        Meaning::MailboxMissing => Symptom::MailboxMissing,
        Meaning::InvalidRequest => Symptom::Named(CauseId::ServiceUnexpectedResponse),
    }
}

/// Whether the status is more specific than the code. Graph returns codes such as `UnknownError` together with a 503.
fn outranked_by_status(service: Service, refusal: &Refusal, symptom: &Symptom) -> bool {
    let is_specific = refusal.status == 429 || refusal.status >= 500;
    service == Service::Graph
        && is_specific
        && *symptom == Symptom::Named(CauseId::ServiceUnexpectedResponse)
}

/// The symptom by the status alone, for responses without a known code. A 403 without a code denies access without a reason
/// (Microsoft: a 403 on its own proves nothing more).
fn from_status(service: Service, refusal: &Refusal) -> Symptom {
    match (service, refusal.status) {
        // An unknown code never becomes a verdict about access, whatever its status is.
        (Service::Exchange, _) if refusal.code.is_some() => {
            Symptom::Named(CauseId::ServiceUnexpectedResponse)
        }
        (_, 429) => Symptom::Named(CauseId::ServiceThrottled),
        (_, 500..) => Symptom::Named(CauseId::ServiceUnavailable),
        // The report shows an unknown sign-in code together with its page at Microsoft.
        (Service::SignIn, _) if refusal.code.is_some() => {
            Symptom::Named(CauseId::SignInUnrecognized)
        }
        (Service::Exchange, 403) if refusal.diagnostics.is_none() => Symptom::AccessRefused,
        (Service::Graph, 403) if refusal.code.is_none() => Symptom::AccessRefused,
        _ => Symptom::Named(CauseId::ServiceUnexpectedResponse),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_meaningless_code_of_graph_is_outranked_by_a_specific_status() {
        let unexpected = Symptom::Named(CauseId::ServiceUnexpectedResponse);
        for service in [Service::Graph, Service::Exchange, Service::SignIn] {
            for status in [200, 400, 404, 428, 429, 430, 499, 500, 503] {
                for symptom in [&unexpected, &Symptom::AccessRefused] {
                    let refusal = Refusal {
                        status,
                        ..Refusal::default()
                    };
                    let is_outranked = outranked_by_status(service, &refusal, symptom);
                    let expected = service == Service::Graph
                        && [429, 500, 503].contains(&status)
                        && *symptom == unexpected;
                    assert_eq!(is_outranked, expected, "{service:?} {status} {symptom:?}");
                }
            }
        }
    }
}
