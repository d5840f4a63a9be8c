//! What the parser of TOML reports, in the words of someone who fills in a form. The line itself is never repeated: it
//! might hold the secret.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggestion::quoted;

/// The keys whose value is true or false.
const BOOLEANS: [&str; 5] = [
    "use_oauth",
    "use_graph_api",
    "enabled",
    "prompt",
    "rooms_from_tenant",
];
/// What people write for true and false.
const WORDS_FOR_BOOLEANS: [&str; 12] = [
    "yes", "no", "y", "n", "on", "off", "true", "false", "t", "f", "enabled", "disabled",
];
/// How to write a path with backslashes.
pub(super) const PATH_FORMS: &str = "in double quotes a backslash begins an escape sequence; write a Windows path in \
                                     single quotes, like 'C:\\rooms\\list.csv', or with forward slashes, like \
                                     \"C:/rooms/list.csv\"";

/// The place of an error, seen from its line.
struct Spot<'t> {
    line: &'t str,
    /// In bytes from the start of the line.
    column: usize,
}

/// What is wrong at a place of the text, and how to write it instead. `root` is what the parser could read.
pub(super) fn explained(
    text: &str,
    span: &Range<usize>,
    message: &str,
    root: &DeTable<'_>,
) -> String {
    let at = if text.is_char_boundary(span.start) {
        span.start
    } else {
        text.len()
    };
    let spot = Spot::at(text, at);
    let advice = if message == "duplicate key" {
        duplicate(text, span, &spot, root)
    } else if spot.is_in_string_with_backslash() {
        Some(spot.key().map_or_else(
            || PATH_FORMS.to_owned(),
            |key| format!("{}: {PATH_FORMS}", quoted(key)),
        ))
    } else if message.contains("key with no value") || message.contains("missing assignment") {
        Some(spot.assignment())
    } else {
        spot.value()
    };
    advice.unwrap_or_else(|| format!("this is not TOML: {}", plain(message)))
}

/// The parser's own messages where they are riddles.
fn plain(message: &str) -> &str {
    match message {
        "invalid basic string, expected `\"`" => "the closing double quote is missing in this line",
        "invalid literal string, expected `'`" => {
            "the closing single quote is missing in this line"
        }
        "unclosed array, expected `]`" => "the closing bracket `]` of this list is missing",
        "unclosed inline table, expected `}`" => "the closing brace `}` is missing",
        "unexpected key or value, expected newline, `#`" => {
            "only a comment, which begins with #, may follow a value"
        }
        "unclosed table, expected `]`" => "the closing bracket `]` of this section is missing",
        other => other,
    }
}

impl<'t> Spot<'t> {
    /// The line that contains a byte of the text.
    fn at(text: &'t str, at: usize) -> Self {
        let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
        let end = text[at..]
            .find('\n')
            .map_or(text.len(), |length| at + length);
        Self {
            line: &text[start..end],
            column: at - start,
        }
    }

    fn before(&self) -> &'t str {
        self.line.get(..self.column).unwrap_or_default()
    }

    fn after(&self) -> &'t str {
        self.line.get(self.column..).unwrap_or_default()
    }

    /// Whether the place is in a text in double quotes in which a backslash comes before it.
    fn is_in_string_with_backslash(&self) -> bool {
        let mut open: Option<(char, usize)> = None;
        let mut is_escaped = false;
        for (at, letter) in self.before().char_indices() {
            match open {
                Some(('"', _)) if is_escaped => is_escaped = false,
                Some(('"', _)) if letter == '\\' => is_escaped = true,
                Some((quote, _)) if letter == quote => open = None,
                None if letter == '"' || letter == '\'' => open = Some((letter, at)),
                None if letter == '#' => return false,
                _ => {}
            }
        }
        open.is_some_and(|(quote, at)| quote == '"' && self.before()[at..].contains('\\'))
    }

    /// The key whose value holds the place, also inside `{ … }`. What does not have the form of a key of this file is a
    /// part of a value, which may be a secret and is never repeated.
    fn key(&self) -> Option<&'t str> {
        let (before, _) = self.before().rsplit_once('=')?;
        let key = before
            .trim_end()
            .rsplit([' ', '\t', '{', ',', '.', '='])
            .next()?;
        let key = key.trim_matches(['"', '\'']);
        let has_form = key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        (!key.is_empty() && has_form).then_some(key)
    }

    /// A value that is neither in quotes nor one of TOML's own.
    fn value(&self) -> Option<String> {
        if self.before().trim().is_empty() && self.after().starts_with('{') {
            return Some("this is not TOML but JSON".to_owned());
        }
        let key = self.key()?;
        let name = quoted(key);
        if !self.before().trim_end().ends_with(['=', '[', ',']) {
            return None;
        }
        let word = self
            .after()
            .split(|letter: char| letter.is_whitespace() || ",]}#".contains(letter))
            .next()?;
        let is_in_list = self
            .before()
            .rsplit('=')
            .next()
            .is_some_and(|value| value.trim_start().starts_with('['));
        let is_boolean = WORDS_FOR_BOOLEANS.contains(&word.to_lowercase().as_str());
        if word.is_empty()
            && self.after().trim().is_empty()
            && self.before().trim_end().ends_with('=')
        {
            return Some(format!(
                "{name} has no value; write one behind the =, or delete the line"
            ));
        }
        if BOOLEANS.contains(&key) && !word.is_empty() {
            return Some(format!(
                "{name}: write true or false, in lowercase and without quotes"
            ));
        }
        if word.starts_with([
            '\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}',
        ]) {
            return Some(format!(
                "{name}: these quotation marks are typographic; use straight ones (\" or ')"
            ));
        }
        let is_bare = word
            .starts_with(|letter: char| letter.is_alphanumeric() || "{_@/\\-+".contains(letter));
        if is_in_list && is_bare {
            return Some(format!(
                "{name}: every text in a list must be in quotes, like `{key} = [\"boardroom@contoso.com\"]`",
                key = if name.starts_with('`') { key } else { "rooms" }
            ));
        }
        let hint = if is_boolean {
            "; true and false are written in lowercase"
        } else {
            ""
        };
        is_bare.then(|| format!("this is not TOML: {name}: the value must be in quotes{hint}"))
    }

    /// A line that assigns nothing.
    fn assignment(&self) -> String {
        let line = self.line.trim_start();
        if line.starts_with("//") || line.starts_with(';') || line.starts_with("--") {
            return "this is not TOML: a comment begins with #".to_owned();
        }
        if line.starts_with('<') {
            return "this is not TOML but a page in HTML or XML".to_owned();
        }
        if self.after().trim_start().starts_with(':') || self.before().trim_end().ends_with(':') {
            return "this is not TOML: write `key = value`, with an equals sign instead of the colon".to_owned();
        }
        "this is not TOML: write `key = value`".to_owned()
    }
}

