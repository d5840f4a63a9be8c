//! The folder of `simulate --settings-out`: checked before anything is written, so that no file of the user is replaced.

use std::fs;
use std::path::{Path, PathBuf};

use super::CliError;
use super::files::{self, shown};

/// The settings file in the folder.
pub(super) const SETTINGS_FILE: &str = "rx-preflight.toml";
/// The first line of a settings file that `simulate` wrote and may replace.
pub(super) const MARK: &str = "# Written by rx-preflight simulate, which replaces this file without asking.\n";

/// Checks that the files of a scenario can be written into the folder and replace nothing but those of an earlier
/// `simulate`. `others` are the files of other options, with their names.
pub(super) fn check(folder: &Path, names: &[String], others: &[(&str, Option<&PathBuf>)]) -> Result<(), CliError> {
    let refuse = |reason: String| Err(CliError::Usage(format!("--settings-out {}: {reason}", shown(folder))));
    if folder.exists() && !folder.is_dir() {
        return refuse("this is a file; name a folder".to_owned());
    }
    // Missing folders are created; the nearest one that exists decides whether that is possible.
    if let Some(existing) = folder.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.exists()) {
        files::check_target("--settings-out", &existing.join(SETTINGS_FILE))?;
    }
    for name in names {
        let file = folder.join(name);
        if let Some((option, _)) = others.iter().find(|(_, other)| other.is_some_and(|other| *other == file)) {
            return refuse(format!("{option} names a file that is written there as well ({name})"));
        }
    }
    let settings = fs::read(folder.join(SETTINGS_FILE));
    if settings.is_ok_and(|text| text.starts_with(MARK.as_bytes())) {
        return Ok(());
    }
    match names.iter().find(|name| fs::symlink_metadata(folder.join(name)).is_ok()) {
        Some(name) => refuse(format!("{name} is there and was not written by simulate; name another folder")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_simulate_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let names = [SETTINGS_FILE, "secret.txt"].map(str::to_owned);
        let check = || check(folder.path(), &names, &[]).map_err(|error| error.to_string());
        assert_eq!(check(), Ok(()));
        fs::write(folder.path().join("secret.txt"), "x").unwrap();
        assert!(check().unwrap_err().contains("secret.txt is there"));
        fs::write(folder.path().join(SETTINGS_FILE), "[system]").unwrap();
        assert!(check().unwrap_err().contains("rx-preflight.toml is there"));
        fs::write(folder.path().join(SETTINGS_FILE), format!("{MARK}[system]")).unwrap();
        assert_eq!(check(), Ok(()));
        let record = folder.path().join("secret.txt");
        let refused = super::check(folder.path(), &names, &[("--record", Some(&record))]);
        assert!(refused.unwrap_err().to_string().contains("--record names a file"));
    }
}
