//! The access token, which leaves this room in one request header only.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// An access token. It cannot be printed, compared or saved.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(***)")
    }
}

impl AccessToken {
    /// The token, if a request header can carry it.
    pub(super) fn new(token: &str) -> Option<Self> {
        let token = Self(SecretString::from(token.to_owned()));
        token.authorization().map(|_| token)
    }

    /// The value of `Authorization`, marked as sensitive for everything below.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = AccessToken::new("eyJhbGciOi.J9.x").unwrap();
        assert_eq!(format!("{token:?}"), "AccessToken(***)");
        assert!(!format!("{:?}", token.authorization()).contains("eyJ"));
        assert!(AccessToken::new("line\nbreak").is_none());
    }
}
