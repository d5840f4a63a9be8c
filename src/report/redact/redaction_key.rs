//! The key of the pseudonyms.

use secrecy::{ExposeSecret, SecretSlice};

/// The key from which pseudonyms are derived: reports that were redacted with one key use the same names.
#[derive(Debug, Clone)]
pub struct RedactionKey(SecretSlice<u8>);

impl RedactionKey {
    /// The shortest key, in bytes.
    pub const SHORTEST: usize = 32;

    /// A key out of random bytes; `None` when there are fewer than [`Self::SHORTEST`].
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= Self::SHORTEST).then(|| Self(bytes.into()))
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}
