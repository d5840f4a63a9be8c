//! The rooms of one connection, gathered from list and file.
//!
//! A list is the input of the engineer, and ResourceXpress never sees it. What cannot be read in a file is therefore an
//! error of usage, where nothing else is in it, or a note with its lines. Only what the settings enter as a room
//! can be a finding about the installation.

mod cell;
mod columns;
mod entries;
mod faults;
mod file;
mod grid;
mod lines;
mod markup;
mod notes;
mod screen;
mod table;

use std::collections::HashMap;
use std::path::Path;

use crate::evidence::{InputNote, SettingsFault};

use self::entries::{EXPORT, Entry, RoomFile};
use self::faults::Found;
use super::decoding::decode_export;
use super::lint::stray;
use super::quotable::{could_be_a_secret, quotable, quotable_path};
use super::settings_file::RoomSources;
use super::{AddressFault, Environment, MailboxAddress, Place, Rooms, SettingsError};

pub use self::columns::ROOM_COLUMNS;

const WHAT: &str = "the rooms file";
/// The path that means standard input.
const STANDARD_INPUT: &str = "-";
/// An entry that is not an address is cut after this many characters: it may be half a file.
const LONGEST_SHOWN: usize = 80;
/// So many entries of a file that are not addresses get rows of their own; the others are counted.
const MOST_MALFORMED: usize = 50;

/// Rooms and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) rooms: Rooms,
    pub(super) faults: Vec<SettingsFault>,
    pub(super) notes: Vec<InputNote>,
}

/// Reads every source of rooms; a source that was named and holds none is an error.
pub(super) fn gather(
    sources: &RoomSources,
    surroundings: &dyn Environment,
) -> Result<Gathered, SettingsError> {
    let listed: Vec<&String> = sources
        .listed
        .iter()
        .filter(|entry| !entry.trim().is_empty())
        .collect();
    if sources.has_list && listed.is_empty() {
        let what = "the list of rooms".to_owned();
        return Err(SettingsError::NoRooms {
            place: sources.listed_at.clone(),
            what,
            export: "",
        });
    }
    let mut sorted = Sorted::default();
    for entry in listed {
        if sources.is_typed_here {
            sorted.add_option(entry)?;
        } else {
            sorted.add_listed(entry);
        }
    }
    let mut gathered = match &sources.file {
        Some(path) => sorted.with_file(path, sources.file_at.as_ref(), surroundings)?,
        None => sorted.finish("", None),
    };
    gathered.rooms.given = sources.given();
    gathered.rooms.from_tenant = sources.from_tenant;
    Ok(gathered)
}

fn read_bytes(path: &Path, surroundings: &dyn Environment) -> std::io::Result<Vec<u8>> {
    if path == Path::new(STANDARD_INPUT) {
        surroundings.read_stdin()
    } else {
        surroundings.read_file(path)
    }
}

fn read_file(
    path: &Path,
    place: Option<&Place>,
    surroundings: &dyn Environment,
) -> Result<RoomFile, SettingsError> {
    let place = place.cloned();
    let bytes = match read_bytes(path, surroundings) {
        Ok(bytes) => bytes,
        Err(error) => return Err(SettingsError::unreadable(place, WHAT, path, &error)),
    };
    let not_usable = |reason: String| SettingsError::not_usable(place.clone(), WHAT, path, reason);
    let export = decode_export(&bytes).map_err(|reason| not_usable(reason.to_owned()))?;
    let file = file::read(&export.text).map_err(|fault| not_usable(fault.to_string()))?;
    // Windows code pages agree on ASCII only, so any other letter can be a wrong one.
    if let Some(entry) = file
        .entries
        .iter()
        .find(|entry| export.guessed && !entry.text.is_ascii())
    {
        let why = "holds an address with other letters than ASCII, and the file is neither UTF-8 nor UTF-16 with a byte \
                   order mark; save it as UTF-8";
        return Err(not_usable(format!("line {} {why}", entry.line)));
    }
    let Some(first) = file.entries.first() else {
        return Err(SettingsError::NoRooms {
            place,
            what: format!("{WHAT} {}", quotable_path(path)),
            export: EXPORT,
        });
    };
    match MailboxAddress::parse(&first.text) {
        Err(fault)
            if file
                .entries
                .iter()
                .all(|entry| MailboxAddress::parse(&entry.text).is_err()) =>
        {
            let Entry { text, line } = first;
            let why = format!(
                "\"{}\" is not an SMTP address: {}",
                shown(text),
                described(text, fault)
            );
            Err(not_usable(format!(
                "it holds no valid address; line {line}: {why}; export the file with `{EXPORT}`"
            )))
        }
        _ => Ok(file),
    }
}

