//! The words that this program and Microsoft's messages are made of.
//!
//! A redacted report keeps these in sentences and removes every other one, since it could be a name. The words of the
//! tables count by themselves, and `own_words.txt` follows the sentences in Rust. `safe_words.txt` lists the words of
//! Microsoft's messages and of the TLS library; its lines are phrases as well.

use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem;

use super::table::{FILES, SafeText};
use super::template::{self, PLACEHOLDERS};

/// The words of Microsoft's messages, in lines that are phrases as well.
const MESSAGE_WORDS: &str = include_str!("safe_words.txt");

/// The words of this program's sentences in Rust. `tests/own_words.rs` generates the list.
const OWN_WORDS: &str = include_str!("own_words.txt");

/// The texts whose words are safe.
fn word_texts() -> impl Iterator<Item = &'static str> {
    let files = FILES.iter().filter(|file| file.safe == SafeText::Words);
    [MESSAGE_WORDS, OWN_WORDS]
        .into_iter()
        .chain(files.map(|file| file.text))
}

/// The texts whose whole phrases are safe.
fn phrase_texts() -> impl Iterator<Item = &'static str> {
    let files = FILES.iter().filter(|file| file.safe == SafeText::Phrases);
    word_texts().chain(files.map(|file| file.text))
}

static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words =
        word_texts().flat_map(|text| text.split(|character: char| !character.is_alphanumeric()));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
});

static IDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| tokens(is_of_an_id).filter(|word| is_guid(word)).collect());

static DOTTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let dotted = tokens(|character| character.is_alphanumeric() || ".-_".contains(character));
    dotted
        .map(|token| token.trim_matches('.').to_owned())
        .filter(|token| token.contains('.'))
        .collect()
});

static ALL: LazyLock<String> = LazyLock::new(|| {
    // A filled text contains these markers where a value is missing, and they do not name a customer.
    let markers = PLACEHOLDERS.iter().map(|name| template::marker(name));
    let texts: Vec<String> = phrase_texts().map(str::to_owned).chain(markers).collect();
    texts.join("\n").to_lowercase()
});

/// The runs of characters of all files that belong together, in lowercase.
fn tokens(belongs: impl Fn(char) -> bool + 'static) -> impl Iterator<Item = String> {
    ALL.split(move |character: char| !belongs(character))
        .filter(|token| !token.is_empty())
        .map(str::to_owned)
}

/// Whether a text is part of the knowledge base word for word, whatever its case.
pub fn is_safe_phrase(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_of_a_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let is_whole = |at: usize| {
        let (before, after) = (&ALL[..at], &ALL[at + text.len()..]);
        !is_of_a_word(before.chars().next_back()) && !is_of_a_word(after.chars().next())
    };
    !text.is_empty() && memmem::find_iter(ALL.as_bytes(), &text).any(is_whole)
}

/// Whether a name with dots, such as that of a check, a permission or a Microsoft host, is part of the knowledge base.
pub fn is_safe_dotted(token: &str) -> bool {
    DOTTED.contains(&token.to_lowercase())
}

/// Whether a text is one word that this program or Microsoft uses. A word put together from several, such as
/// `calendarView`, is known where each of its parts is.
pub fn is_safe_word(word: &str) -> bool {
    let is_one = !word.is_empty() && word.chars().all(char::is_alphanumeric);
    is_one
        && (is_listed(word)
            || parts(word).is_some_and(|parts| parts.iter().all(|part| is_listed(part))))
}

/// Whether an id (a GUID) is one of Microsoft's own: that of an API, a permission or a first-party app.
pub fn is_microsoft_guid(id: &str) -> bool {
    IDS.contains(&id.to_lowercase())
}

/// Whether a text has the form of a GUID.
pub fn is_guid(text: &str) -> bool {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    let fits = |(group, length): (&&str, usize)| {
        group.len() == length && group.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    groups.len() == LENGTHS.len() && groups.iter().zip(LENGTHS).all(fits)
}

fn is_of_an_id(character: char) -> bool {
    character.is_ascii_hexdigit() || character == '-'
}

fn is_listed(word: &str) -> bool {
    WORDS.contains(&word.to_lowercase())
}

/// `EwsAllowedAppIDs` as `Ews`, `Allowed`, `App`, `IDs`: an uppercase letter begins a part after a lowercase letter or,
/// after other uppercase letters, before one. `None` where there is one part only, or where letters are mixed with others.
fn parts(word: &str) -> Option<Vec<&str>> {
    if !word.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let letters = word.as_bytes();
    let small = |at: usize| letters.get(at).is_some_and(u8::is_ascii_lowercase);
    // The plural of an abbreviation, as in `IDs`, begins no part.
    let ends_abbreviation = |at: usize| small(at + 1) && letters.get(at + 1..) != Some(b"s");
    let begins =
        |at: usize| letters[at].is_ascii_uppercase() && (small(at - 1) || ends_abbreviation(at));
    let mut cuts: Vec<usize> = (1..letters.len()).filter(|at| begins(*at)).collect();
    if cuts.is_empty() {
        return None;
    }
    cuts.insert(0, 0);
    cuts.push(letters.len());
    Some(cuts.windows(2).map(|cut| &word[cut[0]..cut[1]]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_knowledge_base_are_safe_and_names_are_not() {
        for word in [
            "mailbox",
            "Exchange",
            "full",
            "ErrorAccessDenied",
            "calendarView",
            "EwsAllowedAppIDs",
        ] {
            assert!(is_safe_word(word), "{word}");
        }
        for word in [
            "Northwind",
            "boardroomx",
            "NorthwindRoom",
            "",
            "two words",
            "4b7",
        ] {
            assert!(!is_safe_word(word), "{word}");
        }
    }

    #[test]
    fn phrases_and_dotted_names_are_matched_whole() {
        assert!(
            is_safe_phrase("privileged role administrator") && is_safe_phrase("Exchange Online")
        );
        assert!(
            !is_safe_phrase("Exchange Onl") && !is_safe_phrase("Grant West") && !is_safe_phrase("")
        );
        for token in [
            "mailbox.impersonation",
            "Calendars.ReadWrite",
            "graph.microsoft.com",
            "learn.microsoft.com",
        ] {
            assert!(is_safe_dotted(token), "{token}");
        }
        assert!(!is_safe_dotted("mailbox.example"));
    }

    #[test]
    fn a_compound_word_is_split_into_its_parts() {
        assert_eq!(parts("startDateTime"), Some(vec!["start", "Date", "Time"]));
        assert_eq!(parts("EWSRequest"), Some(vec!["EWS", "Request"]));
        assert_eq!(parts("AppIDs"), Some(vec!["App", "IDs"]));
        assert_eq!(parts("Exchange"), None);
    }

    #[test]
    fn the_guids_of_microsoft_apis_are_recognized() {
        assert!(is_microsoft_guid("00000003-0000-0000-C000-000000000000"));
        assert!(!is_microsoft_guid("5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59"));
        assert!(
            is_guid("5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59") && !is_guid("5f3c0d2e-77aa-4c1b-9b60")
        );
    }
}
