//! Reads stored responses as those of a run: for benchmarks and fuzzing.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use url::Url;

use crate::evidence::{FolderFacts, Reply};

use super::mask::SecretMask;
use super::received_response::ReceivedResponse;
use super::{odata, soap};

/// A complete HTTP response.
#[derive(Clone, Copy)]
pub struct StoredResponse<'h> {
    /// The URL of the request.
    pub url: &'h Url,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'h HeaderMap,
    /// The whole body.
    pub body: &'h [u8],
    /// When it was received.
    pub at: Timestamp,
}

impl StoredResponse<'_> {
    /// Reads it as Exchange's response to a request for a calendar folder.
    pub fn folder(&self) -> Reply<FolderFacts> {
        soap::read::read(&self.received(), &SecretMask::default(), soap::read::folder)
    }

    /// Reads it as Graph's response to a request for a list.
    pub fn list(&self) -> Reply<()> {
        odata::read_list(&self.received(), &SecretMask::default())
    }

    fn received(&self) -> ReceivedResponse {
        ReceivedResponse {
            url: self.url.clone(),
            status: self.status,
            headers: self.headers.clone(),
            body: Bytes::copy_from_slice(self.body),
            too_large: false,
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_response_is_read_as_in_a_run() {
        let url = Url::parse("https://service.test/path").unwrap();
        let (headers, at) = (HeaderMap::new(), Timestamp::UNIX_EPOCH);
        let heard = |status, body| StoredResponse {
            url: &url,
            status,
            headers: &headers,
            body,
            at,
        };
        assert_eq!(heard(200, br#"{"value":[]}"#).list(), Reply::Success(()));
        let refused = heard(
            403,
            br#"{"error":{"code":"ErrorAccessDenied","message":"no"}}"#,
        )
        .list();
        assert_eq!(
            refused
                .refusal()
                .and_then(|refusal| refusal.code.as_deref()),
            Some("ErrorAccessDenied")
        );
        assert!(matches!(
            heard(200, b"<response/>").folder(),
            Reply::Unexpected(_)
        ));
    }
}
