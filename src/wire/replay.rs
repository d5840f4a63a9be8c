//! Reads stored responses as those of a run: for benchmarks and fuzzing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use url::Url;

use crate::evidence::{FolderFacts, Refusal, RegistrationFacts, Reply, TenantFacts, TokenFacts};
use crate::settings::Credential;

use super::batch::read_batch;
use super::graph::registration_facts;
use super::mask::SecretMask;
use super::received_response::ReceivedResponse;
use super::room_list::{self, RoomList};
use super::sign_in::read_token_response;
use super::sign_in_response::read_discovery;
use super::{headers, odata, soap};

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

    /// Reads it as Exchange's response to the creation of a test event: the ID of the event.
    pub fn event(&self) -> Reply<String> {
        soap::read::read(
            &self.received(),
            &SecretMask::default(),
            soap::read::item_id,
        )
    }

    /// Reads it as Exchange's response to the search for the events that carry `marker`: their IDs.
    pub fn events(&self, marker: &str) -> Reply<Vec<String>> {
        soap::read::read(&self.received(), &SecretMask::default(), |message| {
            soap::read::marked_items(message, marker)
        })
    }

    /// Reads it as Graph's response to a batch of so many requests for lists: a reply for each of them that has
    /// a response in it.
    pub fn batch(&self, requests: usize) -> Option<Vec<Option<Reply<()>>>> {
        let mask = SecretMask::default();
        read_batch(&self.received(), requests, odata::read_list, &mask)
    }

    /// Reads it as the only page of the rooms that a tenant lists.
    pub fn rooms(&self) -> Reply<RoomList> {
        odata::read(&self.received(), &SecretMask::default(), |body| {
            room_list::only_page(self.url.clone(), body)
        })
    }

    /// Reads it as Graph's response about the registration of an app whose credential is `own`.
    pub fn registration(&self, own: &Credential) -> Reply<RegistrationFacts> {
        odata::read(&self.received(), &SecretMask::default(), |body| {
            registration_facts(body, own)
        })
    }

    /// Reads it as the response of the token endpoint.
    pub fn token(&self) -> Reply<TokenFacts> {
        read_token_response(&self.received(), &SecretMask::default())
    }

    /// Reads it as the discovery document of a tenant.
    pub fn tenant(&self) -> Reply<TenantFacts> {
        read_discovery(&self.received(), &SecretMask::default())
    }

    /// The headers that the record of a request keeps, and the service's ID of the request.
    pub fn recorded_headers(&self) -> (BTreeMap<Cow<'static, str>, String>, Option<String>) {
        let mask = SecretMask::default();
        (
            headers::kept(self.headers, &mask),
            headers::request_id(self.headers, &mask),
        )
    }

    /// What the status and the headers show about a request that was refused.
    pub fn refusal(&self) -> Refusal {
        self.received().refusal(&SecretMask::default())
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
    use crate::wire::MOST_IN_BATCH;

    #[test]
    fn a_batch_has_a_reply_for_each_request_and_for_no_other() {
        let url = Url::parse("https://service.test/path").unwrap();
        let (headers, at) = (HeaderMap::new(), Timestamp::UNIX_EPOCH);
        let replies = |id: usize| {
            let body =
                format!(r#"{{"responses":[{{"id":"{id}","status":200,"body":{{"value":[]}}}}]}}"#);
            let stored = StoredResponse {
                url: &url,
                status: 200,
                headers: &headers,
                body: body.as_bytes(),
                at,
            };
            stored.batch(MOST_IN_BATCH)
        };
        let last = replies(MOST_IN_BATCH - 1).unwrap();
        assert_eq!(last.last(), Some(&Some(Reply::Success(()))));
        assert_eq!(replies(MOST_IN_BATCH), None);
    }

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

    /// A gateway can respond in the place of the sign-in service, with a token that the run cannot use.
    #[test]
    fn a_token_in_a_response_that_cannot_be_used_is_repeated_nowhere() {
        let url = Url::parse("https://service.test/path").unwrap();
        let (token, at) = ("9d-4cd4-8fad-5d5c1d85216c", Timestamp::UNIX_EPOCH);
        let mut headers = HeaderMap::new();
        let media_type = format!("application/json; name={token}");
        headers.insert("content-type", media_type.parse().unwrap());
        for status in [200, 201, 400, 404, 418] {
            for name in ["access_token", "id_token", "refresh_token"] {
                let body = format!("{{\"{name}\":\"{token}\"}}");
                let stored = StoredResponse {
                    url: &url,
                    status,
                    headers: &headers,
                    body: body.as_bytes(),
                    at,
                };
                let read = stored.token();
                let Reply::Unexpected(unexpected) = &read else {
                    panic!("{read:?}")
                };
                assert!(unexpected.content_type.is_some());
                assert!(!format!("{read:?}").contains(token), "{read:?}");
            }
        }
    }
}
