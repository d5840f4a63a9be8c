//! A table of rooms: which column holds the addresses, and every row with its line.

use csv::{ReaderBuilder, StringRecord};

use super::{
    room_cell,
    room_file::{Entry, FormFault, RoomFile},
};

/// The columns that hold an address, in the order of preference: `Get-Mailbox`, Entra, `Get-User`, the Exchange admin
/// centre. The last one holds all addresses of a mailbox.
pub(super) const COLUMNS: [&str; 6] =
    ["PrimarySmtpAddress", "mail", "EmailAddress", "Email", "E-Mail-Adresse", "EmailAddresses"];
/// What can stand between two cells.
pub(super) const DELIMITERS: [char; 3] = [';', ',', '\t'];
/// A line that is shown in a message is cut after this many characters.
const SHOWN: usize = 60;

/// How the rows of a table are cut, as its header shows.
#[derive(Debug)]
pub(super) struct Layout {
    delimiter: u8,
    column: usize,
    name: String,
    width: usize,
}

impl Layout {
    /// The layout of the table that begins with this line; `None` if no column of it is known to hold addresses.
    pub(super) fn of(header: &str) -> Option<Self> {
        DELIMITERS.iter().find_map(|delimiter| Self::with(header, u8::try_from(*delimiter).ok()?))
    }

    fn with(header: &str, delimiter: u8) -> Option<Self> {
        let names = rows(header, delimiter).next()?.ok()?.cells;
        let position = |known: &&str| names.iter().position(|name| plain(name) == plain(known));
        let column = COLUMNS.iter().find_map(position)?;
        Some(Self { delimiter, column, name: names[column].trim().to_owned(), width: names.len() })
    }
}

/// A name of a column without what the exports spell differently: `Email address`, `E-mail`, `primary_smtp_address`.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Reads a table whose header stands in the line `first`, from 1.
pub(super) fn read(text: &str, first: usize, layout: &Layout) -> Result<RoomFile, FormFault> {
    let above: usize = text.split_inclusive('\n').take(first - 1).map(str::len).sum();
    let mut file = RoomFile { column: Some(layout.name.clone()), ..RoomFile::default() };
    for row in rows(&text[above..], layout.delimiter).skip(1) {
        let row = row.map_err(|error| FormFault::NoTable(error.to_string()))?;
        let line = first + row.lines_above;
        if row.leaves_a_quotation_open() {
            return Err(FormFault::OpenQuotation(line));
        }
        file.take(&row, line, layout);
    }
    Ok(file)
}

impl RoomFile {
    /// Sorts a row in. A row that says anything never vanishes without a trace.
    fn take(&mut self, row: &Row<'_>, line: usize, layout: &Layout) {
        let cell = row.cells.get(layout.column).map(room_cell::address).unwrap_or_default();
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if row.raw.starts_with('#') {
            if cell.contains('@') {
                self.struck_out.push(line);
            }
            return;
        }
        if !cell.is_empty() {
            self.entries.push(Entry { text: cell.to_owned(), line, oddity: row.oddity(layout) });
        } else if row.cells.len() <= layout.column && row.raw.contains('@') {
            let text = row.raw.trim().chars().take(SHOWN).collect();
            self.entries.push(Entry { text, line, oddity: row.oddity(layout) });
        } else {
            self.empty.push(line);
        }
    }
}

/// One row.
struct Row<'t> {
    cells: StringRecord,
    /// The row as it stands in the file.
    raw: &'t str,
    /// How many lines stand above it.
    lines_above: usize,
}

impl Row<'_> {
    /// A quotation mark that opens a cell and is not closed makes one row of several. What is written by the rules has
    /// an even number of them, since one inside a cell is doubled.
    fn leaves_a_quotation_open(&self) -> bool {
        self.raw.matches('"').count() % 2 == 1 && self.cells.iter().any(|cell| cell.contains('\n'))
    }

    fn oddity(&self, layout: &Layout) -> Option<String> {
        let cells = self.cells.len();
        (cells != layout.width).then(|| format!("this line has {}, the first one {}", fields(cells), layout.width))
    }
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

/// Every row, blank lines left out.
fn rows(text: &str, delimiter: u8) -> impl Iterator<Item = Result<Row<'_>, csv::Error>> {
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut start, mut lines) = (0, 0);
    std::iter::from_fn(move || {
        let mut cells = StringRecord::new();
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let with_blank_lines = &text[start..end];
        let raw = with_blank_lines.trim_start_matches('\n');
        let lines_above = lines + with_blank_lines.len() - raw.len();
        (start, lines) = (end, lines_above + raw.matches('\n').count());
        Some(Ok(Row { cells, raw, lines_above }))
    })
}

#[cfg(test)]
mod tests {
    use super::super::room_file;
    use super::*;

