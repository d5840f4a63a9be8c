//! Masking: a secret that goes in comes out in none of its forms, whatever text is around it.

#![cfg_attr(fuzzing, no_main)]

use rx_preflight::settings::{decode_text, position_of, secret_forms};
use rx_preflight::wire::mask_secret;

/// Secrets as Entra issues them, and secrets with characters that formats escape.
const SECRETS: [&str; 3] = [
    "abc8Q~012345678901234567890123456789012",
    "a+b/c\"d&e<f'g\\h~8Q~0123456789012345678",
    "gehe\u{ef}m-\u{dc}8Q~0123456789012345678901234",
];
/// Shorter forms are not masked, because they would match ordinary words.
const SHORTEST: usize = 6;

/// The first two bytes choose a secret and one of its forms; each byte 1 in the rest is replaced by that form.
pub fn run(data: &[u8]) {
    let [which, form, text @ ..] = data else {
        return;
    };
    let secret = SECRETS[usize::from(*which) % SECRETS.len()];
    let forms = secret_forms(secret);
    let form = &forms[usize::from(*form) % forms.len()];
    let text = decode_text(text).replace('\u{1}', form);
    let masked = mask_secret(&text, secret);
    for form in forms.iter().filter(|form| form.len() >= SHORTEST) {
        assert_eq!(position_of(&masked, form), None, "a secret is repeated");
    }
    assert!(
        !masked.contains(char::is_control),
        "a control character is kept"
    );
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
