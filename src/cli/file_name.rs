//! Names of files to be written.

use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::settings::looks_like_a_secret;

const NO_FILE: &str =
    "name a file; standard output is always written, unless --quiet suppresses it";
const LOOKS_LIKE_A_SECRET: &str = "the name looks like a secret, and a file of that name would show it to everyone; choose another one";

/// Understands the name of a file to be written; a secret in its place would become a name that everyone can read.
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
