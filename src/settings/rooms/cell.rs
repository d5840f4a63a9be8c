//! The addresses in a cell or a line, however they are written there.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::settings::MailboxAddress;
use crate::settings::address::is_domain;
use crate::settings::quotable::is_invisible;

/// What a cell or a line holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Addresses, and words that are meant as one and cannot be one; the caller judges each.
    pub(super) addresses: Vec<String>,
    /// Only proxy addresses that are not the primary one: `smtp:`, `SIP:`, `X500:`.
    pub(super) only_other_proxies: bool,
    /// The one address has the prefix of a secondary one.
    pub(super) is_secondary: bool,
    /// Invisible characters or typographic quotation marks were removed.
    pub(super) was_cleaned: bool,
}

/// A proxy address with its prefix.
static PROXY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(smtp|sip|x500|x400|eum|spo|exsip):").ok());
/// An SMTP proxy address. Behind the domain anything may follow: `+` in the admin center, `;`, `,` or a space elsewhere.
static SMTP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(smtp):\s*([^\s,;{}<>()"'@]+@[\p{Alphabetic}\p{N}.\-]*)"#).ok()
});
/// Proxy addresses of other kinds. An X500 address holds spaces and commas.
static OTHER_PROXY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:x500|x400):[^;+}]*|(?:sip|eum|spo|exsip):[^\s,;+}]*)").ok()
});

/// Reads a cell or a line.
pub(super) fn read(text: &str) -> Reading {
    // Proxy addresses of other kinds have a colon, but not always an at sign.
    let has_colon = text.contains(':');
    if !has_colon && !may_hold_address(text) {
        return Reading::default();
    }
    let (text, was_cleaned) = if text.is_ascii() {
        (Cow::Borrowed(text), false)
    } else {
        cleaned(text)
    };
    let has_prefix = has_colon && PROXY.as_ref().is_some_and(|proxy| proxy.is_match(&text));
    let reading = if has_prefix {
        read_proxies(&text)
    } else {
        Reading {
            addresses: free(&text),
            ..Reading::default()
        }
    };
    Reading {
        was_cleaned: was_cleaned && !reading.addresses.is_empty(),
        ..reading
    }
}

/// Whether a text can hold an address at all.
pub(super) fn may_hold_address(text: &str) -> bool {
    text.contains('@')
}

/// The text without invisible characters, and with plain quotation marks; whether that changed it.
fn cleaned(text: &str) -> (Cow<'_, str>, bool) {
    let mut was_cleaned = false;
    let mut clean = String::with_capacity(text.len());
    let mut letters = text
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .peekable();
    while let Some(letter) = letters.next() {
        let is_mark = matches!(
            letter,
            '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}'
        );
        // Inside a word it is an apostrophe that was meant to be a plain one.
        let is_inside = clean.ends_with(char::is_alphanumeric)
            && letters.peek().is_some_and(|next| next.is_alphanumeric());
        was_cleaned |= is_mark && !is_inside;
        clean.push(if is_mark && !is_inside { '"' } else { letter });
    }
    (
        Cow::Owned(clean),
        was_cleaned || text.contains(is_invisible),
    )
}

/// Of the proxy addresses of one mailbox the primary one counts, which Exchange prefixes with `SMTP:` in uppercase.
fn read_proxies(text: &str) -> Reading {
    let (mut primary, mut secondary) = (Vec::new(), Vec::new());
    for found in SMTP.iter().flat_map(|smtp| smtp.captures_iter(text)) {
        let part = |number| found.get(number).map_or("", |part| part.as_str());
        let list = if part(1) == "SMTP" {
            &mut primary
        } else {
            &mut secondary
        };
        let address = part(2);
        let is_cut = found
            .get(0)
            .is_some_and(|whole| text[whole.end()..].starts_with('\u{2026}'));
        // A shortened address must not pass for a whole one.
        push(
            list,
            if is_cut {
                address
            } else {
                address.strip_suffix('.').unwrap_or(address)
            },
            is_cut,
        );
    }
    if !primary.is_empty() {
        return Reading {
            addresses: primary,
            ..Reading::default()
        };
    }
    // Without a primary address, a single secondary one is the only candidate.
    if secondary.len() == 1 {
        return Reading {
            addresses: secondary,
            is_secondary: true,
            ..Reading::default()
        };
    }
    // Without the other proxies, an address without a prefix may be left.
    let rest = OTHER_PROXY
        .as_ref()
        .map_or_else(|| text.into(), |other| other.replace_all(text, ";"));
    let addresses = if secondary.is_empty() {
        free(&rest)
    } else {
        Vec::new()
    };
    Reading {
        only_other_proxies: addresses.is_empty(),
        addresses,
        ..Reading::default()
    }
}

