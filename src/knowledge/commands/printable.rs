//! The form in which a command may be printed: nothing that changes anything runs when the text is pasted as it is.
//!
//! A statement that changes something becomes a comment below its `-WhatIf` form. A statement that would change every
//! mailbox of a tenant, or replace a whole list without a guard, is left out. The result is a fixed point: printing it
//! again changes nothing, so that every format, and a report read back from a file, may apply it.

use super::statement::{self, Statement};
use super::{Commands, commands, reach};

/// What is put before a line of code that must not run as it is. Comments for people start with `# ` and a letter.
pub(super) const TAKEN_OUT: &str = "#   ";
/// More lines than this are never read together as one statement, so that hostile text costs no more than its length.
const LONGEST_STATEMENT: usize = 64;

/// The text as it may be printed, for `powershell` or `bash`; for any other shell everything is a comment.
pub fn printable(shell: &str, text: &str) -> String {
    let mut page = Page {
        lines: Vec::new(),
        commands: commands(),
        previews: false,
        values_to_fill_in: false,
        unclear: false,
    };
    match shell {
        "powershell" => statements(text)
            .into_iter()
            .for_each(|(text, statement)| page.powershell(&text, statement)),
        "bash" => text.lines().for_each(|line| page.bash(line)),
        _ => text.lines().for_each(|line| page.other(line)),
    }
    page.lines.join("\n")
}

/// The text with what a reader has to know before some of its cmdlets: traps, modules, roles.
pub fn add_remarks(shell: &str, text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut is_printed: Vec<bool> = vec![false; commands().remarks.len()];
    let mut comments: Vec<String> = Vec::new();
    for statement in split(shell, text) {
        if is_comment(&statement) {
            comments.push(statement);
            continue;
        }
        for (remark, is_printed) in commands().remarks.iter().zip(&mut is_printed) {
            let applies = remark.shell == shell && reach::mentions_any(&statement, &remark.before);
            if applies && !text.contains(&remark.text) && !std::mem::replace(is_printed, true) {
                lines.push(remark.text.clone());
            }
        }
        // A comment of the author stays directly before its statement.
        lines.append(&mut comments);
        lines.push(statement);
    }
    lines.append(&mut comments);
    lines.join("\n")
}

fn split(shell: &str, text: &str) -> Vec<String> {
    match shell {
        "powershell" => statements(text)
            .into_iter()
            .map(|(statement, _)| statement)
            .collect(),
        _ => text.lines().map(str::to_owned).collect(),
    }
}

pub(super) fn is_comment(statement: &str) -> bool {
    statement.trim_start().starts_with('#')
}

/// The statements of a PowerShell text. Lines are joined until they are whole; what never is, is unclear.
pub(super) fn statements(text: &str) -> Vec<(String, Statement)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let last = lines.len().min(start + LONGEST_STATEMENT);
        let whole = (start + 1..=last).find_map(|end| {
            let chunk = lines[start..end].join("\n");
            let statement = statement::read(&chunk);
            (statement != Statement::Torn).then_some((end, chunk, statement))
        });
        // What is not whole may continue anywhere, so that none of the remaining lines can be trusted.
        let (end, chunk, statement) =
            whole.unwrap_or((lines.len(), lines[start..].join("\n"), Statement::Unclear));
        found.push((chunk, statement));
        start = end;
    }
    found
}

struct Page {
    lines: Vec<String>,
    commands: &'static Commands,
    /// Whether the comment about the lines with `-WhatIf` was printed.
    previews: bool,
    /// Whether the comment about values to fill in was printed.
    values_to_fill_in: bool,
    /// Whether the comment about lines without a preview was printed.
    unclear: bool,
}

