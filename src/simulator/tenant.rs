//! The tenant: one question in, one answer out, without sockets.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::clock::{self, Clock};
use super::message::{SIMULATION_HEADER, SimulatedAnswer, SimulatedRequest};
use super::scenario::{Api, App, Cloud, FaultPlace, Mailbox, Scenario, Secret, TenantDescription};
use super::store::{Leftover, Store};
use super::tokens::{IssuedToken, KeyError, SigningKey};
use super::{entra, exchange, graph};

/// A simulated tenant that answers requests.
pub struct Tenant {
    scenario: Scenario,
    served_cloud: Cloud,
    clock: Clock,
    started: Timestamp,
    first_unnoticed: OnceLock<Timestamp>,
    key: SigningKey,
    base_url: String,
    tokens: Mutex<HashMap<String, IssuedToken>>,
    store: Mutex<Store>,
    /// The place of each mailbox in the description, by every address of it in lower case.
    mailboxes: HashMap<String, usize>,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// The discovery document of a tenant at a cloud's sign-in host; `other` if it is not the served cloud.
    Discovery { tenant: String, cloud: Cloud, other: Option<String> },
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
    /// A tenant played from a scenario. `base_url` (without a slash at its end) stands in discovery documents; `start` is
    /// the simulated time of now, `None` the real time.
    ///
    /// # Errors
    /// [`KeyError`] if no signing key can be made.
    pub fn new(scenario: Scenario, base_url: &str, start: Option<Timestamp>) -> Result<Tenant, KeyError> {
        let served = scenario.settings.get("cloud").and_then(toml::Value::as_str).and_then(Cloud::named);
        let clock = Clock::starting_at(start);
        Ok(Tenant {
            served_cloud: served.unwrap_or_default(),
            clock,
            started: clock.now(),
            first_unnoticed: OnceLock::new(),
            key: SigningKey::of_this_process()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
            tokens: Mutex::default(),
            store: Mutex::default(),
            mailboxes: by_address(&scenario.tenant.mailboxes),
            scenario,
        })
    }

    /// The answer to a request, with the headers that every answer of the service carries.
    pub fn answer(&self, request: &SimulatedRequest) -> SimulatedAnswer {
        let destination = self.destination(request);
        let answer = match &destination {
            Destination::Discovery { tenant, cloud, other } => {
                let base = other
                    .as_ref()
                    .map_or_else(|| self.base_url.clone(), |name| format!("{}/other-clouds/{name}", self.base_url));
                entra::discovery_answer(self, request, *cloud, &base, tenant)
            }
            Destination::Keys => entra::keys(self),
            Destination::Token { tenant } => entra::token_answer(self, request, tenant),
            Destination::Graph => graph::answer(self, request),
            Destination::Exchange => exchange::answer(self, request),
            Destination::Nowhere => SimulatedAnswer::empty(404),
        };
        self.with_common_headers(answer, &destination, request)
    }

    /// Events that clients created and did not delete.
    pub fn leftovers(&self) -> Vec<Leftover> {
        self.store().leftovers()
    }

    /// Senders of the messages that were accepted for sending, in order.
    pub fn accepted_mail(&self) -> Vec<String> {
        self.store().accepted_mail().to_vec()
    }

    /// Headers that tell the service, the simulation and the time.
    pub(crate) fn with_common_headers(
        &self,
        mut answer: SimulatedAnswer,
        destination: &Destination,
        request: &SimulatedRequest,
    ) -> SimulatedAnswer {
        let id = Uuid::new_v4().to_string();
        let mut add = |name: &str, value: String| {
            if answer.header(name).is_none() {
                answer.headers.push((name.to_owned(), value));
            }
        };
        add("date", clock::http_date(self.now()));
        add(SIMULATION_HEADER, self.scenario.name.clone());
        match destination {
            Destination::Graph => {
                add("client-request-id", request.header("client-request-id").map_or_else(|| id.clone(), str::to_owned));
                add("request-id", id);
                add("x-ms-ags-diagnostic", graph::DIAGNOSTIC.to_owned());
            }
            Destination::Exchange => {
                if let Some(asked) = request.header("client-request-id") {
                    add("client-request-id", asked.to_owned());
                }
                add("request-id", id);
                add("x-feserver", "SIM0PR00CA0001".to_owned());
            }
            _ => {
                if let Some(asked) = request.header("client-request-id") {
                    add("client-request-id", asked.to_owned());
                }
                add("x-ms-request-id", id);
                add("x-ms-ests-server", "2.1.0 - SIMULATED ProdSlices".to_owned());
            }
        }
        answer
    }

