//! When a run began, so that it can be continued: a report that is newer belongs to the run.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cli::CliError;
use crate::cli::files::{self, Unmoved};
use crate::report::whole_seconds;
use crate::settings::read_bounded;

use super::Shard;

/// A run that began longer ago is not continued: its reports would be taken for those of today.
const CONTINUED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The file that marks a run.
#[derive(Debug, Serialize, Deserialize)]
struct StateFile {
    started_at: Timestamp,
    /// The options that decide what a report contains.
    #[serde(default)]
    options: String,
    /// Whether every customer was checked.
    #[serde(default)]
    completed: bool,
}

/// How a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// With every customer.
    New,
    /// With those that the run before it did not reach.
    Continued,
    /// With every customer although it was to continue, because the run before it was complete.
    AfterCompleted,
    /// With every customer although it was to continue, because the run before it began too long ago.
    AfterOldRun,
    /// With every customer although it was to continue, because the options are others.
    WithOtherOptions,
}

/// A run: when it began, and how.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) started_at: Timestamp,
    pub(super) beginning: Beginning,
    path: PathBuf,
    options: String,
}

impl Run {
    /// Begins a run. One that continues has the beginning of the run before it; without an earlier run, and for a file that
    /// cannot be read, it begins now.
    ///
    /// # Errors
    ///
    /// [`CliError::Unwritable`] if the moment cannot be written.
    pub(super) fn begin(
        folder: &Path,
        shard: Shard,
        resume: bool,
        options: String,
    ) -> Result<Self, CliError> {
        let path = folder.join(shard.state_file());
        let earlier = resume.then(|| read(&path)).flatten();
        let beginning = match &earlier {
            None => Beginning::New,
            Some(own) if own.completed => Beginning::AfterCompleted,
            Some(own) if Timestamp::now().duration_since(own.started_at) > CONTINUED_WITHIN => {
                Beginning::AfterOldRun
            }
            Some(own) if own.options != options => Beginning::WithOtherOptions,
            Some(_) => Beginning::Continued,
        };
        let started_at = match earlier {
            Some(own) if beginning == Beginning::Continued => own.started_at,
            // Reports have whole seconds, so a report of this second belongs to this run.
            _ => whole_seconds(Timestamp::now()),
        };
        let run = Self {
            started_at,
            beginning,
            path,
            options,
        };
        run.write(false)?;
        Ok(run)
    }

    /// Notes that every customer was checked, so that nothing is left to continue.
    pub(super) fn complete(self) -> Result<(), CliError> {
        self.write(true)
    }

    fn write(&self, completed: bool) -> Result<(), CliError> {
        let file = StateFile {
            started_at: self.started_at,
            options: self.options.clone(),
            completed,
        };
        let text =
            serde_json::to_vec(&file).map_err(|error| CliError::Internal(error.to_string()))?;
        files::write(&self.path, &text, Unmoved::Discard)
    }
}

fn read(path: &Path) -> Option<StateFile> {
    serde_json::from_slice(&read_bounded(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_continues_only_one_that_was_not_complete_and_had_the_same_options() {
        let folder = tempfile::tempdir().unwrap();
        let begin = |resume, options: &str| {
            Run::begin(folder.path(), Shard::WHOLE, resume, options.to_owned()).unwrap()
        };
        let state = folder.path().join(Shard::WHOLE.state_file());
        assert_eq!(begin(true, "a").beginning, Beginning::New);
        let hours_ago = |hours| {
            let moment = Timestamp::now() - SignedDuration::from_hours(hours);
            let text = format!(r#"{{"started_at":"{moment}","options":"a"}}"#);
            std::fs::write(&state, text).unwrap();
            moment
        };
        let earlier = hours_ago(23);
        let other = begin(true, "b");
        assert_eq!(other.beginning, Beginning::WithOtherOptions);
        hours_ago(25);
        assert_eq!(begin(true, "a").beginning, Beginning::AfterOldRun);
        let earlier = hours_ago(23).max(earlier);
        let continued = begin(true, "a");
        assert_eq!(continued.beginning, Beginning::Continued);
        assert_eq!(continued.started_at, earlier);
        assert!(other.started_at > continued.started_at);
        continued.complete().unwrap();
        assert_eq!(begin(true, "a").beginning, Beginning::AfterCompleted);
        assert_eq!(begin(false, "a").beginning, Beginning::New);
        std::fs::write(&state, "half").unwrap();
        assert_eq!(begin(true, "a").beginning, Beginning::New);
    }
}
