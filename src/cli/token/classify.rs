//! Classifies a pasted text: a readable token, a token that only its service can read, or not a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::evidence::TokenFacts;
use crate::wire;

use super::super::CliError;
use super::extract::{SEVERAL, is_part, is_space, unusable};

/// Minimum length of a token: shorter texts are words, codes or ids.
const SHORTEST: usize = 20;

/// Minimum length of a token without a digit: words of that length are rare.
const SHORTEST_WITHOUT_DIGIT: usize = 40;

/// Maximum length of a client secret. Secrets have 40 characters and contain a tilde.
const LONGEST_SECRET: usize = 48;

/// First characters of every encoded JSON object, and therefore of every readable token.
const BEGINNING: &str = "eyJ";

/// Kind of a token.
pub(super) enum TokenForm {
    /// Its claims are readable.
    Readable(Box<Claims>),
    /// Only the service that it was issued for can read it.
    Unreadable(UnreadableReason),
}

/// Why a token cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnreadableReason {
    Encrypted,
    Opaque,
    /// It looks like a refresh token of Entra.
    Refresh,
}

/// Claims of a token.
pub(super) struct Claims {
    pub(super) facts: TokenFacts,
    /// Claim `nbf`.
    pub(super) not_before: Option<Timestamp>,
    /// Whether it is an ID token, which identifies a user to an app and gives no access.
    pub(super) is_id_token: bool,
}

/// Classifies the extracted text.
pub(super) fn classify(found: &str) -> Result<TokenForm, CliError> {
    // This comes first: an ellipsis is not a part of any token, so the text would be called no token at all.
    if is_cut_off(found) {
        return Err(unusable(
            "this token is cut off: it contains '...'; paste the whole token",
        ));
    }
    if !found.chars().all(is_part) || holds_several(found) {
        return Err(not_a_token(found));
    }
    let parts = parts(found);
    let has_header = parts.first().is_some_and(|part| header(part).is_some());
    // A signed token has three parts, an encrypted one has five.
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
            "this is only a part of a token; copy it again from beginning to end",
        )),
        // A refresh token is not recognized by the number of its parts, so it comes before the forms that are.
        2.. if may_be_opaque(found) && is_refresh_token(&parts) => {
            Ok(TokenForm::Unreadable(UnreadableReason::Refresh))
        }
        5 if may_be_opaque(found) => Ok(TokenForm::Unreadable(UnreadableReason::Encrypted)),
        _ if may_be_opaque(found) => Ok(TokenForm::Unreadable(UnreadableReason::Opaque)),
        _ => Err(not_a_token(found)),
    }
}

/// Whether a token is shortened with an ellipsis, as screens and logs do.
fn is_cut_off(found: &str) -> bool {
    found.trim_start().starts_with(BEGINNING) && (found.contains("...") || found.contains('…'))
}

/// Whether a token looks like a refresh token: those of Entra begin with `0.A` or `1.A`, which is not documented.
fn is_refresh_token(parts: &[String]) -> bool {
    matches!(parts, [version, rest, ..] if matches!(version.as_str(), "0" | "1") && rest.starts_with('A'))
}

/// Parts between the periods, without white space and padding, in the base64url alphabet.
fn parts(found: &str) -> Vec<String> {
    let joined: String = found
        .chars()
        .filter(|character| !is_space(*character))
        .collect();
    let plain = joined.replace('+', "-").replace('/', "_");
    plain
        .split('.')
        .map(|part| part.trim_end_matches('=').to_owned())
        .collect()
}

/// Decoded header of a signed or encrypted token.
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
        "this token is damaged ({why}); copy it again from beginning to end"
    )))
}

/// Whether there are several tokens on separate lines. Joined, they would look like an encrypted one.
fn holds_several(found: &str) -> bool {
    let is_whole = |word: &&str| word.starts_with(BEGINNING) && word.matches('.').count() == 2;
    found.split_whitespace().filter(is_whole).count() > 1
}

/// Whether a text may be an opaque token. Microsoft does not document their format. A token has no gaps, is long, and mixes
/// letters and digits, unlike names, addresses and sentences.
fn may_be_opaque(found: &str) -> bool {
    let is_gapless = found
        .lines()
        .all(|line| line.split(is_space).filter(|word| !word.is_empty()).count() <= 1);
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

/// Whether the text is an id or a client secret, which people paste by mistake.
fn is_something_else(found: &str) -> bool {
    is_secret(found) || uuid::Uuid::try_parse(found.trim()).is_ok()
}

fn is_secret(found: &str) -> bool {
    found.trim().len() <= LONGEST_SECRET && found.contains('~')
}

fn not_a_token(found: &str) -> CliError {
    unusable(if holds_several(found) {
        SEVERAL
    } else if is_secret(found) {
        "this looks like a client secret, not like an access token; rx-preflight did not use or store it"
    } else {
        "this is not an access token; paste the value of access_token, the Authorization header or the whole JSON response"
    })
}

/// Describes a token that cannot be read.
pub(super) fn describe_unreadable(why: UnreadableReason) -> String {
    let form = match why {
        UnreadableReason::Encrypted => "it is encrypted for its service",
        UnreadableReason::Opaque => "it is opaque, without the parts of a signed token",
        UnreadableReason::Refresh => return refresh_token(),
    };
    format!(
        "[Unknown]  This token cannot be decoded: {form}.\n\
         {:<10} Microsoft may issue such tokens at any time, so this is not an error.\n\
         {:<10} Only a live check can show what the app is allowed to do: rx-preflight check\n",
        "", ""
    )
}

fn refresh_token() -> String {
    format!(
        "[Unknown]  This looks like a refresh token: apps exchange it for access tokens, and it gives no access by itself.\n\
         {:<10} Paste the value of access_token instead. An app that signs in as itself receives no refresh token.\n",
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
            ("no token", "not an access token"),
            (
                "the quick brown fox jumps over the lazy dog again 123",
                "not an access token",
            ),
            ("graph.microsoft.com", "not an access token"),
            ("outlook.office365.com", "not an access token"),
            (
                "5f3cd1a0-0000-4000-8000-000000000002",
                "not an access token",
            ),
            ("ErrorNonExistentMailbox", "not an access token"),
            ("a.b.c.d.e", "not an access token"),
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
