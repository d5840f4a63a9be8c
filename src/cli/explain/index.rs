//! Index of codes, causes and checks by name, without regard to case.

use std::collections::HashMap;

use crate::knowledge::{self, CauseEntry, CodeEntry, CodeSource};
use crate::terms::CheckId;

/// Codes of Graph that are also ordinary words or HTTP reason phrases. They count only as the value of a code.
const ORDINARY: &[&str] = &[
    "forbidden",
    "unauthorized",
    "toomanyrequests",
    "unknownerror",
    "authenticationerror",
    "generalexception",
];

/// Codes, causes and checks by their name in lowercase.
pub(super) struct CodeIndex {
    codes: HashMap<String, Vec<&'static CodeEntry>>,
    causes: HashMap<&'static str, &'static CauseEntry>,
    checks: HashMap<&'static str, CheckId>,
    shortest_code: usize,
}

impl CodeIndex {
    /// Builds the index from the tables.
    pub(super) fn new() -> Self {
        let mut codes: HashMap<String, Vec<&'static CodeEntry>> = HashMap::new();
        for entry in knowledge::codes() {
            codes
                .entry(entry.code.to_ascii_lowercase())
                .or_default()
                .push(entry);
        }
        let words = codes
            .keys()
            .filter(|code| !is_number(code))
            .map(String::len);
        Self {
            shortest_code: words.min().unwrap_or_default(),
            codes,
            causes: knowledge::causes()
                .iter()
                .map(|cause| (cause.id.as_str(), cause))
                .collect(),
            checks: CheckId::ALL
                .iter()
                .map(|check| (check.as_str(), *check))
                .collect(),
        }
    }

    /// Rows of a code that is a word.
    pub(super) fn word(&self, word: &str) -> &[&'static CodeEntry] {
        // Most words of a log are shorter than any code; this saves the allocation of the lowercase key.
        if word.len() < self.shortest_code {
            &[]
        } else {
            self.rows(word)
        }
    }

    /// Row of a code that is a number.
    pub(super) fn number(&self, service: CodeSource, digits: &str) -> Option<&'static CodeEntry> {
        self.rows(digits)
            .iter()
            .copied()
            .find(|entry| entry.service == service)
    }

    fn rows(&self, code: &str) -> &[&'static CodeEntry] {
        self.codes
            .get(&code.to_ascii_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    /// Check with this id.
    pub(super) fn check(&self, id: &str) -> Option<CheckId> {
        self.checks.get(id.to_ascii_lowercase().as_str()).copied()
    }

    /// Cause with this id.
    pub(super) fn cause(&self, id: &str) -> Option<&'static CauseEntry> {
        self.causes.get(id.to_ascii_lowercase().as_str()).copied()
    }
}

/// Whether a code is also an ordinary word.
pub(super) fn is_ordinary(word: &str) -> bool {
    ORDINARY
        .iter()
        .any(|ordinary| ordinary.eq_ignore_ascii_case(word))
}

/// Whether a text consists of digits only.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is spelled like a code of Exchange: `Error` and another uppercase letter.
pub(super) fn looks_like_exchange_code(word: &str) -> bool {
    let rest = word.strip_prefix("Error").unwrap_or_default();
    rest.len() > 2
        && rest.len() < 80
        && rest.starts_with(|character: char| character.is_ascii_uppercase())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Digits behind the letters `AADSTS` anywhere in a word, without leading zeros.
pub(super) fn aadsts_digits(word: &str) -> Option<&str> {
    let at = word
        .as_bytes()
        .windows(6)
        .position(|letters| letters.eq_ignore_ascii_case(b"AADSTS"))?;
    let digits = &word[at + 6..];
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    // The table lists the numbers without leading zeros.
    let digits = digits[..end].trim_start_matches('0');
    (!digits.is_empty() && digits.len() <= LONGEST_NUMBER).then_some(digits)
}

/// Most digits of a code.
pub(super) const LONGEST_NUMBER: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_regard_to_case() {
        let known = CodeIndex::new();
        assert_eq!(known.word("errornonexistentmailbox").len(), 2);
        assert!(known.word("port").is_empty() && known.word("").is_empty());
        assert!(
            known.check("Mailbox.Impersonation").is_some() && known.cause("EWS.disabled").is_some()
        );
        assert!(known.number(CodeSource::SignIn, "7000215").is_some());
        assert!(
            known
                .number(CodeSource::ExchangeDiagnostics, "7000215")
                .is_none()
        );
    }

    #[test]
    fn every_ordinary_word_is_a_code_of_graph() {
        let known = CodeIndex::new();
        for word in ORDINARY {
            let rows = known.word(word);
            assert!(
                !rows.is_empty() && rows.iter().all(|row| row.service == CodeSource::Graph),
                "{word}"
            );
        }
    }

    #[test]
    fn exchange_codes_are_recognized_by_their_spelling() {
        assert!(looks_like_exchange_code(
            "ErrorCalendarIsDelegatedForAccept"
        ));
        for word in [
            "Error",
            "Errors",
            "ErrorCode7!",
            "ERRORS",
            "Errorlog",
            "NoError",
            "ErrorX",
        ] {
            assert!(!looks_like_exchange_code(word), "{word}");
        }
    }

    #[test]
    fn aadsts_is_found_anywhere_in_a_word() {
        for word in [
            "AADSTS7000222",
            "Aadsts7000222",
            "x_aadsts007000222",
            "AADSTS7000222Exception",
        ] {
            assert_eq!(aadsts_digits(word), Some("7000222"), "{word}");
        }
        for word in ["AADSTS", "AADSTSx1", "AADSTS12345678901", "AADSTS0"] {
            assert_eq!(aadsts_digits(word), None, "{word}");
        }
    }
}