/// The addresses of a text without prefixes: `Board <a@x.com>; b@x.com`, `- a@x.com`, `[a@x.com](mailto:a@x.com)`.
fn free(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for recipient in recipients(text) {
        let words = recipient
            .split(is_between_words)
            .filter(|word| word.contains('@'));
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for part in words.flat_map(parts) {
            match address_in(part) {
                Word::Address(address) => push(&mut good, address, false),
                Word::Unusable => push(&mut bad, part, false),
                Word::Nothing => {}
            }
        }
        // In `Room@HQ <hq@x.com>` the name is not an address.
        let is_named = recipient.contains('<') && !good.is_empty();
        let bad = bad.into_iter().filter(|_| !is_named);
        found.extend(good.into_iter().chain(bad));
    }
    found
}

/// Adds an address, or what is left of one, unless it repeats the one before, as in `a@x.com <mailto:a@x.com>`.
fn push(list: &mut Vec<String>, address: &str, is_cut: bool) {
    if !list
        .last()
        .is_some_and(|last| last.eq_ignore_ascii_case(address))
    {
        list.push(if is_cut {
            format!("{address}\u{2026}")
        } else {
            address.to_owned()
        });
    }
}

/// The recipients of a list, cut at semicolons, commas and tabs outside quotation marks.
fn recipients(text: &str) -> impl Iterator<Item = &str> {
    // An odd number of quotation marks cannot be paired, so none of them protects a separator.
    let has_pairs = text.matches('"').count().is_multiple_of(2);
    let mut is_quoted = false;
    text.split(move |letter: char| {
        is_quoted ^= letter == '"' && has_pairs;
        !is_quoted && matches!(letter, ';' | ',' | '\t' | '\n')
    })
}

/// Characters that surround an address and are never part of one.
fn is_between_words(letter: char) -> bool {
    letter.is_whitespace()
        || "<>()[]\"\\;,:".contains(letter)
        || matches!(
            letter,
            '\u{ff1a}'
                | '\u{ff0c}'
                | '\u{ff1b}'
                | '\u{3001}'
                | '\u{3002}'
                | '\u{ff08}'
                | '\u{ff09}'
        )
}

/// A word that holds several addresses is cut where people join them.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    // These characters are valid in an address, so a word with a single at sign stays whole.
    let is_joined = word.matches('@').count() > 1 && word.contains(['/', '|', '+', '&', '=']);
    word.split(move |letter: char| is_joined && "/|+&=".contains(letter))
        .filter(|part| part.contains('@'))
}

enum Word<'t> {
    Address(&'t str),
    /// Meant as an address, and none.
    Unusable,
    /// A name with an `@` in it, such as `@kim` or a lone `@`.
    Nothing,
}

/// What a word with an `@` is.
fn address_in(word: &str) -> Word<'_> {
    let word = word.trim_start_matches(|letter: char| {
        "*'`|{=~-+/!?^$%&#.".contains(letter) || is_bullet(letter)
    });
    let Some((local, behind)) = word.split_once('@') else {
        return Word::Nothing;
    };
    // A pair of underscores is emphasis; a single one can belong to the address.
    let (word, local) = match word.strip_prefix('_') {
        Some(inner) if behind.contains('_') => (inner, &local[1..]),
        _ => (word, local),
    };
    let end = behind.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | '-'));
    let (domain, rest) = behind.split_at(end.unwrap_or(behind.len()));
    let is_cut = domain.ends_with("..") || rest.starts_with('\u{2026}');
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let address = &word[..local.len() + 1 + domain.len()];
    // A character that resembles a hyphen or a period would cut the domain short.
    let is_whole =
        !is_cut && !rest.starts_with('@') && !rest.starts_with(|letter: char| !letter.is_ascii());
    if is_whole && MailboxAddress::parse(address).is_ok() {
        return Word::Address(address);
    }
    let has_content = |text: &str| text.chars().any(char::is_alphanumeric);
    let is_meant = match (has_content(local), has_content(behind)) {
        (true, _) => true,
        (false, true) => is_domain(behind.trim_end_matches('.')) || behind.contains('@'),
        (false, false) => false,
    };
    if is_meant {
        Word::Unusable
    } else {
        Word::Nothing
    }
}

