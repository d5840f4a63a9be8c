//! Which words and numbers of a text are codes. What stands around them decides: a port is no code, and neither is the
//! word with which HTTP says its status.

use super::context::Context;
use super::cut::Piece;
use super::found::Found;
use super::known::{self, Known};
use super::place::{Front, beginning, follows, is_closed_by_code_tag, may_be_set};
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
pub(super) struct Slot {
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
pub(super) fn aadsts<'t>(
    found: &mut Found<'t>,
    known: &Known,
    text: &'t str,
    piece: &Piece<'t>,
) -> bool {
    let Some(digits) = known::aadsts_digits(piece.text) else {
        return false;
    };
    take_number(
        found,
        known,
        CodeSource::SignIn,
        (digits, piece.start),
        text,
        None,
    );
    true
}

/// Takes a number without these letters where its place says that it is a code, and returns what the place says.
pub(super) fn number<'t>(
    found: &mut Found<'t>,
    known: &Known,
    text: &'t str,
    piece: &Piece<'t>,
    list: Option<Slot>,
) -> Option<Slot> {
    if !(SHORTEST_NUMBER..=known::LONGEST_NUMBER).contains(&piece.text.len()) {
        return None;
    }
    let slot = list.or_else(|| slot(text, piece))?;
    if slot.certain || known.number(slot.service, piece.text).is_some() {
        take_number(
            found,
            known,
            slot.service,
            (piece.text, piece.start),
            text,
            said(&text[piece.end()..]),
        );
    }
    Some(slot)
}

fn slot(text: &str, piece: &Piece<'_>) -> Option<Slot> {
    if !follows(text, piece.start, LABELS_OF_NUMBERS) {
        return None;
    }
    let front = Front::of(text, piece.start);
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
    Some(Slot { service, certain })
}

fn take_number<'t>(
    found: &mut Found<'t>,
    known: &Known,
    service: CodeSource,
    (digits, at): (&'t str, usize),
    text: &'t str,
    said: Option<&'t str>,
) {
    match known.number(service, digits) {
        Some(entry) => found.known_code(text, entry, at),
        None => found.unknown_code(Some(service), digits, said, at),
    }
}

/// The reason that stands behind a number of `x-ms-diagnostics`.
fn said(behind: &str) -> Option<&str> {
    let rest = behind
        .strip_prefix(';')?
        .trim_start()
        .strip_prefix("reason=")?;
    let rest = beginning(rest.trim_start_matches(['\\', '"']), LONGEST_REASON);
    let end = rest.find(['"', '\\', '\n']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|reason| !reason.is_empty())
}

/// Takes a code of Graph or Exchange that is a word.
pub(super) fn word<'t>(
    found: &mut Found<'t>,
    known: &Known,
    context: &Context,
    text: &'t str,
    piece: &Piece<'t>,
) -> bool {
    let rows = rows_at_the_end(known, piece.text);
    if rows.is_empty() {
        return unknown_word(found, text, piece);
    }
    let value = value_at(text, piece);
    let counts = match value {
        Some(value) => value != Value::Of(CodeSource::Exchange) || !known::is_ordinary(piece.text),
        None => !known::is_ordinary(piece.text),
    };
    if counts {
        let service = match value {
            Some(Value::Of(service)) => Some(service),
            // Only a word with several rows needs to know which service the text is about.
            _ if rows.len() > 1 => context.service(text, found.timeline.span(piece.start)),
            _ => None,
        };
        rows_of(rows, service).for_each(|entry| found.known_code(text, entry, piece.start));
    }
    counts
}

/// The rows of a word, or of what stands behind its last underscore.
fn rows_at_the_end<'k>(known: &'k Known, word: &str) -> &'k [&'static CodeEntry] {
    match (known.word(word), word.rsplit_once('_')) {
        ([], Some((_, end))) if !known::is_ordinary(end) => known.word(end),
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
fn unknown_word<'t>(found: &mut Found<'t>, text: &'t str, piece: &Piece<'t>) -> bool {
    let has_form = known::has_form_of_a_code(piece.text);
    let service = match value_at(text, piece) {
        Some(Value::Of(CodeSource::Graph)) if has_form || is_code_of_error_object(text, piece) => {
            Some(CodeSource::Graph)
        }
        Some(Value::Of(service)) if has_form => Some(service),
        Some(Value::OfEither) if has_form => None,
        _ => return false,
    };
    found.unknown_code(service, piece.text, None, piece.start);
    true
}

fn is_code_of_error_object(text: &str, piece: &Piece<'_>) -> bool {
    piece.text.len() > 2
        && piece
            .text
            .starts_with(|first: char| first.is_ascii_alphabetic())
        && text[piece.end()..].starts_with(['"', '\\', '&'])
        && known::aadsts_digits(piece.text).is_none()
        && Front::of(text, piece.start).is_inside_error()
}

/// Whether a piece stands as the value of a code, and of whose.
fn value_at(text: &str, piece: &Piece<'_>) -> Option<Value> {
    if is_closed_by_code_tag(text, piece.end()) {
        return Some(Value::Of(CodeSource::Exchange));
    }
    if !may_be_set(text, piece.start) || !follows(text, piece.start, &["code"]) {
        return None;
    }
    let front = Front::of(text, piece.start);
    match front.label() {
        _ if !front.is_set() => None,
        "responsecode" | "faultcode" => Some(Value::Of(CodeSource::Exchange)),
        _ if !front.is_code() => None,
        "code" if front.is_json() => Some(Value::Of(CodeSource::Graph)),
        _ => Some(Value::OfEither),
    }
}

/// Whether a text is nothing but codes and names of this program, so that each of them needs no other sign.
pub(super) fn is_nothing_but_codes(text: &str, known: &Known) -> bool {
    let mut words = alone(text).peekable();
    words.peek().is_some() && words.all(|word| stands_alone(word, known))
}

/// The words of a text that is nothing but codes.
fn alone(text: &str) -> impl Iterator<Item = &str> {
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

fn stands_alone(word: &str, known: &Known) -> bool {
    is_number_alone(word)
        || known::aadsts_digits(word).is_some()
        || known::has_form_of_a_code(word)
        || !known.word(word).is_empty()
        || known.cause(word).is_some()
        || known.check(word).is_some()
}

fn is_number_alone(word: &str) -> bool {
    known::is_number(word) && (SHORTEST_ALONE..=known::LONGEST_NUMBER).contains(&word.len())
}

/// Takes the codes of a text that is nothing but codes.
pub(super) fn take_all<'t>(found: &mut Found<'t>, known: &Known, text: &'t str) {
    for word in alone(text) {
        if is_number_alone(word) {
            let diagnostics = known.number(CodeSource::ExchangeDiagnostics, word);
            let service = if diagnostics.is_some() {
                CodeSource::ExchangeDiagnostics
            } else {
                CodeSource::SignIn
            };
            take_number(found, known, service, (word, 0), text, None);
        } else if let Some(digits) = known::aadsts_digits(word) {
            take_number(found, known, CodeSource::SignIn, (digits, 0), text, None);
        } else if !known.word(word).is_empty() {
            known
                .word(word)
                .iter()
                .for_each(|entry| found.known_code(text, entry, 0));
        } else if !found.named(known, word) {
            found.unknown_code(None, word, None, 0);
        }
    }
}
