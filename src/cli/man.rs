//! `man`: the manual page.

use clap::CommandFactory;

use super::{Arguments, CliError, Exit, output};

pub(super) fn run() -> Result<Exit, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    output::document(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Fine)
}
