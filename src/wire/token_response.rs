//! The response of the token endpoint to a request that succeeded.

use std::time::Duration;

use oauth2::{RefreshToken, Scope, TokenType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a token is for, as the endpoint names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TokenKind(String);

impl TokenType for TokenKind {}

/// A token response, read as far as a client of the client-credentials grant needs it. The lifetime is a hint that
/// nothing depends on, so that an odd one spoils no token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IssuedToken {
    access_token: oauth2::AccessToken,
    token_type: TokenKind,
    #[serde(default)]
    expires_in: Value,
}

impl oauth2::TokenResponse for IssuedToken {
    type TokenType = TokenKind;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &TokenKind {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        let seconds = self
            .expires_in
            .as_u64()
            .or_else(|| self.expires_in.as_str()?.trim().parse().ok());
        seconds.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl IssuedToken {
    /// Why a request cannot use this token, in a few words.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        let token = self.access_token.secret();
        if token.trim().is_empty() {
            Some("an empty token")
        } else if token
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
        {
            // Such characters would break the `Authorization` header.
            Some("a token with white space in it")
        } else if !token.is_ascii() {
            // Bytes that were not UTF-8 are no part of any token (RFC 6750, 2.1).
            Some("a token with characters outside ASCII")
        } else if !self.token_type.0.trim().eq_ignore_ascii_case("bearer") {
            Some("a token of another type than Bearer")
        } else {
            None
        }
    }
}
