//! What an answer says, before it is known which role the token holds or how the other rooms answered.

use crate::evidence::{Failure, Layer, Refusal, Reply, Unexpected};
use crate::knowledge::{self, CodeSource, Meaning, PolicyReason, TextEntry};
use crate::terms::{CauseGroup, CauseId, Resource, Service};

/// The reading of one answer by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Symptom {
    /// The service did it, or would have done it.
    Ok,
    /// The answer names this cause and no other.
    Named(CauseId),
    /// Permission, scope or policy: the declared roles and the pattern over the rooms decide which.
    AccessRefused,
    /// Exchange says that EWS is off, for the tenant or the mailbox.
    EwsOff,
    /// Exchange says that a policy keeps this app (or its User-Agent) out of EWS.
    EwsPolicy,
    /// The service refuses an item that does not exist, so it has let the caller in. Only a question that was asked for
    /// this answer may count it as a success.
    AcceptedCaller,
    /// Exchange knows no such mailbox; the pattern tells a typo from a hybrid tenant.
    MailboxMissing,
}

impl Symptom {
    /// Whether the service looked into the mailbox before it refused: the answer is about the mailbox, not about access.
    pub(super) fn shows_that_access_was_granted(&self) -> bool {
        matches!(self, Self::Named(id) if AFTER_ACCESS_CHECK.contains(id))
    }

    /// Whether the answer leaves open what was asked.
    pub(super) fn is_undecided(&self) -> bool {
        matches!(self, Self::Named(id) if is_undecided(*id))
    }

    /// Whether the answer speaks against this app's access, in whatever way.
    pub(super) fn is_refusal_of_access(&self) -> bool {
        match self {
            Self::AccessRefused | Self::EwsOff | Self::EwsPolicy => true,
            Self::Named(id) => REFUSALS_OF_ACCESS.contains(id),
            Self::Ok | Self::AcceptedCaller | Self::MailboxMissing => false,
        }
    }
}

/// Causes that only an answer about the mailbox itself can name.
const AFTER_ACCESS_CHECK: &[CauseId] = &[
    CauseId::MailboxAliasUsed,
    CauseId::MailboxAccountDisabled,
    CauseId::MailboxCalendarMissing,
    CauseId::MailboxLicenseMissing,
    CauseId::MailboxMoving,
];

/// Causes that name a refusal of this app, as opposed to something odd about one mailbox.
const REFUSALS_OF_ACCESS: &[CauseId] = &[
    CauseId::EwsImpersonationDenied,
    CauseId::MailboxAccessBlocked,
    CauseId::MailboxOutsideAccessPolicy,
    CauseId::SignInConditionalAccess,
    CauseId::SignInServicePrincipalMissing,
    CauseId::SignInTenantRestricted,
    CauseId::SignInTokenRefused,
    CauseId::TenantAccessBlocked,
    CauseId::TenantWrongCloud,
];

/// Whether a cause says only that no decision was possible: no answer, a service in trouble, a mailbox on the move.
pub(super) fn is_undecided(cause: CauseId) -> bool {
    matches!(cause.group(), CauseGroup::Service | CauseGroup::Network)
        || cause == CauseId::MailboxMoving
        || cause == CauseId::GrantWriteUnproven
}

/// Reads a reply of `service`. Where nobody asked for it, the refusal of an item is an answer of no expected kind.
pub(super) fn classify<T>(service: Service, reply: &Reply<T>) -> Symptom {
    match classify_unfiltered(service, reply) {
        Symptom::AcceptedCaller => Symptom::Named(CauseId::ServiceUnexpectedAnswer),
        symptom => symptom,
    }
}

fn classify_unfiltered<T>(service: Service, reply: &Reply<T>) -> Symptom {
    match reply {
        Reply::Success(_) => Symptom::Ok,
        Reply::Refused(refusal) => classify_refusal(service, refusal),
        Reply::Unexpected(unexpected) => classify_unexpected(unexpected),
        Reply::Unreachable(failure) => Symptom::Named(network_cause(failure)),
    }
}

