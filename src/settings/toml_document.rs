//! A TOML document with the place of everything in it. Messages are built here and never quote a line of the file: the
//! line might hold the secret.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggestion::{quoted, suggestion};
use super::{Place, Problem, SettingsError, toml_errors};

/// What a key such as `rooms` accepts.
const LIST_OF_TEXTS: &str = "a list of texts, like [\"boardroom@contoso.com\"]";

/// A value and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A table of the document with the words that messages use for it, such as `[system]`.
pub(super) struct Section<'t, 'i> {
    pub(super) table: &'t DeTable<'i>,
    pub(super) span: Range<usize>,
    pub(super) title: &'static str,
}

/// The text under reading, and what was found wrong in it so far.
pub(super) struct Document<'i> {
    origin: &'i str,
    text: &'i str,
    /// Where each line begins, so that a file with very many problems is not read again for each of them.
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'i> Document<'i> {
    /// Parses the text; invalid TOML is an error with up to three positions.
    pub(super) fn parse(
        origin: &'i str,
        text: &'i str,
    ) -> Result<(Self, Spanned<DeTable<'i>>), SettingsError> {
        let mut document = Self {
            origin,
            text,
            line_starts: line_starts(text),
            problems: Vec::new(),
        };
        let (root, errors) = DeTable::parse_recoverable(text);
        // Further errors can be consequences of the first ones.
        for error in errors.iter().take(3) {
            let span = error.span().unwrap_or_default();
            let message = toml_errors::explained(text, &span, error.message(), root.get_ref());
            document.complain(span, message);
        }
        // A line with several errors is reported once.
        document.problems.dedup_by_key(|problem| problem.place.line);
        if document.problems.is_empty() {
            Ok((document, root))
        } else {
            Err(document.into_error())
        }
    }

    /// Notes that something is wrong at a place of the text.
    pub(super) fn complain(&mut self, span: Range<usize>, message: impl Into<String>) {
        let place = self.place(span);
        self.complain_at(place, message);
    }

    /// The same for a place that is known already.
    pub(super) fn complain_at(&mut self, place: Place, message: impl Into<String>) {
        self.problems.push(Problem {
            place,
            message: message.into(),
        });
    }

    /// What was read, if nothing was wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }

    fn into_error(mut self) -> SettingsError {
        // Sections are not read in the order of the file, but messages follow it.
        self.problems
            .sort_by_key(|problem| (problem.place.line, problem.place.column));
        SettingsError::File(self.problems)
    }

    /// Line and column of the start of a span.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        // A span inside a character must not cause a panic.
        let at = if self.text.is_char_boundary(span.start) {
            span.start
        } else {
            self.text.len()
        };
        let line = self.line_starts.partition_point(|start| *start <= at);
        Place {
            origin: self.origin.to_owned(),
            line,
            column: self.column(line, at),
        }
    }

    /// The column of a byte in a line, both from 1. A character counts as one column.
    fn column(&self, line: usize, at: usize) -> usize {
        let line_start = line
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(line_start..at).unwrap_or_default();
        before.chars().count() + 1
    }

    /// Complains about every key of the section that is not in `known`. `advice` may know better than a likeness of words.
    pub(super) fn only_known_keys(
        &mut self,
        section: &Section<'_, '_>,
        known: &[&str],
        advice: impl Fn(&str) -> Option<String>,
    ) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let hint = advice(name).unwrap_or_else(|| suggestion(name, known));
                self.complain(
                    key.span(),
                    format!("{} is not known in {}; {hint}", quoted(name), section.title),
                );
            }
        }
    }

    /// A text.
    pub(super) fn string(
        &mut self,
        section: &Section<'_, '_>,
        key: &str,
    ) -> Option<Placed<String>> {
        let value = section.table.get(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(self.placed(value.span(), text.clone().into_owned()));
        }
        self.wrong_type(key, value, "a text in quotes");
        None
    }

    /// A text that names a file.
    pub(super) fn path(&mut self, section: &Section<'_, '_>, key: &str) -> Option<Placed<String>> {
        let span = section.table.get(key)?.span();
        let text = self.string(section, key)?;
        if text.value.trim().is_empty() {
            self.complain(
                span,
                format!("`{key}` is empty; name a file, or delete the line"),
            );
            return None;
        }
        // An escape sequence that TOML knows, such as the \t of "C:\temp", would name another file without a word.
        if self
            .text
            .get(span.clone())
            .is_some_and(toml_errors::has_escapes)
        {
            self.complain(span, format!("`{key}`: {}", toml_errors::PATH_FORMS));
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, section: &Section<'_, '_>, key: &str) -> Option<Placed<bool>> {
        let value = section.table.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(self.placed(value.span(), *flag));
        }
        self.wrong_type(key, value, "true or false, without quotes");
        None
    }

    /// A list of texts.
    pub(super) fn strings(
        &mut self,
        section: &Section<'_, '_>,
        key: &str,
    ) -> Option<Placed<Vec<String>>> {
        let value = section.table.get(key)?;
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(key, value, LIST_OF_TEXTS);
            return None;
        };
        let mut texts = Vec::new();
        for entry in entries {
            match entry.get_ref() {
                DeValue::String(text) => texts.push(text.clone().into_owned()),
                _ => self.wrong_type(key, entry, LIST_OF_TEXTS),
            }
        }
        Some(self.placed(value.span(), texts))
    }

    /// A section of its own, like `[system]`.
    pub(super) fn section<'t, 'v>(
        &mut self,
        root: &'t DeTable<'v>,
        key: &str,
        title: &'static str,
    ) -> Option<Section<'t, 'v>> {
        let value = root.get(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(Section {
                table,
                span: value.span(),
                title,
            });
        }
        self.wrong_type(key, value, &format!("a section {title}"));
        None
    }

    /// Sections that may appear any number of times, like `[[location]]`.
    pub(super) fn sections<'t, 'v>(
        &mut self,
        root: &'t DeTable<'v>,
        key: &str,
        title: &'static str,
    ) -> Vec<Section<'t, 'v>> {
        let Some(value) = root.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(
                key,
                value,
                &format!("written with two brackets, as {title}"),
            );
            return Vec::new();
        };
        let mut sections = Vec::new();
        for entry in entries {
            match entry.get_ref() {
                DeValue::Table(table) => sections.push(Section {
                    table,
                    span: entry.span(),
                    title,
                }),
                _ => self.wrong_type(key, entry, &format!("written as {title}")),
            }
        }
        sections
    }

    /// Complains that a value is of the wrong type. The value itself is never shown.
    pub(super) fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        self.complain(
            value.span(),
            format!("`{key}` must be {wanted}; it is {found}"),
        );
    }

    /// Gives a value its place.
    pub(super) fn placed<T>(&self, span: Range<usize>, value: T) -> Placed<T> {
        Placed {
            value,
            place: self.place(span),
        }
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "a = 1\nß = \"\"\n  b = 2\n";
        let (document, _) = Document::parse("x.toml", "a = 1").unwrap();
        let document = Document {
            text,
            line_starts: line_starts(text),
            ..document
        };
        let at = text.find('b').unwrap();
        assert_eq!(document.place(at..at + 1).to_string(), "x.toml:3:3");
        assert_eq!(document.place(0..1).to_string(), "x.toml:1:1");
    }

    #[test]
    fn a_word_that_could_be_a_secret_is_not_repeated() {
        assert!(!quoted("abc8Q~0123456789").contains("8Q~"));
        assert_eq!(quoted("oauth_tenant"), "`oauth_tenant`");
        assert_eq!(quoted("a\u{1b}[2J"), "`a\u{fffd}[2J`");
    }
}