fn is_bullet(letter: char) -> bool {
    matches!(
        letter,
        '\u{2022}'
            | '\u{b7}'
            | '\u{25aa}'
            | '\u{25ab}'
            | '\u{25cf}'
            | '\u{25cb}'
            | '\u{25e6}'
            | '\u{2023}'
            | '\u{2043}'
            | '\u{2013}'
            | '\u{2014}'
            | '\u{2192}'
            | '\u{2713}'
            | '\u{2714}'
            | '\u{f0b7}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        read(text).addresses
    }

    #[test]
    fn an_address_is_found_in_the_text_around_it() {
        for text in [
            "a@x.com",
            "\u{a0}a@x.com ",
            "Board Room <a@x.com>",
            "\"Board, Room\" <a@x.com>",
            "Room@HQ <a@x.com>",
            "Room @ HQ <a@x.com>",
            "'Board' <a@x.com>",
            "a@x.com (Board Room)",
            "mailto:a@x.com",
            "mailto:a@x.com?subject=Hello",
            "a@x.com <mailto:a@x.com>",
            "[a@x.com](mailto:a@x.com)",
            "<a href=\"mailto:a@x.com\">a@x.com</a>",
            "1. a@x.com",
            "- a@x.com",
            "* a@x.com",
            "\u{2022}a@x.com",
            "**a@x.com**",
            "`a@x.com`",
            "_a@x.com_",
            "'a@x.com',",
            "> a@x.com",
            "please look at a@x.com.",
            "| Board | a@x.com |",
            "a\u{200b}@x.com",
            "\u{201c}a@x.com\u{201d}",
            "SMTP:a@x.com",
            "smtp:a@x.com",
            "SMTP:a@x.com smtp:alias@x.com",
            "smtp:alias@x.com,SMTP:a@x.com",
            "SMTP:a@x.com+smtp:alias@x.com",
            "smtp:alias@x.com+SMTP:a@x.com+SIP:a@x.com",
            "{SIP:s@x.com, smtp:old@x.com, SMTP:a@x.com}",
            "{SMTP:a@x.com, smtp:al...}",
            "X500:/o=Contoso/ou=Exchange Administrative Group/cn=a;SMTP:a@x.com",
            "SIP:s@x.com, a@x.com",
        ] {
            assert_eq!(addresses(text), ["a@x.com"], "{text}");
        }
        assert_eq!(addresses("o'neill@x.com"), ["o'neill@x.com"]);
        assert_eq!(addresses("a+b@x.com"), ["a+b@x.com"]);
    }

    #[test]
    fn several_addresses_are_found_in_one_line() {
        for text in [
            "a@x.com; b@x.com",
            "a@x.com,b@x.com",
            "a@x.com b@x.com",
            "a@x.com/b@x.com",
            "a@x.com|b@x.com",
            "A <a@x.com>; B <b@x.com>",
            "\"A, one\" <a@x.com>, \"B; two\" <b@x.com>",
            "$Rooms = @(\"a@x.com\",\"b@x.com\")",
            "SMTP:a@x.com;SMTP:b@x.com",
        ] {
            assert_eq!(addresses(text), ["a@x.com", "b@x.com"], "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_an_address_is_kept_to_be_judged() {
        for (text, kept) in [
            ("board@contoso", "board@contoso"),
            ("Board <board@contoso>", "board@contoso"),
            ("board@@contoso.com", "board@@contoso.com"),
            ("a@b@c.com", "a@b@c.com"),
            ("board @contoso.com", "@contoso.com"),
            ("board@contoso..com", "board@contoso..com"),
            ("a@con\u{2011}toso.com", "a@con\u{2011}toso.com"),
            ("a@contoso.co\u{2011}m", "a@contoso.co\u{2011}m"),
            ("o\u{2019}neill@x.com", "o\u{2019}neill@x.com"),
            ("a@contoso.co\u{2026}", "a@contoso.co\u{2026}"),
            ("a@contoso.co...", "a@contoso.co..."),
            ("SMTP:board@contoso", "board@contoso"),
            ("{SMTP:a@contoso.co\u{2026}}", "a@contoso.co\u{2026}"),
            ("{SMTP:a@contoso.co...}", "a@contoso.co.."),
        ] {
            assert_eq!(addresses(text), [kept], "{text}");
            assert!(MailboxAddress::parse(kept).is_err(), "{kept}");
        }
        assert_eq!(
            addresses("board@contoso; b@x.com"),
            ["board@contoso", "b@x.com"]
        );
    }

    #[test]
    fn what_is_not_meant_as_an_address_is_nothing() {
        for text in [
            "Thanks,",
            "Meeting Room 4",
            "",
            "@kim",
            "Kim @ Contoso",
            "@(",
            "@{",
            "24\" screen",
        ] {
            assert_eq!(read(text), Reading::default(), "{text}");
        }
    }

    #[test]
    fn other_proxy_addresses_are_not_the_address() {
        for text in [
            "SIP:a@x.com",
            "X500:/o=Contoso/cn=a",
            "smtp:a@x.com smtp:b@x.com",
            "EUM:1@x.com;phone-context=y",
        ] {
            let reading = read(text);
            assert!(
                reading.only_other_proxies && reading.addresses.is_empty(),
                "{text}: {reading:?}"
            );
        }
        assert!(read("smtp:a@x.com").is_secondary && !read("SMTP:a@x.com").is_secondary);
    }

    #[test]
    fn each_cleanup_is_reported() {
        for (text, was_cleaned) in [
            ("a\u{200b}b@x.com", true),
            ("\u{201e}a@x.com\u{201c}", true),
            ("\"a@x.com\"", false),
            ("\u{201c}Board\u{201d}", false),
        ] {
            assert_eq!(read(text).was_cleaned, was_cleaned, "{text}");
        }
    }
}
