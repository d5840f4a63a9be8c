//! `man`: prints the manual page of the program or of a command.

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Arguments, CliError, Exit, output};

pub(super) fn run(command: Option<&str>) -> Result<Exit, CliError> {
    let mut page = Vec::new();
    page_for(command)?
        .render(&mut page)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    // The library calls the section of the texts below the help EXTRA: here they are exit codes or examples.
    let page = String::from_utf8_lossy(&page);
    let (section, heading) = if command.is_some() {
        (".SH EXAMPLES\n", "Examples:\n")
    } else {
        (".SH \"EXIT STATUS\"\n", "")
    };
    output::document(&page.replace(".SH EXTRA\n", section).replacen(
        heading,
        "",
        usize::from(command.is_some()),
    ))?;
    Ok(Exit::Success)
}

/// The page of the program, or of one of its commands.
fn page_for(command: Option<&str>) -> Result<Man, CliError> {
    let mut program = Arguments::command();
    program.build();
    let Some(name) = command else {
        return Ok(Man::new(program));
    };
    match program.find_subcommand(name) {
        Some(found) => Ok(Man::new(found.clone())),
        None => Err(CliError::Internal(format!("there is no command {name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_can_be_named() {
        let program = Arguments::command();
        let man = program
            .find_subcommand("man")
            .and_then(|man| man.get_arguments().next())
            .unwrap();
        let offered: Vec<String> = man
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
        let commands: Vec<&str> = program
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(offered, commands);
        for command in commands {
            assert!(page_for(Some(command)).is_ok(), "{command}");
        }
    }
}
