//! Fixed sentences of the services that narrow what the code beside them means.

use std::sync::LazyLock;

use serde::Deserialize;

use super::codes::{CodeSource, Meaning};
use super::embedded;

/// A sentence that narrows a code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextEntry {
    /// The service that sends the sentence.
    pub service: CodeSource,
    /// The codes beside which the sentence counts.
    pub codes: Vec<String>,
    /// Parts of the message; one of them is enough.
    pub sentences: Vec<String>,
    /// What the code and the sentence lead to together.
    pub meaning: Meaning,
    /// The case of the cause, where the cause has cases.
    #[serde(default)]
    pub case: Option<String>,
    /// What the sentence adds to the code, in plain words.
    pub text: String,
    /// Where the sentence was read, and when.
    pub source: String,
}

impl TextEntry {
    fn is_about(&self, service: CodeSource, code: &str) -> bool {
        self.service == service && self.codes.iter().any(|known| known.eq_ignore_ascii_case(code))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: Vec<TextEntry>,
}

static TEXTS: LazyLock<Vec<TextEntry>> = LazyLock::new(|| embedded::parse::<File>(include_str!("texts.toml")).text);

/// Every sentence, in the order of the file.
pub fn texts() -> &'static [TextEntry] {
    &TEXTS
}

/// The sentence in `message` that narrows `code` of `service`, if there is one.
pub fn narrowing(service: CodeSource, code: &str, message: &str) -> Option<&'static TextEntry> {
    let mut rows = texts().iter().filter(|entry| entry.is_about(service, code)).peekable();
    rows.peek()?;
    let message = on_one_line(message);
    rows.find(|entry| entry.sentences.iter().any(|sentence| message.contains(&on_one_line(sentence))))
}

/// A text in lowercase and on one line: consoles wrap messages.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{cause, codes, graph};
    use crate::terms::CauseId;

    #[test]
    fn every_row_names_known_codes_and_causes_and_its_source() {
        for entry in texts() {
            for code in &entry.codes {
                let known = match entry.service {
                    // A code of Exchange counts at Graph as well.
                    CodeSource::Graph => graph(code).is_some(),
                    service => codes().iter().any(|row| row.service == service && row.code == *code),
                };
                assert!(known, "{code} is not in codes.toml");
            }
            assert!(!entry.sentences.is_empty() && entry.sentences.iter().all(|part| part.len() >= 6));
            assert!(!entry.text.is_empty() && entry.source.contains("2026-"), "{:?}", entry.codes);
            match (&entry.meaning, &entry.case) {
                (Meaning::Cause(id), case) => {
                    let named = cause(*id);
                    assert!(case.as_deref().is_none_or(|case| named.case(case).is_some()), "{id}: {case:?}");
                }
                (_, case) => assert!(case.is_none(), "a case needs a cause"),
            }
        }
    }

    #[test]
    fn a_sentence_is_found_without_regard_to_case() {
        let cause_of = |message| match &narrowing(CodeSource::Graph, "errorAccessDenied", message)?.meaning {
            Meaning::Cause(id) => Some(*id),
            _ => None,
        };
        assert_eq!(cause_of("access to odata IS DISABLED."), Some(CauseId::MailboxAccessBlocked));
        assert_eq!(cause_of("Access is denied. Check credentials and try again."), None);
    }

    #[test]
    fn a_sentence_counts_beside_its_code_and_service_only() {
        let sentence = "Access to OData is disabled.";
        assert!(narrowing(CodeSource::Graph, "ErrorItemNotFound", sentence).is_none());
        assert!(narrowing(CodeSource::Exchange, "ErrorAccessDenied", sentence).is_none());
        assert!(narrowing(CodeSource::Graph, "ErrorAccessDenied", "").is_none());
    }

    #[test]
    fn the_words_beside_an_old_number_decide_what_it_means() {
        let beside = |code, message| match &narrowing(CodeSource::SignIn, code, message)?.meaning {
            Meaning::Cause(id) => Some(*id),
            _ => None,
        };
        assert_eq!(beside("70002", "AADSTS70002: something new"), None);
        let missing = "AADSTS70002: The request body must contain the following\r\n parameter: 'client_secret'.";
        assert_eq!(beside("70002", missing), Some(CauseId::SignInSecretMissing));
        let wrong = "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.";
        for code in ["70002", "50012"] {
            assert_eq!(beside(code, wrong), Some(CauseId::SignInSecretWrong), "{code}");
        }
        assert_eq!(beside("50012", "Client assertion contains an invalid signature"), None);
        assert_eq!(beside("70001", "Application 'x' is disabled."), Some(CauseId::SignInAppDisabled));
        assert_eq!(beside("7000215", missing), None, "a code without such rows");
    }
}
