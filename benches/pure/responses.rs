//! Responses of the services, as recorded.

use std::fmt;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jiff::Timestamp;
use rx_preflight::wire::StoredResponse;
use url::Url;

static REQUESTED: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://service.test/path").unwrap());
static NO_HEADERS: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);

/// A response with its name.
pub struct Sample {
    name: &'static str,
    status: u16,
    pub body: &'static str,
}

impl Sample {
    /// The response as the client stores it.
    pub fn stored(&self) -> StoredResponse<'_> {
        let (url, headers, at) = (&*REQUESTED, &*NO_HEADERS, Timestamp::UNIX_EPOCH);
        StoredResponse {
            url,
            status: self.status,
            headers,
            body: self.body.as_bytes(),
            at,
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// Responses of Exchange to `GetFolder`.
pub fn folders() -> [Sample; 2] {
    [
        Sample {
            name: "folder with rights",
            status: 200,
            body: include_str!("folder.xml"),
        },
        Sample {
            name: "fault",
            status: 500,
            body: include_str!("fault.xml"),
        },
    ]
}

/// Responses of Graph to a request for a list.
pub fn lists() -> [Sample; 2] {
    [
        Sample {
            name: "list",
            status: 200,
            body: include_str!("list.json"),
        },
        Sample {
            name: "error",
            status: 403,
            body: include_str!("error.json"),
        },
    ]
}

/// An access token with the claims and the length that Entra ID gives it; its signature is never read.
pub fn token() -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let header = encode(br#"{"typ":"JWT","nonce":"n","alg":"RS256","x5t":"t","kid":"k"}"#);
    format!(
        "{header}.{}.{}",
        encode(include_bytes!("claims.json")),
        encode(&[7; 256])
    )
}
