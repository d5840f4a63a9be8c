//! `man`: prints the manual page of the program or of a command.

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::program_help::{self, CommandGroup, GROUPS};
use super::{Arguments, CliError, Exit, examples, output};

pub(super) fn run(command: Option<&str>) -> Result<Exit, CliError> {
    let page = match command {
        None => program_page(),
        Some(name) => command_page(name),
    };
    output::document(&page?)?;
    Ok(Exit::Success)
}

/// The page of the program: its commands in the groups of the help, examples, and exit codes.
fn program_page() -> Result<String, CliError> {
    let program = built_program();
    let man = Man::new(program.clone());
    let mut page = rendered(|page| {
        man.render_title(page)?;
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)
    })?;
    page.push_str(".SH COMMANDS\n");
    for group in &GROUPS {
        page += &group_section(&program, group)?;
    }
    let examples = without_heading(examples::PROGRAM);
    page += &text_section("EXAMPLES", &examples)?;
    page += &text_section("\"EXIT STATUS\"", &program_help::exit_codes())?;
    Ok(page)
}

/// The commands of a group, as a subsection.
fn group_section(program: &Command, group: &CommandGroup) -> Result<String, CliError> {
    // The library writes all commands of a program as one section, so each group is rendered as a program of its own.
    let part = Command::new("rx-preflight")
        .disable_help_subcommand(true)
        .subcommands(group.in_program(program).cloned());
    let section = rendered(|page| Man::new(part).render_subcommands_section(page))?;
    let heading = format!(".SS \"{}\"", group.heading);
    Ok(section.replacen(".SH SUBCOMMANDS", &heading, 1))
}

/// A section of lines that stay as they are.
fn text_section(heading: &str, text: &str) -> Result<String, CliError> {
    let part = Command::new("rx-preflight").after_long_help(text.to_owned());
    let section = rendered(|page| Man::new(part).render_extra_section(page))?;
    Ok(without_filling(&section, heading))
}

/// The page of a command.
fn command_page(name: &str) -> Result<String, CliError> {
    let program = built_program();
    let Some(found) = program.find_subcommand(name) else {
        return Err(CliError::Internal(format!("there is no command {name}")));
    };
    let page = rendered(|page| Man::new(found.clone()).render(page))?;
    let Some(at) = page.find(".SH EXTRA\n") else {
        return Ok(page);
    };
    let (options, examples) = page.split_at(at);
    let examples = without_filling(&without_heading(examples), "EXAMPLES");
    Ok(format!("{options}{examples}"))
}

/// Renames the section that the library calls EXTRA, and keeps its lines from being joined into paragraphs.
fn without_filling(section: &str, heading: &str) -> String {
    let section = section.replacen(".SH EXTRA\n", &format!(".SH {heading}\n.nf\n"), 1);
    match section.find(".SH VERSION") {
        Some(at) => format!("{}.fi\n{}", &section[..at], &section[at..]),
        None => format!("{section}.fi\n"),
    }
}

/// The section heading takes the place of the first line of the examples.
fn without_heading(examples: &str) -> String {
    examples.replacen("Examples:\n", "", 1)
}

fn built_program() -> Command {
    let mut program = Arguments::command();
    program.build();
    program
}

/// What the library writes, as text.
fn rendered(
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<String, CliError> {
    let mut text = Vec::new();
    write(&mut text).map_err(|error| CliError::Internal(error.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_is_in_exactly_one_group() {
        let program = Arguments::command();
        let defined: BTreeSet<&str> = program.get_subcommands().map(Command::get_name).collect();
        let grouped: BTreeSet<&str> = program_help::command_names().into_iter().collect();
        assert_eq!(grouped, defined, "add the command to a group in GROUPS");
        assert_eq!(
            program_help::command_names().len(),
            grouped.len(),
            "listed twice"
        );
    }

    #[test]
    fn every_command_has_a_page_and_can_be_named() {
        for name in program_help::command_names() {
            assert!(command_page(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_page_of_the_program_lists_each_command_below_its_group() {
        let page = program_page().unwrap();
        let sections: Vec<&str> = page.split(".SS ").skip(1).collect();
        assert_eq!(sections.len(), GROUPS.len());
        for (group, section) in GROUPS.iter().zip(sections) {
            assert!(section.starts_with(&format!("\"{}\"", group.heading)));
            for name in group.commands {
                let name = format!("rx\\-preflight\\-{name}(1)");
                assert_eq!(page.matches(&name).count(), 1, "{name}");
                assert!(section.contains(&name), "{name}");
            }
        }
    }
}
