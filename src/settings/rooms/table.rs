//! A table with delimiters: finding its header, and every row with its line.

use std::mem;

use csv::{ReaderBuilder, StringRecord};

use super::entries::{FormFault, counts, numbered};
use super::grid::{Grid, Row};
use super::{cell, columns};

/// The separators between two cells.
const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];
/// Maximum number of lines above a header.
const LINES_ABOVE: usize = 12;
/// A longer cell is not the name of a column.
const LONGEST_NAME: usize = 60;

/// The table in a text, or `None` where it is a list.
pub(super) fn find(text: &str) -> Result<Option<Grid>, FormFault> {
    let known = lines_above_addresses(text).find_map(|(line, header)| {
        Some((
            line,
            layout(header, |names| !columns::known(names).is_empty())?,
        ))
    });
    if let Some((line, delimiter)) = known {
        return read(text, line, delimiter).map(Some);
    }
    let Some((line, header)) = lines_above_addresses(text).last() else {
        return refuse_ambiguous(text).map(|()| None);
    };
    let Some(delimiter) = layout(header, are_names) else {
        return Ok(None);
    };
    let grid = read(text, line, delimiter);
    Ok(grid.ok().filter(Grid::is_regular))
}

/// The first lines with their numbers, up to one that may hold an address.
fn lines_above_addresses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(text)
        .filter(|(_, line)| counts(line))
        .take_while(|(_, line)| !cell::may_hold_address(line))
        .take(LINES_ABOVE)
}

/// Refuses a table without a header in which two columns hold addresses and another does not: one of the two belongs to
/// people, and nothing shows which.
fn refuse_ambiguous(text: &str) -> Result<(), FormFault> {
    for delimiter in DELIMITERS {
        let kinds = u8::try_from(delimiter)
            .ok()
            .and_then(|delimiter| kinds_of_columns(text, delimiter))
            .unwrap_or_default();
        let addresses = kinds.iter().filter(|holds| **holds).count();
        if addresses > 1 && addresses < kinds.len() {
            return Err(FormFault::NoAddressColumn(
                (1..=kinds.len()).map(|number| number.to_string()).collect(),
            ));
        }
    }
    Ok(())
}

/// Which columns hold addresses, where at least two rows agree in that and none differs.
fn kinds_of_columns(text: &str, delimiter: u8) -> Option<Vec<bool>> {
    let mut kinds: Option<Vec<bool>> = None;
    let mut rows = 0;
    for record in records(text, delimiter) {
        let record = record.ok()?;
        if counts(record.raw.trim()) {
            let own: Vec<bool> = record
                .cells
                .iter()
                .map(|cell| cell::may_hold_address(cell))
                .collect();
            if own.len() < 3 || *kinds.get_or_insert_with(|| own.clone()) != own {
                return None;
            }
            rows += 1;
        }
    }
    kinds.filter(|_| rows > 1)
}

/// The delimiter with which a header has the names that are looked for.
fn layout(header: &str, is_header: impl Fn(&[String]) -> bool) -> Option<u8> {
    let mut has_absent = false;
    // With every delimiter that it lacks, the header is the same single cell; a reader is costly to build.
    let mut differ = DELIMITERS
        .into_iter()
        .filter(|delimiter| header.contains(*delimiter) || !mem::replace(&mut has_absent, true));
    differ.find_map(|delimiter| {
        let delimiter = u8::try_from(delimiter).ok()?;
        let names: Vec<String> = records(header, delimiter).next()?.ok()?.cells;
        is_header(&names).then_some(delimiter)
    })
}

/// Whether these can be the names of at least two columns.
fn are_names(names: &[String]) -> bool {
    names.len() > 1
        && names
            .iter()
            .all(|name| !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME)
}

impl Grid {
    /// Whether the rows have the form of the header, as those of a list have by chance only.
    fn is_regular(&self) -> bool {
        !self.rows.is_empty()
            && self
                .rows
                .iter()
                .all(|row| row.cells.len() == self.header.len())
    }
}

/// Reads a table whose header is in the line `first`, from 1.
fn read(text: &str, first: usize, delimiter: u8) -> Result<Grid, FormFault> {
    let mut grid = Grid::default();
    for record in records(from_line(text, first), delimiter) {
        let record = record.map_err(|error| FormFault::NoTable(error.to_string()))?;
        let line = first + record.lines_above;
        if record.leaves_a_quotation_open() {
            return Err(FormFault::OpenQuotation(line));
        }
        if grid.header.is_empty() {
            grid.header = record.cells;
        } else if !is_rule(record.raw) {
            grid.rows.push(Row {
                line,
                is_struck_out: record.raw.starts_with('#'),
                cells: record.cells,
            });
        }
    }
    Ok(grid)
}

