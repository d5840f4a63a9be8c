//! The proxy on the network path to a service, and its response when it forwards nothing.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// A proxy, as it was given by the user or found in the surroundings.
#[derive(Clone)]
pub(super) struct Proxy {
    address: Url,
    credentials: Option<HeaderValue>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Proxy").field(&self.host()).finish()
    }
}

impl Proxy {
    /// The proxy that a matcher named. An address that is none gives none.
    pub(super) fn of(intercept: &Intercept) -> Option<Self> {
        let address = Url::parse(&intercept.uri().to_string()).ok()?;
        Some(Self {
            address,
            credentials: intercept.basic_auth().cloned(),
        })
    }

    /// Its host and port.
    pub(super) fn host(&self) -> String {
        host_and_port(&self.address)
    }

    /// Whether it is given a user and a password.
    pub(super) fn is_given_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// The password that it is given.
    pub(super) fn password(&self) -> Option<String> {
        let encoded = self
            .credentials
            .as_ref()?
            .to_str()
            .ok()?
            .strip_prefix("Basic ")?;
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        // Only the first colon separates the two, because a password may contain more of them.
        decoded
            .split_once(':')
            .map(|(_, password)| password.to_owned())
    }

    /// The status of its response to a `CONNECT` request for a tunnel to `to` (`host:port`).
    ///
    /// The HTTP client reports only that a tunnel was refused, without the status, so the tunnel is requested once more. A
    /// proxy that is itself reached over TLS gets no such request: `None`, as for every response that does not arrive in time.
    pub(super) async fn tunnel_status(&self, to: &str, limit: Duration) -> Option<StatusCode> {
        if self.address.scheme() != "http" {
            return None;
        }
        tokio::time::timeout(limit, self.request_tunnel(to))
            .await
            .ok()
            .flatten()
    }

    async fn request_tunnel(&self, to: &str) -> Option<StatusCode> {
        let stream = TcpStream::connect(self.host()).await.ok()?;
        let (mut sender, connection) = http1::handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
            .await
            .ok()?;
        let mut request = Request::connect(to.parse::<Uri>().ok()?)
            .header(HOST, to)
            .body(Empty::new())
            .ok()?;
        if let Some(credentials) = &self.credentials {
            request
                .headers_mut()
                .insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let response = match select(pin!(sender.send_request(request)), pin!(connection)).await {
            Either::Left((response, _)) => response,
            // The proxy may close the connection after its response; then the response is already complete.
            Either::Right((_, response)) => response.await,
        };
        response.ok().map(|response| response.status())
    }
}

/// `host:port` of an address, with the port that the scheme implies.
pub(super) fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;

    use super::*;

    fn proxy(address: &str) -> Proxy {
        let matcher = Matcher::builder().all(address).build();
        Proxy::of(
            &matcher
                .intercept(&"https://graph.microsoft.com".parse().unwrap())
                .unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn the_password_is_known_and_never_shown() {
        let with = proxy("http://rx:hunter2%40x@proxy.contoso.com:8080");
        assert_eq!(with.password().as_deref(), Some("hunter2@x"));
        assert_eq!(format!("{with:?}"), r#"Proxy("proxy.contoso.com:8080")"#);
        assert!(with.is_given_credentials() && !proxy("http://proxy:8080").is_given_credentials());
    }

    #[test]
    fn host_and_port_name_the_port_that_is_meant() {
        let shown = |text: &str| host_and_port(&text.parse().unwrap());
        assert_eq!(
            shown("https://graph.microsoft.com/v1.0"),
            "graph.microsoft.com:443"
        );
        assert_eq!(shown("http://user:secret@proxy:8080"), "proxy:8080");
    }
}
