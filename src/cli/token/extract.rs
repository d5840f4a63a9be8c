//! Extracts the token from the pasted text: alone, in a header, in the JSON response of the sign-in service, in a log that
//! quotes such a response, in the output of PowerShell or Python, or only its claims from a decoder. No message quotes the
//! pasted text.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Deserializer, Map, Value};

use super::super::CliError;

/// Names of the token in JSON responses and PowerShell objects, without underscores and in lowercase.
const NAMES: &[&str] = &["accesstoken", "token"];

/// Names in front of a token in other texts.
const LABELS: &[&str] = &["access_token", "accesstoken"];

/// Word in front of a token in a header.
const SCHEME: &str = "bearer";

/// The message about a text with two tokens: whichever was assessed, it could be the other one that is meant.
pub(super) const SEVERAL: &str =
    "there is more than one token on standard input; paste one at a time";

/// How deep nested JSON is searched.
const MAX_DEPTH: usize = 8;

/// Claims that only a token contains together: the first one, and at least one of the others.
const CLAIMS: &[&[&str]] = &[&["aud"], &["tid", "appid", "azp", "roles", "scp", "iss"]];

/// Token in the pasted text.
pub(super) struct ExtractedToken {
    /// The token, with the line breaks and spaces of the pasted text.
    pub(super) token: String,
    /// Whether only the claims were pasted. The token is then made from them and has no signature.
    pub(super) claims_only: bool,
}

/// Extracts the token or its claims from a pasted text.
pub(super) fn extract_token(text: &str) -> Result<ExtractedToken, CliError> {
    // Programs on Windows may begin a text with a byte order mark.
    let text = text.trim_start_matches('\u{feff}').trim();
    let extracted = if text.starts_with(['{', '[']) {
        from_json(text)?
    } else {
        ExtractedToken {
            token: text.to_owned(),
            claims_only: false,
        }
    };
    let found =
        behind_label(&extracted.token).unwrap_or_else(|| unquoted(&extracted.token).to_owned());
    if found.trim().is_empty() {
        return Err(unusable("standard input contains no token"));
    }
    Ok(ExtractedToken {
        token: found,
        ..extracted
    })
}

/// Error for input that cannot be assessed, with the reason.
pub(super) fn unusable(why: &str) -> CliError {
    CliError::Usage(why.to_owned())
}

/// Extracts the token from JSON. A terminal may have wrapped lines inside strings, where JSON allows no line break; a decoder
/// prints header and claims below each other; Python prints a dictionary with single quotes.
fn from_json(text: &str) -> Result<ExtractedToken, CliError> {
    let whole = text.replace(['\r', '\n'], "");
    let objects = objects(text).or_else(|| objects(&whole));
    let Some(objects) = objects else {
        let labeled = behind_label(text).filter(|token| token.trim_start().starts_with("eyJ"));
        return labeled.map(|token| ExtractedToken { token, claims_only: false }).ok_or_else(|| {
            unusable("this looks like a JSON response, but it is damaged or cut off; paste the whole response")
        });
    };
    // A token comes before claims, which anybody could have written.
    let mut tokens = BTreeSet::new();
    for object in &objects {
        collect_tokens(object, MAX_DEPTH, &mut tokens);
    }
    if tokens.len() > 1 {
        return Err(unusable(SEVERAL));
    }
    if let Some(token) = tokens.pop_first() {
        return Ok(ExtractedToken {
            token,
            claims_only: false,
        });
    }
    if let Some(claims) = objects.iter().find(|object| are_claims(object)) {
        return Ok(ExtractedToken {
            token: unsigned(claims),
            claims_only: true,
        });
    }
    Err(unusable(
        if objects.iter().any(|object| object.get("error").is_some()) {
            "this response of the sign-in service contains an error instead of a token; paste it into `rx-preflight explain`"
        } else {
            "this JSON contains no access_token, and it does not contain the claims of a token either (at least aud and tid)"
        },
    ))
}

