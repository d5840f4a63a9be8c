//! Picks everything that this program knows out of a text.

use super::code_matcher::{self, NumberContext};
use super::findings::{CodeFinding, Detail, Findings};
use super::index::CodeIndex;
use super::narrowing::Narrowing;
use super::occurrences::Occurrences;
use super::sentence_matcher::FoldedText;
use super::service_context::ServiceContext;
use super::timeline::Timeline;
use super::tokenizer::{DIGIT, HYPHEN, LETTER, POINT, TextToken, Tokenizer};
use super::{policy_header, sentence_matcher, ticket, time_formats};
use crate::knowledge;

/// The longest text that is tried as nothing but codes: what somebody types, not what somebody pastes.
const MAX_TYPED_BYTES: usize = 2000;

/// Reads a text piece by piece.
pub(super) fn scan(text: &str) -> Findings<'_> {
    let known = CodeIndex::new();
    let mut found = Findings::with_timeline(Timeline::of(text));
    if text.len() <= MAX_TYPED_BYTES && code_matcher::is_nothing_but_codes(text, &known) {
        code_matcher::add_bare_codes(&mut found, &known, text);
        return found;
    }
    let folded = FoldedText::of(text);
    let context = ServiceContext::new(&folded.text);
    let mut scanner = Scanner {
        text,
        known,
        context: &context,
        found,
        list: None,
    };
    let mut tokens = Tokenizer::of(text);
    while let Some(token) = tokens.next() {
        match scanner.read_time(&token) {
            Some(end) => tokens.resume_at(end),
            None => scanner.read(token),
        }
    }
    let mut found = scanner.found;
    add_access_policy(&mut found, text);
    sentence_matcher::add_sentences(&mut found, &context, text, &folded);
    sentence_matcher::add_statuses(&mut found, &context, text);
    found.remove_wrappers(is_wrapper);
    found
}

/// A policy for apps that is named where no code is.
fn add_access_policy(found: &mut Findings<'_>, text: &str) {
    let by_code = found
        .codes()
        .any(|code| matches!(code.narrowing, Narrowing::AccessPolicy));
    if !by_code && knowledge::names_access_policy(text) {
        let at = text
            .find("[RAOP]")
            .or_else(|| text.find("AppOnly"))
            .unwrap_or_default();
        let mut occurrences = Occurrences::default();
        occurrences.add(&found.timeline, at);
        found.note_detail(found.timeline.record(at), Detail::Service);
        found.access_policy = Some(occurrences);
    }
}

/// Codes with which Graph passes on the error of a service behind it: the inner one says more.
fn is_wrapper(code: &CodeFinding<'_>) -> bool {
    const WRAPPERS: &[&str] = &["UnknownError", "ExtensionError", "AuthenticationError"];
    WRAPPERS.contains(&code.code)
}

/// Goes through the pieces of a text.
struct Scanner<'t, 'c> {
    text: &'t str,
    known: CodeIndex,
    context: &'c ServiceContext,
    found: Findings<'t>,
    /// Where the last number ended whose place said what it is: `error_codes` is a list.
    list: Option<(usize, NumberContext)>,
}

impl<'t> Scanner<'t, '_> {
    /// Takes a point in time and returns where it ends.
    fn read_time(&mut self, token: &TextToken<'t>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let may_be_one = match bytes[token.start] {
            b'0'..=b'9' => {
                token.holds(HYPHEN) || token.holds(POINT) || bytes.get(token.end()) == Some(&b'/')
            }
            _ => token.text.len() == 3 && bytes.get(token.end()) == Some(&b','),
        };
        let length = may_be_one
            .then(|| time_formats::timestamp_length(&bytes[token.start..]))
            .flatten()?;
        let end = token.start + length;
        self.found.ticket.times.add(&self.text[token.start..end]);
        Some(end)
    }

    fn read(&mut self, token: TextToken<'t>) {
        if token.is_only(DIGIT) {
            self.number(&token);
        } else if ticket::is_request_id(&token) {
            self.found.ticket.read_id(self.text, &token);
        } else if !(token.holds(LETTER | POINT) && self.found.named(&self.known, token.trimmed())) {
            policy_header::add_policy(&mut self.found, self.text, &token);
            self.words(token);
        }
    }

    fn number(&mut self, token: &TextToken<'t>) {
        let in_list = self
            .list
            .filter(|(end, _)| is_inside_list(&self.text[*end..token.start]))
            .map(|(_, slot)| slot);
        let slot =
            code_matcher::match_number(&mut self.found, &self.known, self.text, token, in_list);
        self.list = slot.map(|slot| (token.end(), slot));
    }

    /// `Namespace.ErrorServerBusy` and `ErrorServerBusy` are the same code.
    fn words(&mut self, token: TextToken<'t>) {
        let is_one_part = !token.holds(POINT) && !token.holds(HYPHEN);
        if !self.word(&token) && !is_one_part {
            for part in token.parts() {
                self.word(&part);
            }
        }
    }

    fn word(&mut self, word: &TextToken<'t>) -> bool {
        word.holds(DIGIT)
            && code_matcher::match_aadsts(&mut self.found, &self.known, self.text, word)
            || code_matcher::match_word(&mut self.found, &self.known, self.context, self.text, word)
    }
}

/// Whether what stands between two numbers keeps them in one list.
fn is_inside_list(between: &str) -> bool {
    between.contains(',')
        && between.trim_matches(|mark: char| mark.is_whitespace() || mark == '"') == ","
}

#[cfg(test)]
mod tests;
