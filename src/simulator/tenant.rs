//! The state of a simulated tenant: its description, the tokens it issued, and what clients wrote.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

use super::certificates::SimulatedCertificate;
use super::clock::Clock;
use super::lock::lock;
use super::scenario::{Api, App, Cloud, Mailbox, Scenario, Secret, TenantDescription};
use super::store::{Leftover, Store};
use super::tokens::{IssuedToken, KeyError, SigningKey};

/// A simulated tenant that responds to requests.
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

impl Tenant {
    /// A tenant played from a scenario. `base_url` (without a slash at its end) appears in discovery documents; `start` is
    /// the simulated time of now, `None` the real time.
    ///
    /// # Errors
    /// [`KeyError`] if the signing key cannot be loaded.
    pub fn new(
        scenario: Scenario,
        base_url: &str,
        start: Option<Timestamp>,
    ) -> Result<Tenant, KeyError> {
        // The settings choose the sign-in host, even if the tenant is in another cloud.
        let served = scenario
            .settings
            .get("cloud")
            .and_then(toml::Value::as_str)
            .and_then(Cloud::named);
        let clock = Clock::starting_at(start);
        Ok(Tenant {
            served_cloud: served.unwrap_or_default(),
            clock,
            started: clock.now(),
            first_unnoticed: OnceLock::new(),
            key: SigningKey::load()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
            tokens: Mutex::default(),
            store: Mutex::default(),
            mailboxes: by_address(&scenario.tenant.mailboxes),
            scenario,
        })
    }

    /// Events that clients created and did not delete.
    pub fn leftovers(&self) -> Vec<Leftover> {
        self.store().leftovers()
    }

    /// How many events clients created or deleted, and how many messages they sent.
    pub fn changes(&self) -> usize {
        self.store().changes()
    }

    /// Senders of the messages that were accepted for sending, in order.
    pub fn accepted_mail(&self) -> Vec<String> {
        self.store().accepted_mail().to_vec()
    }

    /// The truth about the tenant.
    pub(crate) fn description(&self) -> &TenantDescription {
        &self.scenario.tenant
    }

    /// A certificate of the scenario.
    pub(crate) fn certificate(&self, name: &str) -> Option<&SimulatedCertificate> {
        self.scenario.certificates.get(name)
    }

    /// The cloud whose sign-in host is played: the one the settings name.
    pub(crate) fn served_cloud(&self) -> Cloud {
        self.served_cloud
    }

    /// The scheme over which it is served, for links to itself.
    pub(crate) fn scheme(&self) -> &str {
        self.base_url.split("://").next().unwrap_or("https")
    }

    /// The address under which it is served, without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The name of the scenario that is played.
    pub(crate) fn scenario_name(&self) -> &str {
        &self.scenario.name
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
        let moment =
            seconds.and_then(|seconds| first.checked_add(Duration::from_secs(seconds)).ok());
        moment.is_some_and(|moment| now >= moment)
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// The app with this client id.
    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.description()
            .apps
            .iter()
            .find(|app| app.client_id.eq_ignore_ascii_case(client_id))
    }

    /// The value of a secret, given directly or in the environment of the scenario.
    pub(crate) fn secret_value<'own>(&'own self, secret: &'own Secret) -> Option<&'own str> {
        let from_environment = || {
            self.scenario
                .environment
                .get(secret.env.as_ref()?)
                .map(String::as_str)
        };
        secret.value.as_deref().or_else(from_environment)
    }

    pub(crate) fn remember_token(&self, token: &str, issued: IssuedToken) {
        lock(&self.tokens).insert(token.to_owned(), issued);
    }

    /// A token as it was issued; `None` for one that this tenant did not sign.
    pub(crate) fn issued(&self, token: &str) -> Option<IssuedToken> {
        lock(&self.tokens).get(token).cloned()
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    /// The mailbox of an address, primary or alias.
    pub(crate) fn mailbox(&self, address: &str) -> Option<&Mailbox> {
        let place = self.mailboxes.get(&address.to_ascii_lowercase())?;
        self.description().mailboxes.get(*place)
    }
}

fn by_address(mailboxes: &[Mailbox]) -> HashMap<String, usize> {
    let places = mailboxes.iter().enumerate().flat_map(|(place, mailbox)| {
        std::iter::once(&mailbox.address)
            .chain(&mailbox.aliases)
            .map(move |address| (address, place))
    });
    places
        .map(|(address, place)| (address.to_ascii_lowercase(), place))
        .collect()
}
