//! Access tokens: what is read from any text, from any claims, and from what people paste.

#![cfg_attr(fuzzing, no_main)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rx_preflight::{cli, settings, wire};

/// Reads `data` as a token, as the claims of one, and as a pasted text.
pub fn run(data: &[u8]) {
    let text = settings::decode_text(data);
    read(&text);
    let claims = URL_SAFE_NO_PAD.encode(data);
    // The pasted text is long enough to be recognized in an explanation that repeats it.
    let signature = "c2lnbmF0dXJlLW9mLWEtdG9rZW4tdGhhdC1pcy1uZXZlci1yZWFk";
    let token = format!("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.{claims}.{signature}");
    read(&token);
    let assessed = cli::assess_token(&token);
    assert!(
        !format!("{assessed:?}").contains(signature),
        "a part of the token is repeated"
    );
    let _ = cli::assess_token(&text);
}

fn read(token: &str) {
    let facts = wire::read_token(token);
    assert_eq!(facts.readable, facts.unreadable_because.is_none());
    assert!(facts.readable || !wire::is_id_token(token));
    let _ = wire::not_before(token);
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
