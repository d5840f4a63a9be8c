//! Settings files, and pages of the console that people paste into `init`.

#![cfg_attr(fuzzing, no_main)]

use std::path::PathBuf;
use std::sync::LazyLock;

use rx_preflight::cli::reference;
use rx_preflight::settings::{ConsolePage, FlagSettings, Reference, SimulatedEnvironment, load};

const FILE: &str = "rx-preflight.toml";
const SECRET: &str = "abc8Q~012345678901234567890123456789012";

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference);

/// Loads `data` as a settings file, beside the files that the settings in `fixtures/settings` name.
pub fn run(data: &[u8]) {
    let files = [
        (FILE, data),
        ("rooms.csv", b"boardroom@contoso.com\n".as_slice()),
        ("berlin.txt", b"spree@contoso.com\n"),
        ("auditorium.secret", SECRET.as_bytes()),
        ("sync.secret", SECRET.as_bytes()),
    ];
    let machine = SimulatedEnvironment {
        variables: [("RX_CLIENT_SECRET".to_owned(), SECRET.to_owned())].into(),
        files: files
            .into_iter()
            .map(|(name, bytes)| (PathBuf::from(name), bytes.to_vec()))
            .collect(),
    };
    let given = FlagSettings {
        config: Some(FILE.into()),
        ..FlagSettings::default()
    };
    let shown = match load(&given, &machine, &REFERENCE) {
        Ok(estate) => format!("{estate:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!shown.contains(SECRET), "a secret is repeated");
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = ConsolePage::read(text);
    }
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
