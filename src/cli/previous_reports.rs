//! Removes reports of earlier runs when a check ends without a report: a monitor that reads the file must not take
//! yesterday's verdict for today's. A document for people is moved aside; one for a monitor is replaced by one that states
//! that there is no report.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::report::fleet::FleetFormat;
use crate::report::{NoReport, RECOGNIZED_BY, begins_report, without_report, wording};
use crate::settings::quotable;

use super::console::message;
use super::files::{self, describe_write_error, display_path, is_same_file};
use super::monitor_files::{format_of, is_for_monitor};
use super::{CliError, Exit};

/// A run that ended without a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FailedRun {
    reason: String,
    exit_code: u8,
}

impl FailedRun {
    /// A run that an error ended.
    pub(super) fn by(error: &CliError, redact: bool) -> Self {
        Self::because(&error.lines().join("; "), error.exit(), redact)
    }

    /// A run that ended for a reason. `redact` is whether its documents may contain no names; the reason can contain some.
    pub(super) fn because(reason: &str, exit: Exit, redact: bool) -> Self {
        let reason = if redact {
            wording::NO_REPORT_REDACTED.into()
        } else {
            quotable(reason)
        };
        Self {
            reason: reason.into_owned(),
            exit_code: exit.code(),
        }
    }

    /// Moves every earlier report that the run was to replace to `NAME.previous.EXTENSION`, and writes for a monitor that
    /// there is no report. Only reports of this program are touched, and never a file that the run reads.
    pub(super) fn leave_no_report(&self, targets: &[PathBuf], inputs: &[PathBuf]) {
        for target in not_inputs(targets, inputs) {
            let text = match self.document(target) {
                Some(document) => replace(target, &document),
                None => is_report(target).then(|| move_report(target)),
            };
            if let Some(text) = text {
                message(&format!("rx-preflight: {text}"));
            }
        }
    }

    /// The same for documents of monitors alone.
    pub(super) fn inform_monitors(&self, targets: &[PathBuf], inputs: &[PathBuf]) {
        let for_monitors: Vec<PathBuf> = not_inputs(targets, inputs)
            .filter(|target| is_for_monitor(target))
            .cloned()
            .collect();
        self.leave_no_report(&for_monitors, inputs);
    }

    /// The document for a monitor at a path; `None` if the format of the path is for people.
    fn document(&self, target: &Path) -> Option<String> {
        let file = target.file_name()?.to_string_lossy();
        let no_report = NoReport {
            at: Timestamp::now(),
            file: &file,
            reason: &self.reason,
            exit_code: self.exit_code,
        };
        without_report(format_of(target)?, &no_report)
    }
}

fn not_inputs<'t>(
    targets: &'t [PathBuf],
    inputs: &'t [PathBuf],
) -> impl Iterator<Item = &'t PathBuf> {
    targets
        .iter()
        .filter(|target| !inputs.iter().any(|input| is_same_file(input, target)))
}

/// Writes a document in place of an earlier report, or where there is no file yet. The earlier report is not kept: a
/// collector reads every file with its extension in a folder. Returns the message about it.
fn replace(target: &Path, document: &str) -> Option<String> {
    let is_free =
        fs::symlink_metadata(target).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if !is_free && !is_report(target) {
        return None;
    }
    Some(match files::write_for_others(target, document.as_bytes()) {
        Ok(()) => format!(
            "this run wrote no report, which {} states",
            display_path(target)
        ),
        Err(error) => error.to_string(),
    })
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
    // `symlink_metadata` does not follow links, so a link is never moved as a report.
    let is_file = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file || !has_extension_of_a_report(path) {
        return false;
    }
    let mut beginning = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(RECOGNIZED_BY).read_to_end(&mut beginning));
    read.is_ok() && begins_report(&beginning)
}

fn has_extension_of_a_report(path: &Path) -> bool {
    let of_fleet = || FleetFormat::from_extension(path.extension()?.to_str()?);
    format_of(path).is_some() || of_fleet().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::table::{Detail, TableOptions};
    use crate::report::{Format, sample_report};

    fn failed() -> FailedRun {
        FailedRun::because("there is no settings file", Exit::Usage, false)
    }

    fn move_aside(targets: &[PathBuf], inputs: &[PathBuf]) {
        failed().leave_no_report(targets, inputs);
    }

    fn rendered(format: Format) -> Vec<u8> {
        let options = TableOptions {
            width: 100,
            color: false,
            unicode: true,
            plain: false,
            detail: Detail::Normal,
        };
        let mut bytes = Vec::new();
        crate::report::write(&sample_report::report(), format, &options, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_report_of_every_format_is_moved_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for format in Format::ALL {
            let path = folder
                .path()
                .join(format!("tonight.{}", format.extension()));
            let bytes = rendered(*format);
            fs::write(&path, &bytes).unwrap();
            move_aside(std::slice::from_ref(&path), &[]);
            let kept = folder
                .path()
                .join(format!("tonight.previous.{}", format.extension()));
            if failed().document(&path).is_none() {
                assert!(!path.exists(), "{}", path.display());
                assert_eq!(fs::read(kept).unwrap(), bytes);
            } else {
                // A collector would read the moved file as well.
                assert!(!kept.exists() && fs::read(&path).unwrap() != bytes);
                assert!(is_report(&path), "the next run replaces it again");
            }
        }
    }

    #[test]
    fn a_monitor_gets_a_document_where_there_was_none_but_never_over_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("other.prom"), "node_load1 0.2\n").unwrap();
        fs::write(path("input.card"), rendered(Format::AdaptiveCard)).unwrap();
        let input = fs::read(path("input.card")).unwrap();
        let targets = [
            "a.prom",
            "a.nagios",
            "a.card",
            "a.json",
            "other.prom",
            "input.card",
        ]
        .map(path);
        failed().leave_no_report(&targets, &[path("input.card")]);
        let read = |name: &str| fs::read_to_string(path(name)).unwrap();
        assert!(read("a.prom").contains("rx_preflight_run_completed{file=\"a.prom\"} 0\n"));
        assert!(read("a.nagios").starts_with("RX-PREFLIGHT UNKNOWN - "));
        assert!(read("a.card").contains("there is no settings file"));
        assert!(!path("a.json").exists());
        assert_eq!(read("other.prom"), "node_load1 0.2\n");
        assert_eq!(fs::read(path("input.card")).unwrap(), input);
    }

    #[test]
    fn the_documents_of_a_redacted_run_contain_no_error_message() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nagios");
        let failed = FailedRun::because("contoso.com is not a tenant", Exit::Usage, true);
        failed.leave_no_report(std::slice::from_ref(&path), &[]);
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains("contoso") && text.contains(wording::NO_REPORT_REDACTED));
    }

    #[test]
    fn monitors_alone_are_informed_and_other_reports_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, format) in [("a.prom", Format::OpenMetrics), ("a.html", Format::Html)] {
            fs::write(path(name), rendered(format)).unwrap();
        }
        failed().inform_monitors(&["a.prom", "a.html"].map(path), &[]);
        assert!(path("a.html").exists());
        let metrics = fs::read_to_string(path("a.prom")).unwrap();
        assert!(metrics.contains("rx_preflight_run_completed{file=\"a.prom\"} 0\n"));
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
