//! Notes about the inputs of a run, one sentence each: the same on the screen before the run and in every report.

use crate::evidence::{InputNote, InputNoteKind, name_lines};
use crate::report::counting::count_noun;

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

/// Whether the sentence itself names the file.
fn names_file(kind: InputNoteKind) -> bool {
    matches!(
        kind,
        InputNoteKind::RoomsReplaced
            | InputNoteKind::SecretFileReadable
            | InputNoteKind::ReplacedByVariable
    )
}

fn text(note: &InputNote) -> String {
    let about = note.about.as_deref().unwrap_or_default();
    let file = note.file.as_deref().unwrap_or_default();
    match note.kind {
        InputNoteKind::EntryCleaned => {
            let lines = count_noun(note.count, "line");
            format!("invisible characters or typographic quotation marks were removed in {lines}")
        }
        InputNoteKind::SignInNameUsed => format!(
            "the addresses were read from the column {about}; a sign-in name can differ from the email address"
        ),
        InputNoteKind::RoomsReplaced => rooms_replaced(note.count, file, about),
        InputNoteKind::ReplacedByVariable => format!(
            "the environment variable {about} replaced the value of {file}; remove the variable if the file is meant"
        ),
        InputNoteKind::FeatureRequired => format!("enabled = false was overridden by {about}"),
        InputNoteKind::SecretFileReadable => format!(
            "other users of this machine can read the secret file {file} (mode {about}); restrict it with `chmod 600 {}`",
            posix_word(file)
        ),
        InputNoteKind::ProxyScriptNotFollowed => format!(
            "Windows uses the proxy script {about} (AutoConfigURL), which this check does not run; pass the proxy that the \
             script selects with --proxy or the variable HTTPS_PROXY"
        ),
        InputNoteKind::WinhttpProxyNotFollowed => format!(
            "the WinHTTP proxy {about} (`netsh winhttp show proxy`) is not used by this check; if services use it, pass it \
             with --proxy or the variable HTTPS_PROXY"
        ),
        InputNoteKind::MailboxesChosen => format!(
            "{about} chose {} among the users of the tenant; if one of them is a room, name other mailboxes with \
             --expect-denied ADDRESS",
            count_noun(note.count, "mailbox")
        ),
        InputNoteKind::AcceptanceEnded => {
            format!("the accepted finding {about} counts again, because its last day is over")
        }
        InputNoteKind::AcceptanceUnused => {
            format!("the accepted finding {about} is not in this run; remove it if it is fixed")
        }
        InputNoteKind::AcceptanceElsewhere => format!(
            "the accepted finding {about} is in this run, but not for its connection or subject; correct them if they are mistyped"
        ),
        InputNoteKind::AcceptanceNotApplied => {
            format!("the accepted finding {about} counts, because no room works")
        }
        InputNoteKind::Unknown => {
            "this note was written by a newer version of rx-preflight".to_owned()
        }
        InputNoteKind::EntryUnusable
        | InputNoteKind::OtherMailboxType
        | InputNoteKind::RoomRepeated => about_entries(note),
        InputNoteKind::LineWithoutAddress
        | InputNoteKind::CellEmpty
        | InputNoteKind::LineStruckOut
        | InputNoteKind::OtherProxyAddress
        | InputNoteKind::SenderLine => left_out(note),
    }
}

/// Notes whose verb follows the number of entries.
/// A file name as one word of a POSIX shell.
fn posix_word(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
    if name.chars().all(is_plain) {
        return name.to_owned();
    }
    // Nothing can be escaped between single quotes, so the quotes are closed around an escaped one.
    format!("'{}'", name.replace('\'', r"'\''"))
}

fn about_entries(note: &InputNote) -> String {
    let (one, many) = match note.kind {
        InputNoteKind::EntryUnusable => (
            "entry is not a valid email address and was not checked",
            "entries are not valid email addresses and were not checked",
        ),
        InputNoteKind::OtherMailboxType => (
            "mailbox that is neither a room nor equipment was left out",
            "mailboxes that are neither rooms nor equipment were left out",
        ),
        _ => (
            "room appears more than once and is checked once",
            "rooms appear more than once and are checked once",
        ),
    };
    format!(
        "{} {}",
        note.count,
        if note.count == 1 { one } else { many }
    )
}

/// Notes about lines of a rooms file that name no room.
fn left_out(note: &InputNote) -> String {
    let (noun, what) = match note.kind {
        InputNoteKind::CellEmpty => ("line", "with an empty address"),
        InputNoteKind::LineStruckOut => ("line", "with # at the beginning"),
        InputNoteKind::OtherProxyAddress => {
            ("line", "with other proxy addresses (smtp:, SIP:, X500:)")
        }
        InputNoteKind::SenderLine => ("line", "naming the sender of a message"),
        _ => ("line", "without an address"),
    };
    let counted = count_noun(note.count, noun);
    format!("{counted} {what} {} left out", was_or_were(note.count))
}

fn rooms_replaced(count: usize, file: &str, about: &str) -> String {
    if count == 0 {
        return format!("the rooms in {file} were replaced by {about}");
    }
    format!(
        "{} in {file} {} replaced by {about}",
        count_noun(count, "room"),
        was_or_were(count)
    )
}

fn was_or_were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// ` (lines 1, 14 and 15)`.
fn lines(note: &InputNote) -> String {
    name_lines(&note.lines, note.count).map_or_else(String::new, |lines| format!(" ({lines})"))
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
        let spaced = InputNote::new(InputNoteKind::SecretFileReadable).of_file("it's mine.txt");
        assert!(describe_input_note(&spaced).ends_with(r"`chmod 600 'it'\''s mine.txt'`"));
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
