//! Reads TOML tables into types, and names the place of what does not fit. This room knows no other room.
//!
//! The deserializer of the `toml` crate is generic over how it reaches a value, so each type is compiled three times with it: a
//! sixth of the program was made of that. Here each type is compiled once.

mod table_error;
mod value_reader;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

pub use self::table_error::TomlError;
use self::value_reader::ValueReader;

/// Reads a TOML document.
///
/// # Errors
///
/// The first thing that is not TOML or does not fit the type, with its place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    let root = DeTable::parse(text).map_err(|error| TomlError::of_syntax(text, &error))?;
    let span = root.span();
    let document = DeValue::Table(root.into_inner());
    T::deserialize(ValueReader::new(&document, span)).map_err(|error| error.in_text(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct File {
        name: String,
        at: Option<jiff::civil::Date>,
        share: Option<f64>,
        number: Option<Number>,
        #[serde(default)]
        flags: BTreeMap<String, bool>,
        #[serde(default)]
        row: Vec<Row>,
        rest: Option<toml::Table>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Number(u8);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        shape: Shape,
        either: Option<Either>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Shape {
        Point,
        Circle(i64),
        Line { from: i64, to: i64 },
        Path(i64, i64),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Either {
        One(String),
        Many(Vec<String>),
    }

    fn error(text: &str) -> String {
        read::<File>(text).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let text = "name = 'a'\nat = 2026-11-29\nshare = 0.5\nnumber = 0x0f\nflags = { on = true }\n\
                    [[row]]\nshape = 'point'\neither = 'x'\n[[row]]\nshape = { circle = -3 }\neither = ['x', 'y']\n\
                    [[row]]\nshape = { line = { from = 1, to = 2 } }\n[[row]]\nshape = { path = [1, 2] }\n\
                    [rest]\na = [1, { b = 'c' }]\n";
        let file: File = read(text).unwrap();
        assert_eq!(
            (file.at.unwrap().to_string(), file.share, file.number),
            ("2026-11-29".to_owned(), Some(0.5), Some(Number(15)))
        );
        assert!(file.flags["on"]);
        let shapes: Vec<&Shape> = file.row.iter().map(|row| &row.shape).collect();
        assert_eq!(
            shapes,
            [
                &Shape::Point,
                &Shape::Circle(-3),
                &Shape::Line { from: 1, to: 2 },
                &Shape::Path(1, 2)
            ]
        );
        assert_eq!(file.row[0].either, Some(Either::One("x".to_owned())));
        assert_eq!(
            file.row[1].either,
            Some(Either::Many(vec!["x".to_owned(), "y".to_owned()]))
        );
        assert_eq!(file.rest, Some(toml::toml! { a = [1, { b = "c" }] }));
    }

    #[test]
    fn an_absent_value_is_none_or_the_default() {
        let file: File = read("name = 'a'").unwrap();
        assert_eq!((file.at, file.row.len()), (None, 0));
    }

    #[test]
    fn what_does_not_fit_has_its_place() {
        for (text, wanted) in [
            (
                "name = 1",
                "line 1, column 8: invalid type: a number, expected a string",
            ),
            (
                "name = 'a'\ntitle = 'b'",
                "line 2, column 1: unknown field `title`",
            ),
            ("at = 2026-11-29", "line 1, column 1: missing field `name`"),
            (
                "name = 'a'\n[[row]]\n",
                "line 2, column 1: missing field `shape`",
            ),
            (
                "name = 'a'\n[[row]]\nshape = 'pint'",
                "line 3, column 9: unknown variant `pint`",
            ),
            (
                "name = 'a'\n[[row]]\nshape = { point = 1 }",
                "line 3, column 19: invalid type: a number, expected no content",
            ),
            (
                "name = 'a'\n[[row]]\nshape = 'circle'",
                "line 3, column 9: invalid type: unit variant",
            ),
            (
                "name = 'a'\n[[row]]\nshape = { circle = 1, point = 2 }",
                "line 3, column 9: invalid length 2",
            ),
            (
                "name = 'a'\nflags = { on = 'x' }",
                "line 2, column 16: invalid type: string \"x\", expected a boolean",
            ),
            (
                "name = 'a'\nrow = { shape = 'point' }",
                "line 2, column 7: invalid type: map, expected a sequence",
            ),
            (
                "name = 'a'\nnumber = 300",
                "line 2, column 10: invalid value: integer `300`",
            ),
            (
                "name = 'a'\nnumber = 99999999999999999999",
                "line 2, column 10: this number is too large",
            ),
            ("name = 'ä' x", "line 1, column 12: "),
            ("", "line 1, column 1: missing field `name`"),
        ] {
            assert!(error(text).starts_with(wanted), "{text}: {}", error(text));
        }
    }
}
