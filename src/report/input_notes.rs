//! Notes about the inputs of a run, one sentence each: the same on the screen before the run and in every report.

use crate::evidence::{InputNote, InputNoteKind};

use super::wording::count_noun;

/// More lines than this are counted instead of named.
const NAMED: usize = 8;

/// The sentence of a note.
pub fn describe_input_note(note: &InputNote) -> String {
    let text = text(note);
    if let (Some(file), [line], Some(column)) = (&note.file, note.lines.as_slice(), note.column) {
        return format!("{file}:{line}:{column}: {text}");
    }
    match &note.file {
        Some(file) if !names_file(note.kind) => format!("{file}: {text}{}", lines(note)),
        _ => format!("{text}{}", lines(note)),
    }
}

/// Whether the sentence itself says which file it is about.
fn names_file(kind: InputNoteKind) -> bool {
    matches!(
        kind,
        InputNoteKind::RoomsReplaced | InputNoteKind::SecretFileReadable
    )
}

fn text(note: &InputNote) -> String {
    let about = note.about.as_deref().unwrap_or_default();
    let file = note.file.as_deref().unwrap_or_default();
    let were = if note.count == 1 { "was" } else { "were" };
    let counted = |noun: &str| count_noun(note.count, noun);
    match note.kind {
        InputNoteKind::EntryUnusable if note.count == 1 => {
            "1 entry is not a valid email address and was not checked".to_owned()
        }
        InputNoteKind::EntryUnusable => {
            format!(
                "{} entries are not valid email addresses and were not checked",
                note.count
            )
        }
        InputNoteKind::LineWithoutAddress => {
            format!("{} without an address {were} left out", counted("line"))
        }
        InputNoteKind::CellEmpty => {
            format!("{} with an empty address {were} left out", counted("row"))
        }
        InputNoteKind::LineStruckOut => {
            format!("{} with # at the beginning {were} left out", counted("row"))
        }
        InputNoteKind::OtherMailboxType if note.count == 1 => {
            "1 mailbox that is neither a room nor equipment was left out".to_owned()
        }
        InputNoteKind::OtherMailboxType => {
            format!(
                "{} mailboxes that are neither rooms nor equipment were left out",
                note.count
            )
        }
        InputNoteKind::OtherProxyAddress => {
            format!(
                "{} with other proxy addresses (smtp:, SIP:, X500:) {were} left out",
                counted("line")
            )
        }
        InputNoteKind::SenderLine => format!(
            "{} naming the sender of a message {were} left out",
            counted("line")
        ),
        InputNoteKind::EntryCleaned => {
            format!(
                "invisible characters or typographic quotation marks were removed in {}",
                counted("line")
            )
        }
        InputNoteKind::SignInNameUsed => {
            format!(
                "the addresses were read from the column {about}; a sign-in name can differ from the email address"
            )
        }
        InputNoteKind::RoomRepeated if note.count == 1 => {
            "1 room appears more than once and is checked once".to_owned()
        }
        InputNoteKind::RoomRepeated => format!(
            "{} rooms appear more than once and are checked once",
            note.count
        ),
        InputNoteKind::RoomsReplaced if note.count == 0 => {
            format!("the rooms in {file} were replaced by {about}")
        }
        InputNoteKind::RoomsReplaced => {
            format!("{} in {file} {were} replaced by {about}", counted("room"))
        }
        InputNoteKind::FeatureRequired => format!("enabled = false was overridden by {about}"),
        InputNoteKind::SecretFileReadable => format!(
            "other users of this machine can read the secret file {file} (mode {about}); restrict it with `chmod 600 {file}`"
        ),
        InputNoteKind::Unknown => "a newer version of this program wrote a note here".to_owned(),
    }
}

/// ` (lines 1, 14 and 15)`.
fn lines(note: &InputNote) -> String {
    let mut parts: Vec<String> = note
        .lines
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    if note.count > parts.len() && !parts.is_empty() {
        parts.push(format!("{} more", note.count - parts.len()));
    }
    match parts.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" (line {only})"),
        Some((last, others)) => format!(" (lines {} and {last})", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_its_file_and_its_lines() {
        let note = |lines: &[usize]| {
            describe_input_note(
                &InputNote::new(InputNoteKind::LineWithoutAddress)
                    .of_file("rooms.csv")
                    .at_lines(lines.to_vec()),
            )
        };
        assert_eq!(
            note(&[7]),
            "rooms.csv: 1 line without an address was left out (line 7)"
        );
        assert_eq!(
            note(&[1, 14, 15]),
            "rooms.csv: 3 lines without an address were left out (lines 1, 14 and 15)"
        );
        let many: Vec<usize> = (1..=300).collect();
        assert_eq!(
            note(&many),
            "rooms.csv: 300 lines without an address were left out (lines 1, 2, 3, 4, 5, 6, 7, 8 and 292 more)"
        );
    }

    #[test]
    fn notes_name_what_was_replaced_or_left_out() {
        let replaced = InputNote::new(InputNoteKind::RoomsReplaced)
            .of_file("rx-preflight.toml")
            .about("--room");
        assert_eq!(
            describe_input_note(&replaced.clone().times(40)),
            "40 rooms in rx-preflight.toml were replaced by --room"
        );
        assert_eq!(
            describe_input_note(&replaced.times(0)),
            "the rooms in rx-preflight.toml were replaced by --room"
        );
        let secret = InputNote::new(InputNoteKind::SecretFileReadable)
            .of_file("secret.txt")
            .about("0644");
        assert!(
            describe_input_note(&secret)
                .ends_with("secret.txt (mode 0644); restrict it with `chmod 600 secret.txt`")
        );
        let repeated = InputNote::new(InputNoteKind::RoomRepeated);
        assert_eq!(
            describe_input_note(&repeated.clone().times(2)),
            "2 rooms appear more than once and are checked once"
        );
        assert_eq!(
            describe_input_note(&repeated),
            "1 room appears more than once and is checked once"
        );
    }

    #[test]
    fn a_kind_of_a_newer_version_is_read() {
        let note: InputNote =
            serde_json::from_str(r#"{"kind":"something-new","count":3}"#).unwrap();
        assert_eq!(note.kind, InputNoteKind::Unknown);
        assert!(!describe_input_note(&note).is_empty());
    }
}
