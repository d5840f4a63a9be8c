//! Cause of a missing response.

use crate::evidence::{CertificateFault, Failure, Layer};
use crate::knowledge::format_message;
use crate::terms::CauseId;

use super::judgment::Raised;
use super::symptom_of_reply;

/// The cause of a missing response in a row that is not a `network.*` row.
pub(super) fn from_failure(failure: &Failure) -> Raised {
    cause_with_failure(symptom_of_reply::network_cause(failure), failure)
}

/// A cause with the host, the layer and the time limit of a failure.
pub(super) fn cause_with_failure(id: CauseId, failure: &Failure) -> Raised {
    // The limit is part of the sentence, because `--timeout` can change it.
    let limit = failure.limit_ms.map(|ms| {
        format!(
            "{} s",
            f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0
        )
    });
    let sentence = match (failure.layer, &limit) {
        (Layer::ConnectTimeout, Some(limit)) => format_message(
            "network.no-connection-within",
            &[("limit", limit), ("host", &failure.host)],
        ),
        (Layer::ResponseTimeout, Some(limit)) => format_message(
            "network.no-response-within",
            &[("limit", limit), ("host", &failure.host)],
        ),
        _ => match &failure.issuer {
            Some(issuer) => format_message(
                "network.untrusted",
                &[
                    ("host", &failure.host),
                    ("detail", &failure.detail),
                    ("issuer", issuer),
                ],
            ),
            None => format!("{}: {}", failure.host, failure.detail),
        },
    };
    let raised = Raised::new(id)
        .because(sentence)
        .with_value("detail", failure.detail.clone())
        .in_case(case(failure));
    // The host of such a failure is the proxy, but the remedy needs the host that the proxy rejected.
    let raised = if failure.layer == Layer::ProxyRefused {
        raised
    } else {
        raised.with_value("host", failure.host.clone())
    };
    let raised = match limit {
        Some(limit) => raised.with_value("limit", limit),
        None => raised,
    };
    match &failure.issuer {
        Some(issuer) => raised.with_value("issuer", issuer.clone()),
        None => raised,
    }
}

/// The case of the cause in the knowledge base, by the layer or the certificate fault.
fn case(failure: &Failure) -> Option<&'static str> {
    match (failure.layer, failure.certificate) {
        (Layer::ResponseTimeout, _) => Some("no-answer"),
        (Layer::ProxyCredentials, _) => Some("not-accepted"),
        (Layer::Verification, _) => Some("not-available"),
        (_, Some(CertificateFault::Expired)) => Some("expired"),
        (_, Some(CertificateFault::NotValidYet)) => Some("not-valid-yet"),
        (_, Some(CertificateFault::WrongName)) => Some("wrong-name"),
        _ => None,
    }
}
