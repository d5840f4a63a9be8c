//! Finds the files of `--output` in a command line that clap rejects: an unknown option must not leave yesterday's report
//! where a monitor expects today's.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::settings::DEFAULT_FILE;

use super::Exit;
use super::fleet::reports_of_customers;
use super::previous_reports::FailedRun;

/// The commands that make a report of one tenant.
const COMMANDS: [&str; 2] = ["check", "migrate"];
/// The command that makes a report about many customers.
const FLEET: &str = "fleet";
/// The command that makes documents of saved reports.
const CONVERTER: &str = "report";

/// The options of these commands whose value is a file that is read.
const INPUTS: [&str; 11] = [
    "--accepted",
    "--baseline",
    "--ca-file",
    "--client-certificate-file",
    "--client-certificate-password-file",
    "--client-secret-file",
    "--config",
    "--redaction-map",
    "--rooms",
    "--with",
    "-c",
];

/// Removes the earlier reports that a check with a rejected command line would have replaced. Touches only reports of this
/// program, and no file that the command line also names as an input. `reason` is what is wrong with the command line.
pub(super) fn end_without_report(arguments: impl IntoIterator<Item = OsString>, reason: &str) {
    let arguments: Vec<OsString> = arguments.into_iter().skip(1).collect();
    let Some((command, options)) = arguments.split_first() else {
        return;
    };
    let redact = options.iter().any(|option| option == "--redact");
    let (outputs, inputs) = named_files(options.iter().cloned());
    let failed = FailedRun::because(reason, Exit::Usage, redact);
    let combines = command == CONVERTER && options.iter().any(is_merge);
    if combines || command == FLEET {
        failed.leave_no_report(&outputs, &reports_of_customers(&outputs));
    } else if COMMANDS.iter().any(|name| command == name) {
        failed.leave_no_report(&outputs, &inputs);
    } else if command == CONVERTER {
        failed.inform_monitors(&outputs, &inputs);
    }
}

/// Whether this option makes one document of many reports.
fn is_merge(option: &OsString) -> bool {
    option
        .to_str()
        .is_some_and(|option| split_option(option).0 == "--merge")
}

/// Output and input files that the command line names.
fn named_files(arguments: impl Iterator<Item = OsString>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    // The default settings file is read without being named.
    let (mut outputs, mut inputs) = (Vec::new(), vec![PathBuf::from(DEFAULT_FILE)]);
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        // Every option is ASCII, so text that is not UTF-8 can only be a value.
        let Some(text) = argument.to_str() else {
            continue;
        };
        // Clap takes nothing after `--` as an option.
        if text == "--" {
            break;
        }
        let (option, attached) = split_option(text);
        let is_output = option == "--output" || option == "-o";
        if !is_output && !INPUTS.contains(&option) {
            continue;
        }
        // A value that looks like an option is one: the value was forgotten, which can be why the line is refused.
        let next = || {
            arguments.next_if(|value| !value.to_str().is_some_and(|value| value.starts_with("--")))
        };
        let Some(value) = attached.map(OsString::from).or_else(next) else {
            continue;
        };
        if is_output {
            outputs.push(value.into());
        } else {
            inputs.push(value.into());
        }
    }
    (outputs, inputs)
}

/// An option and a value that is attached to it: `--output=FILE`, `-oFILE`, `-qo FILE`.
fn split_option(text: &str) -> (&str, Option<&str>) {
    if text.starts_with("--") {
        return text
            .split_once('=')
            .map_or((text, None), |(option, value)| (option, Some(value)));
    }
    // Only `-q` and `-v` take no value, so only they can precede `-o` or `-c` in one word.
    let is_switch = |letter: char| "qv".contains(letter);
    let Some(letters) = text
        .strip_prefix('-')
        .map(|letters| letters.trim_start_matches(is_switch))
    else {
        return (text, None);
    };
    let (option, value) = match letters.chars().next() {
        Some('o') => ("-o", &letters[1..]),
        Some('c') => ("-c", &letters[1..]),
        _ => return (text, None),
    };
    // Clap accepts an equals sign after a short option as well.
    let value = value.strip_prefix('=').unwrap_or(value);
    (option, (!value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use crate::cli::args::Arguments;

    use super::*;

    #[test]
    fn every_option_that_names_a_file_is_an_output_or_an_input() {
        let program = Arguments::command();
        let options = COMMANDS
            .iter()
            .filter_map(|name| program.find_subcommand(name))
            .flat_map(clap::Command::get_arguments)
            .filter(|option| names_a_file(option) && option.get_id() != "output");
        let mut names = BTreeSet::new();
        for option in options {
            names.extend(option.get_long().map(|long| format!("--{long}")));
            names.extend(option.get_short().map(|short| format!("-{short}")));
        }
        assert_eq!(names, INPUTS.map(str::to_owned).into());
    }

    fn names_a_file(option: &clap::Arg) -> bool {
        let mut values = option.get_value_names().unwrap_or_default().iter();
        !option.is_positional() && values.any(|value| value == "FILE")
    }

    fn outputs(line: &str) -> Vec<PathBuf> {
        named_files(line.split(' ').map(OsString::from)).0
    }

    #[test]
    fn every_way_to_name_an_output_is_found_whatever_is_wrong_with_the_line() {
        for line in [
            "-o a.json --no-such-option",
            "--no-such-option -o a.json",
            "--sample 0 --output a.json",
            "--output=a.json",
            "-oa.json --brief --verbose",
            "-o=a.json",
            "-qo a.json -v",
            "-qoa.json stray",
            "stray -o a.json --config x.toml",
        ] {
            assert_eq!(outputs(line), [PathBuf::from("a.json")], "{line}");
        }
        assert_eq!(outputs("-o a.json --brief -o b.html").len(), 2);
    }

    #[test]
    fn values_of_other_options_are_not_outputs() {
        for line in [
            "--config -o",
            "-o --brief",
            "--rooms a.json",
            "-- -o a.json",
            "a.json",
            "-c a.json",
            "-ca.json",
        ] {
            assert!(outputs(line).is_empty(), "{line}");
        }
        let (_, inputs) = named_files(
            ["-c", "a.toml", "--rooms=b.csv"]
                .map(OsString::from)
                .into_iter(),
        );
        assert_eq!(inputs, [DEFAULT_FILE, "a.toml", "b.csv"].map(PathBuf::from));
    }
}
