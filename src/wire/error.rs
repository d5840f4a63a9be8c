//! Why the HTTP client could not be built.

use thiserror::Error;

/// Why no client could be made.
#[derive(Debug, Error)]
pub enum WireError {
    /// The file of the extra CA holds no certificate that can be read.
    #[error("the CA file contains no readable certificate")]
    UnreadableCa,
    /// The address of the proxy is not understood.
    #[error("the proxy address is not valid")]
    Proxy(#[source] reqwest::Error),
    /// No common TLS version.
    #[error("TLS could not be configured")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be made, for example because of an impossible User-Agent.
    #[error("the HTTP client could not be configured")]
    Client(#[source] reqwest::Error),
}
