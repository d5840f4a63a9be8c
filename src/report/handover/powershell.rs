//! Hand-over as a PowerShell script. When it runs unedited it only reads; see [`ScriptLines`].

use crate::report::script_lines::ScriptLines;
use crate::report::wording;

use super::tasks::{Handover, RoleTasks, Task};
use super::text;

/// Renders a hand-over.
pub(super) fn render(handover: &Handover) -> String {
    let mut file = ScriptLines::default();
    write_header(&mut file, handover);
    for part in &handover.parts {
        file.start_part(&text::role_heading(part), part.introduction.as_deref());
        for task in &part.tasks {
            write_task(&mut file, task);
        }
    }
    if let Some(closing) = text::closing(handover) {
        file.comment("", &closing);
    }
    file.finish()
}

fn write_header(file: &mut ScriptLines, handover: &Handover) {
    file.comment("", wording::HANDOVER_TITLE);
    for paragraph in text::introduction(handover) {
        file.comment("", &paragraph);
    }
    if handover.parts.iter().any(RoleTasks::has_powershell) {
        file.comment("", wording::SCRIPT_NOTE);
    }
    file.empty_line();
    file.pairs(&text::tested_target(handover));
    file.empty_line();
}

fn write_task(file: &mut ScriptLines, task: &Task) {
    let word = wording::requirement(task.requirement);
    file.comment(&format!("---- {}. [{word}] ", task.number), &task.title);
    file.pairs(&text::task_details(task));
    file.steps(&task.steps);
    file.commands(&task.commands);
    file.comment(&format!("{}: ", wording::VERIFY), &task.verify);
    file.comment(&format!("{}: ", wording::TAKES_EFFECT), &task.takes);
    for link in &task.links {
        file.address(wording::LEARN_MORE, link);
    }
    file.empty_line();
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
    use crate::diagnosis::Command;
    use crate::report::sample_report;
    use crate::report::script_lines::{BYTE_ORDER_MARK, LINE_BREAK};

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
