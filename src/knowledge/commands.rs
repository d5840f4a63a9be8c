//! What the commands of a remedy do, and the form in which they may be printed.

mod layout;
mod lexer;
mod printable;
mod quote;
mod reach;
mod statement;

use serde::Deserialize;

use super::table::{Embedded, Table};

pub use layout::{ArrayLayout, lay_out_arrays};
pub use printable::{add_remarks, printable};
pub use quote::{quote_bash, quote_powershell, recipient_filter};

/// What a cmdlet does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It changes something, and with `-WhatIf` it only shows what it would do.
    TakesWhatIf,
    /// Not listed; treated as one that changes something.
    Unknown,
}

/// The table of the commands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// What is uncertain about it, for editors of the file.
    #[serde(rename = "doubt")]
    _doubt: String,
    reading_verbs: Vec<String>,
    reading_cmdlets: Vec<String>,
    block_cmdlets: Vec<String>,
    reading_methods: Vec<String>,
    writing_parameters: Vec<String>,
    reading_lines: Vec<String>,
    what_if_cmdlets: Vec<String>,
    reading_bash: Vec<String>,
    file_cmdlets: Vec<String>,
    mailbox_cmdlets: Vec<String>,
    list_parameters: Vec<String>,
    words: Words,
    #[serde(rename = "remark")]
    remarks: Vec<Remark>,
    #[serde(default, rename = "block")]
    blocks: Vec<Block>,
}

/// The comments that are printed beside commands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// Before the first statement that is printed with its `-WhatIf` form.
    preview: String,
    /// Before the first statement that has no such form.
    unclear: String,
    /// Before a statement with a value to fill in.
    fill_in: String,
    /// In the place of a statement that would change every mailbox of a tenant.
    too_wide: String,
    /// In the place of a statement that would replace the whole `{list}`.
    unguarded_list: String,
}

/// What a reader must know before a cmdlet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remark {
    /// The shell it is written for.
    shell: String,
    /// The cmdlets or programs that it comes before.
    before: Vec<String>,
    /// Comments, and the statements that have to come first.
    text: String,
}

/// A text that several remedies print.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    id: String,
    shell: String,
    text: String,
}

impl Commands {
    /// What a PowerShell cmdlet does, whatever the case of its name.
    pub fn effect(&self, cmdlet: &str) -> Effect {
        let verb = cmdlet.split_once('-').map_or("", |(verb, _)| verb);
        if has(&self.what_if_cmdlets, cmdlet) {
            Effect::TakesWhatIf
        } else if has(&self.reading_cmdlets, cmdlet) || has(&self.reading_verbs, verb) {
            Effect::Reads
        } else {
            Effect::Unknown
        }
    }

    /// Whether a cmdlet may be given blocks in braces alone, because a mere name would be called as a method.
    pub fn takes_blocks_only(&self, cmdlet: &str) -> bool {
        has(&self.block_cmdlets, cmdlet)
    }

    /// Whether a method of a value changes nothing.
    pub fn is_reading_method(&self, name: &str) -> bool {
        has(&self.reading_methods, name)
    }

    /// Whether a parameter, with its dash and maybe abbreviated as PowerShell allows, makes a reading cmdlet write.
    pub fn is_writing_parameter(&self, parameter: &str) -> bool {
        let name = parameter
            .trim_start_matches('-')
            // A value can follow behind a colon, as in `-Confirm:$false`.
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        !name.is_empty()
            && self
                .writing_parameters
                .iter()
                .any(|known| known.to_ascii_lowercase().starts_with(&name))
    }

    /// Whether a cmdlet that changes something only writes a local file.
    fn only_writes_a_file(&self, cmdlet: &str) -> bool {
        has(&self.file_cmdlets, cmdlet)
    }

    /// Whether a line is one that a remark puts before commands, so that a document needs it only once.
    pub fn is_remark(&self, line: &str) -> bool {
        self.remarks
            .iter()
            .flat_map(|remark| remark.text.lines())
            .any(|known| known == line && known.starts_with('#'))
    }

    /// The shell and the text of a shared block.
    pub(super) fn block(&self, id: &str) -> Option<(&str, &str)> {
        let found = self.blocks.iter().find(|block| block.id == id)?;
        Some((&found.shell, &found.text))
    }

    /// Whether a whole PowerShell line calls a program that only reads.
    pub fn is_reading_line(&self, line: &str) -> bool {
        has(&self.reading_lines, line.trim())
    }

    /// Whether a bash command begins like one that only reads.
    pub fn begins_as_reading_bash(&self, line: &str) -> bool {
        let rest = |known: &String| {
            // The whole word must match, so that a program with a longer name is not taken for a known one.
            line.strip_prefix(known.as_str())
                .map(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        self.reading_bash
            .iter()
            .filter_map(rest)
            .any(|whole_word| whole_word)
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

impl Table for Commands {
    const FILE: &'static str = "commands.toml";
}

static COMMANDS: Embedded<Commands> = Embedded::new();

/// The table of the commands.
pub fn commands() -> &'static Commands {
    COMMANDS.get()
}

#[cfg(test)]
mod catalog_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cmdlet_both_reads_and_changes() {
        for name in &commands().what_if_cmdlets {
            assert_eq!(
                commands().effect(&name.to_uppercase()),
                Effect::TakesWhatIf,
                "{name}"
            );
            assert!(!has(&commands().reading_cmdlets, name), "{name}");
        }
        for name in commands()
            .reading_cmdlets
            .iter()
            .chain(&commands().block_cmdlets)
        {
            assert_eq!(commands().effect(name), Effect::Reads, "{name}");
        }
    }

    #[test]
    fn a_verb_that_sounds_like_reading_is_not_enough() {
        for name in [
            "Format-Volume",
            "Test-Mailflow",
            "Resolve-PnPFolder",
            "Connect-WSMan",
            "Get",
            "getmac",
            "",
        ] {
            assert_eq!(commands().effect(name), Effect::Unknown, "{name}");
        }
        assert_eq!(commands().effect("get-mailbox"), Effect::Reads);
    }

    #[test]
    fn an_abbreviated_parameter_is_recognized() {
        for parameter in ["-OutFile", "-outf", "-o", "-FilePath:"] {
            assert!(commands().is_writing_parameter(parameter), "{parameter}");
        }
        for parameter in ["-Identity", "-FolderScope", "-", "-Unique"] {
            assert!(!commands().is_writing_parameter(parameter), "{parameter}");
        }
    }

    #[test]
    fn programs_are_known_by_their_whole_line_and_bash_by_its_beginning() {
        assert!(
            commands().is_reading_line("w32tm /query /status")
                && !commands().is_reading_line("w32tm /resync")
        );
        assert!(commands().begins_as_reading_bash("getent hosts 'a'"));
        assert!(
            !commands().begins_as_reading_bash("getent hostsfile")
                && !commands().begins_as_reading_bash("az ad sp create")
        );
    }
}
