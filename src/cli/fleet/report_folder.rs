//! A folder with one report for each customer: what is written to it, and how it is read back.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cli::files::{self, Unmoved, display_path};
use crate::cli::previous_reports::FailedRun;
use crate::cli::{CliError, Exit};
use crate::report::Report;
use crate::report::fleet::{Customer, customer, not_checked};
use crate::report::json::read_outline;
use crate::settings::read_bounded;

use super::customer_files::has_extension;

/// Behind the name of a customer that could not be checked.
const NOT_CHECKED: &str = ".not-checked";
/// Behind the name of a report of an earlier run that was moved.
const PREVIOUS: &str = ".previous";
/// The value of `document` in the file of a customer that could not be checked.
const DOCUMENT: &str = "not-checked";
/// More threads than this do not read faster.
const MOST_THREADS: usize = 8;

/// Why a customer has no report. It is written in place of one, so that a report of yesterday is not taken for that of
/// today.
#[derive(Debug, Serialize, Deserialize)]
struct NotCheckedFile {
    schema_version: String,
    document: String,
    customer: String,
    at: Timestamp,
    reason: String,
}

/// What any JSON document of the folder calls itself.
#[derive(Deserialize)]
struct AnyDocument {
    document: Option<String>,
}

/// The state of a customer, and when it was.
type Dated = (Option<Timestamp>, Customer);

/// The file of a customer's report.
pub(super) fn report_path(folder: &Path, name: &str) -> PathBuf {
    // `with_extension` would replace what follows a dot in a name.
    folder.join(format!("{name}.json"))
}

fn not_checked_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{NOT_CHECKED}.json"))
}

/// Notes that a customer was not checked, and moves the report of an earlier run aside.
pub(super) fn write_not_checked(folder: &Path, name: &str, reason: &str) -> Result<(), CliError> {
    let file = NotCheckedFile {
        schema_version: "1.0".to_owned(),
        document: DOCUMENT.to_owned(),
        customer: name.to_owned(),
        at: Timestamp::now(),
        reason: reason.to_owned(),
    };
    let mut text =
        serde_json::to_vec_pretty(&file).map_err(|error| CliError::Internal(error.to_string()))?;
    text.push(b'\n');
    files::write(&not_checked_path(folder, name), &text, Unmoved::Discard)?;
    FailedRun::because(reason, Exit::Inconclusive, false)
        .leave_no_report(&[report_path(folder, name)], &[]);
    Ok(())
}

/// Removes the note that a customer was not checked, after its report was written.
pub(super) fn clear_not_checked(folder: &Path, name: &str) {
    // If it stays, the report is newer, and the newer one counts.
    let _ = fs::remove_file(not_checked_path(folder, name));
}

/// When the report of a customer was begun, with the customer; `None` without a report that can be read.
pub(super) fn read_report(folder: &Path, name: &str) -> Option<(Timestamp, Customer)> {
    let bytes = read_bounded(&report_path(folder, name)).ok()?;
    let (report, requests) = read_outline(&bytes).ok()?;
    Some((report.started_at, of_outline(name, &report, requests)))
}

/// The customer behind a report that was read without its requests.
fn of_outline(name: &str, report: &Report, requests: usize) -> Customer {
    Customer {
        requests: Some(requests),
        ..customer(name, report)
    }
}

/// Whether a file holds the result of a customer: a report, or why there is none.
pub(super) fn holds_customer(path: &Path) -> bool {
    let name = String::new();
    matches!(read_file(&(name, path.to_owned())), Some((Some(_), _)))
}

/// Whether a customer of this name would have the file of another one.
pub(super) fn is_reserved(name: &str) -> bool {
    name.ends_with(PREVIOUS) || name.ends_with(NOT_CHECKED)
}

/// Every customer of a folder and of the folders in it, in the order of their names.
///
/// # Errors
///
/// [`CliError::Unreadable`] for a folder that cannot be read, and [`CliError::Usage`] for one without reports. A file that
/// is not a report is a customer that was not checked.
pub(super) fn read(folder: &Path) -> Result<Vec<Customer>, CliError> {
    let mut paths = Vec::new();
    collect_json(folder, folder, &mut paths)?;
    if paths.is_empty() {
        return Err(CliError::Usage(format!(
            "{}: there is no saved report in this folder; a report is what `rx-preflight check --output NAME.json` or \
             `rx-preflight fleet` writes",
            display_path(folder)
        )));
    }
    let threads = thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(MOST_THREADS);
    let size = paths.len().div_ceil(threads).max(1);
    let read: Vec<Dated> = thread::scope(|scope| {
        let workers: Vec<_> = paths
            .chunks(size)
            .map(|chunk| scope.spawn(|| chunk.iter().filter_map(read_file).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_default())
            .collect()
    });
    Ok(newest_of_each(read))
}

/// A customer can have both a report and a note that it was not checked, if the run ended between writing them.
fn newest_of_each(read: Vec<Dated>) -> Vec<Customer> {
    let mut customers: BTreeMap<String, Dated> = BTreeMap::new();
    for (time, own) in read {
        let is_newer = customers
            .get(&own.name)
            .is_none_or(|(known, _)| time >= *known);
        if is_newer {
            customers.insert(own.name.clone(), (time, own));
        }
    }
    customers.into_values().map(|(_, own)| own).collect()
}

/// Finds the JSON files below a folder, each with the name of its customer: the path below `root` without the extension.
fn collect_json(
    root: &Path,
    folder: &Path,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), CliError> {
    let unreadable = |source| CliError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // The type of the entry does not follow links, so a link to its own folder does not make this endless.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect_json(root, &path, found)?;
        } else if has_extension(&path, "json") {
            let below = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            let name = below.to_string_lossy().replace('\\', "/");
            if !name.ends_with(PREVIOUS) {
                found.push((name, path));
            }
        }
    }
    Ok(())
}

/// The customer behind a file; `None` for documents about something else, such as an earlier fleet report.
fn read_file((name, path): &(String, PathBuf)) -> Option<Dated> {
    let name = name.strip_suffix(NOT_CHECKED).unwrap_or(name);
    let bytes = match read_bounded(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let reason = crate::settings::unreadable_because(&error);
            return Some((
                None,
                not_checked(name, &format!("the report cannot be read: {reason}")),
            ));
        }
    };
    let error = match read_outline(&bytes) {
        Ok((report, requests)) => {
            let own = of_outline(name, &report, requests);
            return Some((Some(report.started_at), own));
        }
        Err(error) => error,
    };
    if let Ok(own) = serde_json::from_slice::<NotCheckedFile>(&bytes)
        && own.document == DOCUMENT
    {
        return Some((Some(own.at), not_checked(name, &own.reason)));
    }
    let other = serde_json::from_slice::<AnyDocument>(&bytes);
    if other.is_ok_and(|own| own.document.is_some()) {
        return None;
    }
    Some((None, not_checked(name, &error.to_string())))
}
