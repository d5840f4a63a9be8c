//! Wire tests with listeners that respond, hang, close early and send false data.

mod batches;
mod listener;
mod messages;
mod network;
mod room_list;
mod slow_verification;
mod throttling;
mod tls;
mod writes;

use std::time::Duration;

use url::Url;

use crate::settings::{
    ClientId, ClientSecret, Clock, Credential, Endpoint, Endpoints, Limits, MailboxAddress,
    RetryPolicy, TenantId, Transport,
};

use super::{AccessToken, Wire};

/// Limits for a test, with one transient code of Exchange.
pub(super) fn limits(request: Duration) -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        request,
        retry: RetryPolicy {
            patience: Duration::from_secs(30),
            retries: 2,
            transient_codes: ["ErrorServerBusy".to_owned()].into(),
            throttle_codes: ["ErrorServerBusy".to_owned()].into(),
            refused_item_codes: ["ErrorInvalidIdMalformed".to_owned()].into(),
        },
        ..Limits::default()
    }
}

pub(super) fn mailbox(address: &str) -> MailboxAddress {
    MailboxAddress::parse(address).unwrap()
}

pub(super) fn credential(text: &str) -> Credential {
    Credential::Secret(ClientSecret::new(text.to_owned()))
}

fn transport() -> Transport {
    Transport {
        ca_file: None,
        proxy: None,
        user_agent: "rx-preflight/test".to_owned(),
        without_system_roots: false,
    }
}

fn endpoints(base: &str) -> Endpoints {
    let endpoint = |path: &str| Endpoint {
        url: Url::parse(&format!("{base}{path}")).unwrap(),
        given_by_user: true,
    };
    Endpoints {
        sign_in: endpoint("/"),
        graph: endpoint("/v1.0"),
        exchange: endpoint("/EWS/Exchange.asmx"),
        graph_resource: "https://graph.microsoft.com".to_owned(),
        exchange_resource: "https://outlook.office365.com".to_owned(),
        other_clouds: Vec::new(),
    }
}

/// A wire whose three services are one listener.
fn wire_to(base: &str) -> Wire {
    wire_with(base, &transport(), Duration::from_secs(10))
}

fn wire_with(base: &str, transport: &Transport, request: Duration) -> Wire {
    Wire::new(endpoints(base), transport, limits(request), Clock::real()).unwrap()
}

/// A wire with the limits of a real run.
fn wire_of_a_run(base: &str) -> Wire {
    let mut limits = limits(Limits::default().request);
    limits
        .retry
        .throttle_codes
        .insert("ErrorExceededConnectionCount".to_owned());
    limits
        .retry
        .transient_codes
        .insert("ErrorExceededConnectionCount".to_owned());
    Wire::new(endpoints(base), &transport(), limits, Clock::real()).unwrap()
}

fn access_token() -> AccessToken {
    AccessToken::new("eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln").unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("5f3c1a52-0000-4000-8000-000000000001")
}

fn client() -> ClientId {
    ClientId::new("9a411a52-0000-4000-8000-000000000002")
}
