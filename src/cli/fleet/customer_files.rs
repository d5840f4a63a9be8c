//! The settings files of the customers, and their names.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::CliError;
use crate::cli::files::display_path;
use crate::settings::DEFAULT_FILE;

/// A customer and its settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CustomerFile {
    /// The name of the settings file without its extension, or that of the folder around an `rx-preflight.toml`.
    pub(super) name: String,
    /// The settings file.
    pub(super) path: PathBuf,
}

impl CustomerFile {
    /// Whether the settings were changed after a moment in whole seconds. Unknown counts as unchanged.
    pub(super) fn changed_after(&self, moment: Timestamp) -> bool {
        let changed = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        changed
            .ok()
            .and_then(|changed| Timestamp::try_from(changed).ok())
            .is_some_and(|changed| changed.as_second() > moment.as_second())
    }
}

/// The customers behind files and folders, in the order of their names.
///
/// # Errors
///
/// [`CliError::Usage`] for a path that cannot be read, a folder without settings files, and two customers of one name.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<CustomerFile>, CliError> {
    let this_folder = [PathBuf::from(".")];
    let paths = if paths.is_empty() {
        &this_folder
    } else {
        paths
    };
    let mut customers: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in paths {
        let found = if path.is_dir() {
            in_folder(path)?
        } else if path.exists() {
            vec![path.clone()]
        } else {
            return Err(CliError::Usage(format!(
                "{}: there is no such file or folder",
                display_path(path)
            )));
        };
        for path in found {
            let name = name_of(&path)?;
            if let Some(other) = customers.insert(name.clone(), path.clone()) {
                return Err(CliError::Usage(format!(
                    "{} and {} are both called {name}, and their reports would have the same file; rename one",
                    display_path(&other),
                    display_path(&path)
                )));
            }
        }
    }
    Ok(customers
        .into_iter()
        .map(|(name, path)| CustomerFile { name, path })
        .collect())
}

/// The settings files of a folder, and those of the folders in it.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |source| CliError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        let of_folder = path.join(DEFAULT_FILE);
        if path.is_dir() {
            if may_exist(&of_folder) {
                found.push(of_folder);
            }
        } else if has_extension(&path, "toml") && !lists_findings(&path) {
            // What cannot be read, such as a link to nowhere, is a customer as well: it must not disappear silently.
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(CliError::Usage(format!(
            "{}: there is no settings file in this folder; expected are files such as contoso.toml, or folders with an {DEFAULT_FILE}",
            display_path(folder)
        )));
    }
    Ok(found)
}

/// Whether there is an entry of this path, or it cannot be known.
fn may_exist(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(_) => true,
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

/// Whether a file is that of the accepted findings of a customer, such as `contoso.accepted.toml`.
fn lists_findings(path: &Path) -> bool {
    let stem = path.file_stem().map(Path::new);
    stem.is_some_and(|stem| has_extension(stem, "accepted"))
}

pub(super) fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

/// The name of a customer, which is also that of its report.
fn name_of(path: &Path) -> Result<String, CliError> {
    let is_default = path.file_name().is_some_and(|name| name == DEFAULT_FILE);
    let named = if is_default {
        // `rx-preflight.toml` in this folder has no folder in its path.
        path.parent()
            .and_then(Path::file_name)
            .or_else(|| path.file_stem())
    } else {
        path.file_stem()
    };
    let name = named.map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !name.is_empty()).ok_or_else(|| {
        CliError::Usage(format!(
            "{}: this is not a settings file",
            display_path(path)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn names(paths: &[PathBuf]) -> Vec<String> {
        find(paths)
            .unwrap()
            .into_iter()
            .map(|own| own.name)
            .collect()
    }

    #[test]
    fn a_file_or_a_folder_with_the_default_name_is_a_customer() {
        let folder = folder(&[
            "oslo.toml",
            "contoso.TOML",
            "rooms.csv",
            ".hidden.toml",
            "oslo.accepted.toml",
            "fabrikam/rx-preflight.toml",
            "fabrikam/rooms.csv",
            "other/rooms.csv",
        ]);
        assert_eq!(
            names(&[folder.path().to_owned()]),
            ["contoso", "fabrikam", "oslo"]
        );
        assert_eq!(names(&[folder.path().join("oslo.toml")]), ["oslo"]);
    }

    #[test]
    fn two_customers_of_one_name_and_an_empty_folder_are_refused() {
        let folder = folder(&["oslo.toml", "oslo/rx-preflight.toml", "empty/rooms.csv"]);
        let error = find(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(error.contains("both called oslo"), "{error}");
        let error = find(&[folder.path().join("empty")])
            .unwrap_err()
            .to_string();
        assert!(error.contains("no settings file"), "{error}");
        assert!(find(&[folder.path().join("none")]).is_err());
    }
}
