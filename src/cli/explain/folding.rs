//! Normalization of texts: without the effects of quoting, wrapping and escaping.

/// Letters, digits and underscores only, in lowercase: line breaks, wrapping, quotation marks and escapes make no difference.
/// The underscore is part of a name such as `invalid_client`, which is not the words "invalid client".
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// Appends a text as letters, digits and underscores only.
pub(super) fn fold_into(folded: &mut String, text: &str) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let skipped = match character {
            '\\' => escape(rest),
            '&' => entity(rest),
            '%' => percent(rest),
            _ => None,
        };
        match character {
            _ if skipped.is_some() => {}
            'a'..='z' | '0'..='9' | '_' => folded.push(character),
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            other if !other.is_ascii() && other.is_alphanumeric() => {
                folded.extend(other.to_lowercase());
            }
            _ => {}
        }
        rest = rest
            .get(skipped.unwrap_or(character.len_utf8())..)
            .unwrap_or_default();
    }
}

/// Length of `\n`, `\r`, `\t` and of `\u0027`.
fn escape(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    match bytes.get(1)? {
        b'n' | b'r' | b't' => Some(2),
        b'u' if bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit) => Some(6),
        _ => None,
    }
}

/// Length of a character reference of HTML such as `&quot;` or `&#39;`.
fn entity(rest: &str) -> Option<usize> {
    // Without a limit, every ampersand would search the rest of the text for a semicolon.
    const MAX_BYTES: usize = 8;
    let end = rest.bytes().take(MAX_BYTES).position(|byte| byte == b';')?;
    rest.as_bytes()
        .get(1..end)?
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .then_some(end + 1)
}

/// Length of `%20` and other URL escapes.
fn percent(rest: &str) -> Option<usize> {
    rest.as_bytes()
        .get(1..3)?
        .iter()
        .all(u8::is_ascii_hexdigit)
        .then_some(3)
}
