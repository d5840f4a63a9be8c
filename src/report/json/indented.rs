//! JSON formatter: two spaces for each level, as `serde_json` writes it, but with one write for each line break.
//!
//! A report of thousands of rooms consists mostly of line breaks. Terminal control characters are written as escapes.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::report::sanitize::is_unsafe;

/// What separates two lines: a comma where one is due, the line break, and spaces for as many levels as are ever used.
const BREAK: &[u8; 66] = b",\n                                                                ";
const SPACES_PER_LEVEL: usize = 2;

/// Lays a document out.
#[derive(Debug, Default)]
pub(super) struct Indented {
    level: usize,
    /// The list or object that is being written has an element.
    filled: bool,
}

impl Indented {
    fn open<W: ?Sized + Write>(&mut self, to: &mut W, bracket: u8) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        to.write_all(&[bracket])
    }

    fn close<W: ?Sized + Write>(&mut self, to: &mut W, bracket: u8) -> io::Result<()> {
        self.level -= 1;
        if self.filled {
            self.line(to, true)?;
        }
        self.filled = true;
        to.write_all(&[bracket])
    }

    /// Begins a line; the first one of a list or object follows no comma, and so does its end.
    fn line<W: ?Sized + Write>(&self, to: &mut W, without_comma: bool) -> io::Result<()> {
        let spaces = self.level * SPACES_PER_LEVEL;
        let together = spaces.min(BREAK.len() - 2);
        to.write_all(&BREAK[usize::from(without_comma)..2 + together])?;
        (together..spaces).try_for_each(|_| to.write_all(b" "))
    }
}

impl Formatter for Indented {
    /// Characters that steer a terminal or turn the direction of reading are written as escapes, which are the same text
    /// for every reader of JSON.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // The library escapes the unsafe ASCII characters itself, except for the last one (DEL).
        if is_below_delete(fragment.as_bytes()) {
            return to.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unsafe) {
            let (plain, behind) = rest.split_at(at);
            to.write_all(plain.as_bytes())?;
            let character = behind.chars().next().unwrap_or_default();
            // JSON escapes a character beyond U+FFFF as two UTF-16 units.
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = &behind[character.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b'[')
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b']')
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.line(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b'{')
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b'}')
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.line(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

/// Whether every byte is below DEL, the last character of ASCII.
fn is_below_delete(bytes: &[u8]) -> bool {
    // One pass without a branch for each byte, because every text of a report passes through here.
    bytes.iter().fold(0, |highest: u8, byte| highest.max(*byte)) < 0x7f
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::*;

    fn laid_out(value: &Value) -> String {
        let mut bytes = Vec::new();
        value
            .serialize(&mut serde_json::Serializer::with_formatter(
                &mut bytes,
                Indented::default(),
            ))
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_layout_is_that_of_serde_json() {
        let deep = (0..50).fold(
            json!([1]),
            |inside, _| json!({ "in": [inside, {}], "and": [] }),
        );
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([[], {}, "a\"b"]),
            json!({"a": {"b": [1, 2]}}),
            deep,
        ] {
            assert_eq!(
                laid_out(&value),
                serde_json::to_string_pretty(&value).unwrap()
            );
        }
    }

    #[test]
    fn what_steers_is_an_escape_and_the_rest_is_as_it_is() {
        assert_eq!(
            laid_out(&json!("Größe \u{202e}x\u{9b}\u{1b}")),
            r#""Größe \u202ex\u009b\u001b""#
        );
        assert_eq!(laid_out(&json!("\u{e0001}")), r#""\udb40\udc01""#);
    }

    #[test]
    fn the_last_character_before_delete_is_below_it() {
        assert!(is_below_delete(&[0x7e; 20]));
    }

    proptest! {
        #[test]
        fn eight_bytes_are_judged_as_each_of_them(bytes in proptest::collection::vec(0x7du8..=0x81, 0..20)) {
            prop_assert_eq!(is_below_delete(&bytes), bytes.iter().all(|byte| *byte < 0x7f));
        }

        #[test]
        fn a_delete_byte_is_found_at_every_position(at in 0usize..20, byte in any::<u8>()) {
            let mut bytes = [b'a'; 20];
            bytes[at] = byte;
            prop_assert_eq!(is_below_delete(&bytes), byte < 0x7f);
        }

        #[test]
        fn every_text_reads_back_and_nothing_in_it_steers(text in any::<String>()) {
            let json = laid_out(&json!(text));
            prop_assert!(!json.contains(is_unsafe), "{json:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
