//! Redaction map of `--redact`: the key of the pseudonyms and their original values, in a file that stays on this machine.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::report::Report;
use crate::report::redact::{Redacted, RedactionKey, redact};
use crate::settings::read_bounded;

#[cfg(unix)]
use super::console::message;
use super::files::{Reason, Unmoved, display_path};
use super::map_lock::lock_map;
use super::{CliError, files};

/// The file in the current folder.
const FILE: &str = "rx-preflight-redaction-map.json";
const NOTE: &str = "Keep this file and do not share it: it maps the pseudonyms of redacted reports back to the values. \
                    Reports that are redacted with its key use the same pseudonyms.";

/// The key, and all pseudonyms created with it.
pub(super) struct RedactionMap {
    path: PathBuf,
    key: RedactionKey,
    content: Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    note: String,
    key: String,
    #[serde(default)]
    names: BTreeMap<String, String>,
}

impl RedactionMap {
    /// The file of the map, named or not.
    pub(super) fn file(path: Option<&Path>) -> &Path {
        path.unwrap_or_else(|| Path::new(FILE))
    }

    /// Reads the map or creates it, and checks before the first request that it can be written.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, CliError> {
        let path = Self::file(path);
        refuse_map_of_others(path)?;
        // A link stays a link: the file that it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        // Without the lock, two first runs could each create a map with a key of its own.
        let _lock = lock_map(&path);
        let map = match Self::read(&path)? {
            Some(map) => map,
            None => Self::of(&path, new_content()?)?,
        };
        map.save(Unmoved::Discard)?;
        // A file that is there now has a path without detours, to which others can be compared.
        Ok(Self {
            path: fs::canonicalize(&path).unwrap_or(path),
            ..map
        })
    }

    fn read(path: &Path) -> Result<Option<Self>, CliError> {
        match read_bounded(path) {
            Ok(bytes) => {
                let content = serde_json::from_slice(&bytes)
                    .map_err(|error| damaged_map_error(path, &describe_json_error(&error)))?;
                Self::of(path, content).map(Some)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CliError::Unreadable {
                path: path.to_owned(),
                source,
            }),
        }
    }

    fn of(path: &Path, content: Content) -> Result<Self, CliError> {
        let key = STANDARD
            .decode(&content.key)
            .ok()
            .and_then(RedactionKey::new);
        let Some(key) = key else {
            return Err(damaged_map_error(path, "its key is not valid"));
        };
        Ok(Self {
            path: path.to_owned(),
            key,
            content,
        })
    }

    /// The redacted copy of a report, when its names are safe in the map. The map is read again first: another run may have
    /// begun it or added to it since.
    pub(super) fn redact(&mut self, report: &Report) -> Result<Redacted, CliError> {
        let _lock = lock_map(&self.path);
        if let Some(map) =
            Self::read(&self.path).map_err(|error| self.changed_during_run(&error))?
        {
            *self = map;
        }
        let redacted = redact(report, &self.key, &self.content.names);
        self.content.names.extend(redacted.map.clone());
        // The pseudonyms of this report can only be mapped back with the names of this run.
        self.save(Unmoved::Keep)?;
        Ok(redacted)
    }

    /// The redacted copy, and the error if its names could not be saved. The report must not be lost only because its
    /// pseudonyms cannot be mapped back.
    pub(super) fn redact_anyway(&mut self, report: &Report) -> (Redacted, Option<CliError>) {
        match self.redact(report) {
            Ok(redacted) => (redacted, None),
            Err(error) => (redact(report, &self.key, &self.content.names), Some(error)),
        }
    }

    /// Path of the file, for the message to the user.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Error for a map that was valid when the run began. It is not a usage error, so it gets its own exit code.
    fn changed_during_run(&self, error: &CliError) -> CliError {
        let path = display_path(&self.path);
        let what = format!("the redaction map {path}, which was changed during the run");
        CliError::Unwritable {
            what,
            source: io::Error::other(Reason(error.to_string())),
        }
    }

    fn save(&self, unmoved: Unmoved) -> Result<(), CliError> {
        let json = serde_json::to_string_pretty(&self.content);
        let json = json.map_err(|error| CliError::Internal(error.to_string()))? + "\n";
        files::write_private(&self.path, json.as_bytes(), unmoved)
    }
}

fn new_content() -> Result<Content, CliError> {
    let mut key = vec![0; RedactionKey::SHORTEST];
    SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| CliError::Internal("the system does not provide random numbers".to_owned()))?;
    Ok(Content {
        note: NOTE.to_owned(),
        key: STANDARD.encode(key),
        names: BTreeMap::new(),
    })
}

