//! A small, healthy tenant for the tests of this room.

use super::message::{SimulatedRequest, SimulatedResponse};
use super::scenario::Scenario;
use super::tenant::Tenant;

pub(crate) const TENANT: &str = "7c1d2f60-4b6e-4a0b-9a57-0d3c5f1e8a21";
pub(crate) const APP: &str = "3f0a9c52-8d1e-4c7b-b7a4-61d2e90f5b38";
pub(crate) const SECRET: &str = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP";
pub(crate) const ROOM: &str = "boardroom@contoso.com";
pub(crate) const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";
pub(crate) const EXCHANGE_SCOPE: &str = "https://outlook.office365.com/.default";

pub(crate) const SMALL: &str = r#"
title = "All is well"
about = "A small tenant."
clock = "2026-11-23T08:00:00Z"

[environment]
RX_CLIENT_SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"

[settings.system]
rooms = ["boardroom@contoso.com"]

[tenant]
id = "7c1d2f60-4b6e-4a0b-9a57-0d3c5f1e8a21"
domains = ["contoso.com", "contoso.onmicrosoft.com"]
region = "EU"

[[tenant.app]]
client_id = "3f0a9c52-8d1e-4c7b-b7a4-61d2e90f5b38"
object_id = "b2d6f1a4-0c35-4e8f-9d72-5a1b7c3e6f90"
display_name = "ResourceXpress"
secret = [{ env = "RX_CLIENT_SECRET", ends = "+200d", id = "1e9b6d3c-7f42-4b15-8a60-c4d2e7f9a013" }]
enabled = true
requested = [
  { api = "exchange", permission = "full_access_as_app", type = "Role" },
  { api = "graph", permission = "User.Read", type = "Scope" },
]
granted = [
  "exchange/full_access_as_app", "graph/Calendars.ReadWrite", "graph/Mail.Send", "graph/User.Read.All",
  "graph/Group.Read.All",
]

[[tenant.mailbox]]
address = "boardroom@contoso.com"
aliases = ["the.boardroom@contoso.com"]

[[tenant.mailbox]]
address = "rx-service@contoso.com"
kind = "user"

[[tenant.group]]
id = "5d8a1f37-2c90-4e6b-8f14-b39d7c0a6e52"
display_name = "Panel administrators"
members = ["rx-service@contoso.com"]

[expect]
verdict = "ready"
exit_code = 0
"#;

pub(crate) fn small() -> Scenario {
    Scenario::parse("small", SMALL).unwrap()
}

/// The small scenario with a piece of its text replaced; the piece must be there.
pub(crate) fn changed(from: &str, to: &str) -> Tenant {
    assert!(SMALL.contains(from), "{from}");
    tenant_of(Scenario::parse("changed", &SMALL.replace(from, to)).unwrap())
}

pub(crate) fn tenant_of(scenario: Scenario) -> Tenant {
    let start = scenario.clock;
    Tenant::new(scenario, "http://127.0.0.1:1", start).unwrap()
}

pub(crate) fn small_tenant() -> Tenant {
    tenant_of(small())
}

pub(crate) fn get(target: &str) -> SimulatedRequest {
    SimulatedRequest {
        method: "GET".to_owned(),
        target: target.to_owned(),
        ..SimulatedRequest::default()
    }
}

pub(crate) fn token_request(
    tenant: &str,
    app: &str,
    secret: &str,
    scope: &str,
) -> SimulatedRequest {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", app),
            ("client_secret", secret),
            ("scope", scope),
            ("grant_type", "client_credentials"),
        ])
        .finish();
    SimulatedRequest {
        method: "POST".to_owned(),
        target: format!("/{tenant}/oauth2/v2.0/token"),
        headers: vec![(
            "Content-Type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        )],
        body: body.into_bytes(),
    }
}

pub(crate) fn obtain_token(tenant: &Tenant, scope: &str) -> String {
    let response = tenant.respond(&token_request(TENANT, APP, SECRET, scope));
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// A request with a fresh token.
pub(crate) fn authorized(
    tenant: &Tenant,
    scope: &str,
    mut request: SimulatedRequest,
) -> SimulatedRequest {
    request.headers.push((
        "Authorization".to_owned(),
        format!("Bearer {}", obtain_token(tenant, scope)),
    ));
    request
}

/// Sends a request to Graph with a fresh token.
pub(crate) fn send_to_graph(
    tenant: &Tenant,
    method: &str,
    path: &str,
    body: Option<&serde_json::Value>,
) -> SimulatedResponse {
    let mut request = get(&format!("/v1.0{path}"));
    request.method = method.to_owned();
    if let Some(body) = body {
        request
            .headers
            .push(("Content-Type".to_owned(), "application/json".to_owned()));
        request.body = body.to_string().into_bytes();
    }
    tenant.respond(&authorized(tenant, GRAPH_SCOPE, request))
}

/// The body of a response as JSON.
pub(crate) fn json_of(response: &SimulatedResponse) -> serde_json::Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Status and error code of a Graph response.
pub(crate) fn graph_code(response: &SimulatedResponse) -> (u16, String) {
    (
        response.status,
        json_of(response)["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}
