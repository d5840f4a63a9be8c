//! From the text of a settings file to its sections, with every problem in it.

use std::path::Path;

use super::{
    Reference, SettingsError,
    document::Document,
    file::{self, Understood},
    file_check,
};

/// Reads the text. Everything that is wrong with it is reported together.
pub(super) fn understand(
    text: &str,
    origin: &str,
    base: &Path,
    reference: &Reference,
) -> Result<Understood, SettingsError> {
    let (mut document, root) = Document::parse(origin, text)?;
    let file = file::read(&mut document, &root, origin, base);
    let cloud = file_check::cloud(&mut document, file.cloud.as_ref(), reference);
    let product_version = file_check::product_version(&mut document, file.product_version.as_ref());
    file_check::names(&mut document, &file);
    file_check::sender(&mut document, &file);
    document.finish(Understood {
        file,
        cloud,
        product_version,
    })
}
