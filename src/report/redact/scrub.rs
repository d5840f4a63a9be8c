//! Sentences: known values become pseudonyms, known words stay, everything else is left out.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind};

use super::encodings::encodings;
use super::pseudonyms::{MAX_VALUE_LENGTH, Pseudonyms, is_ordinary};
use super::unlisted::{TextPiece, pieces};
use super::value_kind::ValueKind;
use crate::diagnosis::without_port;
use crate::knowledge;
use crate::report::Replaced;

/// What a pass over a report has done.
pub(super) struct Scrubbed {
    pub(super) names: Pseudonyms,
    pub(super) replaced: Vec<Replaced>,
    pub(super) left_out: BTreeMap<String, u64>,
}

/// What stands for words that were left out.
const LEFT_OUT: &str = "[\u{2026}]";
/// Between words that stand beside each other there are at most so many characters.
const MAX_GAP: usize = 3;

/// Goes over texts and counts what it replaces.
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
        // To build a DFA takes the square of the length of a pattern that repeats itself, and the patterns are foreign text.
        search.kind(Some(AhoCorasickKind::ContiguousNFA));
        // It fails only for more patterns than its numbers count; the unknown words would be left out all the same.
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

    /// What was done so far.
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

    /// A field that holds one value: its pseudonym where it is known, else as a sentence.
    pub(super) fn field(&mut self, text: &str) -> String {
        let Some(name) = self.names.get(text) else {
            return self.text(text);
        };
        let pseudonym = name.pseudonym.clone();
        self.count(pseudonym)
    }

    /// A host with its port, if it has one.
    pub(super) fn host(&mut self, text: &str) -> String {
        let name = without_port(text);
        if self.names.get(name).is_none() {
            return self.field(text);
        }
        format!("{}{}", self.field(name), &text[name.len()..])
    }

    /// A code that a service gave: support needs it, also where no table knows it. Something else than a code is a
    /// sentence.
    pub(super) fn code(&mut self, text: &str) -> String {
        let is_code = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
        let stays = text.len() <= 80 && text.bytes().all(is_code) && !is_hexadecimal(text);
        if stays && self.names.get(text).is_none() {
            text.to_owned()
        } else {
            self.field(text)
        }
    }

    /// An id of this program, a header, or another word out of a list: it stays where each of its parts is a known word.
    pub(super) fn word(&mut self, text: &str) -> String {
        let mut parts = text.split(['.', '-', '_']);
        if parts.all(is_ordinary) {
            text.to_owned()
        } else {
            self.field(text)
        }
    }

    /// A sentence, a command, an address: whatever holds more than one value.
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

    /// The next known value that is no part of a longer word. A domain behind an @ is left to the address around it.
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
            let in_address =
                before == Some('@') && !value.contains('@') && found.start() > from + 1;
            if !inside && !in_address {
                return Some((found.start(), found.end(), value.clone()));
            }
            at = found.start()
                + text[found.start()..]
                    .chars()
                    .next()
                    .map_or(1, char::len_utf8);
        }
    }

    /// A piece without any known value.
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

    /// A value that no field held gets a pseudonym as well, so that it can be told from others.
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

    /// A word of this program or of Microsoft, a number, a time, an AADSTS code, or what is kept on purpose; never a
    /// short name that the report knows, such as `B1`.
    fn may_stay(&self, word: &str) -> bool {
        let digits = word.strip_prefix("AADSTS");
        let is_code =
            digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        let is_short_name = || !knowledge::is_safe_word(word) && self.names.get(word).is_some();
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

/// Whether a text could be an id without its dashes.
fn is_hexadecimal(text: &str) -> bool {
    text.len() >= 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Puts the mark of an omission, once for words beside each other.
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

/// Cuts a text into runs of characters for which `belongs` says the same.
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
    fn a_known_value_is_replaced_in_every_form_and_case() {
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
    fn a_part_of_a_longer_word_is_not_replaced_and_not_shown_either() {
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
    fn times_correlation_ids_and_microsofts_own_ids_stay() {
        let text = "Trace ID: 0c7bd1c2-5a0f-4a8e-9c1d-2f3e4a5b6c7d at 2026-11-23T09:15:02Z for \
                    00000003-0000-0000-c000-000000000000 on 127.0.0.1:8443 after 20s";
        assert_eq!(scrubbed(&[], text), text);
    }

    #[test]
    fn a_code_stays_unless_it_is_a_name() {
        let mut scrubber = scrubber(&[(ValueKind::Location, "Northwind")]);
        assert_eq!(scrubber.code("ErrorSomethingNew"), "ErrorSomethingNew");
        assert_ne!(scrubber.code("Northwind"), "Northwind");
        assert!(!scrubber.code("Northwind Traders").contains("Northwind"));
    }

    #[test]
    fn what_was_replaced_is_counted() {
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
