//! The HTTP clients, and the route to an address: direct or through a proxy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, retry};
use url::{Host, Url};

use crate::evidence::ProxyInUse;
use crate::settings::{Limits, Transport};

use super::connector::ConnectorLayer;
use super::error::WireError;
use super::proxy::Proxy;
use super::proxy_finder::ProxyFinder;
use super::resolver::Resolver;
use super::trust::{Issuer, RecordingVerifier, TrustStores};

/// The clients of a run.
pub(super) struct Routes {
    direct: Client,
    proxied: Client,
    proxies: Arc<ProxyFinder>,
    /// The proxy was named by the user (`--proxy`) and carries every address, whatever the environment configures; else it
    /// follows from `HTTPS_PROXY`, `NO_PROXY` and the settings of the operating system.
    named_by_user: bool,
    witness: Arc<RecordingVerifier>,
}

impl fmt::Debug for Routes {
    /// Nothing of it is shown: the address of a proxy can hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Routes").finish_non_exhaustive()
    }
}

impl Routes {
    /// The clients for these settings.
    pub(super) fn new(
        stores: &TrustStores,
        transport: &Transport,
        limits: &Limits,
    ) -> Result<Self, WireError> {
        let ca_pem = transport.ca_file.as_ref().map(|file| file.pem.as_slice());
        let witness = if transport.without_system_roots {
            RecordingVerifier::without_roots()
        } else {
            RecordingVerifier::new(stores, ca_pem)?
        };
        Self::with(witness, transport, limits)
    }

    /// The clients that trust what `witness` accepts.
    pub(super) fn with(
        witness: Arc<RecordingVerifier>,
        transport: &Transport,
        limits: &Limits,
    ) -> Result<Self, WireError> {
        let client = |proxies: &dyn Fn(ClientBuilder) -> ClientBuilder| {
            let builder = base(transport, connect_limit(limits), witness.takes_up_to())
                .tls_backend_preconfigured(witness.client_config()?);
            proxies(builder).build().map_err(WireError::Client)
        };
        let direct = client(&ClientBuilder::no_proxy)?;
        // The client does not reveal which proxy it uses, so the same settings are read twice.
        let (proxy, proxies) = if let Some(url) = &transport.proxy {
            let proxy = reqwest::Proxy::all(url.clone()).map_err(WireError::Proxy)?;
            (Some(proxy), Arc::new(ProxyFinder::named(url)))
        } else {
            let proxies = Arc::new(ProxyFinder::of_surroundings());
            (proxies.for_client(), proxies)
        };
        Ok(Self {
            direct,
            proxied: client(&|builder| match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                None => builder,
            })?,
            proxies,
            named_by_user: transport.proxy.is_some(),
            witness,
        })
    }

    /// The client that reaches `url`. A loopback address never goes through a proxy of the environment.
    pub(super) fn client(&self, url: &Url) -> &Client {
        if self.goes_around_proxies(url) {
            &self.direct
        } else {
            &self.proxied
        }
    }

    /// The proxy on the route to `url`, if there is one.
    pub(super) fn proxy_to(&self, url: &Url) -> Option<Proxy> {
        if self.goes_around_proxies(url) {
            return None;
        }
        self.proxies.proxy_to(url)
    }

    /// The proxy on the route to `url` and where it was configured.
    pub(super) fn proxy_in_use(&self, url: &Url) -> Option<ProxyInUse> {
        if self.goes_around_proxies(url) {
            return None;
        }
        self.proxies.in_use(url)
    }

    fn goes_around_proxies(&self, url: &Url) -> bool {
        !self.named_by_user && is_loopback(url)
    }

    /// Who issued the certificate of a host that was rejected last.
    pub(super) fn rejected_issuer_of(&self, host: &str) -> Option<Issuer> {
        self.witness.rejected_issuer_of(host)
    }

    /// Who issued the certificate that a host presented last.
    pub(super) fn issuer_of(&self, host: &str) -> Option<Issuer> {
        self.witness.issuer_of(host)
    }
}

/// The limit for connecting: never longer than that for the whole request.
pub(super) fn connect_limit(limits: &Limits) -> Duration {
    limits.connect.min(limits.request)
}

fn base(transport: &Transport, connect: Duration, verification: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(&transport.user_agent)
        // A redirect would carry the token or the secret to another address.
        .redirect(Policy::none())
        // The ledger lists every attempt, so the library must not repeat requests by itself.
        .retry(retry::never())
        .referer(false)
        .gzip(true)
        .dns_resolver(Arc::new(Resolver::within(connect)))
        .connector_layer(ConnectorLayer { limit: connect })
        // The client divides this limit among the addresses of a host. Only the layer knows how much of the time is
        // verification, so this one must not end earlier.
        .connect_timeout(connect + verification)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn loopback_addresses_are_recognized() {
        for inside in [
            "http://127.0.0.1:8",
            "http://localhost",
            "https://sim.localhost",
            "https://[::1]:4",
        ] {
            assert!(is_loopback(&url(inside)), "{inside}");
        }
        for outside in [
            "https://graph.microsoft.com",
            "http://10.0.0.1",
            "https://localhost.contoso.com",
        ] {
            assert!(!is_loopback(&url(outside)), "{outside}");
        }
    }
}
