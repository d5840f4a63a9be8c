//! Which words and numbers of a text are codes. What stands around them decides: a port is no code, and neither is the
//! word with which HTTP says its status.

use super::findings::Findings;
use super::index::{self, CodeIndex};
use super::service_context::ServiceContext;
use super::token_context::{LabelContext, beginning, follows, is_closed_by_code_tag, may_be_set};
use super::tokenizer::TextToken;
use crate::knowledge::{CodeEntry, CodeSource};

/// No code is a shorter number.
const SHORTEST_NUMBER: usize = 4;

/// A number that stands by itself is taken for one of the sign-in from this length on.
const SHORTEST_ALONE: usize = 5;

/// Beyond this length in bytes a reason is cut.
const LONGEST_REASON: usize = 400;

/// How the labels in front of a number end that make it a code.
const LABELS_OF_NUMBERS: &[&str] = &["code", "codes", "errorno", "aadsts", "diagnostics"];

/// What a place says about a number that stands there.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberContext {
    service: CodeSource,
    /// Whether only codes stand there, so that one without a row is a code as well.
    certain: bool,
}

/// Which service's code stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Of(CodeSource),
    OfEither,
}

/// Takes the number behind the letters `AADSTS`.
pub(super) fn match_aadsts<'t>(
    found: &mut Findings<'t>,
    index: &CodeIndex,
    text: &'t str,
    token: &TextToken<'t>,
) -> bool {
    let Some(digits) = index::aadsts_digits(token.text) else {
        return false;
    };
    add_number(
        found,
        index,
        CodeSource::SignIn,
        (digits, token.start),
        text,
        None,
    );
    true
}

/// Takes a number without these letters where its place says that it is a code, and returns what the place says.
pub(super) fn match_number<'t>(
    found: &mut Findings<'t>,
    index: &CodeIndex,
    text: &'t str,
    token: &TextToken<'t>,
    list: Option<NumberContext>,
) -> Option<NumberContext> {
    if !(SHORTEST_NUMBER..=index::LONGEST_NUMBER).contains(&token.text.len()) {
        return None;
    }
    let slot = list.or_else(|| slot(text, token))?;
    if slot.certain || index.number(slot.service, token.text).is_some() {
        add_number(
            found,
            index,
            slot.service,
            (token.text, token.start),
            text,
            diagnostics_reason(&text[token.end()..]),
        );
    }
    Some(slot)
}

fn slot(text: &str, token: &TextToken<'_>) -> Option<NumberContext> {
    if !follows(text, token.start, LABELS_OF_NUMBERS) {
        return None;
    }
    let front = LabelContext::of(text, token.start);
    let (service, certain) = if front.run().ends_with("xmsdiagnostics") {
        (CodeSource::ExchangeDiagnostics, true)
    } else if front.label() == "aadsts"
        || front.label() == "errorcodes"
        || front.is_lookup_address()
    {
        (CodeSource::SignIn, true)
    } else if front.is_error_code() || (front.is_code() && front.is_set()) {
        (CodeSource::SignIn, false)
    } else {
        return None;
    };
    Some(NumberContext { service, certain })
}

fn add_number<'t>(
    found: &mut Findings<'t>,
    index: &CodeIndex,
    service: CodeSource,
    (digits, at): (&'t str, usize),
    text: &'t str,
    reason: Option<&'t str>,
) {
    match index.number(service, digits) {
        Some(entry) => found.known_code(text, entry, at),
        None => found.unknown_code(Some(service), digits, reason, at),
    }
}

/// The reason that stands behind a number of `x-ms-diagnostics`.
fn diagnostics_reason(behind: &str) -> Option<&str> {
    let rest = behind
        .strip_prefix(';')?
        .trim_start()
        .strip_prefix("reason=")?;
    let rest = beginning(rest.trim_start_matches(['\\', '"']), LONGEST_REASON);
    let end = rest.find(['"', '\\', '\n']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|reason| !reason.is_empty())
}

/// Takes a code of Graph or Exchange that is a word.
pub(super) fn match_word<'t>(
    found: &mut Findings<'t>,
    index: &CodeIndex,
    context: &ServiceContext,
    text: &'t str,
    token: &TextToken<'t>,
) -> bool {
    let rows = rows_at_the_end(index, token.text);
    if rows.is_empty() {
        return unknown_word(found, text, token);
    }
    let value = value_at(text, token);
    let counts = match value {
        Some(value) => value != Value::Of(CodeSource::Exchange) || !index::is_ordinary(token.text),
        None => !index::is_ordinary(token.text),
    };
    if counts {
        let service = match value {
            Some(Value::Of(service)) => Some(service),
            // Only a word with several rows needs to know which service the text is about.
            _ if rows.len() > 1 => context.service(text, found.timeline.span(token.start)),
            _ => None,
        };
        rows_of(rows, service).for_each(|entry| found.known_code(text, entry, token.start));
    }
    counts
}

