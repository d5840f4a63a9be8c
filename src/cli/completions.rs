//! `completions`: a script for a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Arguments, CliError, Exit, output};

pub(super) fn run(shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "rx-preflight", &mut script);
    output::document(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
