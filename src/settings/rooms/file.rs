//! A file of rooms: which form it has, and what it holds.

use super::entries::{FormFault, RoomFile};
use super::grid::{self, Grid};
use super::{lines, markup, screen, table};

/// Reads the file. Line breaks must be line feeds.
pub(super) fn read(text: &str) -> Result<RoomFile, FormFault> {
    match grid_of(text)? {
        Some(grid) => grid::read(&grid),
        None => Ok(lines::read(text)),
    }
}

/// The file as a table, in whichever form it is one.
fn grid_of(text: &str) -> Result<Option<Grid>, FormFault> {
    // The forms with the clearest signs come first, because nearly any text could be a table with
    // delimiters.
    for form in [markup::json, markup::html, screen::table, screen::list] {
        if let Some(grid) = form(text).filter(|grid| !grid.rows.is_empty()) {
            return Ok(Some(grid));
        }
    }
    table::find(text)
}

#[cfg(test)]
mod tests {
    use super::super::entries::{LeftOut, counts};
    use super::*;

    fn texts(text: &str) -> Vec<(usize, String)> {
        read(text)
            .unwrap()
            .entries
            .into_iter()
            .map(|entry| (entry.line, entry.text))
            .collect()
    }

    fn entry(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn one_address_a_line() {
        let list = "# rooms\n\n a@x.com \n\"b@x.com\"\n#c@x.com\nnonsense\nSMTP:d@x.com;\n";
        assert_eq!(
            texts(list),
            [
                entry(3, "a@x.com"),
                entry(4, "b@x.com"),
                entry(7, "d@x.com")
            ]
        );
        assert_eq!(read(list).unwrap().left_out, [(6, LeftOut::NoAddress)]);
        assert!(texts("# nothing\n\n").is_empty());
    }

    #[test]
    fn a_prompt_is_no_line_of_the_list() {
        for prompt in [
            "PS C:\\> Get-Mailbox",
            "PS /home/kim> ls",
            "[PS] C:\\Windows>Get-Mailbox",
            ">> | ft",
        ] {
            assert!(!counts(prompt), "{prompt}");
        }
        for line in ["PS room <ps@x.com>", "> a@x.com", "Psychology"] {
            assert!(counts(line), "{line}");
        }
    }

    #[test]
    fn a_table_in_which_two_columns_could_be_meant_is_refused() {
        let fault = read("Name;Raum;Leitung\nBoard;a@x.com;kim@x.com\nLounge;b@x.com;kim@x.com")
            .unwrap_err();
        assert_eq!(
            fault,
            FormFault::NoAddressColumn(vec!["Name".into(), "Raum".into(), "Leitung".into()])
        );
        let message = fault.to_string();
        assert!(
            message.contains("PrimarySmtpAddress, mail, EmailAddress")
                && message.contains("Export-Csv"),
            "{message}"
        );
    }
}
