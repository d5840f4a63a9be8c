//! The effect of a scenario's fault on a response.

use std::time::Duration;

use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{Fault, FaultKind, FaultPlace};

const CAPTIVE_PORTAL: &str = "<!DOCTYPE html><html><head><title>Network sign-in</title></head><body><h1>Welcome to the \
                              guest network</h1><p>Please accept the terms of use to continue.</p></body></html>";
const GARBAGE: &str = "%%% this is neither JSON nor XML %%%";

/// What is done to a request.
pub(crate) enum FaultEffect {
    /// The tenant's own response is delayed.
    Delayed(Duration),
    /// The tenant's own response is replaced, incomplete or missing.
    Disrupted(Disruption),
}

/// What the client gets instead of the tenant's own response.
pub(crate) enum Disruption {
    /// The response of the tenant is replaced.
    Replaced(SimulatedResponse),
    /// The connection closes in the middle of the tenant's own response.
    CutOff,
    /// The body never seems to end.
    TooLarge,
    /// There is no response; the connection stays open.
    Hang,
    /// There is no response; the connection is closed.
    Reset,
    /// The tenant does what was requested; the connection is closed without a response.
    Lost,
    /// The tenant does what was requested; the response comes late.
    Late(Duration),
}

/// What a fault does.
pub(crate) fn effect_of(fault: &Fault) -> FaultEffect {
    FaultEffect::Disrupted(match fault.kind {
        FaultKind::Slow => return FaultEffect::Delayed(delay(fault)),
        FaultKind::Late => Disruption::Late(delay(fault)),
        FaultKind::Lost => Disruption::Lost,
        FaultKind::Hang => Disruption::Hang,
        FaultKind::Reset => Disruption::Reset,
        FaultKind::CutOff => Disruption::CutOff,
        FaultKind::TooLarge => Disruption::TooLarge,
        FaultKind::Status => Disruption::Replaced(status(fault)),
        FaultKind::Html => Disruption::Replaced(page(fault)),
        FaultKind::Garbage => Disruption::Replaced(garbage(fault)),
        FaultKind::Redirect => Disruption::Replaced(redirect(fault)),
    })
}

fn delay(fault: &Fault) -> Duration {
    Duration::from_millis(fault.delay_ms.unwrap_or(3000))
}

fn status(fault: &Fault) -> SimulatedResponse {
    let body = fault.body.clone().unwrap_or_default();
    let kind = match body.trim_start().as_bytes() {
        // A scenario does not have to name the media type of its body.
        [] => None,
        [b'{' | b'[', ..] => Some("application/json"),
        [b'<', b'?', ..] => Some("text/xml; charset=utf-8"),
        [b'<', ..] => Some("text/html; charset=utf-8"),
        _ => Some("text/plain; charset=utf-8"),
    };
    let response = SimulatedResponse::empty(fault.status.unwrap_or(503));
    let named = fault
        .headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case("content-type"));
    let response = match kind {
        Some(kind) if !named => response.with_body(kind, body),
        _ => SimulatedResponse {
            body: body.into_bytes(),
            ..response
        },
    };
    with_headers(response, fault)
}

fn page(fault: &Fault) -> SimulatedResponse {
    let body = fault
        .body
        .clone()
        .unwrap_or_else(|| CAPTIVE_PORTAL.to_owned());
    let response = SimulatedResponse::empty(fault.status.unwrap_or(200))
        .with_body("text/html; charset=utf-8", body);
    with_headers(response, fault)
}

fn garbage(fault: &Fault) -> SimulatedResponse {
    let body = fault.body.clone().unwrap_or_else(|| GARBAGE.to_owned());
    let kind = if fault.at == FaultPlace::Exchange {
        "text/xml; charset=utf-8"
    } else {
        "application/json"
    };
    with_headers(SimulatedResponse::empty(200).with_body(kind, body), fault)
}

fn redirect(fault: &Fault) -> SimulatedResponse {
    let location = fault
        .location
        .as_deref()
        .unwrap_or("https://portal.guest-network.example/sign-in");
    with_headers(
        SimulatedResponse::empty(fault.status.unwrap_or(302)).with_header("location", location),
        fault,
    )
}

fn with_headers(mut response: SimulatedResponse, fault: &Fault) -> SimulatedResponse {
    response.headers.extend(
        fault
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    response
}
