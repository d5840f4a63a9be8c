//! The kinds of secret that people paste into the wrong place. All values are made up.

/// A kind of secret.
#[derive(Debug, Clone, Copy)]
pub struct SecretKind {
    /// What it is.
    pub name: &'static str,
    /// What is pasted.
    pub pasted: &'static str,
    /// The part of it that must never be seen.
    pub core: &'static str,
}

const fn kind(name: &'static str, pasted: &'static str, core: &'static str) -> SecretKind {
    SecretKind { name, pasted, core }
}

const CURRENT: &str = "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS";
const BASE64: &str = "Zk3vXq9LmT7pRbW2sYcHnD5gJ8fKuA1eQxVtMo4iBzE=";
const SHORT_BASE64: &str = "pK7+wQ2/vRtX9zLm4bNc+Y6hGsJ3dF8u";
const WITH_MARKS: &str = "]Kp9:zX.[4vQ-m7Rt_Y2?w@Lb8=Nc/5d";
const JWT: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20ifQ.c2lnbmF0dXJlLW9mLW5vdGhpbmc";
const REFRESH: &str = "0.AXoAq3kZf0vT8U2x9LmWbR7cYpHdN4sGtKjV1eQoXzUiBfAgAA.AgABAwEAAADnfolhJpSnRYB1SVj-Hgd8AgDs_wUA9P9qTz4nXw3Yb5rL";
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKB\nwKsNnX3R\n-----END PRIVATE KEY-----";
const KEY_CORE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKB";
const CONNECTION_STRING: &str = "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=Yx7Kd2PqVn9sRb4TmWz1LcHf6JgUa8EoXi3vNtBy5Q0=";
const ASSIGNMENT: &str = "OAUTH_CLIENT_SECRET=winter-Sun-hunter2";

/// Every kind.
pub const KINDS: &[SecretKind] = &[
    kind("current client secret", CURRENT, CURRENT),
    kind("older client secret in Base64", BASE64, BASE64),
    kind(
        "older client secret with + and /",
        SHORT_BASE64,
        SHORT_BASE64,
    ),
    kind("older client secret with marks", WITH_MARKS, WITH_MARKS),
    kind("access token", JWT, JWT),
    kind("refresh token", REFRESH, REFRESH),
    kind("private key", PRIVATE_KEY, KEY_CORE),
    kind(
        "connection string",
        CONNECTION_STRING,
        "Yx7Kd2PqVn9sRb4TmWz1LcHf6JgUa8EoXi3vNtBy5Q0=",
    ),
    kind("assignment", ASSIGNMENT, "winter-Sun-hunter2"),
];

/// Letters in a row of a secret that already give too much of it away.
const REVEALING: usize = 10;

/// The first part of `core` that `text` shows, plain or as JSON, HTML, XML or an address escape it, in any case.
pub fn shown_part(text: &str, core: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let letters: Vec<char> = core.chars().collect();
    let mut parts = letters
        .windows(REVEALING)
        .map(|part| part.iter().collect::<String>());
    parts.find(|part| {
        let mut forms = forms(part).into_iter();
        forms.any(|form| text.contains(&form.to_ascii_lowercase()))
    })
}

fn forms(part: &str) -> Vec<String> {
    let address: String = part.bytes().map(escaped_in_addresses).collect();
    let markdown: String = part.chars().flat_map(escaped_in_markdown).collect();
    vec![
        part.to_owned(),
        part.replace('/', "\\/"),
        part.replace('=', "&#61;"),
        address,
        markdown,
    ]
}

fn escaped_in_addresses(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn escaped_in_markdown(letter: char) -> Vec<char> {
    if letter.is_ascii_punctuation() {
        vec!['\\', letter]
    } else {
        vec![letter]
    }
}
