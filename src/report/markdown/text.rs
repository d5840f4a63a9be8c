//! Text that Markdown shows as it is.

/// Escapes whatever Markdown would take for its own. An at sign is kept apart from the name behind it, so that nobody is
/// called into the ticket.
pub(in crate::report) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '&' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '@' if !before.is_alphanumeric() => escaped.push_str("@\u{2060}"),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
        before = character;
    }
    at_the_beginning(&escaped)
}

/// A dash, a plus or a number with a point would begin a list.
fn at_the_beginning(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{text}"),
        _ => text.to_owned(),
    }
}

/// A sentence of this program; what stands between backticks in it is code.
pub(in crate::report) fn with_code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces.map(|(at, piece)| if at.is_multiple_of(2) { escape(piece) } else { code(piece) }).collect()
}

/// A code span around any text: its fence is longer than every run of backticks within.
pub(in crate::report) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.trim().is_empty() {
        return "(nothing)".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    if text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A fenced block around any text.
pub(in crate::report) fn fence(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
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
                Event::Start(pulldown_cmark::Tag::Paragraph) | Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
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
    fn nobody_is_called_into_a_ticket() {
        assert_eq!(escape("@team, room@contoso.com"), "@\u{2060}team, room@contoso.com");
    }

    proptest! {
        #[test]
        fn escaped_text_is_shown_as_it_is(text in "[ -~]{0,60}") {
            let text = text.trim().to_owned();
            let (shown, plain) = shown(&escape(&text));
            prop_assert!(plain, "{:?} became something else", text);
            prop_assert_eq!(shown.replace('\u{2060}', ""), text);
        }
    }
}
