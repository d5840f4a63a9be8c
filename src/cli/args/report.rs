//! Options that `check` and `demo` share: the report, its exit code, and the wait for changes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::file_name;
use crate::cli::output_format::{self, FormatName};
use crate::report::FailOn;

use super::headings;

/// Options for notes about dates.
#[derive(Debug, Default, Args)]
pub struct WarningArguments {
    /// Days before a date from which a note requires action: end of the secret [default: 30], end of EWS [default: 180]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=730), help_heading = headings::EXIT_CODE)]
    pub warn_days: Option<u16>,
}

/// Options for findings that do not count.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::EXIT_CODE)]
pub struct KnownFindingArguments {
    /// File of accepted findings, which stay in the report and do not count [default: the file that the settings file names]
    ///
    /// A TOML file with a table 'accepted' for each finding: cause, reason, owner, expires (the last day), and where needed
    /// connection and subject. A finding counts again after its last day. If no room works, required findings count in any case.
    #[arg(long, value_name = "FILE")]
    pub accepted: Option<PathBuf>,
    /// Earlier report, as JSON: the exit code is only about what changed since then
    ///
    /// The verdict is still about everything. A check that has the same result as in the earlier report does not count for the
    /// exit code and for --format nagios and junit.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Options for repeating the check.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::TIME)]
pub struct WaitArguments {
    /// Repeat the check for up to this long, until all required checks pass or waiting can no longer help (for example, 2h)
    ///
    /// A duration from 1s to 7d. The report and the exit code come from the last attempt.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub wait: Option<String>,
    /// Longest pause between two attempts; only for demonstrations and tests, because frequent attempts prolong the wait
    #[arg(
        long,
        value_name = "DURATION",
        allow_hyphen_values = true,
        requires = "wait",
        hide = true
    )]
    pub wait_pause: Option<String>,
}

/// Options for the output of a report.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = headings::OUTPUT)]
pub struct OutputArguments {
    /// Format of standard output [default: table]
    ///
    /// With nagios, the exit codes are those of monitoring plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. The exit code in
    /// the JSON report stays that of this program.
    #[arg(long, value_name = "FORMAT", value_parser = output_format::parser())]
    pub format: Option<FormatName>,
    /// Show a summary of at most twelve lines, for a chat
    #[arg(long, conflicts_with_all = ["verbose", "format"])]
    pub brief: bool,
    /// Also write the report to a file; the extension selects the format (.json, .html, .md, .xml, .txt, .prom, .nagios,
    /// .card); can be repeated
    ///
    /// The report still goes to standard output; --quiet suppresses it. Every file is checked before the first request and is
    /// written completely or not at all.
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Vec<PathBuf>,
    /// Replace addresses, names, ids and your own hosts with pseudonyms, for a ticket
    ///
    /// Standard output is redacted as well, with one exception: if --output names a file, the table on a terminal keeps the
    /// real names, and a message states this. The same values get the same pseudonyms in every report.
    #[arg(long)]
    pub redact: bool,
    /// File that maps the pseudonyms back to the values; keep it on this machine [default: rx-preflight-redaction-map.json]
    #[arg(long, value_name = "FILE", requires = "redact", value_parser = file_name::parser())]
    pub redaction_map: Option<PathBuf>,
    /// Show the problems in full, every row and every request
    #[arg(short, long)]
    pub verbose: bool,
    /// Show only the problem or note with this number, in full (for example, --problem 1)
    ///
    /// The first screen numbers the problems and notes. The steps, the commands, and how to verify the fix are shown, and then
    /// the verdict.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        conflicts_with_all = ["brief", "verbose", "quiet", "format"],
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub problem: Option<u32>,
    /// Write nothing to standard output
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Use plain text without tables and boxes, for screen readers and logs
    #[arg(long)]
    pub plain: bool,
    /// When to use color
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Lowest level of findings that makes the exit code differ from 0; for a saved report, that of its check counts unless
    /// another one is given [default: required]
    #[arg(long, value_name = "LEVEL", help_heading = headings::EXIT_CODE)]
    pub fail_on: Option<Level>,
}

impl OutputArguments {
    /// The level of a run.
    pub fn fail_on(&self) -> FailOn {
        self.fail_on.unwrap_or_default().into()
    }
}

/// When to use color.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    #[value(help = "On a terminal, unless NO_COLOR is set")]
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What makes the exit code differ from 0.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Required checks
    #[default]
    Required,
    /// Optional checks as well (exit code 4)
    Optional,
    /// Optional checks, and notes that require action, such as a secret that expires soon (exit code 4)
    Note,
}

impl From<Level> for FailOn {
    fn from(level: Level) -> Self {
        match level {
            Level::Required => Self::Required,
            Level::Optional => Self::Optional,
            Level::Note => Self::Note,
        }
    }
}
