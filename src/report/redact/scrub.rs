//! Redaction of sentences: known values become pseudonyms, known words are kept, everything else is omitted.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind};

use crate::diagnosis::without_port;
use crate::knowledge;
use crate::report::Replaced;

use super::encodings::encodings;
use super::pseudonyms::{MAX_VALUE_LENGTH, Pseudonyms, is_ordinary};
use super::unlisted::{TextPiece, pieces};
use super::value_kind::ValueKind;

/// The result of one pass over a report.
pub(super) struct Scrubbed {
    pub(super) names: Pseudonyms,
    pub(super) replaced: Vec<Replaced>,
    pub(super) left_out: BTreeMap<String, u64>,
}

/// The mark of omitted words.
const LEFT_OUT: &str = "[\u{2026}]";
/// Omitted words with at most this many characters between them share one mark.
const MAX_GAP: usize = 3;

/// Redacts texts and counts the replacements.
pub(super) struct Scrubber {
    names: Pseudonyms,
    search: Option<AhoCorasick>,
    searched: Vec<String>,
    kept: HashSet<String>,
    times: BTreeMap<String, usize>,
    left_out: BTreeMap<String, u64>,
}

impl Scrubber {
    pub(super) fn new(names: Pseudonyms, kept: HashSet<String>) -> Self {
        let distinct = names.all().filter(|name| name.is_searched());
        let (patterns, searched): (Vec<String>, Vec<String>) = distinct
            .flat_map(|name| {
                encodings(&name.value)
                    .into_iter()
                    .map(|form| (form, name.value.clone()))
            })
            .unzip();
        let mut search = AhoCorasick::builder();
        search
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true);
        // Building a DFA takes quadratic time for a pattern that repeats itself, and the patterns are foreign text.
        search.kind(Some(AhoCorasickKind::ContiguousNFA));
        // Building fails only if there are too many patterns; the redaction then omits the values as unknown words.
        let search = search.build(patterns).ok();
        Self {
            names,
            search,
            searched,
            kept,
            times: BTreeMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// Finishes the pass and counts the replaced values by kind.
    pub(super) fn finish(self) -> Scrubbed {
        let mut replaced: BTreeMap<ValueKind, Replaced> = BTreeMap::new();
        for name in self.names.all() {
            let Some(times) = self.times.get(&name.pseudonym) else {
                continue;
            };
            let counted = replaced
                .entry(name.kind)
                .or_insert_with(|| Replaced::none_of(name.kind.word()));
            counted.values += 1;
            counted.times += times;
        }
        Scrubbed {
            names: self.names,
            replaced: replaced.into_values().collect(),
            left_out: self.left_out,
        }
    }

    /// Redacts a field with one value: a known value becomes its pseudonym, anything else is treated as a sentence.
    pub(super) fn field(&mut self, text: &str) -> String {
        let Some(name) = self.names.get(text) else {
            return self.text(text);
        };
        let pseudonym = name.pseudonym.clone();
        self.count(pseudonym)
    }

    /// Redacts a host; its port is kept.
    pub(super) fn host(&mut self, text: &str) -> String {
        let name = without_port(text);
        if self.names.get(name).is_none() {
            return self.field(text);
        }
        format!("{}{}", self.field(name), &text[name.len()..])
    }

    /// Redacts a code from a service. Support needs codes, including unknown ones, so they are kept. Text that is not a
    /// code is treated as a sentence.
    pub(super) fn code(&mut self, text: &str) -> String {
        let is_code = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
        // A long hexadecimal text could be an ID of the customer without its hyphens.
        let stays = text.len() <= 80 && text.bytes().all(is_code) && !is_hexadecimal(text);
        if stays && self.names.get(text).is_none() {
            text.to_owned()
        } else {
            self.field(text)
        }
    }

    /// Redacts an ID of this program, a header or another listed word: it is kept if each of its parts is a known word.
    pub(super) fn word(&mut self, text: &str) -> String {
        let mut parts = text.split(['.', '-', '_']);
        if parts.all(is_ordinary) {
            text.to_owned()
        } else {
            self.field(text)
        }
    }

    /// Redacts a sentence, a command or a URL, which may contain several values.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut done = String::with_capacity(text.len());
        let mut rest = 0;
        while let Some((start, end, value)) = self.next_known(text, rest) {
            self.rewrite_unknown(&text[rest..start], rest > 0, &mut done);
            let known = self.field(&value);
            done.push_str(&known);
            rest = end;
        }
        self.rewrite_unknown(&text[rest..], rest > 0, &mut done);
        done
    }

