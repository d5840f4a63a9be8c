//! Values of tables: the column decides what a value means, but its name is only in the header. Each row gets the name and the
//! value at its end, so that it reads as the same output in the form of a list.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Which values of a column count.
#[derive(Debug, Clone, Copy)]
enum Values {
    /// True or False.
    Flag,
    /// A word.
    Word,
    /// A number of the sign-in service; 0 is success.
    SignInNumber,
    /// A GUID.
    Id,
}

/// Names of columns, what is written in front of their values, and which values count. Sources, read 2026-11-28: the pages of
/// `Test-ServicePrincipalAuthorization`, `Get-CASMailbox`, `Get-OrganizationConfig`, `Test-ApplicationAccessPolicy` and
/// `Get-ApplicationAccessPolicy` under <https://learn.microsoft.com/powershell/module/exchangepowershell>, the download of the
/// sign-in logs in the Entra admin center, and <https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs>.
const COLUMNS: &[(&str, &str, Values)] = &[
    ("InScope", "InScope : ", Values::Flag),
    ("EwsEnabled", "EwsEnabled : ", Values::Flag),
    ("AccessCheckResult", "AccessCheckResult : ", Values::Word),
    ("AccessRight", "AccessRight : ", Values::Word),
    (
        "EwsApplicationAccessPolicy",
        "EwsApplicationAccessPolicy : ",
        Values::Word,
    ),
    ("Sign-in error code", "AADSTS", Values::SignInNumber),
    ("ResultType", "AADSTS", Values::SignInNumber),
    ("Request ID", "Request ID: ", Values::Id),
    ("Correlation ID", "Correlation ID: ", Values::Id),
    ("CorrelationId", "Correlation ID: ", Values::Id),
];

/// Marks between the cells of a row.
const DELIMITERS: &[char] = &['\t', ',', ';', '|'];

/// Longest line that is read as a row.
const LONGEST_ROW: usize = 20_000;

static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(COLUMNS.iter().map(|(name, ..)| name))
        .ok()
});

/// Columns of a table with a meaning: the index of each, and its row of [`COLUMNS`].
type KnownColumns = Vec<(usize, &'static (&'static str, &'static str, Values))>;

/// Table whose rows follow.
enum Table {
    /// Cells between marks.
    Delimited(char, KnownColumns),
    /// Cells under names that are underlined with hyphens; the start of each column.
    Aligned(Vec<usize>, KnownColumns),
}

/// The text with the names of known columns behind the rows of its tables.
pub(super) fn label_cells(text: &str) -> Cow<'_, str> {
    let Some(names) = NAMES.as_ref().filter(|names| names.is_match(text)) else {
        return Cow::Borrowed(text);
    };
    let mut labeled = String::with_capacity(text.len());
    let mut table = None;
    let mut header = "";
    for line in text.split_inclusive('\n') {
        let row = line.trim_end_matches(['\n', '\r']);
        labeled.push_str(row);
        if row.trim().is_empty() {
            table = None;
        } else if let Some(columns) = underlined(row) {
            table = aligned(header, columns).or(table);
        } else if row.len() <= LONGEST_ROW {
            let delimited = names.is_match(row).then(|| delimited(row)).flatten();
            if delimited.is_some() {
                table = delimited;
            } else if let Some(table) = &table {
                push_labels(&mut labeled, table, row);
            }
        }
        labeled.push_str(&line[row.len()..]);
        header = row;
    }
    Cow::Owned(labeled)
}

/// Starts of the columns of a line that underlines the names above it.
fn underlined(line: &str) -> Option<Vec<usize>> {
    let is_line = line.contains("--") && line.bytes().all(|byte| b"- ".contains(&byte));
    let starts = || {
        (0..line.len()).filter(|at| {
            let bytes = line.as_bytes();
            bytes[*at] == b'-' && (*at == 0 || bytes[*at - 1] == b' ')
        })
    };
    is_line.then(|| starts().collect())
}

fn aligned(header: &str, starts: Vec<usize>) -> Option<Table> {
    let columns = known_columns(cells_at(header, &starts).into_iter());
    (!columns.is_empty()).then_some(Table::Aligned(starts, columns))
}

fn delimited(header: &str) -> Option<Table> {
    DELIMITERS.iter().find_map(|delimiter| {
        let cells = split_cells(header, *delimiter);
        let columns = known_columns(cells.into_iter());
        (!columns.is_empty() && header.contains(*delimiter))
            .then_some(Table::Delimited(*delimiter, columns))
    })
}

