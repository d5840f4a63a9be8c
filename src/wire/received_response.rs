//! One response as received, and what its status and headers show before its body is read.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

use crate::evidence::{Refusal, Reply, Unexpected};

use super::headers;
use super::mask::SecretMask;

/// A complete response of a service.
/// It has no `Debug`, because it can hold a token.
#[derive(Clone)]
pub(super) struct ReceivedResponse {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The body was longer than the bound; what was read of it is dropped.
    pub(super) too_large: bool,
    /// When it came, by the clock of the run.
    pub(super) at: Timestamp,
}

impl ReceivedResponse {
    /// The value of a header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is 2xx.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text, without the padding around it; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self) -> Cow<'_, str> {
        if let Some(text) = from_utf16(&self.body) {
            return Cow::Owned(without_padding(&text).to_owned());
        }
        // Looking for bytes to replace takes ten times as long as seeing that there are none.
        match std::str::from_utf8(&self.body) {
            Ok(text) => Cow::Borrowed(without_padding(text)),
            Err(_) => Cow::Owned(without_padding(&String::from_utf8_lossy(&self.body)).to_owned()),
        }
    }

    /// Hides the tokens of a response of the sign-in service before any text of it is kept: one that cannot be used is a token
    /// nevertheless, and a header can repeat it.
    pub(super) fn hide_tokens(&self, mask: &SecretMask) {
        let body: Value = serde_json::from_str(&self.text()).unwrap_or_default();
        for name in ["access_token", "id_token", "refresh_token"] {
            if let Some(token) = body.get(name).and_then(Value::as_str) {
                mask.hide(token);
            }
        }
    }

    /// A refusal with the information of the status and the headers.
    pub(super) fn refusal(&self, mask: &SecretMask) -> Refusal {
        Refusal {
            status: self.status,
            policy_reason: self
                .header("x-ews-policy-reason")
                .map(|reason| mask.sanitize(reason)),
            diagnostics: self
                .header("x-ms-diagnostics")
                .and_then(|value| headers::diagnostics(value, mask)),
            challenge: headers::challenge(&self.headers, mask),
            retry_after_ms: headers::longest_retry_after_ms(&self.headers, self.sent_at()),
            ..Refusal::default()
        }
    }

    /// When it was sent, by the clock of the service if the response has a `Date`.
    fn sent_at(&self) -> Timestamp {
        self.header(DATE.as_str())
            .and_then(headers::http_date)
            .unwrap_or(self.at)
    }

    /// The meaning of a response that is in no documented form.
    ///
    /// Every status from 500 on and 429 is a refusal by itself, and so is a response whose headers only the service
    /// itself writes. An empty 401 or 403 is how Exchange refuses. The rest is `problem`.
    pub(super) fn undocumented<T>(&self, problem: &str, mask: &SecretMask) -> Reply<T> {
        // Redirects are never followed, because the token must not leave for another address.
        if (300..400).contains(&self.status) {
            return Reply::Unexpected(self.redirect(mask));
        }
        let refusal = self.refusal(mask);
        let empty_refusal =
            matches!(self.status, 401 | 403) && self.text().is_empty() && !self.too_large;
        if self.status >= 500
            || self.status == 429
            || empty_refusal
            || is_identified_by_headers(&refusal)
        {
            return Reply::Refused(refusal);
        }
        Reply::Unexpected(self.unexpected(problem, true, mask))
    }

    /// The meaning of a success in the form of the service without what was requested. Whatever its headers are, it is not
    /// a refusal.
    pub(super) fn incomplete<T>(&self, problem: &str, mask: &SecretMask) -> Reply<T> {
        Reply::Unexpected(self.unexpected(problem, true, mask))
    }

    /// The response as something outside every form, quoted or not.
    pub(super) fn unexpected(&self, problem: &str, quote: bool, mask: &SecretMask) -> Unexpected {
        let foreign = self.is_web_page();
        let problem = match problem {
            _ if self.too_large => "too large",
            _ if foreign => "a web page",
            _ if self.text().is_empty() => "empty",
            other => other,
        };
        Unexpected {
            status: self.status,
            problem: problem.to_owned(),
            content_type: self
                .header(CONTENT_TYPE.as_str())
                .map(|value| mask.sanitize(value)),
            excerpt: if quote {
                mask.sanitize(&self.text())
            } else {
                String::new()
            },
            foreign,
        }
    }

    fn redirect(&self, mask: &SecretMask) -> Unexpected {
        let target = self
            .header(LOCATION.as_str())
            .and_then(|location| self.url.join(location).ok());
        let host = target.as_ref().and_then(Url::host_str);
        // A redirect within the same host can be an error page of the service itself.
        let elsewhere = host.is_some_and(|host| Some(host) != self.url.host_str());
        let problem = host.map_or_else(
            || "a redirect to nowhere".to_owned(),
            |host| format!("a redirect to {host}"),
        );
        Unexpected {
            problem: mask.sanitize(&problem),
            foreign: elsewhere || self.is_web_page() && host.is_none(),
            ..self.unexpected("", false, mask)
        }
    }

    /// Whether this is HTML, by its media type or by its beginning.
    pub(super) fn is_web_page(&self) -> bool {
        let by_type = self
            .header(CONTENT_TYPE.as_str())
            .is_some_and(|media_type| {
                let media_type = media_type.trim();
                begins_with(media_type, "text/html") || begins_with(media_type, "application/xhtml")
            });
        // The media type can be missing or wrong, so the beginning of the body counts as well.
        let text = self.text();
        let text = text.trim_start();
        by_type || begins_with(text, "<!doctype html") || begins_with(text, "<html")
    }
}

