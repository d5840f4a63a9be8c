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
