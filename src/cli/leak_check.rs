//! Leak check: a writer that stops a document that contains a known secret or, in a redacted copy, a value that was
//! replaced, in any encoding that the formats use.

use std::io::{self, Write};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};
use memchr::memmem;
use secrecy::zeroize::Zeroizing;

use crate::report::redact::encodings;
use crate::settings::{ClientSecret, secret_forms};

use super::CliError;

/// The shortest secret that is searched for in a finished document. Entra's secrets have 32 characters and more; a
/// short word would be found by accident.
pub(super) const SHORTEST_SEARCHED: usize = 16;

/// Kind of text that must not appear in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeakKind {
    /// It is a secret, which is found inside other words as well.
    Secret,
    /// It names the customer. It is found as a whole word, since a short name is a part of many words.
    Name,
}

/// Texts that must not appear in a document.
pub(super) struct ForbiddenTexts {
    /// In lowercase, as a host in an address is: the case of ASCII letters does not count.
    secrets: Vec<Zeroizing<String>>,
    names: Option<AhoCorasick>,
    longest: usize,
}

impl ForbiddenTexts {
    /// The secrets, and what names the customer in a redacted copy, as they are and as the formats would write them.
    pub(super) fn new(secrets: &[ClientSecret], names: &[String]) -> Result<Self, CliError> {
        let long = secrets
            .iter()
            .map(ClientSecret::expose)
            .filter(|secret| secret.len() >= SHORTEST_SEARCHED);
        let mut secrets: Vec<Zeroizing<String>> = long.flat_map(searched_encodings).collect();
        for secret in &mut secrets {
            secret.make_ascii_lowercase();
        }
        // Several encodings leave a secret without special characters as it is.
        secrets.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        secrets.dedup_by(|one, other| one.as_str() == other.as_str());
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

    /// The first forbidden text in a chunk of a document. A name at the end of a chunk counts only if the document ends there,
    /// since it may be part of a longer word. A name at the start of a later chunk was already searched with the chunk before.
    fn find_in_chunk(
        &self,
        (piece, lower): (&[u8], &mut Vec<u8>),
        begins: bool,
        ends: bool,
    ) -> Option<LeakKind> {
        // Secrets are searched first, because a document with a secret can still be written with the secret masked.
        if self.holds_secret(piece, lower) {
            return Some(LeakKind::Secret);
        }
        // A whole name can overlap a match that is only a part of a word, so every match counts.
        let mut found = self.names.as_ref()?.find_overlapping_iter(piece);
        let is_whole = |found: Match| {
            let known = (found.start() > 0 || begins) && (found.end() < piece.len() || ends);
            known && !is_inside_a_word(piece, found.start(), found.end())
        };
        found.any(is_whole).then_some(LeakKind::Name)
    }

    fn holds_secret(&self, piece: &[u8], lower: &mut Vec<u8>) -> bool {
        if self.secrets.is_empty() {
            return false;
        }
        lower.clear();
        lower.extend(piece.iter().map(u8::to_ascii_lowercase));
        let mut secrets = self.secrets.iter();
        secrets.any(|secret| memmem::find(lower, secret.as_bytes()).is_some())
    }
}

/// Encodings of a secret in the document formats, and those in which a service may quote it.
pub(super) fn searched_encodings(secret: &str) -> Vec<Zeroizing<String>> {
    let long = |form: &String| form.len() >= SHORTEST_SEARCHED;
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
        // Host names and addresses are the same in uppercase and lowercase.
        .ascii_case_insensitive(true);
    // Building a DFA takes quadratic time for a name that repeats itself.
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

/// Writer that searches everything before it passes it on. Each chunk is searched together with the end of the one before,
/// so a text that is split across chunks is found as well. If it finds something, the caller must discard the output.
pub(super) struct LeakCheck<'f, W: Write> {
    inner: W,
    forbidden: &'f ForbiddenTexts,
    window: Zeroizing<Vec<u8>>,
    /// The window in lowercase. Both are wiped once, at the end: wiping a copy of each chunk took a tenth of a run.
    lower: Zeroizing<Vec<u8>>,
    /// The window begins where the document does.
    begins: bool,
    found: Option<LeakKind>,
}

impl<'f, W: Write> LeakCheck<'f, W> {
    pub(super) fn new(inner: W, forbidden: &'f ForbiddenTexts) -> Self {
        Self {
            inner,
            forbidden,
            window: Zeroizing::default(),
            lower: Zeroizing::default(),
            begins: true,
            found: None,
        }
    }

    /// Kind of text that was found. Nothing after it was written.
    pub(super) fn found(&self) -> Option<LeakKind> {
        self.found
    }

    fn search_window(&mut self, ends: bool) -> io::Result<()> {
        self.found = self.found.or_else(|| {
            let chunk = (self.window.as_slice(), &mut *self.lower);
            self.forbidden.find_in_chunk(chunk, self.begins, ends)
        });
        match self.found {
            Some(_) => Err(io::Error::other(
                "the document contains text that must not be written",
            )),
            None => Ok(()),
        }
    }
}

impl<W: Write> Write for LeakCheck<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nothing may reach the output before it has been searched.
        self.window.extend_from_slice(bytes);
        self.search_window(false)?;
        // One byte before the longest text is kept, to see whether a word begins there.
        let gone = self.window.len().saturating_sub(self.forbidden.longest + 1);
        self.begins &= gone == 0;
        self.window.drain(..gone);
        self.inner.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// The end of the document.
    fn flush(&mut self) -> io::Result<()> {
        self.search_window(true)?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secrets: &[&str], names: &[&str], pieces: &[&str]) -> Option<LeakKind> {
        let secrets: Vec<ClientSecret> = secrets
            .iter()
            .map(|text| ClientSecret::new((*text).to_owned()))
            .collect();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let forbidden = ForbiddenTexts::new(&secrets, &names).unwrap();
        let mut leak_check = LeakCheck::new(Vec::new(), &forbidden);
        let written = pieces
            .iter()
            .try_for_each(|piece| leak_check.write_all(piece.as_bytes()))
            .and_then(|()| leak_check.flush());
        assert_eq!(written.is_err(), leak_check.found().is_some());
        leak_check.found()
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
    fn a_secret_is_found_in_any_case() {
        let lower = SECRET.to_lowercase();
        let (first, second) = lower.split_at(11);
        assert!(!passes(SECRET, &["http://", &lower, ":8080"]));
        assert!(!passes(SECRET, &["http://", first, second]));
        assert!(!passes(SECRET, &[&SECRET.to_uppercase()]));
    }

    #[test]
    fn a_name_is_found_as_a_whole_word_whatever_its_case_and_its_pieces() {
        let name = |pieces: &[&str]| found(&[], &["Bern"], pieces);
        assert_eq!(name(&["in BERN, at noon"]), Some(LeakKind::Name));
        assert_eq!(name(&["in Be", "rn", ", at noon"]), Some(LeakKind::Name));
        assert_eq!(name(&["in Bern"]), Some(LeakKind::Name));
        assert_eq!(name(&["Bern", " at noon"]), Some(LeakKind::Name));
        assert_eq!(name(&["\u{201c}Bern\u{201d}"]), Some(LeakKind::Name));
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