/// Reads the answer to a sign-in for `resource`. Some codes name a cause only for one resource.
pub(super) fn classify_sign_in<T>(resource: Resource, reply: &Reply<T>) -> Symptom {
    let only_for = match reply {
        Reply::Refused(refusal) if from_sentence(Service::SignIn, refusal).is_some() => None,
        Reply::Refused(refusal) => refusal
            .aadsts
            .iter()
            .find_map(|code| knowledge::aadsts(*code)?.only_for.as_deref()),
        _ => None,
    };
    match only_for {
        Some(only) if only != resource.as_str() => Symptom::Named(CauseId::SignInUnrecognised),
        _ => classify(Service::SignIn, reply),
    }
}

fn classify_unexpected(unexpected: &Unexpected) -> Symptom {
    Symptom::Named(if unexpected.foreign {
        CauseId::NetworkNotMicrosoft
    } else {
        CauseId::ServiceUnexpectedAnswer
    })
}

/// The network cause of a missing answer. A connection that breaks after it was made is the service's trouble.
pub(super) fn network_cause(failure: &Failure) -> CauseId {
    match failure.layer {
        Layer::Name => CauseId::NetworkDnsFailed,
        Layer::Refused => CauseId::NetworkConnectionRefused,
        Layer::ConnectTimeout | Layer::ResponseTimeout => CauseId::NetworkTimeout,
        Layer::Proxy => CauseId::NetworkProxyUnreachable,
        Layer::ProxyAuthentication | Layer::ProxyCredentials => {
            CauseId::NetworkProxyAuthenticationRequired
        }
        Layer::ProxyRefused => CauseId::NetworkProxyRefused,
        Layer::Certificate => CauseId::NetworkTlsUntrusted,
        Layer::Tls => CauseId::NetworkTlsFailed,
        Layer::Broken | Layer::Other => CauseId::ServiceUnavailable,
    }
}

fn classify_refusal(service: Service, refusal: &Refusal) -> Symptom {
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

/// A sentence that narrows the code beside it. A refusal that names an access policy has its own reading.
fn from_sentence(service: Service, refusal: &Refusal) -> Option<Symptom> {
    if refusal
        .message
        .as_deref()
        .is_some_and(knowledge::names_access_policy)
    {
        return None;
    }
    Some(from_meaning(&narrowed_by(service, refusal)?.meaning))
}

/// The row of the sentence that narrows a code of this refusal, if there is one.
pub(super) fn narrowed_by(service: Service, refusal: &Refusal) -> Option<&'static TextEntry> {
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

/// An AADSTS number leads to the same cause wherever it stands: at the token endpoint or in a Graph message.
fn from_aadsts(refusal: &Refusal) -> Option<Symptom> {
    let known = refusal
        .aadsts
        .iter()
        .find_map(|code| knowledge::aadsts(*code));
    match known.map(|entry| &entry.meaning) {
        // A request that was wrong on arrival has no remedy at the tenant: the code and Microsoft's page must do.
        Some(Meaning::InvalidRequest) => Some(Symptom::Named(CauseId::SignInUnrecognised)),
        Some(meaning) => Some(from_meaning(meaning)),
        None if !refusal.aadsts.is_empty() => Some(Symptom::Named(CauseId::SignInUnrecognised)),
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
            None => Symptom::Named(CauseId::ServiceUnexpectedAnswer),
        },
    )
}

/// Microsoft asks clients not to read messages; in these two cases nothing else names the cause, whatever the code.
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
    // Graph wraps the answer of the service behind it into codes that mean nothing; the inner one then tells more.
    let nothing = Symptom::Named(CauseId::ServiceUnexpectedAnswer);
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
        Meaning::InvalidRequest => Symptom::Named(CauseId::ServiceUnexpectedAnswer),
    }
}

