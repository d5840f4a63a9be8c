//! Bytes of a file to text, as Windows and Unix tools write it.

/// Why bytes are no text. The wording completes "cannot read … : ".
pub(super) const NO_TEXT: &str = "it is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8";

const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const UTF16_LITTLE_MARK: &[u8] = &[0xff, 0xfe];
const UTF16_BIG_MARK: &[u8] = &[0xfe, 0xff];

/// UTF-8 with or without byte order mark, or UTF-16 with one; the mark is no part of the text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    if let Some(units) = bytes.strip_prefix(UTF16_LITTLE_MARK) {
        return decode_utf16(units, u16::from_le_bytes);
    }
    if let Some(units) = bytes.strip_prefix(UTF16_BIG_MARK) {
        return decode_utf16(units, u16::from_be_bytes);
    }
    std::str::from_utf8(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)).ok().map(str::to_owned)
}

/// Like a settings file, but bytes that are no text are replaced instead of refused: for logs.
pub fn decode_text(bytes: &[u8]) -> String {
    decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().copied().map(unit)).collect::<Result<_, _>>().ok()
}

/// Takes one line break off the end: the one that editors and `echo` put there.
pub(super) fn without_final_line_break(text: &str) -> &str {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    }

    #[test]
    fn every_encoding_of_windows_and_unix_is_read() {
        let text = "Büro@contoso.com\r\n";
        assert_eq!(decode(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).as_deref(), Some(text));
        assert_eq!(decode(&utf16(text, [0xff, 0xfe], u16::to_le_bytes)).as_deref(), Some(text));
        assert_eq!(decode(&utf16(text, [0xfe, 0xff], u16::to_be_bytes)).as_deref(), Some(text));
        assert_eq!(decode(b""), Some(String::new()));
    }

    #[test]
    fn other_bytes_are_no_text() {
        assert_eq!(decode(b"B\xfcro"), None);
        assert_eq!(decode(b"\xff\xfea"), None);
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), None);
    }

    #[test]
    fn one_final_line_break_goes() {
        assert_eq!(without_final_line_break("a\r\n"), "a");
        assert_eq!(without_final_line_break("a\n\n"), "a\n");
        assert_eq!(without_final_line_break("a "), "a ");
        assert_eq!(without_final_line_break("a"), "a");
    }
}
