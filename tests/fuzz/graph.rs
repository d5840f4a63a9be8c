//! Responses of Graph: lists, pages of rooms, registrations, and batches.

#![cfg_attr(fuzzing, no_main)]

use std::sync::LazyLock;

use rx_preflight::settings::{ClientSecret, Credential};
use rx_preflight::wire::MOST_IN_BATCH;

#[path = "response.rs"]
mod response;

static CREDENTIAL: LazyLock<Credential> = LazyLock::new(|| {
    Credential::Secret(ClientSecret::new(
        "abc8Q~012345678901234567890123456789012".to_owned(),
    ))
});

/// Reads `data` as each response that Graph gives to this program.
pub fn run(data: &[u8]) {
    response::with_response(data, |stored| {
        let list = stored.list();
        let rooms = stored.rooms();
        assert_eq!(list.refusal(), rooms.refusal());
        if let Some(rooms) = rooms.success() {
            assert_eq!(rooms.facts.rooms, rooms.addresses.len());
        }
        let _ = stored.registration(&CREDENTIAL);
        if let Some(replies) = stored.batch(MOST_IN_BATCH) {
            assert_eq!(replies.len(), MOST_IN_BATCH);
        }
    });
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
