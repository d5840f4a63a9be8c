//! Notes about what was given as rooms, for the screen and the report.

use crate::evidence::{InputNote, InputNoteKind};

use super::entries::{LeftOut, RoomFile};

/// All notes about a file, and about rooms that were given more than once.
pub(super) fn of_rooms(
    name: &str,
    file: Option<&RoomFile>,
    unusable: Vec<usize>,
    repeated: usize,
) -> Vec<InputNote> {
    let mut notes = file.map_or_else(Vec::new, |file| of_file(name, file, unusable));
    notes.push(InputNote::new(InputNoteKind::RoomRepeated).times(repeated));
    notes.retain(|note| note.count > 0);
    notes
}

/// The notes about a file, also those that count nothing.
fn of_file(name: &str, file: &RoomFile, unusable: Vec<usize>) -> Vec<InputNote> {
    let note = |kind, lines: Vec<usize>| InputNote::new(kind).of_file(name).at_lines(lines);
    let mut notes = vec![note(InputNoteKind::EntryUnusable, unusable)];
    for reason in REASONS {
        let lines = file
            .left_out
            .iter()
            .filter(|(_, own)| *own == reason)
            .map(|(line, _)| *line)
            .collect();
        notes.push(note(kind_of(reason), lines));
    }
    notes.push(note(InputNoteKind::EntryCleaned, file.cleaned.clone()));
    if let Some(column) = file.column.as_deref().filter(|_| file.by_sign_in_name) {
        let by_sign_in_name = InputNote::new(InputNoteKind::SignInNameUsed).of_file(name);
        notes.push(by_sign_in_name.about(column).times(file.entries.len()));
    }
    notes
}

/// Every reason, in the order in which notes name them.
pub(super) const REASONS: [LeftOut; 6] = [
    LeftOut::NoAddress,
    LeftOut::EmptyCell,
    LeftOut::StruckOut,
    LeftOut::OtherMailbox,
    LeftOut::OtherProxy,
    LeftOut::Sender,
];

fn kind_of(reason: LeftOut) -> InputNoteKind {
    match reason {
        LeftOut::NoAddress => InputNoteKind::LineWithoutAddress,
        LeftOut::EmptyCell => InputNoteKind::CellEmpty,
        LeftOut::StruckOut => InputNoteKind::LineStruckOut,
        LeftOut::OtherMailbox => InputNoteKind::OtherMailboxType,
        LeftOut::OtherProxy => InputNoteKind::OtherProxyAddress,
        LeftOut::Sender => InputNoteKind::SenderLine,
    }
}
