//! Responses of Microsoft Entra: tokens, errors, and discovery documents.

#![cfg_attr(fuzzing, no_main)]

#[path = "response.rs"]
mod response;

/// Reads `data` as each response that the sign-in service gives to this program.
pub fn run(data: &[u8]) {
    response::with_response(data, |stored| {
        let token = stored.token();
        if let Some(issued) = access_token(stored.body).filter(|_| stored.status == 200) {
            let repeated = format!("{token:?}").contains(&issued);
            assert!(!repeated, "the token is repeated");
        }
        let _ = stored.tenant();
    });
}

/// The token of a success, if it is long enough not to be found by accident.
fn access_token(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let token = body.get("access_token")?.as_str()?;
    (token.len() >= 24).then(|| token.to_owned())
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
