//! From the text of a settings file to its sections, with every problem in it.

use std::path::Path;

use super::settings_file::{self, ParsedFile};
use super::toml_document::Document;
use super::{Reference, SettingsError, validate};

/// Reads the text. Everything that is wrong with it is reported together.
pub(super) fn parse_settings_file(
    text: &str,
    origin: &str,
    base: &Path,
    reference: &Reference,
) -> Result<ParsedFile, SettingsError> {
    let (mut document, root) = Document::parse(origin, text)?;
    let file = settings_file::read(&mut document, &root, origin, base);
    let cloud = validate::cloud(&mut document, file.cloud.as_ref(), reference);
    let product_version = validate::product_version(&mut document, file.product_version.as_ref());
    validate::names(&mut document, &file);
    validate::locations(&mut document, &file);
    validate::sender(&mut document, &file);
    document.finish(ParsedFile {
        file,
        cloud,
        product_version,
    })
}
