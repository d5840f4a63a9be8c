//! Parser for names of files to be written.

use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::settings::looks_like_a_secret;

const NO_FILE: &str =
    "enter a file name; the report always goes to standard output, unless --quiet suppresses it";
const LOOKS_LIKE_A_SECRET: &str =
    "this name looks like a secret, which the file name would disclose; choose another name";

/// Parses the name of a file to be written. A secret in its place would become a file name that every user can read.
pub(super) fn parser() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|text| {
        let path = PathBuf::from(text);
        if path.as_os_str().is_empty() || path == Path::new("-") {
            return Err(NO_FILE);
        }
        if looks_like_a_secret(&path.display().to_string()) {
            Err(LOOKS_LIKE_A_SECRET)
        } else {
            Ok(path)
        }
    })
}
