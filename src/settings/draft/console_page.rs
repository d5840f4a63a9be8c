//! The text of a ResourceXpress settings page, as it is copied from a browser.
//!
//! A line starts with the name of a field; its value follows on the same line or on the next one. Lines without a known name
//! are counted and not used.

use std::fmt;

use thiserror::Error;

use crate::settings::{ClientSecret, quotable};
use crate::terms::Api;

use super::draft_field::{DraftField, fields};
use super::settings_draft::SettingsDraft;
use super::yes_no::{read_yes_no, split_mark};

/// Characters that separate a name from its value, and marks of required fields.
const SEPARATORS: &[char] = &[':', '=', '*', '|'];
/// Characters of a masked secret.
const MASKS: &[char] = &['*', '\u{2022}', '\u{25cf}', '\u{b7}'];

/// What a pasted page contains.
#[derive(Debug, Default)]
pub struct ConsolePage {
    /// The values.
    pub draft: SettingsDraft,
    /// The client secret, only for its form; it never becomes a part of the draft.
    pub secret: Option<ClientSecret>,
    /// Whether 'Use OAuth' is selected, where the page shows it.
    pub use_oauth: Option<bool>,
    /// Fields whose value should be Yes or No and is neither.
    pub unclear: Vec<UnclearValue>,
    /// How many fields were recognized.
    pub fields: usize,
    /// How many lines were not used.
    pub ignored_lines: usize,
}

/// A value of a field of Yes and No that is neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclearValue {
    /// The name of the field.
    pub label: &'static str,
    /// The value, for a message.
    pub value: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Why a pasted page cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConsolePageError {
    /// A field with two values.
    #[error(
        "the page has two values for '{label}': {first} (line {first_line}) and {second} (line {second_line}); paste the page of one connection"
    )]
    Conflict {
        /// The name of the field.
        label: &'static str,
        /// The first value, for a message.
        first: String,
        /// Its line, from 1.
        first_line: usize,
        /// The other value, for a message.
        second: String,
        /// Its line, from 1.
        second_line: usize,
    },
    /// No field at all.
    #[error(
        "no field of a ResourceXpress settings page was recognized in {}; copy the whole page System Settings > Resource Server (for example, a line `Tenant ID: 5f3c1b7e-2d4a-4c8b-9e6f-0a1b2c3d4e5f`)",
        if *.lines == 1 { "1 line".to_owned() } else { format!("{} lines", .lines) }
    )]
    NothingRecognized {
        /// How many lines have a text.
        lines: usize,
    },
}

impl ConsolePage {
    /// Reads the text of a page. A field with two different values is an error.
    pub fn read(text: &str) -> Result<Self, ConsolePageError> {
        let lines: Vec<Line> = Line::all(text);
        let mut found: Vec<Found> = Vec::new();
        let mut page = Self::default();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            at += 1;
            let Some(field) = &line.field else {
                page.ignored_lines += 1;
                continue;
            };
            let mut value = line.value.clone();
            let next = lines.get(at).filter(|next| next.field.is_none());
            if let Some(next) = next.filter(|next| value.is_empty() && can_be(*field, &next.text)) {
                value.clone_from(&next.text);
                at += 1;
            }
            page.fields += 1;
            page.add(
                &mut found,
                Found {
                    field: *field,
                    value,
                    line: line.number,
                },
            )?;
        }
        if page.fields == 0 {
            return Err(ConsolePageError::NothingRecognized { lines: lines.len() });
        }
        Ok(page)
    }

    /// Adds a value, unless the field is empty.
    fn add(&mut self, earlier: &mut Vec<Found>, found: Found) -> Result<(), ConsolePageError> {
        if found.is_empty() {
            return Ok(());
        }
        if let Some(first) = earlier.iter().find(|other| other.field == found.field) {
            return first.agrees_with(&found);
        }
        let value = found.value.clone();
        match found.field {
            DraftField::UseOauth => self.use_oauth = self.yes_or_no(&found),
            DraftField::UseGraphApi => {
                let graph = self.yes_or_no(&found);
                self.draft.api = graph.map(|graph| if graph { Api::Graph } else { Api::Ews });
            }
            DraftField::ServerHostName => self.draft.server_host_name = Some(value),
            DraftField::ServiceAccount => self.draft.service_account = Some(value),
            DraftField::TenantId => self.draft.tenant_id = Some(value),
            DraftField::ClientId => self.draft.client_id = Some(value),
            DraftField::ClientSecret => self.secret = Some(ClientSecret::new(value)),
            _ => {}
        }
        earlier.push(found);
        Ok(())
    }

    /// The meaning of a value, which is recorded if it has none.
    fn yes_or_no(&mut self, found: &Found) -> Option<bool> {
        let meaning = read_yes_no(&found.value);
        if meaning.is_none() {
            self.unclear.push(UnclearValue {
                label: found.field.label(),
                value: found.shown(),
                line: found.line,
            });
        }
        meaning
    }
}

