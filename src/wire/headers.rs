//! Response headers: which of them the ledger keeps, and how the diagnostic ones are read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use reqwest::header::{HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};

use crate::evidence::{Challenge, Diagnostics};

use super::mask::SecretMask;

/// The forms of an HTTP date, the preferred one first.
const HTTP_DATES: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

/// The response headers that the ledger keeps: what a support ticket needs, and nothing that could be secret.
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

/// The headers for the ledger, with names in lowercase and sanitized values; repeated headers are joined by a comma.
pub(super) fn kept(headers: &HeaderMap, mask: &SecretMask) -> BTreeMap<Cow<'static, str>, String> {
    headers
        .keys()
        .filter_map(|name| KEPT.iter().copied().find(|kept| *kept == name.as_str()))
        .map(|name| (Cow::Borrowed(name), mask.sanitize(&joined(headers, name))))
        .collect()
}

/// All values of a header.
fn joined<'h>(headers: &'h HeaderMap, name: &str) -> Cow<'h, str> {
    let mut values = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = values.next().unwrap_or_default();
    values.fold(first, |before, value| {
        Cow::Owned(format!("{before}, {value}"))
    })
}

/// The service's own id of a request.
pub(super) fn request_id(headers: &HeaderMap, mask: &SecretMask) -> Option<String> {
    // Graph and Exchange name their id `request-id`, Entra `x-ms-request-id`.
    let value = headers
        .get("request-id")
        .or_else(|| headers.get("x-ms-request-id"))?;
    value.to_str().ok().map(|id| mask.sanitize(id))
}

/// The longest of all `Retry-After` headers, in milliseconds.
pub(super) fn longest_retry_after_ms(headers: &HeaderMap, sent_at: Timestamp) -> Option<u64> {
    let values = headers.get_all(RETRY_AFTER).iter();
    values
        .filter_map(|value| retry_after_ms(value.to_str().ok()?, sent_at))
        .max()
}

/// `Retry-After` in milliseconds: a number of seconds, or a date from `now` on. Seconds are whole by the standard; within a
/// batch Graph has been seen to write decimals (github.com/microsoftgraph/microsoft-graph-docs/issues/3877). A number too
/// large to count is the longest wait there is. What names no time to come is `None`: then the waits of this program count.
pub(super) fn retry_after_ms(value: &str, now: Timestamp) -> Option<u64> {
    let value = value.trim();
    let by_date = || {
        u64::try_from(
            http_date(value)?
                .as_millisecond()
                .saturating_sub(now.as_millisecond()),
        )
        .ok()
    };
    amount_in_ms(value, 1000).or_else(|| by_date().filter(|wait| *wait > 0))
}

/// A number of units, each of which has so many milliseconds. Negative numbers and other texts are `None`.
pub(super) fn amount_in_ms(text: &str, ms_in_unit: u64) -> Option<u64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(
            text.parse::<u64>()
                .map_or(u64::MAX, |amount| amount.saturating_mul(ms_in_unit)),
        );
    }
    // Words such as `inf` count as numbers to the standard library.
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let units: f64 = text.parse().ok().filter(|_| is_number)?;
    let unit = Duration::from_millis(ms_in_unit);
    let wait = Duration::try_from_secs_f64(units * unit.as_secs_f64());
    Some(wait.map_or(u64::MAX, |wait| {
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
    }))
}

/// An HTTP date: its preferred form, such as `Mon, 23 Nov 2026 10:00:00 GMT`, or one of the two older ones that RFC 9110
/// (section 5.6.7) has clients accept.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let value = value.trim();
    // A date with the wrong weekday is still a usable date.
    let preferred = rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(value);
    preferred.ok().or_else(|| {
        HTTP_DATES
            .iter()
            .find_map(|form| utc(DateTime::strptime(form, value).ok()?))
    })
}

/// A moment in UTC. The last day of the calendar lies beyond the last moment that can be counted, and is that moment.
fn utc(date: DateTime) -> Option<Timestamp> {
    let moment = TimeZone::UTC.to_timestamp(date).ok();
    moment.or_else(|| (date.year() == 9999).then_some(Timestamp::MAX))
}

/// `x-ms-diagnostics: 2000008;reason="…";error_category="…"`. Without a number in front it has no known meaning.
pub(super) fn diagnostics(value: &str, mask: &SecretMask) -> Option<Diagnostics> {
    let (code, rest) = value.split_once(';').unwrap_or((value, ""));
    let code = code.trim().parse().ok()?;
    let parameters = parameters(rest);
    let text = |name: &str| parameters.get(name).map(|value| mask.sanitize(value));
    Some(Diagnostics {
        code,
        reason: text("reason"),
        category: text("error_category"),
    })
}

/// The Bearer challenge of a response. Exchange sends other schemes as well; they are ignored.
pub(super) fn challenge(headers: &HeaderMap, mask: &SecretMask) -> Option<Challenge> {
    let parameters = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .find_map(|value| bearer(value.to_str().ok()?))?;
    let text = |name: &str| parameters.get(name).map(|value| mask.sanitize(value));
    Some(Challenge {
        error: text("error"),
        authorization_uri: text("authorization_uri"),
        client_id: text("client_id"),
    })
}

