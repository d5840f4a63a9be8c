//! What a ticket at Microsoft needs besides the code: ids of requests, and points in time.

use std::collections::{BTreeMap, HashSet};

use super::token_context::LabelContext;
use super::tokenizer::{DIGIT, HYPHEN, LETTER, POINT, TextToken};

/// How many ids and times of one kind are shown.
const SHOWN: usize = 20;

/// The ends of the labels in front of an id, and what the id is called. A longer label stands before the one it ends with.
const LABELS: &[(&str, &str)] = &[
    ("clientrequestid", "client request id"),
    ("requestid", "request id"),
    ("correlationid", "correlation id"),
    ("traceid", "trace id"),
];

/// Different texts in the order in which they first appear: the first of them, and how many there are.
#[derive(Debug, Default)]
pub(super) struct DistinctTexts<'t> {
    first: Vec<&'t str>,
    all: HashSet<&'t str>,
}

impl<'t> DistinctTexts<'t> {
    /// Takes one more text.
    pub(super) fn add(&mut self, text: &'t str) {
        if self.all.insert(text) && self.first.len() < SHOWN {
            self.first.push(text);
        }
    }

    /// The first of them.
    pub(super) fn first(&self) -> &[&'t str] {
        &self.first
    }

    /// How many there are beyond the first of them.
    pub(super) fn more(&self) -> usize {
        self.all.len() - self.first.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// What to quote in a ticket.
#[derive(Debug, Default)]
pub(super) struct TicketDetails<'t> {
    /// Trace, correlation and request ids, by their name.
    pub(super) ids: BTreeMap<&'static str, DistinctTexts<'t>>,
    /// Points in time.
    pub(super) times: DistinctTexts<'t>,
}

impl<'t> TicketDetails<'t> {
    /// Takes a piece that has the form of an id, if a label says what it is.
    pub(super) fn read_id(&mut self, text: &'t str, token: &TextToken<'t>) {
        let run = LabelContext::of(text, token.start).run();
        if let Some((_, name)) = LABELS.iter().find(|(end, _)| run.ends_with(end)) {
            self.ids.entry(name).or_default().add(token.trimmed());
        }
    }
}

/// Whether a piece is a GUID, with its hyphens or as bare digits.
pub(super) fn is_request_id(token: &TextToken<'_>) -> bool {
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
