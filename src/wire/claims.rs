//! Reading an access token, best effort: to a client it is opaque by Microsoft's rule, and nothing is verified here.

use jiff::Timestamp;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::errors::ErrorKind;
use serde_json::{Map, Value};

use crate::evidence::TokenFacts;

use super::mask::sanitize;

/// The claims of an access token. Claims of unexpected types are read as far as possible; a token that cannot be
/// read yields facts that state why.
pub fn read_token(token: &str) -> TokenFacts {
    match claims(token) {
        Ok(claims) => facts(&claims),
        Err(problem) => TokenFacts {
            unreadable_because: Some(problem.to_owned()),
            ..TokenFacts::default()
        },
    }
}

/// The moment from which a token is valid (`nbf`), if it has the claim.
pub fn not_before(token: &str) -> Option<Timestamp> {
    instant(claims(token).ok()?.get("nbf")?)
}

/// Whether a token is an ID token: it names a person, and its audience is an app instead of a service with a name.
/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference> (2026-11-28)
pub fn is_id_token(token: &str) -> bool {
    /// Claims about a person's sign-in that access tokens for apps do not carry.
    const OF_A_PERSON: &[&str] = &[
        "nonce",
        "preferred_username",
        "unique_name",
        "at_hash",
        "c_hash",
    ];
    let Ok(claims) = claims(token) else {
        return false;
    };
    let is_app = claims
        .get("aud")
        .and_then(Value::as_str)
        .is_some_and(|aud| uuid::Uuid::try_parse(aud).is_ok());
    // Delegated access tokens name a person as well, but they have `scp`.
    is_app
        && !claims.contains_key("scp")
        && OF_A_PERSON.iter().any(|name| claims.contains_key(*name))
}

fn claims(token: &str) -> Result<Map<String, Value>, &'static str> {
    // A signed token has three parts, an encrypted one has five and is readable for its service
    // only.
    match token.bytes().filter(|byte| *byte == b'.').count() {
        2 => {}
        4 => return Err("the token is encrypted"),
        _ => return Err("the token is not a JWT"),
    }
    // The signature is never verified: third parties cannot verify the tokens of Graph.
    match insecure_decode_claims(token) {
        Ok(Value::Object(claims)) => Ok(claims),
        Ok(_) => Err("its claims are no JSON object"),
        Err(error) => Err(match error.kind() {
            ErrorKind::Base64(_) => "its claims are not base64url",
            ErrorKind::Json(_) => "its claims are not JSON",
            _ => "its claims cannot be decoded",
        }),
    }
}

fn facts(claims: &Map<String, Value>) -> TokenFacts {
    let text = |name: &str| {
        claims
            .get(name)
            .and_then(first_text)
            .map(|text| sanitize(&text))
    };
    TokenFacts {
        readable: true,
        unreadable_because: None,
        tenant_id: text("tid"),
        audience: text("aud"),
        client_id: text("appid").or_else(|| text("azp")),
        service_principal_id: text("oid"),
        roles: claims
            .get("roles")
            .map(texts)
            .unwrap_or_default()
            .iter()
            .map(|role| sanitize(role))
            .collect(),
        scopes: text("scp"),
        app_name: text("app_displayname"),
        issued_at: claims.get("iat").and_then(instant),
        expires_at: claims.get("exp").and_then(instant),
        lifetime_s: None,
    }
}

fn first_text(value: &Value) -> Option<String> {
    texts(value).into_iter().next()
}

/// A string, a number, or the strings and numbers of an array.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values
            .iter()
            .filter(|value| !value.is_array())
            .flat_map(texts)
            .collect(),
        _ => Vec::new(),
    }
}