/// Graph puts codes that mean nothing into answers whose status says enough: `UnknownError` with a 503 is a 503.
fn outranked_by_status(service: Service, refusal: &Refusal, symptom: &Symptom) -> bool {
    let says_enough = refusal.status == 429 || refusal.status >= 500;
    service == Service::Graph
        && says_enough
        && *symptom == Symptom::Named(CauseId::ServiceUnexpectedAnswer)
}

/// The last resort, for answers without a code that a table knows. A bare 403 is a refusal of access whose reason is
/// not told (Microsoft: a 403 by itself proves nothing more).
fn from_status(service: Service, refusal: &Refusal) -> Symptom {
    match (service, refusal.status) {
        (Service::Exchange, _) if refusal.code.is_some() => {
            Symptom::Named(CauseId::ServiceUnexpectedAnswer)
        }
        (_, 429) => Symptom::Named(CauseId::ServiceThrottled),
        (_, 500..) => Symptom::Named(CauseId::ServiceUnavailable),
        (Service::SignIn, _) if refusal.code.is_some() => {
            Symptom::Named(CauseId::SignInUnrecognised)
        }
        (Service::Exchange, 403) if refusal.diagnostics.is_none() => Symptom::AccessRefused,
        (Service::Graph, 403) if refusal.code.is_none() => Symptom::AccessRefused,
        _ => Symptom::Named(CauseId::ServiceUnexpectedAnswer),
    }
}

