//! JSON in which nothing steers the terminal that it is shown on.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::report::harmless::steers;

/// Writes a value, indented. Characters that steer a terminal or turn the direction of reading are written as escapes,
/// which are the same text for every reader of JSON.
///
/// # Errors
///
/// Those of `to`, and values that have no JSON form.
pub fn write_visible(value: &impl Serialize, to: &mut dyn io::Write) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(to, Visible(PrettyFormatter::new())))
}

/// The layout of `PrettyFormatter` with escapes of its own.
struct Visible<'f>(PrettyFormatter<'f>);

impl Formatter for Visible<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(steers) {
            let (plain, behind) = rest.split_at(at);
            to.write_all(plain.as_bytes())?;
            let character = behind.chars().next().unwrap_or_default();
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = &behind[character.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut bytes = Vec::new();
        write_visible(&text, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_steers_is_an_escape_and_the_rest_is_as_it_is() {
        assert_eq!(written("Größe \u{202e}x\u{9b}\u{1b}"), r#""Größe \u202ex\u009b\u001b""#);
        assert_eq!(written("\u{e0001}"), r#""\udb40\udc01""#);
    }

    proptest! {
        #[test]
        fn every_text_reads_back_and_nothing_in_it_steers(text in any::<String>()) {
            let json = written(&text);
            prop_assert!(!json.contains(steers), "{json:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
