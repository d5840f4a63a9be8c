//! Errors of Entra ID in their JSON form, with the status each kind of error has.

use serde_json::json;
use uuid::Uuid;

use crate::simulator::clock;
use crate::simulator::clouds::CloudHosts;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};

/// A refusal: an AADSTS code and its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntraError {
    /// The number after `AADSTS`.
    pub(crate) code: u32,
    /// The sentence after the code.
    pub(crate) text: String,
}

impl EntraError {
    pub(crate) fn new(code: u32, text: impl Into<String>) -> EntraError {
        EntraError {
            code,
            text: text.into(),
        }
    }

    /// The OAuth error word of the code, and the HTTP status.
    ///
    /// The word of 53003 for service principals is not known for certain; the status of 7000216 neither.
    fn kind(&self) -> (&'static str, u16) {
        match self.code {
            7_000_215 | 7_000_222 | 7_000_216 | 7_000_218 | 7_000_229 | 700_021 | 700_023
            | 700_024 | 700_027 | 1_000_502 | 50_027 | 7_000_214 => ("invalid_client", 401),
            700_016 | 7_000_112 | 700_030 => ("unauthorized_client", 400),
            70_011 | 1_002_012 | 700_022 => ("invalid_scope", 400),
            500_011 | 500_014 | 650_054 => ("invalid_resource", 400),
            53_003 | 530_032 | 501_051 => ("invalid_grant", 400),
            70_003 => ("unsupported_grant_type", 400),
            90_033 | 90_024 | 90_006 | 90_012 | 90_090 => ("temporarily_unavailable", 503),
            90_055 => ("temporarily_unavailable", 429),
            _ => ("invalid_request", 400),
        }
    }

    /// The response of the token endpoint.
    pub(crate) fn to_response(
        &self,
        request: &SimulatedRequest,
        hosts: &CloudHosts,
        now: jiff::Timestamp,
    ) -> SimulatedResponse {
        let (error, status) = self.kind();
        self.in_form(error, status, request, hosts, now)
    }

    /// The response of the discovery endpoint, where an unknown tenant is `invalid_tenant`.
    pub(crate) fn discovery_response(
        &self,
        request: &SimulatedRequest,
        hosts: &CloudHosts,
        now: jiff::Timestamp,
    ) -> SimulatedResponse {
        self.in_form("invalid_tenant", 400, request, hosts, now)
    }

    fn in_form(
        &self,
        error: &str,
        status: u16,
        request: &SimulatedRequest,
        hosts: &CloudHosts,
        now: jiff::Timestamp,
    ) -> SimulatedResponse {
        let (trace, time) = (Uuid::new_v4().to_string(), clock::entra_timestamp(now));
        let correlation = correlation_id(request);
        let (code, text) = (self.code, &self.text);
        SimulatedResponse::json(
            status,
            &json!({
                "error": error,
                "error_description": format!(
                    "AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"
                ),
                "error_codes": [code],
                "timestamp": time,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": format!("https://{}/error?code={code}", hosts.sign_in),
            }),
        )
    }
}

/// The caller's own id if it sent a GUID, else a fresh one.
fn correlation_id(request: &SimulatedRequest) -> String {
    request
        .header("client-request-id")
        .and_then(|id| Uuid::try_parse(id).ok())
        .unwrap_or_else(Uuid::new_v4)
        .to_string()
}
