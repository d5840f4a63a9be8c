//! Loading of the TOML tables: from the text that is compiled in, or from a changed copy.

use std::fmt;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

use crate::tables::{self, TomlError};

/// How far the words of a file count as safe in a redacted report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SafeText {
    /// Every word and every phrase.
    Words,
    /// Whole phrases only: the file is mostly names of places and companies.
    Phrases,
    /// Nothing.
    None,
}

/// One file of the knowledge base.
pub(super) struct KnowledgeFile {
    /// The name in `src/knowledge`.
    pub(super) name: &'static str,
    /// The compiled-in text.
    pub(super) text: &'static str,
    /// How far its words are safe.
    pub(super) safe: SafeText,
}

macro_rules! files {
    ($($name:literal $safe:ident,)+) => {
        &[$(KnowledgeFile { name: $name, text: include_str!($name), safe: SafeText::$safe },)+]
    };
}

/// Every file of the knowledge base.
pub(super) const FILES: &[KnowledgeFile] = files![
    "admin_verify.toml" None,
    "ambiguous_codes.toml" Words,
    "causes.toml" Words,
    "checks.toml" Words,
    "clouds.toml" Phrases,
    "code_texts.toml" None,
    "codes.toml" Words,
    "commands.toml" Words,
    "configuration.toml" Words,
    "dates.toml" Words,
    "guide.toml" None,
    "known_sentences.toml" None,
    "migration.toml" Words,
    "permissions.toml" Words,
    "propagation.toml" Words,
    "requirements.toml" Words,
    "row_messages.toml" Words,
    "tls_issuers.toml" Phrases,
];

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The name of the file.
    pub file: &'static str,
    /// The line, from 1, where the problem has one place.
    pub line: Option<usize>,
    /// The table and key of that line, such as `code.meaning`.
    pub key: Option<String>,
    /// What is wrong, and what is accepted.
    pub problem: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        if let Some(key) = &self.key {
            write!(formatter, ", `{key}`")?;
        }
        write!(formatter, ": {}", self.problem)
    }
}

impl std::error::Error for TableError {}

impl TableError {
    /// A problem of a whole file, such as a missing row.
    pub(super) fn of_file(file: &'static str, problem: String) -> Self {
        Self {
            file,
            line: None,
            key: None,
            problem,
        }
    }

    fn from_toml(file: &'static str, text: &str, error: TomlError) -> Self {
        Self {
            file,
            line: Some(error.line),
            key: key_at(text, error.line - 1),
            problem: error.message,
        }
    }
}

/// The table and key of a line, from 0. A value of several lines belongs to the key above it.
fn key_at(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(line + 1).collect();
    let is_header = |line: &&&str| line.starts_with('[');
    let header = lines
        .iter()
        .rev()
        .find(is_header)
        .map(|line| line.trim_matches(['[', ']', ' ']));
    let key = lines
        .iter()
        .rev()
        // A key above the nearest header belongs to another table.
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| {
            let (key, _) = line.split_once('=')?;
            // A line inside a multi-line string can contain an equals sign as well.
            let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
            let key = key.trim_end();
            (!key.is_empty() && key.chars().all(is_bare)).then_some(key)
        });
    match (header, key) {
        (Some(header), Some(key)) => Some(format!("{header}.{key}")),
        (header, key) => header.or(key).map(str::to_owned),
    }
}

/// A table of the knowledge base in its own type.
pub(crate) trait Table: DeserializeOwned + Send + Sync + 'static {
    /// The name of its file.
    const FILE: &'static str;

    /// Checks what the types cannot express, such as that every id has its row.
    ///
    /// # Errors
    ///
    /// What is missing, or listed twice.
    fn validated(self) -> Result<Self, String> {
        Ok(self)
    }
}

/// Loads a table from text.
///
/// # Errors
///
/// The first problem, with its file, line and key.
pub(crate) fn load<T: Table>(text: &str) -> Result<T, TableError> {
    tables::read::<T>(text)
        .map_err(|error| TableError::from_toml(T::FILE, text, error))?
        .validated()
        .map_err(|problem| TableError::of_file(T::FILE, problem))
}

