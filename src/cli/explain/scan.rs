//! Finds everything in a text that the knowledge base can explain.

use super::code_matcher::{self, NumberContext};
use super::findings::{CodeFinding, Detail, Findings};
use super::index::CodeIndex;
use super::narrowing::{Narrowing, names_access_policy};
use super::occurrences::Occurrences;
use super::sentence_matcher::FoldedText;
use super::service_context::ServiceContext;
use super::timeline::Timeline;
use super::tokenizer::{DIGIT, HYPHEN, LETTER, POINT, TextToken, Tokenizer};
use super::{policy_header, sentence_matcher, ticket, time_formats};

/// Maximum length of a text that can consist of codes only: a typed text, not a pasted log.
const MAX_TYPED_BYTES: usize = 2000;

/// Scans a text.
pub(super) fn scan(text: &str) -> Findings<'_> {
    let known = CodeIndex::new();
    let mut findings = Findings::with_timeline(Timeline::of(text));
    if text.len() <= MAX_TYPED_BYTES && code_matcher::is_nothing_but_codes(text, &known) {
        code_matcher::add_bare_codes(&mut findings, &known, text);
        return findings;
    }
    let folded = FoldedText::of(text);
    let context = ServiceContext::new(&folded.text);
    let mut scanner = Scanner {
        text,
        known,
        context: &context,
        findings,
        list: None,
    };
    let mut tokens = Tokenizer::of(text);
    while let Some(token) = tokens.next() {
        match scanner.read_time(&token) {
            Some(end) => tokens.resume_at(end),
            None => scanner.read(token),
        }
    }
    let mut findings = scanner.findings;
    // The order matters: messages are compared with the codes of their record, and statuses with both.
    add_access_policy(&mut findings, text);
    sentence_matcher::add_sentences(&mut findings, &context, text, &folded);
    sentence_matcher::add_statuses(&mut findings, &context, text);
    // This is last, because it moves the positions by which the codes are found.
    findings.remove_wrappers(is_wrapper);
    findings
}

/// Adds an application access policy that is named without a code next to it.
fn add_access_policy(findings: &mut Findings<'_>, text: &str) {
    let by_code = findings
        .codes()
        .any(|code| matches!(code.narrowing, Narrowing::AccessPolicy));
    if !by_code && names_access_policy(text) {
        let at = text
            .find("[RAOP]")
            .or_else(|| text.find("AppOnly"))
            .unwrap_or_default();
        let mut occurrences = Occurrences::default();
        occurrences.add(&findings.timeline, at);
        findings.note_detail(findings.timeline.record(at), Detail::Service);
        findings.access_policy = Some(occurrences);
    }
}

/// Codes with which Graph wraps the error of a service behind it. The inner code is more specific.
fn is_wrapper(code: &CodeFinding<'_>) -> bool {
    const WRAPPERS: &[&str] = &["UnknownError", "ExtensionError", "AuthenticationError"];
    WRAPPERS.contains(&code.code)
}

/// Scanner over the tokens of a text.
struct Scanner<'t, 'c> {
    text: &'t str,
    known: CodeIndex,
    context: &'c ServiceContext,
    findings: Findings<'t>,
    /// End and meaning of the last labeled number: `error_codes` is a list, and only its first number follows the label.
    list: Option<(usize, NumberContext)>,
}

impl<'t> Scanner<'t, '_> {
    /// Adds a timestamp and returns where it ends.
    fn read_time(&mut self, token: &TextToken<'t>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        // A timestamp starts with a digit or with the weekday of an HTTP date; this test is cheaper than parsing.
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
        self.findings.ticket.times.add(&self.text[token.start..end]);
        Some(end)
    }

    fn read(&mut self, token: TextToken<'t>) {
        if token.is_only(DIGIT) {
            self.number(&token);
        } else if ticket::is_request_id(&token) {
            // The groups of a GUID are not read as words, because they could look like codes.
            self.findings.ticket.read_id(self.text, &token);
        } else if !(token.holds(LETTER | POINT)
            && is_lowercase(token.trimmed())
            && self.findings.named(&self.known, token.trimmed()))
        {
            policy_header::add_policy(&mut self.findings, self.text, &token);
            self.words(token);
        }
    }

    fn number(&mut self, token: &TextToken<'t>) {
        let list_context = self
            .list
            .filter(|(end, _)| is_inside_list(&self.text[*end..token.start]))
            .map(|(_, slot)| slot);
        let slot = code_matcher::match_number(
            &mut self.findings,
            &self.known,
            self.text,
            token,
            list_context,
        );
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
            && code_matcher::match_aadsts(&mut self.findings, &self.known, self.text, word)
            || code_matcher::match_word(
                &mut self.findings,
                &self.known,
                self.context,
                self.text,
                word,
            )
    }
}

/// Whether a name is written as an id of this program. Other spellings are other names: `Mail.Send` is a permission.
fn is_lowercase(name: &str) -> bool {
    !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether the text between two numbers keeps them in one list.
fn is_inside_list(between: &str) -> bool {
    between.contains(',')
        && between.trim_matches(|mark: char| mark.is_whitespace() || mark == '"') == ","
}

#[cfg(test)]
mod tests;
