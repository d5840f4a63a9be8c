//! A table of rooms in any format: the address column and the content of each row.

use super::cell;
use super::columns::{self, Holds, RECIPIENT_TYPE, plain};
use super::entries::{Entry, FormFault, LeftOut, RoomFile};

/// The type that PowerShell writes where it does not write out a collection.
const COLLECTION: &str = "ProxyAddressCollection";

/// A table.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// PowerShell drew it on the screen, where long values are cut.
    pub(super) is_from_screen: bool,
    /// Its rows are objects, which need not have the same properties.
    pub(super) is_of_objects: bool,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The line in which it begins, from 1.
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
    /// It begins with `#`.
    pub(super) is_struck_out: bool,
}

/// The column with the addresses.
struct Chosen {
    column: usize,
    holds: Holds,
}

/// Reads every row. A row with any content never disappears without a note.
pub(super) fn read(grid: &Grid) -> Result<RoomFile, FormFault> {
    let chosen = choose(grid)?;
    let mut file = RoomFile {
        column: grid
            .header
            .get(chosen.column)
            .map(|name| name.trim().to_owned()),
        by_sign_in_name: chosen.holds == Holds::SignInName,
        ..RoomFile::default()
    };
    let kind = grid
        .header
        .iter()
        .position(|name| plain(name) == plain(RECIPIENT_TYPE));
    for row in &grid.rows {
        if kind
            .and_then(|kind| row.cells.get(kind))
            .is_some_and(|kind| is_other_mailbox(kind))
        {
            file.left_out.push((row.line, LeftOut::OtherMailbox));
        } else {
            file.take(grid, row, chosen.column)?;
        }
    }
    let others = file
        .left_out
        .iter()
        .filter(|(_, reason)| *reason == LeftOut::OtherMailbox)
        .count();
    if others > 0 && file.entries.is_empty() {
        Err(FormFault::OtherMailboxes(others))
    } else {
        Ok(file)
    }
}

/// A type of mailbox that is neither a room nor equipment. An empty cell has no meaning.
fn is_other_mailbox(kind: &str) -> bool {
    let kind = plain(kind);
    !kind.is_empty()
        && !["room", "equipment", "workspace"]
            .iter()
            .any(|known| kind.contains(known))
}

/// The most reliable known column with addresses, else the only column with addresses.
fn choose(grid: &Grid) -> Result<Chosen, FormFault> {
    let holds_addresses = |column: usize| {
        grid.rows.iter().any(|row| {
            row.cells
                .get(column)
                .is_some_and(|cell| cell::may_hold_address(cell))
        })
    };
    let known = columns::known(&grid.header);
    // An export can contain a known column that is empty.
    if let Some((column, holds)) = known.iter().find(|(column, _)| holds_addresses(*column)) {
        return Ok(Chosen {
            column: *column,
            holds: *holds,
        });
    }
    let of_type = |column: usize| {
        grid.rows.iter().any(|row| {
            row.cells
                .get(column)
                .is_some_and(|cell| cell.contains(COLLECTION))
        })
    };
    if let Some((column, _)) = known.iter().find(|(column, _)| of_type(*column)) {
        return Err(FormFault::Collection(
            grid.header[*column].trim().to_owned(),
        ));
    }
    let mut candidates = (0..grid.header.len()).filter(|column| holds_addresses(*column));
    match (candidates.next(), candidates.next(), known.first()) {
        (Some(column), None, _) => Ok(Chosen {
            column,
            holds: Holds::Address,
        }),
        (None, _, Some((column, holds))) => Ok(Chosen {
            column: *column,
            holds: *holds,
        }),
        _ => Err(FormFault::NoAddressColumn(
            grid.header
                .iter()
                .map(|name| name.trim().to_owned())
                .collect(),
        )),
    }
}

impl RoomFile {
    fn take(&mut self, grid: &Grid, row: &Row, column: usize) -> Result<(), FormFault> {
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let cell = row
            .cells
            .get(column)
            .map(String::as_str)
            .unwrap_or_default();
        if row.is_struck_out {
            if row.cells.iter().any(|cell| cell::may_hold_address(cell)) {
                self.left_out.push((row.line, LeftOut::StruckOut));
            }
            return Ok(());
        }
        let is_ragged = row.cells.len() != grid.header.len() && !grid.is_of_objects;
        if is_ragged && !cell::may_hold_address(cell) {
            // A comma in a name without quotation marks moves the address to another place.
            let moved: Vec<&String> = row
                .cells
                .iter()
                .filter(|cell| cell::may_hold_address(cell))
                .collect();
            if let [moved] = moved.as_slice() {
                return self.read_cell(grid, row, moved);
            }
        }
        self.read_cell(grid, row, cell)
    }

    fn read_cell(&mut self, grid: &Grid, row: &Row, cell: &str) -> Result<(), FormFault> {
        if grid.is_from_screen && is_cut(cell) {
            return Err(FormFault::CutOff(row.line));
        }
        let reading = cell::read(cell);
        if reading.was_cleaned {
            self.cleaned.push(row.line);
        }
        if reading.addresses.is_empty() {
            let reason = match cell.trim() {
                _ if reading.only_other_proxies => LeftOut::OtherProxy,
                "" => LeftOut::EmptyCell,
                _ => LeftOut::NoAddress,
            };
            self.left_out.push((row.line, reason));
        }
        self.entries
            .extend(reading.addresses.into_iter().map(|text| Entry {
                text,
                line: row.line,
            }));
        Ok(())
    }
}

/// Whether a value was shortened, in a way that takes its address away.
fn is_cut(cell: &str) -> bool {
    let cell = cell.trim().trim_end_matches('}');
    // A collection can be cut behind its primary address.
    (cell.ends_with('\u{2026}') || cell.ends_with("...")) && !cell.contains("SMTP:")
}
