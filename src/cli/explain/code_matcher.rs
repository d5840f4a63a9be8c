//! Decides which words and numbers of a text are error codes. The text around them decides: a port number is not a code, and
//! neither is the reason phrase of an HTTP status.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::knowledge::{CodeEntry, CodeSource};

use super::findings::Findings;
use super::index::{self, CodeIndex};
use super::service_context::ServiceContext;
use super::token_context::{LabelContext, beginning, follows, is_closed_by_code_tag, may_be_set};
use super::tokenizer::TextToken;

/// Fewest digits of a code.
const SHORTEST_NUMBER: usize = 4;

/// Fewest digits of a bare number that counts as an AADSTS number.
const SHORTEST_ALONE: usize = 5;

/// Maximum length of a reason in bytes; the rest is cut off.
const LONGEST_REASON: usize = 400;

/// Ends of the labels that make a number behind them a code.
const LABELS_OF_NUMBERS: &[&str] = &["code", "codes", "errorno", "aadsts", "diagnostics"];

/// What the text in front of a number reveals about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberContext {
    service: CodeSource,
    /// Whether only codes appear there, so that an unknown number is a code as well.
    certain: bool,
}

/// Service whose code a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Of(CodeSource),
    OfEither,
}

/// Adds the number behind the letters `AADSTS`.
pub(super) fn match_aadsts<'t>(
    findings: &mut Findings<'t>,
    index: &CodeIndex,
    text: &'t str,
    token: &TextToken<'t>,
) -> bool {
    let Some(digits) = index::aadsts_digits(token.text) else {
        return false;
    };
    add_number(
        findings,
        index,
        CodeSource::SignIn,
        (digits, token.start),
        text,
        None,
    );
    true
}

/// Adds a number without these letters if the text in front of it marks it as a code. Returns what that text reveals.
pub(super) fn match_number<'t>(
    findings: &mut Findings<'t>,
    index: &CodeIndex,
    text: &'t str,
    token: &TextToken<'t>,
    list: Option<NumberContext>,
) -> Option<NumberContext> {
    if !(SHORTEST_NUMBER..=index::LONGEST_NUMBER).contains(&token.text.len()) {
        return None;
    }
    // Only the first number of a list has a label in front of it.
    let slot = list.or_else(|| slot(text, token))?;
    if slot.certain || index.number(slot.service, token.text).is_some() {
        add_number(
            findings,
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
    } else if (front.is_error_code() || (front.is_code() && front.is_set()))
        && (!front.has_foreign_owner() || is_about_sign_in(text, token.start))
    {
        (CodeSource::SignIn, false)
    } else {
        return None;
    };
    Some(NumberContext { service, certain })
}

/// How far from a number the text can show that it is about a sign-in.
const SIGN_IN_REACH: usize = 250;

/// Words of texts about a sign-in. Without one of them, the error code of another product could be taken for an AADSTS number.
const SIGN_IN_WORDS: &[&str] = &[
    "aadsts",
    "login.microsoft",
    "login.windows",
    "entra",
    "azure",
    "sign-in",
    "signin",
    "sign in",
    "resulttype",
    "oauth",
    "token",
    "msal",
    "adal",
    "tenant",
    "client_id",
    "invalid_client",
];

fn is_about_sign_in(text: &str, at: usize) -> bool {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(SIGN_IN_WORDS)
            .ok()
    });
    let from = at.saturating_sub(SIGN_IN_REACH);
    let to = text.len().min(at + SIGN_IN_REACH);
    // The words are ASCII, so the limits can be inside another character.
    let near = &text.as_bytes()[from..to];
    WORDS.as_ref().is_some_and(|words| words.is_match(near))
}

fn add_number<'t>(
    findings: &mut Findings<'t>,
    index: &CodeIndex,
    service: CodeSource,
    (digits, at): (&'t str, usize),
    text: &'t str,
    reason: Option<&'t str>,
) {
    match index.number(service, digits) {
        Some(entry) => findings.known_code(text, entry, at),
        None => findings.unknown_code(Some(service), digits, reason, at),
    }
}

