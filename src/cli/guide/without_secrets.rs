//! Environment of a command that needs the settings but no secret: it reads none.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::input_files::InputFiles;
use crate::settings::Environment;

/// What is returned in the place of a secret. It reaches no document.
const NOT_READ: &str = "not read";
/// The variables of the settings that hold an ID.
const IDS: [&str; 2] = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"];

/// The environment of this machine without its secrets.
#[derive(Default)]
pub(super) struct WithoutSecrets(InputFiles);

impl WithoutSecrets {
    /// Every file that was read.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.0.paths()
    }
}

impl Environment for WithoutSecrets {
    fn variable(&self, name: &str) -> Option<String> {
        if IDS.contains(&name) {
            self.0.variable(name)
        } else {
            Some(NOT_READ.to_owned())
        }
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.read_file(path)
    }

    fn read_secret_file(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Ok(NOT_READ.as_bytes().to_vec())
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        self.0.read_stdin()
    }

    fn prompt(&self, _label: &str) -> io::Result<Option<String>> {
        Ok(Some(NOT_READ.to_owned()))
    }
}