/// The text from a line on; the first line is 1.
fn from_line(text: &str, line: usize) -> &str {
    let above: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    &text[above..]
}

/// The line below the header of a table in Markdown.
fn is_rule(raw: &str) -> bool {
    raw.starts_with('|') && raw.chars().all(|letter| "|-: \n".contains(letter))
}

/// One record.
struct Record<'t> {
    cells: Vec<String>,
    /// The record as it appears in the file.
    raw: &'t str,
    /// The number of lines above it.
    lines_above: usize,
}

impl Record<'_> {
    /// A quotation mark that opens a cell and is not closed makes one record of several. What is written by the rules has
    /// an even number of them, since one inside a cell is doubled.
    fn leaves_a_quotation_open(&self) -> bool {
        self.raw.matches('"').count() % 2 == 1 && self.cells.iter().any(|cell| cell.contains('\n'))
    }
}

/// Every record, without empty lines.
fn records(text: &str, delimiter: u8) -> impl Iterator<Item = Result<Record<'_>, csv::Error>> {
    let mut builder = ReaderBuilder::new();
    let mut reader = builder
        .has_headers(false)
        // Rows of another length are handled later, so the reader must not reject them.
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let (mut start, mut lines) = (0, 0);
    std::iter::from_fn(move || {
        let mut cells = StringRecord::new();
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let with_empty_lines = &text[start..end];
        let raw = with_empty_lines.trim_start_matches('\n');
        // Empty lines count for the line numbers in messages.
        let lines_above = lines + with_empty_lines.len() - raw.len();
        (start, lines) = (end, lines_above + raw.matches('\n').count());
        Some(Ok(Record {
            cells: without_border(&cells, delimiter),
            raw,
            lines_above,
        }))
    })
}

