//! A request as the tenant sees it, and its response, without sockets.

use percent_encoding::percent_decode_str;

/// The header that every response of a simulated tenant has; its value is the scenario's name.
pub const SIMULATION_HEADER: &str = "x-rx-preflight-simulated";

/// A request to the simulated tenant.
#[derive(Debug, Clone, Default)]
pub struct SimulatedRequest {
    /// The HTTP method, in uppercase.
    pub method: String,
    /// Path and query, still percent-encoded.
    pub target: String,
    /// Headers in the order of the request.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl SimulatedRequest {
    /// A header's value; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The path without the query, still percent-encoded.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Query parameters, decoded, in order.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    /// Segments of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path()
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decoded)
            .collect()
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The token of `Authorization: Bearer …`, if there is one.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let (scheme, token) = value.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
    }
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A response of the simulated tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimulatedResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers, in order; a name may repeat.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl SimulatedResponse {
    /// A response without a body.
    pub(crate) fn empty(status: u16) -> SimulatedResponse {
        SimulatedResponse {
            status,
            ..SimulatedResponse::default()
        }
    }

    /// A JSON response.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> SimulatedResponse {
        SimulatedResponse::empty(status)
            .with_body("application/json; charset=utf-8", body.to_string())
    }

    /// The same response with one more header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> SimulatedResponse {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same response with a body of this content type.
    #[must_use]
    pub(crate) fn with_body(
        mut self,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> SimulatedResponse {
        self.body = body.into();
        self.with_header("content-type", content_type)
    }

    /// A header's value; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let request = SimulatedRequest {
            target: "/v1.0/users/room%2B1%40contoso.com/calendarView?$top=1&startDateTime=2026-11-23T08%3A00"
                .to_owned(),
            ..SimulatedRequest::default()
        };
        assert_eq!(
            request.segments(),
            ["v1.0", "users", "room+1@contoso.com", "calendarView"]
        );
        assert_eq!(
            request.query()[1],
            ("startDateTime".to_owned(), "2026-11-23T08:00".to_owned())
        );
    }

    #[test]
    fn only_a_bearer_scheme_gives_a_token() {
        let with = |value: &str| SimulatedRequest {
            headers: vec![("Authorization".to_owned(), value.to_owned())],
            ..SimulatedRequest::default()
        };
        assert_eq!(with("bearer abc").bearer(), Some("abc"));
        assert_eq!(with("Basic abc").bearer(), None);
        assert_eq!(with("Bearer ").bearer(), None);
    }
}