    /// Where a request goes, by its path.
    pub(crate) fn destination(&self, request: &SimulatedRequest) -> Destination {
        let segments = request.segments();
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["v1.0", ..] => Destination::Graph,
            [folder, file] if is(folder, "EWS") && is(file, "Exchange.asmx") => Destination::Exchange,
            ["other-clouds", cloud, tenant, rest @ ..] if is_discovery(rest) => {
                Cloud::named(cloud).map_or(Destination::Nowhere, |known| Destination::Discovery {
                    tenant: (*tenant).to_owned(),
                    cloud: known,
                    other: Some((*cloud).to_owned()),
                })
            }
            [tenant, rest @ ..] if is_discovery(rest) => {
                Destination::Discovery { tenant: (*tenant).to_owned(), cloud: self.served_cloud, other: None }
            }
            [tenant, "oauth2", "v2.0", "token"] => Destination::Token { tenant: (*tenant).to_owned() },
            [_, "discovery", "v2.0", "keys"] => Destination::Keys,
            _ => Destination::Nowhere,
        }
    }

    /// The truth about the tenant.
    pub(crate) fn description(&self) -> &TenantDescription {
        &self.scenario.tenant
    }

    /// The cloud whose sign-in host is played: the one the settings name.
    pub(crate) fn served_cloud(&self) -> Cloud {
        self.served_cloud
    }

    /// The scheme over which it is served, for links to itself.
    pub(crate) fn scheme(&self) -> &str {
        self.base_url.split("://").next().unwrap_or("https")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The simulated moment at which the tenant was set up.
    pub(crate) fn started(&self) -> Timestamp {
        self.started
    }

    /// Whether a service has noticed by now what the app was granted. The time until then counts from the first call that
    /// suffers from it, so that a slow start changes nothing.
    pub(crate) fn has_noticed(&self, app: &App, api: Api) -> bool {
        if !app.not_yet_effective.contains(&api) {
            return true;
        }
        let now = self.now();
        let first = *self.first_unnoticed.get_or_init(|| now);
        let seconds = self.description().effective_after_seconds.map(u64::from);
        let moment = seconds.and_then(|seconds| first.checked_add(Duration::from_secs(seconds)).ok());
        moment.is_some_and(|moment| now >= moment)
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// The app with this client id.
    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.description().apps.iter().find(|app| app.client_id.eq_ignore_ascii_case(client_id))
    }

    /// The value of a secret, given directly or in the environment of the scenario.
    pub(crate) fn secret_value<'own>(&'own self, secret: &'own Secret) -> Option<&'own str> {
        let from_environment = || self.scenario.environment.get(secret.env.as_ref()?).map(String::as_str);
        secret.value.as_deref().or_else(from_environment)
    }

    pub(crate) fn remember_token(&self, token: &str, issued: IssuedToken) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned(), issued);
    }

    /// A token as it was issued; `None` for one that this tenant did not sign.
    pub(crate) fn issued(&self, token: &str) -> Option<IssuedToken> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mailbox of an address, primary or alias.
    pub(crate) fn mailbox(&self, address: &str) -> Option<&Mailbox> {
        let place = self.mailboxes.get(&address.to_ascii_lowercase())?;
        self.description().mailboxes.get(*place)
    }
}

fn by_address(mailboxes: &[Mailbox]) -> HashMap<String, usize> {
    let places = mailboxes.iter().enumerate().flat_map(|(place, mailbox)| {
        std::iter::once(&mailbox.address).chain(&mailbox.aliases).map(move |address| (address, place))
    });
    places.map(|(address, place)| (address.to_ascii_lowercase(), place)).collect()
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
    use crate::simulator::fixtures::{get, small_tenant};

    #[test]
    fn every_answer_says_that_it_is_simulated() {
        let tenant = small_tenant();
        for path in ["/v1.0/users", "/EWS/Exchange.asmx", "/contoso.com/oauth2/v2.0/token", "/favicon.ico"] {
            let answer = tenant.answer(&get(path));
            assert_eq!(answer.header(SIMULATION_HEADER), Some("small"), "{path}");
            assert!(answer.header("date").is_some_and(|date| date.starts_with("Mon, 23 Nov 2026 08:00:")), "{path}");
        }
    }

    #[test]
    fn the_callers_request_id_comes_back() {
        let mut request = get("/v1.0/users");
        request.headers.push(("client-request-id".to_owned(), "e3b0c442-98fc-4c14-9afb-f4c8996fb924".to_owned()));
        let answer = small_tenant().answer(&request);
        assert_eq!(answer.header("client-request-id"), Some("e3b0c442-98fc-4c14-9afb-f4c8996fb924"));
        assert!(answer.header("request-id").is_some());
    }

    #[test]
    fn strangers_paths_lead_nowhere() {
        assert_eq!(small_tenant().destination(&get("/favicon.ico")), Destination::Nowhere);
        assert_eq!(small_tenant().destination(&get("/ews/exchange.asmx")), Destination::Exchange);
    }
}