/// The cells; a table in Markdown has an empty one at both ends.
fn without_border(cells: &StringRecord, delimiter: u8) -> Vec<String> {
    let mut cells: Vec<String> = cells.iter().map(str::to_owned).collect();
    if delimiter == b'|' && cells.len() > 2 && cells[0].trim().is_empty() {
        cells.remove(0);
        cells.pop_if(|last| last.trim().is_empty());
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::entries::{LeftOut, RoomFile};
    use super::super::file;
    use super::*;

    fn read(text: &str) -> RoomFile {
        file::read(text).unwrap()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text)
            .entries
            .into_iter()
            .map(|entry| entry.text)
            .collect()
    }

    fn lines(text: &str) -> Vec<usize> {
        read(text)
            .entries
            .into_iter()
            .map(|entry| entry.line)
            .collect()
    }

    #[test]
    fn tables_of_exchange_entra_and_excel() {
        let tables = [
            "displayName,mail\nBoard,a@x.com\n\"Room, big\",b@x.com\n",
            "sep=;\nName;PrimarySmtpAddress\n\"Board \"\"A\"\"\";a@x.com\n;b@x.com",
            "#TYPE Mailbox\n\"EMAILADDRESS\",\"Name\"\n\"a@x.com\",\"two\nlines\"\n\"b@x.com\",\"\"\n",
            "Name\tMail\nBoard\ta@x.com\nKitchen\tb@x.com",
            "mail\na@x.com\n\n# old\nb@x.com",
            "\"Display name\",\"Email address\",\"Type\"\n\"Board\",\"a@x.com\",\"Room\"\n\"K\",\"b@x.com\",\"Room\"\n",
            "Primary SMTP address;E-mail\na@x.com;z@x.com\nb@x.com;z@x.com\n",
            "Name;E-Mail-Adresse\nGroß;a@x.com\nKlein;b@x.com\n",
            "Name,EmailAddresses\nBoard,SMTP:a@x.com smtp:z@x.com\nK,\"smtp:z@x.com,SMTP:b@x.com\"\n",
            "\"Name, full\";mail\n\"B, 1\";a@x.com\n\"B, 2\";b@x.com\n",
            "| Name | mail |\n|---|---|\n| Board | a@x.com |\n| K | b@x.com |\n",
        ];
        for table in tables {
            assert_eq!(texts(table), ["a@x.com", "b@x.com"], "{table}");
        }
    }

    #[test]
    fn the_address_column_is_chosen_by_preference() {
        assert_eq!(
            texts("userPrincipalName,mail\nold@x.com,new@x.com\n"),
            ["new@x.com"]
        );
        assert_eq!(
            texts("EmailAddress,mail\nold@x.com,new@x.com\n"),
            ["new@x.com"]
        );
        assert_eq!(
            texts("EmailAddresses,PrimarySmtpAddress\nSMTP:old@x.com,new@x.com\n"),
            ["new@x.com"]
        );
        assert_eq!(texts("mail,userPrincipalName\n,upn@x.com\n"), ["upn@x.com"]);
    }

    #[test]
    fn a_table_without_a_header_is_read_if_one_column_holds_addresses() {
        assert_eq!(
            texts("Board,a@x.com,12\nKitchen,b@x.com,4\n"),
            ["a@x.com", "b@x.com"]
        );
        let only_addresses = "a@x.com,b@x.com,c@x.com\nd@x.com,e@x.com,f@x.com\n";
        assert_eq!(texts(only_addresses).len(), 6);
        // A single row shows no columns, so nothing is refused.
        assert!(file::read("Board,a@x.com,owner@x.com\n").is_ok());
        let two = "Board,a@x.com,owner@x.com\nKitchen,b@x.com,owner@x.com\n";
        assert!(
            matches!(file::read(two), Err(FormFault::NoAddressColumn(_))),
            "nothing shows which of the two is the room"
        );
    }

    #[test]
    fn only_a_table_in_markdown_has_a_border() {
        // Without its empty first cell, the row would give the address of the owner.
        let empty_first = "Name,mail,Owner\n,a@x.com,o@x.com\nK,b@x.com,\n";
        assert_eq!(texts(empty_first), ["a@x.com", "b@x.com"]);
        let markdown = "Name | mail | Site\n| Board | a@x.com | B |\n";
        assert_eq!(texts(markdown), ["a@x.com"]);
    }

    #[test]
    fn every_entry_has_the_line_in_which_its_row_begins() {
        let text = "#TYPE Mailbox\n\n\"Name\",\"mail\"\n\"two\nlines\",a@x.com\n\n\n,b@x.com\n# c\nd,e@x.com\n";
        assert_eq!(lines(text), [4, 8, 10]);
        assert_eq!(lines("mail\na@x.com"), [2]);
    }

    #[test]
    fn rows_without_an_address_are_counted() {
        let file = read(
            "Name,mail,Site\nBoard,a@x.com,B\nCar,,B\nshort\n,,\n\nBike, ,\nF,Meeting Room 4,\n",
        );
        assert_eq!(file.entries.len(), 1);
        let empty = |line| (line, LeftOut::EmptyCell);
        assert_eq!(
            file.left_out,
            [empty(3), empty(4), empty(7), (8, LeftOut::NoAddress)]
        );
        assert_eq!(file.column.as_deref(), Some("mail"));
    }

    #[test]
    fn rows_that_are_struck_out_are_counted_unless_they_are_mere_comments() {
        let file =
            read("Name,mail\n#gone,c@x.com\n# a comment, nothing more\n\"#1 Board\",a@x.com\n");
        assert_eq!(file.left_out, [(2, LeftOut::StruckOut)]);
        assert_eq!(
            file.entries
                .iter()
                .map(|entry| entry.line)
                .collect::<Vec<_>>(),
            [4]
        );
    }

    #[test]
    fn a_row_with_a_comma_too_many_or_too_few_gives_its_only_address() {
        let file = read("Name,mail\nBoard, big,a@x.com\nb@x.com\nKitchen,k@x.com,extra\nshort\n");
        let texts: Vec<&str> = file
            .entries
            .iter()
            .map(|entry| entry.text.as_str())
            .collect();
        assert_eq!(texts, ["a@x.com", "b@x.com", "k@x.com"]);
        assert_eq!(file.left_out, [(5, LeftOut::EmptyCell)]);
    }

    #[test]
    fn a_quotation_that_swallows_lines_is_refused_with_its_line() {
        let never_closed = "Name,mail\nA,a@x.com\n\"B,b@x.com\nC,c@x.com\n";
        let closed_by_the_next = "Name,mail\nA,a@x.com\n\"B,b@x.com\n\"C\",c@x.com\n";
        for table in [never_closed, closed_by_the_next] {
            assert_eq!(
                file::read(table),
                Err(FormFault::OpenQuotation(3)),
                "{table}"
            );
        }
        assert_eq!(texts("Name,mail\n24\" screen,a@x.com\n"), ["a@x.com"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[a-z@.,;\"#<>{}\\[\\]:|\\-\t\n ]{0,120}") {
            let _ = file::read(&text);
            let _ = file::read(&format!("Name,mail\n{text}"));
            let _ = file::read(&format!("Name mail\n---- ----\n{text}"));
            let _ = file::read(&format!("mail : a@x.com\n{text}"));
            let _ = file::read(&format!("<table><tr>{text}"));
        }

        #[test]
        fn no_well_formed_row_is_lost(names in proptest::collection::vec("[a-z,;\"#\n ]{0,8}", 1..20)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(["Name", "mail"]).unwrap();
            for (number, name) in names.iter().enumerate() {
                writer.write_record([name.as_str(), &format!("room{number}@x.com")]).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            proptest::prop_assert_eq!(read(&text).entries.len(), names.len());
        }
    }
}
