//! The rooms of one connection, gathered from list and file.

use std::{collections::HashMap, path::Path};

use crate::evidence::{SettingsFault, SettingsFaultKind};

use super::{
    AddressFault, MailboxAddress, Place, Rooms, SettingsError, Surroundings,
    file::RoomSources,
    room_file,
    text::{NO_TEXT, decode},
};

const WHAT: &str = "the rooms file";

/// Rooms and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) rooms: Rooms,
    pub(super) faults: Vec<SettingsFault>,
}

/// Reads every source of rooms; a source that was named and holds none is an error.
pub(super) fn gather(sources: &RoomSources, surroundings: &dyn Surroundings) -> Result<Gathered, SettingsError> {
    let listed: Vec<_> = sources.listed.iter().filter(|entry| !entry.trim().is_empty()).cloned().collect();
    if sources.has_list && listed.is_empty() {
        return Err(SettingsError::NoRooms { place: sources.listed_at.clone(), what: "the list of rooms".to_owned() });
    }
    let filed = match &sources.file {
        Some(path) => read_file(path, sources.file_at.as_ref(), surroundings)?,
        None => Vec::new(),
    };
    let mut gathered = sort_out(listed.into_iter().chain(filed));
    gathered.rooms.given = sources.given();
    Ok(gathered)
}

fn read_file(
    path: &Path,
    place: Option<&Place>,
    surroundings: &dyn Surroundings,
) -> Result<Vec<String>, SettingsError> {
    let place = place.cloned();
    let bytes = match surroundings.read_file(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(SettingsError::unreadable(place, WHAT, path, &error)),
    };
    let Some(text) = decode(&bytes) else { return Err(SettingsError::not_usable(place, WHAT, path, NO_TEXT)) };
    match room_file::entries(&text) {
        Ok(entries) if entries.is_empty() => {
            Err(SettingsError::NoRooms { place, what: format!("{WHAT} {}", super::error::harmless_path(path)) })
        }
        Ok(entries) => Ok(entries),
        Err(reason) => Err(SettingsError::not_usable(place, WHAT, path, reason.to_string())),
    }
}

/// Tells addresses from other texts and counts repetitions.
fn sort_out(entries: impl Iterator<Item = String>) -> Gathered {
    let mut gathered = Gathered::default();
    let mut counts: HashMap<MailboxAddress, usize> = HashMap::new();
    for entry in entries {
        match MailboxAddress::parse(&entry) {
            Ok(address) => {
                let count = counts.entry(address.clone()).or_default();
                *count += 1;
                if *count == 1 {
                    gathered.rooms.addresses.push(address);
                }
            }
            Err(fault) => add_malformed(&mut gathered, entry, fault),
        }
    }
    let repeated = gathered.rooms.addresses.iter().filter_map(|address| repeated(address, counts[address]));
    gathered.faults.extend(repeated);
    gathered
}

fn add_malformed(gathered: &mut Gathered, entry: String, fault: AddressFault) {
    if gathered.rooms.malformed.contains(&entry) {
        return;
    }
    gathered.faults.push(SettingsFault {
        kind: SettingsFaultKind::RoomAddressMalformed,
        subject: Some(entry.clone()),
        detail: format!("This room is no SMTP address: {fault}."),
    });
    gathered.rooms.malformed.push(entry);
}

fn repeated(address: &MailboxAddress, count: usize) -> Option<SettingsFault> {
    (count > 1).then(|| SettingsFault {
        kind: SettingsFaultKind::RoomDuplicate,
        subject: Some(address.as_str().to_owned()),
        detail: format!("This room is given {count} times; upper and lower case make no difference."),
    })
}
