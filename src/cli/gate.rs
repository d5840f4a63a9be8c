//! The last gate: a writer that lets no known secret through and, in a redacted copy, nothing that was replaced, in
//! whatever form a document would hold it.

use std::io::{self, Write};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};
use memchr::memmem;
use secrecy::zeroize::Zeroizing;

use super::CliError;
use crate::report::redact::encodings;
use crate::settings::{ClientSecret, secret_forms};

/// The shortest secret that is searched for in a finished document. Entra's secrets have 32 characters and more; a
/// short word would be found by accident.
const SEARCHED_FROM: usize = 16;

/// Why a text must not stand in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forbids {
    /// It is a secret, which is found inside other words as well.
    Secret,
    /// It names the customer. It is found as a whole word, since a short name is a part of many words.
    Name,
}

/// Everything that must not stand in a document.
pub(super) struct Forbidden {
    secrets: Vec<Zeroizing<String>>,
    names: Option<AhoCorasick>,
    longest: usize,
}

impl Forbidden {
    /// The secrets, and what names the customer in a redacted copy, as they are and as the formats would write them.
    pub(super) fn new(secrets: &[ClientSecret], names: &[String]) -> Result<Self, CliError> {
        let long = secrets
            .iter()
            .map(ClientSecret::expose)
            .filter(|secret| secret.len() >= SEARCHED_FROM);
        let secrets: Vec<Zeroizing<String>> = long.flat_map(all_forms).collect();
        let names: Vec<String> = names.iter().flat_map(|name| encodings(name)).collect();
        let lengths = secrets
            .iter()
            .map(|secret| secret.len())
            .chain(names.iter().map(String::len));
        let longest = lengths.max().unwrap_or_default();
        Ok(Self {
            secrets,
            names: search(names)?,
            longest,
        })
    }

    /// The length of the longest text that is searched for, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The first thing that stands in a piece of a document. Whether something at its very end is a whole word is only
    /// known when the document ends there; what stands at the very beginning of a later piece was judged with the one
    /// before.
    fn in_piece(&self, piece: &[u8], begins: bool, ends: bool) -> Option<Forbids> {
        if self
            .secrets
            .iter()
            .any(|secret| memmem::find(piece, secret.as_bytes()).is_some())
        {
            return Some(Forbids::Secret);
        }
        let mut found = self.names.as_ref()?.find_overlapping_iter(piece);
        let is_whole = |found: Match| {
            let known = (found.start() > 0 || begins) && (found.end() < piece.len() || ends);
            known && !is_inside_a_word(piece, found.start(), found.end())
        };
        found.any(is_whole).then_some(Forbids::Name)
    }
}

/// The forms of documents, and those in which a service could have quoted the secret.
pub(super) fn all_forms(secret: &str) -> Vec<Zeroizing<String>> {
    let long = |form: &String| form.len() >= SEARCHED_FROM;
    encodings(secret)
        .into_iter()
        .chain(secret_forms(secret))
        .filter(long)
        .map(Zeroizing::new)
        .collect()
}

fn search(names: Vec<String>) -> Result<Option<AhoCorasick>, CliError> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut search = AhoCorasick::builder();
    search
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true);
    // To build a DFA takes the square of the length of a name that repeats itself.
    let search = search
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(names);
    search
        .map(Some)
        .map_err(|error| CliError::Internal(error.to_string()))
}

fn is_inside_a_word(piece: &[u8], start: usize, end: usize) -> bool {
    let is_of_a_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_of_a_word(start.checked_sub(1).and_then(|before| piece.get(before)))
        || is_of_a_word(piece.get(end))
}

/// A writer behind the gate. What it lets through has been searched together with what came before it, so that a text in
/// two pieces is found as well. What it was given must be thrown away when it finds something.
pub(super) struct Gate<'f, W: Write> {
    inner: W,
    forbidden: &'f Forbidden,
    window: Vec<u8>,
    /// The window begins where the document does.
    begins: bool,
    found: Option<Forbids>,
}

