//! The form of a GUID, and the usual ways to miss it.

use std::borrow::Cow;

use super::stray;

/// A GUID in the one form that Entra shows: 36 characters, any version.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The GUID of zeros only, which identifies nothing.
pub(super) fn is_all_zero(text: &str) -> bool {
    is_guid(text) && text.bytes().all(|byte| byte == b'0' || byte == b'-')
}

/// How a text deviates from the form of a GUID, if that is clear; completes "It …".
pub(super) fn near_miss(text: &str) -> Option<Cow<'static, str>> {
    known_miss(text)
        .map(Cow::Borrowed)
        .or_else(|| odd_character(text).map(Cow::Owned))
}

/// A character that is invisible, or that resembles the correct one.
fn odd_character(text: &str) -> Option<String> {
    stray::first(text.trim())
        .map(|stray| format!("contains a character that is not valid in an ID: {stray}"))
}

fn known_miss(text: &str) -> Option<&'static str> {
    let trimmed = text.trim();
    let bare = trimmed.trim_matches(['{', '}', '(', ')', '"', '\'']);
    if is_placeholder(trimmed) {
        Some("is a placeholder or a variable that was never replaced")
    } else if is_all_zero(text) {
        Some("contains only zeros")
    } else if trimmed != text && is_guid(trimmed) {
        Some("has spaces around it")
    } else if bare != trimmed && is_guid(bare) {
        Some("has braces or quotation marks around it; remove them")
    } else if trimmed.len() == 32 && trimmed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Some("lacks the hyphens of a GUID")
    } else if holds_a_guid(trimmed) && trimmed.contains([':', '=']) && !text.contains("://") {
        Some("was copied with its label; enter only the ID")
    } else if text.contains('@') {
        Some("is an email address")
    } else if text.contains("://") {
        Some("is a web address")
    } else {
        None
    }
}

/// Whether the text contains a GUID.
fn holds_a_guid(text: &str) -> bool {
    text.as_bytes()
        .windows(36)
        .any(|part| std::str::from_utf8(part).is_ok_and(is_guid))
}

/// Words of instructions that request a value.
const INSTRUCTIONS: [&str; 10] = [
    "your_",
    "your-",
    "your ",
    "enter_",
    "enter-",
    "replace_",
    "replace-",
    "changeme",
    "change_me",
    "todo",
];

/// What encloses the name of a variable or of a placeholder.
const PLACEHOLDER_MARKS: [(&str, &str); 8] = [
    ("${", "}"),
    ("$(", ")"),
    ("%", "%"),
    ("{{", "}}"),
    ("<", ">"),
    ("[", "]"),
    ("#{", "}#"),
    ("#{", "}"),
];

/// `${X}`, `$(X)`, `$X`, `%X%`, `{{X}}`, `<tenant id>`, `[tenant id]`, `YOUR_TENANT_ID`, `xxxxxxxx`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_filler = text.len() >= 4 && lower.chars().all(|letter| letter == 'x' || letter == '-');
    if is_filler || INSTRUCTIONS.iter().any(|word| lower.starts_with(word)) {
        return true;
    }
    let enclosed = |(open, close): (&str, &str)| {
        text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
    };
    PLACEHOLDER_MARKS.into_iter().any(enclosed)
        || text.contains("${")
        || (text.starts_with('$') && text.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_version_is_a_guid() {
        assert!(is_guid("5f3c0000-1111-1222-0333-444455556666"));
        assert!(is_guid("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"));
        for text in [
            "",
            "5f3c0000-1111-1222-0333-44445555666",
            "5f3c0000111112220333444455556666xxxx",
            "g".repeat(36).as_str(),
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }

    #[test]
    fn the_usual_ways_to_miss_it_are_named() {
        let guid = "5f3c0000-1111-1222-0333-444455556666";
        let cases = [
            ("${TENANT}".to_owned(), "variable"),
            ("$TENANT".to_owned(), "variable"),
            ("%TENANT%".to_owned(), "variable"),
            ("<tenant id>".to_owned(), "placeholder"),
            ("{{tenant}}".to_owned(), "placeholder"),
            (format!(" {guid}"), "spaces"),
            (format!("{{{guid}}}"), "braces"),
            (format!("\"{guid}\""), "quotation marks"),
            (guid.replace('-', ""), "hyphens"),
            ("00000000-0000-0000-0000-000000000000".to_owned(), "zeros"),
            ("me@contoso.com".to_owned(), "email"),
            ("https://contoso.com".to_owned(), "web address"),
            ("YOUR_TENANT_ID".to_owned(), "placeholder"),
            ("ENTER_YOUR_CLIENT_ID".to_owned(), "placeholder"),
            (
                "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".to_owned(),
                "placeholder",
            ),
            (format!("Directory (tenant) ID: {guid}"), "label"),
            (format!("AZURE_TENANT_ID={guid}"), "label"),
            (
                guid.replacen('-', "\u{2013}", 1),
                "hyphen (U+2013) at position 9",
            ),
            (
                guid.replacen("-1111", "-11\u{200b}11", 1),
                "zero-width space (U+200B) at position 12",
            ),
            (
                format!("\u{feff}{guid}"),
                "byte order mark (U+FEFF) at position 1",
            ),
            (
                guid.replacen("-1111", "\n-1111", 1),
                "line break (U+000A) at position 9",
            ),
            (
                format!("\u{201c}{guid}\u{201d}"),
                "typographic quotation mark",
            ),
        ];
        for (text, word) in cases {
            assert!(
                near_miss(&text).is_some_and(|miss| miss.contains(word)),
                "{text}"
            );
        }
        assert_eq!(near_miss(guid), None);
    }
}
