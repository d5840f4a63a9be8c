//! Finds the token in what was pasted: by itself, in a header, in the JSON answer of the sign-in, or as PowerShell prints
//! that answer. No message quotes what was pasted.

use serde_json::{Map, Value};

use super::super::CliError;

/// The names of the token in JSON answers and in objects of PowerShell, without underscores and in lower case.
const NAMES: &[&str] = &["accesstoken", "token"];

/// The names in front of a token in a text that is no JSON.
const LABELS: &[&str] = &["access_token", "accesstoken"];

/// The word in front of a token in a header.
const SCHEME: &str = "bearer";

/// The token in a pasted text, with the line breaks and blanks that it came with.
pub(super) fn token(text: &str) -> Result<String, CliError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let found = if text.starts_with('{') { in_json(text)? } else { text.to_owned() };
    let found = behind_label(&found).unwrap_or_else(|| unquoted(&found).to_owned());
    if found.trim().is_empty() { Err(unusable("there is no token on standard input")) } else { Ok(found) }
}

/// The input cannot be judged, for this reason.
pub(super) fn unusable(why: &str) -> CliError {
    CliError::Usage(why.to_owned())
}

/// A terminal may have broken the lines of the answer inside its texts, where JSON allows none.
fn in_json(text: &str) -> Result<String, CliError> {
    let whole = text.replace(['\r', '\n'], "");
    let object: Map<String, Value> =
        serde_json::from_str(text).or_else(|_| serde_json::from_str(&whole)).map_err(|_| {
            unusable("this begins like a JSON answer, but it is damaged or cut off; paste the whole answer")
        })?;
    let is_token = |name: &str| NAMES.contains(&name.replace('_', "").to_ascii_lowercase().as_str());
    let token = object.iter().find(|(name, value)| is_token(name) && value.is_string());
    match token.and_then(|(_, value)| value.as_str()) {
        Some(token) => Ok(token.to_owned()),
        None if object.contains_key("error") => Err(unusable(
            "this answer of the sign-in holds an error instead of a token; paste it into `rx-preflight explain`",
        )),
        None => Err(unusable("this JSON holds no access_token")),
    }
}

/// What stands behind `access_token :` or `Bearer`, up to the first character that no token holds.
fn behind_label(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let labelled = LABELS.iter().find_map(|label| {
        let behind = &text[lower.rfind(label)? + label.len()..];
        behind.trim_start_matches(is_quote_or_blank).strip_prefix([':', '='])
    });
    labelled.map(|rest| rest.trim_start_matches(is_quote_or_blank)).or_else(|| behind_scheme(text)).map(run)
}

/// What stands behind the word `Bearer`; a token can hold these letters, but nothing blank behind them.
fn behind_scheme(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let is_word = |at: usize| {
        let ends = |character: char| !character.is_ascii_alphanumeric();
        let behind = &text[at + SCHEME.len()..];
        text[..at].chars().next_back().is_none_or(ends)
            && (behind.is_empty() || behind.starts_with(char::is_whitespace))
    };
    let at = lower.match_indices(SCHEME).map(|(at, _)| at).find(|at| is_word(*at))?;
    Some(text[at + SCHEME.len()..].trim_start())
}

/// The lines of a token: what follows them, such as another header, is none.
fn run(text: &str) -> String {
    let mut kept = String::new();
    for line in text.lines() {
        let end = line.find(|character| !is_part(character)).unwrap_or(line.len());
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
    text.trim_matches(is_quote_or_blank)
}

fn is_quote_or_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '`')
}

/// Whether a character can stand in a token as it is pasted, white space and invisible marks included.
pub(super) fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '.' | '_' | '~' | '+' | '/' | '=')
        || is_blank(character)
}

/// White space, and the marks without a width that mail and documents put where they break lines.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        token(text).unwrap().split_whitespace().collect()
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
        ] {
            assert_eq!(found(text), "aa.bb.cc", "{text}");
        }
    }

    #[test]
    fn what_holds_no_token_says_why_and_is_not_quoted() {
        for (text, why) in [
            ("", "no token"),
            ("\"\"", "no token"),
            ("Bearer  ", "no token"),
            (r#"{"error":"invalid_client","error_description":"AADSTS7000215 kept-out"}"#, "explain"),
            (r#"{"id_token":"kept-out"}"#, "no access_token"),
            (r#"{"access_token":"kept-out"#, "cut off"),
        ] {
            let message = token(text).map(|_| ()).unwrap_err().to_string();
            assert!(message.contains(why) && !message.contains("kept-out"), "{text}: {message}");
        }
    }

    #[test]
    fn letters_inside_a_token_are_no_label() {
        assert_eq!(found("aabearer.bb.cc"), "aabearer.bb.cc");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_searched_without_panic(text in "(\\PC|\n|Bearer |access_token|:|\\{|\"){0,30}") {
            let _ = token(&text);
        }
    }
}
