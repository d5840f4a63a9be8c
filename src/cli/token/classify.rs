//! What a pasted text is: a token whose claims can be read, one that only its service can read, or none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::CliError;
use super::extract::{is_blank, is_part, unusable};
use crate::evidence::TokenFacts;
use crate::wire;

/// Shorter texts are words, codes or ids, not tokens.
const SHORTEST: usize = 20;

/// Without a digit only a text of this length is taken for a token: words of that length are rare.
const SHORTEST_WITHOUT_DIGIT: usize = 40;

/// Client secrets have 40 characters; a text up to this length with a tilde is one rather than a token.
const LONGEST_SECRET: usize = 48;

/// How every JSON object begins when it is encoded, and therefore every token that can be read.
const BEGINNING: &str = "eyJ";

/// A token.
pub(super) enum TokenForm {
    /// Its claims can be read.
    Readable(Box<Claims>),
    /// Only the service that it is for can read it.
    Unreadable(UnreadableReason),
}

/// Why a token cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnreadableReason {
    Encrypted,
    Opaque,
    /// It begins like the refresh tokens of Entra.
    Refresh,
}

/// What a token says of itself.
pub(super) struct Claims {
    pub(super) facts: TokenFacts,
    /// `nbf`.
    pub(super) not_before: Option<Timestamp>,
    /// Whether it is an ID token, which names a person to the app and opens nothing.
    pub(super) is_id_token: bool,
}

/// What a found text is.
pub(super) fn classify(found: &str) -> Result<TokenForm, CliError> {
    if is_cut_off(found) {
        return Err(unusable(
            "this token is cut off; paste the whole token, without '...' in it",
        ));
    }
    if !found.chars().all(is_part) || holds_several(found) {
        return Err(not_a_token(found));
    }
    let parts = parts(found);
    let has_header = parts.first().is_some_and(|part| header(part).is_some());
    match parts.len() {
        3 if has_header || wire::read_token(&parts.join(".")).readable => {
            readable(&parts.join("."))
        }
        5 if parts
            .first()
            .and_then(|part| header(part))
            .is_some_and(|header| header.contains_key("enc")) =>
        {
            Ok(TokenForm::Unreadable(UnreadableReason::Encrypted))
        }
        _ if has_header => Err(unusable(
            "this is only a part of a token; copy it again, from its beginning to its end",
        )),
        2.. if may_be_opaque(found) && is_refresh_token(&parts) => {
            Ok(TokenForm::Unreadable(UnreadableReason::Refresh))
        }
        5 if may_be_opaque(found) => Ok(TokenForm::Unreadable(UnreadableReason::Encrypted)),
        _ if may_be_opaque(found) => Ok(TokenForm::Unreadable(UnreadableReason::Opaque)),
        _ => Err(not_a_token(found)),
    }
}

/// Whether a shortening stands in a token, as screens and logs write it.
fn is_cut_off(found: &str) -> bool {
    found.trim_start().starts_with(BEGINNING) && (found.contains("...") || found.contains('…'))
}

/// Refresh tokens of Entra begin with `0.A` or `1.A`. That is what they look like, and not documented.
fn is_refresh_token(parts: &[String]) -> bool {
    matches!(parts, [version, rest, ..] if matches!(version.as_str(), "0" | "1") && rest.starts_with('A'))
}

/// The parts between the points, without white space and padding and in the alphabet of tokens.
fn parts(found: &str) -> Vec<String> {
    let joined: String = found
        .chars()
        .filter(|character| !is_blank(*character))
        .collect();
    let plain = joined.replace('+', "-").replace('/', "_");
    plain
        .split('.')
        .map(|part| part.trim_end_matches('=').to_owned())
        .collect()
}

