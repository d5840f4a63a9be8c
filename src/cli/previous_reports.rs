//! Moves reports of earlier runs when a check ends without a report: a monitor that reads the file must not take
//! yesterday's verdict for today's.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::report::Format;

use super::console::message;
use super::files::{describe_write_error, display_path, is_same_file};

/// Every report contains the name of this program within its first bytes; in HTML it follows the style sheet.
const SEARCHED_BYTES: u64 = 64 * 1024;
/// The name of this program, which every report holds.
const NAME: &str = "rx-preflight";

/// Moves every earlier report that a run was to replace to `NAME.previous.EXTENSION`. Only reports of this program are
/// moved, and never a file that the run reads.
pub(super) fn move_aside(targets: &[PathBuf], inputs: &[PathBuf]) {
    for target in targets {
        let is_input = inputs.iter().any(|input| is_same_file(input, target));
        if !is_input && is_report(target) {
            message(&format!("rx-preflight: {}", move_report(target)));
        }
    }
}

/// Moves a report, and returns the message about it.
fn move_report(target: &Path) -> String {
    let aside = previous_path(target);
    // An older `.previous` report may be replaced, but never a file that this program did not write.
    let free = match fs::symlink_metadata(&aside) {
        Ok(_) => is_report(&aside),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    let (old, new) = (display_path(target), display_path(&aside));
    if !free {
        return format!(
            "{old} is the report of an earlier run; it was not moved, because {new} already exists"
        );
    }
    match fs::rename(target, &aside) {
        Ok(()) => format!(
            "this run wrote no report; the report of an earlier run was moved from {old} to {new}"
        ),
        Err(error) => format!(
            "{old} is the report of an earlier run and cannot be moved: {}",
            describe_write_error(&error)
        ),
    }
}

/// `tonight.json` becomes `tonight.previous.json`.
fn previous_path(path: &Path) -> PathBuf {
    let extension = path.extension().unwrap_or_default().to_owned();
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".previous.");
    name.push(extension);
    path.with_file_name(name)
}

/// Whether a file is a report that this program wrote.
fn is_report(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    // `symlink_metadata` does not follow links, so a link is never moved as a report.
    let is_file = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file || Format::from_extension(extension).is_none() {
        return false;
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(SEARCHED_BYTES).read_to_end(&mut start));
    read.is_ok() && memchr::memmem::find(&start, NAME.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;
    use crate::report::table::{Detail, TableOptions};

    #[test]
    fn a_report_of_every_format_is_moved_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let options = TableOptions {
            width: 100,
            color: false,
            unicode: true,
            plain: false,
            detail: Detail::Normal,
        };
        for format in Format::ALL {
            let path = folder
                .path()
                .join(format!("tonight.{}", format.extension()));
            let mut bytes = Vec::new();
            crate::report::write(&sample_report::report(), *format, &options, &mut bytes).unwrap();
            fs::write(&path, &bytes).unwrap();
            move_aside(std::slice::from_ref(&path), &[]);
            assert!(!path.exists(), "{}", path.display());
            let kept = folder
                .path()
                .join(format!("tonight.previous.{}", format.extension()));
            assert_eq!(fs::read(kept).unwrap(), bytes);
        }
    }

    #[test]
    fn other_files_and_inputs_stay_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, text) in [
            ("secret.txt", "abc"),
            ("rx.toml", "# rx-preflight"),
            ("read.json", "rx-preflight"),
        ] {
            fs::write(path(name), text).unwrap();
        }
        move_aside(
            &[
                path("secret.txt"),
                path("rx.toml"),
                path("read.json"),
                path("none.json"),
            ],
            &[path("read.json")],
        );
        assert!(
            ["secret.txt", "rx.toml", "read.json"]
                .iter()
                .all(|name| path(name).exists())
        );
        fs::write(path("a.json"), "rx-preflight").unwrap();
        fs::write(path("a.previous.json"), "another document").unwrap();
        move_aside(&[path("a.json")], &[]);
        assert!(path("a.json").exists());
        assert_eq!(
            fs::read_to_string(path("a.previous.json")).unwrap(),
            "another document"
        );
    }
}