/// A key or a section that is there a second time, with the line of the first.
fn duplicate(
    text: &str,
    span: &Range<usize>,
    spot: &Spot<'_>,
    root: &DeTable<'_>,
) -> Option<String> {
    let word = text.get(span.clone())?;
    let word = word.trim_matches(['"', '\'']);
    let mut places = Vec::new();
    places_of(root, word, &mut places);
    // The nearest one before: the same key may also be in the sections above.
    let first = places
        .into_iter()
        .filter(|at| *at < span.start)
        .max()
        .or_else(|| header_before(text, span.start, word))?;
    let line = text.get(..first)?.matches('\n').count() + 1;
    let name = quoted(word);
    let header = spot.line.trim_start();
    Some(duplicate_message(header, &name, line))
}

/// What to do about a key or a section that is in `line` already. `header` is the line in which it is repeated.
fn duplicate_message(header: &str, name: &str, line: usize) -> String {
    if header.starts_with("[[") {
        format!(
            "duplicate key: {name} is already a section in line {line}, written with one bracket; write every one of them with two \
             brackets, like [[location]]"
        )
    } else if header.starts_with('[') {
        format!(
            "duplicate key: the section {name} is already in line {line}; move these keys there"
        )
    } else {
        format!("duplicate key: {name} is already in line {line}; keep one of the two")
    }
}

/// The first section of this name, where it has no keys and so no place of its own.
fn header_before(text: &str, end: usize, word: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.get(..end)?.split_inclusive('\n') {
        if line.starts_with('[') && line.trim().trim_matches(['[', ']', ' ', '"', '\'']) == word {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Where a key of this name is written.
fn places_of(table: &DeTable<'_>, word: &str, places: &mut Vec<usize>) {
    for (key, value) in table {
        if key.get_ref() == word {
            places.push(key.span().start);
        }
        places_in(value, word, places);
    }
}

fn places_in(value: &Spanned<DeValue<'_>>, word: &str, places: &mut Vec<usize>) {
    match value.get_ref() {
        DeValue::Table(table) => places_of(table, word, places),
        DeValue::Array(items) => items.iter().for_each(|item| places_in(item, word, places)),
        _ => {}
    }
}

/// Whether a text as it is written holds an escape sequence other than those that a path can need.
pub(super) fn has_escapes(written: &str) -> bool {
    let Some(inside) = written.strip_prefix('"') else {
        return false;
    };
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && !matches!(letters.next(), Some('\\' | '"') | None) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::toml_document::Document;
    use super::*;

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_explained_and_its_value_is_never_repeated(
            pieces in proptest::collection::vec(
                prop_oneof![
                    "[\\[\\]{}=,:#'\"\\\\ \n\r;/<é\u{201c}]",
                    "rooms_file|use_graph_api|system|name|Yes|1h|hunter22",
                ],
                0..24,
            )
        ) {
            if let Err(error) = Document::parse("x.toml", &pieces.concat()) {
                let message = error.to_string();
                // Between backticks are keys.
                let around_keys: String = message.split('`').step_by(2).collect();
                prop_assert!(!message.is_empty() && !around_keys.contains("hunter"), "{message}");
            }
        }
    }

    #[test]
    fn only_escapes_that_change_a_path_are_found() {
        for written in [r#""C:\temp\new.csv""#, r#""\\srv\rooms""#, r#""C:\x41""#] {
            assert!(has_escapes(written), "{written}");
        }
        for written in [
            r#""C:\\rooms\\list.csv""#,
            r#""C:/rooms""#,
            r"'C:\temp\new.csv'",
            r#""""#,
        ] {
            assert!(!has_escapes(written), "{written}");
        }
    }
}
