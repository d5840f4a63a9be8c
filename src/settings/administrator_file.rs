//! The file with the evidence of an administrator, as the script of `collect` writes it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::evidence::{
    ADMINISTRATOR_DOCUMENT, ADMINISTRATOR_SCHEMA_VERSION, AdministratorEvidence,
};

use super::decoding::{NO_TEXT, decode};
use super::quotable::quotable;

/// The largest file that is read, in bytes: the evidence about 5,000 rooms and two apps has about 12 MB.
const LARGEST_BYTES: usize = 64 * 1024 * 1024;
/// The longest text in it, in bytes. The longest that Exchange returns is the filter of a scope.
const LONGEST_TEXT: usize = 64 * 1024;
/// A version is quoted in an error up to this length.
const LONGEST_VERSION: usize = 20;

/// What to use instead.
const EXPECTED: &str =
    "name the JSON file that the script of `rx-preflight collect` wrote, without changes";

/// Why a file cannot be read as the evidence of an administrator. No message repeats a text of the file.
#[derive(Debug, thiserror::Error)]
pub enum AdministratorFileError {
    /// Nothing at all.
    #[error("this file is empty; {EXPECTED}")]
    Empty,
    /// More than one script writes.
    #[error("this file has more than {} MB; {EXPECTED}", LARGEST_BYTES / 1024 / 1024)]
    TooLarge,
    /// Neither UTF-8 nor UTF-16 with a byte order mark.
    #[error("{NO_TEXT}")]
    NotText,
    /// The PowerShell script instead of its output.
    #[error(
        "this is the script, not its output; run it in PowerShell, and name the JSON file that it writes"
    )]
    Script,
    /// JSON that ends too early.
    #[error("this JSON is incomplete (it ends in line {}); copy the file again", .0.line())]
    Incomplete(serde_json::Error),
    /// Not JSON at all.
    #[error("this is not JSON (line {}, column {}); {EXPECTED}", .0.line(), .0.column())]
    Syntax(serde_json::Error),
    /// A report of a check.
    #[error(
        "this is a report of `rx-preflight check`, not the evidence of an administrator; {EXPECTED}"
    )]
    Report,
    /// JSON of something else.
    #[error("this is JSON, but not the evidence of an administrator; {EXPECTED}")]
    Other,
    /// Evidence of another major version.
    #[error(
        "this evidence has the format version {}, and this program reads version {ADMINISTRATOR_SCHEMA_VERSION}; \
         write the script again with `rx-preflight collect` of this version, and run it again",
        quotable(found)
    )]
    Version {
        /// The `schema_version` of the file, shortened.
        found: String,
    },
    /// A text that is longer than any that the script writes.
    #[error("line {}, column {}: a text has more than {} characters; {EXPECTED}", .0.line(), .0.column(), LONGEST_TEXT)]
    LongText(serde_json::Error),
    /// A field that is missing or of another form.
    #[error("this evidence is damaged: a field is missing or has another form (line {}, column {}); {EXPECTED}", .0.line(), .0.column())]
    Form(serde_json::Error),
}

/// Reads the evidence of an administrator from the bytes of its file, in UTF-8 or in the UTF-16 of Windows PowerShell.
/// Fields that this version does not know are ignored.
pub fn administrator_evidence(
    bytes: &[u8],
) -> Result<AdministratorEvidence, AdministratorFileError> {
    refuse_large(bytes.len())?;
    let text = decode(bytes).ok_or(AdministratorFileError::NotText)?;
    check_document(&text)?;
    // The texts are measured before they are stored in the evidence.
    serde_json::from_str::<BoundedJson>(&text).map_err(|error| match error.classify() {
        Category::Data => AdministratorFileError::LongText(error),
        _ => syntax_error(error),
    })?;
    serde_json::from_str(&text).map_err(AdministratorFileError::Form)
}

fn refuse_large(bytes: usize) -> Result<(), AdministratorFileError> {
    if bytes > LARGEST_BYTES {
        return Err(AdministratorFileError::TooLarge);
    }
    Ok(())
}

/// The fields that are read before everything else.
#[derive(serde::Deserialize)]
struct Header {
    schema_version: Option<String>,
    document: Option<String>,
    report_id: Option<serde::de::IgnoredAny>,
}

/// Checks what the file is, and its version. Another major version may differ in every other field.
fn check_document(text: &str) -> Result<(), AdministratorFileError> {
    if text.trim().is_empty() {
        return Err(AdministratorFileError::Empty);
    }
    if text.trim_start().starts_with('#') {
        return Err(AdministratorFileError::Script);
    }
    let header: Header = serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => AdministratorFileError::Other,
        _ => syntax_error(error),
    })?;
    if header.document.as_deref() != Some(ADMINISTRATOR_DOCUMENT) {
        return Err(if header.report_id.is_some() {
            AdministratorFileError::Report
        } else {
            AdministratorFileError::Other
        });
    }
    let found = header.schema_version.unwrap_or_default();
    if major(&found) == major(ADMINISTRATOR_SCHEMA_VERSION) {
        Ok(())
    } else {
        Err(AdministratorFileError::Version {
            found: found
                .chars()
                .filter(|character| !character.is_control())
                .take(LONGEST_VERSION)
                .collect(),
        })
    }
}

fn syntax_error(error: serde_json::Error) -> AdministratorFileError {
    if error.is_eof() {
        AdministratorFileError::Incomplete(error)
    } else {
        AdministratorFileError::Syntax(error)
    }
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

/// JSON whose texts and keys have at most [`LONGEST_TEXT`] bytes. Nothing of it is stored.
struct BoundedJson;

impl<'de> Deserialize<'de> for BoundedJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundedJsonVisitor)
    }
}