/// JSON objects of a text, with only white space and periods between them.
fn objects(text: &str) -> Option<Vec<Value>> {
    let mut objects = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        let value = stream
            .next()?
            .ok()
            .filter(|value| value.is_object() || value.is_array())?;
        rest = rest
            .get(stream.byte_offset()..)?
            .trim_start_matches(|mark: char| mark.is_whitespace() || mark == '.');
        objects.push(value);
    }
    Some(objects)
}

/// Collects the tokens in a JSON value: under one of their names, nested, or in a string that is JSON itself, as in logs.
fn collect_tokens(value: &Value, depth: usize, tokens: &mut BTreeSet<String>) {
    // JSON strings can hold JSON again without end, so the depth is limited.
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::Object(object) => {
            tokens.extend(named(object));
            for inner in object.values() {
                collect_tokens(inner, depth, tokens);
            }
        }
        Value::Array(values) => {
            for inner in values {
                collect_tokens(inner, depth, tokens);
            }
        }
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            if let Ok(inner) = serde_json::from_str(text) {
                collect_tokens(&inner, depth, tokens);
            }
        }
        _ => {}
    }
}

fn named(object: &Map<String, Value>) -> Option<String> {
    let is_token =
        |name: &str| NAMES.contains(&name.replace('_', "").to_ascii_lowercase().as_str());
    let token = object
        .iter()
        .find(|(name, value)| is_token(name) && value.is_string());
    token
        .and_then(|(_, value)| value.as_str())
        .map(str::to_owned)
}

fn are_claims(value: &Value) -> bool {
    CLAIMS
        .iter()
        .all(|names| names.iter().any(|name| value.get(name).is_some()))
}

/// Unsigned token with these claims.
fn unsigned(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"none"}"#),
        part(&claims.to_string()),
        part("none")
    )
}

/// Text behind `access_token :` or `Bearer`, up to the first character that no token contains.
fn behind_label(text: &str) -> Option<String> {
    // ASCII lowercase keeps the byte positions, so they can be used in the original text.
    let lower = text.to_ascii_lowercase();
    // In a log with several responses, the last token is the newest.
    let labeled = LABELS.iter().find_map(|label| {
        let behind = &text[lower.rfind(label)? + label.len()..];
        behind
            .trim_start_matches(is_quote_or_space)
            .strip_prefix([':', '='])
    });
    labeled
        .map(|rest| rest.trim_start_matches(is_quote_or_space))
        .or_else(|| behind_scheme(text))
        .map(token_lines)
}

/// Text behind the word `Bearer`. A token can contain these letters, but white space never follows them there.
fn behind_scheme(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let is_word = |at: usize| {
        let ends = |character: char| !character.is_ascii_alphanumeric();
        let behind = &text[at + SCHEME.len()..];
        text[..at].chars().next_back().is_none_or(ends)
            && (behind.is_empty() || behind.starts_with(char::is_whitespace))
    };
    let at = lower
        .match_indices(SCHEME)
        .map(|(at, _)| at)
        .find(|at| is_word(*at))?;
    Some(text[at + SCHEME.len()..].trim_start())
}

/// Lines of a token, up to a line that is not part of it, such as the next header.
fn token_lines(text: &str) -> String {
    let mut kept = String::new();
    for line in text.lines() {
        let end = line
            .find(|character| !is_part(character))
            .unwrap_or(line.len());
        if end < line.len() && !kept.is_empty() {
            break;
        }
        kept.push_str(&line[..end]);
        kept.push('\n');
        if end < line.len() {
            break;
        }
    }
    kept
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(is_quote_or_space)
}

fn is_quote_or_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '`')
}

/// Whether a pasted token can contain a character; white space and invisible marks count.
pub(super) fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '.' | '_' | '~' | '+' | '/' | '=')
        || is_space(character)
}

