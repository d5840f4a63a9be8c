//! The headers of answers: which of them the ledger keeps, and how the telling ones are read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

use super::harmless::Veil;
use crate::evidence::{Challenge, Diagnostics};

/// What the ledger keeps of the headers of an answer: what a support ticket needs, and nothing that could be secret.
const KEPT: [&str; 15] = [
    "request-id",
    "x-ms-request-id",
    "x-ms-ags-diagnostic",
    "x-ms-diagnostics",
    "x-ews-policy-reason",
    "www-authenticate",
    "retry-after",
    "date",
    "server",
    "x-feserver",
    "x-beserver",
    "x-calculatedbetarget",
    "x-ms-ests-server",
    "content-type",
    "x-rx-preflight-simulated",
];

/// The headers for the ledger, names in lower case, values harmless; repeated headers are joined by a comma.
pub(super) fn kept(headers: &HeaderMap, veil: &Veil) -> BTreeMap<Cow<'static, str>, String> {
    headers
        .keys()
        .filter_map(|name| KEPT.iter().copied().find(|kept| *kept == name.as_str()))
        .map(|name| (Cow::Borrowed(name), veil.harmless(&joined(headers, name))))
        .collect()
}

/// All values of a header.
fn joined<'h>(headers: &'h HeaderMap, name: &str) -> Cow<'h, str> {
    let mut values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = values.next().unwrap_or_default();
    values.fold(first, |before, value| Cow::Owned(format!("{before}, {value}")))
}

/// The service's own id of a request.
pub(super) fn request_id(headers: &HeaderMap, veil: &Veil) -> Option<String> {
    let value = headers.get("request-id").or_else(|| headers.get("x-ms-request-id"))?;
    value.to_str().ok().map(|id| veil.harmless(id))
}

/// `Retry-After` in milliseconds: a number of seconds, or a date from `now` on. Seconds are whole by the standard; within a
/// batch Graph has been seen to write decimals (github.com/microsoftgraph/microsoft-graph-docs/issues/3877).
pub(super) fn retry_after_ms(value: &str, now: Timestamp) -> Option<u64> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(seconds.saturating_mul(1000));
    }
    if let Some(wait) = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        return u64::try_from(wait.as_millis()).ok();
    }
    let wait = http_date(value)?.as_millisecond().saturating_sub(now.as_millisecond());
    Some(u64::try_from(wait).unwrap_or(0))
}

/// An HTTP date in its preferred form, such as `Mon, 23 Nov 2026 10:00:00 GMT`.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value.trim()).ok()
}

/// `x-ms-diagnostics: 2000008;reason="…";error_category="…"`. Without a number in front it says nothing known.
pub(super) fn diagnostics(value: &str, veil: &Veil) -> Option<Diagnostics> {
    let (code, rest) = value.split_once(';').unwrap_or((value, ""));
    let code = code.trim().parse().ok()?;
    let parameters = parameters(rest);
    let text = |name: &str| parameters.get(name).map(|value| veil.harmless(value));
    Some(Diagnostics { code, reason: text("reason"), category: text("error_category") })
}

/// The Bearer challenge of an answer; other schemes stand beside it at Exchange and are passed over.
pub(super) fn challenge(headers: &HeaderMap, veil: &Veil) -> Option<Challenge> {
    let parameters = headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| bearer(value.to_str().ok()?))?;
    let text = |name: &str| parameters.get(name).map(|value| veil.harmless(value));
    Some(Challenge { error: text("error"), authorization_uri: text("authorization_uri"), client_id: text("client_id") })
}

/// The parameters after the word `Bearer`, wherever the scheme stands in the header.
fn bearer(value: &str) -> Option<BTreeMap<String, String>> {
    let lower = value.to_ascii_lowercase();
    let starts_a_scheme = |at: usize| {
        let before = lower[..at].trim_end();
        let after = lower[at + "bearer".len()..].chars().next();
        (before.is_empty() || before.ends_with(',')) && after.is_none_or(|c| c == ' ' || c == ',')
    };
    let (at, scheme) = lower.match_indices("bearer").find(|(at, _)| starts_a_scheme(*at))?;
    Some(parameters(&value[at + scheme.len()..]))
}

