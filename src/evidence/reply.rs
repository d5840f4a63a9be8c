//! The forms of a response, the same for every service.

use serde::{Deserialize, Serialize};

/// The result of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reply", content = "with")]
pub enum Reply<T> {
    /// The service processed the request.
    Success(T),
    /// The service returned an error in its documented form.
    Refused(Refusal),
    /// A response arrived, but not in a documented form.
    Unexpected(Unexpected),
    /// No response arrived.
    Unreachable(Failure),
}

impl<T> Reply<T> {
    /// The facts of a success.
    pub fn success(&self) -> Option<&T> {
        if let Self::Success(facts) = self {
            Some(facts)
        } else {
            None
        }
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        if let Self::Refused(refusal) = self {
            Some(refusal)
        } else {
            None
        }
    }

    /// Why no response arrived, if none did.
    pub fn failure(&self) -> Option<&Failure> {
        if let Self::Unreachable(failure) = self {
            Some(failure)
        } else {
            None
        }
    }

    /// The reply without its facts.
    pub fn outline(&self) -> Reply<()> {
        match self {
            Self::Success(_) => Reply::Success(()),
            Self::Refused(refusal) => Reply::Refused(refusal.clone()),
            Self::Unexpected(unexpected) => Reply::Unexpected(unexpected.clone()),
            Self::Unreachable(failure) => Reply::Unreachable(failure.clone()),
        }
    }

    /// The same reply with the facts of a success replaced.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Success(facts) => Reply::Success(change(facts)),
            Self::Refused(refusal) => Reply::Refused(refusal),
            Self::Unexpected(unexpected) => Reply::Unexpected(unexpected),
            Self::Unreachable(failure) => Reply::Unreachable(failure),
        }
    }
}

/// An error response in a documented form. Texts are shortened and sanitized where they are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The outermost error code: OAuth `error`, Graph `error.code`, or EWS `ResponseCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Graph's inner error codes, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inner_codes: Vec<String>,
    /// Every AADSTS number in the response: `error_codes` of the token endpoint, or found in a message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aadsts: Vec<u64>,
    /// The service's text, as data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The value of `X-EWS-Policy-Reason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_reason: Option<String>,
    /// The value of `x-ms-diagnostics`, taken apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
    /// The `WWW-Authenticate` challenge, taken apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// Further named values: EWS `MessageXml` values, Entra's `suberror`, `trace_id`, `correlation_id`, `timestamp`.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub values: std::collections::BTreeMap<String, String>,
    /// How long the service requires the client to wait, in milliseconds (`Retry-After`, `BackOffMilliseconds`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// `x-ms-diagnostics: 2000008;reason="…";error_category="…"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The number in front.
    pub code: u64,
    /// The reason, verbatim.
    pub reason: Option<String>,
    /// The category, such as `invalid_grant`.
    pub category: Option<String>,
}

/// The useful parts of `WWW-Authenticate: Bearer …`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// `error`, such as `invalid_token` or `insufficient_claims`.
    pub error: Option<String>,
    /// The sign-in address that the service trusts.
    pub authorization_uri: Option<String>,
    /// The app id of the resource itself.
    pub client_id: Option<String>,
}

/// A response in no documented form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unexpected {
    /// The HTTP status.
    pub status: u16,
    /// What was wrong with it, in a few words, such as `cut off` or `not JSON`.
    pub problem: String,
    /// The media type in the response header.
    pub content_type: Option<String>,
    /// The beginning of the body, shortened and sanitized; never of a response that could contain a token.
    pub excerpt: String,
    /// Whether the response is a web page or a redirect to another host: these services send neither.
    pub foreign: bool,
}

impl Unexpected {
    /// A request that this program could not send, for a reason of its own.
    pub fn not_sent(problem: String) -> Self {
        Self {
            status: 0,
            problem,
            content_type: None,
            excerpt: String::new(),
            foreign: false,
        }
    }
}

/// Why no response arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The layer that failed.
    pub layer: Layer,
    /// The host and port that were addressed.
    pub host: String,
    /// The error in words, from the outermost to the root.
    pub detail: String,
    /// The option that changes the time limit that fired, for the two time-out layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_ms: Option<u64>,
    /// Who issued the certificate that was not trusted, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What is wrong with the certificate itself, where its issuer is not the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateFault>,
}

/// What is wrong with a certificate, apart from who issued it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// It has ended, or this machine's clock is ahead.
    Expired,
    /// It has not begun, or this machine's clock is behind.
    NotValidYet,
    /// It is for other host names.
    WrongName,
}

/// The layers between this computer and a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The name did not resolve.
    Name,
    /// The connection was refused.
    Refused,
    /// No connection within the limit.
    ConnectTimeout,
    /// The proxy could not be reached.
    Proxy,
    /// The proxy wants credentials (407).
    ProxyAuthentication,
    /// The proxy does not accept the credentials that it was given.
    ProxyCredentials,
    /// The proxy refused to connect with another status.
    ProxyRefused,
    /// The certificate is not trusted.
    Certificate,
    /// This machine has no trusted root certificates, so it can verify no certificate.
    TrustStore,
    /// The operating system does not verify certificates, whatever they are.
    Verification,
    /// The TLS handshake failed for another reason.
    Tls,
    /// Connected, but received no response within the limit.
    #[serde(rename = "answer-timeout")]
    ResponseTimeout,
    /// The connection broke before the response was complete.
    Broken,
    /// Anything else on the way.
    Other,
}