/// Seconds since 1970, as a number or as the text of one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float beyond any calendar saturates and is refused by jiff"
)]
fn instant(value: &Value) -> Option<Timestamp> {
    let seconds = match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|seconds| seconds as i64))?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An unsigned token with these claims.
    pub(in crate::wire) fn token(claims: &str) -> String {
        format!(
            "{}.{}.c2lnbmF0dXJl",
            base64url(br#"{"typ":"JWT","alg":"RS256","nonce":"n"}"#),
            base64url(claims.as_bytes())
        )
    }

    fn base64url(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let sextet =
            |group: u32, at: usize| char::from(ALPHABET[(group >> (18 - 6 * at)) as usize & 63]);
        bytes
            .chunks(3)
            .flat_map(|chunk| {
                let group = chunk
                    .iter()
                    .fold(0, |group, byte| group << 8 | u32::from(*byte))
                    << (8 * (3 - chunk.len()));
                (0..=chunk.len()).map(move |at| sextet(group, at))
            })
            .collect()
    }

    #[test]
    fn the_claims_of_an_app_only_token_are_read() {
        let facts = read_token(&token(
            r#"{"aud":"https://graph.microsoft.com","tid":"t","appid":"c","oid":"o","roles":["Calendars.ReadWrite","Mail.Send"],
                "app_displayname":"RX","iat":1700000000,"exp":1700003600}"#,
        ));
        assert!(facts.readable);
        assert_eq!(
            facts.audience.as_deref(),
            Some("https://graph.microsoft.com")
        );
        assert_eq!(
            (facts.tenant_id.as_deref(), facts.client_id.as_deref()),
            (Some("t"), Some("c"))
        );
        assert_eq!(facts.service_principal_id.as_deref(), Some("o"));
        assert_eq!(facts.roles, ["Calendars.ReadWrite", "Mail.Send"]);
        assert_eq!(facts.app_name.as_deref(), Some("RX"));
        assert_eq!(
            facts.expires_at.map(Timestamp::as_second),
            Some(1_700_003_600)
        );
        assert_eq!(facts.scopes, None);
    }

    #[test]
    fn odd_types_are_tolerated() {
        let facts = read_token(&token(
            r#"{"aud":["a","b"],"azp":7,"roles":"one","exp":"1700003600","iat":1.7e9,"tid":{"x":1},"scp":"User.Read","oid":null}"#,
        ));
        assert!(facts.readable);
        assert_eq!(
            (facts.audience.as_deref(), facts.client_id.as_deref()),
            (Some("a"), Some("7"))
        );
        assert_eq!(facts.roles, ["one"]);
        assert_eq!(
            facts.expires_at.map(Timestamp::as_second),
            Some(1_700_003_600)
        );
        assert_eq!(
            facts.issued_at.map(Timestamp::as_second),
            Some(1_700_000_000)
        );
        assert_eq!((facts.tenant_id, facts.service_principal_id), (None, None));
        assert_eq!(facts.scopes.as_deref(), Some("User.Read"));
    }

    #[test]
    fn a_token_without_roles_is_readable_and_has_none() {
        let facts = read_token(&token(r#"{"aud":"x"}"#));
        assert!(facts.readable && facts.roles.is_empty());
    }

    #[test]
    fn an_unknown_signature_algorithm_does_not_hide_the_claims() {
        let odd = format!(
            "{}.{}.c2ln",
            base64url(br#"{"alg":"XYZ"}"#),
            base64url(br#"{"tid":"t"}"#)
        );
        assert_eq!(read_token(&odd).tenant_id.as_deref(), Some("t"));
    }

    #[test]
    fn the_beginning_of_a_tokens_life_is_read() {
        let seconds = |claims: &str| not_before(&token(claims)).map(Timestamp::as_second);
        assert_eq!(seconds(r#"{"nbf":1700000000}"#), Some(1_700_000_000));
        assert_eq!(seconds(r#"{"nbf":"soon"}"#), None);
        assert_eq!(seconds("{}"), None);
        assert_eq!(not_before("opaque"), None);
    }

    #[test]
    fn an_unreadable_token_has_a_reason() {
        let because = |token: &str| read_token(token).unreadable_because.unwrap();
        assert_eq!(because("opaque"), "the token is not a JWT");
        assert_eq!(because("a.b.c.d.e"), "the token is encrypted");
        assert_eq!(because("a.!!.c"), "its claims are not base64url");
        assert_eq!(because(&token("[1]")), "its claims are no JSON object");
        assert_eq!(because(&token("{")), "its claims are not JSON");
        assert_eq!(
            read_token("x"),
            TokenFacts {
                unreadable_because: Some(because("x")),
                ..TokenFacts::default()
            }
        );
    }

    proptest::proptest! {
        #[test]
        fn any_token_is_read_without_panic(text in "\\PC{0,80}", claims in "\\PC{0,80}", number in proptest::num::f64::ANY) {
            let _ = read_token(&text);
            let _ = read_token(&token(&claims));
            let _ = read_token(&token(&format!(r#"{{"exp":{number:e},"iat":"{number}"}}"#)));
        }
    }
}
