//! A command of a remedy, cut into what may be run at once and what has to be looked at first.

use super::statement::{self, Statement};
use crate::diagnosis::Command;
use crate::knowledge;

/// A command to copy, for one shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// `powershell` or `bash`.
    pub shell: String,
    /// Its parts, in order. Together they hold every line.
    pub blocks: Vec<Block>,
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// They only read.
    Reads(String),
    /// They change something, or it cannot be told whether they do.
    Changes {
        /// The form that only says what they would do, where there is one.
        preview: Option<String>,
        /// The lines themselves.
        text: String,
    },
}

impl Script {
    /// Cuts a command that was made harmless.
    pub fn new(command: &Command) -> Self {
        let blocks = match command.shell.as_str() {
            "powershell" => powershell(&command.text),
            "bash" if command.text.lines().all(is_reading_bash) => vec![Block::Reads(command.text.clone())],
            _ => vec![unclear(&command.text)],
        };
        Self { shell: command.shell.clone(), blocks }
    }

    /// The shell as people write it.
    pub fn shell_name(&self) -> &str {
        if self.shell == "powershell" { "PowerShell" } else { &self.shell }
    }
}

fn unclear(text: &str) -> Block {
    Block::Changes { preview: None, text: text.to_owned() }
}

/// A text in which a line is not whole stays together, since its lines may mean something else each for itself.
fn powershell(text: &str) -> Vec<Block> {
    let statements: Vec<(&str, Statement)> = text.lines().map(|line| (line, statement::read(line))).collect();
    if statements.iter().any(|(_, statement)| *statement == Statement::Torn) {
        return vec![unclear(text)];
    }
    let mut blocks = Vec::new();
    let mut comments: Vec<&str> = Vec::new();
    for (line, statement) in statements {
        let block = match statement {
            Statement::Comment | Statement::Torn => {
                comments.push(line);
                continue;
            }
            Statement::Reads => Block::Reads(behind(&comments, line)),
            Statement::Previewed(preview) => {
                Block::Changes { preview: Some(behind(&comments, &preview)), text: behind(&comments, line) }
            }
            Statement::Unclear => unclear(&behind(&comments, line)),
        };
        comments.clear();
        add(&mut blocks, block);
    }
    close(&mut blocks, &comments);
    blocks
}

/// A comment stands before the line that it is about.
fn behind(comments: &[&str], line: &str) -> String {
    comments.iter().chain(&[line]).copied().collect::<Vec<_>>().join("\n")
}

fn add(blocks: &mut Vec<Block>, block: Block) {
    match (blocks.last_mut(), block) {
        (Some(Block::Reads(lines)), Block::Reads(line)) => push_line(lines, &line),
        (
            Some(Block::Changes { preview: Some(previews), text: lines }),
            Block::Changes { preview: Some(preview), text },
        ) => {
            push_line(previews, &preview);
            push_line(lines, &text);
        }
        (Some(Block::Changes { preview: None, text: lines }), Block::Changes { preview: None, text }) => {
            push_line(lines, &text);
        }
        (_, block) => blocks.push(block),
    }
}

/// Comments with no line behind them are read together with what stands before.
fn close(blocks: &mut Vec<Block>, comments: &[&str]) {
    let Some((last, before)) = comments.split_last() else { return };
    let rest = behind(before, last);
    match blocks.last_mut() {
        Some(Block::Reads(lines) | Block::Changes { text: lines, .. }) => push_line(lines, &rest),
        None => blocks.push(Block::Reads(rest)),
    }
}

fn push_line(lines: &mut String, line: &str) {
    lines.push('\n');
    lines.push_str(line);
}

/// Only plain words and literals may stand in it: anything else could call a second program.
fn is_reading_bash(line: &str) -> bool {
    let outside: String = line.split('\'').step_by(2).collect();
    let is_plain = |character: char| character.is_ascii_alphanumeric() || " -_.:/".contains(character);
    line.matches('\'').count().is_multiple_of(2)
        && outside.chars().all(is_plain)
        && knowledge::commands().begins_as_reading_bash(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(shell: &str, text: &str) -> Vec<Block> {
        Script::new(&Command { shell: shell.into(), text: text.into() }).blocks
    }

    fn changes(preview: Option<&str>, text: &str) -> Block {
        Block::Changes { preview: preview.map(str::to_owned), text: text.to_owned() }
    }

    #[test]
    fn lines_of_one_kind_stay_together_with_the_comments_before_them() {
        let text = "# 1. Read\nConnect-ExchangeOnline\nGet-Mailbox\n# Now\nSet-CASMailbox 'a'\nSet-CASMailbox 'b'\nw32tm /resync\nGet-Mailbox\n# Get-Recipient";
        let expected = [
            Block::Reads("# 1. Read\nConnect-ExchangeOnline\nGet-Mailbox".into()),
            changes(
                Some("# Now\nSet-CASMailbox -WhatIf 'a'\nSet-CASMailbox -WhatIf 'b'"),
                "# Now\nSet-CASMailbox 'a'\nSet-CASMailbox 'b'",
            ),
            changes(None, "w32tm /resync"),
            Block::Reads("Get-Mailbox\n# Get-Recipient".into()),
        ];
        assert_eq!(cut("powershell", text), expected);
    }

    #[test]
    fn what_goes_over_several_lines_stays_whole() {
        let text = "Get-Mailbox 'a\nGet-Recipient\n' | Remove-Mailbox";
        assert_eq!(cut("powershell", text), [changes(None, text)]);
    }

    #[test]
    fn bash_reads_only_when_nothing_else_is_called() {
        assert_eq!(cut("bash", "getent hosts 'a; b'"), [Block::Reads("getent hosts 'a; b'".into())]);
        for text in ["az ad sp create --id 'a'", "getent hosts 'a'; rm b", "getent hosts $(rm b)", "getent hosts 'a"] {
            assert_eq!(cut("bash", text), [changes(None, text)], "{text}");
        }
        assert_eq!(cut("fish", "ls"), [changes(None, "ls")]);
    }
}