impl<'f, W: Write> Gate<'f, W> {
    pub(super) fn new(inner: W, forbidden: &'f Forbidden) -> Self {
        Self {
            inner,
            forbidden,
            window: Vec::new(),
            begins: true,
            found: None,
        }
    }

    /// What was held back; then nothing after it was written either.
    pub(super) fn found(&self) -> Option<Forbids> {
        self.found
    }

    fn look(&mut self, ends: bool) -> io::Result<()> {
        self.found = self
            .found
            .or_else(|| self.forbidden.in_piece(&self.window, self.begins, ends));
        match self.found {
            Some(_) => Err(io::Error::other(
                "something that must not leave stands in the document",
            )),
            None => Ok(()),
        }
    }
}

impl<W: Write> Write for Gate<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.window.extend_from_slice(bytes);
        self.look(false)?;
        // One byte before the longest text tells whether a word begins there.
        let gone = self.window.len().saturating_sub(self.forbidden.longest + 1);
        self.begins &= gone == 0;
        self.window.drain(..gone);
        self.inner.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// The end of the document.
    fn flush(&mut self) -> io::Result<()> {
        self.look(true)?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secrets: &[&str], names: &[&str], pieces: &[&str]) -> Option<Forbids> {
        let secrets: Vec<ClientSecret> = secrets
            .iter()
            .map(|text| ClientSecret::new((*text).to_owned()))
            .collect();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let forbidden = Forbidden::new(&secrets, &names).unwrap();
        let mut gate = Gate::new(Vec::new(), &forbidden);
        let written = pieces
            .iter()
            .try_for_each(|piece| gate.write_all(piece.as_bytes()))
            .and_then(|()| gate.flush());
        assert_eq!(written.is_err(), gate.found().is_some());
        gate.found()
    }

    fn passes(secret: &str, pieces: &[&str]) -> bool {
        found(&[secret], &[], pieces).is_none()
    }

    const SECRET: &str = "abc8Q~\"012&345<678901234567890";

    #[test]
    fn a_secret_is_found_in_every_form_and_in_pieces() {
        let (first, second) = SECRET.split_at(11);
        assert!(!passes(SECRET, &["before ", SECRET]));
        assert!(!passes(SECRET, &["before ", first, second, " after"]));
        assert!(!passes(SECRET, &["inside", SECRET, "of a word"]));
        assert!(!passes(SECRET, &[&serde_json::to_string(SECRET).unwrap()]));
        assert!(!passes(
            SECRET,
            &["abc8Q~&quot;012&amp;345&lt;678901234567890"]
        ));
        assert!(!passes(SECRET, &["abc8Q%7E%22012%26345%3C678901234567890"]));
        assert!(passes(SECRET, &["before ", first, " between ", second]));
    }

    #[test]
    fn a_name_is_found_as_a_whole_word_whatever_its_case_and_its_pieces() {
        let name = |pieces: &[&str]| found(&[], &["Bern"], pieces);
        assert_eq!(name(&["in BERN, at noon"]), Some(Forbids::Name));
        assert_eq!(name(&["in Be", "rn", ", at noon"]), Some(Forbids::Name));
        assert_eq!(name(&["in Bern"]), Some(Forbids::Name));
        assert_eq!(name(&["Bern", " at noon"]), Some(Forbids::Name));
        assert_eq!(name(&["\u{201c}Bern\u{201d}"]), Some(Forbids::Name));
        assert_eq!(name(&["xBern,", " more"]), None);
        assert_eq!(
            name(&["in Bern", "stein, in x", "Bern, and ", "Berns"]),
            None
        );
    }

    #[test]
    fn short_words_and_no_secrets_let_everything_through() {
        assert!(passes("short", &["a short text"]));
        assert_eq!(found(&[], &[], &["everything"]), None);
    }
}
