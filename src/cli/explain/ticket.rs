//! What a ticket at Microsoft needs besides the code: ids of requests, and points in time.

use std::collections::{BTreeMap, HashSet};

use super::cut::{DIGIT, HYPHEN, LETTER, POINT, Piece};
use super::place::Front;

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
pub(super) struct Distinct<'t> {
    first: Vec<&'t str>,
    seen: HashSet<&'t str>,
}

impl<'t> Distinct<'t> {
    /// Takes one more text.
    pub(super) fn add(&mut self, text: &'t str) {
        if self.seen.insert(text) && self.first.len() < SHOWN {
            self.first.push(text);
        }
    }

    /// The first of them.
    pub(super) fn first(&self) -> &[&'t str] {
        &self.first
    }

    /// How many there are beyond the first of them.
    pub(super) fn more(&self) -> usize {
        self.seen.len() - self.first.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// What to quote in a ticket.
#[derive(Debug, Default)]
pub(super) struct Ticket<'t> {
    /// Trace, correlation and request ids, by their name.
    pub(super) ids: BTreeMap<&'static str, Distinct<'t>>,
    /// Points in time.
    pub(super) times: Distinct<'t>,
}

impl<'t> Ticket<'t> {
    /// Takes a piece that has the form of an id, if a label says what it is.
    pub(super) fn read_id(&mut self, text: &'t str, piece: &Piece<'t>) {
        let run = Front::of(text, piece.start).run();
        if let Some((_, name)) = LABELS.iter().find(|(end, _)| run.ends_with(end)) {
            self.ids.entry(name).or_default().add(piece.trimmed());
        }
    }
}

/// Whether a piece is a GUID, with its hyphens or as bare digits.
pub(super) fn has_form_of_an_id(piece: &Piece<'_>) -> bool {
    piece.text.len() >= 32
        && piece.holds(DIGIT)
        && piece.is_only(LETTER | DIGIT | HYPHEN | POINT)
        && matches!(piece.trimmed().len(), 32 | 36)
        && uuid::Uuid::try_parse(piece.trimmed()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::cut::Pieces;
    use super::*;

    const ID: &str = "0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d";

    fn name_of(text: &str) -> Option<&'static str> {
        let mut ticket = Ticket::default();
        for piece in Pieces::of(text).filter(has_form_of_an_id) {
            ticket.read_id(text, &piece);
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
    fn an_id_without_a_label_is_no_id_of_a_request() {
        assert_eq!(name_of(&format!("app '{ID}' and trace id later")), None);
        assert_eq!(name_of("request-id: none"), None);
    }

    #[test]
    fn what_is_beyond_the_first_ones_is_counted() {
        let texts: Vec<String> = (0..25).map(|number| number.to_string()).collect();
        let mut distinct = Distinct::default();
        for text in texts.iter().chain(&texts) {
            distinct.add(text);
        }
        assert_eq!((distinct.first().len(), distinct.more()), (20, 5));
    }
}
