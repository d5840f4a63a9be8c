//! Responses of Exchange: folders, created events, and found events.

#![cfg_attr(fuzzing, no_main)]

#[path = "response.rs"]
mod response;

/// Reads `data` as each response that Exchange gives to this program.
pub fn run(data: &[u8]) {
    response::with_response(data, |stored| {
        let folder = stored.folder();
        let event = stored.event();
        let found = stored.events("9a410000-1111-4222-8333-444455556666");
        // Whether a response is a refusal does not depend on what is read in it.
        assert_eq!(folder.refusal(), event.refusal());
        assert_eq!(folder.refusal(), found.refusal());
    });
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
