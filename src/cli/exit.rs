//! Exit codes: a contract with the scripts and schedulers that run this program.

use std::process::ExitCode;

/// How the program ends. Treat a code that is not listed here as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: `ready` or `ready-limited`, or a command that completed.
    Success,
    /// 1: `not-ready`.
    NotReady,
    /// 1: `explain` recognized nothing in its input.
    NothingFound,
    /// 2: wrong usage or settings file.
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
}

impl Exit {
    /// The number that the process returns.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NotReady | Self::NothingFound => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Limited => 4,
            Self::Failed => 5,
            Self::Interrupted => 130,
            Self::FromReport(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
