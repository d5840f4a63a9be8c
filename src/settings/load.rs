//! The way in: find the settings, read them, build the estate.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    DEFAULT_FILE, Estate, Given, Reference, SettingsError, Surroundings,
    assemble::{Context, assemble},
    file::{SettingsFile, Understood},
    file_check::default_cloud,
    keys::Keys,
    text::{NO_TEXT, decode},
    understand::understand,
};

const WHAT: &str = "the settings file";

/// Loads the settings: flags, then environment, then the settings file, then the default.
pub fn load(
    given: &Given,
    surroundings: &dyn Surroundings,
    reference: &Reference,
) -> Result<Estate, SettingsError> {
    if [&given.rooms_file, &given.client_secret_file]
        .iter()
        .all(|file| file.as_deref() == Some(Path::new("-")))
    {
        let problem = "cannot be - together with --client-secret-file -: standard input can be read once only";
        return Err(SettingsError::option("--rooms", problem));
    }
    let context = Context {
        given,
        surroundings,
        reference,
    };
    let Some((path, text)) = settings_file(given, surroundings)? else {
        return assemble(without_file(&context)?, &context);
    };
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    assemble(
        understand(&text, &path.display().to_string(), &base, reference)?,
        &context,
    )
}

/// Loads settings out of a text; `origin` stands for the file in messages. Relative paths are asked for as they are.
pub fn load_text(
    text: &str,
    origin: &str,
    given: &Given,
    surroundings: &dyn Surroundings,
    reference: &Reference,
) -> Result<Estate, SettingsError> {
    let context = Context {
        given,
        surroundings,
        reference,
    };
    assemble(
        understand(text, origin, Path::new(""), reference)?,
        &context,
    )
}

/// The named file, or the default one if it is there.
fn settings_file(
    given: &Given,
    surroundings: &dyn Surroundings,
) -> Result<Option<(PathBuf, String)>, SettingsError> {
    let path = given
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let bytes = match surroundings.read_file(&path) {
        Ok(bytes) => bytes,
        Err(error) if given.config.is_none() && error.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(SettingsError::unreadable(None, WHAT, &path, &error)),
    };
    match decode(&bytes) {
        Some(text) => Ok(Some((path, text))),
        None => Err(SettingsError::not_usable(None, WHAT, &path, NO_TEXT)),
    }
}

fn without_file(context: &Context<'_>) -> Result<Understood, SettingsError> {
    if context.given.describes_nothing()
        && !Keys::of_environment(context.surroundings).has_credentials()
    {
        return Err(SettingsError::Nothing);
    }
    let cloud = default_cloud(context.reference);
    Ok(Understood {
        file: SettingsFile::default(),
        cloud,
        product_version: None,
    })
}
