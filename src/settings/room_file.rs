//! A file of rooms: one address a line, or a table as Exchange, Entra or Excel export it.

use super::{room_cell, room_table};

/// What a file of rooms holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RoomFile {
    /// What stands where an address belongs, in the order of the file; not yet judged.
    pub(super) entries: Vec<Entry>,
    /// Rows of a table in which nothing stands there.
    pub(super) empty: Vec<usize>,
    /// Rows of a table that begin with `#` and hold a room all the same.
    pub(super) struck_out: Vec<usize>,
    /// The column with the addresses as its header spells it, where the file is a table.
    pub(super) column: Option<String>,
}

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Without white space around it.
    pub(super) text: String,
    /// The line in which it begins, from 1.
    pub(super) line: usize,
    /// What is odd about its line, to be told if it is no address.
    pub(super) oddity: Option<String>,
}

/// Why a text is no file of rooms; the wording completes "cannot read … : ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormFault {
    /// A table without a column that holds addresses.
    #[error(
        "its first line names no column {}; give one of these to the column with the addresses, or write one address a line",
        room_table::COLUMNS.join(", ")
    )]
    NoAddressColumn,
    /// What PowerShell shows on the screen.
    #[error(
        "it is what PowerShell shows on the screen, where long values are cut; write the file with \
         `| Select-Object PrimarySmtpAddress | Export-Csv rooms.csv -NoTypeInformation`"
    )]
    Screen,
    /// A quotation mark that swallows lines.
    #[error("a quotation mark of line {0} is never closed, so that the lines after it cannot be told apart")]
    OpenQuotation(usize),
    /// The table cannot be read at all.
    #[error("it is no table: {0}")]
    NoTable(String),
}

/// Reads the file. Line breaks must be line feeds.
pub(super) fn read(text: &str) -> Result<RoomFile, FormFault> {
    let mut lines = numbered(text).filter(|(_, line)| counts(line));
    let Some((first, header)) = lines.next() else { return Ok(RoomFile::default()) };
    let is_screen = is_property(header) || lines.next().is_some_and(|(_, line)| is_rule(line));
    if is_screen {
        return Err(FormFault::Screen);
    }
    match room_table::Layout::of(header) {
        Some(layout) => room_table::read(text, first, &layout),
        None if header.contains(room_table::DELIMITERS) && !header.contains('@') => Err(FormFault::NoAddressColumn),
        None => Ok(RoomFile { entries: list(text), ..RoomFile::default() }),
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()))
}

/// Whether a line says something: not blank, no comment, not Excel's `sep=;`.
fn counts(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#') && !line.starts_with("sep=")
}

/// The line of dashes below the header of a table on the screen.
fn is_rule(line: &str) -> bool {
    line.len() > 2 && line.chars().all(|letter| letter == '-' || letter == ' ')
}

/// `Name : value`, as PowerShell lists an object on the screen.
fn is_property(line: &str) -> bool {
    let name = line.split_once(" :").map(|(name, _)| name.trim_end());
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

/// One entry a line.
fn list(text: &str) -> Vec<Entry> {
    let entry = |(line, text): (usize, &str)| {
        let text = text.trim_end_matches([',', ';']);
        let text = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text).trim();
        counts(text).then(|| Entry { text: room_cell::address(text).to_owned(), line, oddity: None })
    };
    numbered(text).filter(|(_, line)| counts(line)).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(usize, String)> {
        read(text).unwrap().entries.into_iter().map(|entry| (entry.line, entry.text)).collect()
    }

    fn entry(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn one_address_a_line() {
        let list = "# rooms\n\n a@x.com \n\"b@x.com\"\n#c@x.com\nnonsense\nSMTP:d@x.com;\n";
        assert_eq!(texts(list), [entry(3, "a@x.com"), entry(4, "b@x.com"), entry(6, "nonsense"), entry(7, "d@x.com")]);
        assert!(texts("# nothing\n\n").is_empty());
    }

    #[test]
    fn a_line_with_address_and_delimiter_is_an_entry_to_be_judged() {
        assert_eq!(texts("a@x.com, b@x.com"), [entry(1, "a@x.com, b@x.com")]);
    }

    #[test]
    fn a_table_without_address_column_is_refused() {
        assert_eq!(read("Name;Adresse\nBoard;a@x.com"), Err(FormFault::NoAddressColumn));
        assert_eq!(read("displayName,userPrincipalName\nBoard,a@x.com"), Err(FormFault::NoAddressColumn));
        assert!(FormFault::NoAddressColumn.to_string().contains("PrimarySmtpAddress, mail, EmailAddress"));
    }

    #[test]
    fn what_powershell_shows_on_the_screen_is_refused() {
        let table = "\nName       PrimarySmtpAddress\n----       ------------------\nBoard      a@x.com\n\n";
        let column = "\nPrimarySmtpAddress\n------------------\na@x.com\n";
        let list = "\n\nDisplayName        : Board\nPrimarySmtpAddress : a@x.com\n\n";
        for screen in [table, column, list] {
            assert_eq!(read(screen), Err(FormFault::Screen), "{screen}");
        }
        assert!(FormFault::Screen.to_string().contains("Export-Csv"));
    }
}
