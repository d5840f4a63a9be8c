//! Key from which pseudonyms are derived.

use secrecy::{ExposeSecret, SecretSlice};

/// Key from which pseudonyms are derived. Reports that were redacted with one key have the same pseudonyms.
#[derive(Debug, Clone)]
pub struct RedactionKey(SecretSlice<u8>);

impl RedactionKey {
    /// Minimum length of a key, in bytes.
    pub const SHORTEST: usize = 32;

    /// Creates a key from random bytes; `None` if there are fewer than [`Self::SHORTEST`].
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        // A short key could be guessed, and with it the values behind the pseudonyms.
        (bytes.len() >= Self::SHORTEST).then(|| Self(bytes.into()))
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_minimum_length_is_accepted_and_a_shorter_one_is_not() {
        assert!(RedactionKey::new(vec![1; RedactionKey::SHORTEST]).is_some());
        assert!(RedactionKey::new(vec![1; RedactionKey::SHORTEST - 1]).is_none());
    }
}
