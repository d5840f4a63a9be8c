//! The hand-over as a PowerShell script. As it stands it only reads: what would change something is there as a comment,
//! below the form of it that only says what it would do.
//!
//! Whatever comes from a text is a comment, and each of its lines begins with a number sign and a blank. Behind that
//! nothing can break out, and nothing looks like `#Requires` or the head of a signature, which PowerShell would obey.

use std::collections::HashSet;

use super::tasks::{Handover, RoleTasks, Task};
use super::text;
use crate::diagnosis::Command;
use crate::knowledge;
use crate::report::table::wrap;
use crate::report::{long_command, wording};

/// Windows PowerShell 5.1 takes a file without this mark for the code page of the machine. In some of those a byte of a
/// letter is then a typographic quote, which ends a literal.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// Editors that come with older Windows show a file with bare line feeds as one line.
const LINE_BREAK: &str = "\r\n";
/// How wide a comment is. Commands are never broken.
const COMMENT_WIDTH: usize = 110;
/// Before a command of another shell.
const OTHER_SHELL_PREFIX: &str = "#   ";

/// Draws a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut file = ScriptLines(Vec::new());
    file.head(handover);
    for part in &handover.parts {
        file.part(part);
    }
    if let Some(closing) = text::closing(handover) {
        file.text("", &closing);
    }
    format!("{BYTE_ORDER_MARK}{}{LINE_BREAK}", file.0.join(LINE_BREAK))
}

/// The lines of the file.
struct ScriptLines(Vec<String>);

impl ScriptLines {
    /// A text as a comment: the first line with its label, further ones indented.
    fn text(&mut self, label: &str, text: &str) {
        let labelled = format!("{label}{}", text.replace(char::is_control, " "));
        for (index, line) in wrap::lines(&labelled, COMMENT_WIDTH).iter().enumerate() {
            self.0
                .push(format!("# {}{line}", if index == 0 { "" } else { "    " }));
        }
    }

    /// An address is never broken; the model lets only plain ones through.
    fn address(&mut self, label: &str, address: &str) {
        self.0.push(format!("# {label}: {address}"));
    }

    fn pairs(&mut self, pairs: &[(&str, String)]) {
        for (name, value) in pairs {
            self.text(&format!("{name}: "), value);
        }
    }

    fn gap(&mut self) {
        self.0.push(String::new());
    }

    fn head(&mut self, handover: &Handover) {
        self.text("", text::TITLE);
        for paragraph in text::introduction(handover) {
            self.text("", &paragraph);
        }
        if handover.parts.iter().any(RoleTasks::has_powershell) {
            self.text("", SCRIPT_NOTE);
        }
        self.gap();
        self.pairs(&text::tested_target(handover));
        self.gap();
    }

    fn part(&mut self, part: &RoleTasks) {
        self.text("==== ", &format!("{} ====", text::role_heading(part)));
        self.gap();
        let mut printed = HashSet::new();
        for task in &part.tasks {
            self.task(task, &mut printed);
        }
    }

    fn task(&mut self, task: &Task, printed: &mut HashSet<String>) {
        let word = wording::requirement(task.requirement);
        self.text(&format!("---- {}. [{word}] ", task.number), &task.title);
        self.pairs(&text::task_details(task));
        for (index, step) in task.steps.iter().enumerate() {
            self.text(&format!("Step {}: ", index + 1), step);
        }
        if let Some(address) = &task.consent {
            self.address("Consent", address);
        }
        for command in &task.commands {
            self.gap();
            self.command(command, printed);
        }
        if !task.commands.is_empty() {
            self.gap();
        }
        self.text("Verify: ", &task.verify);
        self.text("Takes: ", &task.takes);
        for link in &task.links {
            self.address("More", link);
        }
        self.gap();
    }

    /// Signing in, and reading a remark, once for each part is enough.
    fn command(&mut self, command: &Command, printed: &mut HashSet<String>) {
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
                self.text("Signed in above: ", line);
            }
        }
    }

    fn other_shell(&mut self, command: &Command) {
        self.text(
            &format!("In {}, ", command.shell_name()),
            text::OTHER_SHELL_NOTE,
        );
        self.0.extend(
            command
                .text()
                .lines()
                .map(|line| format!("{OTHER_SHELL_PREFIX}{line}")),
        );
    }
}

/// What the reader has to know before running the file.
const SCRIPT_NOTE: &str = "Run as it stands, this file changes nothing. It signs in, reads, and with -WhatIf says what would \
                    be changed; lines that change something are comments. When signing in, Microsoft Graph may ask for \
                    a consent to its own tool; whether to give it is up to you.";

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
    use crate::report::fixture;

    fn drawn(change: impl FnOnce(&mut crate::report::Report)) -> String {
        let mut report = fixture::report();
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
        let file = drawn(|_| {});
        assert!(file.starts_with("\u{feff}# ") && file.ends_with("\r\n"));
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
        assert_eq!(file.matches(BYTE_ORDER_MARK).count(), 1);
    }

    #[test]
    fn no_text_breaks_out_of_its_comment() {
        let nasty = "a\nRemove-Mailbox 'x'\r\u{2028}Remove-Mailbox\u{85}Remove-Mailbox #> \u{1b}[31m\u{202e} #Requires -Version 99";
        let file = drawn(|report| {
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
        let file = drawn(|report| {
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
        let file = drawn(|report| {
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
        let file = render(&Handover::new(&fixture::report_all_passed()));
        assert_eq!(code(&file), Vec::<&str>::new());
    }
}
