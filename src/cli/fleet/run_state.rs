//! When a run began, so that it can be continued: a report that is newer belongs to the run.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cli::CliError;
use crate::cli::files::{self, Unmoved};
use crate::settings::read_bounded;

use super::Shard;

/// The file that marks a run.
#[derive(Debug, Serialize, Deserialize)]
struct StateFile {
    started_at: Timestamp,
}

/// The moment at which the run began. A run that continues begins when the run before it did; without an earlier run, and
/// for a file that cannot be read, it begins now.
///
/// # Errors
///
/// [`CliError::Unwritable`] if the moment cannot be written.
pub(super) fn begin(folder: &Path, shard: Shard, resume: bool) -> Result<Timestamp, CliError> {
    let path = folder.join(shard.state_file());
    if let Some(earlier) = resume.then(|| read(&path)).flatten() {
        return Ok(earlier);
    }
    // Reports have whole seconds, so a report of this second belongs to this run.
    let now = whole_second(Timestamp::now());
    let text = serde_json::to_vec(&StateFile { started_at: now })
        .map_err(|error| CliError::Internal(error.to_string()))?;
    files::write(&path, &text, Unmoved::Discard)?;
    Ok(now)
}

fn read(path: &Path) -> Option<Timestamp> {
    let bytes = read_bounded(path).ok()?;
    Some(serde_json::from_slice::<StateFile>(&bytes).ok()?.started_at)
}

fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_continues_has_the_beginning_of_the_run_before() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join(Shard::WHOLE.state_file());
        let first = begin(folder.path(), Shard::WHOLE, true).unwrap();
        std::fs::write(&state, r#"{"started_at":"2026-11-29T03:00:00Z"}"#).unwrap();
        let earlier: Timestamp = "2026-11-29T03:00:00Z".parse().unwrap();
        assert_eq!(begin(folder.path(), Shard::WHOLE, true).unwrap(), earlier);
        assert!(begin(folder.path(), Shard::WHOLE, false).unwrap() >= first);
        std::fs::write(&state, "half").unwrap();
        assert!(begin(folder.path(), Shard::WHOLE, true).unwrap() >= first);
    }
}
