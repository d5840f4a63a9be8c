//! Writes the settings file and the file of the secret.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::cli::args::InitArguments;
use crate::cli::files::{self, Unmoved, display_path};
use crate::cli::leak_check::SHORTEST_SEARCHED;
use crate::settings::{ClientSecret, DraftCredential, Reference, SettingsDraft};

use super::interview::Completed;
use super::secret_step::SecretToStore;

const OPTION: &str = "--output";

/// Refuses a settings file that cannot be written, or that exists.
pub(super) fn check_target(arguments: &InitArguments) -> Result<(), CliError> {
    files::check_target(OPTION, &arguments.output)?;
    if fs::symlink_metadata(&arguments.output).is_ok() && !arguments.force {
        return Err(CliError::Usage(format!(
            "{OPTION} {}: this file already exists and was not changed; choose another file, or replace it with --force",
            display_path(&arguments.output)
        )));
    }
    Ok(())
}

/// Writes the secret, if there is one to store, and then the settings file. Returns the files in this order.
pub(super) fn write(
    completed: &Completed,
    inputs: &[PathBuf],
    arguments: &InitArguments,
    reference: &Reference,
) -> Result<Vec<PathBuf>, CliError> {
    // The file can have been created while the values were entered.
    check_target(arguments)?;
    let output = &arguments.output;
    files::refuse_input(OPTION, output, inputs)?;
    let draft = with_paths_from(&completed.draft, files::folder_of(output));
    let text = draft.to_text(&display_path(output), reference)?;
    if completed
        .secrets
        .iter()
        .any(|secret| is_in(&text, secret, &draft))
    {
        return Err(CliError::Leak {
            what: display_path(output),
        });
    }
    let mut written = Vec::new();
    if let Some(SecretToStore { path, secret }) = &completed.secret_to_store {
        files::check_target("the file with the client secret", path)?;
        files::refuse_input(
            "the file with the client secret",
            path,
            std::slice::from_ref(output),
        )?;
        files::write_private(path, secret.expose().as_bytes(), Unmoved::Discard)?;
        written.push(path.clone());
    }
    // The settings file comes last, so that it never refers to a file that is missing.
    files::write(output, text.as_bytes(), Unmoved::Keep)?;
    written.push(output.clone());
    Ok(written)
}

/// Whether the text contains a secret. An ID that was pasted in the place of the secret is not one, and a short word would
/// be found by accident.
fn is_in(text: &str, secret: &ClientSecret, draft: &SettingsDraft) -> bool {
    let secret = secret.expose().trim();
    let is_id = [&draft.tenant_id, &draft.client_id]
        .into_iter()
        .flatten()
        .any(|id| id.eq_ignore_ascii_case(secret));
    secret.len() >= SHORTEST_SEARCHED && !is_id && text.contains(secret)
}

/// The draft with paths relative to the folder of the settings file, as its reader understands them.
fn with_paths_from(draft: &SettingsDraft, folder: &Path) -> SettingsDraft {
    let credential = match &draft.credential {
        Some(DraftCredential::File(path)) => Some(DraftCredential::File(path_from(folder, path))),
        Some(DraftCredential::Certificate { file, password }) => {
            Some(DraftCredential::Certificate {
                file: path_from(folder, file),
                password: password.as_ref().map(|path| path_from(folder, path)),
            })
        }
        other => other.clone(),
    };
    SettingsDraft {
        credential,
        rooms_file: draft
            .rooms_file
            .as_ref()
            .map(|path| path_from(folder, path)),
        ..draft.clone()
    }
}

fn path_from(folder: &Path, path: &Path) -> PathBuf {
    if path.is_absolute() || folder == Path::new(".") {
        return path.to_owned();
    }
    let path = files::absolute(path);
    match path.strip_prefix(files::absolute(folder)) {
        Ok(inside) => inside.to_owned(),
        Err(_) => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_secret_that_is_long_enough_to_search_for_is_found() {
        let draft = SettingsDraft::default();
        let contains =
            |text: &str, secret: &str| is_in(text, &ClientSecret::new(secret.to_owned()), &draft);
        assert!(!contains("[tenant] x", "x"));
        assert!(!contains("client_secret = { file = 1 }", "secret"));
        assert!(contains(
            "id = \"abc8Q~0123456789012\"",
            "abc8Q~0123456789012"
        ));
    }

    #[test]
    fn paths_are_relative_to_the_folder_of_the_settings_file() {
        assert_eq!(
            path_from(Path::new("."), Path::new("rooms.csv")),
            Path::new("rooms.csv")
        );
        assert_eq!(
            path_from(Path::new("berlin"), Path::new("berlin/rooms.csv")),
            Path::new("rooms.csv")
        );
        let outside = path_from(Path::new("berlin"), Path::new("rooms.csv"));
        assert!(outside.is_absolute() && outside.ends_with("rooms.csv"));
    }
}