    /// Finds the next known value that is a whole word. A domain after an `@` is skipped, because it belongs to an address.
    fn next_known(&self, text: &str, from: usize) -> Option<(usize, usize, String)> {
        let search = self.search.as_ref()?;
        let mut at = from;
        loop {
            let found =
                search.find(Input::new(text).span(at..text.len()).anchored(Anchored::No))?;
            let value = &self.searched[found.pattern().as_usize()];
            let before = text[from..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            let inside = [before, after]
                .into_iter()
                .flatten()
                .any(char::is_alphanumeric);
            let is_in_address =
                before == Some('@') && !value.contains('@') && found.start() > from + 1;
            if !inside && !is_in_address {
                return Some((found.start(), found.end(), value.clone()));
            }
            // A match within a longer word is part of another name, so the search continues one character later.
            at = next_character(text, found.start());
        }
    }

    /// Redacts a part of a sentence without known values.
    fn rewrite_unknown(&mut self, text: &str, is_behind_value: bool, done: &mut String) {
        for piece in pieces(text, is_behind_value) {
            match piece {
                TextPiece::Value(kind, value) => self.replace_found(kind, value, done),
                TextPiece::Id(id) if self.is_kept_id(id) => done.push_str(id),
                TextPiece::Id(id) => self.replace_found(ValueKind::ObjectId, id, done),
                TextPiece::Unlisted(name) => self.leave_out(name, done),
                TextPiece::Words(words) => self.rewrite_words(words, done),
                TextPiece::Plain(plain) => done.push_str(plain),
            }
        }
    }

    fn is_kept_id(&self, id: &str) -> bool {
        knowledge::is_microsoft_guid(id) || self.kept.contains(&id.to_lowercase())
    }

    /// Replaces a value that no field contains. It gets a pseudonym as well, so that it can be distinguished from others.
    fn replace_found(&mut self, kind: ValueKind, value: &str, done: &mut String) {
        if value.len() > MAX_VALUE_LENGTH {
            return self.leave_out(value, done);
        }
        let pseudonym = self.names.add(kind, value).pseudonym.clone();
        done.push_str(&self.count(pseudonym));
    }

    fn rewrite_words(&mut self, text: &str, done: &mut String) {
        for (word, is_word) in runs(text, |character| {
            character.is_alphanumeric() || !character.is_ascii()
        }) {
            if !is_word || self.may_stay(word) {
                done.push_str(word);
            } else {
                self.leave_out(word, done);
            }
        }
    }

    /// Whether a word may stay: a word of this program or of Microsoft, a number, a time, an AADSTS code or a kept ID, but
    /// not a short name from the report, such as `B1`.
    fn may_stay(&self, word: &str) -> bool {
        let digits = word.strip_prefix("AADSTS");
        let is_code =
            digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        let is_short_name = || !knowledge::is_safe_word(word) && self.names.get(word).is_some();
        // A single letter cannot identify a customer.
        let is_letter = word.chars().count() == 1;
        (is_code || is_letter || is_ordinary(word) || self.kept.contains(&word.to_lowercase()))
            && !is_short_name()
    }

    fn leave_out(&mut self, what: &str, done: &mut String) {
        *self.left_out.entry(what.to_owned()).or_default() += 1;
        push_omission(done);
    }

    fn count(&mut self, pseudonym: String) -> String {
        *self.times.entry(pseudonym.clone()).or_default() += 1;
        pseudonym
    }
}

/// The byte position of the character after the one at `at`.
fn next_character(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Whether a text could be an ID without its hyphens.
fn is_hexadecimal(text: &str) -> bool {
    text.len() >= 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Adds the mark of an omission; adjacent omissions share one mark.
fn push_omission(done: &mut String) {
    if let Some(at) = done.rfind(LEFT_OUT) {
        let between = &done[at + LEFT_OUT.len()..];
        let beside = between.chars().count() <= MAX_GAP && !between.contains('\n');
        if beside
            && !between.contains(|sign: char| sign.is_alphanumeric() || "=@()[]{}".contains(sign))
        {
            done.truncate(at);
        }
    }
    done.push_str(LEFT_OUT);
}

/// Splits a text into runs of characters for which `belongs` returns the same value.
fn runs(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_text = belongs(rest.chars().next()?);
        let end = rest
            .find(|character| belongs(character) != is_text)
            .unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some((run, is_text))
    })
}

#[cfg(test)]
mod tests {
    use super::super::redaction_key::RedactionKey;
    use super::*;

