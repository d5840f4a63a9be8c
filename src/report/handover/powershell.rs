//! Hand-over as a PowerShell script. When it runs unedited it only reads: a line that changes settings is a comment below
//! its `-WhatIf` preview.
//!
//! Every text is a comment, and each of its lines begins with a number sign and a space. A text can therefore not become
//! code, nor a directive that PowerShell obeys, such as `#Requires` or the start of a signature block.

use std::collections::HashSet;

use crate::diagnosis::Command;
use crate::knowledge;
use crate::report::table::wrap;
use crate::report::{long_command, wording};

use super::tasks::{Handover, RoleTasks, Task};
use super::text;

/// UTF-8 byte order mark. Windows PowerShell 5.1 reads a file without it in the ANSI code page of the machine, where a byte
/// of a letter can become a typographic quotation mark, which ends a string literal.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// Line break. Notepad on older versions of Windows shows a file with bare line feeds as one line.
const LINE_BREAK: &str = "\r\n";
/// Width of a comment, in columns. Commands are never wrapped.
const COMMENT_WIDTH: usize = 110;
/// Prefix of a command for another shell.
const OTHER_SHELL_PREFIX: &str = "#   ";

/// Renders a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut file = ScriptLines(Vec::new());
    file.header(handover);
    for part in &handover.parts {
        file.part(part);
    }
    if let Some(closing) = text::closing(handover) {
        file.comment("", &closing);
    }
    format!("{BYTE_ORDER_MARK}{}{LINE_BREAK}", file.0.join(LINE_BREAK))
}

/// The lines of the script.
struct ScriptLines(Vec<String>);

impl ScriptLines {
    /// Adds a text as a comment: the first line with its label, the other lines indented.
    fn comment(&mut self, label: &str, text: &str) {
        // A control character could end the comment, and the text behind it would run as code.
        let labeled = format!("{label}{}", text.replace(char::is_control, " "));
        for (index, line) in wrap::lines(&labeled, COMMENT_WIDTH).iter().enumerate() {
            self.0
                .push(format!("# {}{line}", if index == 0 { "" } else { "    " }));
        }
    }

    /// Adds an address on one line, so that it can be copied. [`Handover`] contains plain addresses only.
    fn address(&mut self, label: &str, address: &str) {
        self.0.push(format!("# {label}: {address}"));
    }

    fn pairs(&mut self, pairs: &[(&str, String)]) {
        for (name, value) in pairs {
            self.comment(&format!("{name}: "), value);
        }
    }

    fn empty_line(&mut self) {
        self.0.push(String::new());
    }

    fn header(&mut self, handover: &Handover) {
        self.comment("", wording::HANDOVER_TITLE);
        for paragraph in text::introduction(handover) {
            self.comment("", &paragraph);
        }
        if handover.parts.iter().any(RoleTasks::has_powershell) {
            self.comment("", text::SCRIPT_NOTE);
        }
        self.empty_line();
        self.pairs(&text::tested_target(handover));
        self.empty_line();
    }

    fn part(&mut self, part: &RoleTasks) {
        self.comment("==== ", &format!("{} ====", text::role_heading(part)));
        if let Some(sentence) = &part.introduction {
            self.comment("", sentence);
        }
        self.empty_line();
        let mut printed = HashSet::new();
        for task in &part.tasks {
            self.task(task, &mut printed);
        }
    }

    fn task(&mut self, task: &Task, printed: &mut HashSet<String>) {
        let word = wording::requirement(task.requirement);
        self.comment(&format!("---- {}. [{word}] ", task.number), &task.title);
        self.pairs(&text::task_details(task));
        for (index, step) in task.steps.iter().enumerate() {
            self.comment(&format!("{}: ", wording::step(index + 1)), step);
        }
        for command in &task.commands {
            self.empty_line();
            self.command(command, printed);
        }
        if !task.commands.is_empty() {
            self.empty_line();
        }
        self.comment(&format!("{}: ", wording::VERIFY), &task.verify);
        self.comment(&format!("{}: ", wording::TAKES_EFFECT), &task.takes);
        for link in &task.links {
            self.address(wording::LEARN_MORE, link);
        }
        self.empty_line();
    }

