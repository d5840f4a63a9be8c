//! Room files: exports, tables, lists, and what people copy out of mail programs.

#![cfg_attr(fuzzing, no_main)]

use std::path::PathBuf;
use std::sync::LazyLock;

use rx_preflight::cli::reference;
use rx_preflight::settings::{
    Estate, FlagSettings, MailboxAddress, Reference, SettingsError, SimulatedEnvironment, load_text,
};

const SETTINGS: &str = r#"
[system]
use_oauth = true
use_graph_api = true
oauth_tenant_id = "contoso.com"
oauth_client_id = "9a410000-1111-4222-8333-444455556666"
oauth_client_secret = { env = "RX_CLIENT_SECRET" }
rooms_file = "rooms.csv"
"#;

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference);

/// Loads `data` as a room file.
pub fn run(data: &[u8]) {
    let estate = match load_rooms(data) {
        Ok(estate) => estate,
        Err(error) => return drop(error.to_string()),
    };
    for address in &estate.connections[0].rooms.addresses {
        assert_eq!(
            MailboxAddress::parse(address.as_str()).as_ref(),
            Ok(address)
        );
    }
}

/// Loads settings that name `data` as their room file.
pub fn load_rooms(data: &[u8]) -> Result<Estate, SettingsError> {
    let secret = "abc8Q~012345678901234567890123456789012";
    let machine = SimulatedEnvironment {
        variables: [("RX_CLIENT_SECRET".to_owned(), secret.to_owned())].into(),
        files: [(PathBuf::from("rooms.csv"), data.to_vec())].into(),
    };
    let given = FlagSettings::default();
    load_text(SETTINGS, "rx-preflight.toml", &given, &machine, &REFERENCE)
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