/// The rows of a word, or of what stands behind its last underscore.
fn rows_at_the_end<'k>(index: &'k CodeIndex, word: &str) -> &'k [&'static CodeEntry] {
    match (index.word(word), word.rsplit_once('_')) {
        ([], Some((_, end))) if !index::is_ordinary(end) => index.word(end),
        (rows, _) => rows,
    }
}

/// The rows of the service whose code stands there; all of them where that cannot be told.
fn rows_of(
    rows: &[&'static CodeEntry],
    service: Option<CodeSource>,
) -> impl Iterator<Item = &'static CodeEntry> {
    let service = service.filter(|service| rows.iter().any(|row| row.service == *service));
    rows.iter()
        .copied()
        .filter(move |row| service.is_none_or(|service| row.service == service))
}

/// A code without a row shows itself by its place and its form; what Graph says inside the object of an error is one in
/// any form.
fn unknown_word<'t>(found: &mut Findings<'t>, text: &'t str, token: &TextToken<'t>) -> bool {
    let has_form = index::looks_like_exchange_code(token.text);
    let service = match value_at(text, token) {
        Some(Value::Of(CodeSource::Graph)) if has_form || is_code_of_error_object(text, token) => {
            Some(CodeSource::Graph)
        }
        Some(Value::Of(service)) if has_form => Some(service),
        Some(Value::OfEither) if has_form => None,
        _ => return false,
    };
    found.unknown_code(service, token.text, None, token.start);
    true
}

fn is_code_of_error_object(text: &str, token: &TextToken<'_>) -> bool {
    token.text.len() > 2
        && token
            .text
            .starts_with(|first: char| first.is_ascii_alphabetic())
        && text[token.end()..].starts_with(['"', '\\', '&'])
        && index::aadsts_digits(token.text).is_none()
        && LabelContext::of(text, token.start).is_inside_error()
}

/// Whether a piece stands as the value of a code, and of whose.
fn value_at(text: &str, token: &TextToken<'_>) -> Option<Value> {
    if is_closed_by_code_tag(text, token.end()) {
        return Some(Value::Of(CodeSource::Exchange));
    }
    if !may_be_set(text, token.start) || !follows(text, token.start, &["code"]) {
        return None;
    }
    let front = LabelContext::of(text, token.start);
    match front.label() {
        _ if !front.is_set() => None,
        "responsecode" | "faultcode" => Some(Value::Of(CodeSource::Exchange)),
        _ if !front.is_code() => None,
        "code" if front.is_json() => Some(Value::Of(CodeSource::Graph)),
        _ => Some(Value::OfEither),
    }
}

/// Whether a text is nothing but codes and names of this program, so that each of them needs no other sign.
pub(super) fn is_nothing_but_codes(text: &str, index: &CodeIndex) -> bool {
    let mut words = bare_words(text).peekable();
    words.peek().is_some() && words.all(|word| is_code_without_context(word, index))
}

/// The words of a text that is nothing but codes.
fn bare_words(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                ',' | ';' | ':' | '"' | '\'' | '(' | ')' | '[' | ']'
            )
    };
    text.split(is_between)
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
}

fn is_code_without_context(word: &str, index: &CodeIndex) -> bool {
    is_number_alone(word)
        || index::aadsts_digits(word).is_some()
        || index::looks_like_exchange_code(word)
        || !index.word(word).is_empty()
        || index.cause(word).is_some()
        || index.check(word).is_some()
}

fn is_number_alone(word: &str) -> bool {
    index::is_number(word) && (SHORTEST_ALONE..=index::LONGEST_NUMBER).contains(&word.len())
}

/// Takes the codes of a text that is nothing but codes.
pub(super) fn add_bare_codes<'t>(found: &mut Findings<'t>, index: &CodeIndex, text: &'t str) {
    for word in bare_words(text) {
        if is_number_alone(word) {
            let diagnostics = index.number(CodeSource::ExchangeDiagnostics, word);
            let service = if diagnostics.is_some() {
                CodeSource::ExchangeDiagnostics
            } else {
                CodeSource::SignIn
            };
            add_number(found, index, service, (word, 0), text, None);
        } else if let Some(digits) = index::aadsts_digits(word) {
            add_number(found, index, CodeSource::SignIn, (digits, 0), text, None);
        } else if !index.word(word).is_empty() {
            index
                .word(word)
                .iter()
                .for_each(|entry| found.known_code(text, entry, 0));
        } else if !found.named(index, word) {
            found.unknown_code(None, word, None, 0);
        }
    }
}
