//! Why no response arrived: the layer that failed, derived from the chain of errors below `reqwest`.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use crate::evidence::{CertificateFault, Failure, Layer};

use super::mask::SecretMask;
use super::proxy::Proxy;
use super::trust::NoTrustStore;

/// Where a request was going, for the words about its failure.
#[derive(Debug)]
pub(super) struct Destination {
    /// The host and port of the service.
    pub(super) host: String,
    /// The name alone.
    pub(super) name: String,
    /// The proxy in between.
    pub(super) proxy: Option<Proxy>,
    /// The limit for connecting.
    pub(super) connect_limit: Duration,
}

/// The failure behind an error of the HTTP client. `issuer` is called only when a certificate was not trusted.
pub(super) fn failure(
    error: &reqwest::Error,
    to: &Destination,
    mask: &SecretMask,
    issuer: impl FnOnce(&str) -> Option<String>,
) -> Failure {
    let chain = chain(error);
    let layer = layer(error, &chain, to.proxy.as_ref());
    let certificate = certificate_error(&chain);
    let words = match certificate {
        Some(error) => certificate_words(error),
        None if layer == Layer::ConnectTimeout => no_connection(to),
        None if is_reported_by_the_proxy(layer) => refused_tunnel(layer, None),
        None => no_trust_store(&chain).map_or_else(|| words(&chain), ToString::to_string),
    };
    Failure {
        layer,
        host: if at_the_proxy(layer) {
            proxy_host(to)
        } else {
            to.host.clone()
        },
        detail: mask.sanitize(&words),
        limit_ms: (layer == Layer::ConnectTimeout).then(|| millis(to.connect_limit)),
        issuer: (layer == Layer::Certificate)
            .then(|| issuer(&to.name))
            .flatten(),
        certificate: certificate.and_then(certificate_fault),
    }
}

/// The failure of a request that got no response within `limit`.
pub(super) fn no_response(to: &Destination, limit: Duration) -> Failure {
    Failure {
        layer: Layer::ResponseTimeout,
        host: to.host.clone(),
        detail: format!("no complete response within {}", seconds(limit)),
        limit_ms: Some(millis(limit)),
        issuer: None,
        certificate: None,
    }
}

/// The failure of a request that the end of the run overtook.
pub(super) fn given_up() -> Failure {
    Failure {
        layer: Layer::Other,
        host: String::new(),
        detail: "the run ended before a response arrived".to_owned(),
        limit_ms: None,
        issuer: None,
        certificate: None,
    }
}

fn no_connection(to: &Destination) -> String {
    let through = to
        .proxy
        .as_ref()
        .map(|proxy| format!(" through the proxy {}", proxy.host()))
        .unwrap_or_default();
    format!(
        "no connection{through} within {}",
        seconds(to.connect_limit)
    )
}

/// The failure behind a 407: the proxy itself responded. That happens on `http` addresses only; for the
/// others the refusal comes while the tunnel is made.
pub(super) fn proxy_wants_credentials(to: &Destination) -> Failure {
    let layer = credentials_layer(to.proxy.as_ref());
    let detail = refused_tunnel(layer, Some(407));
    Failure {
        layer,
        host: proxy_host(to),
        detail,
        limit_ms: None,
        issuer: None,
        certificate: None,
    }
}

/// The failure of a refused tunnel, when the status of the refusal is known. A proxy that responds to credentials with 401
/// reports on itself: it has no information about the service behind it.
pub(super) fn with_status_of_tunnel(failure: Failure, status: u16, to: &Destination) -> Failure {
    let given = to.proxy.as_ref().is_some_and(Proxy::is_given_credentials);
    let layer = if status == 401 && given {
        Layer::ProxyCredentials
    } else {
        failure.layer
    };
    Failure {
        layer,
        detail: refused_tunnel(layer, Some(status)),
        ..failure
    }
}

fn credentials_layer(proxy: Option<&Proxy>) -> Layer {
    if proxy.is_some_and(Proxy::is_given_credentials) {
        Layer::ProxyCredentials
    } else {
        Layer::ProxyAuthentication
    }
}

