//! Fixed sentences of the services that narrow what the code beside them means.

use serde::Deserialize;

use super::codes::{CodeSource, Meaning};
use super::table::{Embedded, Table};

/// A sentence that narrows a code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeText {
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
    /// Set for a row that only `explain` reads: a check knows more than the sentence and decides without it.
    #[serde(default)]
    pub explain_only: bool,
    /// Set where the row counts only if the first value in quotation marks behind the sentence is not a GUID.
    #[serde(default)]
    pub without_guid: bool,
    /// Phrases in front of the value that decides. If one of them is in the message, the sentence counts only in its value.
    #[serde(default)]
    pub behind: Vec<String>,
}

impl CodeText {
    fn is_about(&self, service: CodeSource, code: &str) -> bool {
        self.service == service
            && self
                .codes
                .iter()
                .any(|known| known.eq_ignore_ascii_case(code))
    }

    /// Whether a message, in lowercase and on one line, holds one of the sentences.
    fn is_in(&self, message: &str) -> bool {
        let message = self.named_value(message).unwrap_or(message);
        self.sentences.iter().any(|sentence| {
            let sentence = on_one_line(sentence);
            let behind = message
                .find(&sentence)
                .and_then(|at| message.get(at + sentence.len()..));
            behind.is_some_and(|behind| !self.without_guid || quotes_no_guid(behind))
        })
    }
}

impl CodeText {
    /// The value behind the first phrase of the row that a message, in lowercase and on one line, holds, with its closing
    /// quotation mark.
    fn named_value<'m>(&self, message: &'m str) -> Option<&'m str> {
        let value = self.behind.iter().find_map(|phrase| {
            let phrase = on_one_line(phrase);
            let at = message.find(&phrase)?;
            message.get(at + phrase.len()..)
        })?;
        let value = value.trim_start_matches([' ', ':', '\'', '"']);
        let end = value.find([' ', '\'', '"']);
        // The quotation mark is one byte long.
        end.map_or(Some(value), |end| value.get(..=end))
    }
}

/// Whether a message names the value that decides what `code` of `service` means, so that nothing else in the text does.
pub fn names_deciding_value(service: CodeSource, code: &str, text: &str) -> bool {
    let message = on_one_line(&with_plain_quotes(text));
    code_texts()
        .iter()
        .filter(|entry| entry.is_about(service, code))
        .any(|entry| entry.named_value(&message).is_some())
}

/// The table of the sentences that narrow a code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeTextTable {
    text: Vec<CodeText>,
}

impl Table for CodeTextTable {
    const FILE: &'static str = "code_texts.toml";
}

static TEXTS: Embedded<CodeTextTable> = Embedded::new();

/// Every sentence, in the order of the file.
pub fn code_texts() -> &'static [CodeText] {
    &TEXTS.get().text
}

/// The sentence in `message` that narrows `code` of `service` for a check, if there is one.
pub fn find_narrowing(service: CodeSource, code: &str, message: &str) -> Option<&'static CodeText> {
    find(service, code, message, &|entry| !entry.explain_only)
}

/// The sentence in a pasted text that narrows `code` of `service`, if there is one. The rows for pasted texts come first,
/// since they are about forms that a check never meets.
pub fn find_log_narrowing(
    service: CodeSource,
    code: &str,
    text: &str,
) -> Option<&'static CodeText> {
    if !can_be_narrowed(service, code) {
        return None;
    }
    let text = with_plain_quotes(text);
    find(service, code, &text, &|entry| entry.explain_only)
        .or_else(|| find_narrowing(service, code, &text))
}

/// Quotation marks as JSON, HTML, addresses and word processors write them, as they were.
fn with_plain_quotes(text: &str) -> String {
    // The longer escape comes before the shorter one that it contains.
    const SPELLINGS: &[&str] = &[
        "\\\\u0027",
        "\\u0027",
        "&#39;",
        "&#x27;",
        "&apos;",
        "%27",
        "\u{2018}",
        "\u{2019}",
        "\u{201a}",
    ];
    let mut plain = text.replace("&quot;", "\"").replace("\\\"", "\"");
    for spelling in SPELLINGS {
        plain = plain.replace(spelling, "'");
    }
    plain
}

/// Whether any sentence can narrow `code` of `service`.
pub fn can_be_narrowed(service: CodeSource, code: &str) -> bool {
    code_texts()
        .iter()
        .any(|entry| entry.is_about(service, code))
}

fn find(
    service: CodeSource,
    code: &str,
    message: &str,
    counts: &dyn Fn(&CodeText) -> bool,
) -> Option<&'static CodeText> {
    let mut rows = code_texts()
        .iter()
        .filter(|entry| counts(entry) && entry.is_about(service, code))
        .peekable();
    // Most codes have no sentence, so the message is normalized only where one can match.
    rows.peek()?;
    let message = on_one_line(message);
    rows.find(|entry| entry.is_in(&message))
}

/// Whether the first value in quotation marks is not a GUID.
fn quotes_no_guid(behind: &str) -> bool {
    let mut parts = behind.splitn(
        3,
        [
            '\'', '"', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{201e}',
        ],
    );
    // Without a closing quotation mark the value is cut off and proves nothing.
    let value = parts.nth(1).filter(|_| parts.next().is_some());
    value.is_some_and(|value| {
        // A console can have wrapped the GUID.
        let joined: String = value.split_whitespace().collect();
        uuid::Uuid::try_parse(&joined).is_err() && !is_withheld(&joined)
    })
}

