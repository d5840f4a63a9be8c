//! The machine this program runs on, as far as settings come from it; and a played one for demonstration and tests.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::{env, fmt};

use super::bounded_read::{all_of, read_bounded};

/// The most that is read from standard input: a secret is far shorter.
const MOST_FROM_STDIN: u64 = 1024 * 1024;

/// Where settings can come from besides flags.
pub trait Environment {
    /// An environment variable; `None` where it is not set or no text.
    fn variable(&self, name: &str) -> Option<String>;
    /// The bytes of a file.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The bytes of a file that holds a secret.
    fn read_secret_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_file(path)
    }
    /// Whether the variables that Azure tools share belong to the connection that is checked. They do not if the settings of
    /// many customers are read one after another.
    fn shares_credentials(&self) -> bool {
        true
    }
    /// Whether files and variables of secrets are really read.
    fn provides_secrets(&self) -> bool {
        true
    }
    /// Standard input to its end.
    fn read_stdin(&self) -> io::Result<Vec<u8>>;
    /// Prompts without echo; `None` if there is no terminal.
    fn prompt(&self, text: &str) -> io::Result<Option<String>>;
}

/// The real machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_bounded(path)
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        all_of(io::stdin().lock(), MOST_FROM_STDIN)
    }

    fn prompt(&self, text: &str) -> io::Result<Option<String>> {
        // Without a terminal, the prompt could not be completed.
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        rpassword::prompt_password(text).map(Some)
    }
}

/// A played machine: nothing of the real one shows through.
#[derive(Clone, Default)]
pub struct SimulatedEnvironment {
    /// The environment.
    pub variables: BTreeMap<String, String>,
    /// Files by the path under which they are opened; `-` is standard input.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

impl SimulatedEnvironment {
    /// The bytes under a path, or the error of a file that is not there.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl Environment for SimulatedEnvironment {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.file(path)
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        self.file(Path::new("-"))
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// Names only: the values may be secrets.
impl fmt::Debug for SimulatedEnvironment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SimulatedEnvironment")
            .field("variables", &self.variables.keys())
            .field("files", &self.files.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use super::*;

    #[test]
    fn the_real_machine_reads_files_and_variables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.txt");
        fs::write(&path, "a@contoso.com").unwrap();
        assert_eq!(
            SystemEnvironment.read_file(&path).unwrap(),
            b"a@contoso.com"
        );
        let missing = SystemEnvironment
            .read_file(&folder.path().join("none.txt"))
            .unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(SystemEnvironment.variable("PATH").is_some());
        assert_eq!(SystemEnvironment.variable("RX_PREFLIGHT_NEVER_SET"), None);
    }

    #[test]
    fn standard_input_is_read_up_to_its_bound_and_a_longer_one_is_an_error() {
        let read = |length: u64| all_of(io::repeat(b'x').take(length), MOST_FROM_STDIN);
        assert_eq!(read(MOST_FROM_STDIN).unwrap().len(), 1024 * 1024);
        let error = read(MOST_FROM_STDIN + 1).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 1 MB");
    }

    #[test]
    fn a_played_machine_shows_names_only() {
        let mut machine = SimulatedEnvironment::default();
        machine
            .variables
            .insert("NAME".to_owned(), "hunter2".to_owned());
        machine
            .files
            .insert(PathBuf::from("s.txt"), b"hunter3".to_vec());
        let shown = format!("{machine:?}");
        assert!(shown.contains("NAME") && shown.contains("s.txt"));
        assert!(
            !shown.contains("hunter2") && !shown.contains("104"),
            "{shown}"
        );
        assert_eq!(machine.variable("PATH"), None);
        assert!(machine.prompt("?").unwrap().is_none());
    }
}