/// The reading of a question about an item that cannot exist: a success would be odd, a refusal of the *item* is the
/// acceptance of the caller.
pub(super) fn classify_no_touch(reply: &Reply<()>) -> Symptom {
    match classify_unfiltered(Service::Graph, reply) {
        Symptom::AcceptedCaller => Symptom::Ok,
        Symptom::Ok => Symptom::Named(CauseId::ServiceUnexpectedAnswer),
        symptom => symptom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Challenge, Diagnostics};

    fn refused(refusal: Refusal) -> Reply<()> {
        Reply::Refused(refusal)
    }

    fn with_code(status: u16, code: &str) -> Reply<()> {
        refused(Refusal {
            status,
            code: Some(code.to_owned()),
            ..Refusal::default()
        })
    }

    #[test]
    fn a_code_that_no_table_knows_is_never_a_verdict() {
        let symptom = classify(Service::Graph, &with_code(403, "ErrorOfTheFuture"));
        assert_eq!(symptom, Symptom::Named(CauseId::ServiceUnexpectedAnswer));
        assert!(symptom.is_undecided());
    }

    #[test]
    fn a_bare_403_of_exchange_is_a_refusal_without_a_reason() {
        let reply = refused(Refusal {
            status: 403,
            ..Refusal::default()
        });
        assert_eq!(classify(Service::Exchange, &reply), Symptom::AccessRefused);
    }

    #[test]
    fn a_bare_403_of_graph_is_a_refusal_without_a_reason() {
        let reply = refused(Refusal {
            status: 403,
            ..Refusal::default()
        });
        assert_eq!(classify(Service::Graph, &reply), Symptom::AccessRefused);
    }

    #[test]
    fn a_meaningless_code_defers_to_the_inner_code() {
        let wrapped = |inner: &str| {
            let code = Some("UnknownError".to_owned());
            refused(Refusal {
                status: 403,
                code,
                inner_codes: vec![inner.to_owned()],
                ..Refusal::default()
            })
        };
        assert_eq!(
            classify(Service::Graph, &wrapped("S2SUnauthorized")),
            Symptom::AccessRefused
        );
        assert_eq!(
            classify(Service::Graph, &wrapped("Whatever")),
            Symptom::Named(CauseId::ServiceUnexpectedAnswer)
        );
    }

    #[test]
    fn a_malformed_request_is_reported_with_its_number() {
        let reply = refused(Refusal {
            status: 400,
            aadsts: vec![900_144],
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::SignIn, &reply),
            Symptom::Named(CauseId::SignInUnrecognised)
        );
    }

    #[test]
    fn a_throttled_sign_in_is_not_a_failing_one() {
        let busy = |status| {
            refused(Refusal {
                status,
                code: Some("temporarily_unavailable".into()),
                ..Refusal::default()
            })
        };
        assert_eq!(
            classify(Service::SignIn, &busy(429)),
            Symptom::Named(CauseId::ServiceThrottled)
        );
        assert_eq!(
            classify(Service::SignIn, &busy(400)),
            Symptom::Named(CauseId::ServiceUnavailable)
        );
    }

    #[test]
    fn the_policy_header_outranks_the_bare_status() {
        let reply = refused(Refusal {
            status: 403,
            policy_reason: Some("EWS is disabled for this user or tenant".into()),
            ..Refusal::default()
        });
        assert_eq!(classify(Service::Exchange, &reply), Symptom::EwsOff);
    }

    #[test]
    fn an_access_policy_is_recognized_by_its_marker_in_the_message() {
        let reply = refused(Refusal {
            status: 403,
            code: Some("ErrorAccessDenied".into()),
            message: Some(
                "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
                    .into(),
            ),
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::Graph, &reply),
            Symptom::Named(CauseId::MailboxOutsideAccessPolicy)
        );
    }

    #[test]
    fn an_aadsts_number_inside_a_graph_error_is_a_sign_in_cause() {
        let reply = refused(Refusal {
            status: 401,
            code: Some("AuthenticationError".into()),
            aadsts: vec![500_014],
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::Graph, &reply),
            Symptom::Named(CauseId::SignInExchangeDisabled)
        );
    }

    #[test]
    fn a_disabled_service_is_the_one_that_the_message_names() {
        let disabled = |resource: &str| {
            let message = format!(
                "AADSTS500014: The service principal for resource '{resource}' is disabled."
            );
            refused(Refusal {
                status: 400,
                aadsts: vec![500_014],
                message: Some(message),
                ..Refusal::default()
            })
        };
        let graph = disabled("https://graph.microsoft.com");
        assert_eq!(
            classify_sign_in(Resource::Graph, &graph),
            Symptom::Named(CauseId::SignInGraphDisabled)
        );
        assert_eq!(
            classify(Service::Graph, &graph),
            Symptom::Named(CauseId::SignInGraphDisabled)
        );
        let exchange = disabled("https://outlook.office365.com");
        assert_eq!(
            classify_sign_in(Resource::Exchange, &exchange),
            Symptom::Named(CauseId::SignInExchangeDisabled)
        );
        assert_eq!(
            classify(Service::Graph, &exchange),
            Symptom::Named(CauseId::SignInExchangeDisabled)
        );
        assert_eq!(
            classify_sign_in(Resource::Graph, &disabled("other")),
            Symptom::Named(CauseId::SignInUnrecognised)
        );
    }

    #[test]
    fn a_missing_service_is_exchange_only_where_the_message_does_not_name_graph() {
        let message =
            "AADSTS500011: The resource principal named https://graph.microsoft.com was not found.";
        let reply = refused(Refusal {
            status: 401,
            aadsts: vec![500_011],
            message: Some(message.into()),
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::Graph, &reply),
            Symptom::Named(CauseId::SignInUnrecognised)
        );
    }

    #[test]
    fn a_sentence_decides_where_the_code_leaves_several_causes_open() {
        let reply = |status, code: &str, message: &str| {
            let (code, message) = (Some(code.to_owned()), Some(message.to_owned()));
            refused(Refusal {
                status,
                code,
                message,
                ..Refusal::default()
            })
        };
        let odata = reply(403, "ErrorAccessDenied", "Access to OData is disabled.");
        assert_eq!(
            classify(Service::Graph, &odata),
            Symptom::Named(CauseId::MailboxAccessBlocked)
        );
        let folder = reply(
            404,
            "ErrorItemNotFound",
            "Default folder Calendar not found.",
        );
        assert_eq!(
            classify(Service::Graph, &folder),
            Symptom::Named(CauseId::MailboxCalendarMissing)
        );
        assert_eq!(
            classify_no_touch(&folder),
            Symptom::Named(CauseId::MailboxCalendarMissing),
            "no proof of write access"
        );
        let item = reply(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        );
        assert_eq!(classify_no_touch(&item), Symptom::Ok);
    }

    #[test]
    fn the_reason_inside_a_wrapped_error_counts() {
        let wrapped = |message: &str| {
            let (code, message) = (Some("ExtensionError".to_owned()), Some(message.to_owned()));
            classify(
                Service::Graph,
                &refused(Refusal {
                    status: 403,
                    code,
                    message,
                    ..Refusal::default()
                }),
            )
        };
        let refusal =
            "Operation: Read; Exception: [Status Code: Forbidden; Reason: Access is denied.]";
        assert_eq!(wrapped(refusal), Symptom::AccessRefused);
        assert_eq!(
            wrapped("Operation: Read; Exception: [Reason: none]"),
            Symptom::Named(CauseId::ServiceUnexpectedAnswer)
        );
    }

    #[test]
    fn an_old_number_of_the_secret_is_read_with_its_words() {
        let reply = |message: &str| {
            let message = Some(message.to_owned());
            refused(Refusal {
                status: 401,
                aadsts: vec![70_002, 50_012],
                message,
                ..Refusal::default()
            })
        };
        let wrong = "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.";
        assert_eq!(
            classify(Service::SignIn, &reply(wrong)),
            Symptom::Named(CauseId::SignInSecretWrong)
        );
        assert_eq!(
            classify(Service::SignIn, &reply("AADSTS70002")),
            Symptom::Named(CauseId::SignInUnrecognised)
        );
    }

    #[test]
    fn an_unknown_aadsts_number_is_reported_as_unrecognized() {
        let reply = refused(Refusal {
            status: 400,
            code: Some("invalid_request".into()),
            aadsts: vec![999_999_999],
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::SignIn, &reply),
            Symptom::Named(CauseId::SignInUnrecognised)
        );
    }

    #[test]
    fn a_claims_challenge_is_conditional_access() {
        let challenge = Challenge {
            error: Some("insufficient_claims".into()),
            ..Challenge::default()
        };
        let reply = refused(Refusal {
            status: 401,
            code: Some("InvalidAuthenticationToken".into()),
            challenge: Some(challenge),
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::Graph, &reply),
            Symptom::Named(CauseId::SignInConditionalAccess)
        );
    }

    #[test]
    fn missing_permissions_in_the_diagnostics_are_a_refusal_of_access() {
        let diagnostics = Diagnostics {
            code: 2_000_008,
            reason: None,
            category: Some("invalid_grant".into()),
        };
        let reply = refused(Refusal {
            status: 401,
            diagnostics: Some(diagnostics),
            ..Refusal::default()
        });
        assert_eq!(classify(Service::Exchange, &reply), Symptom::AccessRefused);
    }

    #[test]
    fn a_refusal_of_the_item_is_an_acceptance_of_the_caller() {
        assert_eq!(
            classify_no_touch(&with_code(400, "ErrorInvalidIdMalformed")),
            Symptom::Ok
        );
        assert_eq!(
            classify_no_touch(&with_code(403, "ErrorAccessDenied")),
            Symptom::AccessRefused
        );
        assert!(classify_no_touch(&Reply::Success(())).is_undecided());
    }

    #[test]
    fn a_server_error_means_that_the_service_is_unavailable() {
        let reply = refused(Refusal {
            status: 503,
            ..Refusal::default()
        });
        assert_eq!(
            classify(Service::Exchange, &reply),
            Symptom::Named(CauseId::ServiceUnavailable)
        );
    }
}