    /// Adds a command. A sign-in or a remark that several commands share appears once in each part.
    fn command(&mut self, command: &Command, printed: &mut HashSet<String>) {
        // PowerShell would try to run a line of another shell, so all of its lines become comments.
        if command.shell() != "powershell" {
            self.other_shell(command);
            return;
        }
        for line in long_command::for_a_script(command).lines() {
            let signs_in = line.starts_with("Connect-");
            let once = signs_in || knowledge::commands().is_remark(line);
            if !once || printed.insert(line.to_owned()) {
                self.0.push(line.to_owned());
            } else if signs_in {
                self.comment(&format!("{}: ", wording::SIGNED_IN_ABOVE), line);
            }
        }
    }

    fn other_shell(&mut self, command: &Command) {
        self.comment("", &text::other_shell_note(command.shell_name()));
        self.0.extend(
            command
                .text()
                .lines()
                .map(|line| format!("{OTHER_SHELL_PREFIX}{line}")),
        );
    }
}

impl RoleTasks {
    fn has_powershell(&self) -> bool {
        self.tasks
            .iter()
            .flat_map(|task| &task.commands)
            .any(|command| command.shell() == "powershell")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    fn rendered(change: impl FnOnce(&mut crate::report::Report)) -> String {
        let mut report = sample_report::report();
        change(&mut report);
        render(&Handover::new(&report))
    }

    fn code(file: &str) -> Vec<&str> {
        let lines = file.trim_start_matches(BYTE_ORDER_MARK).split(LINE_BREAK);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect()
    }

    #[test]
    fn the_file_has_its_mark_and_its_line_breaks() {
        let file = rendered(|_| {});
        assert!(file.starts_with("\u{feff}# ") && file.ends_with("\r\n"));
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
        assert_eq!(file.matches(BYTE_ORDER_MARK).count(), 1);
    }

    #[test]
    fn no_text_breaks_out_of_its_comment() {
        let nasty = "a\nRemove-Mailbox 'x'\r\u{2028}Remove-Mailbox\u{85}Remove-Mailbox #> \u{1b}[31m\u{202e} #Requires -Version 99";
        let file = rendered(|report| {
            for cause in &mut report.causes {
                let remedy = &mut cause.remedy;
                for text in [
                    &mut cause.title,
                    &mut remedy.who,
                    &mut remedy.verify,
                    &mut remedy.takes,
                ] {
                    *text = nasty.to_owned();
                }
                remedy.steps = vec![nasty.to_owned()];
                cause.subjects = vec![nasty.to_owned()];
                remedy.commands.clear();
            }
            report.target.tenant_id = nasty.to_owned();
        });
        assert_eq!(code(&file), Vec::<&str>::new());
        assert!(!file.contains(['\u{2028}', '\u{85}', '\u{1b}', '\u{202e}']));
        assert!(
            file.lines()
                .all(|line| !line.starts_with("#Requires") && !line.starts_with("# SIG"))
        );
    }

    #[test]
    fn a_changing_line_is_a_comment_below_its_preview() {
        let file = rendered(|report| {
            report.causes.truncate(1);
            let text =
                "Connect-ExchangeOnline\nSet-CASMailbox 'o''neill `$(x)'\nRemove-Mailbox 'b'";
            let command = Command::new("powershell", text);
            let bash = Command::new("bash", "getent hosts a");
            report.causes[0].remedy.commands = vec![command.clone(), command, bash];
        });
        let preview = "Set-CASMailbox -WhatIf 'o''neill `$(x)'";
        assert_eq!(code(&file), ["Connect-ExchangeOnline", preview, preview]);
        let place = |text: &str| {
            file.find(text)
                .unwrap_or_else(|| panic!("{text} is not in\n{file}"))
        };
        assert!(place(preview) < place("#   Set-CASMailbox 'o''neill `$(x)'"));
        assert!(
            place("# Signed in above: Connect-ExchangeOnline") > place("#   Remove-Mailbox 'b'")
        );
        place("#   getent hosts a");
    }

    #[test]
    fn directives_in_a_command_have_no_effect() {
        let file = rendered(|report| {
            let text = "#Requires -Modules Evil\n# SIG # Begin signature block\nGet-Mailbox";
            report.causes[0].remedy.commands = vec![Command::new("powershell", text)];
        });
        assert!(
            file.contains("\r\n#   #Requires") && file.contains("\r\n#   # SIG #"),
            "{file}"
        );
    }

    #[test]
    fn a_report_without_tasks_has_only_comments() {
        let file = render(&Handover::new(&sample_report::report_all_passed()));
        assert_eq!(code(&file), Vec::<&str>::new());
    }
}