/// The parameters after the word `Bearer`, wherever the scheme is in the header.
fn bearer(value: &str) -> Option<BTreeMap<String, String>> {
    let lower = value.to_ascii_lowercase();
    // The word can also be part of a quoted value or of the name of another scheme.
    let starts_a_scheme = |at: usize| {
        let before = lower[..at].trim_end();
        let after = lower[at + "bearer".len()..].chars().next();
        (before.is_empty() || before.ends_with(',')) && after.is_none_or(|c| c == ' ' || c == ',')
    };
    let (at, scheme) = lower
        .match_indices("bearer")
        .find(|(at, _)| starts_a_scheme(*at))?;
    Some(parameters(&value[at + scheme.len()..]))
}

/// `name="value"` pairs, separated by commas or semicolons; quoted values may hold both. The first of a name counts.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name
            .rsplit([',', ';', ' '])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
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
    use crate::wire::received_response::tests::received;

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        assert_eq!(retry_after_ms("12", now), Some(12_000));
        for date in [
            "Mon, 23 Nov 2026 10:01:00 GMT",
            "Monday, 23-Nov-26 10:01:00 GMT",
            "Mon Nov 23 10:01:00 2026",
        ] {
            assert_eq!(retry_after_ms(date, now), Some(60_000), "{date}");
        }
        assert_eq!(retry_after_ms("0.249", now), Some(249));
        assert_eq!(retry_after_ms("0", now), Some(0));
    }

    #[test]
    fn a_retry_after_beyond_the_number_range_is_capped() {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let digits = "9".repeat(400);
        for large in [
            &u64::MAX.to_string(),
            "99999999999999999999",
            "1e300",
            "99999999999999999999.5",
            &digits,
        ] {
            assert_eq!(retry_after_ms(large, now), Some(u64::MAX), "{large}");
            assert_eq!(amount_in_ms(large, 1), Some(u64::MAX), "{large}");
        }
        assert!(retry_after_ms("Fri, 31 Dec 9999 23:59:59 GMT", now).unwrap() > 1_000_000_000_000);
    }

    #[test]
    fn a_retry_after_in_the_past_is_ignored() {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let past = "Mon, 23 Nov 2026 09:00:00 GMT";
        for nothing in [
            "soon",
            "",
            " ",
            "-1",
            "-0.5",
            "-99999999999999999999",
            "NaN",
            "inf",
            "infinity",
            "+",
            past,
        ] {
            assert_eq!(retry_after_ms(nothing, now), None, "{nothing}");
        }
    }

    #[test]
    fn of_several_waits_the_longest_counts() {
        let response = received(
            429,
            &[
                ("retry-after", "3"),
                ("retry-after", "30"),
                ("retry-after", "soon"),
            ],
            "",
        );
        assert_eq!(
            longest_retry_after_ms(&response.headers, Timestamp::UNIX_EPOCH),
            Some(30_000)
        );
    }

    #[test]
    fn diagnostics_keep_their_number_and_their_words() {
        let value = "2000008;reason=\"The token contains not enough scope; to make this call.\";error_category=\"invalid_grant\"";
        let read = diagnostics(value, &SecretMask::default()).unwrap();
        assert_eq!(read.code, 2_000_008);
        assert_eq!(
            read.reason.as_deref(),
            Some("The token contains not enough scope; to make this call.")
        );
        assert_eq!(read.category.as_deref(), Some("invalid_grant"));
        assert_eq!(diagnostics("none", &SecretMask::default()), None);
        assert_eq!(
            diagnostics("2000001", &SecretMask::default()).map(|read| read.reason),
            Some(None)
        );
    }

    #[test]
    fn the_bearer_challenge_is_found_beside_others() {
        let exchange = received(
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
        let read = challenge(&exchange.headers, &SecretMask::default()).unwrap();
        assert_eq!(read.error.as_deref(), Some("invalid_token"));
        assert_eq!(
            read.client_id.as_deref(),
            Some("00000002-0000-0ff1-ce00-000000000000")
        );
        assert_eq!(
            read.authorization_uri.as_deref(),
            Some("https://login.windows.net/common/oauth2/authorize")
        );
    }

    #[test]
    fn a_challenge_without_bearer_is_none() {
        let basic = received(
            401,
            &[("www-authenticate", "Basic realm=\"bearer of news\"")],
            "",
        );
        assert_eq!(challenge(&basic.headers, &SecretMask::default()), None);
        let joined = received(
            401,
            &[(
                "www-authenticate",
                "Basic realm=\"\", Bearer realm=\"\", error=\"insufficient_claims\"",
            )],
            "",
        );
        assert_eq!(
            challenge(&joined.headers, &SecretMask::default())
                .unwrap()
                .error
                .as_deref(),
            Some("insufficient_claims")
        );
    }

    #[test]
    fn the_ledger_keeps_the_listed_headers_only() {
        let response = received(
            200,
            &[
                ("Date", "x"),
                ("Set-Cookie", "session"),
                ("x-FEServer", "A"),
                ("x-feserver", "B"),
            ],
            "",
        );
        let kept = kept(&response.headers, &SecretMask::default());
        let expected = [("date", "x"), ("x-feserver", "A, B")]
            .map(|(name, value)| (name.into(), value.to_owned()));
        assert_eq!(kept, BTreeMap::from(expected));
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read_without_panic(text in "\\PC*") {
            let _ = parameters(&text);
            let _ = bearer(&text);
            let _ = diagnostics(&text, &SecretMask::default());
            let _ = retry_after_ms(&text, Timestamp::UNIX_EPOCH);
        }
    }
}
