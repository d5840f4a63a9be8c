//! The way in: find the settings, read them, build the estate.

use std::io;
use std::path::{Path, PathBuf};

use super::connection_keys::ConnectionKeys;
use super::decoding::{NO_TEXT, decode};
use super::parse_file::parse_settings_file;
use super::resolve::{Context, resolve};
use super::settings_file::{ParsedFile, SettingsFile};
use super::validate::default_cloud;
use super::{
    CredentialSource, DEFAULT_FILE, Environment, Estate, FlagSettings, Reference, SecretSource,
    SettingsError,
};

const WHAT: &str = "the settings file";

/// Loads the settings: flags, then environment, then the settings file, then the default.
pub fn load(
    given: &FlagSettings,
    surroundings: &dyn Environment,
    reference: &Reference,
) -> Result<Estate, SettingsError> {
    let secret_on_standard_input =
        given.connection.credential == Some(CredentialSource::Secret(SecretSource::StandardInput));
    if secret_on_standard_input && given.rooms_file.as_deref() == Some(Path::new("-")) {
        let problem = "cannot be - together with --client-secret-file -: standard input can be read once only";
        return Err(SettingsError::option("--rooms", problem));
    }
    let context = Context {
        given,
        surroundings,
        reference,
    };
    let Some((path, text)) = settings_file(given, surroundings)? else {
        return resolve(without_file(&context)?, &context);
    };
    // Paths in a settings file are relative to that file.
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    resolve(
        parse_settings_file(&text, &path.display().to_string(), &base, reference)?,
        &context,
    )
}

/// Loads settings from a text; messages show `origin` as the file. Relative paths are used as they are.
pub fn load_text(
    text: &str,
    origin: &str,
    given: &FlagSettings,
    surroundings: &dyn Environment,
    reference: &Reference,
) -> Result<Estate, SettingsError> {
    let context = Context {
        given,
        surroundings,
        reference,
    };
    resolve(
        parse_settings_file(text, origin, Path::new(""), reference)?,
        &context,
    )
}

/// The named file, or the default one if it is there.
fn settings_file(
    given: &FlagSettings,
    surroundings: &dyn Environment,
) -> Result<Option<(PathBuf, String)>, SettingsError> {
    let path = given
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let bytes = match surroundings.read_file(&path) {
        Ok(bytes) => bytes,
        // Only the default file may be missing; a named one must exist.
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

fn without_file(context: &Context<'_>) -> Result<ParsedFile, SettingsError> {
    if context.given.describes_nothing()
        && !ConnectionKeys::of_environment(context.surroundings).has_credentials()
    {
        return Err(SettingsError::Nothing);
    }
    let cloud = default_cloud(context.reference);
    Ok(ParsedFile {
        file: SettingsFile::default(),
        cloud,
        product_version: None,
    })
}