/// What the proxy did, with its status where that is known.
fn refused_tunnel(layer: Layer, status: Option<u16>) -> String {
    // The library reports a 407 in words of its own, and no status at all for any other refusal.
    let status = status.or_else(|| (layer != Layer::ProxyRefused).then_some(407));
    let reason = status.and_then(|status| http::StatusCode::from_u16(status).ok());
    let status = reason.map_or_else(|| "a refusal".to_owned(), |status| status.to_string());
    match layer {
        Layer::ProxyAuthentication => format!("the proxy requires credentials ({status})"),
        Layer::ProxyCredentials => {
            format!("the proxy rejected the credentials ({status})")
        }
        _ => format!("the proxy responded to the tunnel request (CONNECT) with {status}"),
    }
}

fn is_reported_by_the_proxy(layer: Layer) -> bool {
    matches!(
        layer,
        Layer::ProxyAuthentication | Layer::ProxyCredentials | Layer::ProxyRefused
    )
}

fn proxy_host(to: &Destination) -> String {
    to.proxy
        .as_ref()
        .map_or_else(|| to.host.clone(), Proxy::host)
}

/// A duration in milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

fn at_the_proxy(layer: Layer) -> bool {
    layer == Layer::Proxy || is_reported_by_the_proxy(layer)
}

type Link<'a> = &'a (dyn Error + 'static);

/// Every error from the one below `reqwest`'s own to the root. An `io::Error` hides the error it carries from
/// `source`, so it is opened here.
fn chain(error: &reqwest::Error) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut next = error.source();
    while let Some(link) = next {
        links.push(link);
        let carried = link
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = carried
            .map(|carried| carried as Link<'_>)
            .or_else(|| link.source());
    }
    links
}

fn layer(error: &reqwest::Error, chain: &[Link<'_>], proxy: Option<&Proxy>) -> Layer {
    let proxied = proxy.is_some();
    // The tunnel comes first: an error of the proxy can contain a TLS or I/O error that is not one of the service.
    if let Some(layer) = tunnel_layer(chain, proxy) {
        return layer;
    }
    if let Some(layer) = tls_layer(chain) {
        return layer;
    }
    if error.is_dns() || mentions(chain, "dns error") {
        // Behind a proxy, this machine resolves only the name of the proxy; the proxy resolves the service.
        return if proxied { Layer::Proxy } else { Layer::Name };
    }
    if error.is_timeout() {
        return if error.is_connect() {
            Layer::ConnectTimeout
        } else {
            Layer::ResponseTimeout
        };
    }
    match (io_kind(chain), error.is_connect()) {
        // Behind a proxy, the only TCP connection of this machine is the one to the proxy.
        (Some(io::ErrorKind::ConnectionRefused), _) if proxied => Layer::Proxy,
        (Some(io::ErrorKind::ConnectionRefused), _) => Layer::Refused,
        (Some(_), true) if proxied && mentions(chain, "tcp connect error") => Layer::Proxy,
        // The connection was established, so its end during the handshake is a matter of TLS.
        (Some(kind), true) if is_break(kind) && mentions(chain, "tls handshake eof") => Layer::Tls,
        (Some(kind), _) if is_break(kind) => Layer::Broken,
        _ if is_cut_off(chain) || error.is_body() || error.is_decode() => Layer::Broken,
        _ => Layer::Other,
    }
}

/// What a proxy did to the tunnel. The tunnel's error type is not public, so its words are the only sign.
fn tunnel_layer(chain: &[Link<'_>], proxy: Option<&Proxy>) -> Option<Layer> {
    let words = chain
        .iter()
        .map(ToString::to_string)
        .find(|words| words.starts_with("tunnel error"))?;
    // All of these mean that the proxy responded, but did not open a tunnel.
    let responded = ["unsuccessful", "unexpected end of file", "headers too long"];
    if words.contains("proxy authorization required") {
        Some(credentials_layer(proxy))
    } else {
        responded
            .iter()
            .any(|sign| words.contains(sign))
            .then_some(Layer::ProxyRefused)
    }
}

fn tls_layer(chain: &[Link<'_>]) -> Option<Layer> {
    match certificate_error(chain) {
        // The error is the same on a machine that trusts the issuer, so it shows nothing about trust.
        Some(error) if is_unverifiable(error) => return Some(Layer::Tls),
        Some(_) => return Some(Layer::Certificate),
        None => {}
    }
    if let Some(reason) = no_trust_store(chain) {
        return Some(match reason {
            NoTrustStore::NoRoots => Layer::TrustStore,
            NoTrustStore::Unavailable(_) => Layer::Verification,
        });
    }
    chain
        .iter()
        .any(|link| link.is::<rustls::Error>())
        .then_some(Layer::Tls)
}

fn certificate_error<'a>(chain: &[Link<'a>]) -> Option<&'a CertificateError> {
    chain
        .iter()
        .find_map(|link| match link.downcast_ref::<rustls::Error>() {
            Some(rustls::Error::InvalidCertificate(error)) => Some(error),
            _ => None,
        })
}

/// Whether the certificate, or that of its issuer, has a kind of signature that this program cannot verify, such as one
/// with the curve P-521.
fn is_unverifiable(error: &CertificateError) -> bool {
    use CertificateError as Error;
    matches!(
        error,
        Error::UnsupportedSignatureAlgorithmContext { .. }
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
    )
}

fn no_trust_store<'a>(chain: &[Link<'a>]) -> Option<&'a NoTrustStore> {
    chain
        .iter()
        .find_map(|link| NoTrustStore::in_error(link.downcast_ref()?))
}

