//! Headers: waits, dates, diagnostics, challenges, and what the record of a request keeps.

#![cfg_attr(fuzzing, no_main)]

#[path = "response.rs"]
mod response;

/// Reads the headers of `data`.
pub fn run(data: &[u8]) {
    response::with_response(data, |stored| {
        let refusal = stored.refusal();
        assert_eq!(refusal.status, stored.status);
        let (kept, id) = stored.recorded_headers();
        for value in kept.values().chain(&id) {
            assert!(
                !value.contains(char::is_control),
                "a control character is kept"
            );
        }
        // An empty body is read by its headers only.
        let _ = (stored.list(), stored.folder());
    });
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
