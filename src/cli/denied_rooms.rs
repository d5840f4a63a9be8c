//! Refuses `--expect-denied` for a mailbox that the app needs. With the finding, an administrator would take a room away from
//! its panel.

use crate::settings::{Connection, Estate, MailboxAddress};

use super::CliError;

/// Refuses a mailbox that the app must not be able to open, and that is a room or the service account of a connection.
pub(super) fn refuse(denied: &[MailboxAddress], estate: &Estate) -> Result<(), CliError> {
    let needed = denied.iter().find_map(|address| {
        let mut connections = estate.connections.iter();
        connections.find_map(|connection| Some((address, use_of(address, connection)?)))
    });
    match needed {
        None => Ok(()),
        Some((address, used)) => Err(CliError::Usage(format!(
            "--expect-denied {}: this mailbox is {used}, so the app must be able to open it; name a mailbox that it must not open",
            address.as_str()
        ))),
    }
}

/// What a connection uses a mailbox for, in words.
fn use_of(address: &MailboxAddress, connection: &Connection) -> Option<String> {
    let is_same = |other: &str| other.eq_ignore_ascii_case(address.as_str());
    let name = &connection.name;
    if connection
        .rooms
        .addresses
        .iter()
        .any(|room| is_same(room.as_str()))
    {
        Some(format!("a room of \"{name}\""))
    } else if connection.service_account.as_deref().is_some_and(is_same) {
        Some(format!("the Resource Login User ID of \"{name}\""))
    } else {
        None
    }
}
