//! Folder with the settings of the customer in a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::cli::files::{self, Unmoved, display_path};
use crate::settings::DEFAULT_FILE;
use crate::simulator::Scenario;

use super::tenant_addresses::TenantAddresses;

/// How the first line of a settings file begins that this command wrote and may replace.
const FIRST_LINE: &str = "# Written by `rx-preflight simulate`";
/// How the line begins that names the other files.
const FILES_LINE: &str = "# Files beside it: ";

/// A folder for the settings file, the secrets and what else the settings refer to.
pub(super) struct SettingsFolder {
    settings_file: PathBuf,
    name: String,
    settings: toml::Table,
    /// The other files, by their names.
    files: BTreeMap<String, Vec<u8>>,
}

impl SettingsFolder {
    /// Creates the folder and checks that every file can be written, and that none replaces a file of someone else.
    pub(super) fn prepare(folder: &Path, scenario: &Scenario) -> Result<Self, CliError> {
        check_folder(folder)?;
        fs::create_dir_all(folder).map_err(|source| {
            let why = files::describe_write_error(&source);
            CliError::Usage(format!(
                "--settings-out {}: cannot create this folder: {why}",
                display_path(folder)
            ))
        })?;
        let mut settings = scenario.settings.clone();
        // A variable would be missing in the other terminal in which the user runs `check`.
        replace_variables_by_files(&mut settings);
        let lists = scenario
            .files
            .iter()
            .map(|(name, text)| (name.clone(), text.clone().into_bytes()));
        let secrets = scenario
            .environment
            .iter()
            .map(|(name, value)| (secret_file_name(name), value.clone().into_bytes()));
        let own = Self {
            settings_file: folder.join(DEFAULT_FILE),
            name: scenario.name.clone(),
            settings,
            files: lists.chain(secrets).collect(),
        };
        own.check()?;
        Ok(own)
    }

    /// The settings file, as an absolute path.
    pub(super) fn settings_file(&self) -> PathBuf {
        files::absolute(&self.settings_file)
    }

    /// Whether a path leads to one of the files.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.paths().any(|own| files::is_same_file(&own, path))
    }

    /// Writes everything. Only this user can read the files, because they are restricted while they are empty.
    pub(super) fn write(&self, at: &TenantAddresses) -> Result<(), CliError> {
        for (name, bytes) in &self.files {
            files::write_private(&self.sibling(name), bytes, Unmoved::Discard)?;
        }
        // The settings file comes last, so that it never refers to a file that is missing.
        let text = self.text(at)?;
        files::write_private(&self.settings_file, text.as_bytes(), Unmoved::Discard)
    }

    fn sibling(&self, name: &str) -> PathBuf {
        files::folder_of(&self.settings_file).join(name)
    }

    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        std::iter::once(self.settings_file.clone())
            .chain(self.files.keys().map(|name| self.sibling(name)))
    }

    fn check(&self) -> Result<(), CliError> {
        let replaceable = files_of_earlier_run(&self.settings_file);
        for path in self.paths() {
            files::check_target("--settings-out", &path)?;
            if path.exists() && !replaceable.contains(&path) {
                let why = "this file already exists and `simulate` did not write it; choose another folder";
                return Err(CliError::Usage(format!(
                    "--settings-out {}: {why}",
                    display_path(&path)
                )));
            }
        }
        Ok(())
    }

    /// Text of the settings file. Without `[endpoints]`, a `check` in this folder would send requests to Microsoft about a
    /// tenant that does not exist.
    fn text(&self, at: &TenantAddresses) -> Result<String, CliError> {
        let mut settings = self.settings.clone();
        settings.insert(
            "endpoints".to_owned(),
            toml::Value::Table(endpoints_table(at)),
        );
        let text =
            toml::to_string(&settings).map_err(|error| CliError::Internal(error.to_string()))?;
        let names: Vec<&str> = self.files.keys().map(String::as_str).collect();
        Ok(format!(
            "{FIRST_LINE} for the scenario {}: no real tenant, no real secret.\n{FILES_LINE}{}\n\
             # [endpoints] points `rx-preflight check` to this machine. Run `simulate` again if nothing listens there.\n\n{text}",
            self.name,
            names.join(", ")
        ))
    }
}

/// Checks that a folder can be created. The nearest one that exists decides; the ancestors of a relative path end
/// in the empty path, which means the working directory.
fn check_folder(folder: &Path) -> Result<(), CliError> {
    if folder.exists() && !folder.is_dir() {
        return Err(CliError::Usage(format!(
            "--settings-out {}: this is a file; enter a folder",
            display_path(folder)
        )));
    }
    match folder
        .ancestors()
        .find(|folder| folder.as_os_str().is_empty() || folder.exists())
    {
        Some(existing) => files::check_target("--settings-out", &existing.join(DEFAULT_FILE)),
        None => Ok(()),
    }
}

fn endpoints_table(at: &TenantAddresses) -> toml::Table {
    let ca_file = at.ca_file.as_ref().map(|path| path.display().to_string());
    let keys = [
        ("login_url", Some(at.login_url.clone())),
        ("graph_url", Some(at.graph_url.clone())),
        ("ews_url", Some(at.ews_url.clone())),
        ("proxy", at.proxy.clone()),
        ("ca_file", ca_file),
    ];
    keys.into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), toml::Value::String(value?))))
        .collect()
}

/// The files that an earlier run wrote, as its settings file names them.
fn files_of_earlier_run(settings_file: &Path) -> BTreeSet<PathBuf> {
    let text = fs::read_to_string(settings_file).unwrap_or_default();
    if !text.starts_with(FIRST_LINE) {
        return BTreeSet::new();
    }
    let names = text
        .lines()
        .find_map(|line| line.strip_prefix(FILES_LINE))
        .unwrap_or_default()
        .split(", ");
    let folder = files::folder_of(settings_file);
    let others = names
        .filter(|name| !name.is_empty())
        .map(|name| folder.join(name));
    std::iter::once(settings_file.to_owned())
        .chain(others)
        .collect()
}

/// The name of the file of a secret: that of the variable which the scenario uses.
fn secret_file_name(variable: &str) -> String {
    format!("{}.txt", variable.to_ascii_lowercase())
}

/// Turns every `{ env = "NAME" }` into `{ file = "name.txt" }`.
fn replace_variables_by_files(table: &mut toml::Table) {
    for (_, value) in table.iter_mut() {
        match value {
            toml::Value::Table(inner) => match inner
                .get("env")
                .and_then(toml::Value::as_str)
                .map(secret_file_name)
            {
                Some(file) => {
                    *inner =
                        toml::Table::from_iter([("file".to_owned(), toml::Value::String(file))]);
                }
                None => replace_variables_by_files(inner),
            },
            toml::Value::Array(items) => items
                .iter_mut()
                .filter_map(toml::Value::as_table_mut)
                .for_each(replace_variables_by_files),
            _ => {}
        }
    }
}
