//! A list of rooms as text: one or several addresses a line, and whatever stands around them.

use super::{
    cell,
    file::{Entry, LeftOut, RoomFile, counts, numbered},
    markup,
};

/// The first words of a line that names the sender of a message, in the languages of Outlook.
const SENDERS: [&str; 9] = ["from:", "von:", "de:", "da:", "van:", "de :", "reply-to:", "sender:", "差出人:"];

/// Reads every line.
pub(super) fn read(text: &str) -> RoomFile {
    let has_primary = text.contains("SMTP:");
    let mut file = RoomFile::default();
    for (line, text) in numbered(text).filter(|(_, line)| counts(line)) {
        if text.chars().any(char::is_alphanumeric) {
            file.read_line(line, text, has_primary);
        }
    }
    file
}

impl RoomFile {
    fn read_line(&mut self, line: usize, text: &str, has_primary: bool) {
        let start: String =
            text.trim_start_matches(['>', ' ', '*']).chars().take(12).collect::<String>().to_lowercase();
        let text = if text.contains(['<', '&']) { markup::plain(text) } else { text.to_owned() };
        let reading = cell::read(&text);
        let reason = if SENDERS.iter().any(|sender| start.starts_with(sender)) {
            Some(LeftOut::Sender)
        } else if reading.only_other_proxies || (reading.is_secondary && has_primary) {
            Some(LeftOut::OtherProxy)
        } else {
            reading.addresses.is_empty().then_some(LeftOut::NoAddress)
        };
        if let Some(reason) = reason {
            self.left_out.extend((!text.is_empty()).then_some((line, reason)));
            return;
        }
        if reading.was_cleaned {
            self.cleaned.push(line);
        }
        self.entries.extend(reading.addresses.into_iter().map(|text| Entry { text, line }));
    }
}