/// Reason behind a number of `x-ms-diagnostics`, such as `2000008;reason="…"`.
fn diagnostics_reason(behind: &str) -> Option<&str> {
    let rest = behind
        .strip_prefix(';')?
        .trim_start()
        .strip_prefix("reason=")?;
    // Inside a JSON text, the quotation marks of the header are escaped.
    let rest = beginning(rest.trim_start_matches(['\\', '"']), LONGEST_REASON);
    let end = rest.find(['"', '\\', '\n']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|reason| !reason.is_empty())
}

/// Adds a code of Graph or Exchange, which is a word.
pub(super) fn match_word<'t>(
    findings: &mut Findings<'t>,
    index: &CodeIndex,
    context: &ServiceContext,
    text: &'t str,
    token: &TextToken<'t>,
) -> bool {
    let rows = rows_at_the_end(index, token.text);
    if rows.is_empty() {
        return unknown_word(findings, text, token);
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
            _ if rows.len() > 1 => context.service(text, findings.timeline.span(token.start)),
            _ => None,
        };
        rows_of(rows, service).for_each(|entry| findings.known_code(text, entry, token.start));
    }
    counts
}

/// Rows of a word, or of the part behind its last underscore: products prefix codes, as in `EWS_ErrorServerBusy`.
fn rows_at_the_end<'k>(index: &'k CodeIndex, word: &str) -> &'k [&'static CodeEntry] {
    match (index.word(word), word.rsplit_once('_')) {
        ([], Some((_, end))) if !index::is_ordinary(end) => index.word(end),
        (rows, _) => rows,
    }
}

/// Rows of the service that sent the code; all rows if the service is unknown.
fn rows_of(
    rows: &[&'static CodeEntry],
    service: Option<CodeSource>,
) -> impl Iterator<Item = &'static CodeEntry> {
    let service = service.filter(|service| rows.iter().any(|row| row.service == *service));
    rows.iter()
        .copied()
        .filter(move |row| service.is_none_or(|service| row.service == service))
}

/// Adds an unknown code. Its syntax and spelling reveal it; inside the error object of Graph, any spelling is a code.
fn unknown_word<'t>(findings: &mut Findings<'t>, text: &'t str, token: &TextToken<'t>) -> bool {
    let has_form = index::looks_like_exchange_code(token.text);
    let service = match value_at(text, token) {
        Some(Value::Of(CodeSource::Graph)) if has_form || is_code_of_error_object(text, token) => {
            Some(CodeSource::Graph)
        }
        Some(Value::Of(service)) if has_form => Some(service),
        Some(Value::OfEither) if has_form => None,
        _ => return false,
    };
    findings.unknown_code(service, token.text, None, token.start);
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

/// Service whose code a token is the value of, if it is one.
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

/// Whether a text consists of codes and ids only, so that none of them needs a label.
pub(super) fn is_nothing_but_codes(text: &str, index: &CodeIndex) -> bool {
    let mut words = bare_words(text).peekable();
    words.peek().is_some() && words.all(|word| is_code_without_context(word, index))
}

/// Words of a text that consists of codes only.
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

/// Adds the codes of a text that consists of codes only.
pub(super) fn add_bare_codes<'t>(findings: &mut Findings<'t>, index: &CodeIndex, text: &'t str) {
    for word in bare_words(text) {
        if is_number_alone(word) {
            // A bare number fits both services, so the few known numbers of Exchange come first.
            let diagnostics = index.number(CodeSource::ExchangeDiagnostics, word);
            let service = if diagnostics.is_some() {
                CodeSource::ExchangeDiagnostics
            } else {
                CodeSource::SignIn
            };
            add_number(findings, index, service, (word, 0), text, None);
        } else if let Some(digits) = index::aadsts_digits(word) {
            add_number(findings, index, CodeSource::SignIn, (digits, 0), text, None);
        } else if !index.word(word).is_empty() {
            index
                .word(word)
                .iter()
                .for_each(|entry| findings.known_code(text, entry, 0));
        } else if !findings.named(index, word) {
            findings.unknown_code(None, word, None, 0);
        }
    }
}
