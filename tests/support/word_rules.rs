//! The words that this project does not use, and the check of a line for them.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde::Deserialize;

/// The rules name every forbidden word.
pub const RULES: &str = "tests/words/rules.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    word: Vec<Word>,
    exempt: Vec<Exempt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    pattern: String,
    instead: String,
}

/// A text that is quoted or published, everywhere or below one path.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exempt {
    pub text: String,
    pub file: Option<String>,
    pub because: String,
}

/// The rules, ready to check lines.
pub struct Checker {
    words: Vec<(Regex, String)>,
    pub exempt: Vec<Exempt>,
}

impl Checker {
    /// Reads the rules of this project.
    pub fn load() -> Self {
        let rules: Rules =
            toml::from_str(&fs::read_to_string(root().join(RULES)).unwrap()).unwrap();
        for exempt in &rules.exempt {
            assert!(!exempt.because.trim().is_empty(), "{}", exempt.text);
        }
        let compile = |word: Word| (Regex::new(&word.pattern).unwrap(), word.instead);
        Self {
            words: rules.word.into_iter().map(compile).collect(),
            exempt: rules.exempt,
        }
    }

    /// The forbidden words of one line with what to write instead.
    pub fn findings(&self, path: &str, line: &str) -> Vec<String> {
        let line = normalize(&self.without_exempt(path, line));
        let mut findings = Vec::new();
        for (pattern, instead) in &self.words {
            for found in pattern.find_iter(&line) {
                findings.push(format!("\"{}\": write {instead}", found.as_str()));
            }
        }
        findings
    }

    fn without_exempt(&self, path: &str, line: &str) -> String {
        let mut line = line.to_owned();
        for exempt in &self.exempt {
            if exempt
                .file
                .as_ref()
                .is_none_or(|file| path.starts_with(file))
            {
                line = line.replace(&exempt.text, "");
            }
        }
        line
    }
}

/// The folder of this project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Splits names of the code into words, in lowercase: `ResponseCode` and `response_code` become `response code`.
fn normalize(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut before = ' ';
    for character in line.chars() {
        if character.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit())
        {
            words.push(' ');
        }
        words.push(if character == '_' { ' ' } else { character });
        before = character;
    }
    words.to_lowercase()
}
