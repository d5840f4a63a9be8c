//! The access token, which leaves this room in one request header only.

use std::fmt;

use reqwest::header::HeaderValue;

/// An access token. It cannot be printed, compared or saved.
#[derive(Clone)]
pub struct AccessToken {
    /// All requests share it, so that the token is in memory once.
    authorization: HeaderValue,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(***)")
    }
}

impl AccessToken {
    /// The token, if a request header can carry it.
    pub(super) fn new(token: &str) -> Option<Self> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        // Sensitive values do not appear in debug output.
        authorization.set_sensitive(true);
        Some(Self { authorization })
    }

    /// The value of `Authorization`, marked as sensitive for everything below.
    pub(super) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
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
