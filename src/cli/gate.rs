//! The last gate: a writer that lets no known secret through, in whatever form a document would hold it.

use std::io::{self, Write};

use secrecy::zeroize::Zeroizing;

use crate::settings::ClientSecret;

/// The shortest secret that is searched for in a finished document. Entra's secrets have 32 characters and more; a
/// short word would be found by accident.
const SEARCHED_FROM: usize = 16;

/// Everything that must not stand in a document.
#[derive(Default)]
pub(super) struct Forbidden(Vec<Zeroizing<Vec<u8>>>);

impl Forbidden {
    /// The secrets as they are and as the formats would write them.
    pub(super) fn new(secrets: &[ClientSecret]) -> Self {
        let long = secrets.iter().map(ClientSecret::expose).filter(|secret| secret.len() >= SEARCHED_FROM);
        Self(long.flat_map(forms).collect())
    }

    fn longest(&self) -> usize {
        self.0.iter().map(|form| form.len()).max().unwrap_or_default()
    }

    fn stands_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|form| memchr::memmem::find(bytes, form).is_some())
    }
}

/// A text in plain form, in JSON, in HTML and XML, and in an address. Those that are the same are kept once.
fn forms(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let json = serde_json::to_string(text).unwrap_or_default();
    let markup = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let address = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut forms: Vec<String> = vec![text.to_owned(), json.trim_matches('"').to_owned(), markup, address];
    forms.sort();
    forms.dedup();
    forms.into_iter().map(|form| Zeroizing::new(form.into_bytes())).collect()
}

/// A writer behind the gate. What it lets through has been searched together with what came before it, so that a secret
/// in two pieces is found as well.
pub(super) struct Gate<'f, W: Write> {
    inner: W,
    forbidden: &'f Forbidden,
    window: Vec<u8>,
    found: bool,
}

impl<'f, W: Write> Gate<'f, W> {
    pub(super) fn new(inner: W, forbidden: &'f Forbidden) -> Self {
        Self { inner, forbidden, window: Vec::new(), found: false }
    }

    /// Whether something was held back; then nothing after it was written either.
    pub(super) fn has_found(&self) -> bool {
        self.found
    }
}

impl<W: Write> Write for Gate<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.window.extend_from_slice(bytes);
        if self.found || self.forbidden.stands_in(&self.window) {
            self.found = true;
            return Err(io::Error::other("a secret stands in the document"));
        }
        let kept = self.forbidden.longest().saturating_sub(1);
        self.window.drain(..self.window.len().saturating_sub(kept));
        self.inner.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(secret: &str, pieces: &[&str]) -> bool {
        let forbidden = Forbidden::new(&[ClientSecret::new(secret.to_owned())]);
        let mut gate = Gate::new(Vec::new(), &forbidden);
        let written = pieces.iter().try_for_each(|piece| gate.write_all(piece.as_bytes()));
        assert_eq!(written.is_err(), gate.has_found());
        written.is_ok()
    }

    const SECRET: &str = "abc8Q~\"012&345<678901234567890";

    #[test]
    fn a_secret_is_found_in_every_form_and_in_pieces() {
        let (first, second) = SECRET.split_at(11);
        assert!(!passes(SECRET, &["before ", SECRET]));
        assert!(!passes(SECRET, &["before ", first, second, " after"]));
        assert!(!passes(SECRET, &[&serde_json::to_string(SECRET).unwrap()]));
        assert!(!passes(SECRET, &["abc8Q~&quot;012&amp;345&lt;678901234567890"]));
        assert!(!passes(SECRET, &["abc8Q%7E%22012%26345%3C678901234567890"]));
        assert!(passes(SECRET, &["before ", first, " between ", second]));
    }

    #[test]
    fn short_words_and_no_secrets_let_everything_through() {
        assert!(passes("short", &["a short text"]));
        let nothing = Forbidden::default();
        let mut gate = Gate::new(Vec::new(), &nothing);
        gate.write_all(b"everything").unwrap();
        assert_eq!(gate.inner, b"everything");
    }
}
