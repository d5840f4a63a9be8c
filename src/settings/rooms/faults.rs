//! Findings about the rooms that were given: the subject, the file and the lines.

use crate::evidence::{SettingsFault, SettingsFaultKind, name_lines};

use super::columns::RECIPIENT_TYPE;
use super::entries::{LeftOut, RoomFile};
use super::notes::REASONS;

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

/// Lines of a file, such as `rooms.csv, lines 2, 9 and 40`.
fn lines_of(file: &str, lines: &[usize]) -> String {
    name_lines(lines, lines.len())
        .map_or_else(|| file.to_owned(), |named| format!("{file}, {named}"))
}

/// An entry that is not an address. In the settings file it is what is entered in ResourceXpress; in a list it is a line
/// that was not checked.
pub(super) fn malformed(entry: &str, why: &str, file: &str, found: &Found) -> SettingsFault {
    let place = if found.lines.is_empty() {
        String::new()
    } else {
        format!("{}: ", lines_of(file, &found.lines))
    };
    SettingsFault {
        kind: if found.listed > 0 {
            SettingsFaultKind::RoomAddressMalformed
        } else {
            SettingsFaultKind::RoomEntryUnusable
        },
        subject: Some(entry.to_owned()),
        detail: format!("{place}\"{entry}\" is not an SMTP address: {why}"),
        other_cloud: None,
    }
}

/// A room that was given more than once; `None` for any other.
pub(super) fn duplicate(room: &str, file: &str, found: &Found) -> Option<SettingsFault> {
    let lines = lines_of(file, &found.lines);
    let places = match (found.listed, found.lines.is_empty()) {
        (_, true) => String::new(),
        (0, false) => format!(" ({lines})"),
        (_, false) => format!(" (in the settings or on the command line, and {lines})"),
    };
    (found.times() > 1).then(|| SettingsFault {
        kind: SettingsFaultKind::RoomDuplicate,
        subject: Some(room.to_owned()),
        detail: format!(
            "{room} is listed {} times{places}; uppercase and lowercase count as the same",
            found.times()
        ),
        other_cloud: None,
    })
}

/// Lines of a file that were left out, one fault for each reason.
pub(super) fn left_out(name: &str, file: &RoomFile) -> Vec<SettingsFault> {
    let mut faults = Vec::new();
    for reason in REASONS {
        let lines: Vec<usize> = file
            .left_out
            .iter()
            .filter(|(_, own)| *own == reason)
            .map(|(line, _)| *line)
            .collect();
        if !lines.is_empty() {
            let why = because(reason, file.column.as_deref().unwrap_or_default());
            faults.push(SettingsFault {
                kind: SettingsFaultKind::RoomLineLeftOut,
                subject: None,
                detail: format!("{}: not checked, because {why}", lines_of(name, &lines)),
                other_cloud: None,
            });
        }
    }
    faults
}

fn because(reason: LeftOut, column: &str) -> String {
    match reason {
        LeftOut::NoAddress => "the line contains no email address".to_owned(),
        LeftOut::EmptyCell => format!("the column {column} is empty"),
        LeftOut::StruckOut => "the line begins with #, which marks a comment".to_owned(),
        LeftOut::OtherMailbox => {
            format!("the mailbox is neither a room nor equipment ({RECIPIENT_TYPE})")
        }
        LeftOut::OtherProxy => {
            "it is not the primary address of a mailbox (SMTP: in uppercase)".to_owned()
        }
        LeftOut::Sender => "it names the sender of a message".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(listed: usize, lines: &[usize]) -> Found {
        Found {
            listed,
            lines: lines.to_vec(),
        }
    }

    #[test]
    fn lines_are_named_up_to_a_bound() {
        let spoken = |lines: &[usize]| lines_of("rooms.csv", lines);
        assert_eq!(spoken(&[7]), "rooms.csv, line 7");
        assert_eq!(spoken(&[2, 9, 40]), "rooms.csv, lines 2, 9 and 40");
        let many: Vec<usize> = (1..=39).collect();
        assert_eq!(
            spoken(&many),
            "rooms.csv, lines 1, 2, 3, 4, 5, 6, 7, 8 and 31 more"
        );
    }

    #[test]
    fn a_malformed_entry_is_a_finding_in_the_settings_and_a_line_not_checked_in_a_file() {
        let fault = |found| {
            malformed(
                "board@x",
                "the part after the @ is not a valid domain",
                "rooms.csv",
                &found,
            )
        };
        let from_file = fault(found(0, &[7]));
        assert_eq!(from_file.kind, SettingsFaultKind::RoomEntryUnusable);
        assert_eq!(
            from_file.detail,
            "rooms.csv, line 7: \"board@x\" is not an SMTP address: the part after the @ is not a valid domain"
        );
        assert_eq!(
            fault(found(1, &[])).kind,
            SettingsFaultKind::RoomAddressMalformed
        );
    }

    #[test]
    fn a_repetition_is_reported_with_its_lines() {
        let detail =
            |found| duplicate("room1@contoso.com", "rooms.csv", &found).map(|fault| fault.detail);
        assert_eq!(detail(found(1, &[])), None);
        assert_eq!(
            detail(found(0, &[2, 9, 40])).unwrap(),
            "room1@contoso.com is listed 3 times (rooms.csv, lines 2, 9 and 40); uppercase and lowercase count as the same"
        );
        assert_eq!(
            detail(found(2, &[])).unwrap(),
            "room1@contoso.com is listed 2 times; uppercase and lowercase count as the same"
        );
        assert!(
            detail(found(1, &[4]))
                .unwrap()
                .contains("(in the settings or on the command line, and rooms.csv, line 4)")
        );
    }

    #[test]
    fn lines_that_were_left_out_are_listed_by_reason() {
        let file = RoomFile {
            left_out: vec![
                (3, LeftOut::EmptyCell),
                (4, LeftOut::EmptyCell),
                (9, LeftOut::OtherMailbox),
            ],
            column: Some("mail".to_owned()),
            ..RoomFile::default()
        };
        let details: Vec<String> = left_out("rooms.csv", &file)
            .into_iter()
            .map(|fault| fault.detail)
            .collect();
        assert_eq!(
            details,
            [
                "rooms.csv, lines 3 and 4: not checked, because the column mail is empty",
                "rooms.csv, line 9: not checked, because the mailbox is neither a room nor equipment (RecipientTypeDetails)",
            ]
        );
    }
}