fn known_columns<'h>(names: impl Iterator<Item = &'h str>) -> KnownColumns {
    let known = names.enumerate().filter_map(|(index, name)| {
        let is_named = |(known, ..): &&(&str, &str, Values)| known.eq_ignore_ascii_case(name);
        Some((index, COLUMNS.iter().find(is_named)?))
    });
    known.collect()
}

/// Cells of a row, without quotation marks. A delimiter inside quotation marks belongs to the cell.
fn split_cells(row: &str, delimiter: char) -> Vec<&str> {
    let mut is_quoted = false;
    row.split(move |mark: char| {
        is_quoted ^= mark == '"';
        mark == delimiter && !is_quoted
    })
    .map(|cell| cell.trim().trim_matches(['"', '\u{feff}']).trim())
    .collect()
}

fn cells_at<'r>(row: &'r str, starts: &[usize]) -> Vec<&'r str> {
    let ends = starts.iter().skip(1).copied().chain([row.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            row.get(*start..end.min(row.len()))
                .unwrap_or_default()
                .trim()
        })
        .collect()
}

fn push_labels(labeled: &mut String, table: &Table, row: &str) {
    let (cells, columns) = match table {
        Table::Delimited(delimiter, columns) => (split_cells(row, *delimiter), columns),
        Table::Aligned(starts, columns) => (cells_at(row, starts), columns),
    };
    for (index, (_, label, values)) in columns {
        let is_value = |cell: &&str| counts(cell, *values);
        let under_name = cells.get(*index).copied().filter(is_value);
        let Some(cell) = under_name.or_else(|| {
            let moved = match table {
                Table::Delimited(..) => None,
                Table::Aligned(starts, _) => moved_cell(row, starts.len(), *index),
            };
            moved.filter(is_value)
        }) else {
            continue;
        };
        let labeled_cell = format!("{label}{cell}");
        if !row.contains(&labeled_cell) {
            labeled.push_str("  ");
            labeled.push_str(&labeled_cell);
        }
    }
}

/// Cell of an aligned row in which a value is longer than its column, so that all that follow it have moved: the words are
/// counted from the end of the row.
fn moved_cell(row: &str, columns: usize, index: usize) -> Option<&str> {
    let behind = (columns - 1).checked_sub(index)?;
    row.split_whitespace().rev().nth(behind)
}

fn counts(cell: &str, values: Values) -> bool {
    match values {
        Values::Flag => matches!(cell, "True" | "False"),
        Values::Word => !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_alphabetic()),
        Values::SignInNumber => {
            cell.len() >= 5 && cell.len() <= 10 && cell.bytes().all(|byte| byte.is_ascii_digit())
        }
        Values::Id => uuid::Uuid::try_parse(cell).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_under_underlined_names_gets_their_labels() {
        let table = "RoleName                     GrantedPermissions  InScope\n\
                     --------                     ------------------  -------\n\
                     Application Mail.Send        Mail.Send           True\n\
                     Application Calendars.ReadWrite Calendars.ReadWrite False\n\
                     \n\
                     Application X                X                   False\n";
        let labeled = label_cells(table);
        let lines: Vec<&str> = labeled.lines().collect();
        assert!(lines[2].ends_with("InScope : True"), "{labeled}");
        assert!(lines[3].ends_with("InScope : False"), "{labeled}");
        assert!(!lines[5].contains(':'), "{labeled}");
    }

    #[test]
    fn a_row_between_delimiters_gets_the_labels_of_its_header() {
        for (header, row, label) in [
            (
                "Date,Status,Sign-in error code,Failure reason",
                "x,\"a, b\",7000222,c",
                "AADSTS7000222",
            ),
            (
                "\u{feff}\"ResultType\",\"x\"",
                "\"7000222\",\"y\"",
                "AADSTS7000222",
            ),
            (
                "TimeGenerated\tResultType\tx",
                "2026\t7000222\ty",
                "AADSTS7000222",
            ),
            (
                "| Name | EwsEnabled |",
                "| Room | False |",
                "EwsEnabled : False",
            ),
        ] {
            let labeled = label_cells(&format!("{header}\n{row}\n")).into_owned();
            assert_eq!(labeled, format!("{header}\n{row}  {label}\n"));
        }
        for other in [
            "Status,Sign-in error code\nSuccess,0\n",
            "the ResultType is here, or not\na, 7000222\n",
            "EwsEnabled : False\n",
            "no table",
        ] {
            assert_eq!(label_cells(other), other);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_labeled_without_panic(text in "(InScope|ResultType|--|é|東| |\n|,|False|\"|\t){0,40}") {
            let _ = label_cells(&text);
        }
    }
}
