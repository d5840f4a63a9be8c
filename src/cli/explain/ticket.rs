//! Details for a support request to Microsoft: request ids and timestamps.

use std::collections::{BTreeMap, HashSet};

use super::token_context::LabelContext;
use super::tokenizer::{DIGIT, HYPHEN, LETTER, POINT, TextToken};

/// How many ids and timestamps of one kind are shown.
const MAX_SHOWN: usize = 20;

/// Ends of the labels in front of an id, and the name of the id. A longer label comes before a label that it ends with.
const LABELS: &[(&str, &str)] = &[
    ("clientrequestid", "client request id"),
    ("requestid", "request id"),
    ("correlationid", "correlation id"),
    ("traceid", "trace id"),
];

/// Distinct texts in order of appearance: the first ones, and a count of all.
#[derive(Debug, Default)]
pub(super) struct DistinctTexts<'t> {
    first: Vec<&'t str>,
    all: HashSet<&'t str>,
}

impl<'t> DistinctTexts<'t> {
    /// Adds a text.
    pub(super) fn add(&mut self, text: &'t str) {
        if self.all.insert(text) && self.first.len() < MAX_SHOWN {
            self.first.push(text);
        }
    }

    /// The first texts.
    pub(super) fn first(&self) -> &[&'t str] {
        &self.first
    }

    /// How many texts there are beyond the first ones.
    pub(super) fn more(&self) -> usize {
        self.all.len() - self.first.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// Details to quote in a support request.
#[derive(Debug, Default)]
pub(super) struct TicketDetails<'t> {
    /// Trace, correlation and request ids, by their name.
    pub(super) ids: BTreeMap<&'static str, DistinctTexts<'t>>,
    /// Timestamps.
    pub(super) times: DistinctTexts<'t>,
}

impl<'t> TicketDetails<'t> {
    /// Adds a request id, if the label in front of it names its kind.
    pub(super) fn read_id(&mut self, text: &'t str, token: &TextToken<'t>) {
        let run = LabelContext::of(text, token.start).run();
        if let Some((_, name)) = LABELS.iter().find(|(end, _)| run.ends_with(end)) {
            self.ids.entry(name).or_default().add(token.trimmed());
        }
    }
}

/// Whether a token is a GUID, with or without hyphens.
pub(super) fn is_request_id(token: &TextToken<'_>) -> bool {
    // Every token is tested, so the cheap conditions come before the parser.
    token.text.len() >= 32
        && token.holds(DIGIT)
        && token.is_only(LETTER | DIGIT | HYPHEN | POINT)
        && matches!(token.trimmed().len(), 32 | 36)
        && uuid::Uuid::try_parse(token.trimmed()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tokenizer::Tokenizer;
    use super::*;

    const ID: &str = "0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d";

    fn name_of(text: &str) -> Option<&'static str> {
        let mut ticket = TicketDetails::default();
        for token in Tokenizer::of(text).filter(is_request_id) {
            ticket.read_id(text, &token);
        }
        ticket.ids.into_keys().next()
    }

    #[test]
    fn every_label_is_known_in_every_spelling() {
        for (label, name) in [
            ("request-id:", "request id"),
            ("x-ms-request-id: ", "request id"),
            ("Request Id: ", "request id"),
            ("correlationId=", "correlation id"),
            (r"\r\nCorrelation ID: ", "correlation id"),
            ("traceId=", "trace id"),
            (r"\r\nTrace ID: ", "trace id"),
            (r#""trace_id":""#, "trace id"),
            ("clientRequestId=", "client request id"),
            ("x-ms-client-request-id: ", "client request id"),
            (r#""client-request-id":""#, "client request id"),
        ] {
            assert_eq!(name_of(&format!("x {label}{ID}. y")), Some(name), "{label}");
        }
        assert_eq!(
            name_of(&format!("traceId={}", ID.replace('-', ""))),
            Some("trace id")
        );
    }

    #[test]
    fn an_id_without_a_label_is_not_a_request_id() {
        assert_eq!(name_of(&format!("app '{ID}' and trace id later")), None);
        assert_eq!(name_of("request-id: none"), None);
    }

    #[test]
    fn texts_beyond_the_limit_are_counted() {
        let texts: Vec<String> = (0..25).map(|number| number.to_string()).collect();
        let mut distinct = DistinctTexts::default();
        for text in texts.iter().chain(&texts) {
            distinct.add(text);
        }
        assert_eq!((distinct.first().len(), distinct.more()), (20, 5));
    }
}