fn damaged_map_error(path: &Path, reason: &str) -> CliError {
    CliError::Usage(format!(
        "{}: this is not a redaction map: {reason}; choose another file with --redaction-map, or move this one (a new \
         map creates new pseudonyms)",
        display_path(path)
    ))
}

/// Describes a JSON error by its position. The parser's own message may quote the text, which may be a secret.
fn describe_json_error(error: &serde_json::Error) -> String {
    let what = if error.is_data() {
        "its structure is not that of a map"
    } else {
        "it is not JSON"
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

/// Refuses a map that another user may have created, because that user could reverse every pseudonym with its key. Prints a
/// note about a link.
#[cfg(unix)]
fn refuse_map_of_others(path: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    let refuse = |why: &str| {
        let path = display_path(path);
        let way = "choose another file with --redaction-map, or move this one";
        Err(CliError::Usage(format!(
            "{path}: this redaction map {why}, so other users may know its key; {way}"
        )))
    };
    let Ok(entry) = fs::symlink_metadata(path) else {
        // A map that does not exist yet is created by this run, so it belongs to this user.
        return Ok(());
    };
    // In a shared folder, another user could place a link to a map whose key they know.
    if entry.is_symlink() && entry.uid() != user {
        return refuse("is a link created by another user");
    }
    if entry.is_symlink() {
        let target = fs::canonicalize(path).unwrap_or_default();
        message(&format!(
            "rx-preflight: note: the redaction map is a link to {}",
            display_path(&target)
        ));
    }
    match fs::metadata(path) {
        Ok(file) if file.uid() != user => refuse("belongs to another user"),
        Ok(file) if file.mode() & 0o022 != 0 => refuse("is writable by other users"),
        _ => Ok(()),
    }
}

/// On Windows the map is restricted to its owner whenever it is written.
#[cfg(not(unix))]
fn refuse_map_of_others(_path: &Path) -> Result<(), CliError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Exit;
    use crate::report::sample_report;

    #[test]
    fn the_map_leads_back_and_the_next_report_has_the_same_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let first = RedactionMap::open(Some(&path))
            .unwrap()
            .redact(&sample_report::report())
            .unwrap();
        let mut map = RedactionMap::open(Some(&path)).unwrap();
        assert_eq!(
            map.redact(&sample_report::report()).unwrap().report,
            first.report
        );
        assert_eq!(map.content.names, first.map);
        let tenant = &first.report.target.tenant_id;
        assert_eq!(map.content.names[tenant], sample_report::TENANT);
    }

    #[test]
    fn runs_that_go_on_beside_each_other_share_the_map() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let mut first = RedactionMap::open(Some(&path)).unwrap();
        let mut second = RedactionMap::open(Some(&path)).unwrap();
        let mut other = sample_report::report();
        other.target.tenant_id = "11111111-2222-4333-8444-555555555555".to_owned();
        let redacted = first.redact(&sample_report::report()).unwrap();
        let names = redacted.map.len();
        assert!(second.redact(&other).unwrap().map.len() >= names);
        let kept = RedactionMap::open(Some(&path)).unwrap().content.names;
        assert!(
            redacted
                .map
                .iter()
                .all(|(pseudonym, value)| kept.get(pseudonym) == Some(value))
        );
        assert!(kept.len() > names && kept.values().any(|value| *value == other.target.tenant_id));
        fs::write(&path, "half a fi").unwrap();
        assert!(
            matches!(first.redact(&other), Err(error @ CliError::Unwritable { .. }) if error.exit() == Exit::Failed)
        );
        fs::remove_file(&path).unwrap();
        assert_eq!(
            first.redact(&other).unwrap().report,
            second.redact(&other).unwrap().report,
            "the key is kept"
        );
        fs::remove_file(&path).unwrap();
        let mut third = RedactionMap::open(Some(&path)).unwrap();
        assert_eq!(
            first.redact(&other).unwrap().report,
            third.redact(&other).unwrap().report
        );
    }

    #[test]
    fn a_damaged_map_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for text in ["half a fi", r#"{"key": "c2hvcnQ="}"#] {
            fs::write(&path, text).unwrap();
            assert!(matches!(
                RedactionMap::open(Some(&path)),
                Err(CliError::Usage(_))
            ));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_map() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        RedactionMap::open(Some(&path)).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
