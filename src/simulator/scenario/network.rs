//! What lies between the customer's machine and the services, below any answer.

use serde::Deserialize;

/// The path from the machine to the services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkDescription {
    /// What stands in the way to the sign-in host.
    pub sign_in: Option<NetworkFault>,
    /// What stands in the way to Microsoft Graph.
    pub graph: Option<NetworkFault>,
    /// What stands in the way to Exchange.
    pub exchange: Option<NetworkFault>,
    /// A proxy that every request must pass, and that lets none pass.
    pub proxy: Option<ProxyFault>,
    /// Every service shows a certificate of an authority that the machine trusts and Microsoft does not use.
    pub intercepted: bool,
}

/// Why a service is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFault {
    /// Its host name does not resolve.
    NameUnknown,
    /// Nobody listens on its port.
    Refused,
    /// The port is open, and the TLS handshake is never answered.
    NoConnection,
    /// It shows a certificate of an authority that the machine does not trust.
    TlsUntrusted,
    /// It shows a certificate of a trusted authority that has ended.
    TlsExpired,
    /// It shows a certificate of a trusted authority for another host name.
    TlsWrongName,
    /// What answers the TLS handshake speaks no TLS.
    TlsGarbage,
}

/// What a proxy does instead of letting a request pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyFault {
    /// Nobody listens on its port.
    Unreachable,
    /// It answers 407 to everyone.
    WantsPassword,
    /// It answers 407 to everyone; the check has a password for it, which is the wrong one.
    WrongPassword,
    /// It answers 403 to every destination.
    Refuses,
}

impl NetworkDescription {
    /// Whether the tenant itself is served with TLS in this situation.
    pub(crate) fn needs_tls(&self) -> bool {
        self.intercepted || self.proxy.is_some()
    }
}