/// Whether a value was left out or masked, so that it shows nothing about the original: a placeholder of Microsoft, such as
/// `{appIdentifier}` in sign-in logs, or `***`.
fn is_withheld(value: &str) -> bool {
    let is_placeholder = value.starts_with('{') && !value.starts_with("{{") && value.ends_with('}');
    let is_masked = value.contains("**")
        || value.contains("\u{2022}\u{2022}")
        || value.contains("xxxx")
        || ["redacted", "masked", "removed", "hidden"]
            .iter()
            .any(|word| value.contains(word));
    let is_mark = |mark: char| !mark.is_alphanumeric() || mark == 'x';
    is_placeholder || is_masked || value.chars().all(is_mark)
}

/// A text in lowercase and on one line: consoles wrap messages.
fn on_one_line(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{cause, codes, graph};
    use crate::terms::CauseId;

    #[test]
    fn every_row_names_known_codes_and_causes_and_its_source() {
        for entry in code_texts() {
            for code in &entry.codes {
                let known = match entry.service {
                    // A code of Exchange counts at Graph as well.
                    CodeSource::Graph => graph(code).is_some(),
                    service => codes()
                        .iter()
                        .any(|row| row.service == service && row.code == *code),
                };
                assert!(known, "{code} is not in codes.toml");
            }
            assert!(
                !entry.sentences.is_empty() && entry.sentences.iter().all(|part| part.len() >= 6)
            );
            assert!(
                !entry.text.is_empty() && entry.source.contains("2026-"),
                "{:?}",
                entry.codes
            );
            match (&entry.meaning, &entry.case) {
                (Meaning::Cause(id), case) => {
                    let named = cause(*id);
                    assert!(
                        case.as_deref()
                            .is_none_or(|case| named.case(case).is_some()),
                        "{id}: {case:?}"
                    );
                }
                (_, case) => assert!(case.is_none(), "a case needs a cause"),
            }
        }
    }

    #[test]
    fn a_sentence_is_found_without_regard_to_case() {
        let cause_of =
            |message| match &find_narrowing(CodeSource::Graph, "errorAccessDenied", message)?
                .meaning
            {
                Meaning::Cause(id) => Some(*id),
                _ => None,
            };
        assert_eq!(
            cause_of("access to odata IS DISABLED."),
            Some(CauseId::MailboxAccessBlocked)
        );
        assert_eq!(
            cause_of("Access is denied. Check credentials and try again."),
            None
        );
    }

    #[test]
    fn rows_for_explain_change_no_check() {
        let message = "AADSTS700016: Application with identifier 'ENTER_YOUR_CLIENT_ID' was not found in the directory.";
        assert!(find_narrowing(CodeSource::SignIn, "700016", message).is_none());
        assert!(find_log_narrowing(CodeSource::SignIn, "700016", message).is_some());
        let known = message.replace(
            "ENTER_YOUR_CLIENT_ID",
            "9a41d1a0-0000-4000-8000-000000000000",
        );
        assert!(find_log_narrowing(CodeSource::SignIn, "700016", &known).is_none());
        assert!(
            find_log_narrowing(
                CodeSource::SignIn,
                "700016",
                "Application with identifier was not found"
            )
            .is_none()
        );
        for quoted in [
            r"Tenant \u0027token\u0027 not",
            "Tenant &#39;token&#39; not",
            "Tenant \u{2018}token\u{2019} not",
        ] {
            assert!(
                find_log_narrowing(CodeSource::SignIn, "90002", quoted).is_some(),
                "{quoted}"
            );
        }
    }

    #[test]
    fn a_sentence_counts_beside_its_code_and_service_only() {
        let sentence = "Access to OData is disabled.";
        assert!(find_narrowing(CodeSource::Graph, "ErrorItemNotFound", sentence).is_none());
        assert!(find_narrowing(CodeSource::Exchange, "ErrorAccessDenied", sentence).is_none());
        assert!(find_narrowing(CodeSource::Graph, "ErrorAccessDenied", "").is_none());
    }

    #[test]
    fn the_words_beside_an_old_number_decide_what_it_means() {
        let beside =
            |code, message| match &find_narrowing(CodeSource::SignIn, code, message)?.meaning {
                Meaning::Cause(id) => Some(*id),
                _ => None,
            };
        assert_eq!(beside("70002", "AADSTS70002: something new"), None);
        let missing = "AADSTS70002: The request body must contain the following\r\n parameter: 'client_secret'.";
        assert_eq!(beside("70002", missing), Some(CauseId::SignInSecretMissing));
        let wrong = "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.";
        for code in ["70002", "50012"] {
            assert_eq!(
                beside(code, wrong),
                Some(CauseId::SignInSecretWrong),
                "{code}"
            );
        }
        assert_eq!(
            beside("50012", "Client assertion contains an invalid signature"),
            None
        );
        assert_eq!(
            beside("70001", "Application 'x' is disabled."),
            Some(CauseId::SignInAppDisabled)
        );
        assert_eq!(beside("7000215", missing), None, "a code without such rows");
    }
}
