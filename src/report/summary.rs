//! Verdict, exit code and counts. Every number of rows that a format shows comes from here.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, Requirement, exit_code};

use super::{FailOn, Verdict};

/// Numbers of rows by outcome. Their sum is the number of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// As it should be.
    pub pass: usize,
    /// Not as it should be.
    pub fail: usize,
    /// Without a clear result.
    pub unknown: usize,
    /// Not run.
    pub skipped: usize,
    /// Internal error of this program.
    pub error: usize,
}

/// The verdict with its exit code and the counts behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The verdict over all rows.
    pub verdict: Verdict,
    /// The exit code of the run that wrote the report.
    pub exit_code: u8,
    /// What made the exit code differ from 0 (`--fail-on`).
    #[serde(default)]
    pub fail_on: FailOn,
    /// The outcomes, counted over all rows.
    pub counts: Counts,
}

/// The comparison with an earlier report on which the exit code is based.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// The id of the earlier report.
    pub report_id: String,
    /// When the earlier run ended, UTC.
    #[schemars(with = "String")]
    pub finished_at: Timestamp,
    /// Whether both reports are about one tenant; otherwise everything counts.
    pub comparable: bool,
    /// The verdict over the rows that changed.
    pub verdict: Verdict,
    /// Whether a note requires action that required none in the earlier report.
    pub asks_for_action: bool,
    /// The numbers of the rows that do not pass and had the same result in the earlier report.
    pub known_rows: Vec<u32>,
}

impl Baseline {
    /// Whether a row had the same result in the earlier report.
    pub(super) fn knows(&self, row: &ResultRow) -> bool {
        // The numbers are in the order of the rows. A search through all of them would be slow for thousands of rooms.
        self.known_rows.binary_search(&row.n).is_ok()
    }

    /// The known rows that would count without the baseline, as opposed to what was not run and to advice.
    pub(super) fn findings<'r>(
        &self,
        rows: &'r [ResultRow],
    ) -> impl Iterator<Item = &'r ResultRow> {
        rows.iter().filter(|row| {
            self.knows(row)
                && row.requirement != Requirement::Advisory
                && matches!(
                    row.outcome,
                    Outcome::Fail | Outcome::Unknown | Outcome::Error
                )
        })
    }
}

impl Counts {
    /// Counts rows. Every number of rows that any format shows comes from here.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a ResultRow>) -> Self {
        rows.into_iter().fold(Self::default(), |mut counts, row| {
            *counts.slot(row.outcome) += 1;
            counts
        })
    }

    /// The number of rows that ended in this way.
    pub fn get(self, outcome: Outcome) -> usize {
        let mut counts = self;
        *counts.slot(outcome)
    }

    /// The number of rows.
    pub fn total(self) -> usize {
        self.pass + self.fail + self.unknown + self.skipped + self.error
    }

    fn slot(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Fail => &mut self.fail,
            Outcome::Unknown => &mut self.unknown,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Error => &mut self.error,
        }
    }
}

impl Summary {
    /// Evaluates the rows of a run. `asks_for_action` is whether a note requires action, which counts for `--fail-on note`.
    pub fn of(
        rows: &[ResultRow],
        (fail_on, asks_for_action): (FailOn, bool),
        interrupted: bool,
    ) -> Self {
        let verdict = Verdict::of(rows);
        let exit_code = if interrupted {
            exit_code::INTERRUPTED
        } else {
            verdict.exit_code(fail_on, asks_for_action)
        };
        Self {
            verdict,
            exit_code,
            fail_on,
            counts: Counts::of(rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample_report::{any_rows, row};
    use super::*;
    use crate::terms::{CheckId, Requirement};

    #[test]
    fn every_outcome_has_its_own_count() {
        let outcomes = [
            Outcome::Pass,
            Outcome::Fail,
            Outcome::Unknown,
            Outcome::Skipped,
            Outcome::Error,
        ];
        for outcome in outcomes {
            let counts = Counts::of(&[row(CheckId::MailSend, Requirement::Optional, outcome)]);
            assert_eq!((counts.get(outcome), counts.total()), (1, 1));
        }
    }

    proptest! {
        #[test]
        fn the_counts_add_up(rows in any_rows()) {
            prop_assert_eq!(Counts::of(&rows).total(), rows.len());
        }

        #[test]
        fn an_interrupted_run_ends_with_130_whatever_it_found(rows in any_rows(), note in any::<bool>()) {
            prop_assert_eq!(Summary::of(&rows, (FailOn::Note, note), true).exit_code, 130);
        }
    }
}
