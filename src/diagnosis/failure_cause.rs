//! The cause behind a missing response.

use super::judgment::Raised;
use super::symptom;
use crate::evidence::{CertificateFault, Failure, Layer};
use crate::knowledge::format_message;
use crate::terms::CauseId;

/// A verdict that rests on a missing answer elsewhere than in a `network.*` row.
pub(super) fn from_failure(failure: &Failure) -> Raised {
    cause_with_failure(symptom::network_cause(failure), failure)
}

/// The cause with the host, the layer and the limit of the failure.
pub(super) fn cause_with_failure(id: CauseId, failure: &Failure) -> Raised {
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
            "network.no-answer-within",
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
    // A proxy that refuses is the host of its failure; what it refuses is the service behind it.
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

/// The case of its cause that a failure is, by its name in the catalogue.
fn case(failure: &Failure) -> Option<&'static str> {
    match (failure.layer, failure.certificate) {
        (Layer::ResponseTimeout, _) => Some("no-answer"),
        (Layer::ProxyCredentials, _) => Some("not-accepted"),
        (_, Some(CertificateFault::Expired)) => Some("expired"),
        (_, Some(CertificateFault::NotValidYet)) => Some("not-valid-yet"),
        (_, Some(CertificateFault::WrongName)) => Some("wrong-name"),
        _ => None,
    }
}
