//! The client secret: held so that it cannot be shown by accident.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// How many first characters of a secret Microsoft Graph gives as its `hint`.
const HINT_LENGTH: usize = 3;
/// Below this length three characters would give too much of the secret away.
const SHORTEST_WITH_HINT: usize = 20;

/// The OAuth Client Secret. It has no `Display` and no `Serialize`, `Debug` hides it, and its memory is wiped on drop.
#[derive(Clone, Default)]
pub struct ClientSecret(SecretString);

impl ClientSecret {
    /// Takes the text over as it is; nothing is trimmed.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The secret itself. Only for the body of a token request and for the lint of this room.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether both are the same text.
    pub fn same_as(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }

    /// Whether `hint`, the first three characters that Graph shows of a password credential, fits this secret.
    /// Never for secrets shorter than 20 characters.
    pub fn hint_fits(&self, hint: &str) -> bool {
        let secret = self.expose();
        secret.chars().count() >= SHORTEST_WITH_HINT
            && hint.chars().count() == HINT_LENGTH
            && secret.starts_with(hint)
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "abc8Q~0123456789012345678901234567890123";

    #[test]
    fn debug_hides_the_secret() {
        assert_eq!(
            format!("{:?}", ClientSecret::new(SECRET.to_owned())),
            "ClientSecret([hidden])"
        );
    }

    #[test]
    fn a_hint_fits_the_first_three_characters_of_a_long_secret() {
        let secret = ClientSecret::new(SECRET.to_owned());
        assert!(secret.hint_fits("abc"));
        assert!(!secret.hint_fits("abd"));
        assert!(!secret.hint_fits(""));
        assert!(!secret.hint_fits("abc8"));
        assert!(!ClientSecret::new("abcdefghijklmnopqrs".to_owned()).hint_fits("abc"));
        assert!(ClientSecret::new("abcdefghijklmnopqrst".to_owned()).hint_fits("abc"));
    }

    #[test]
    fn sameness_is_of_the_whole_text() {
        let secret = ClientSecret::new(SECRET.to_owned());
        assert!(secret.same_as(&secret.clone()));
        assert!(!secret.same_as(&ClientSecret::new(SECRET.to_ascii_uppercase())));
    }
}
