//! Why a simulation could not be started.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::simulator::tokens::KeyError;

/// Why a simulation could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {}", .source.kind())]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The recording cannot be written.
    #[error("cannot write the recording {path}: {}", .source.kind())]
    Record {
        /// The requested path.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The address has no form as a URL, for instance because of its scope.
    #[error("the address cannot be written as a URL: {0}")]
    Address(#[from] url::ParseError),
    /// No signing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No certificate.
    #[error("the certificate could not be created: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate cannot be served.
    #[error("the certificate could not be loaded: {0}")]
    Tls(#[from] rustls::Error),
}
