//! What a fault makes of an answer.

use std::time::Duration;

use crate::simulator::message::SimulatedAnswer;
use crate::simulator::scenario::{Fault, FaultKind, FaultPlace};

const CAPTIVE_PORTAL: &str = "<!DOCTYPE html><html><head><title>Network sign-in</title></head><body><h1>Welcome to the \
                              guest network</h1><p>Please accept the terms of use to continue.</p></body></html>";
const GARBAGE: &str = "%%% this is neither JSON nor XML %%%";

/// What is done to a request.
pub(crate) enum Strike {
    /// The tenant's own answer comes later.
    Delayed(Duration),
    /// The tenant's own answer does not come, or not whole.
    Spoilt(Blow),
}

/// What comes instead of the tenant's own answer.
pub(crate) enum Blow {
    /// The answer of the tenant is replaced.
    Replaced(SimulatedAnswer),
    /// The tenant's own answer breaks off.
    CutOff,
    /// The body never seems to end.
    TooLarge,
    /// There is no answer; the connection stays open.
    Hang,
    /// There is no answer; the connection is closed.
    Reset,
    /// The tenant does what was requested; the connection is closed without a response.
    Lost,
    /// The tenant does what was requested; the response comes late.
    Late(Duration),
}

/// What a fault does.
pub(crate) fn strike(fault: &Fault) -> Strike {
    Strike::Spoilt(match fault.kind {
        FaultKind::Slow => return Strike::Delayed(delay(fault)),
        FaultKind::Late => Blow::Late(delay(fault)),
        FaultKind::Lost => Blow::Lost,
        FaultKind::Hang => Blow::Hang,
        FaultKind::Reset => Blow::Reset,
        FaultKind::CutOff => Blow::CutOff,
        FaultKind::TooLarge => Blow::TooLarge,
        FaultKind::Status => Blow::Replaced(status(fault)),
        FaultKind::Html => Blow::Replaced(page(fault)),
        FaultKind::Garbage => Blow::Replaced(garbage(fault)),
        FaultKind::Redirect => Blow::Replaced(redirect(fault)),
    })
}

fn delay(fault: &Fault) -> Duration {
    Duration::from_millis(fault.delay_ms.unwrap_or(3000))
}

fn status(fault: &Fault) -> SimulatedAnswer {
    let body = fault.body.clone().unwrap_or_default();
    let kind = match body.trim_start().as_bytes() {
        [] => None,
        [b'{' | b'[', ..] => Some("application/json"),
        [b'<', b'?', ..] => Some("text/xml; charset=utf-8"),
        [b'<', ..] => Some("text/html; charset=utf-8"),
        _ => Some("text/plain; charset=utf-8"),
    };
    let answer = SimulatedAnswer::empty(fault.status.unwrap_or(503));
    let named = fault
        .headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case("content-type"));
    let answer = match kind {
        Some(kind) if !named => answer.with_body(kind, body),
        _ => SimulatedAnswer {
            body: body.into_bytes(),
            ..answer
        },
    };
    with_headers(answer, fault)
}

fn page(fault: &Fault) -> SimulatedAnswer {
    let body = fault
        .body
        .clone()
        .unwrap_or_else(|| CAPTIVE_PORTAL.to_owned());
    let answer = SimulatedAnswer::empty(fault.status.unwrap_or(200))
        .with_body("text/html; charset=utf-8", body);
    with_headers(answer, fault)
}

fn garbage(fault: &Fault) -> SimulatedAnswer {
    let body = fault.body.clone().unwrap_or_else(|| GARBAGE.to_owned());
    let kind = if fault.at == FaultPlace::Exchange {
        "text/xml; charset=utf-8"
    } else {
        "application/json"
    };
    with_headers(SimulatedAnswer::empty(200).with_body(kind, body), fault)
}

fn redirect(fault: &Fault) -> SimulatedAnswer {
    let location = fault
        .location
        .as_deref()
        .unwrap_or("https://portal.guest-network.example/sign-in");
    with_headers(
        SimulatedAnswer::empty(fault.status.unwrap_or(302)).with_header("location", location),
        fault,
    )
}

fn with_headers(mut answer: SimulatedAnswer, fault: &Fault) -> SimulatedAnswer {
    answer.headers.extend(
        fault
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    answer
}
