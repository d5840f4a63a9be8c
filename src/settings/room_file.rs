//! A file of rooms: one address a line, or a table as Exchange, Entra or Excel export it.

/// The columns that hold an address, in the order of preference (Entra export, `Get-Mailbox`, `Get-User`).
const COLUMNS: [&str; 3] = ["mail", "PrimarySmtpAddress", "EmailAddress"];
const DELIMITERS: [char; 3] = [';', ',', '\t'];

/// A table without a column that holds addresses; the wording completes "cannot read … : ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its first line names no column {}; give one of these to the column with the addresses, or write one address a line", COLUMNS.join(", "))]
pub(super) struct NoAddressColumn;

/// The entries of the file in its order; blank ones and comments left out, addresses not yet judged.
pub(super) fn entries(text: &str) -> Result<Vec<String>, NoAddressColumn> {
    let Some(header) = text.lines().map(str::trim).find(|line| counts(line)) else { return Ok(Vec::new()) };
    let delimiter = delimiter(header);
    match address_column(header, delimiter) {
        Some(column) => Ok(column_of(text, delimiter, column)),
        None if header.contains(DELIMITERS) && !header.contains('@') => Err(NoAddressColumn),
        None => Ok(text.lines().map(|line| unquoted(line.trim())).filter(|line| counts(line)).collect()),
    }
}

/// Whether a line says something: not blank, no comment, not Excel's `sep=;`.
fn counts(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#') && !line.starts_with("sep=")
}

fn delimiter(header: &str) -> char {
    DELIMITERS.into_iter().max_by_key(|delimiter| header.matches(*delimiter).count()).unwrap_or(',')
}

fn address_column(header: &str, delimiter: char) -> Option<usize> {
    let names = records(header, delimiter).into_iter().next()?;
    COLUMNS.iter().find_map(|known| names.iter().position(|name| name.trim().eq_ignore_ascii_case(known)))
}

fn column_of(text: &str, delimiter: char, column: usize) -> Vec<String> {
    let records = records(text, delimiter).into_iter().filter(|record| is_data(record));
    let cells = records.skip(1).filter_map(|record| record.get(column).map(|cell| cell.trim().to_owned()));
    cells.filter(|cell| !cell.is_empty()).collect()
}

/// Whether a record is no comment, no `sep=` line and not blank; a blank first cell alone does not make it so.
fn is_data(record: &[String]) -> bool {
    let first = record.first().map(|first| first.trim()).unwrap_or_default();
    let blank = record.iter().all(|cell| cell.trim().is_empty());
    !blank && (first.is_empty() || counts(first))
}

fn unquoted(line: &str) -> String {
    line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line).trim().to_owned()
}

/// Splits a table into records and fields (RFC 4180): quotes protect delimiters and line breaks, a doubled quote is one.
fn records(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record = vec![String::new()];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let at_start = record.last().is_none_or(|field| field.trim().is_empty());
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => push(&mut record, '"'),
            '"' if quoted => quoted = false,
            '"' if at_start => quoted = true,
            '\n' if !quoted => records.push(std::mem::replace(&mut record, vec![String::new()])),
            '\r' if !quoted => {}
            _ if letter == delimiter && !quoted => record.push(String::new()),
            _ => push(&mut record, letter),
        }
    }
    records.push(record);
    records
}

fn push(record: &mut [String], letter: char) {
    if let Some(field) = record.last_mut() {
        field.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        entries(text).unwrap()
    }

    #[test]
    fn one_address_a_line() {
        assert_eq!(read("# rooms\n\n a@x.com \r\n\"b@x.com\"\n#c@x.com\nnonsense"), ["a@x.com", "b@x.com", "nonsense"]);
        assert!(read("# nothing\n\n").is_empty());
    }

    #[test]
    fn tables_of_exchange_and_excel() {
        assert_eq!(read("displayName,mail\nBoard,a@x.com\n\"Room, big\",b@x.com\n"), ["a@x.com", "b@x.com"]);
        assert_eq!(
            read("sep=;\nName;PrimarySmtpAddress\n\"Say \"\"hi\"\"\";a@x.com\n;b@x.com"),
            ["a@x.com", "b@x.com"]
        );
        assert_eq!(read("#TYPE Mailbox\n\"EMAILADDRESS\",\"Name\"\n\"a@x.com\",\"two\nlines\"\n"), ["a@x.com"]);
        assert_eq!(read("Name\tMail\nBoard\ta@x.com\n"), ["a@x.com"]);
        assert_eq!(read("mail\na@x.com\n\n# old\nb@x.com"), ["a@x.com", "b@x.com"]);
    }

    #[test]
    fn the_address_column_is_chosen_by_preference_and_blank_cells_are_skipped() {
        assert_eq!(read("EmailAddress,mail\nold@x.com,new@x.com\nold@x.com,\n"), ["new@x.com"]);
        assert_eq!(read("Name,mail,Site\nshort\n#gone,c@x.com,B\nBoard,a@x.com,B"), ["a@x.com"]);
    }

    #[test]
    fn a_table_without_address_column_is_refused() {
        assert_eq!(entries("Name;Adresse\nBoard;a@x.com"), Err(NoAddressColumn));
        assert!(NoAddressColumn.to_string().contains("PrimarySmtpAddress"));
    }

    #[test]
    fn a_line_with_address_and_delimiter_is_an_entry_to_be_judged() {
        assert_eq!(read("a@x.com, b@x.com"), ["a@x.com, b@x.com"]);
    }
}
