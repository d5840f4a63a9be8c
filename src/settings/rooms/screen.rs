//! What PowerShell shows on the screen: `Format-Table` and `Format-List`.

use std::collections::HashMap;

use super::cell;
use super::columns::{self, RECIPIENT_TYPE, plain};
use super::entries::{counts, numbered};
use super::grid::{Grid, Row};

/// Maximum number of properties without an address that are kept per object: enough to show that it has content.
const OTHER_COLUMNS: usize = 32;
/// An object of Exchange has fewer properties.
const MOST_PROPERTIES: usize = 1_000;

/// A table of `Format-Table`: a header, a line of dashes below every name, and cells below the dashes.
pub(super) fn table(text: &str) -> Option<Grid> {
    let mut above: Option<&str> = None;
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| counts(line.trim()));
    let starts = lines.find_map(|(_, line)| {
        let header = above.replace(line);
        header
            .filter(|header| is_rule_below(header, line))
            .map(|header| (header, starts(line)))
    });
    let (header, starts) = starts?;
    let header = cut(header, &starts);
    // Dashes can also underline a title, so at least one column must be known.
    if columns::known(&header).is_empty() {
        return None;
    }
    let rows = lines.map(|(index, line)| Row {
        line: index + 1,
        cells: cut(line, &starts),
        is_struck_out: false,
    });
    Some(Grid {
        header,
        rows: rows.collect(),
        is_from_screen: true,
        is_of_objects: false,
    })
}

/// Whether a line has dashes exactly below the names of another.
fn is_rule_below(header: &str, rule: &str) -> bool {
    let is_rule = rule.contains('-') && rule.chars().all(|letter| letter == '-' || letter == ' ');
    is_rule && !cell::may_hold_address(header) && {
        let names = cut(header, &starts(rule));
        let dashes: Vec<&str> = rule.split_whitespace().collect();
        names.len() == dashes.len()
            && names
                .iter()
                .zip(dashes)
                .all(|(name, dashes)| name.chars().count() == dashes.len())
    }
}

/// Where each run of dashes begins, in characters.
fn starts(rule: &str) -> Vec<usize> {
    let mut before = ' ';
    let mut starts = Vec::new();
    for (place, letter) in rule.chars().enumerate() {
        if letter == '-' && before != '-' {
            starts.push(place);
        }
        before = letter;
    }
    starts
}

/// The cells of a line, which begin at these places.
fn cut(line: &str, starts: &[usize]) -> Vec<String> {
    let mut cells: Vec<String> = vec![String::new(); starts.len()];
    let mut column = 0;
    for (place, letter) in line.chars().enumerate() {
        while starts.get(column + 1).is_some_and(|next| place >= *next) {
            column += 1;
        }
        if let Some(cell) = cells.get_mut(column) {
            cell.push(letter);
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// A list of `Format-List`: `Name : value` in blocks, long values continued on indented lines.
pub(super) fn list(text: &str) -> Option<Grid> {
    let first = numbered(text)
        .find(|(_, line)| counts(line))
        .map(|(_, line)| line)?;
    property(first)?;
    let mut blocks: Vec<(usize, Vec<(String, String)>)> = Vec::new();
    let mut is_new = true;
    for (line, text) in numbered(text) {
        if text.is_empty() {
            is_new = true;
        } else if let Some((name, value)) = property(text) {
            // A repeated name belongs to the next object, even without an empty line between the
            // two.
            let repeats = blocks.last().is_some_and(|(_, block)| {
                block.len() > MOST_PROPERTIES || block.iter().any(|(known, _)| known == name)
            });
            if is_new || repeats {
                blocks.push((line, Vec::new()));
                is_new = false;
            }
            if let Some((_, block)) = blocks.last_mut() {
                block.push((name.to_owned(), value.to_owned()));
            }
        } else if let Some((_, value)) = blocks
            .last_mut()
            .and_then(|(_, block)| block.last_mut())
            .filter(|_| !is_new)
        {
            value.push_str(text);
        }
    }
    Some(with_columns(blocks)).filter(|grid| !columns::known(&grid.header).is_empty())
}

/// `Name : value`.
fn property(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':').filter(|(name, _)| name.len() < 64)?;
    let is_name = !name.trim().is_empty()
        && name
            .trim()
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric());
    // Names are padded, so that at least the longest one is followed by a space.
    (is_name && name.ends_with(' ')).then(|| (name.trim(), value.trim()))
}

/// Objects as a table with all their known names and some others as its header.
pub(super) fn with_columns(objects: Vec<(usize, Vec<(String, String)>)>) -> Grid {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut header: Vec<String> = Vec::new();
    let mut others = 0;
    let mut rows = Vec::with_capacity(objects.len());
    for (line, object) in objects {
        let mut cells = vec![String::new(); header.len()];
        for (name, value) in object {
            if !places.contains_key(&name) {
                let is_other = columns::known(std::slice::from_ref(&name)).is_empty()
                    && plain(&name) != plain(RECIPIENT_TYPE);
                if is_other && others == OTHER_COLUMNS {
                    continue;
                }
                others += usize::from(is_other);
                places.insert(name.clone(), header.len());
                header.push(name.clone());
            }
            if let Some(place) = places.get(&name) {
                cells.resize(cells.len().max(place + 1), String::new());
                cells[*place] = value;
            }
        }
        rows.push(Row {
            line,
            cells,
            is_struck_out: false,
        });
    }
    Grid {
        header,
        rows,
        is_from_screen: true,
        is_of_objects: true,
    }
}
