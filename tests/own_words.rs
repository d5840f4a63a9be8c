//! The list of safe words follows the sentences in the Rust sources.
//!
//! A redacted report keeps the words of this program and leaves out every other one. The words of the TOML tables count by
//! themselves. Those of sentences in Rust are listed in `src/knowledge/own_words.txt`, which this test regenerates:
//! `RX_BLESS=1 cargo test --test own_words` rewrites it. Read the difference: no new word may be a name.

#![expect(
    clippy::unwrap_used,
    reason = "a test reports an unexpected state by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sources::{rust_files, without_tests};

#[path = "support/sources.rs"]
mod sources;

const LIST: &str = "src/knowledge/own_words.txt";
const HEADER: &str = "\
Words of this program's sentences in Rust that no table of the knowledge base uses. Generated: tests/own_words.rs compares
this file with the sources, and RX_BLESS=1 cargo test --test own_words rewrites it.
";
/// The rooms whose sentences can be part of a report.
const ROOMS: &[&str] = &[
    "diagnosis",
    "evidence",
    "knowledge",
    "probe",
    "report",
    "settings",
    "terms",
    "wire",
];
/// A text with fewer words is a key, an id or a value, and not a sentence.
const SHORTEST_SENTENCE: usize = 3;
/// Words of sentences that could be the name of a person, a company, a place or a room. They are never safe.
const NAMES: &[&str] = &[
    "anna",
    "baker",
    "berlin",
    "boardroom",
    "carpenter",
    "contoso",
    "corp",
    "dallas",
    "denver",
    "example",
    "fabrikam",
    "fischer",
    "forum",
    "frank",
    "hall",
    "hill",
    "hope",
    "hotel",
    "joy",
    "julia",
    "king",
    "lake",
    "lobby",
    "london",
    "maria",
    "mark",
    "martin",
    "max",
    "meyer",
    "munich",
    "north",
    "northwind",
    "paris",
    "rich",
    "rose",
    "schmidt",
    "smith",
    "south",
    "stone",
    "tailspin",
    "thomas",
    "van",
    "young",
];
/// The names of files that this program writes or reads by default.
const OWN_FILES: &str = "rx-preflight";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The stems of the files that a file declares as test modules.
fn test_modules(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
        let declaration = rest.lines().next()?.trim();
        declaration.split("mod ").nth(1)?.strip_suffix(';')
    })
}

/// The sources of the program without its tests.
fn product_sources() -> Vec<String> {
    let files: Vec<(PathBuf, String)> = ROOMS
        .iter()
        .flat_map(|room| rust_files(&source().join(room)))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect();
    let tests: BTreeSet<&str> = files
        .iter()
        .flat_map(|(_, text)| test_modules(text))
        .collect();
    let is_test = |path: &Path| {
        path.iter()
            .any(|part| tests.contains(part.to_str().unwrap().trim_end_matches(".rs")))
    };
    files
        .iter()
        .filter(|(path, _)| !is_test(path.strip_prefix(source()).unwrap()))
        .map(|(_, text)| without_tests(text))
        .collect()
}

/// The contents of the string literals of a Rust source, apart from the reasons of lint attributes.
fn string_literals(source: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let source = source.replace("reason = \"", "//");
    let mut rest = source.as_str();
    while let Some(at) = rest.find(['"', '\'', '/', 'r']) {
        let is_in_a_word =
            rest[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, behind)| behind);
        } else if rest.starts_with('"') {
            let (literal, behind) = plain_literal(&rest[1..]);
            literals.push(literal);
            rest = behind;
        } else if let Some((literal, behind)) = raw_literal(rest).filter(|_| !is_in_a_word) {
            literals.push(literal);
            rest = behind;
        } else if let Some(behind) = character_literal(rest) {
            rest = behind;
        } else {
            rest = &rest[1..];
        }
    }
    literals
}

/// The text up to the closing quote, with every escape as a space, and what follows.
fn plain_literal(text: &str) -> (String, &str) {
    let mut literal = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (literal, &text[at + 1..]),
            '\\' => {
                letters.next();
                literal.push(' ');
            }
            other => literal.push(other),
        }
    }
    (literal, "")
}

/// A raw literal at the beginning of a text, and what follows.
fn raw_literal(text: &str) -> Option<(String, &str)> {
    let behind = text.strip_prefix('r')?;
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    let inside = behind[hashes..].strip_prefix('"')?;
    let (literal, behind) = inside.split_once(&format!("\"{}", "#".repeat(hashes)))?;
    Some((literal.to_owned(), behind))
}

