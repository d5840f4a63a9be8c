//! Lines of a given width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks a text between words into lines of at most `width` columns. A word of ASCII is never broken, however long:
/// it is an id, an address or a part of a command.
pub fn lines(text: &str, width: usize) -> Vec<String> {
    fill(text.split_whitespace(), width, str::is_ascii)
}

/// As [`lines`], and neither is a command between backticks.
pub fn lines_with_commands(text: &str, width: usize) -> Vec<String> {
    let mut in_command = false;
    let words = text.split(move |letter: char| {
        in_command ^= letter == '`';
        letter == ' ' && !in_command
    });
    fill(words.filter(|word| !word.is_empty()), width, str::is_ascii)
}

/// The first lines of a text, at most `most`. A text that is longer ends after its last whole sentence; where it has none, after
/// a whole word with three dots: an id or an address is never cut.
pub fn first_lines(text: &str, width: usize, most: usize) -> Vec<String> {
    if let Some(whole) = whole_sentences(text, width, most) {
        return whole;
    }
    let kept = lines(text, width)[..most].join(" ");
    let mut words: Vec<&str> = kept.split(' ').collect();
    loop {
        let shortened = lines(&format!("{} {CUT}", words.join(" ")), width);
        // One word is always kept, also where it is wider than the line.
        if shortened.len() <= most || words.len() <= 1 {
            return shortened;
        }
        words.pop();
    }
}

/// The text, or as many of its first sentences as fit; `None` if not even one does.
pub fn whole_sentences(text: &str, width: usize, most: usize) -> Option<Vec<String>> {
    let all = lines(text, width);
    if all.len() <= most {
        return Some(all);
    }
    let kept = all[..most].join(" ");
    // A line that ends with the sentence has lost the space behind it.
    let end = if kept.ends_with('.') {
        kept.len()
    } else {
        end_of_last_sentence(&kept)?
    };
    Some(lines(&kept[..end], width))
}

/// The mark of a text that goes on elsewhere. It is the same on a terminal without Unicode.
const CUT: &str = "...";

/// Where the last whole sentence of the beginning of a text ends.
fn end_of_last_sentence(text: &str) -> Option<usize> {
    text.match_indices(". ").map(|(at, _)| at + 1).last()
}

/// As [`lines`], but no line is ever wider than `width`, as a table needs it.
pub fn cell_lines(text: &str, width: usize) -> Vec<String> {
    fill(text.split_whitespace(), width, |_| false)
}

fn fill<'t>(
    words: impl Iterator<Item = &'t str>,
    width: usize,
    whole: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            // Columns count and not characters, because East Asian characters take two columns.
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ if word.width() <= width || whole(word) => lines.push(word.to_owned()),
            _ => lines.extend(pieces(word, width)),
        }
    }
    lines
}

/// A word cut at the width.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for character in word.chars() {
        let columns = character.width().unwrap_or(0);
        // A character that is wider than the column still needs a line, even if it does not fit.
        if used + columns > width && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        used += columns;
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    pieces
}

/// The text followed by spaces up to `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn an_id_is_never_broken() {
        let id = "5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59";
        assert_eq!(
            lines(&format!("the tenant {id} exists"), 12),
            ["the tenant", id, "exists"]
        );
    }

    #[test]
    fn a_text_that_is_too_long_ends_after_a_sentence_or_a_whole_word() {
        let text = "Open the portal. Select the app and its permissions.";
        assert_eq!(first_lines(text, 20, 9).len(), 3);
        assert_eq!(first_lines(text, 20, 2), ["Open the portal."]);
        assert_eq!(first_lines("Open the portal of it", 10, 1), ["Open ..."]);
        let id = "5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59";
        assert_eq!(
            first_lines(&format!("the tenant {id} exists"), 14, 1),
            ["the tenant ..."]
        );
        assert_eq!(first_lines(&format!("{id} exists"), 14, 1), [id, "..."]);
    }

    #[test]
    fn a_command_stays_in_one_line() {
        assert_eq!(
            lines_with_commands("run again with `-o report.json`, then wait", 20),
            ["run again with", "`-o report.json`,", "then wait"]
        );
    }

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(lines("会議室会議室", 6), ["会議室", "会議室"]);
    }

    proptest! {
        #[test]
        fn no_cell_is_wider_than_its_column_and_nothing_is_lost(text in "[a-z会 ]{0,60}", width in 2_usize..20) {
            let lines = cell_lines(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width));
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