/// `name="value"` pairs, separated by commas or semicolons; quoted values may hold both. The first of a name counts.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.rsplit([',', ';', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        let (value, remaining) = value(after.trim_start());
        if !name.is_empty() {
            found.entry(name).or_insert(value);
        }
        rest = remaining;
    }
    found
}

/// One value, quoted (with backslash escapes) or bare, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ';']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::answer::tests::answer;

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        assert_eq!(retry_after_ms("12", now), Some(12_000));
        assert_eq!(retry_after_ms("Mon, 23 Nov 2026 10:01:00 GMT", now), Some(60_000));
        assert_eq!(retry_after_ms("Mon, 23 Nov 2026 09:00:00 GMT", now), Some(0));
        assert_eq!(retry_after_ms("0.249", now), Some(249));
        for nothing in ["soon", "-1", "-0.5", "NaN", "inf", "1e300"] {
            assert_eq!(retry_after_ms(nothing, now), None, "{nothing}");
        }
        assert_eq!(retry_after_ms(&u64::MAX.to_string(), now), Some(u64::MAX));
    }

    #[test]
    fn diagnostics_keep_their_number_and_their_words() {
        let value = "2000008;reason=\"The token contains not enough scope; to make this call.\";error_category=\"invalid_grant\"";
        let read = diagnostics(value, &Veil::default()).unwrap();
        assert_eq!(read.code, 2_000_008);
        assert_eq!(read.reason.as_deref(), Some("The token contains not enough scope; to make this call."));
        assert_eq!(read.category.as_deref(), Some("invalid_grant"));
        assert_eq!(diagnostics("none", &Veil::default()), None);
        assert_eq!(diagnostics("2000001", &Veil::default()).map(|read| read.reason), Some(None));
    }

    #[test]
    fn the_bearer_challenge_is_found_beside_others() {
        let exchange = answer(
            401,
            &[
                ("www-authenticate", "Basic Realm=\"\""),
                (
                    "www-authenticate",
                    "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\", authorization_uri=\"https://login.windows.net/common/oauth2/authorize\", error=\"invalid_token\",Basic Realm=\"\"",
                ),
            ],
            "",
        );
        let read = challenge(&exchange.headers, &Veil::default()).unwrap();
        assert_eq!(read.error.as_deref(), Some("invalid_token"));
        assert_eq!(read.client_id.as_deref(), Some("00000002-0000-0ff1-ce00-000000000000"));
        assert_eq!(read.authorization_uri.as_deref(), Some("https://login.windows.net/common/oauth2/authorize"));
    }

    #[test]
    fn a_challenge_without_bearer_is_none() {
        let basic = answer(401, &[("www-authenticate", "Basic realm=\"bearer of news\"")], "");
        assert_eq!(challenge(&basic.headers, &Veil::default()), None);
        let joined = answer(
            401,
            &[("www-authenticate", "Basic realm=\"\", Bearer realm=\"\", error=\"insufficient_claims\"")],
            "",
        );
        assert_eq!(challenge(&joined.headers, &Veil::default()).unwrap().error.as_deref(), Some("insufficient_claims"));
    }

    #[test]
    fn the_ledger_keeps_the_listed_headers_only() {
        let answer =
            answer(200, &[("Date", "x"), ("Set-Cookie", "session"), ("x-FEServer", "A"), ("x-feserver", "B")], "");
        let kept = kept(&answer.headers, &Veil::default());
        let expected = [("date", "x"), ("x-feserver", "A, B")].map(|(name, value)| (name.into(), value.to_owned()));
        assert_eq!(kept, BTreeMap::from(expected));
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read_without_panic(text in "\\PC*") {
            let _ = parameters(&text);
            let _ = bearer(&text);
            let _ = diagnostics(&text, &Veil::default());
            let _ = retry_after_ms(&text, Timestamp::UNIX_EPOCH);
        }
    }
}
