//! Reading of the compiled-in TOML files.

use serde::de::DeserializeOwned;

/// Parses one compiled-in knowledge file.
///
/// The text is part of the program, so a failure here can only be a slip of whoever edited the file; the unit tests of
/// each loader read the whole file and stop such a build.
#[expect(
    clippy::expect_used,
    reason = "compiled-in data that does not parse is a programming error, and a test loads every file"
)]
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the compiled-in knowledge files are valid")
}
