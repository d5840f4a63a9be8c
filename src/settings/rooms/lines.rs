//! A list of rooms as text: one or several addresses a line, with the text around them.

use super::entries::{Entry, LeftOut, RoomFile, counts, numbered};
use super::{cell, markup};

/// The first words of a line that names the sender of a message, in the languages of Outlook.
const SENDERS: [&str; 9] = [
    "from:",
    "von:",
    "de:",
    "da:",
    "van:",
    "de :",
    "reply-to:",
    "sender:",
    "差出人:",
];

/// How the line ends that names the writer of a quoted message.
const WROTE: [&str; 7] = [
    "wrote:",
    "schrieb:",
    "a écrit :",
    "escribió:",
    "ha scritto:",
    "schreef:",
    "escreveu:",
];
/// Lines with which a message ends. What follows the list and one of them is a signature.
const CLOSINGS: [&str; 33] = [
    "--",
    "thanks",
    "many thanks",
    "thank you",
    "best",
    "regards",
    "best regards",
    "kind regards",
    "cheers",
    "sincerely",
    "danke",
    "vielen dank",
    "gruß",
    "grüße",
    "viele grüße",
    "beste grüße",
    "mit freundlichen grüßen",
    "mfg",
    "merci",
    "cordialement",
    "bien cordialement",
    "gracias",
    "saludos",
    "un saludo",
    "grazie",
    "saluti",
    "cordiali saluti",
    "bedankt",
    "groeten",
    "met vriendelijke groet",
    "obrigado",
    "atenciosamente",
    "よろしくお願いします",
];

/// Reads every line.
pub(super) fn read(text: &str) -> RoomFile {
    // Beside primary addresses, those with a lowercase prefix are further addresses of the same
    // mailboxes.
    let has_primary = text.contains("SMTP:");
    let mut file = RoomFile::default();
    let mut is_signature = false;
    for (line, text) in numbered(text).filter(|(_, line)| counts(line)) {
        // Before the first room, such a line can be part of an introduction.
        is_signature |= !file.entries.is_empty() && is_closing(text);
        if text.chars().any(char::is_alphanumeric) {
            file.read_line(line, text, has_primary, is_signature);
        }
    }
    file
}

fn is_closing(text: &str) -> bool {
    if text.len() > 60 {
        return false;
    }
    let text = text
        .trim_end_matches([',', '.', '!', ' ', '。'])
        .to_lowercase();
    CLOSINGS.contains(&text.as_str())
}

impl RoomFile {
    fn read_line(&mut self, line: usize, text: &str, has_primary: bool, is_signature: bool) {
        let start: String = text
            .trim_start_matches(['>', ' ', '*'])
            .chars()
            .take(12)
            .collect::<String>()
            .to_lowercase();
        let names_sender = is_signature
            || SENDERS.iter().any(|sender| start.starts_with(sender))
            || WROTE.iter().any(|wrote| text.ends_with(wrote));
        let text = if text.contains(['<', '&']) {
            markup::plain(text)
        } else {
            text.to_owned()
        };
        let reading = cell::read(&text);
        let reason = if names_sender && !reading.addresses.is_empty() {
            Some(LeftOut::Sender)
        } else if reading.only_other_proxies || (reading.is_secondary && has_primary) {
            Some(LeftOut::OtherProxy)
        } else {
            reading.addresses.is_empty().then_some(LeftOut::NoAddress)
        };
        if let Some(reason) = reason {
            self.left_out
                .extend((!text.is_empty()).then_some((line, reason)));
            return;
        }
        if reading.was_cleaned {
            self.cleaned.push(line);
        }
        self.entries.extend(
            reading
                .addresses
                .into_iter()
                .map(|text| Entry { text, line }),
        );
    }
}
