//! The symptom of a reply of any kind.

use crate::evidence::{Failure, Layer, Reply, Unexpected};
use crate::knowledge;
use crate::terms::{CauseId, Resource, Service};

use super::symptom::Symptom;
use super::symptom_of_refusal::{classify_refusal, from_sentence};

/// Classifies a reply of `service`. A rejection of the item is unexpected here; only `classify_nonexistent_item` expects it.
pub(super) fn classify<T>(service: Service, reply: &Reply<T>) -> Symptom {
    match classify_unfiltered(service, reply) {
        Symptom::AcceptedCaller => Symptom::Named(CauseId::ServiceUnexpectedResponse),
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

/// Classifies the response to a sign-in for `resource`. Some codes name a cause for one resource only.
pub(super) fn classify_sign_in<T>(resource: Resource, reply: &Reply<T>) -> Symptom {
    let only_for = match reply {
        // A known message names the resource itself, so the restriction of the code does not apply.
        Reply::Refused(refusal) if from_sentence(Service::SignIn, refusal).is_some() => None,
        Reply::Refused(refusal) => refusal
            .aadsts
            .iter()
            .find_map(|code| knowledge::aadsts(*code)?.only_for.as_deref()),
        _ => None,
    };
    match only_for {
        Some(only) if only != resource.as_str() => Symptom::Named(CauseId::SignInUnrecognized),
        _ => classify(Service::SignIn, reply),
    }
}

fn classify_unexpected(unexpected: &Unexpected) -> Symptom {
    Symptom::Named(if unexpected.foreign {
        CauseId::NetworkNotMicrosoft
    } else {
        CauseId::ServiceUnexpectedResponse
    })
}

/// The network cause of a missing response. A connection that closes early is a problem of the service.
pub(super) fn network_cause(failure: &Failure) -> CauseId {
    match failure.layer {
        Layer::Name => CauseId::NetworkDnsFailed,
        Layer::Refused => CauseId::NetworkConnectionRefused,
        Layer::ConnectTimeout | Layer::ResponseTimeout => CauseId::NetworkTimeout,
        Layer::Proxy => CauseId::NetworkProxyUnreachable,
        // Missing and rejected proxy credentials have one cause; its case distinguishes them.
        Layer::ProxyAuthentication | Layer::ProxyCredentials => {
            CauseId::NetworkProxyAuthenticationRequired
        }
        Layer::ProxyRefused => CauseId::NetworkProxyRefused,
        Layer::Certificate => CauseId::NetworkTlsUntrusted,
        Layer::TrustStore | Layer::Verification => CauseId::NetworkNoTrustStore,
        Layer::Tls => CauseId::NetworkTlsFailed,
        Layer::Broken | Layer::Other => CauseId::ServiceUnavailable,
    }
}

/// Classifies the reply to a request for a nonexistent item. A rejection of the *item* shows that the service accepts the
/// caller; a success would be unexpected.
pub(super) fn classify_no_touch(reply: &Reply<()>) -> Symptom {
    match classify_unfiltered(Service::Graph, reply) {
        Symptom::AcceptedCaller => Symptom::Ok,
        Symptom::Ok => Symptom::Named(CauseId::ServiceUnexpectedResponse),
        symptom => symptom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Challenge, Diagnostics, Refusal};

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
        assert_eq!(symptom, Symptom::Named(CauseId::ServiceUnexpectedResponse));
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
            Symptom::Named(CauseId::ServiceUnexpectedResponse)
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
            Symptom::Named(CauseId::SignInUnrecognized)
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
            Symptom::Named(CauseId::SignInUnrecognized)
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
            Symptom::Named(CauseId::SignInUnrecognized)
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
            Symptom::Named(CauseId::ServiceUnexpectedResponse)
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
            Symptom::Named(CauseId::SignInUnrecognized)
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
            Symptom::Named(CauseId::SignInUnrecognized)
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
