//! `completions`: prints a completion script for a shell.

use std::fmt::Write as _;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Arguments, CliError, Exit, output};

pub(super) fn run(shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "rx-preflight",
        &mut script,
    );
    output::document(&complete_script(shell, &String::from_utf8_lossy(&script)))?;
    Ok(Exit::Success)
}

/// Adds to a script what `clap_complete` 4.6.11 leaves out.
fn complete_script(shell: Shell, script: &str) -> String {
    match shell {
        // The bash script names its state in two ways where the name of the program has a hyphen, so that no case
        // matches: https://github.com/clap-rs/clap/issues/6421.
        Shell::Bash => script.replace("rx__subcmd__preflight", "rx__preflight"),
        Shell::Fish => format!("{script}{}", fish_positional_values()),
        _ => script.to_owned(),
    }
}

/// Lines for fish, whose script has no values of positional arguments.
fn fish_positional_values() -> String {
    let mut lines = String::new();
    for command in Arguments::command().get_subcommands() {
        let values: Vec<String> = command
            .get_positionals()
            .flat_map(clap::Arg::get_possible_values)
            .map(|value| value.get_name().to_owned())
            .collect();
        if !values.is_empty() {
            let name = command.get_name();
            let condition = format!("__fish_rx_preflight_using_subcommand {name}");
            let _ = writeln!(
                lines,
                "complete -c rx-preflight -n \"{condition}\" -f -a \"{}\"",
                values.join(" ")
            );
        }
    }
    lines
}
