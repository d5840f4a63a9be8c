//! Help of the program as a whole: commands in groups by task, examples, and exit codes.
//!
//! The names and descriptions of the commands come from the clap definitions; only the grouping is written here. The manual
//! page uses the same groups.

use std::fmt::Write as _;

use clap::builder::{StyledStr, Styles};

use crate::terms::exit_code;

use super::examples;

/// Commands that people use for the same task.
pub(super) struct CommandGroup {
    /// Heading, without its colon.
    pub(super) heading: &'static str,
    /// Names of the commands, in the order of the help.
    pub(super) commands: &'static [&'static str],
}

/// The groups, in the order of the help. A test finds a command that is in none of them.
pub(super) const GROUPS: [CommandGroup; 5] = [
    CommandGroup {
        heading: "Check a tenant",
        commands: &["check", "fleet", "migrate"],
    },
    CommandGroup {
        heading: "Read and share reports",
        commands: &["report", "collect", "diff", "schema"],
    },
    CommandGroup {
        heading: "Look things up offline",
        commands: &["guide", "explain", "token", "requirements"],
    },
    CommandGroup {
        heading: "Try it without a tenant",
        commands: &["demo", "simulate"],
    },
    CommandGroup {
        heading: "Set up the program",
        commands: &["init", "completions", "man"],
    },
];

/// Names of all commands, for the argument of `man`.
pub(super) fn command_names() -> Vec<&'static str> {
    GROUPS
        .iter()
        .flat_map(|group| group.commands)
        .copied()
        .collect()
}

/// Help template for a program, with its commands in groups instead of one list.
pub(super) fn template(program: &clap::Command) -> StyledStr {
    let width = command_names().iter().map(|name| name.len()).max();
    let (header, literal) = (Styles::styled(), Styles::styled());
    let (header, literal) = (header.get_header(), literal.get_literal());
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for group in &GROUPS {
        let _ = writeln!(text, "\n{header}{}:{header:#}", group.heading);
        for command in group.in_program(program) {
            let name = format!("{:1$}", command.get_name(), width.unwrap_or_default());
            let about = command.get_about().map(ToString::to_string);
            let about = about.unwrap_or_default();
            let _ = writeln!(text, "  {literal}{name}{literal:#}  {about}");
        }
    }
    let _ = write!(
        text,
        "\n{header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    text.into()
}

impl CommandGroup {
    /// The clap definitions of the commands.
    pub(super) fn in_program<'a>(
        &self,
        program: &'a clap::Command,
    ) -> impl Iterator<Item = &'a clap::Command> {
        self.commands
            .iter()
            .filter_map(|name| program.find_subcommand(name))
    }
}

/// Text below the options of `-h`.
pub(super) fn below_short_help() -> String {
    format!("{}\n\n{MORE_HELP}", exit_codes())
}

/// Text below the options of `--help`.
pub(super) fn below_long_help() -> String {
    format!("{}\n\n{}\n\n{MORE_HELP}", examples::PROGRAM, exit_codes())
}

/// Exit codes as a list with a heading.
pub(super) fn exit_codes() -> String {
    let mut text = "Exit codes (the same for every format):\n".to_owned();
    for (code, meaning) in exit_code::MEANINGS {
        let _ = writeln!(text, "{code:>5}  {meaning}");
    }
    text + "Treat any other exit code as a failure."
}

const MORE_HELP: &str =
    "Run 'rx-preflight COMMAND --help' for the options and examples of a command.";