struct BoundedJsonVisitor;

impl<'de> Visitor<'de> for BoundedJsonVisitor {
    type Value = BoundedJson;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<BoundedJson, E> {
        Ok(BoundedJson)
    }

    fn visit_bool<E>(self, _: bool) -> Result<BoundedJson, E> {
        Ok(BoundedJson)
    }

    fn visit_i64<E>(self, _: i64) -> Result<BoundedJson, E> {
        Ok(BoundedJson)
    }

    fn visit_u64<E>(self, _: u64) -> Result<BoundedJson, E> {
        Ok(BoundedJson)
    }

    fn visit_f64<E>(self, _: f64) -> Result<BoundedJson, E> {
        Ok(BoundedJson)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<BoundedJson, E> {
        if text.len() > LONGEST_TEXT {
            return Err(E::custom("a text is too long"));
        }
        Ok(BoundedJson)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<BoundedJson, A::Error> {
        while list.next_element::<BoundedJson>()?.is_some() {}
        Ok(BoundedJson)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BoundedJson, A::Error> {
        while map.next_entry::<BoundedJson, BoundedJson>()?.is_some() {}
        Ok(BoundedJson)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn instance() -> Value {
        json!({
            "schema_version": ADMINISTRATOR_SCHEMA_VERSION,
            "document": ADMINISTRATOR_DOCUMENT,
            "tool": { "name": "rx-preflight", "version": "0.1.0" },
            "collected_at": "2026-11-28T08:00:00Z",
            "tenant_id": "contoso.com",
            "organization": { "ews_enabled": "not-set" },
        })
    }

    fn error(change: impl FnOnce(&mut Value)) -> String {
        let mut value = instance();
        change(&mut value);
        administrator_evidence(value.to_string().as_bytes())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_file_is_read_in_every_encoding_of_powershell() {
        let text = instance().to_string();
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let with_mark = format!("\u{feff}{text}\r\n").into_bytes();
        for bytes in [text.into_bytes(), with_mark, utf16] {
            let evidence = administrator_evidence(&bytes).unwrap();
            assert_eq!(evidence.tenant_id, "contoso.com");
        }
    }

    #[test]
    fn a_field_of_a_later_version_is_ignored() {
        let mut value = instance();
        value["schema_version"] = json!("1.7");
        value["organization"]["shade"] = json!([1.5, true, null, -1]);
        administrator_evidence(value.to_string().as_bytes()).unwrap();
    }

    #[test]
    fn a_file_of_something_else_is_named() {
        for (text, part) in [
            ("  ", "is empty"),
            (
                "\u{feff}# rx-preflight\r\nGet-Mailbox",
                "this is the script",
            ),
            ("{\"document\": ", "incomplete (it ends in line 1)"),
            ("document: 1", "this is not JSON (line 1, column 1)"),
            ("[]", "not the evidence of an administrator"),
            ("{}", "not the evidence of an administrator"),
            (
                "{\"schema_version\": \"1.0\", \"report_id\": \"1\"}",
                "this is a report of `rx-preflight check`",
            ),
        ] {
            let error = administrator_evidence(text.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
        let not_text = administrator_evidence(b"{\"a\": \"B\xfcro\"}").unwrap_err();
        assert!(not_text.to_string().contains("neither UTF-8 nor UTF-16"));
        let large = vec![b' '; LARGEST_BYTES + 1];
        let too_large = administrator_evidence(&large).unwrap_err();
        assert!(too_large.to_string().contains("more than 64 MB"));
    }

    #[test]
    fn another_major_version_is_named_without_its_control_characters() {
        let message = error(|value| value["schema_version"] = json!("2.0\u{1b}[31m"));
        assert!(message.contains("the format version 2.0"), "{message}");
        assert!(!message.contains('\u{1b}'));
        let message = error(|value| value["schema_version"] = json!("9".repeat(5_000)));
        assert!(message.len() < 300, "{message}");
    }

    #[test]
    fn a_damaged_field_and_a_text_without_end_are_found_by_their_place() {
        let form = error(|value| value["organization"]["ews_enabled"] = json!("perhaps"));
        assert!(form.contains("is damaged") && form.contains("(line 1, column "));
        assert!(!form.contains("perhaps"));
        let missing = error(|value| drop(value.as_object_mut().unwrap().remove("tool")));
        assert!(missing.contains("a field is missing"), "{missing}");
        for long in [
            error(|value| value["organization"]["note"] = json!("x".repeat(LONGEST_TEXT + 1))),
            error(|value| value["x".repeat(LONGEST_TEXT + 1)] = json!(1)),
        ] {
            assert!(long.starts_with("line 1, column "), "{long}");
            assert!(long.contains("more than 65536 characters") && !long.contains("xxx"));
        }
    }

    #[test]
    fn a_file_and_a_text_in_it_are_read_up_to_their_bounds() {
        assert!(refuse_large(LARGEST_BYTES).is_ok());
        assert!(refuse_large(LARGEST_BYTES + 1).is_err());
        let mut value = instance();
        value["tool"]["note"] = json!("x".repeat(LONGEST_TEXT));
        assert!(administrator_evidence(value.to_string().as_bytes()).is_ok());
        value["tool"]["note"] = json!("x".repeat(LONGEST_TEXT + 1));
        assert!(administrator_evidence(value.to_string().as_bytes()).is_err());
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let deep = "[".repeat(100_000);
        assert!(administrator_evidence(deep.as_bytes()).is_err());
        let mut text = instance().to_string();
        text.pop();
        text.push_str(",\"more\":");
        text.push_str(&"[".repeat(100_000));
        assert!(administrator_evidence(text.as_bytes()).is_err());
    }
}
