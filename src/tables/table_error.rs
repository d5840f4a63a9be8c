//! What is wrong in a TOML document, and where.

use std::fmt::{self, Display};
use std::ops::Range;

/// Something that is not TOML, or that does not fit the type that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlError {
    /// What is wrong, in one line.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in that line, from 1, in characters.
    pub column: usize,
}

impl TomlError {
    pub(super) fn of_syntax(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        Self::at(text, start, error.message().to_owned())
    }

    fn at(text: &str, start: usize, message: String) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            message,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl Display for TomlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            line,
            column,
        } = self;
        write!(formatter, "line {line}, column {column}: {message}")
    }
}

impl std::error::Error for TomlError {}

/// A value that does not fit its type. The place is that of the innermost value.
#[derive(Debug)]
pub(super) struct ValueError {
    message: String,
    span: Option<Range<usize>>,
}

impl ValueError {
    /// The error at this place, unless it has the place of a value inside.
    pub(super) fn or_at(mut self, span: &Range<usize>) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    pub(super) fn in_text(self, text: &str) -> TomlError {
        let start = self.span.map_or(0, |span| span.start);
        TomlError::at(text, start, self.message)
    }
}

impl Display for ValueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}

impl serde::de::Error for ValueError {
    fn custom<T: Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            span: None,
        }
    }
}
