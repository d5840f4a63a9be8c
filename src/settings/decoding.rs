//! Bytes of a file to text, as Windows and Unix tools write it.

use encoding_rs::WINDOWS_1252;

/// Why bytes are no text. The wording completes "cannot read … : ".
pub(super) const NO_TEXT: &str =
    "it is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8";
/// Why a workbook is no text. The wording completes "cannot read … : ".
const WORKBOOK: &str = "it is a workbook or another Office document, not a text; open it, and in Excel select File > Save As > CSV UTF-8";
/// Archives that hold a workbook or a document name its main part in their first bytes or their directory.
const ARCHIVE: &str = "it is an archive, not a text; unpack it and give the list in it";
const WORD: &str = "it is a Word document, not a text; in Word select File > Save As > Plain Text, or copy the list into a text file";
const CALC: &str =
    "it is an OpenDocument file, not a text; in LibreOffice Calc select File > Save As > Text CSV";
const DOCUMENT: &str =
    "it is a document, not a text; copy the list into a text file, one address a line";
const IMAGE: &str = "it is an image, not a text; type the addresses into a text file, one a line";

const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const UTF16_LITTLE_MARK: &[u8] = &[0xff, 0xfe];
const UTF16_BIG_MARK: &[u8] = &[0xfe, 0xff];
/// The first bytes of other file formats, and why these files cannot be read, whatever their extension.
const OTHER_FORMS: [(&[u8], &str); 12] = [
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
    (&[0xd0, 0xcf, 0x11, 0xe0], WORKBOOK),
    (b"%PDF-", DOCUMENT),
    (b"{\\rtf", DOCUMENT),
    (b"\x89PNG", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"II*\0", IMAGE),
    (b"BM", IMAGE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
];

/// The text of an export.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Export {
    /// The text, with one line feed as every line break.
    pub(super) text: String,
    /// It is not Unicode, so only its ASCII letters are certain.
    pub(super) guessed: bool,
}

/// UTF-8 with or without byte order mark, or UTF-16 with one; the mark is no part of the text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    if let Some(units) = bytes.strip_prefix(UTF16_LITTLE_MARK) {
        return decode_utf16(units, u16::from_le_bytes);
    }
    if let Some(units) = bytes.strip_prefix(UTF16_BIG_MARK) {
        return decode_utf16(units, u16::from_be_bytes);
    }
    std::str::from_utf8(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes))
        .ok()
        .map(str::to_owned)
}

/// Like a settings file, but invalid bytes are replaced instead of rejected: for logs.
pub fn decode_text(bytes: &[u8]) -> String {
    decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Like a settings file, and also in the code page of Windows: Excel writes "CSV" in that. Every Windows code page has
/// ASCII in the same place, so that the addresses are right whichever it was. The error completes "cannot read … : ".
pub(super) fn decode_export(bytes: &[u8]) -> Result<Export, &'static str> {
    if let Some(form) = other_form(bytes) {
        return Err(form);
    }
    let (text, guessed) = decode_or_guess(bytes)?;
    // UTF-16 without a byte order mark contains zeros; binary data contains other control characters as well.
    let is_odd = |letter: char| {
        letter == '\0' || (guessed && letter.is_ascii_control() && !letter.is_ascii_whitespace())
    };
    if text.contains(is_odd) {
        return Err(NO_TEXT);
    }
    Ok(Export {
        text: text.replace("\r\n", "\n").replace('\r', "\n"),
        guessed,
    })
}

/// The text, and whether its encoding is a guess: neither a byte order mark nor the bytes determine it.
fn decode_or_guess(bytes: &[u8]) -> Result<(String, bool), &'static str> {
    if let Some(text) = decode(bytes) {
        return Ok((text, false));
    }
    let marked = [UTF8_MARK, UTF16_LITTLE_MARK, UTF16_BIG_MARK]
        .iter()
        .any(|mark| bytes.starts_with(mark));
    if marked {
        return Err(NO_TEXT);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    Ok((text.into_owned(), true))
}

