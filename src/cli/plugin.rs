//! The rules of a monitoring plugin: who reads standard output as a plugin's line takes the state from the exit code, so a
//! command that fails ends as UNKNOWN, and its first line on standard output states why.

use std::ffi::OsString;

use jiff::Timestamp;

use crate::report::{Format, MonitorState, NoReport, without_report};
use crate::settings::quotable;

use super::Exit;
use super::args::{Command, OutputArguments};
use super::console::document;

/// The option that selects the format of standard output.
const FORMAT: &str = "--format";

/// Who reads the exit code and standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A person, a scheduler or a build server: the exit codes of this program.
    Usual,
    /// A monitor that runs this program as a plugin: the exit codes of a plugin.
    Monitor,
}

impl Caller {
    /// The caller of a command.
    pub(super) fn of(command: &Command) -> Self {
        Self::of_output(match command {
            Command::Check(arguments) => Some(&arguments.tenant.output),
            Command::Migrate(arguments) => Some(&arguments.tenant.output),
            Command::Demo(arguments) => Some(&arguments.output),
            // A hand-over is for a person, and has no line for a monitor.
            Command::Report(arguments) if arguments.audience.is_none() => Some(&arguments.output),
            _ => None,
        })
    }

    fn of_output(output: Option<&OutputArguments>) -> Self {
        match output.and_then(|output| output.format) {
            Some(name) if name.is(Format::Nagios) => Self::Monitor,
            _ => Self::Usual,
        }
    }

    /// The caller of a command line that clap rejects.
    pub(super) fn of_rejected(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let name = Format::Nagios.name();
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let is_named = arguments
            .windows(2)
            .any(|pair| pair[0] == FORMAT && pair[1] == name);
        let attached = format!("{FORMAT}={name}");
        if is_named || arguments.iter().any(|argument| *argument == *attached) {
            Self::Monitor
        } else {
            Self::Usual
        }
    }

    /// Ends a command that failed. A monitor gets the line that states why.
    pub(super) fn end_failed(self, exit: Exit, reason: &str) -> Exit {
        if self == Self::Usual {
            return exit;
        }
        let no_report = NoReport {
            at: Timestamp::now(),
            file: "",
            reason: &quotable(reason),
            exit_code: exit.code(),
        };
        if let Some(line) = without_report(Format::Nagios, &no_report) {
            // The exit code states UNKNOWN even where standard output is closed.
            let _ = document(&line);
        }
        Exit::Plugin(MonitorState::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_rejected(line: &str) -> Caller {
        Caller::of_rejected(line.split(' ').map(OsString::from))
    }

    #[test]
    fn a_rejected_line_names_the_format_in_either_form() {
        for line in [
            "rx-preflight check --format nagios --no-such",
            "rx-preflight check --no-such --format=nagios",
        ] {
            assert_eq!(of_rejected(line), Caller::Monitor, "{line}");
        }
        for line in [
            "rx-preflight check --format json --no-such",
            "rx-preflight check --config nagios",
            "rx-preflight check -o a.nagios --no-such",
        ] {
            assert_eq!(of_rejected(line), Caller::Usual, "{line}");
        }
    }
}
