//! JSON in ASCII, for a reader that may decode it by any code page.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::de::IgnoredAny;

/// A JSON document in ASCII; any other text unchanged.
pub(super) fn in_ascii_if_json(text: &str) -> Cow<'_, str> {
    let is_document =
        text.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok();
    if text.is_ascii() || !is_document {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::new();
    match AsciiJson::new(&mut bytes).write_all(text.as_bytes()) {
        Ok(()) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => Cow::Borrowed(text),
    }
}

/// Writes JSON and escapes every character outside ASCII, such as `ö` as `\u00f6`. In JSON these characters can only be in
/// texts, where both forms mean the same.
pub(super) struct AsciiJson<W> {
    to: W,
    /// The first bytes of a character whose other bytes are still to come.
    begun: Vec<u8>,
}

impl<W: Write> AsciiJson<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            begun: Vec::new(),
        }
    }

    /// Takes a byte of a character outside ASCII, and writes the character once it is complete.
    fn take(&mut self, byte: u8) -> io::Result<()> {
        self.begun.push(byte);
        match std::str::from_utf8(&self.begun) {
            Ok(text) => {
                for unit in text.encode_utf16() {
                    write!(self.to, "\\u{unit:04x}")?;
                }
                self.begun.clear();
                Ok(())
            }
            Err(error) if error.error_len().is_none() => Ok(()),
            Err(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl<W: Write> Write for AsciiJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let plain = rest
                .iter()
                .position(|byte| !byte.is_ascii())
                .unwrap_or(rest.len());
            if plain == 0 || !self.begun.is_empty() {
                self.take(*first)?;
                rest = &rest[1..];
            } else {
                self.to.write_all(&rest[..plain])?;
                rest = &rest[plain..];
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(pieces: &[&[u8]]) -> String {
        let mut bytes = Vec::new();
        let mut json = AsciiJson::new(&mut bytes);
        for piece in pieces {
            json.write_all(piece).unwrap();
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn characters_outside_ascii_are_escaped_also_where_they_take_two_units() {
        let json = "{\"name\": \"Größe 会 \u{1f600}\\n\"}";
        assert_eq!(
            escaped(&[json.as_bytes()]),
            r#"{"name": "Gr\u00f6\u00dfe \u4f1a \ud83d\ude00\n"}"#
        );
    }

    #[test]
    fn only_json_is_escaped() {
        assert_eq!(in_ascii_if_json("[\"ö\"]\n"), "[\"\\u00f6\"]\n");
        for text in ["ö", "{ö}", "[OK] ö", "[]"] {
            assert_eq!(in_ascii_if_json(text), text);
        }
    }

    #[test]
    fn invalid_utf8_is_an_error() {
        let mut json = AsciiJson::new(Vec::new());
        assert!(json.write_all(b"\xff").is_err());
        assert!(AsciiJson::new(Vec::new()).write_all(b"\xc3x").is_err());
    }

    proptest! {
        #[test]
        fn the_meaning_stays_however_the_text_is_cut(text in any::<String>(), cut in 0_usize..40) {
            let json = serde_json::to_string(&text).unwrap();
            let (front, back) = json.as_bytes().split_at(cut.min(json.len()));
            let ascii = escaped(&[front, back]);
            prop_assert!(ascii.is_ascii());
            prop_assert_eq!(serde_json::from_str::<String>(&ascii).unwrap(), text);
        }
    }
}