/// A body in UTF-16, which has a NUL beside every sign of JSON or XML: by its mark, or by its first sign.
fn from_utf16(body: &[u8]) -> Option<String> {
    let from_bytes: fn([u8; 2]) -> u16 = match body.get(..2)? {
        [0xff, 0xfe] | [b'{' | b'[' | b'<', 0] => u16::from_le_bytes,
        [0xfe, 0xff] | [0, b'{' | b'[' | b'<'] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = body
        .chunks_exact(2)
        .map(|pair| from_bytes([pair[0], pair[1]]))
        .collect();
    Some(String::from_utf16_lossy(&units))
}

/// Byte order marks, white space and NUL characters around a body have no meaning. Some servers pad bodies with them.
fn without_padding(text: &str) -> &str {
    text.trim_matches(|character: char| {
        matches!(character, '\u{feff}' | '\0') || character.is_whitespace()
    })
}

/// Whether a text begins with this, whatever the case of its letters.
fn begins_with(text: &str, beginning: &str) -> bool {
    text.as_bytes()
        .get(..beginning.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
}

/// Headers that no proxy and no portal invents.
fn is_identified_by_headers(refusal: &Refusal) -> bool {
    refusal.policy_reason.is_some()
        || refusal.diagnostics.is_some()
        || refusal.status == 401 && refusal.challenge.is_some()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A response of a service at `https://service.test/path`.
    pub(in crate::wire) fn received(
        status: u16,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> ReceivedResponse {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                reqwest::header::HeaderValue::from_str(value).unwrap(),
            );
        }
        ReceivedResponse {
            url: Url::parse("https://service.test/path").unwrap(),
            status,
            headers: map,
            body: Bytes::copy_from_slice(body.as_ref()),
            too_large: false,
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    fn undocumented(response: &ReceivedResponse) -> Reply<()> {
        response.undocumented("not JSON", &SecretMask::default())
    }

    #[test]
    fn an_empty_refusal_is_a_refusal_and_an_empty_404_is_not() {
        for status in [401, 403, 429, 500, 503] {
            let Reply::Refused(refusal) = undocumented(&received(status, &[], "")) else {
                panic!("{status}")
            };
            assert_eq!((refusal.status, refusal.code), (status, None));
        }
        let Reply::Unexpected(unexpected) = undocumented(&received(404, &[], "")) else {
            panic!()
        };
        assert_eq!(
            (unexpected.problem.as_str(), unexpected.foreign),
            ("empty", false)
        );
    }

    #[test]
    fn a_web_page_is_foreign_only_below_500() {
        let page = "<!DOCTYPE html><html><body>Please sign in to the guest network</body></html>";
        for status in [200, 401, 403, 404] {
            let Reply::Unexpected(unexpected) = undocumented(&received(status, &[], page)) else {
                panic!("{status}")
            };
            assert_eq!(
                (unexpected.problem.as_str(), unexpected.foreign),
                ("a web page", true)
            );
            assert!(unexpected.excerpt.contains("guest network"));
        }
        let html = [("content-type", "text/html")];
        assert!(
            matches!(undocumented(&received(503, &html, page)), Reply::Refused(refusal) if refusal.status == 503)
        );
    }

    #[test]
    fn a_web_page_with_headers_of_the_service_is_a_refusal() {
        let page = "<html>401</html>";
        let bearer = [("www-authenticate", "Bearer error=\"invalid_token\"")];
        assert!(matches!(
            undocumented(&received(401, &bearer, page)),
            Reply::Refused(_)
        ));
        let reason = [(
            "x-ews-policy-reason",
            "EWS is disabled for this user or tenant",
        )];
        let Reply::Refused(refusal) = undocumented(&received(403, &reason, page)) else {
            panic!()
        };
        assert_eq!(
            refusal.policy_reason.as_deref(),
            Some("EWS is disabled for this user or tenant")
        );
    }

    #[test]
    fn a_redirect_names_its_host_and_is_foreign_only_elsewhere() {
        let elsewhere = received(
            302,
            &[("location", "https://portal.hotel.example/login?x=1")],
            "",
        );
        let Reply::Unexpected(unexpected) = undocumented(&elsewhere) else {
            panic!()
        };
        assert_eq!(unexpected.problem, "a redirect to portal.hotel.example");
        assert!(unexpected.foreign);
        let here = received(302, &[("location", "/ews/genericerrorpage.htm")], "");
        let Reply::Unexpected(unexpected) = undocumented(&here) else {
            panic!()
        };
        assert_eq!(
            (unexpected.problem.as_str(), unexpected.foreign),
            ("a redirect to service.test", false)
        );
    }

    #[test]
    fn padding_around_a_body_is_ignored() {
        for (before, behind) in [
            ("", "\0\0\0"),
            ("\u{feff}", "\r\n\0"),
            (" \u{feff}\0", "\u{feff} \t"),
            ("\0\0", ""),
        ] {
            let padded = received(403, &[], format!("{before}{{\"a\":1}}{behind}"));
            assert_eq!(padded.text(), "{\"a\":1}");
            let empty = received(403, &[], format!("{before}{behind}"));
            assert!(
                matches!(undocumented(&empty), Reply::Refused(refusal) if refusal.status == 403)
            );
            let page = received(403, &[], format!("{before}<html></html>{behind}"));
            assert!(matches!(undocumented(&page), Reply::Unexpected(odd) if odd.foreign));
        }
        for in_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide = |text: &str| text.encode_utf16().flat_map(in_bytes).collect::<Vec<u8>>();
            assert_eq!(
                received(403, &[], wide("\u{feff}{\"ä\":1}\0")).text(),
                "{\"ä\":1}"
            );
            assert_eq!(
                received(403, &[], wide("{\"a\":1}\r\n")).text(),
                "{\"a\":1}"
            );
        }
        let not_text = received(403, &[], [b"\0\0{}\xff".as_slice(), &[0; 400]].concat());
        assert_eq!(not_text.text(), "{}\u{fffd}");
    }

    #[test]
    fn waiting_until_a_date_is_counted_by_the_clock_of_the_service() {
        let response = received(
            503,
            &[
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 10:00:07 GMT"),
            ],
            "",
        );
        assert_eq!(
            response.refusal(&SecretMask::default()).retry_after_ms,
            Some(7000)
        );
    }
}
