//! Dispatch of a request to the simulated service: one request in, one response out, without sockets.

use uuid::Uuid;

use super::message::{SIMULATION_HEADER, SimulatedRequest, SimulatedResponse};
use super::scenario::{Cloud, FaultPlace};
use super::tenant::Tenant;
use super::{clock, entra, exchange, graph};

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// The discovery document of a tenant at a cloud's sign-in host; `other` if it is not the served cloud.
    Discovery {
        tenant: String,
        cloud: Cloud,
        other: Option<String>,
    },
    /// The key set of a tenant.
    Keys,
    /// The token endpoint of a tenant.
    Token { tenant: String },
    /// Microsoft Graph.
    Graph,
    /// Exchange Web Services.
    Exchange,
    /// None of the simulated services.
    Nowhere,
}

impl Destination {
    /// The place at which faults strike this destination.
    pub(crate) fn fault_place(&self) -> Option<FaultPlace> {
        match self {
            Destination::Discovery { .. } | Destination::Keys => Some(FaultPlace::Discovery),
            Destination::Token { .. } => Some(FaultPlace::SignIn),
            Destination::Graph => Some(FaultPlace::Graph),
            Destination::Exchange => Some(FaultPlace::Exchange),
            Destination::Nowhere => None,
        }
    }
}

impl Tenant {
    /// The response to a request, with the headers that every response of the service has.
    pub fn respond(&self, request: &SimulatedRequest) -> SimulatedResponse {
        let destination = self.destination(request);
        let response = match &destination {
            Destination::Discovery {
                tenant,
                cloud,
                other,
            } => {
                let base = other.as_ref().map_or_else(
                    || self.base_url().to_owned(),
                    |name| format!("{}/other-clouds/{name}", self.base_url()),
                );
                entra::discovery_response(self, request, *cloud, &base, tenant)
            }
            Destination::Keys => entra::keys(self),
            Destination::Token { tenant } => entra::token_response(self, request, tenant),
            Destination::Graph => graph::respond(self, request),
            Destination::Exchange => exchange::respond(self, request),
            Destination::Nowhere => SimulatedResponse::empty(404),
        };
        self.with_common_headers(response, &destination, request)
    }

    /// Adds the headers that identify the service, the simulation and the time.
    pub(crate) fn with_common_headers(
        &self,
        mut response: SimulatedResponse,
        destination: &Destination,
        request: &SimulatedRequest,
    ) -> SimulatedResponse {
        let id = Uuid::new_v4().to_string();
        let mut add = |name: &str, value: String| {
            if response.header(name).is_none() {
                response.headers.push((name.to_owned(), value));
            }
        };
        add("date", clock::http_date(self.now()));
        add(SIMULATION_HEADER, self.scenario_name().to_owned());
        match destination {
            Destination::Graph => {
                add(
                    "client-request-id",
                    request
                        .header("client-request-id")
                        .map_or_else(|| id.clone(), str::to_owned),
                );
                add("request-id", id);
                add("x-ms-ags-diagnostic", graph::DIAGNOSTIC.to_owned());
            }
            Destination::Exchange => {
                if let Some(requested) = request.header("client-request-id") {
                    add("client-request-id", requested.to_owned());
                }
                add("request-id", id);
                add("x-feserver", "SIM0PR00CA0001".to_owned());
            }
            _ => {
                if let Some(requested) = request.header("client-request-id") {
                    add("client-request-id", requested.to_owned());
                }
                add("x-ms-request-id", id);
                add(
                    "x-ms-ests-server",
                    "2.1.0 - SIMULATED ProdSlices".to_owned(),
                );
            }
        }
        response
    }

    /// Where a request goes, by its path.
    pub(crate) fn destination(&self, request: &SimulatedRequest) -> Destination {
        let segments = request.segments();
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["v1.0", ..] => Destination::Graph,
            [folder, file] if is(folder, "EWS") && is(file, "Exchange.asmx") => {
                Destination::Exchange
            }
            ["other-clouds", cloud, tenant, rest @ ..] if is_discovery(rest) => Cloud::named(cloud)
                .map_or(Destination::Nowhere, |known| Destination::Discovery {
                    tenant: (*tenant).to_owned(),
                    cloud: known,
                    other: Some((*cloud).to_owned()),
                }),
            [tenant, rest @ ..] if is_discovery(rest) => Destination::Discovery {
                tenant: (*tenant).to_owned(),
                cloud: self.served_cloud(),
                other: None,
            },
            [tenant, "oauth2", "v2.0", "token"] => Destination::Token {
                tenant: (*tenant).to_owned(),
            },
            [_, "discovery", "v2.0", "keys"] => Destination::Keys,
            _ => Destination::Nowhere,
        }
    }
}

fn is(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn is_discovery(rest: &[&str]) -> bool {
    rest == ["v2.0", ".well-known", "openid-configuration"]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::{get, small_tenant};

    #[test]
    fn every_response_is_marked_as_simulated() {
        let tenant = small_tenant();
        for path in [
            "/v1.0/users",
            "/EWS/Exchange.asmx",
            "/contoso.com/oauth2/v2.0/token",
            "/favicon.ico",
        ] {
            let response = tenant.respond(&get(path));
            assert_eq!(response.header(SIMULATION_HEADER), Some("small"), "{path}");
            assert!(
                response
                    .header("date")
                    .is_some_and(|date| date.starts_with("Mon, 23 Nov 2026 08:00:")),
                "{path}"
            );
        }
    }

    #[test]
    fn the_callers_request_id_comes_back() {
        let mut request = get("/v1.0/users");
        request.headers.push((
            "client-request-id".to_owned(),
            "e3b0c442-98fc-4c14-9afb-f4c8996fb924".to_owned(),
        ));
        let response = small_tenant().respond(&request);
        assert_eq!(
            response.header("client-request-id"),
            Some("e3b0c442-98fc-4c14-9afb-f4c8996fb924")
        );
        assert!(response.header("request-id").is_some());
    }

    #[test]
    fn unknown_paths_have_no_destination() {
        assert_eq!(
            small_tenant().destination(&get("/favicon.ico")),
            Destination::Nowhere
        );
        assert_eq!(
            small_tenant().destination(&get("/ews/exchange.asmx")),
            Destination::Exchange
        );
    }
}
