//! Network conditions between the customer's machine and the services, below HTTP.

use serde::Deserialize;

/// The path from the machine to the services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkDescription {
    /// The network fault of the sign-in host.
    pub sign_in: Option<NetworkFault>,
    /// The network fault of Microsoft Graph.
    pub graph: Option<NetworkFault>,
    /// The network fault of Exchange.
    pub exchange: Option<NetworkFault>,
    /// A proxy that every request must pass, and that forwards none.
    pub proxy: Option<ProxyFault>,
    /// Every service shows a certificate of an authority that the machine trusts and Microsoft does not use.
    pub intercepted: bool,
    /// Every service uses TLS, and the machine has no trusted root certificate.
    pub no_trusted_roots: bool,
}

/// Why a service is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFault {
    /// Its host name does not resolve.
    NameUnknown,
    /// Its port is closed.
    Refused,
    /// The port is open, but the TLS handshake never gets a response.
    NoConnection,
    /// It shows a certificate of an authority that the machine does not trust.
    TlsUntrusted,
    /// It shows a certificate of a trusted authority that has ended.
    TlsExpired,
    /// It shows a certificate of a trusted authority for another host name.
    TlsWrongName,
    /// The server on the port does not speak TLS.
    TlsGarbage,
}

/// What a proxy does instead of forwarding a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyFault {
    /// Its port is closed.
    Unreachable,
    /// It responds with 407 to every request.
    WantsPassword,
    /// It responds with 407 to every request; the check has a password for it, but the wrong one.
    WrongPassword,
    /// It responds with 403 for every destination.
    Refuses,
}

impl NetworkDescription {
    /// Whether the tenant itself is served with TLS in this situation.
    pub(crate) fn needs_tls(&self) -> bool {
        self.intercepted || self.no_trusted_roots || self.proxy.is_some()
    }
}
