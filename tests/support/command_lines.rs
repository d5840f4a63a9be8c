//! Command lines in help texts and in the documentation.

use clap::Parser;
use rx_preflight::cli::Arguments;

/// The command lines of a text, each with its continuation lines.
pub fn command_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let line = line.trim();
        if is_open {
            lines.last_mut().unwrap().push_str(line);
        } else if line.starts_with("rx-preflight ") {
            lines.push(line.to_owned());
        } else {
            continue;
        }
        let last = lines.last_mut().unwrap();
        is_open = last.ends_with('\\');
        if is_open {
            last.pop();
            last.push(' ');
        }
    }
    lines
}

/// The words of a command line without its redirection, its comment, its pipe, and what follows if it fails.
pub fn words(line: &str) -> Vec<String> {
    let line = [" # ", " < ", " || ", " | "]
        .iter()
        .fold(line, |line, end| line.split(end).next().unwrap_or_default());
    shlex::split(line).unwrap_or_else(|| panic!("{line}: a quotation mark is open"))
}

/// Fails if the program does not understand a command line.
pub fn assert_understood(line: &str) {
    match Arguments::try_parse_from(words(line)) {
        // Help and the version are errors to clap, but not wrong usage.
        Err(error) if error.use_stderr() => panic!("{line}: {error}"),
        _ => {}
    }
}
