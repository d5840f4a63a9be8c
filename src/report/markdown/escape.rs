//! Escapes for text in Markdown, so that it is shown as it is.

/// Escapes Markdown syntax. A word joiner separates an at sign from the name behind it, so that a ticket system sends no
/// notification to a user of that name.
pub(in crate::report) fn escape(text: &str) -> String {
    at_the_beginning(&inline(text))
}

/// The same for a text that is a part of a word, where other underscores stay as they are.
pub(in crate::report) fn escape_inside_a_word(text: &str) -> String {
    // The letters make the text the inside of a word for `inline`, and are removed again below.
    let escaped = inline(&format!("a{text}a"));
    escaped
        .get(1..escaped.len().saturating_sub(1))
        .unwrap_or_default()
        .to_owned()
}

/// A sentence of this program: what is between backticks is a code span, and so is an address, so that both can be copied
/// from the raw text as well. Where a backtick has no partner, all of them are text.
pub(in crate::report) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // An even number of pieces means that a backtick has no partner.
    if pieces.len().is_multiple_of(2) {
        return at_the_beginning(&addresses(text));
    }
    let mut written = String::with_capacity(text.len() + 8);
    for (index, piece) in pieces.iter().enumerate() {
        match (index.is_multiple_of(2), piece.trim().is_empty()) {
            (true, _) => written.push_str(&addresses(piece)),
            (false, true) => written.push_str(piece),
            (false, false) => written.push_str(&code(piece)),
        }
    }
    at_the_beginning(&written)
}

/// Text with its addresses as code spans.
fn addresses(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(start) = rest.find("https://") {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|character: char| !is_of_an_address(character))
            .unwrap_or(from.len());
        // Punctuation behind an address belongs to the sentence around it.
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', ')', '?']);
        written.push_str(&inline(before));
        written.push_str(&code(address));
        rest = &from[address.len()..];
    }
    written.push_str(&inline(rest));
    written
}

fn is_of_an_address(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#@&+,;=%()".contains(character)
}

/// Escapes within a line. An underscore inside a word means nothing to Markdown and stays as it is, so that
/// `full_access_as_app` can be copied from the raw text.
fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        match character {
            '_' if before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric() => {
                escaped.push('_');
            }
            // A bracket could begin a link or HTML, and an ampersand an entity.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!'
            | '&' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '@' if !before.is_alphanumeric() => escaped.push_str("@\u{2060}"),
            // A new line could begin a list or a heading.
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
        before = character;
    }
    escaped
}

/// A dash, a plus or a number with a point would begin a list.
fn at_the_beginning(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        // A line that begins with an equals sign can turn the line above it into a heading.
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{text}"),
        _ => text.to_owned(),
    }
}

/// A sentence of this program; text between backticks is code.
pub(in crate::report) fn with_code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(at, piece)| {
            if at.is_multiple_of(2) {
                escape(piece)
            } else {
                code(piece)
            }
        })
        .collect()
}

/// A code span around any text: its fence is longer than every run of backticks within.
pub(in crate::report) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.trim().is_empty() {
        return "(nothing)".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // Markdown removes one space at each end, which separates the text from the fence.
    if text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A fenced block around any text.
pub(in crate::report) fn fence(language: &str, text: &str) -> String {
    // Markdown takes no fewer than three backticks as a fence.
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    use super::*;

    fn shown(markdown: &str) -> (String, bool) {
        let mut plain = true;
        let text = Parser::new(markdown).fold(String::new(), |mut text, event| {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::Start(pulldown_cmark::Tag::Paragraph)
                | Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
                _ => plain = false,
            }
            text
        });
        (text, plain)
    }

    #[test]
    fn a_code_span_is_closed_by_its_own_fence_only() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert!(fence("powershell", "a```b").starts_with("````powershell\n"));
    }

    #[test]
    fn text_to_copy_has_no_escapes_in_raw_markdown() {
        let command = "Run `rx-preflight check --only mailbox.*` again: the `mailbox.*` rows pass.";
        assert_eq!(prose(command), command);
        let address = "https://login.microsoftonline.com/contoso.com/adminconsent?client_id=9a41";
        assert_eq!(
            prose(&format!("Open {address}.")),
            format!("Open `{address}`.")
        );
        assert_eq!(
            prose("full_access_as_app and more"),
            "full_access_as_app and more"
        );
        assert_eq!(prose("a ` alone *b*"), "a \\` alone \\*b\\*");
        assert_eq!(escape("_a_ b_"), "\\_a\\_ b\\_");
    }

    #[test]
    fn an_at_sign_notifies_no_user() {
        assert_eq!(
            escape("@team, room@contoso.com"),
            "@\u{2060}team, room@contoso.com"
        );
    }

    proptest! {
        #[test]
        fn escaped_text_is_shown_as_it_is(text in "[ -~]{0,60}") {
            let text = text.trim().to_owned();
            let (shown, plain) = shown(&escape(&text));
            prop_assert!(plain, "{:?} became something else", text);
            prop_assert_eq!(shown.replace('\u{2060}', ""), text);
        }

        #[test]
        fn prose_shows_every_letter(text in "[ -~]{0,60}") {
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            let (shown, plain) = shown(&prose(text.trim()));
            prop_assert!(plain, "{:?} became something else", text);
            prop_assert_eq!(letters(&shown), letters(&text));
        }
    }
}
