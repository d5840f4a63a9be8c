//! Exit codes: a contract with the scripts and schedulers that run this program.

use std::process::ExitCode;

use crate::report::MonitorState;
use crate::terms::exit_code;

/// How the program ends. Treat a code that is not listed here as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: `ready` or `ready-limited`, or a command that completed.
    Success,
    /// 1: `not-ready`.
    NotReady,
    /// 1: `explain` recognized nothing in its input.
    NothingFound,
    /// 2: wrong usage, or an input or output file that cannot be used.
    Usage,
    /// 3: `inconclusive`.
    Inconclusive,
    /// 4: `ready-limited` with `--fail-on optional`; with `--fail-on note` also a note that requires action.
    Limited,
    /// 5: the program failed, or the report could not be written or would have leaked.
    Failed,
    /// 130: interrupted.
    Interrupted,
    /// The exit code in the report.
    FromReport(u8),
    /// The state of a monitoring plugin, where standard output is its line.
    Plugin(MonitorState),
}

impl Exit {
    /// The number that the process returns.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => exit_code::SUCCESS,
            Self::NotReady | Self::NothingFound => exit_code::NOT_READY,
            Self::Usage => exit_code::USAGE,
            Self::Inconclusive => exit_code::INCONCLUSIVE,
            Self::Limited => exit_code::LIMITED,
            Self::Failed => exit_code::FAILED,
            Self::Interrupted => exit_code::INTERRUPTED,
            Self::FromReport(code) => code,
            Self::Plugin(state) => state.exit_code(),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
