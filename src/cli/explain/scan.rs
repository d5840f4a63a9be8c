//! Picks everything that this program knows out of a text.

use super::codes::{self, Slot};
use super::cut::{DIGIT, HYPHEN, LETTER, POINT, Piece, Pieces};
use super::found::Found;
use super::known::Known;
use super::sentences::FoundSentence;
use super::{policy, sentences, ticket, times};
use crate::knowledge;
use crate::terms::CauseId;

/// The longest text that is tried as nothing but codes: what somebody types, not what somebody pastes.
const TYPED: usize = 2000;

/// Reads a text piece by piece.
pub(super) fn scan(text: &str) -> Found<'_> {
    let known = Known::new();
    let mut found = Found::default();
    if text.len() <= TYPED && codes::is_nothing_but_codes(text, &known) {
        codes::take_all(&mut found, &known, text);
        return found;
    }
    found.access_policy = knowledge::names_access_policy(text);
    let mut scanner = Scanner { text, known, found, list: None };
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next() {
        match scanner.time(&piece) {
            Some(end) => pieces.go_on_at(end),
            None => scanner.read(piece),
        }
    }
    let mut found = scanner.found;
    found.sentences = sentences_beside(&found, text);
    if found.is_empty() {
        found.statuses = sentences::statuses(text);
    }
    found
}

/// The sentences of a text, without those that repeat what a code already says: the code of the sentence, or a code that
/// the sentence narrows.
fn sentences_beside(found: &Found<'_>, text: &str) -> Vec<FoundSentence> {
    let codes = found.codes().filter_map(|code| code.entry);
    let narrowed = codes.filter_map(|code| knowledge::narrowing(code.service, &code.code, text));
    let known: Vec<String> = narrowed.flat_map(|row| &row.sentences).map(|part| sentences::folded(part)).collect();
    let is_repeated = |sentence: &FoundSentence| {
        let entry = sentence.entry;
        let by_policy = found.access_policy && entry.causes.contains(&CauseId::MailboxOutsideAccessPolicy);
        let part = sentences::folded(sentence.part);
        let by_narrowing = known.iter().any(|known| part.contains(known) || known.contains(&part));
        by_policy || by_narrowing || entry.code_entry().is_some_and(|code| found.holds(code))
    };
    let mut sentences = sentences::sentences(text);
    sentences.retain(|sentence| !is_repeated(sentence));
    sentences
}

/// Goes through the pieces of a text.
struct Scanner<'t> {
    text: &'t str,
    known: Known,
    found: Found<'t>,
    /// Where the last number ended whose place said what it is: `error_codes` is a list.
    list: Option<(usize, Slot)>,
}

impl<'t> Scanner<'t> {
    /// Takes a point in time and returns where it ends.
    fn time(&mut self, piece: &Piece<'t>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let may_be_one = match bytes[piece.start] {
            b'0'..=b'9' => piece.holds(HYPHEN) || piece.holds(POINT) || bytes.get(piece.end()) == Some(&b'/'),
            _ => piece.text.len() == 3 && bytes.get(piece.end()) == Some(&b','),
        };
        let length = may_be_one.then(|| times::length(&bytes[piece.start..])).flatten()?;
        let end = piece.start + length;
        self.found.ticket.times.add(&self.text[piece.start..end]);
        Some(end)
    }

    fn read(&mut self, piece: Piece<'t>) {
        if piece.is_only(DIGIT) {
            self.number(&piece);
        } else if ticket::has_form_of_an_id(&piece) {
            self.found.ticket.read_id(self.text, &piece);
        } else if !(piece.holds(LETTER | POINT) && self.found.named(&self.known, piece.trimmed())) {
            policy::read(&mut self.found, self.text, &piece);
            self.words(piece);
        }
    }

    fn number(&mut self, piece: &Piece<'t>) {
        let in_list = self.list.filter(|(end, _)| is_inside_list(&self.text[*end..piece.start])).map(|(_, slot)| slot);
        let slot = codes::number(&mut self.found, &self.known, self.text, piece, in_list);
        self.list = slot.map(|slot| (piece.end(), slot));
    }

    /// `Namespace.ErrorServerBusy` and `ErrorServerBusy` are the same code.
    fn words(&mut self, piece: Piece<'t>) {
        let is_one_part = !piece.holds(POINT) && !piece.holds(HYPHEN);
        if !self.word(&piece) && !is_one_part {
            for part in piece.parts() {
                self.word(&part);
            }
        }
    }

    fn word(&mut self, word: &Piece<'t>) -> bool {
        word.holds(DIGIT) && codes::aadsts(&mut self.found, &self.known, word)
            || codes::word(&mut self.found, &self.known, self.text, word)
    }
}

/// Whether what stands between two numbers keeps them in one list.
fn is_inside_list(between: &str) -> bool {
    between.contains(',') && between.trim_matches(|mark: char| mark.is_whitespace() || mark == '"') == ","
}

#[cfg(test)]
mod tests;