/// What follows a character literal at the beginning of a text. A lifetime has no closing quote.
fn character_literal(text: &str) -> Option<&str> {
    let behind = text.strip_prefix('\'')?;
    if let Some(escape) = behind.strip_prefix('\\') {
        return escape.get(1..)?.split_once('\'').map(|(_, rest)| rest);
    }
    let mut letters = behind.chars();
    letters.next()?;
    letters.as_str().strip_prefix('\'')
}

/// The words of a sentence that cannot be names by their form: those in lowercase, and the first one of a sentence.
fn safe_words(sentence: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut opens_sentence = true;
    for token in without_placeholders(sentence).split_whitespace() {
        for word in token.split(|letter: char| !letter.is_alphanumeric()) {
            let is_lowercase = word.chars().all(|letter| letter.is_ascii_lowercase());
            let begins = opens_sentence
                && word
                    .chars()
                    .skip(1)
                    .all(|letter| letter.is_ascii_lowercase());
            if !word.is_empty()
                && (is_lowercase || begins)
                && word.is_ascii()
                && !word.chars().any(|c| c.is_ascii_digit())
            {
                words.insert(word.to_ascii_lowercase());
            }
            opens_sentence &= word.is_empty();
        }
        opens_sentence = token.ends_with(['.', ':', '?', '!']);
    }
    words
}

/// A format string without what is in braces.
fn without_placeholders(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// The markers of a sentence for values to fill in, such as `<room address>`.
fn markers(sentence: &str) -> impl Iterator<Item = String> {
    sentence.split('<').skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once('>')?;
        let is_inside = |letter: char| letter.is_ascii_lowercase() || letter == ' ';
        let is_marker = inside.contains(' ') && inside.chars().all(is_inside);
        is_marker.then(|| format!("<{inside}>"))
    })
}

/// The tables whose words are safe one by one, as the list of tables in `knowledge/table.rs` shows.
fn tables_of_safe_words() -> Vec<String> {
    let list = fs::read_to_string(source().join("knowledge/table.rs")).unwrap();
    let tables: Vec<String> = list
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\" Words,"))
        .map(str::to_owned)
        .collect();
    assert!(
        tables.len() > 5,
        "the list of tables is not found: {tables:?}"
    );
    tables
}

/// The words of every text that counts by itself.
fn listed_elsewhere() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut names = tables_of_safe_words();
    names.push("safe_words.txt".to_owned());
    for name in names {
        let text = fs::read_to_string(source().join("knowledge").join(name)).unwrap();
        words.extend(
            text.to_lowercase()
                .split(|letter: char| !letter.is_alphanumeric())
                .map(str::to_owned),
        );
    }
    words
}

fn generated() -> String {
    let mut words = BTreeSet::new();
    let mut phrases = BTreeSet::new();
    for source in product_sources() {
        for literal in string_literals(&source) {
            phrases.extend(markers(&literal));
            if literal.starts_with(OWN_FILES)
                && literal.contains('.')
                && !literal.contains([' ', '{'])
            {
                phrases.insert(literal);
            } else if literal.split_whitespace().count() >= SHORTEST_SENTENCE {
                words.append(&mut safe_words(&literal));
            }
        }
    }
    let elsewhere = listed_elsewhere();
    words.retain(|word| {
        word.len() > 1 && !elsewhere.contains(word) && !NAMES.contains(&word.as_str())
    });
    let lines: Vec<String> = words.into_iter().chain(phrases).collect();
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

#[test]
fn the_list_of_own_words_follows_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let generated = generated();
    if std::env::var_os("RX_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let difference = |one: &str, other: &str| -> Vec<String> {
        let other: BTreeSet<&str> = other.lines().collect();
        let only = one.lines().filter(|line| !other.contains(line));
        only.map(str::to_owned).collect()
    };
    assert!(
        listed == generated,
        "{LIST} does not follow the sources: new words {:?}, words no longer used {:?}. If no new word could be a name, run \
         RX_BLESS=1 cargo test --test own_words; otherwise add it to NAMES.",
        difference(&generated, &listed),
        difference(&listed, &generated),
    );
}

#[test]
fn literals_are_read_and_comments_and_characters_are_not() {
    let source = "// a \"comment\"\nlet x = \"one {two} \\\"three\\\"\"; let c = '\"'; let l: &'a str = r#\"four \"five\"\"#; var\"six\"\nreason = \"seven\"\n";
    let literals = string_literals(source);
    assert_eq!(literals, ["one {two}  three ", "four \"five\"", "six"]);
}

#[test]
fn a_name_inside_a_sentence_is_not_a_safe_word() {
    let words: Vec<String> = safe_words("The room Lobby of {tenant_id} was moved. Check Contoso")
        .into_iter()
        .collect();
    assert_eq!(words, ["check", "moved", "of", "room", "the", "was"]);
}
