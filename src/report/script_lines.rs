//! Lines of a PowerShell script that changes nothing when it runs unedited: a line that changes settings is a comment below
//! its `-WhatIf` preview.
//!
//! Every text is a comment, and each of its lines begins with a number sign and a space. A text can therefore not become
//! code, nor a directive that PowerShell obeys, such as `#Requires` or the start of a signature block.

use std::collections::HashSet;

use crate::diagnosis::Command;
use crate::knowledge;

use super::table::wrap;
use super::{long_command, wording};

/// UTF-8 byte order mark. Windows PowerShell 5.1 reads a file without it in the ANSI code page of the machine, where a byte
/// of a letter can become a typographic quotation mark, which ends a string literal.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
/// Line break. Notepad on older versions of Windows shows a file with bare line feeds as one line.
pub(super) const LINE_BREAK: &str = "\r\n";
/// Width of a comment, in columns. Commands are never wrapped.
const COMMENT_WIDTH: usize = 110;
/// Prefix of a command for another shell.
const OTHER_SHELL_PREFIX: &str = "#   ";

/// The lines of the script.
#[derive(Default)]
pub(super) struct ScriptLines {
    lines: Vec<String>,
    /// The sign-ins and remarks that are in the script already.
    printed: HashSet<String>,
}

impl ScriptLines {
    /// Adds a text as a comment: the first line with its label, the other lines indented.
    pub(super) fn comment(&mut self, label: &str, text: &str) {
        // A control character could end the comment, and the text behind it would run as code.
        let labeled = format!("{label}{}", text.replace(char::is_control, " "));
        for (index, line) in wrap::lines(&labeled, COMMENT_WIDTH).iter().enumerate() {
            self.lines
                .push(format!("# {}{line}", if index == 0 { "" } else { "    " }));
        }
    }

    /// Adds an address on one line, so that it can be copied. It must be a plain address.
    pub(super) fn address(&mut self, label: &str, address: &str) {
        self.lines.push(format!("# {label}: {address}"));
    }

    /// Adds a comment for each pair of a label and a value.
    pub(super) fn pairs(&mut self, pairs: &[(&str, String)]) {
        for (name, value) in pairs {
            self.comment(&format!("{name}: "), value);
        }
    }

    /// Adds numbered steps as comments.
    pub(super) fn steps(&mut self, steps: &[String]) {
        for (index, step) in steps.iter().enumerate() {
            self.comment(&format!("{}: ", wording::step(index + 1)), step);
        }
    }

    /// Adds an empty line.
    pub(super) fn empty_line(&mut self) {
        self.lines.push(String::new());
    }

    /// Starts a part: its commands repeat the sign-ins and remarks of earlier parts.
    pub(super) fn start_part(&mut self, heading: &str, introduction: Option<&str>) {
        self.printed.clear();
        self.comment("==== ", &format!("{heading} ===="));
        if let Some(sentence) = introduction {
            self.comment("", sentence);
        }
        self.empty_line();
    }

    /// Adds commands with empty lines around them.
    pub(super) fn commands(&mut self, commands: &[Command]) {
        for command in commands {
            self.empty_line();
            self.command(command);
        }
        if !commands.is_empty() {
            self.empty_line();
        }
    }

    /// Adds a command. A sign-in or a remark that several commands share appears once in each part.
    fn command(&mut self, command: &Command) {
        // PowerShell would try to run a line of another shell, so all of its lines become comments.
        if command.shell() != "powershell" {
            self.other_shell(command);
            return;
        }
        for line in long_command::for_a_script(command).lines() {
            let signs_in = line.starts_with("Connect-");
            let once = signs_in || knowledge::commands().is_remark(line);
            if !once || self.printed.insert(line.to_owned()) {
                self.lines.push(line.to_owned());
            } else if signs_in {
                self.comment(&format!("{}: ", wording::SIGNED_IN_ABOVE), line);
            }
        }
    }

    fn other_shell(&mut self, command: &Command) {
        self.comment("", &wording::other_shell_note(command.shell_name()));
        self.lines.extend(
            command
                .text()
                .lines()
                .map(|line| format!("{OTHER_SHELL_PREFIX}{line}")),
        );
    }

    /// The finished script.
    pub(super) fn finish(&self) -> String {
        format!(
            "{BYTE_ORDER_MARK}{}{LINE_BREAK}",
            self.lines.join(LINE_BREAK)
        )
    }
}