/// What the first bytes show that is not a text. `BM` can begin a text as well; an image then holds zeros.
fn other_form(bytes: &[u8]) -> Option<&'static str> {
    let (mark, form) = OTHER_FORMS
        .iter()
        .find(|(mark, _)| bytes.starts_with(mark))?;
    if mark.len() == 2 && mark.is_ascii() && !bytes.iter().take(64).any(|byte| *byte == 0) {
        return None;
    }
    Some(if *form == ARCHIVE {
        archive(bytes)
    } else {
        form
    })
}

/// Less than the header of the first part of an archive does not show what it contains.
const SHORTEST_ARCHIVE: usize = 31;

/// What an archive contains: the names of its parts appear in it uncompressed.
fn archive(bytes: &[u8]) -> &'static str {
    let holds = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    if !bytes.starts_with(b"PK") {
        return ARCHIVE;
    }
    if holds(b"xl/workbook") {
        WORKBOOK
    } else if holds(b"word/document") {
        WORD
    } else if holds(b"application/vnd.oasis.opendocument") {
        CALC
    } else if holds(b"[Content_Types].xml") || bytes.len() < SHORTEST_ARCHIVE {
        WORKBOOK
    } else {
        ARCHIVE
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().copied().map(unit))
        .collect::<Result<_, _>>()
        .ok()
}

/// Removes one line break from the end: the one that editors and `echo` put there.
pub(super) fn without_final_line_break(text: &str) -> &str {
    text.strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter()
            .chain(text.encode_utf16().flat_map(bytes))
            .collect()
    }

    #[test]
    fn every_encoding_of_windows_and_unix_is_read() {
        let text = "Büro@contoso.com\r\n";
        assert_eq!(decode(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(
            decode(format!("\u{feff}{text}").as_bytes()).as_deref(),
            Some(text)
        );
        assert_eq!(
            decode(&utf16(text, [0xff, 0xfe], u16::to_le_bytes)).as_deref(),
            Some(text)
        );
        assert_eq!(
            decode(&utf16(text, [0xfe, 0xff], u16::to_be_bytes)).as_deref(),
            Some(text)
        );
        assert_eq!(decode(b""), Some(String::new()));
    }

    #[test]
    fn other_bytes_are_no_text() {
        assert_eq!(decode(b"B\xfcro"), None);
        assert_eq!(decode(b"\xff\xfea"), None);
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), None);
    }

    #[test]
    fn an_export_in_a_windows_code_page_is_noted() {
        let export = decode_export(b"B\xfcro;a@x.com\r\nK\xfcche;b@x.com\rc").unwrap();
        assert_eq!(
            export,
            Export {
                text: "Büro;a@x.com\nKüche;b@x.com\nc".to_owned(),
                guessed: true
            }
        );
        assert!(!decode_export("Büro".as_bytes()).unwrap().guessed);
        assert!(decode_export("a\u{b}b\u{85}c".as_bytes()).is_ok());
        assert!(
            !decode_export(&utf16("Büro", [0xff, 0xfe], u16::to_le_bytes))
                .unwrap()
                .guessed
        );
    }

    #[test]
    fn binary_data_is_not_an_export() {
        let unmarked: Vec<u8> = "Room;mail\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [
            &unmarked[..],
            b"\x7fELF\xff\x01",
            b"\xff\xfea",
            b"\xef\xbb\xbfB\xfcro",
        ] {
            assert_eq!(decode_export(bytes), Err(NO_TEXT), "{bytes:?}");
        }
        assert_eq!(decode_export(b"PK\x03\x04\x14\x00"), Err(WORKBOOK));
        assert_eq!(
            decode_export(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            Err(WORKBOOK)
        );
    }

    #[test]
    fn one_final_line_break_goes() {
        assert_eq!(without_final_line_break("a\r\n"), "a");
        assert_eq!(without_final_line_break("a\n\n"), "a\n");
        assert_eq!(without_final_line_break("a "), "a ");
        assert_eq!(without_final_line_break("a"), "a");
    }
}
