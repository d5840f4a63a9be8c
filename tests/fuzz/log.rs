//! Logs and messages that people paste into `explain`.

#![cfg_attr(fuzzing, no_main)]

use rx_preflight::{cli, settings};

/// Explains `data`.
pub fn run(data: &[u8]) {
    let explained = cli::explain_log(&settings::decode_text(data));
    assert!(explained.ends_with('\n'), "every explanation has a text");
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
