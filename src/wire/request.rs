//! A request to a service before it is sent.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use uuid::Uuid;

use super::exchanged::Earlier;
use crate::evidence::Purpose;
use crate::terms::Service;

/// A request has no more headers than this, with those that the HTTP client adds; their table need not grow then.
const MOST_HEADERS: usize = 12;

/// One question, ready to be sent. It has no `Debug`, because it can hold a secret or a token.
pub(super) struct Question {
    pub(super) purpose: Purpose,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// It can change something in the tenant.
    pub(super) writes: bool,
    /// It does no harm to ask it again.
    pub(super) repeatable: bool,
    /// It is about the way to the service, which any response shows.
    pub(super) any_response_counts: bool,
    /// Our id of the request, where the service takes one.
    pub(super) client_request_id: Option<String>,
    /// The service whose pace it keeps.
    pub(super) paced_by: Option<Service>,
    /// What was spent on it before.
    pub(super) earlier: Earlier,
}

impl Question {
    /// A question that changes nothing.
    pub(super) fn new(purpose: impl Into<Purpose>, method: Method, url: Url) -> Self {
        Self {
            purpose: purpose.into(),
            method,
            url,
            headers: HeaderMap::with_capacity(MOST_HEADERS),
            body: None,
            writes: false,
            repeatable: true,
            any_response_counts: false,
            client_request_id: None,
            paced_by: None,
            earlier: Earlier::default(),
        }
    }

    /// The question as one on which something was spent before.
    pub(super) fn after(mut self, earlier: Earlier) -> Self {
        self.earlier = earlier;
        self
    }

    /// The question as one about the way to the service.
    pub(super) fn about_the_way(mut self) -> Self {
        self.any_response_counts = true;
        self
    }

    /// The service that it goes to.
    pub(super) fn service(&self) -> Service {
        self.paced_by.unwrap_or(Service::SignIn)
    }

    /// The question as one that keeps the pace of a service.
    pub(super) fn paced_by(mut self, service: Service) -> Self {
        self.paced_by = Some(service);
        self
    }

    /// The question with a header of its own. A value that no header can carry is left out. HTTP/2 must not remember the
    /// value for questions to come, which seldom have the same one and would all be compared with it.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// The question with a header that is the same in every question of its kind.
    pub(super) fn fixed_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// The question with an id by which the service's support can find it.
    pub(super) fn identified(mut self) -> Self {
        let id = Uuid::new_v4().to_string();
        self.client_request_id = Some(id.clone());
        self.header("client-request-id", &id).fixed_header("return-client-request-id", "true")
    }

    /// The question with a body.
    pub(super) fn body(mut self, media_type: &'static str, body: Vec<u8>) -> Self {
        self.body = Some(body.into());
        self.fixed_header("content-type", media_type)
    }

    /// The question as one that changes something.
    pub(super) fn writing(mut self, repeatable: bool) -> Self {
        self.writes = true;
        self.repeatable = repeatable;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::CheckId;

    #[test]
    fn http2_is_to_remember_only_what_questions_have_in_common() {
        let url = Url::parse("https://service.test/path").unwrap();
        let question = Question::new(CheckId::MailboxImpersonation, Method::POST, url)
            .header("x-anchormailbox", "room@contoso.com")
            .fixed_header("accept", "text/xml")
            .identified();
        let own = |name: &str| question.headers.get(name).unwrap().is_sensitive();
        let names = ["x-anchormailbox", "accept", "client-request-id", "return-client-request-id"];
        assert_eq!(names.map(own), [true, false, true, false]);
    }
}
