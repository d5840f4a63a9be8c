//! A service that repeats the secrets of a request in its error.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::message::{SimulatedRequest, SimulatedResponse};
use super::scenario::{EchoEncoding, Fault, FaultPlace};

const ENCODINGS: [EchoEncoding; 5] = [
    EchoEncoding::Plain,
    EchoEncoding::Url,
    EchoEncoding::Base64,
    EchoEncoding::Hex,
    EchoEncoding::Json,
];

/// The response of the service that the fault strikes, with what the request must keep to itself.
pub(crate) fn response(fault: &Fault, request: &SimulatedRequest) -> SimulatedResponse {
    let secret = encoded(fault.encoding, &secret_of(request));
    let text = format!("The credential {secret} is not valid.");
    let response = match fault.at {
        FaultPlace::Exchange => SimulatedResponse::empty(500).with_body(
            "text/xml; charset=utf-8",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope \
                 xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
                 <faultcode>s:Client</faultcode><faultstring>{text}</faultstring>\
                 </s:Fault></s:Body></s:Envelope>"
            ),
        ),
        FaultPlace::Graph => SimulatedResponse::json(
            400,
            &json!({"error": {"code": "BadRequest", "message": text}}),
        ),
        FaultPlace::SignIn | FaultPlace::Discovery => SimulatedResponse::json(
            400,
            &json!({"error": "invalid_request", "error_description": format!("AADSTS900144: {text}")}),
        ),
    };
    // Diagnostic headers are kept for the ticket.
    [
        "x-ms-diagnostics",
        "x-ms-ags-diagnostic",
        "www-authenticate",
        "request-id",
    ]
    .into_iter()
    .fold(response, |response, name| {
        response.with_header(name, secret.clone())
    })
}

/// Whether a text repeats what the request must keep to itself, in one of the encodings.
pub(crate) fn is_repeated_in(text: &str, request: &SimulatedRequest) -> bool {
    let secret = secret_of(request);
    // JSON doubles the backslashes of an escape.
    let text = text.replace(r"\\", r"\");
    !secret.is_empty()
        && ENCODINGS
            .iter()
            .any(|encoding| text.contains(&encoded(*encoding, &secret)))
}

/// The client secret of a token request, else the token.
fn secret_of(request: &SimulatedRequest) -> String {
    url::form_urlencoded::parse(&request.body)
        .find(|(name, _)| name == "client_secret")
        .map(|(_, value)| value.into_owned())
        .or_else(|| request.bearer().map(str::to_owned))
        .unwrap_or_default()
}

fn encoded(encoding: EchoEncoding, secret: &str) -> String {
    match encoding {
        EchoEncoding::Plain => secret.to_owned(),
        EchoEncoding::Url => utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        EchoEncoding::Base64 => STANDARD.encode(secret),
        EchoEncoding::Hex => written_bytes(secret, ""),
        EchoEncoding::Json => written_bytes(secret, r"\u00"),
    }
}

fn written_bytes(secret: &str, before: &str) -> String {
    let mut text = String::new();
    for byte in secret.bytes() {
        let _ = write!(text, "{before}{byte:02x}");
    }
    text
}