fn io_kind(chain: &[Link<'_>]) -> Option<io::ErrorKind> {
    chain
        .iter()
        // The innermost I/O error is the one of the socket; outer ones only wrap it.
        .rev()
        .find_map(|link| link.downcast_ref::<io::Error>())
        .map(io::Error::kind)
}

fn is_break(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof,
    };
    matches!(
        kind,
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof | NotConnected
    )
}

/// `hyper` met the end of the connection before the end of a message, or something that is not HTTP at all.
fn is_cut_off(chain: &[Link<'_>]) -> bool {
    chain
        .iter()
        .filter_map(|link| link.downcast_ref::<hyper::Error>())
        .any(|error| {
            error.is_incomplete_message()
                || error.is_closed()
                || error.is_canceled()
                || error.is_body_write_aborted()
        })
        || mentions(chain, "error reading a body from connection")
        || mentions(chain, "connection closed before message completed")
        || mentions(chain, "http2 error")
}

/// Last resort for errors whose types are private: resolver errors of `hyper-util`, and `h2` errors.
fn mentions(chain: &[Link<'_>], sign: &str) -> bool {
    chain.iter().any(|link| link.to_string().contains(sign))
}

/// Outer errors that only repeat the layer in the words of the libraries.
const REDUNDANT_MESSAGES: [&str; 4] = [
    "tunnel error: failed to create underlying connection",
    "tcp connect error",
    "dns error",
    "error resolving DNS",
];

/// What an error of the HTTP library means, in words for an administrator; `None` where its own text is kept.
fn plain_words(link: &Link<'_>) -> Option<&'static str> {
    let error = link.downcast_ref::<hyper::Error>()?;
    if error.is_incomplete_message() || error.is_closed() || error.is_body_write_aborted() {
        Some("the connection was closed before the response was complete")
    } else if error.is_canceled() {
        Some("the connection was closed before the request was sent")
    } else if error.is_parse() {
        Some("the response is not valid HTTP")
    } else {
        None
    }
}

/// The error chain as text, without repeating what an outer error already includes.
fn words(chain: &[Link<'_>]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (at, link) in chain.iter().enumerate() {
        let part = link.to_string();
        let is_root = at + 1 == chain.len();
        // These only name the layer, which the report states in its own words.
        let is_redundant =
            part.starts_with("client error (") || REDUNDANT_MESSAGES.contains(&part.as_str());
        let part = plain_words(link).map_or(part, str::to_owned);
        if (is_root || !is_redundant) && !parts.iter().any(|earlier| earlier.contains(&part)) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        "no response".to_owned()
    } else {
        parts.join(": ")
    }
}

/// What is wrong with the certificate itself; `None` where the issuer is the reason, or something rare.
fn certificate_fault(error: &CertificateError) -> Option<CertificateFault> {
    use CertificateError as Error;
    match error {
        Error::Expired | Error::ExpiredContext { .. } => Some(CertificateFault::Expired),
        Error::NotValidYet | Error::NotValidYetContext { .. } => {
            Some(CertificateFault::NotValidYet)
        }
        Error::NotValidForName | Error::NotValidForNameContext { .. } => {
            Some(CertificateFault::WrongName)
        }
        _ => None,
    }
}

fn certificate_words(error: &CertificateError) -> String {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    match error {
        UnknownIssuer => "this machine does not trust the issuer of the certificate".to_owned(),
        ExpiredContext { not_after, .. } => format!(
            "the certificate expired{}",
            date(" on ", not_after.as_secs())
        ),
        Expired => "the certificate has expired".to_owned(),
        NotValidYetContext { not_before, .. } => {
            format!(
                "the certificate is not valid yet{}",
                date("; it is valid from ", not_before.as_secs())
            )
        }
        NotValidYet => "the certificate is not valid yet".to_owned(),
        NotValidForNameContext {
            expected,
            presented,
        } => {
            let presented: Vec<&str> = presented.iter().map(|name| bare_name(name)).collect();
            format!(
                "the certificate is for {}, not for {}",
                presented.join(", "),
                expected.to_str()
            )
        }
        NotValidForName => "the certificate is for another name".to_owned(),
        error if is_unverifiable(error) => {
            "the certificate has a signature of a kind that this program cannot verify".to_owned()
        }
        other => format!("the certificate is not accepted: {other}"),
    }
}

/// The name alone: the TLS library lists the names of a certificate in the form `DnsName("contoso.com")`.
fn bare_name(listed: &str) -> &str {
    let inner = listed
        .split_once('(')
        .map_or(listed, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

fn date(before: &str, seconds: u64) -> String {
    let instant = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    instant
        .map(|instant| format!("{before}{}", instant.strftime("%Y-%m-%d")))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layered(&'static str);

    #[test]
    fn the_text_of_an_error_chain_does_not_repeat() {
        let inner = Layered("Connection refused");
        let outer = Layered("tcp connect error: Connection refused");
        let client = Layered("client error (Connect)");
        assert_eq!(
            words(&[&client, &outer, &inner]),
            "tcp connect error: Connection refused"
        );
        assert_eq!(words(&[]), "no response");
    }

    #[test]
    fn an_error_of_no_known_kind_is_not_a_broken_connection() {
        let request = http::Request::builder().uri("/without-a-host").body("");
        let error = reqwest::Request::try_from(request.unwrap()).unwrap_err();
        assert_eq!(layer(&error, &[&error], None), Layer::Other);
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(layer(&error, &[&broken], None), Layer::Broken);
    }

    #[test]
    fn a_refusal_of_the_proxy_differs_from_a_demand_for_credentials() {
        let wish = Layered("tunnel error: proxy authorization required");
        assert_eq!(
            tunnel_layer(&[&wish], None),
            Some(Layer::ProxyAuthentication)
        );
        let refusal = Layered("tunnel error: unsuccessful");
        assert_eq!(tunnel_layer(&[&refusal], None), Some(Layer::ProxyRefused));
        let below = Layered("tunnel error: failed to create underlying connection");
        assert_eq!(tunnel_layer(&[&below], None), None);
    }

    #[test]
    fn the_faults_of_a_certificate_are_distinguished() {
        assert!(certificate_words(&CertificateError::UnknownIssuer).contains("issuer"));
        let expired = CertificateError::ExpiredContext {
            time: rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_secs(2)),
            not_after: rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_hours(24)),
        };
        assert_eq!(
            certificate_words(&expired),
            "the certificate expired on 1970-01-02"
        );
        let wrong_name = CertificateError::NotValidForNameContext {
            expected: rustls::pki_types::ServerName::try_from("graph.microsoft.com").unwrap(),
            presented: vec![
                "DnsName(\"proxy.contoso.com\")".to_owned(),
                "10.0.0.1".to_owned(),
            ],
        };
        let words =
            "the certificate is for proxy.contoso.com, 10.0.0.1, not for graph.microsoft.com";
        assert_eq!(certificate_words(&wrong_name), words);
        assert_eq!(certificate_fault(&expired), Some(CertificateFault::Expired));
        assert_eq!(
            certificate_fault(&CertificateError::NotValidForName),
            Some(CertificateFault::WrongName)
        );
        assert_eq!(certificate_fault(&CertificateError::UnknownIssuer), None);
    }

    #[test]
    fn a_signature_that_cannot_be_verified_is_a_failure_of_tls() {
        let ecdsa_with_p521 = CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: vec![42, 134, 72, 206, 61, 4, 3, 2],
            public_key_algorithm_id: vec![43, 129, 4, 0, 35],
        };
        let sha512 = CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: vec![42, 134, 72, 206, 61, 4, 3, 4],
            supported_algorithms: Vec::new(),
        };
        for error in [ecdsa_with_p521, sha512] {
            assert!(certificate_words(&error).ends_with("this program cannot verify"));
            let error = rustls::Error::InvalidCertificate(error);
            assert_eq!(tls_layer(&[&error]), Some(Layer::Tls));
        }
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert_eq!(tls_layer(&[&unknown]), Some(Layer::Certificate));
    }
}
