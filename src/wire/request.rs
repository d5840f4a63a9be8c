//! A request to a service before it is sent.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use uuid::Uuid;

use crate::evidence::Purpose;
use crate::terms::Service;

use super::response::EarlierAttempts;

/// The most headers of a request, including those that the HTTP client adds, so that the map does not have to grow.
const MOST_HEADERS: usize = 12;

/// A request to one of the services. It has no `Debug`, because it can hold a secret or a token.
pub(super) struct ServiceRequest {
    pub(super) purpose: Purpose,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// It can change something in the tenant.
    pub(super) writes: bool,
    /// Sending it again does no harm.
    pub(super) repeatable: bool,
    /// What a response brings.
    pub(super) brings: Brings,
    /// It tests connectivity, which any response proves.
    pub(super) any_response_counts: bool,
    /// Our id of the request, where the service takes one.
    pub(super) client_request_id: Option<String>,
    /// The service whose limiter applies to it.
    pub(super) paced_by: Option<Service>,
    /// What was spent on it before, in a batch.
    pub(super) earlier: EarlierAttempts,
}

/// What a response brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brings {
    /// Nothing that must be hidden.
    Data,
    /// A token.
    Token,
}

impl ServiceRequest {
    /// A request that changes nothing.
    pub(super) fn new(purpose: impl Into<Purpose>, method: Method, url: Url) -> Self {
        Self {
            purpose: purpose.into(),
            method,
            url,
            headers: HeaderMap::with_capacity(MOST_HEADERS),
            body: None,
            writes: false,
            repeatable: true,
            brings: Brings::Data,
            any_response_counts: false,
            client_request_id: None,
            paced_by: None,
            earlier: EarlierAttempts::default(),
        }
    }

    /// Adds what was spent on it before.
    pub(super) fn after(mut self, earlier: EarlierAttempts) -> Self {
        self.earlier = earlier;
        self
    }

    /// Marks it as a connectivity test.
    pub(super) fn for_connectivity(mut self) -> Self {
        self.any_response_counts = true;
        self
    }

    /// The service that it goes to.
    pub(super) fn service(&self) -> Service {
        self.paced_by.unwrap_or(Service::SignIn)
    }

    /// Applies the limiter of a service to it.
    pub(super) fn paced_by(mut self, service: Service) -> Self {
        self.paced_by = Some(service);
        self
    }

    /// Adds a header with a value of its own. A value that no header can carry is left out. HTTP/2 must not add the value
    /// to its compression table: later requests rarely repeat it and would all be compared with it.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Adds a header that is the same in every request of its kind.
    pub(super) fn fixed_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self
    }

    /// Adds an id by which Microsoft support can find it.
    pub(super) fn identified(mut self) -> Self {
        let id = Uuid::new_v4().to_string();
        self.client_request_id = Some(id.clone());
        self.header("client-request-id", &id)
            .fixed_header("return-client-request-id", "true")
    }

    /// Adds a body.
    pub(super) fn body(mut self, media_type: &'static str, body: Vec<u8>) -> Self {
        self.body = Some(body.into());
        self.fixed_header("content-type", media_type)
    }

    /// Marks it as a request that changes something.
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
    fn http2_compresses_only_headers_that_requests_share() {
        let url = Url::parse("https://service.test/path").unwrap();
        let request = ServiceRequest::new(CheckId::MailboxImpersonation, Method::POST, url)
            .header("x-anchormailbox", "room@contoso.com")
            .fixed_header("accept", "text/xml")
            .identified();
        let own = |name: &str| request.headers.get(name).unwrap().is_sensitive();
        let names = [
            "x-anchormailbox",
            "accept",
            "client-request-id",
            "return-client-request-id",
        ];
        assert_eq!(names.map(own), [true, false, true, false]);
    }
}