/// A line with a text.
struct Line {
    /// From 1.
    number: usize,
    /// Without spaces around it and with ordinary spaces inside.
    text: String,
    field: Option<DraftField>,
    /// The value on the same line.
    value: String,
}

impl Line {
    fn all(text: &str) -> Vec<Self> {
        let lines = text.lines().enumerate();
        lines
            .map(|(at, line)| (at + 1, plain(line)))
            .filter(|(_, text)| !text.is_empty())
            .map(|(number, text)| {
                let (field, value) = match named_field(&text) {
                    Some((field, value)) => (Some(field), value),
                    None => (None, String::new()),
                };
                Self {
                    number,
                    text,
                    field,
                    value,
                }
            })
            .collect()
    }
}

/// A line as it is compared. A tab stays, because it separates the cells of a copied table.
fn plain(line: &str) -> String {
    let visible = line
        .chars()
        .filter(|letter| *letter != '\u{feff}' && *letter != '\u{200b}');
    let spaced = visible.map(|letter| {
        if letter.is_whitespace() && letter != '\t' {
            ' '
        } else {
            letter
        }
    });
    spaced.collect::<String>().trim().to_owned()
}

/// The field whose name a line starts with, and the value after it. The mark of a check box can be in front of the name.
fn named_field(text: &str) -> Option<(DraftField, String)> {
    let (mark, text) = match split_mark(text) {
        Some((true, rest)) => ("Yes", rest),
        Some((false, rest)) => ("No", rest),
        None => ("", text),
    };
    let names = fields()
        .iter()
        .flat_map(|texts| texts.names.iter().map(|name| (texts.field, name)));
    // The longest name counts, because one can be the start of another.
    let (field, rest) = names
        .filter_map(|(field, name)| Some((field, after_name(text, name)?)))
        .min_by_key(|(_, rest)| rest.len())?;
    let is_separated =
        rest.starts_with(SEPARATORS) || rest.starts_with('\t') || rest.starts_with("  ");
    let value = rest
        .trim_start_matches(|letter: char| SEPARATORS.contains(&letter) || letter.is_whitespace());
    if value.is_empty() {
        return Some((field, mark.to_owned()));
    }
    // After a single space, a sentence about the field can follow instead of its value.
    (is_separated || can_be(field, value)).then(|| (field, value.to_owned()))
}

/// The text after a name, if the name ends there.
fn after_name<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = text.get(..name.len())?;
    let rest = text.get(name.len()..)?;
    let ends = rest.is_empty()
        || rest.starts_with(|letter: char| letter.is_whitespace() || SEPARATORS.contains(&letter));
    (ends && head.eq_ignore_ascii_case(name)).then_some(rest)
}

/// Whether a text that is not clearly separated from the name has the form of a value of the field.
fn can_be(field: DraftField, text: &str) -> bool {
    let is_word = !text.contains(char::is_whitespace);
    let has = |letters: &[char]| text.contains(letters);
    match field {
        DraftField::UseOauth | DraftField::UseGraphApi => read_yes_no(text).is_some(),
        DraftField::ServerHostName => is_word && has(&['.', '/']),
        DraftField::ServiceAccount => is_word && has(&['@', '\\']),
        DraftField::TenantId => is_word && (has(&['-', '.']) || text.len() >= 32),
        DraftField::ClientId => is_word && (has(&['-']) || text.len() >= 32),
        DraftField::ClientSecret => is_word && text.chars().count() >= 8,
        _ => false,
    }
}

/// A field with its value and its line.
struct Found {
    field: DraftField,
    value: String,
    line: usize,
}

impl Found {
    /// A masked secret is as good as none.
    fn is_empty(&self) -> bool {
        self.value.is_empty()
            || (self.field == DraftField::ClientSecret && self.value.trim_matches(MASKS).is_empty())
    }

    fn agrees_with(&self, other: &Self) -> Result<(), ConsolePageError> {
        let is_secret = self.field == DraftField::ClientSecret;
        let is_same = match (read_yes_no(&self.value), read_yes_no(&other.value)) {
            (Some(first), Some(second)) => first == second,
            _ if is_secret => self.value == other.value,
            _ => self.value.eq_ignore_ascii_case(&other.value),
        };
        if is_same {
            return Ok(());
        }
        Err(ConsolePageError::Conflict {
            label: self.field.label(),
            first: self.shown(),
            first_line: self.line,
            second: other.shown(),
            second_line: other.line,
        })
    }

    /// The value for a message.
    fn shown(&self) -> String {
        if self.field == DraftField::ClientSecret {
            "a secret".to_owned()
        } else {
            quotable(&self.value).into_owned()
        }
    }
}

/// Names only: the value can be the secret.
impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Found")
            .field("field", &self.field)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
