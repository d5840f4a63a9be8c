//! The file of accepted findings: cause, connection, subject, reason, owner, and the last day.

use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use crate::evidence::AcceptedFinding;
use crate::terms::CauseId;

use super::decoding::{NO_TEXT, decode};
use super::quotable::quotable;
use super::toml_document::{Document, Placed, Section};
use super::{Environment, NamedFile, SettingsError};

/// What messages call the file.
const WHAT: &str = "the file of accepted findings";
/// The key of the list, and the keys of an entry.
const LIST: &str = "accepted";
const KEYS: [&str; 6] = [
    "cause",
    "connection",
    "subject",
    "reason",
    "owner",
    "expires",
];
/// How to write the last day.
const DATE_FORM: &str = "a date, like 2027-01-31";
/// The longest text of an entry, in characters.
const LONGEST_TEXT: usize = 500;

/// Reads the file that an option names, else the one that the settings file names; without one, nothing is accepted.
pub(super) fn read_accepted(
    of_settings: Option<&NamedFile>,
    of_option: Option<&Path>,
    surroundings: &dyn Environment,
) -> Result<Vec<AcceptedFinding>, SettingsError> {
    let named = of_settings.map(|file| (file.path.as_path(), file.place.clone()));
    let Some((path, place)) = of_option.map(|path| (path, None)).or(named) else {
        return Ok(Vec::new());
    };
    let bytes = surroundings
        .read_file(path)
        .map_err(|error| SettingsError::unreadable(place, WHAT, path, &error))?;
    accepted_findings(&bytes, &path.display().to_string())
}

/// Reads accepted findings from the bytes of their file; messages show `origin` as the file.
fn accepted_findings(bytes: &[u8], origin: &str) -> Result<Vec<AcceptedFinding>, SettingsError> {
    let text = decode(bytes)
        .ok_or_else(|| SettingsError::not_usable(None, WHAT, origin.as_ref(), NO_TEXT))?;
    let (mut document, root) = Document::parse(origin, &text)?;
    let top = Section {
        table: root.get_ref(),
        span: root.span(),
        title: WHAT,
    };
    document.only_known_keys(&top, &[LIST], |_| None);
    let sections = document.sections(root.get_ref(), LIST, "[[accepted]]");
    let findings = sections
        .iter()
        .filter_map(|section| finding(&mut document, section))
        .collect();
    document.finish(findings)
}

/// One entry; `None` if something is wrong with it, which the document then knows.
fn finding(document: &mut Document<'_>, section: &Section<'_, '_>) -> Option<AcceptedFinding> {
    document.only_known_keys(section, &KEYS, |_| None);
    let line = document.place(section.span.clone()).line;
    let cause = required(document, section, "cause").and_then(|id| known_cause(document, id));
    let connection = optional(document, section, "connection");
    let subject = optional(document, section, "subject");
    let reason = required(document, section, "reason");
    let owner = required(document, section, "owner");
    let expires = last_day(document, section);
    Some(AcceptedFinding {
        cause: cause?,
        connection,
        subject,
        reason: reason?.value,
        owner: owner?.value,
        expires: expires?,
        line,
    })
}

fn known_cause(document: &mut Document<'_>, id: Placed<String>) -> Option<String> {
    match id.value.parse::<CauseId>() {
        Ok(cause) => Some(cause.as_str().to_owned()),
        Err(mut unknown) => {
            unknown.name = quotable(&unknown.name).into_owned();
            document.complain_at(
                id.place,
                format!("{unknown}; `rx-preflight explain --list causes` lists all causes"),
            );
            None
        }
    }
}

/// A text that an entry must have.
fn required(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    key: &str,
) -> Option<Placed<String>> {
    if section.table.get(key).is_none() {
        missing(document, section, key, "a text in quotes");
        return None;
    }
    bounded(document, section, key)
}

fn optional(document: &mut Document<'_>, section: &Section<'_, '_>, key: &str) -> Option<String> {
    bounded(document, section, key).map(|text| text.value)
}

/// A text that is neither empty nor very long.
fn bounded(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    key: &str,
) -> Option<Placed<String>> {
    let mut text = document.string(section, key)?;
    text.value = text.value.trim().to_owned();
    let length = text.value.chars().count();
    if length == 0 {
        document.complain_at(text.place, format!("`{key}` is empty"));
        return None;
    }
    if length > LONGEST_TEXT {
        let problem = format!("`{key}` has more than {LONGEST_TEXT} characters");
        document.complain_at(text.place, problem);
        return None;
    }
    Some(text)
}