/// The first part of a signed or encrypted token.
fn header(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn readable(token: &str) -> Result<TokenForm, CliError> {
    let facts = wire::read_token(token);
    if facts.readable {
        let (not_before, is_id_token) = (wire::not_before(token), wire::is_id_token(token));
        return Ok(TokenForm::Readable(Box::new(Claims {
            facts,
            not_before,
            is_id_token,
        })));
    }
    let why = facts.unreadable_because.unwrap_or_default();
    Err(unusable(&format!(
        "this token is damaged ({why}); copy it again, from its beginning to its end"
    )))
}

/// Two tokens under each other, which joined would look like one that is encrypted.
fn holds_several(found: &str) -> bool {
    let is_whole = |word: &&str| word.starts_with(BEGINNING) && word.matches('.').count() == 2;
    found.split_whitespace().filter(is_whole).count() > 1
}

/// Microsoft does not say what tokens look like that only its services read. This one has no gaps, is long, and mixes
/// letters and digits, unlike names, addresses and sentences.
fn may_be_opaque(found: &str) -> bool {
    let is_gapless = found
        .lines()
        .all(|line| line.split(is_blank).filter(|word| !word.is_empty()).count() <= 1);
    let parts = parts(found);
    let length: usize = parts.iter().map(String::len).sum();
    let longest = parts.iter().map(String::len).max().unwrap_or_default();
    let holds = |kind: fn(&char) -> bool| {
        parts
            .iter()
            .any(|part| part.chars().any(|character| kind(&character)))
    };
    let is_mixed = if holds(char::is_ascii_digit) {
        holds(char::is_ascii_alphabetic)
    } else {
        length >= SHORTEST_WITHOUT_DIGIT
            && holds(char::is_ascii_lowercase)
            && holds(char::is_ascii_uppercase)
    };
    is_gapless && longest >= SHORTEST && is_mixed && !is_something_else(found)
}

/// An id or a client secret, which are pasted by mistake.
fn is_something_else(found: &str) -> bool {
    is_secret(found) || uuid::Uuid::try_parse(found.trim()).is_ok()
}

fn is_secret(found: &str) -> bool {
    found.trim().len() <= LONGEST_SECRET && found.contains('~')
}

fn not_a_token(found: &str) -> CliError {
    unusable(if holds_several(found) {
        "there is more than one token on standard input; paste one at a time"
    } else if is_secret(found) {
        "this looks like a client secret, not like an access token; it was not used and not kept"
    } else {
        "this is no access token; paste the value of access_token, the header Authorization or the whole JSON answer"
    })
}

/// The answer about a token that cannot be read.
pub(super) fn describe_unreadable(why: UnreadableReason) -> String {
    let form = match why {
        UnreadableReason::Encrypted => "it is encrypted for the service that it is meant for",
        UnreadableReason::Opaque => "it is opaque, without the parts of a signed token",
        UnreadableReason::Refresh => return refresh_token(),
    };
    format!(
        "[UNKNOWN]  This token cannot be decoded: {form}.\n\
         {:<10} Microsoft may issue such tokens at any time, so this says nothing against it.\n\
         {:<10} Only a live check can tell what the app may do: rx-preflight check\n",
        "", ""
    )
}

fn refresh_token() -> String {
    format!(
        "[UNKNOWN]  This looks like a refresh token: it is exchanged for access tokens and opens nothing by itself.\n\
         {:<10} Paste the value of access_token instead. An app that signs in by itself gets no refresh token.\n",
        ""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn signed(claims: &str) -> String {
        format!(
            "{}.{}.c2lnbmF0dXJl",
            encoded(r#"{"alg":"RS256"}"#),
            encoded(claims)
        )
    }

    fn refused(text: &str) -> String {
        classify(text).map(|_| ()).unwrap_err().to_string()
    }

    fn is_readable(text: &str) -> bool {
        matches!(classify(text), Ok(TokenForm::Readable(claims)) if claims.facts.tenant_id.as_deref() == Some("t"))
    }

    fn is_unreadable(text: &str, wanted: UnreadableReason) -> bool {
        matches!(classify(text), Ok(TokenForm::Unreadable(why)) if why == wanted)
    }

    #[test]
    fn a_token_is_read_across_line_breaks() {
        let token = signed(r#"{"tid":"t","nbf":1700000000}"#);
        assert!(is_readable(&token));
        assert!(is_readable(&token.replace('.', " . ")));
        assert!(is_readable(&token.replace('.', "==.")));
        for line_break in ["\n", "\r\n", "\n    ", "\u{200b}\n"] {
            let lines: Vec<String> = token
                .as_bytes()
                .chunks(7)
                .map(|part| String::from_utf8_lossy(part).into())
                .collect();
            assert!(is_readable(&lines.join(line_break)), "{line_break:?}");
        }
        let standard = signed(r#"{"tid":"t","x":"???>>>"}"#)
            .replace('-', "+")
            .replace('_', "/");
        assert!(is_readable(&standard));
    }

    #[test]
    fn encrypted_and_opaque_tokens_are_tokens() {
        let encrypted = format!(
            "{}.a2V5.aXY.dGV4dA.dGFn",
            encoded(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)
        );
        assert!(is_unreadable(&encrypted, UnreadableReason::Encrypted));
        assert!(is_unreadable(
            &encrypted.replace('.', ".\r\n"),
            UnreadableReason::Encrypted
        ));
        assert!(is_unreadable(
            "EwCIA8l6BAAU7p9QDpi7D7xJLwsTgCg3TskyTaQAAbVYrb4jHy1Ug",
            UnreadableReason::Opaque
        ));
        assert!(is_unreadable(
            "EwCIA8l6BAAU7p9QDpi\r\n7D7xJLwsTgCg3TskyTaQAAbVYrb4jHy1Ug==",
            UnreadableReason::Opaque
        ));
    }

    #[test]
    fn a_refresh_token_is_recognized() {
        for version in ["0", "1"] {
            assert!(is_unreadable(
                &format!("{version}.AVgAq2F0dXJlX29mX3RoaXNfdG9rZW4xMjM0NTY3ODkw"),
                UnreadableReason::Refresh
            ));
        }
        assert!(describe_unreadable(UnreadableReason::Refresh).contains("refresh token"));
    }

    #[test]
    fn a_shortened_token_is_cut_off_and_not_encrypted() {
        let token = signed(r#"{"tid":"t"}"#);
        let (header, rest) = token.split_once('.').unwrap();
        for text in [
            format!("{}...", &token[..30]),
            format!("{header}.{}…", &rest[..8]),
            format!("{header}…{rest}"),
        ] {
            assert!(refused(&text).contains("cut off"), "{text}");
        }
        assert!(refused(&format!("{header}.a.b.c.d")).contains("part of a token"));
    }

    #[test]
    fn input_other_than_a_token_is_rejected_without_quoting_it() {
        let token = signed(r#"{"tid":"t"}"#);
        for (text, why) in [
            ("no token", "no access token"),
            (
                "the quick brown fox jumps over the lazy dog again 123",
                "no access token",
            ),
            ("graph.microsoft.com", "no access token"),
            ("outlook.office365.com", "no access token"),
            ("5f3cd1a0-0000-4000-8000-000000000002", "no access token"),
            ("ErrorNonExistentMailbox", "no access token"),
            ("a.b.c.d.e", "no access token"),
            ("zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP", "client secret"),
            (&token[..30], "part of a token"),
            (&token[..token.len() - 13], "part of a token"),
            (&signed("[1]"), "damaged"),
            (&format!("{token}\n{token}"), "more than one"),
        ] {
            let message = refused(text);
            assert!(
                message.contains(why) && !message.contains(&text[..text.len().min(9)]),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn an_unreadable_token_points_to_the_live_check() {
        for why in [UnreadableReason::Encrypted, UnreadableReason::Opaque] {
            assert!(
                describe_unreadable(why).contains("cannot be decoded")
                    && describe_unreadable(why).contains("rx-preflight check")
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_classified_without_panic(text in "[a-zA-Z0-9.=~ \n{}eyJ-]{0,80}") {
            let _ = classify(&text);
        }
    }
}
