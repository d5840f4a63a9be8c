//! What a connection signs in with: a client secret, or a certificate with its private key.

use super::{ClientCertificate, ClientSecret};

/// The credential of a connection. ResourceXpress itself knows only the secret.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The OAuth Client Secret, as typed; empty where an empty one was given.
    Secret(ClientSecret),
    /// A certificate that this check uses instead.
    Certificate(ClientCertificate),
}

impl Credential {
    /// The certificate, if the connection signs in with one.
    pub fn certificate(&self) -> Option<&ClientCertificate> {
        match self {
            Self::Secret(_) => None,
            Self::Certificate(certificate) => Some(certificate),
        }
    }

    /// The text that must appear in no output: the secret, or a line of the private key.
    pub fn hidden_text(&self) -> &ClientSecret {
        match self {
            Self::Secret(secret) => secret,
            Self::Certificate(certificate) => certificate.key_line(),
        }
    }

    /// Whether both are the same credential.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Secret(one), Self::Secret(other)) => one.same_as(other),
            (Self::Certificate(one), Self::Certificate(other)) => one.same_as(other),
            _ => false,
        }
    }

    /// Whether `hint`, which Graph shows of a client secret, fits. A certificate has no hint.
    pub fn hint_fits(&self, hint: &str) -> bool {
        match self {
            Self::Secret(secret) => secret.hint_fits(hint),
            Self::Certificate(_) => false,
        }
    }
}
