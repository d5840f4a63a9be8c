//! Picks everything that this program knows out of a text.

use super::beside::Beside;
use super::codes::{self, Slot};
use super::context::Context;
use super::cut::{DIGIT, HYPHEN, LETTER, POINT, Piece, Pieces};
use super::found::{Found, FoundCode, Telling};
use super::known::Known;
use super::seen::Seen;
use super::sentences::Folded;
use super::timeline::Timeline;
use super::{policy, sentences, ticket, times};
use crate::knowledge;

/// The longest text that is tried as nothing but codes: what somebody types, not what somebody pastes.
const TYPED: usize = 2000;

/// Reads a text piece by piece.
pub(super) fn scan(text: &str) -> Found<'_> {
    let known = Known::new();
    let mut found = Found::within(Timeline::of(text));
    if text.len() <= TYPED && codes::is_nothing_but_codes(text, &known) {
        codes::take_all(&mut found, &known, text);
        return found;
    }
    let folded = Folded::of(text);
    let context = Context::new(&folded.text);
    let mut scanner = Scanner {
        text,
        known,
        context: &context,
        found,
        list: None,
    };
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next() {
        match scanner.time(&piece) {
            Some(end) => pieces.go_on_at(end),
            None => scanner.read(piece),
        }
    }
    let mut found = scanner.found;
    take_access_policy(&mut found, text);
    sentences::take(&mut found, &context, text, &folded);
    sentences::take_statuses(&mut found, &context, text);
    found.drop_wrappers(is_wrapper);
    found
}

/// A policy for apps that is named where no code is.
fn take_access_policy(found: &mut Found<'_>, text: &str) {
    let by_code = found
        .codes()
        .any(|code| matches!(code.beside, Beside::AccessPolicy));
    if !by_code && knowledge::names_access_policy(text) {
        let at = text
            .find("[RAOP]")
            .or_else(|| text.find("AppOnly"))
            .unwrap_or_default();
        let mut seen = Seen::default();
        seen.add(&found.timeline, at);
        found.tells(found.timeline.record(at), Telling::Service);
        found.access_policy = Some(seen);
    }
}

/// Codes with which Graph passes on the error of a service behind it: the inner one says more.
fn is_wrapper(code: &FoundCode<'_>) -> bool {
    const WRAPPERS: &[&str] = &["UnknownError", "ExtensionError", "AuthenticationError"];
    WRAPPERS.contains(&code.code)
}

/// Goes through the pieces of a text.
struct Scanner<'t, 'c> {
    text: &'t str,
    known: Known,
    context: &'c Context,
    found: Found<'t>,
    /// Where the last number ended whose place said what it is: `error_codes` is a list.
    list: Option<(usize, Slot)>,
}

impl<'t> Scanner<'t, '_> {
    /// Takes a point in time and returns where it ends.
    fn time(&mut self, piece: &Piece<'t>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let may_be_one = match bytes[piece.start] {
            b'0'..=b'9' => {
                piece.holds(HYPHEN) || piece.holds(POINT) || bytes.get(piece.end()) == Some(&b'/')
            }
            _ => piece.text.len() == 3 && bytes.get(piece.end()) == Some(&b','),
        };
        let length = may_be_one
            .then(|| times::length(&bytes[piece.start..]))
            .flatten()?;
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
        let in_list = self
            .list
            .filter(|(end, _)| is_inside_list(&self.text[*end..piece.start]))
            .map(|(_, slot)| slot);
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
        word.holds(DIGIT) && codes::aadsts(&mut self.found, &self.known, self.text, word)
            || codes::word(&mut self.found, &self.known, self.context, self.text, word)
    }
}

/// Whether what stands between two numbers keeps them in one list.
fn is_inside_list(between: &str) -> bool {
    between.contains(',')
        && between.trim_matches(|mark: char| mark.is_whitespace() || mark == '"') == ","
}

#[cfg(test)]
mod tests;