    fn read(text: &str) -> RoomFile {
        room_file::read(text).unwrap()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).entries.into_iter().map(|entry| entry.text).collect()
    }

    fn lines(text: &str) -> Vec<usize> {
        read(text).entries.into_iter().map(|entry| entry.line).collect()
    }

    #[test]
    fn tables_of_exchange_entra_and_excel() {
        let tables = [
            "displayName,mail\nBoard,a@x.com\n\"Room, big\",b@x.com\n",
            "sep=;\nName;PrimarySmtpAddress\n\"Say \"\"hi\"\"\";a@x.com\n;b@x.com",
            "#TYPE Mailbox\n\"EMAILADDRESS\",\"Name\"\n\"a@x.com\",\"two\nlines\"\n\"b@x.com\",\"\"\n",
            "Name\tMail\nBoard\ta@x.com\nKitchen\tb@x.com",
            "mail\na@x.com\n\n# old\nb@x.com",
            "\"Display name\",\"Email address\",\"Type\"\n\"Board\",\"a@x.com\",\"Room\"\n\"K\",\"b@x.com\",\"Room\"\n",
            "Primary SMTP address;E-mail\na@x.com;z@x.com\nb@x.com;z@x.com\n",
            "Name;E-Mail-Adresse\nGroß;a@x.com\nKlein;b@x.com\n",
            "Name,EmailAddresses\nBoard,SMTP:a@x.com smtp:z@x.com\nK,\"smtp:z@x.com,SMTP:b@x.com\"\n",
            "\"Name, full\";mail\n\"B, 1\";a@x.com\n\"B, 2\";b@x.com\n",
        ];
        for table in tables {
            assert_eq!(texts(table), ["a@x.com", "b@x.com"], "{table}");
        }
    }

    #[test]
    fn the_address_column_is_chosen_by_preference() {
        assert_eq!(texts("userPrincipalName,mail\nold@x.com,new@x.com\n"), ["new@x.com"]);
        assert_eq!(texts("EmailAddress,mail\nold@x.com,new@x.com\n"), ["new@x.com"]);
        assert_eq!(texts("EmailAddresses,PrimarySmtpAddress\nSMTP:old@x.com,new@x.com\n"), ["new@x.com"]);
    }

    #[test]
    fn every_entry_has_the_line_in_which_its_row_begins() {
        assert_eq!(
            lines("#TYPE Mailbox\n\n\"Name\",\"mail\"\n\"two\nlines\",a@x.com\n\n\n,b@x.com\n# c\nd,e\n"),
            [4, 8, 10]
        );
        assert_eq!(lines("mail\na@x.com"), [2]);
    }

    #[test]
    fn rows_without_an_address_are_counted() {
        let file = read("Name,mail,Site\nBoard,a@x.com,B\nCar,,B\nshort\n,,\n\nBike, ,\n");
        assert_eq!(file.entries.len(), 1);
        assert_eq!(file.empty, [3, 4, 7]);
        assert_eq!(file.column.as_deref(), Some("mail"));
    }

    #[test]
    fn rows_that_are_struck_out_are_counted_unless_they_are_mere_comments() {
        let file = read("Name,mail\n#gone,c@x.com\n# a comment, nothing more\n\"#1 Board\",a@x.com\n");
        assert_eq!(file.struck_out, [2]);
        assert_eq!(file.entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [4]);
        assert!(file.empty.is_empty());
    }

    #[test]
    fn a_ragged_row_is_told_as_such() {
        let file = read("Name,mail\nBoard, big,a@x.com\na@x.com\nKitchen,k@x.com,extra\n");
        let oddities: Vec<_> = file.entries.iter().map(|entry| entry.oddity.as_deref()).collect();
        assert_eq!(
            oddities,
            [
                Some("this line has 3 fields, the first one 2"),
                Some("this line has 1 field, the first one 2"),
                Some("this line has 3 fields, the first one 2")
            ]
        );
        assert_eq!(texts("Name,mail\nBoard, big,a@x.com\na@x.com\n"), ["big", "a@x.com"]);
    }

    #[test]
    fn a_quotation_that_swallows_lines_is_refused_with_its_line() {
        let never_closed = "Name,mail\nA,a@x.com\n\"B,b@x.com\nC,c@x.com\n";
        let closed_by_the_next = "Name,mail\nA,a@x.com\n\"B,b@x.com\n\"C\",c@x.com\n";
        for table in [never_closed, closed_by_the_next] {
            assert_eq!(room_file::read(table), Err(FormFault::OpenQuotation(3)), "{table}");
        }
        assert_eq!(texts("Name,mail\n24\" screen,a@x.com\n"), ["a@x.com"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[a-z@.,;\"#\\-\t\n ]{0,120}") {
            let _ = room_file::read(&text);
            let _ = room_file::read(&format!("Name,mail\n{text}"));
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