/// The name of the file for a message.
fn shown_name(path: &Path) -> String {
    if path == Path::new(STANDARD_INPUT) {
        return "standard input".to_owned();
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if name.is_empty() || could_be_a_secret(&name) {
        WHAT.to_owned()
    } else {
        name
    }
}

/// Addresses apart from other texts, each once and with every place at which it was found.
#[derive(Default)]
struct Sorted {
    rooms: Vec<(MailboxAddress, Found)>,
    known: HashMap<MailboxAddress, usize>,
    malformed: Vec<Malformed>,
    known_malformed: HashMap<String, usize>,
}

/// A text that is not an address.
struct Malformed {
    text: String,
    why: String,
    found: Found,
}

impl Sorted {
    /// Sorts in what the settings file lists. Forms that mail programs and exports add are taken off; anything else that is
    /// not an address counts as what is entered in ResourceXpress.
    fn add_listed(&mut self, text: &str) {
        let fault = match MailboxAddress::parse(text) {
            Ok(address) => return self.room(address).listed += 1,
            Err(fault) => fault,
        };
        match addresses_in(text)
            .filter(|_| text.trim() == text && stray::first_unusual(text).is_none())
        {
            Some(addresses) => addresses
                .into_iter()
                .for_each(|address| self.room(address).listed += 1),
            None => self.malformed(text, fault).listed += 1,
        }
    }

    /// Sorts in the value of `--room`, which is an error of usage unless it holds addresses only.
    fn add_option(&mut self, text: &str) -> Result<(), SettingsError> {
        let addresses = match MailboxAddress::parse(text) {
            Ok(address) => vec![address],
            Err(fault) => addresses_in(text).ok_or_else(|| {
                let why = described(text, fault);
                SettingsError::option(
                    "--room",
                    format!("is not an email address: \"{}\": {why}", shown(text)),
                )
            })?,
        };
        for address in addresses {
            self.room(address).listed += 1;
        }
        Ok(())
    }

    fn add_entry(&mut self, entry: &Entry) {
        let found = match MailboxAddress::parse(&entry.text) {
            Ok(address) => self.room(address),
            Err(fault) => self.malformed(&entry.text, fault),
        };
        found.lines.push(entry.line);
    }

    fn room(&mut self, address: MailboxAddress) -> &mut Found {
        let next = self.rooms.len();
        let place = *self.known.entry(address.clone()).or_insert(next);
        if place == next {
            self.rooms.push((address, Found::default()));
        }
        &mut self.rooms[place].1
    }

    fn malformed(&mut self, text: &str, fault: AddressFault) -> &mut Found {
        let next = self.malformed.len();
        let known = self.known_malformed.get(text).copied();
        let place =
            known.unwrap_or_else(|| *self.known_malformed.entry(shown(text)).or_insert(next));
        if place == next {
            let why = described(text, fault);
            self.malformed.push(Malformed {
                text: shown(text),
                why,
                found: Found::default(),
            });
        }
        &mut self.malformed[place].found
    }

    /// Adds what a file holds.
    fn with_file(
        mut self,
        path: &Path,
        place: Option<&Place>,
        surroundings: &dyn Environment,
    ) -> Result<Gathered, SettingsError> {
        let file = read_file(path, place, surroundings)?;
        for entry in &file.entries {
            self.add_entry(entry);
        }
        Ok(self.finish(&shown_name(path), Some(&file)))
    }

    fn finish(mut self, name: &str, file: Option<&RoomFile>) -> Gathered {
        let only_in_file = self
            .malformed
            .iter()
            .filter(|malformed| malformed.found.listed == 0);
        let mut unusable: Vec<usize> = only_in_file
            .flat_map(|malformed| malformed.found.lines.clone())
            .collect();
        unusable.sort_unstable();
        let (mut of_file, listed): (Vec<_>, Vec<_>) = self
            .malformed
            .drain(..)
            .partition(|malformed| malformed.found.listed == 0);
        // Entries of the settings are never left out, because each is a finding about the
        // installation.
        of_file.truncate(MOST_MALFORMED);
        let malformed: Vec<Malformed> = listed.into_iter().chain(of_file).collect();
        let mut faults: Vec<SettingsFault> = malformed
            .iter()
            .map(|own| faults::malformed(&own.text, &own.why, name, &own.found))
            .collect();
        faults.extend(
            self.rooms
                .iter()
                .filter_map(|(room, found)| faults::duplicate(room.as_str(), name, found)),
        );
        faults.extend(
            file.into_iter()
                .flat_map(|file| faults::left_out(name, file)),
        );
        let repeated = self
            .rooms
            .iter()
            .filter(|(_, found)| found.times() > 1)
            .count();
        Gathered {
            notes: notes::of_rooms(name, file, unusable, repeated),
            rooms: Rooms {
                addresses: self.rooms.into_iter().map(|(room, _)| room).collect(),
                malformed: malformed
                    .into_iter()
                    .map(|malformed| malformed.text)
                    .collect(),
                ..Rooms::default()
            },
            faults,
        }
    }
}

/// The addresses of a text that holds at least one, and nothing that is meant as one and is not.
fn addresses_in(text: &str) -> Option<Vec<MailboxAddress>> {
    let addresses: Result<Vec<_>, _> = cell::read(text)
        .addresses
        .iter()
        .map(|address| MailboxAddress::parse(address))
        .collect();
    addresses.ok().filter(|addresses| !addresses.is_empty())
}

/// Why a text is not an address, with a character that does not show or looks like another.
fn described(text: &str, fault: AddressFault) -> String {
    let stray = stray::first_unusual(text)
        .map(|stray| format!(" (it holds a {stray})"))
        .unwrap_or_default();
    format!("{fault}{stray}")
}

/// A text for a message and a row: without a secret, on one line, and not longer than a line.
fn shown(text: &str) -> String {
    // Masked before it is cut, because a part of a secret might not be recognized.
    let one_line = quotable(text).replace(char::is_control, " ");
    if one_line.chars().count() <= LONGEST_SHOWN {
        return one_line;
    }
    one_line.chars().take(LONGEST_SHOWN).chain(['…']).collect()
}
