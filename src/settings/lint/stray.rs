//! Characters that a client secret never has and that copying puts there.

use crate::settings::quotable::is_invisible;

/// One stray sequence: its position, from 1, counted in characters, and its name. Never the characters next to it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::settings) struct Stray {
    pub(in crate::settings) position: usize,
    pub(in crate::settings) name: String,
}

/// Sequences that an escaping tool made out of one character, and what they were.
const ESCAPES: [(&str, &str, &str); 6] = [
    ("%257E", "~", "%257E (a tilde that was escaped twice)"),
    ("%257e", "~", "%257e (a tilde that was escaped twice)"),
    ("%7E", "~", "%7E (an escaped tilde)"),
    ("%7e", "~", "%7e (an escaped tilde)"),
    ("&amp;", "&", "&amp; (an escaped ampersand)"),
    ("&#126;", "~", "&#126; (an escaped tilde)"),
];

/// The first character that no id and no address has, with its place, for a message.
pub(in crate::settings) fn first(text: &str) -> Option<String> {
    let (at, name) = text
        .chars()
        .enumerate()
        .find_map(|(at, letter)| Some((at, stray_name(letter)?)))?;
    Some(format!("{name} at position {}", at + 1))
}

/// The same for a text in which ordinary white space and quotation marks show.
pub(in crate::settings) fn first_unusual(text: &str) -> Option<String> {
    let strays = text
        .chars()
        .enumerate()
        .filter(|(_, letter)| !letter.is_ascii());
    let (at, name) = strays
        .into_iter()
        .find_map(|(at, letter)| Some((at, stray_name(letter)?)))?;
    Some(format!("{name} at position {}", at + 1))
}

/// The stray sequences in `secret`, and the secret without them.
pub(in crate::settings) fn find(secret: &str) -> (Vec<Stray>, String) {
    let mut found = Vec::new();
    let mut clean = String::with_capacity(secret.len());
    let mut rest = secret;
    let mut position = 1;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        let mut width = 1;
        // Escapes come first, because each of their characters is an ordinary one.
        if let Some((text, meant, name)) =
            ESCAPES.iter().find(|(text, _, _)| rest.starts_with(text))
        {
            found.push(Stray {
                position,
                name: (*name).to_owned(),
            });
            clean.push_str(meant);
            (length, width) = (text.len(), text.chars().count());
        } else if let Some(name) = stray_name(letter) {
            found.push(Stray { position, name });
        } else {
            clean.push(letter);
        }
        rest = &rest[length..];
        position += width;
    }
    (found, clean)
}

fn stray_name(letter: char) -> Option<String> {
    let name = match letter {
        ' ' => "space",
        '\t' => "tab",
        '\n' => "line break",
        '\r' => "carriage return",
        '\u{feff}' => "byte order mark",
        '\u{a0}' => "no-break space",
        '\u{202f}' => "narrow no-break space",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{2060}' => "word joiner",
        '\u{ad}' => "soft hyphen",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "invisible direction mark"
        }
        '"' => "quotation mark",
        '\'' => "apostrophe",
        '`' => "backtick",
        letter if is_invisible(letter) => "invisible character",
        '\u{2018}'..='\u{201b}' => "typographic single quotation mark",
        '\u{201c}'..='\u{201f}' => "typographic quotation mark",
        '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}' => "angle quotation mark",
        '\u{2dc}' | '\u{223c}' | '\u{ff5e}' => "look-alike of a tilde",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => "look-alike of a hyphen",
        '\u{2024}' | '\u{ff0e}' => "look-alike of a full stop",
        '\u{ff3f}' => "look-alike of an underscore",
        _ if letter.is_whitespace() => "unusual white space",
        _ if letter.is_control() => "control character",
        _ => return None,
    };
    Some(format!("{name} (U+{:04X})", u32::from(letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_are_named() {
        for (text, name) in [
            ("abc8Q\u{2dc}x", "look-alike of a tilde (U+02DC)"),
            ("a\u{2013}b", "look-alike of a hyphen (U+2013)"),
            ("a\u{2060}b", "word joiner"),
            ("a\u{180e}b", "invisible character"),
            ("a%257Eb", "escaped twice"),
        ] {
            assert!(
                found(text)[0].1.contains(name),
                "{text:?}: {:?}",
                found(text)
            );
        }
        assert_eq!(
            first("ab\u{2013}c").unwrap(),
            "look-alike of a hyphen (U+2013) at position 3"
        );
        assert_eq!(first("5f3c0000-1111"), None);
    }

    fn found(secret: &str) -> Vec<(usize, String)> {
        find(secret)
            .0
            .into_iter()
            .map(|stray| (stray.position, stray.name))
            .collect()
    }

    #[test]
    fn an_ordinary_secret_has_none() {
        assert!(found("abc8Q~AZ.az-09_~+/=#!").is_empty());
    }

    #[test]
    fn position_and_name_of_each_are_reported() {
        let cases = [
            (" x", 1, "space"),
            ("xy\u{a0}", 3, "no-break space"),
            ("\u{feff}x", 1, "byte order mark"),
            ("x\u{200b}y", 2, "zero-width space"),
            ("\u{201c}x", 1, "typographic"),
            ("x\"", 2, "quotation mark (U+0022)"),
            ("ab%7Ec", 3, "%7E"),
            ("a&amp;", 2, "&amp;"),
            ("x\n", 2, "line break"),
            ("x\u{2003}", 2, "unusual white space"),
        ];
        for (secret, position, name) in cases {
            let strays = found(secret);
            assert_eq!(strays.len(), 1, "{secret:?}");
            assert_eq!(strays[0].0, position, "{secret:?}");
            assert!(strays[0].1.contains(name), "{secret:?}: {}", strays[0].1);
        }
    }

    #[test]
    fn positions_after_an_escape_count_what_was_typed() {
        assert_eq!(
            found("a%7Eb c")
                .iter()
                .map(|(position, _)| *position)
                .collect::<Vec<_>>(),
            [2, 6]
        );
        assert_eq!(find("\"a%7Eb c\"").1, "a~bc");
    }
}