/// White space, and the zero-width marks that mail programs and documents insert at line breaks.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        extract_token(text)
            .unwrap()
            .token
            .split_whitespace()
            .collect()
    }

    #[test]
    fn two_different_tokens_are_refused_in_every_form() {
        for text in [
            r#"{"graph":{"access_token":"aa.bb.cc"},"ews":{"access_token":"aa.bb.dd"}}"#,
            r#"{"access_token":"aa.bb.cc"}{"access_token":"aa.bb.dd"}"#,
            r#"[{"access_token":"aa.bb.cc"},{"access_token":"aa.bb.dd"}]"#,
            r#"{"log":["{\"access_token\":\"aa.bb.cc\"}","{\"accessToken\":\"aa.bb.dd\"}"]}"#,
        ] {
            let result = extract_token(text).map(|found| found.token);
            assert!(
                matches!(&result, Err(CliError::Usage(why)) if why == SEVERAL),
                "{text}"
            );
        }
        let same = r#"{"a":{"access_token":"aa.bb.cc"},"b":{"access_token":"aa.bb.cc"}}"#;
        assert_eq!(found(same), "aa.bb.cc");
    }

    #[test]
    fn a_token_is_found_wherever_it_is_copied_from() {
        for text in [
            "aa.bb.cc",
            "\u{feff}aa.bb.cc\r\n",
            "\"aa.bb.cc\"",
            "Bearer aa.bb.cc",
            "bearer  aa.bb.cc",
            "Authorization: Bearer aa.bb.cc",
            "Authorization: Bearer aa.bb\r\n .cc\r\nHost: graph.microsoft.com\r\n",
            "curl -H \"Authorization: Bearer aa.bb.cc\" https://graph.microsoft.com",
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":"aa.bb.cc"}"#,
            "{\"access_token\":\"aa.b\r\nb.cc\"}",
            r#"{"accessToken":"aa.bb.cc"}"#,
            r#"{"access_token":"Bearer aa.bb.cc"}"#,
            "HTTP/1.1 200 OK\r\nDate: x\r\n\r\n{\"access_token\":\"aa.bb.cc\"}",
            "token_type : Bearer\naccess_token : aa.b\n               b.cc\n",
            "access_token=aa.bb.cc&token_type=Bearer",
            r#"{"log":"{\"access_token\":\"aa.bb.cc\"}"}"#,
            r#"{"result":{"response":[{"accessToken":"aa.bb.cc"}]}}"#,
        ] {
            assert_eq!(found(text), "aa.bb.cc", "{text}");
        }
    }

    #[test]
    fn input_without_a_token_is_rejected_without_quoting_it() {
        for (text, why) in [
            ("", "no token"),
            ("\"\"", "no token"),
            ("Bearer  ", "no token"),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215 kept-out"}"#,
                "explain",
            ),
            (r#"{"id_token":"kept-out"}"#, "no access_token"),
            (r#"{"access_token":"kept-out"#, "cut off"),
        ] {
            let message = extract_token(text).map(|_| ()).unwrap_err().to_string();
            assert!(
                message.contains(why) && !message.contains("kept-out"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn a_dictionary_of_python_holds_its_token() {
        assert_eq!(
            found("{'token_type': 'Bearer', 'access_token': 'eyJa.eyJb.c'}"),
            "eyJa.eyJb.c"
        );
    }

    #[test]
    fn claims_printed_by_a_decoder_are_accepted() {
        let claims = r#"{"aud":"https://graph.microsoft.com","tid":"t","roles":[]}"#;
        for text in [
            claims.to_owned(),
            format!("{{\"alg\":\"RS256\"}}\n.\n{claims}"),
            format!("{{\"alg\":\"x\"}}.{claims}."),
        ] {
            let found = extract_token(&text).unwrap();
            assert!(
                found.claims_only && found.token.starts_with("eyJ"),
                "{text}"
            );
        }
        assert!(
            extract_token(r#"{"tid":"t","roles":[]}"#).is_err(),
            "claims without an audience are not accepted"
        );
    }

    #[test]
    fn letters_inside_a_token_are_not_a_label() {
        assert_eq!(found("aabearer.bb.cc"), "aabearer.bb.cc");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_searched_without_panic(text in "(\\PC|\n|Bearer |access_token|:|\\{|\"){0,30}") {
            let _ = extract_token(&text);
        }
    }
}
