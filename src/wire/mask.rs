//! Sanitizes text from outside: shortens it, removes control characters, and masks secrets.

use std::fmt;
use std::sync::Mutex;

use secrecy::{ExposeSecret, SecretString};

use crate::settings::{position_of, secret_forms, without_form};

use super::lock::lock;

/// How many characters of a text from outside are kept.
const KEPT_CHARACTERS: usize = 400;
/// Replaces a secret.
const MASKED: &str = "***";
/// Shorter secrets are not masked, because they would match ordinary words. No real client secret is that short.
const SHORTEST_SECRET: usize = 6;
/// `eyJ` and this many characters of the JWT alphabet are treated as a token, whole or cut off.
const SHORTEST_TOKEN: usize = 20;

/// The secrets and tokens of this run. No text may contain them.
#[derive(Default)]
pub(super) struct SecretMask {
    hidden: Mutex<Vec<SecretString>>,
}

impl fmt::Debug for SecretMask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretMask(…)")
    }
}

impl SecretMask {
    /// Masks `secret` from now on, as it is and in the encodings in which a service could echo it.
    pub(super) fn hide(&self, secret: &str) {
        if secret.chars().count() < SHORTEST_SECRET {
            return;
        }
        let mut hidden = lock(&self.hidden);
        for form in secret_forms(secret) {
            if form.len() >= SHORTEST_SECRET
                && !hidden.iter().any(|known| known.expose_secret() == form)
            {
                hidden.push(SecretString::from(form));
            }
        }
        // The longest come first: masking a part of a longer secret would leave its rest readable.
        hidden.sort_by_key(|known| std::cmp::Reverse(known.expose_secret().len()));
    }

    /// The text, shortened, on one line, without control characters, and without any secret.
    pub(super) fn sanitize(&self, text: &str) -> String {
        // Nearly every text is unchanged, and each of thousands of rooms has a dozen of them.
        if is_plain(text) && !self.hides_in(text) {
            return text.to_owned();
        }
        // Cleaning can join a secret that invisible characters had split, so masking comes before
        // and after it. Shortening is last, because a secret that was cut would not be recognized.
        shortened(&self.masked(&cleaned(&self.masked(text))))
    }

    /// Whether a short text holds a secret, or what may be a token.
    fn hides_in(&self, text: &str) -> bool {
        let hidden = lock(&self.hidden);
        text.contains("eyJ")
            || hidden
                .iter()
                .any(|secret| position_of(text, secret.expose_secret()).is_some())
    }

    fn masked(&self, text: &str) -> String {
        let hidden = lock(&self.hidden);
        let mut masked = text.to_owned();
        for secret in hidden.iter() {
            if let Some(text) = without_form(&masked, secret.expose_secret(), MASKED) {
                masked = text;
            }
        }
        without_tokens(&masked)
    }
}

/// The text without anything that looks like a token, for texts that do not belong to a run.
pub fn sanitize(text: &str) -> String {
    SecretMask::default().sanitize(text)
}

/// The text as a run reports it that uses `secret`: shortened, and with neither the secret nor anything that looks like a
/// token.
pub fn mask_secret(text: &str, secret: &str) -> String {
    let mask = SecretMask::default();
    mask.hide(secret);
    mask.sanitize(text)
}

/// Whether a text is short, in one line and of visible ASCII characters with single spaces between them.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    let stays = |byte: u8| {
        let stays = matches!(byte, b'!'..=b'~') || byte == b' ' && before != b' ';
        before = byte;
        stays
    };
    text.len() <= KEPT_CHARACTERS && text.bytes().all(stays) && !text.ends_with(' ')
}

/// Replaces everything that has the form of a JWT, also one that was cut off.
fn without_tokens(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(start) = rest.find("eyJ") {
        let (before, candidate) = rest.split_at(start);
        let length = candidate
            .find(|c: char| !is_token_character(c))
            .unwrap_or(candidate.len());
        out.push_str(before);
        out.push_str(if length < SHORTEST_TOKEN {
            &candidate[..length]
        } else {
            MASKED
        });
        rest = &candidate[length..];
    }
    out.push_str(rest);
    out
}

fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=')
}

