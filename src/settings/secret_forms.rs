//! The forms in which a service, a proxy or a program could quote a secret.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret as it is and as forms, addresses, JSON, XML, Base64 and hexadecimal digits write it; each form once. Inside a
/// longer text that is Base64 as a whole, such as `client:secret` of a Basic header, the part that the secret alone
/// determines is one of the forms.
pub fn secret_forms(secret: &str) -> Vec<String> {
    let mut forms = whole_forms(secret);
    forms.extend((0..3).flat_map(|offset| base64_at(secret, offset)));
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The text with `mask` in place of every `form`, regardless of the case of ASCII letters: the host of an address is in
/// lowercase, and a program can write a header in uppercase. `None` if the text contains none.
pub fn without_form(text: &str, form: &str, mask: &str) -> Option<String> {
    let mut rest = text;
    let mut masked = String::new();
    while let Some(at) = position_of(rest, form) {
        let (before, found) = rest.split_at_checked(at)?;
        let (_, after) = found.split_at_checked(form.len())?;
        masked.extend([before, mask]);
        rest = after;
    }
    (rest.len() < text.len()).then(|| masked + rest)
}

/// Where `form` begins in the text, regardless of the case of ASCII letters. A general search algorithm would spend more
/// time on preparation than a short text takes.
pub fn position_of(text: &str, form: &str) -> Option<usize> {
    let (text, form) = (text.as_bytes(), form.as_bytes());
    let first = form.first().filter(|_| form.len() <= text.len())?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text).find(|at| {
        let there = text.get(*at..*at + form.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(form))
    })
}

/// The forms that contain the whole secret. A form may occur twice.
fn whole_forms(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let address = form.replace('+', "%20");
    let json = json_escapes(secret);
    let hex = hexadecimal(secret, "");
    vec![
        secret.to_owned(),
        // Hexadecimal digits in escapes can be in uppercase or lowercase.
        lowercase_escapes(&address),
        lowercase_escapes(&form),
        address,
        form,
        hexadecimal(secret, "%"),
        // JSON allows a slash with and without a backslash.
        json.replace('/', r"\/"),
        json,
        dotnet_json(secret),
        quick_xml::escape::escape(secret).into_owned(),
        hex.to_lowercase(),
        hex,
        // JSON allows an escape for every character.
        hexadecimal(secret, r"\u00"),
    ]
}

/// A text as JSON writes it, without the quotation marks.
fn json_escapes(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'))
        .unwrap_or(text)
        .to_owned()
}

/// `%7E` as `%7e`.
fn lowercase_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower.extend(["%", &escape.to_ascii_lowercase(), rest]);
    }
    lower
}

fn hexadecimal(secret: &str, before_each: &str) -> String {
    let mut digits = String::with_capacity(secret.len() * 3);
    for byte in secret.bytes() {
        let _ = write!(digits, "{before_each}{byte:02X}");
    }
    digits
}

/// JSON as the default encoder of .NET writes it (System.Text.Json, `JavaScriptEncoder.Default`).
fn dotnet_json(secret: &str) -> String {
    let mut json = String::with_capacity(secret.len());
    for character in secret.chars() {
        match character {
            '\\' => json.push_str(r"\\"),
            '"' | '&' | '\'' | '<' | '>' | '+' | '`' => {
                let _ = write!(json, "\\u{:04X}", u32::from(character));
            }
            other => json.push(other),
        }
    }
    json
}

/// The Base64 digits that the secret alone determines where it begins `offset` bytes behind a multiple of three, in both
/// alphabets.
fn base64_at(secret: &str, offset: usize) -> [String; 2] {
    let bytes: Vec<u8> = std::iter::repeat_n(0, offset)
        .chain(secret.bytes())
        .collect();
    let (first, end) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
    [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ]
    .map(|digits| digits.get(first..end).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "abc8Q~+/\"012&345<678901234567890";

    fn is_found_in(text: &str) -> bool {
        secret_forms(SECRET)
            .iter()
            .any(|form| !form.is_empty() && text.contains(form.as_str()))
    }

    #[test]
    fn a_secret_is_found_in_base64_wherever_it_begins() {
        for before in [
            "",
            "a",
            "ab",
            "abc",
            "9a41d1a0-0000-4000-8000-000000000000:",
        ] {
            for after in ["", "x", "xy", "&scope=y"] {
                let text = format!("{before}{SECRET}{after}");
                assert!(is_found_in(&STANDARD.encode(&text)), "{text}");
                assert!(is_found_in(&URL_SAFE_NO_PAD.encode(&text)), "{text}");
            }
        }
        assert!(!is_found_in(
            &STANDARD.encode("something else that is just as long as the secret")
        ));
    }

    #[test]
    fn a_secret_is_found_in_addresses_json_and_hexadecimal_digits() {
        assert!(is_found_in("abc8Q%7E%2B%2F%22012%26345%3C678901234567890"));
        assert!(is_found_in("abc8Q%7e%2b%2f%22012%26345%3c678901234567890"));
        assert!(is_found_in(r#"abc8Q~+\/\"012&345<678901234567890"#));
        assert!(is_found_in(
            r"abc8Q~\u002B/\u0022012\u0026345\u003C678901234567890"
        ));
        let escapes = SECRET
            .bytes()
            .fold(String::new(), |text, byte| text + &format!("\\u{byte:04X}"));
        assert!(is_found_in(&escapes));
        let hex = hexadecimal(SECRET, "").to_lowercase();
        assert!(is_found_in(&hex) && is_found_in(&hex.to_uppercase()));
    }

    #[test]
    fn a_form_is_masked_in_any_case() {
        let masked = |text: &str| without_form(text, "\u{e4}Bc8Q~1", "***");
        assert_eq!(
            masked("at \u{e4}bc8q~1, \u{e4}BC8Q~1.").as_deref(),
            Some("at ***, ***.")
        );
        assert_eq!(masked("\u{c4}bc8q~1 and bc8q~1"), None);
        assert_eq!(without_form("text", "", "***"), None);
    }
}