    fn scrubber(values: &[(ValueKind, &str)]) -> Scrubber {
        let mut names = Pseudonyms::new(&RedactionKey::new(vec![7; 32]).unwrap(), &BTreeMap::new());
        for (kind, value) in values {
            names.add(*kind, value);
        }
        let kept = HashSet::from(["0c7bd1c2-5a0f-4a8e-9c1d-2f3e4a5b6c7d".to_owned()]);
        Scrubber::new(names, kept)
    }

    fn scrubbed(values: &[(ValueKind, &str)], text: &str) -> String {
        scrubber(values).text(text)
    }

    #[test]
    fn a_known_value_is_replaced_in_every_encoding_and_case() {
        let known = [(ValueKind::Room, "O'Neill-Room@northwind.com")];
        let plain = scrubbed(&known, "o'neill-room@northwind.com");
        assert!(plain.starts_with("room-"), "{plain}");
        for text in [
            "O'NEILL-ROOM@NORTHWIND.COM",
            "o''neill-room@northwind.com",
            "o%27neill%2Droom%40northwind%2Ecom",
        ] {
            assert_eq!(scrubbed(&known, text), plain);
        }
    }

    #[test]
    fn a_part_of_a_longer_word_is_neither_replaced_nor_shown() {
        let text = scrubbed(&[(ValueKind::Location, "Bern")], "Bern, Bernstein, Mailbox");
        assert!(
            text.starts_with("location-") && text.ends_with(", [\u{2026}], Mailbox"),
            "{text}"
        );
    }

    #[test]
    fn unlisted_words_are_left_out_and_known_words_stay() {
        let text = scrubbed(
            &[],
            "AADSTS700016: Application was not found in the directory 'Northwind Traders GmbH'.",
        );
        assert_eq!(
            text,
            "AADSTS700016: Application was not found in the directory '[\u{2026}]'."
        );
    }

    #[test]
    fn an_unknown_address_of_a_known_domain_has_a_pseudonym_of_its_own() {
        let text = scrubbed(
            &[(ValueKind::Room, "room@northwind.com")],
            "the primary address is harbour@northwind.com.",
        );
        let (_, address) = text.rsplit_once(' ').unwrap();
        assert!(
            address.starts_with("mailbox-")
                && address.contains("@tenant-")
                && address.ends_with('.'),
            "{text}"
        );
    }

    #[test]
    fn addresses_ids_and_hosts_in_a_sentence_have_pseudonyms() {
        let text = scrubbed(
            &[],
            "for bob@northwind.com by 5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59 at 10.1.2.3:8080.",
        );
        assert!(
            !text.contains("northwind") && !text.contains("5f3c") && !text.contains("10.1"),
            "{text}"
        );
        for word in ["mailbox-", "object-id-", "host-"] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }

    #[test]
    fn times_correlation_ids_and_ids_of_microsoft_are_kept() {
        let text = "Trace ID: 0c7bd1c2-5a0f-4a8e-9c1d-2f3e4a5b6c7d at 2026-11-23T09:15:02Z for \
                    00000003-0000-0000-c000-000000000000 on 127.0.0.1:8443 after 20s";
        assert_eq!(scrubbed(&[], text), text);
    }

    #[test]
    fn a_code_is_kept_unless_it_is_a_name() {
        let mut scrubber = scrubber(&[(ValueKind::Location, "Northwind")]);
        assert_eq!(scrubber.code("ErrorSomethingNew"), "ErrorSomethingNew");
        assert_ne!(scrubber.code("Northwind"), "Northwind");
        assert!(!scrubber.code("Northwind Traders").contains("Northwind"));
    }

    #[test]
    fn replacements_are_counted() {
        let mut scrubber = scrubber(&[
            (ValueKind::Location, "Northwind"),
            (ValueKind::Host, "unused.example"),
        ]);
        scrubber.text("Northwind and Northwind of Gotham");
        let done = scrubber.finish();
        let counts: Vec<_> = done
            .replaced
            .iter()
            .map(|one| (one.kind.as_str(), one.values, one.times))
            .collect();
        assert_eq!(counts, [("location", 1, 2)]);
        assert_eq!(done.left_out, BTreeMap::from([("Gotham".to_owned(), 1)]));
    }
}
