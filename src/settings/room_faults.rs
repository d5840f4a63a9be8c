//! What is said of the rooms that were given: what it is about, and in which lines of which file it stands.

use std::fmt;

use crate::evidence::{SettingsFault, SettingsFaultKind};

use super::AddressFault;

/// More lines than this are counted instead of named.
const NAMED: usize = 8;

/// Where one entry was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// How often in lists: in the settings or on the command line.
    pub(super) listed: usize,
    /// The lines of the rooms file.
    pub(super) lines: Vec<usize>,
}

impl Found {
    /// How often in all.
    pub(super) fn times(&self) -> usize {
        self.listed + self.lines.len()
    }
}

/// Lines of a file: `rooms.csv, lines 2, 9 and 40`.
struct Lines<'a>(&'a str, &'a [usize]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(file, lines) = self;
        let mut parts: Vec<String> = lines.iter().take(NAMED).map(ToString::to_string).collect();
        if lines.len() > NAMED {
            parts.push(format!("{} more", lines.len() - NAMED));
        }
        match parts.split_last() {
            None => formatter.write_str(file),
            Some((only, [])) => write!(formatter, "{file}, line {only}"),
            Some((last, others)) => write!(formatter, "{file}, lines {} and {last}", others.join(", ")),
        }
    }
}

/// An entry that is no address.
pub(super) fn malformed(
    entry: &str,
    fault: AddressFault,
    oddity: Option<&str>,
    file: &str,
    found: &Found,
) -> SettingsFault {
    let place = if found.lines.is_empty() { String::new() } else { format!("{}: ", Lines(file, &found.lines)) };
    let oddity = oddity.map(|oddity| format!(" ({oddity})")).unwrap_or_default();
    SettingsFault {
        kind: SettingsFaultKind::RoomAddressMalformed,
        subject: Some(entry.to_owned()),
        detail: format!("{place}\"{entry}\" is no SMTP address: {fault}{oddity}"),
        other_cloud: None,
    }
}

/// A room that was given more than once; `None` for any other.
pub(super) fn duplicate(room: &str, file: &str, found: &Found) -> Option<SettingsFault> {
    let lines = Lines(file, &found.lines);
    let places = match (found.listed, found.lines.is_empty()) {
        (_, true) => String::new(),
        (0, false) => format!(" ({lines})"),
        (_, false) => format!(" (in the settings or on the command line, and {lines})"),
    };
    (found.times() > 1).then(|| SettingsFault {
        kind: SettingsFaultKind::RoomDuplicate,
        subject: Some(room.to_owned()),
        detail: format!("{room} is given {} times{places}; upper and lower case make no difference", found.times()),
        other_cloud: None,
    })
}

/// Rows of a table that hold no room.
pub(super) fn empty(file: &str, column: &str, lines: &[usize]) -> Option<SettingsFault> {
    left_out(file, lines, &format!("the column {column} is empty there"))
}

/// Rows of a table that are struck out.
pub(super) fn struck_out(file: &str, lines: &[usize]) -> Option<SettingsFault> {
    left_out(file, lines, "# at the beginning strikes a room out")
}

fn left_out(file: &str, lines: &[usize], reason: &str) -> Option<SettingsFault> {
    (!lines.is_empty()).then(|| SettingsFault {
        kind: SettingsFaultKind::RoomLineLeftOut,
        subject: None,
        detail: format!("{}: left out, because {reason}", Lines(file, lines)),
        other_cloud: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(listed: usize, lines: &[usize]) -> Found {
        Found { listed, lines: lines.to_vec() }
    }

    #[test]
    fn lines_are_named_up_to_a_bound() {
        let spoken = |lines: &[usize]| Lines("rooms.csv", lines).to_string();
        assert_eq!(spoken(&[7]), "rooms.csv, line 7");
        assert_eq!(spoken(&[2, 9, 40]), "rooms.csv, lines 2, 9 and 40");
        let many: Vec<usize> = (1..=39).collect();
        assert_eq!(spoken(&many), "rooms.csv, lines 1, 2, 3, 4, 5, 6, 7, 8 and 31 more");
    }

    #[test]
    fn a_malformed_entry_is_told_with_its_place() {
        let detail = |oddity, found| malformed("Meeting Room 4", AddressFault::At, oddity, "rooms.csv", &found).detail;
        assert_eq!(
            detail(None, found(0, &[7])),
            "rooms.csv, line 7: \"Meeting Room 4\" is no SMTP address: it must hold exactly one @"
        );
        assert_eq!(detail(None, found(1, &[])), "\"Meeting Room 4\" is no SMTP address: it must hold exactly one @");
        assert!(detail(Some("this line has 3 fields, the first one 2"), found(0, &[7])).ends_with("first one 2)"));
    }

    #[test]
    fn a_repetition_is_told_with_its_places() {
        let detail = |found| duplicate("room1@contoso.com", "rooms.csv", &found).map(|fault| fault.detail);
        assert_eq!(detail(found(1, &[])), None);
        assert_eq!(
            detail(found(0, &[2, 9, 40])).unwrap(),
            "room1@contoso.com is given 3 times (rooms.csv, lines 2, 9 and 40); upper and lower case make no difference"
        );
        assert_eq!(
            detail(found(2, &[])).unwrap(),
            "room1@contoso.com is given 2 times; upper and lower case make no difference"
        );
        assert!(
            detail(found(1, &[4])).unwrap().contains("(in the settings or on the command line, and rooms.csv, line 4)")
        );
    }

    #[test]
    fn rows_without_a_room_are_told_once() {
        assert_eq!(
            empty("rooms.csv", "mail", &[3, 4]).unwrap().detail,
            "rooms.csv, lines 3 and 4: left out, because the column mail is empty there"
        );
        assert_eq!(struck_out("rooms.csv", &[]), None);
    }
}