/// One line of visible characters: line breaks and tabs become single spaces, control, bidi and zero-width characters go.
fn cleaned(text: &str) -> String {
    let visible = text.chars().filter_map(|c| match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_invisible(c) => None,
        c => Some(c),
    });
    let mut line = String::with_capacity(text.len());
    for c in visible {
        if c != ' ' || !(line.is_empty() || line.ends_with(' ')) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Characters that are invisible or change how others are displayed.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(KEPT_CHARACTERS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untrusted_text_becomes_one_short_visible_line() {
        assert_eq!(
            sanitize("a\r\n\tb\u{202e}c\u{200b}d\u{1b}[31m\u{7}"),
            "a bcd[31m"
        );
        let long = sanitize(&"ä".repeat(1000));
        assert_eq!(long.chars().count(), KEPT_CHARACTERS + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_token_is_never_quoted_whole_or_cut_off() {
        assert_eq!(
            sanitize("got eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln, sorry"),
            "got ***, sorry"
        );
        assert_eq!(sanitize("got eyJ0eXAiOiJKV1QiLCJhbGci"), "got ***");
        assert_eq!(sanitize("eyJust a word"), "eyJust a word");
    }

    #[test]
    fn a_known_secret_is_hidden_in_every_form_a_service_could_echo() {
        let mask = SecretMask::default();
        mask.hide("ab~c+d/e&f\"g");
        for echo in [
            "ab~c+d/e&f\"g",
            "ab%7Ec%2Bd%2Fe%26f%22g",
            "ab~c+d/e&amp;f&quot;g",
            "ab~c+d/e&f\\\"g",
        ] {
            assert_eq!(
                mask.sanitize(&format!("secret {echo} is wrong")),
                "secret *** is wrong",
                "{echo}"
            );
        }
    }

    #[test]
    fn a_known_secret_is_hidden_in_base64_and_in_hexadecimal_digits() {
        let mask = SecretMask::default();
        mask.hide("abc8Q~0123456789");
        let shown = mask.sanitize("Basic Y2xpZW50OmFiYzhRfjAxMjM0NTY3ODk= refused");
        assert!(
            shown.starts_with("Basic Y2xpZW50Om***") && !shown.contains("MDEyMzQ1"),
            "{shown}"
        );
        assert_eq!(
            mask.sanitize("got 61626338517e30313233343536373839"),
            "got ***"
        );
    }

    #[test]
    fn a_secret_torn_apart_by_invisible_characters_is_still_hidden() {
        let mask = SecretMask::default();
        mask.hide("zzz8Q~secret");
        assert_eq!(mask.sanitize("zzz8\u{200b}Q~sec\u{0}ret"), "***");
    }

    #[test]
    fn a_known_secret_is_hidden_in_any_case() {
        let mask = SecretMask::default();
        mask.hide("Zzz8Q~Secret");
        let shown = mask.sanitize("cannot resolve zzz8q~secret or ZZZ8Q%7ESECRET");
        assert_eq!(shown, "cannot resolve *** or ***");
    }

    #[test]
    fn a_text_is_kept_up_to_the_bound_and_a_longer_one_is_cut() {
        let longest = "\u{e4}".repeat(KEPT_CHARACTERS);
        assert_eq!(sanitize(&longest), longest);
        assert_eq!(sanitize(&format!("{longest}b")), format!("{longest}…"));
    }

    #[test]
    fn hiding_an_empty_secret_changes_nothing() {
        let mask = SecretMask::default();
        mask.hide("");
        mask.hide("e");
        assert_eq!(mask.sanitize("ErrorAccessDenied"), "ErrorAccessDenied");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_sanitized_without_panic(text in ".*") {
            let shown = sanitize(&text);
            proptest::prop_assert!(shown.chars().count() <= KEPT_CHARACTERS + 1);
            proptest::prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn a_text_that_is_left_as_it_is_would_not_have_been_changed(text in "[a-cey J~\u{e4}\t]{0,12}") {
            let mask = SecretMask::default();
            mask.hide("ab~caa");
            let slowly = shortened(&mask.masked(&cleaned(&mask.masked(&text))));
            proptest::prop_assert_eq!(mask.sanitize(&text), slowly);
        }

        #[test]
        fn a_secret_anywhere_in_a_long_text_does_not_show(before in "[a-z \n]{0,500}", after in "[a-z]{0,20}") {
            let mask = SecretMask::default();
            mask.hide("S3CRET~VALUE.");
            let shown = mask.sanitize(&format!("{before}S3CRET~VALUE.{after}"));
            proptest::prop_assert!(!shown.contains("S3CRET~"));
        }
    }
}
