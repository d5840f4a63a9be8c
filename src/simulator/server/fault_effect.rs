//! The effect of a scenario's fault on a response.

use std::time::Duration;

use crate::simulator::echo;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::scenario::{Fault, FaultKind, FaultPlace};

use super::connection_fault::ConnectionFault;
use super::hostile_body;
use super::response_change::ResponseChange;

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
    /// The response of the tenant is changed.
    Changed(ResponseChange),
    /// The response of the tenant is sent past the HTTP library, and the connection ends with it.
    Connection(ConnectionFault),
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

/// What a fault does to a request.
pub(crate) fn effect_of(fault: &Fault, request: &SimulatedRequest) -> FaultEffect {
    let disruption = match fault.kind {
        FaultKind::Slow => return FaultEffect::Delayed(delay(fault)),
        FaultKind::Late => Disruption::Late(delay(fault)),
        FaultKind::Lost => Disruption::Lost,
        FaultKind::Hang => Disruption::Hang,
        FaultKind::Reset => Disruption::Reset,
        FaultKind::CutOff => Disruption::CutOff,
        FaultKind::TooLarge => Disruption::TooLarge,
        FaultKind::ResetInHead => Disruption::Connection(ConnectionFault::HalfHead),
        FaultKind::ResetAfterHead => Disruption::Connection(ConnectionFault::HeadOnly),
        FaultKind::Trickle => Disruption::Connection(ConnectionFault::Trickle(pause(fault))),
        FaultKind::WrongLength => Disruption::Connection(ConnectionFault::WrongLength),
        FaultKind::InterimStorm => Disruption::Connection(ConnectionFault::InterimStorm),
        FaultKind::GoAway => Disruption::Connection(ConnectionFault::GoAway),
        FaultKind::GzipBomb => Disruption::Changed(ResponseChange::GzipBomb),
        FaultKind::UnknownEncoding => Disruption::Changed(ResponseChange::UnknownEncoding),
        FaultKind::HalfDocument => Disruption::Changed(ResponseChange::HalfDocument),
        FaultKind::NotUtf8 => Disruption::Changed(ResponseChange::NotUtf8),
        FaultKind::WrongDate => Disruption::Changed(ResponseChange::WrongDate),
        FaultKind::Status
        | FaultKind::Html
        | FaultKind::Garbage
        | FaultKind::Redirect
        | FaultKind::Entities
        | FaultKind::DeepNesting
        | FaultKind::Echo => Disruption::Replaced(replacement(fault, request)),
    };
    FaultEffect::Disrupted(disruption)
}

/// The response in place of the tenant's own. A kind of fault that replaces nothing gets its status.
fn replacement(fault: &Fault, request: &SimulatedRequest) -> SimulatedResponse {
    match fault.kind {
        FaultKind::Html => page(fault),
        FaultKind::Garbage => garbage(fault, GARBAGE.to_owned()),
        FaultKind::Redirect => redirect(fault),
        FaultKind::Entities => garbage(fault, hostile_body::entities()),
        FaultKind::DeepNesting if fault.at == FaultPlace::Exchange => {
            garbage(fault, hostile_body::deep_xml())
        }
        FaultKind::DeepNesting => garbage(fault, hostile_body::deep_json()),
        FaultKind::Echo => with_headers(echo::response(fault, request), fault),
        _ => status(fault),
    }
}

/// The time between two bytes of a response that trickles.
fn pause(fault: &Fault) -> Duration {
    Duration::from_millis(fault.delay_ms.unwrap_or(1000))
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

fn garbage(fault: &Fault, usual: String) -> SimulatedResponse {
    let body = fault.body.clone().unwrap_or(usual);
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
