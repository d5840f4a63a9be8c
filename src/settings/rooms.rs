//! The rooms of one connection, gathered from list and file.

use std::{collections::HashMap, path::Path};

use crate::evidence::SettingsFault;

use super::{
    AddressFault, MailboxAddress, Place, Rooms, SettingsError, Surroundings,
    echo::{could_be_a_secret, echoed, echoed_path},
    file::RoomSources,
    lint::stray,
    room_faults::{self, Found},
    room_file::{self, Entry, RoomFile},
    text::decode_export,
};

const WHAT: &str = "the rooms file";
/// An entry that is no address is cut after this many characters: it may be half a file.
const LONGEST_SHOWN: usize = 80;

/// Rooms and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) rooms: Rooms,
    pub(super) faults: Vec<SettingsFault>,
}

/// Reads every source of rooms; a source that was named and holds none is an error.
pub(super) fn gather(sources: &RoomSources, surroundings: &dyn Surroundings) -> Result<Gathered, SettingsError> {
    let listed: Vec<&String> = sources.listed.iter().filter(|entry| !entry.trim().is_empty()).collect();
    if sources.has_list && listed.is_empty() {
        return Err(SettingsError::NoRooms { place: sources.listed_at.clone(), what: "the list of rooms".to_owned() });
    }
    let mut sorted = Sorted::default();
    for entry in listed {
        sorted.add(entry, None);
    }
    let mut gathered = match &sources.file {
        Some(path) => sorted.with_file(path, sources.file_at.as_ref(), surroundings)?,
        None => sorted.finish("", None),
    };
    gathered.rooms.given = sources.given();
    gathered.rooms.from_tenant = sources.from_tenant;
    Ok(gathered)
}

fn read_file(path: &Path, place: Option<&Place>, surroundings: &dyn Surroundings) -> Result<RoomFile, SettingsError> {
    let place = place.cloned();
    let bytes = match surroundings.read_file(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(SettingsError::unreadable(place, WHAT, path, &error)),
    };
    let not_usable = |reason: String| SettingsError::not_usable(place.clone(), WHAT, path, reason);
    let export = decode_export(&bytes).map_err(|reason| not_usable(reason.to_owned()))?;
    let file = room_file::read(&export.text).map_err(|fault| not_usable(fault.to_string()))?;
    if let Some(entry) = file.entries.iter().find(|entry| export.guessed && is_uncertain(&entry.text)) {
        let why = "holds an address with other letters than ASCII, and the file is neither UTF-8 nor UTF-16 with a byte \
                   order mark; save it as UTF-8";
        return Err(not_usable(format!("line {} {why}", entry.line)));
    }
    if file.entries.is_empty() {
        return Err(SettingsError::NoRooms { place, what: format!("{WHAT} {}", echoed_path(path)) });
    }
    Ok(file)
}

/// Whether a text is meant as an address and holds letters that another code page would show as others.
fn is_uncertain(text: &str) -> bool {
    text.contains('@') && !text.is_ascii()
}

/// The name of the file for a message.
fn shown_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name.is_empty() || could_be_a_secret(&name) { WHAT.to_owned() } else { name }
}

/// Addresses apart from other texts, each once and with every place at which it was found.
#[derive(Default)]
struct Sorted {
    rooms: Vec<(MailboxAddress, Found)>,
    known: HashMap<MailboxAddress, usize>,
    malformed: Vec<Malformed>,
    known_malformed: HashMap<String, usize>,
}

/// A text that is no address.
struct Malformed {
    text: String,
    fault: AddressFault,
    oddity: Option<String>,
    found: Found,
}

impl Sorted {
    /// Sorts an entry in; without a line it stands in a list.
    fn add(&mut self, text: &str, at: Option<&Entry>) {
        let found = match MailboxAddress::parse(text) {
            Ok(address) => self.room(address),
            Err(fault) => self.malformed(shown(text), fault, at),
        };
        match at {
            Some(entry) => found.lines.push(entry.line),
            None => found.listed += 1,
        }
    }

    fn room(&mut self, address: MailboxAddress) -> &mut Found {
        let next = self.rooms.len();
        let place = *self.known.entry(address.clone()).or_insert(next);
        if place == next {
            self.rooms.push((address, Found::default()));
        }
        &mut self.rooms[place].1
    }

    fn malformed(&mut self, text: String, fault: AddressFault, at: Option<&Entry>) -> &mut Found {
        let next = self.malformed.len();
        let place = *self.known_malformed.entry(text.clone()).or_insert(next);
        if place == next {
            let stray = || stray::first_unusual(&text).map(|stray| format!("it holds a {stray}"));
            let oddity = at.and_then(|entry| entry.oddity.clone()).or_else(stray);
            self.malformed.push(Malformed { text, fault, oddity, found: Found::default() });
        }
        &mut self.malformed[place].found
    }

    /// Adds what a file holds.
    fn with_file(
        mut self,
        path: &Path,
        place: Option<&Place>,
        surroundings: &dyn Surroundings,
    ) -> Result<Gathered, SettingsError> {
        let file = read_file(path, place, surroundings)?;
        for entry in &file.entries {
            self.add(&entry.text, Some(entry));
        }
        Ok(self.finish(&shown_name(path), Some(&file)))
    }

    fn finish(self, name: &str, file: Option<&RoomFile>) -> Gathered {
        let malformed = self.malformed.iter().map(|malformed| {
            let Malformed { text, fault, oddity, found } = malformed;
            room_faults::malformed(text, *fault, oddity.as_deref(), name, found)
        });
        let repeated = self.rooms.iter().filter_map(|(room, found)| room_faults::duplicate(room.as_str(), name, found));
        let left_out = file.into_iter().flat_map(|file| {
            let column = file.column.as_deref().unwrap_or_default();
            [room_faults::empty(name, column, &file.empty), room_faults::struck_out(name, &file.struck_out)]
        });
        let faults = malformed.chain(repeated).chain(left_out.flatten()).collect();
        let rooms = Rooms {
            addresses: self.rooms.into_iter().map(|(room, _)| room).collect(),
            malformed: self.malformed.into_iter().map(|malformed| malformed.text).collect(),
            ..Rooms::default()
        };
        Gathered { rooms, faults }
    }
}

/// A text for a message and a row: without a secret, on one line, and not longer than a line.
fn shown(text: &str) -> String {
    let one_line = echoed(text).replace(char::is_control, " ");
    if one_line.chars().count() <= LONGEST_SHOWN {
        return one_line;
    }
    one_line.chars().take(LONGEST_SHOWN).chain(['…']).collect()
}
