//! Room files: exports, tables, lists, and what people copy out of mail programs.

#![cfg_attr(fuzzing, no_main)]

use std::path::PathBuf;
use std::sync::LazyLock;

use rx_preflight::cli::reference;
use rx_preflight::settings::{FlagSettings, MailboxAddress, Reference, SimulatedEnvironment, load};

const FILE: &str = "rooms.csv";

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference);

/// Loads `data` as a room file.
pub fn run(data: &[u8]) {
    let machine = SimulatedEnvironment {
        files: [(PathBuf::from(FILE), data.to_vec())].into(),
        ..SimulatedEnvironment::default()
    };
    let given = FlagSettings {
        rooms_file: Some(FILE.into()),
        ..FlagSettings::default()
    };
    let estate = match load(&given, &machine, &REFERENCE) {
        Ok(estate) => estate,
        Err(error) => return drop(error.to_string()),
    };
    for address in estate
        .connections
        .iter()
        .flat_map(|connection| &connection.rooms.addresses)
    {
        assert_eq!(
            MailboxAddress::parse(address.as_str()).as_ref(),
            Ok(address)
        );
    }
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