/// Checks that every id of a list has exactly one row.
pub(super) fn one_row_each<I: Copy + PartialEq + fmt::Display>(
    ids: &[I],
    rows: impl IntoIterator<Item = I>,
) -> Result<(), String> {
    let rows: Vec<I> = rows.into_iter().collect();
    for id in ids {
        match rows.iter().filter(|row| *row == id).count() {
            1 => {}
            0 => return Err(format!("there is no row for `{id}`")),
            count => return Err(format!("`{id}` has {count} rows; keep one")),
        }
    }
    Ok(())
}

/// Brings rows into the order of their ids, of which each must have exactly one.
pub(super) fn sort_rows<R, I: Copy + Ord + fmt::Display>(
    rows: &mut [R],
    ids: &[I],
    id_of: impl Fn(&R) -> I,
) -> Result<(), String> {
    one_row_each(ids, rows.iter().map(&id_of))?;
    rows.sort_by_key(id_of);
    Ok(())
}

/// A compiled-in table, parsed at its first use.
pub(super) struct Embedded<T> {
    table: OnceLock<T>,
}

impl<T: Table> Embedded<T> {
    pub(super) const fn new() -> Self {
        Self {
            table: OnceLock::new(),
        }
    }

    /// The table.
    ///
    /// Its text is part of the program, so a failure here can only be an editing error; the unit tests load every file and
    /// stop such a build.
    #[expect(
        clippy::expect_used,
        reason = "compiled-in data that does not parse is a programming error, and a test loads every file"
    )]
    pub(super) fn get(&'static self) -> &'static T {
        #[cfg(test)]
        if let Some(changed) = changed_copy::find::<T>() {
            return changed;
        }
        self.table.get_or_init(|| {
            load(embedded_text(T::FILE)).expect("the compiled-in knowledge files are valid")
        })
    }
}

/// The compiled-in text of a file.
pub(super) fn embedded_text(name: &str) -> &'static str {
    FILES
        .iter()
        .find(|file| file.name == name)
        .map_or("", |file| file.text)
}

/// Changed copies of tables that one test uses in place of the compiled-in ones.
#[cfg(test)]
pub(crate) mod changed_copy {
    use std::any::Any;
    use std::cell::RefCell;
    use std::collections::HashMap;

    use super::{Table, TableError, embedded_text, load};

    thread_local! {
        static COPIES: RefCell<HashMap<&'static str, &'static dyn Any>> = RefCell::default();
    }

    pub(super) fn find<T: Table>() -> Option<&'static T> {
        COPIES.with_borrow(|copies| copies.get(T::FILE)?.downcast_ref())
    }

    /// Runs `then` on this thread with the compiled-in file changed by `edit`.
    pub(crate) fn with<T: Table, R>(
        edit: impl FnOnce(&str) -> String,
        then: impl FnOnce() -> R,
    ) -> Result<R, TableError> {
        let table = load::<T>(&edit(embedded_text(T::FILE)))?;
        // A few tables of a test may live as long as its process: the callers expect a `'static` one.
        let leaked: &'static T = Box::leak(Box::new(table));
        COPIES.with_borrow_mut(|copies| copies.insert(T::FILE, leaked));
        let result = then();
        COPIES.with_borrow_mut(|copies| copies.remove(T::FILE));
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_line_includes_its_table() {
        let text = "top = 1\n\n[[code]]\ncode = \"1\"\ntexts = [\n  \"a = b\",\n]\n";
        assert_eq!(key_at(text, 0).as_deref(), Some("top"));
        assert_eq!(key_at(text, 3).as_deref(), Some("code.code"));
        assert_eq!(key_at(text, 5).as_deref(), Some("code.texts"));
        assert_eq!(key_at(text, 2).as_deref(), Some("code"));
    }

    #[test]
    fn each_file_is_listed_once_and_every_toml_file_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "toml")
            })
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        on_disk.sort_unstable();
        let listed: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        assert_eq!(listed, on_disk);
    }
}
