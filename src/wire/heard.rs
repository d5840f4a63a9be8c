//! Answers that were heard elsewhere, read as those of a run are: for benches, and for whoever throws odd bytes at the
//! readers.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use url::Url;

use super::answer::Answer;
use super::harmless::Veil;
use super::{odata, soap};
use crate::evidence::{FolderFacts, Reply};

/// A whole answer of a service.
#[derive(Clone, Copy)]
pub struct Heard<'h> {
    /// What was asked.
    pub url: &'h Url,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'h HeaderMap,
    /// The whole body.
    pub body: &'h [u8],
    /// When it came.
    pub at: Timestamp,
}

impl Heard<'_> {
    /// Reads it as the answer of Exchange to a request for a calendar folder.
    pub fn folder(&self) -> Reply<FolderFacts> {
        soap::read::read(&self.answer(), &Veil::default(), soap::read::folder)
    }

    /// Reads it as the answer of Graph to a request for a list.
    pub fn list(&self) -> Reply<()> {
        odata::read_list(&self.answer(), &Veil::default())
    }

    fn answer(&self) -> Answer {
        Answer {
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
    fn an_answer_is_read_as_in_a_run() {
        let url = Url::parse("https://service.test/path").unwrap();
        let (headers, at) = (HeaderMap::new(), Timestamp::UNIX_EPOCH);
        let heard = |status, body| Heard { url: &url, status, headers: &headers, body, at };
        assert_eq!(heard(200, br#"{"value":[]}"#).list(), Reply::Success(()));
        let refused = heard(403, br#"{"error":{"code":"ErrorAccessDenied","message":"no"}}"#).list();
        assert_eq!(refused.refusal().and_then(|refusal| refusal.code.as_deref()), Some("ErrorAccessDenied"));
        assert!(matches!(heard(200, b"<answer/>").folder(), Reply::Unexpected(_)));
    }
}
