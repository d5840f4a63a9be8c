//! The state of a run as a monitoring plugin reports it, for Nagios and those that took over its rules.

use crate::terms::{Readiness, plugin_exit_code};

use super::{Report, Verdict, verdict_notes};

/// What a monitoring plugin reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonitorState {
    /// Ready, and nothing requires action.
    Ok,
    /// Booking works; a limitation or a note requires action.
    Warning,
    /// A required check failed.
    Critical,
    /// There is no clear result.
    Unknown,
}

impl MonitorState {
    /// The state of a run.
    pub fn of(report: &Report) -> Self {
        // What an interrupted run did not check can be anything.
        if report.interrupted {
            return Self::Unknown;
        }
        // With a baseline, an alert is about what changed, as the exit code is.
        let (verdict, needs_action) = match &report.baseline {
            Some(baseline) => (baseline.verdict, baseline.asks_for_action),
            None => (
                report.summary.verdict,
                verdict_notes::any_needs_action(&report.causes),
            ),
        };
        match (&report.migration, verdict) {
            // Without a connection to switch, the run is a check of the installation as it is.
            (Some(migration), _) if !migration.connections.is_empty() => {
                Self::of_readiness(migration.readiness)
            }
            (_, Verdict::NotReady) => Self::Critical,
            (_, Verdict::Inconclusive) => Self::Unknown,
            (_, Verdict::ReadyLimited) => Self::Warning,
            (_, Verdict::Ready) if needs_action => Self::Warning,
            (_, Verdict::Ready) => Self::Ok,
        }
    }

    fn of_readiness(readiness: Readiness) -> Self {
        match readiness {
            Readiness::ReadyToSwitch => Self::Ok,
            Readiness::WorkToDo => Self::Critical,
            Readiness::Inconclusive => Self::Unknown,
        }
    }

    /// The word for the state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The exit code of a plugin.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Ok => plugin_exit_code::OK,
            Self::Warning => plugin_exit_code::WARNING,
            Self::Critical => plugin_exit_code::CRITICAL,
            Self::Unknown => plugin_exit_code::UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;
    use crate::terms::Requirement;

    fn state(verdict: Verdict, interrupted: bool) -> MonitorState {
        let mut report = sample_report::report_all_passed();
        report.causes.clear();
        report.summary.verdict = verdict;
        report.interrupted = interrupted;
        MonitorState::of(&report)
    }

    #[test]
    fn every_verdict_has_its_state_and_an_interrupted_run_is_unknown() {
        for (verdict, expected) in [
            (Verdict::Ready, MonitorState::Ok),
            (Verdict::ReadyLimited, MonitorState::Warning),
            (Verdict::NotReady, MonitorState::Critical),
            (Verdict::Inconclusive, MonitorState::Unknown),
        ] {
            assert_eq!(state(verdict, false), expected);
            assert_eq!(state(verdict, true), MonitorState::Unknown);
        }
    }

    #[test]
    fn a_note_that_requires_action_is_a_warning_and_any_other_note_is_not() {
        let mut report = sample_report::report_all_passed();
        report.causes = sample_report::report().causes;
        report.causes.truncate(1);
        let note = &mut report.causes[0];
        note.id = "registration.secret-expiring".to_owned();
        note.requirement = Requirement::Advisory;
        note.asks_for_action = false;
        assert_eq!(MonitorState::of(&report), MonitorState::Ok);
        report.causes[0].asks_for_action = true;
        assert_eq!(MonitorState::of(&report), MonitorState::Warning);
    }

    #[test]
    fn a_comparison_of_the_apis_has_the_state_of_its_readiness() {
        let mut report = sample_report::report_of_migration();
        for (readiness, expected) in [
            (Readiness::ReadyToSwitch, MonitorState::Ok),
            (Readiness::WorkToDo, MonitorState::Critical),
            (Readiness::Inconclusive, MonitorState::Unknown),
        ] {
            report.migration.as_mut().unwrap().readiness = readiness;
            assert_eq!(MonitorState::of(&report), expected);
        }
    }
}
