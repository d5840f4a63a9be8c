//! What a file of rooms holds, and which of its lines count.

use super::columns::ROOM_COLUMNS;

/// The command that writes a file that can be read in every case.
pub(super) const EXPORT: &str = "Get-Mailbox -RecipientTypeDetails RoomMailbox,EquipmentMailbox -ResultSize Unlimited | \
     Select-Object DisplayName,PrimarySmtpAddress | Export-Csv rooms.csv -NoTypeInformation -Encoding UTF8";

/// What a file of rooms holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RoomFile {
    /// Addresses, and what is meant as one, in the order of the file; not yet judged.
    pub(super) entries: Vec<Entry>,
    /// Lines without a room, with the reason.
    pub(super) left_out: Vec<(usize, LeftOut)>,
    /// Lines in which invisible characters or typographic quotation marks were removed.
    pub(super) cleaned: Vec<usize>,
    /// The column with the addresses as its header spells it, where the file is a table.
    pub(super) column: Option<String>,
    /// The column holds sign-in names.
    pub(super) by_sign_in_name: bool,
}

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) text: String,
    /// The line in which it begins, from 1.
    pub(super) line: usize,
}

/// Why a line was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOut {
    /// It holds no `@` where an address belongs.
    NoAddress,
    /// The cell in the column of the addresses is empty.
    EmptyCell,
    /// A `#` at its beginning strikes the room out.
    StruckOut,
    /// A mailbox of another type than room or equipment.
    OtherMailbox,
    /// Another proxy address of a mailbox.
    OtherProxy,
    /// The line of a message that names its sender, or a line of the signature.
    Sender,
}

/// Why a text is not a file of rooms; the wording completes "cannot read … : ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormFault {
    /// A table in which the column with the addresses cannot be determined.
    #[error(
        "no column can be identified as the address of the room (columns: {}); name that column {}, or export the file with `{EXPORT}`",
        .0.join(", "), ROOM_COLUMNS.join(", ")
    )]
    NoAddressColumn(Vec<String>),
    /// Values that PowerShell cut on the screen.
    #[error(
        "line {0}: PowerShell shortened the address on the screen; export the file with `{EXPORT}`"
    )]
    CutOff(usize),
    /// A collection that PowerShell did not write out.
    #[error(
        "the column {0} holds the name of a PowerShell type instead of addresses; export the file with `{EXPORT}`"
    )]
    Collection(String),
    /// Only mailboxes of people and the like.
    #[error(
        "none of its mailboxes is a room or equipment mailbox (column RecipientTypeDetails, {0} checked); export the file with `{EXPORT}`, \
         or remove that column to check these mailboxes as rooms"
    )]
    OtherMailboxes(usize),
    /// A quotation mark that swallows lines.
    #[error("a quotation mark in line {0} is never closed, so the lines after it cannot be read")]
    OpenQuotation(usize),
    /// The table cannot be read at all.
    #[error("it is not a valid table: {0}")]
    NoTable(String),
}

/// Every line with its number, from 1, without white space around it.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
}

/// Whether a line belongs to the list: not empty, not a comment, not the `sep=;` of Excel, not a prompt of PowerShell.
pub(super) fn counts(line: &str) -> bool {
    !line.is_empty()
        && !line.starts_with('#')
        && !line.to_ascii_lowercase().starts_with("sep=")
        && !is_prompt(line)
}

/// `PS C:\> Get-Mailbox`, `[PS] C:\>Get-Mailbox`, `>> | Format-Table`, `$ pwsh`.
fn is_prompt(line: &str) -> bool {
    line.starts_with(">> ")
        || line == ">>"
        || line
            .strip_prefix("[PS] ")
            .or_else(|| line.strip_prefix("PS "))
            .is_some_and(|rest| {
                rest.split_once('>').is_some_and(|(path, _)| {
                    path.contains([':', '/', '\\', '~']) && !path.contains('@')
                })
            })
}
