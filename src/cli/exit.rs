//! The exit codes: a contract with whoever schedules this program.

use std::process::ExitCode;

use crate::terms::exit_code;

/// How the program ends. Treat a code that is not listed here as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: `ready` or `ready-limited`, or a command that did what it was asked.
    Success,
    /// 1: `not-ready`.
    NotReady,
    /// 1: `explain` knows nothing of what it was given.
    NothingFound,
    /// 2: wrong usage or settings file.
    Usage,
    /// 3: `inconclusive`.
    Inconclusive,
    /// 4: `ready-limited`, only with `--fail-on optional`.
    Limited,
    /// 5: the program failed, or the report could not be written or would have leaked.
    Failed,
    /// 130: interrupted.
    Interrupted,
    /// The code that a saved report holds.
    FromReport(u8),
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
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