impl Page {
    fn powershell(&mut self, text: &str, statement: Statement) {
        let changes = !matches!(statement, Statement::Comment | Statement::Reads);
        if changes && let Some(reason) = reach::refusal(text) {
            self.lines.push(reason);
            return;
        }
        match statement {
            Statement::Comment => self.lines.push(without_controls(text)),
            Statement::Reads => self.lines.push(text.to_owned()),
            // A statement with a value to fill in is incomplete, so not even its preview may run.
            Statement::Previewed(preview) if reach::has_value_to_fill_in(text) => {
                if !std::mem::replace(&mut self.values_to_fill_in, true) {
                    self.lines.push(self.commands.words.fill_in.clone());
                }
                self.taken_out(&preview);
                self.taken_out(text);
            }
            Statement::Previewed(preview) => {
                if !std::mem::replace(&mut self.previews, true) {
                    self.lines.push(self.commands.words.preview.clone());
                }
                self.lines.push(preview);
                self.taken_out(text);
            }
            Statement::Unclear | Statement::Torn => self.unclear(text),
        }
    }

    fn bash(&mut self, line: &str) {
        let is_remark = line.is_empty() || line == "#" || line.starts_with("# ");
        if is_remark || is_reading_bash(line) {
            self.lines.push(without_controls(line));
        } else {
            self.unclear(line);
        }
    }

    fn other(&mut self, line: &str) {
        if is_comment(line) || line.trim().is_empty() {
            self.lines.push(without_controls(line));
        } else {
            self.unclear(line);
        }
    }

    fn unclear(&mut self, text: &str) {
        if !std::mem::replace(&mut self.unclear, true) {
            self.lines.push(self.commands.words.unclear.clone());
        }
        self.taken_out(text);
    }

    fn taken_out(&mut self, text: &str) {
        self.lines.extend(
            text.lines()
                .map(|line| format!("{TAKEN_OUT}{}", without_controls(line))),
        );
    }
}

fn without_controls(line: &str) -> String {
    line.replace(statement::may_end_a_line, " ")
}

