//! Yes and No, as people type them and as pages show them when they are copied.

const YES: [&str; 6] = ["yes", "true", "on", "enabled", "checked", "y"];
const NO: [&str; 6] = ["no", "false", "off", "disabled", "unchecked", "n"];
/// Marks of a selected check box or option.
const SELECTED: [&str; 13] = [
    "\u{2611}",
    "\u{2705}",
    "\u{2713}",
    "\u{2714}",
    "\u{25c9}",
    "\u{25cf}",
    "\u{29bf}",
    "\u{1f518}",
    "[x]",
    "[*]",
    "(x)",
    "(*)",
    "(\u{2022})",
];
/// Marks of one that is not selected.
const NOT_SELECTED: [&str; 8] = [
    "\u{2610}", "\u{2717}", "\u{2718}", "\u{274c}", "\u{25cb}", "\u{25ef}", "[ ]", "( )",
];

/// What a text means: a word, a mark of a check box, or the marked one of `(•) Yes ( ) No`.
pub fn read_yes_no(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    if let Some(word) = word(&text) {
        return Some(word);
    }
    let (marked, rest) = split_mark(&text)?;
    if rest.is_empty() {
        return Some(marked);
    }
    marked_option(&text)
}

/// The meaning of a check box at the start of a text, and the text after it.
pub(super) fn split_mark(text: &str) -> Option<(bool, &str)> {
    let after = |marks: &[&str]| {
        marks
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
            // Some fonts draw a mark as a picture, which a variation selector requests.
            .map(|rest| rest.trim_start_matches('\u{fe0f}').trim())
    };
    after(&SELECTED)
        .map(|rest| (true, rest))
        .or_else(|| after(&NOT_SELECTED).map(|rest| (false, rest)))
}

fn word(text: &str) -> Option<bool> {
    if YES.contains(&text) {
        Some(true)
    } else if NO.contains(&text) {
        Some(false)
    } else {
        None
    }
}

/// The one word with a selected mark in front of it; `None` if both or neither have one.
fn marked_option(text: &str) -> Option<bool> {
    let mut rest = text;
    let mut selected = Vec::new();
    while let Some((is_selected, after)) = split_mark(rest) {
        let end = after
            .find(|letter: char| !letter.is_alphanumeric())
            .unwrap_or(after.len());
        let meaning = word(&after[..end])?;
        if is_selected {
            selected.push(meaning);
        }
        rest = after[end..].trim_start();
    }
    match (&selected[..], rest.is_empty()) {
        ([one], true) => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_and_options_are_read() {
        for text in [
            "Yes",
            " YES ",
            "true",
            "On",
            "y",
            "\u{2611}",
            "\u{2714}\u{fe0f}",
            "[x]",
            "[X]",
            "(\u{2022}) Yes ( ) No",
            "\u{25cb} No \u{25c9} Yes",
            "\u{2611} Yes",
        ] {
            assert_eq!(read_yes_no(text), Some(true), "{text}");
        }
        for text in [
            "No",
            "false",
            "off",
            "n",
            "\u{2610}",
            "[ ]",
            "( ) Yes (\u{2022}) No",
        ] {
            assert_eq!(read_yes_no(text), Some(false), "{text}");
        }
        for text in [
            "",
            "maybe",
            "Yes please",
            "( ) Yes ( ) No",
            "(x) Yes (x) No",
            "yesterday",
            "\u{2611} other",
        ] {
            assert_eq!(read_yes_no(text), None, "{text}");
        }
    }
}
