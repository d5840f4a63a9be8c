//! Faults of the network and of the services, applied before the tenant responds.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A fault. Of several the first that fits a request is played.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The service it strikes.
    pub at: FaultPlace,
    /// What happens.
    #[serde(rename = "do")]
    pub kind: FaultKind,
    /// Only requests whose path and query contain this text, compared without case.
    pub path: Option<String>,
    /// Only requests whose body contains this text.
    pub containing: Option<String>,
    /// Only requests to this mailbox.
    pub mailbox: Option<String>,
    /// Only the first n fitting requests; absent means always.
    pub first: Option<u64>,
    /// Only the n-th fitting request, from 1.
    pub nth: Option<u64>,
    /// Only the fitting requests after the first n, as when something ends in the middle of a run.
    pub after: Option<u64>,
    /// Only requests that carry a bearer token.
    #[serde(default)]
    pub authenticated_only: bool,
    /// HTTP status of `status`, `html` and `redirect`.
    pub status: Option<u16>,
    /// Further headers of the response.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body of `status`, `html` and `garbage`.
    pub body: Option<String>,
    /// How long `slow` and `late` delay the response, and `trickle` each byte of it, in milliseconds.
    pub delay_ms: Option<u64>,
    /// How `echo` encodes what it repeats.
    #[serde(default)]
    pub encoding: EchoEncoding,
    /// Where `redirect` leads.
    pub location: Option<String>,
}

/// The service that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultPlace {
    /// The token endpoint.
    SignIn,
    /// Discovery documents.
    Discovery,
    /// Microsoft Graph.
    Graph,
    /// Exchange Web Services.
    Exchange,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Responds with a status, headers and a body.
    Status,
    /// Never responds.
    Hang,
    /// Closes the connection without a response.
    Reset,
    /// Does what was requested and then closes the connection without a response.
    Lost,
    /// Does what was requested and sends the response late.
    Late,
    /// Announces the right response and closes the connection in the middle of its body.
    CutOff,
    /// Responds with a web page, as a captive portal does.
    Html,
    /// Responds with 200 and bytes that are neither JSON nor XML.
    Garbage,
    /// Sends the right response late.
    Slow,
    /// Redirects to another host.
    Redirect,
    /// Responds with a body of many megabytes.
    TooLarge,
    /// Closes the connection in the middle of the headers.
    ResetInHead,
    /// Closes the connection between the headers and the body.
    ResetAfterHead,
    /// Sends the right response byte by byte.
    Trickle,
    /// Announces half the length of the right response and sends all of it.
    WrongLength,
    /// Sends two thousand interim responses before the right one.
    InterimStorm,
    /// Ends the connection with GOAWAY over HTTP/2, and without a response over HTTP/1.1.
    GoAway,
    /// Responds with a small gzip body that unpacks to 100 MiB.
    GzipBomb,
    /// Sends the right response with a content coding that no client knows.
    UnknownEncoding,
    /// Sends the first half of the right body as if it were whole.
    HalfDocument,
    /// Sends the right body with bytes that are not UTF-8.
    NotUtf8,
    /// Sends the right response with a `Date` one hour ahead.
    WrongDate,
    /// Responds with XML whose entities expand to gigabytes.
    Entities,
    /// Responds with JSON or XML of ten thousand levels.
    DeepNesting,
    /// Rejects the request and repeats its token or secret in body and headers.
    Echo,
}

/// The encoding in which a service repeats what it received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EchoEncoding {
    /// As it was received.
    #[default]
    Plain,
    /// Percent-encoded, as in an address.
    Url,
    /// In Base64.
    Base64,
    /// In hexadecimal digits.
    Hex,
    /// With each character as a JSON escape.
    Json,
}
