//! Fixed sentences and bare statuses of logs and screens, for `explain`. A check decides by codes and never reads them.

use serde::Deserialize;

use crate::terms::CauseId;

use super::codes::{CodeEntry, CodeSource, all as codes};
use super::table::{Embedded, Table};

/// A code of one service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeOf {
    /// The service.
    pub service: CodeSource,
    /// The code, as in `codes.toml`.
    pub code: String,
}

/// A fixed sentence without a code beside it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSentence {
    /// Fixed parts of the text.
    pub parts: Vec<String>,
    /// Whether every part has to be there; else one of them is enough.
    #[serde(default)]
    pub all: bool,
    /// Set for a text that proves little by itself: it counts only where nothing else was found.
    #[serde(default)]
    pub weak: bool,
    /// Where the text comes from.
    pub from: String,
    /// The code that belongs to the sentence.
    #[serde(default)]
    pub code: Option<CodeOf>,
    /// What it means, in plain words.
    pub text: String,
    /// Ids of the causes that can be behind it, the likeliest first.
    #[serde(default)]
    pub causes: Vec<CauseId>,
    /// What would decide between them, or what to do.
    #[serde(default)]
    pub next: Option<String>,
    /// Where the sentence was read, and when.
    pub source: String,
}

impl KnownSentence {
    /// The row of the code that belongs to the sentence.
    pub fn code_entry(&self) -> Option<&'static CodeEntry> {
        let wanted = self.code.as_ref()?;
        codes()
            .iter()
            .find(|row| row.service == wanted.service && row.code == wanted.code)
    }

    /// The row of the same code at another service, where there is one.
    pub fn code_entry_at(&self, service: CodeSource) -> Option<&'static CodeEntry> {
        let code = &self.code.as_ref()?.code;
        codes()
            .iter()
            .find(|row| row.service == service && row.code == *code)
    }
}

/// A bare HTTP status.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusEntry {
    /// The status.
    pub status: u16,
    /// The service, where the meaning differs by service; without one it holds for the others.
    #[serde(default)]
    pub service: Option<CodeSource>,
    /// What it means, in plain words.
    pub text: String,
    /// Ids of the causes that can be behind it, the likeliest first.
    #[serde(default)]
    pub causes: Vec<CauseId>,
    /// Ids of causes that count only if one of Microsoft's services sent the status, where that is not known.
    #[serde(default)]
    pub possible: Vec<CauseId>,
    /// What would decide between them.
    #[serde(default)]
    pub next: Option<String>,
}

/// The table of the sentences and statuses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownSentenceTable {
    sentence: Vec<KnownSentence>,
    status: Vec<StatusEntry>,
}

impl Table for KnownSentenceTable {
    const FILE: &'static str = "known_sentences.toml";
}

static SENTENCES: Embedded<KnownSentenceTable> = Embedded::new();

/// Every sentence, in the order of the file.
pub fn known_sentences() -> &'static [KnownSentence] {
    &SENTENCES.get().sentence
}

/// Every bare status, in the order of the file.
pub fn statuses() -> &'static [StatusEntry] {
    &SENTENCES.get().status
}

/// What a bare status of `service` means.
pub fn status(status: u16, service: Option<CodeSource>) -> Option<&'static StatusEntry> {
    let fitting = || {
        SENTENCES
            .get()
            .status
            .iter()
            .filter(move |entry| entry.status == status)
    };
    fitting()
        .find(|entry| entry.service.is_some() && entry.service == service)
        .or_else(|| fitting().find(|entry| entry.service.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_leads_somewhere_and_names_its_source() {
        for entry in known_sentences() {
            let name = &entry.parts[0];
            assert!(entry.parts.iter().all(|part| part.len() >= 9), "{name}");
            assert!(entry.source.contains("2026-"), "{name}");
            assert_eq!(entry.code.is_some(), entry.code_entry().is_some(), "{name}");
            let leads = entry.code.is_some() || !entry.causes.is_empty() || entry.next.is_some();
            assert!(leads || entry.text.contains("means"), "{name}");
        }
    }

    #[test]
    fn statuses_lead_to_causes_and_the_service_decides_first() {
        let first = |service| status(403, service)?.causes.first().copied();
        assert_eq!(
            first(Some(CodeSource::Graph)),
            Some(CauseId::GrantCalendarsReadWriteMissing)
        );
        assert_eq!(
            first(Some(CodeSource::Exchange)),
            Some(CauseId::EwsDisabled)
        );
        let unnamed = status(403, None).unwrap();
        assert!(unnamed.causes.is_empty() && !unnamed.text.contains("Exchange"));
        assert_eq!(unnamed.possible[0], CauseId::EwsDisabled);
        assert!(status(418, None).is_none());
    }
}