/// Only plain words and literals may appear in it: anything else could call a second program.
fn is_reading_bash(line: &str) -> bool {
    // Every second part is between single quotes, where bash executes nothing.
    let outside: String = line.split('\'').step_by(2).collect();
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || " -_.:/".contains(character);
    line.matches('\'').count().is_multiple_of(2)
        && outside.chars().all(is_plain)
        && commands().begins_as_reading_bash(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview() -> &'static str {
        &commands().words.preview
    }

    fn unclear() -> &'static str {
        &commands().words.unclear
    }

    #[test]
    fn a_changing_statement_is_a_comment_below_its_preview() {
        let text = "# 1. Read\nConnect-ExchangeOnline\nGet-Mailbox\n# Now\nSet-CASMailbox 'a'\nSet-CASMailbox 'b'\nw32tm /resync\nGet-Mailbox\n# Get-Recipient";
        let expected = [
            "# 1. Read",
            "Connect-ExchangeOnline",
            "Get-Mailbox",
            "# Now",
            preview(),
            "Set-CASMailbox -WhatIf 'a'",
            "#   Set-CASMailbox 'a'",
            "Set-CASMailbox -WhatIf 'b'",
            "#   Set-CASMailbox 'b'",
            unclear(),
            "#   w32tm /resync",
            "Get-Mailbox",
            "# Get-Recipient",
        ];
        assert_eq!(printable("powershell", text), expected.join("\n"));
    }

    #[test]
    fn a_statement_of_several_lines_stays_whole() {
        let block = "& {\n  $a = Get-Mailbox 'a'   # note\n  if ($null -eq $a) { throw 'x' }\n  # Set-CASMailbox 'a'\n  Set-CASMailbox -WhatIf 'a'\n}";
        assert_eq!(printable("powershell", block), block);
        let changing = block.replace(" -WhatIf", "");
        let lines: Vec<String> = changing.lines().map(|line| format!("#   {line}")).collect();
        assert_eq!(
            printable("powershell", &changing),
            format!("{}\n{block}\n{}", preview(), lines.join("\n"))
        );
    }

    #[test]
    fn an_incomplete_statement_is_commented_out_to_its_end() {
        let text = "Get-Mailbox 'a\nGet-Date\n' | Remove-Mailbox\nGet-Mailbox (";
        let expected = format!(
            "{}\n#   Get-Mailbox 'a\n#   Get-Date\n#   ' | Remove-Mailbox\n{}",
            unclear(),
            "#   Get-Mailbox ("
        );
        assert_eq!(printable("powershell", text), expected);
    }

    #[test]
    fn bash_reads_only_when_nothing_else_is_called() {
        for text in [
            "getent hosts 'a; b'",
            "# a remark",
            "az ad sp show --id 'a' --query '{a:b}'",
        ] {
            assert_eq!(printable("bash", text), text);
        }
        for text in [
            "az ad sp create --id 'a'",
            "getent hosts 'a'; rm b",
            "getent hosts $(rm b)",
            "getent hosts 'a",
            "#!rm",
        ] {
            assert_eq!(
                printable("bash", text),
                format!("{}\n#   {text}", unclear()),
                "{text}"
            );
        }
        for shell in ["fish", "cmd", "curl", "graph"] {
            assert_eq!(printable(shell, "ls"), format!("{}\n#   ls", unclear()));
        }
    }

    #[test]
    fn no_character_ends_a_comment_early() {
        for line_break in ['\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'] {
            for shell in ["powershell", "bash", "fish"] {
                let text =
                    format!("Remove-Mailbox 'a'{line_break}Remove-Mailbox 'b'{line_break}# x");
                for text in [text.clone(), format!("# {text}")] {
                    let printed = printable(shell, &text);
                    assert!(
                        !printed.contains(line_break),
                        "{shell} {line_break:?}: {printed:?}"
                    );
                    assert!(
                        printed.lines().all(|line| line.starts_with("# ")),
                        "{shell} {line_break:?}: {printed:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn printing_is_a_fixed_point() {
        let texts = [
            "Set-CASMailbox 'a'\nGet-Mailbox\nRemove-Mailbox 'b'\nGet-Mailbox (\nx",
            "Add-DistributionGroupMember -Identity '<group>' -Member 'a'",
            "Get-EXOMailbox -ResultSize Unlimited | ForEach-Object { Set-CASMailbox -Identity $_ -EwsEnabled $true }",
            "#Requires -Version 9\n# SIG # Begin signature block",
            "New-ManagementScope -Name 'a' -RecipientRestrictionFilter \"Alias -eq 'b'\"",
        ];
        for shell in ["powershell", "bash", "fish"] {
            for text in texts {
                let once = printable(shell, text);
                assert_eq!(printable(shell, &once), once, "{shell}: {text}");
            }
        }
    }

    #[test]
    fn a_value_to_fill_in_is_never_run() {
        let text = "Add-DistributionGroupMember -Identity '<group of the policy>' -Member 'a'";
        let expected = format!(
            "{}\n#   {}\n#   {text}",
            commands().words.fill_in,
            text.replace("Member -I", "Member -WhatIf -I")
        );
        assert_eq!(printable("powershell", text), expected);
    }

    #[test]
    fn remarks_come_once_and_before_their_cmdlet() {
        let text = "Connect-ExchangeOnline\n# Get-ManagementScope\n'a' | ForEach-Object { Test-ServicePrincipalAuthorization -Identity 'x' -Resource $_ }\nTest-ServicePrincipalAuthorization -Identity 'x'";
        let printed = add_remarks("powershell", text);
        let remark = "# Test-ServicePrincipalAuthorization:";
        assert_eq!(printed.matches(remark).count(), 1, "{printed}");
        assert!(
            printed.find(remark) < printed.find("'a' | ForEach-Object"),
            "{printed}"
        );
        assert_eq!(add_remarks("powershell", &printed), printed);
        assert_eq!(printable("powershell", &printed), printed);
    }

    #[test]
    fn hostile_text_costs_no_more_than_its_length() {
        let text = "(\n".repeat(20_000);
        assert_eq!(printable("powershell", &text).lines().count(), 20_001);
    }
}