/// The last day, with or without quotes. Without one a finding would be accepted forever.
fn last_day(document: &mut Document<'_>, section: &Section<'_, '_>) -> Option<Date> {
    let Some(value) = section.table.get("expires") else {
        missing(document, section, "expires", DATE_FORM);
        return None;
    };
    let day = date_of(value);
    if day.is_none() {
        document.complain(value.span(), format!("`expires` must be {DATE_FORM}"));
    }
    day
}

fn date_of(value: &Spanned<DeValue<'_>>) -> Option<Date> {
    match value.get_ref() {
        DeValue::Datetime(moment) if moment.time.is_none() => {
            let date = moment.date?;
            let year = i16::try_from(date.year).ok()?;
            let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(year, month, day).ok()
        }
        DeValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn missing(document: &mut Document<'_>, section: &Section<'_, '_>, key: &str, form: &str) {
    document.complain(
        section.span.clone(),
        format!("{} has no `{key}`; add {form}", section.title),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
# What we know.
[[accepted]]
cause = "mailbox.not-found"
connection = "Berlin"
subject = " room07@contoso.com "
reason = "Under construction, ticket 4711"
owner = "Facilities"
expires = 2027-01-31

[[accepted]]
cause = "ews.retiring"
reason = "The switch is planned"
owner = "Jane Doe"
expires = "2027-03-01"
"#;

    fn message(text: &str) -> String {
        accepted_findings(text.as_bytes(), "accepted.toml")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn an_entry_is_read_with_its_line() {
        let found = accepted_findings(WHOLE.as_bytes(), "accepted.toml").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[0],
            AcceptedFinding {
                cause: "mailbox.not-found".into(),
                connection: Some("Berlin".into()),
                subject: Some("room07@contoso.com".into()),
                reason: "Under construction, ticket 4711".into(),
                owner: "Facilities".into(),
                expires: "2027-01-31".parse().unwrap(),
                line: 3,
            }
        );
        assert_eq!((found[1].line, &found[1].connection), (11, &None));
        assert_eq!(found[1].expires.to_string(), "2027-03-01");
    }

    #[test]
    fn a_file_without_entries_accepts_nothing() {
        assert!(accepted_findings(b"", "accepted.toml").unwrap().is_empty());
    }

    #[test]
    fn reason_owner_and_last_day_are_required() {
        let text = message("[[accepted]]\ncause = \"mailbox.not-found\"\n");
        for key in ["reason", "owner", "expires"] {
            assert!(text.contains(&format!("has no `{key}`")), "{text}");
        }
        assert!(text.contains("accepted.toml:1:"), "{text}");
    }

    #[test]
    fn a_mistyped_cause_or_key_has_a_suggestion() {
        let text = message(&WHOLE.replace("mailbox.not-found", "mailbox.notfound"));
        assert!(
            text.contains("accepted.toml:4:9: ")
                && text.contains("did you mean `mailbox.not-found`?"),
            "{text}"
        );
        let text = message(&WHOLE.replace("owner = \"F", "owners = \"F"));
        assert!(text.contains("did you mean `owner`?"), "{text}");
    }

    #[test]
    fn a_last_day_with_a_time_or_outside_the_calendar_is_refused() {
        for day in [
            "2027-01-31T10:00:00",
            "2027-01-31T10:00:00Z",
            "\"soon\"",
            "2027",
            "\"2027-02-30\"",
        ] {
            let text = message(&WHOLE.replace("= 2027-01-31", &format!("= {day}")));
            assert!(
                text.contains("`expires` must be a date, like 2027-01-31"),
                "{day}: {text}"
            );
        }
    }

    #[test]
    fn a_text_is_accepted_up_to_the_longest_and_neither_empty_nor_beyond() {
        let text = message(&WHOLE.replace("\"Facilities\"", "\" \""));
        assert!(text.contains("`owner` is empty"), "{text}");
        let long = format!("\"{}\"", "a".repeat(LONGEST_TEXT + 1));
        let text = message(&WHOLE.replace("\"Facilities\"", &long));
        assert!(
            text.contains("`owner` has more than 500 characters"),
            "{text}"
        );
        let longest = format!("\"{}\"", "a".repeat(LONGEST_TEXT));
        let whole = WHOLE.replace("\"Facilities\"", &longest);
        assert!(accepted_findings(whole.as_bytes(), "accepted.toml").is_ok());
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let error = accepted_findings(&[0xff, 0xfe, 0xfd], "accepted.toml").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the file of accepted findings accepted.toml"),
            "{error}"
        );
    }
}
