//! The order in which a service checks access and looks up an item, as control requests and other rejections show it.

use std::collections::HashMap;

use crate::evidence::{ConnectionFacts, Control, Finding, Observation, Reply};
use crate::knowledge::format_message;
use crate::terms::{CauseId, CheckId, Service};

use super::evidence_index::EvidenceIndex;
use super::judgment::describe_reply;
use super::row_response::symptom_of;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// The access order of each connection, by the name of the connection.
pub(super) type AccessOrders<'e> = HashMap<&'e str, AccessOrder>;

/// The order in which a service checks access and looks up an item, with a sentence that gives the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AccessOrder {
    /// Access first: a request for a nonexistent item was rejected because the app has no access.
    AccessFirst(String),
    /// No response shows the order.
    Undetermined(String),
}

/// Determines the access order of each connection, from its control request or from a rejection of the same kind.
pub(super) fn access_orders<'e>(context: &EvidenceIndex<'e>) -> AccessOrders<'e> {
    let connections = &context.evidence.connections;
    connections
        .iter()
        .map(|facts| (facts.name.as_str(), determine_order(context, facts)))
        .collect()
}

fn determine_order(context: &EvidenceIndex<'_>, facts: &ConnectionFacts) -> AccessOrder {
    let control = context
        .evidence
        .controls
        .iter()
        .find(|control| control.connection == facts.name);
    match control {
        // The control request needs a role that the token lacks, so its rejection shows the order directly.
        Some(control) if refuses_access(&control.reply) => {
            AccessOrder::AccessFirst(about(control, "control.refused"))
        }
        _ if refuses_in_an_open_mailbox(context, facts) => {
            AccessOrder::AccessFirst(format_message("control.refused-elsewhere", &[]))
        }
        Some(control) if is_about_the_item(&control.reply) => {
            AccessOrder::Undetermined(about(control, "control.about-the-item"))
        }
        Some(control) => AccessOrder::Undetermined(about(control, "control.no-decision")),
        None => AccessOrder::Undetermined(format_message("control.not-sent", &[])),
    }
}

fn about(control: &Control, key: &str) -> String {
    format_message(key, &[("detail", &describe_reply(&control.reply))])
}

/// Whether the service itself rejects the request because the app has no access. A rejection without a code may come from a
/// proxy or a gateway.
fn refuses_access(reply: &Reply<()>) -> bool {
    let Reply::Refused(refusal) = reply else {
        return false;
    };
    let is_from_the_service = refusal.code.is_some() || !refusal.inner_codes.is_empty();
    is_from_the_service
        && match symptom_of_reply::classify(Service::Graph, reply) {
            Symptom::AccessRefused => true,
            Symptom::Named(id) => id == CauseId::MailboxOutsideAccessPolicy,
            _ => false,
        }
}

fn is_about_the_item(reply: &Reply<()>) -> bool {
    symptom_of_reply::classify_no_touch(reply) == Symptom::Ok
}

/// Whether a mailbox that the connection can read rejects a request for a nonexistent item. The missing role is then the
/// only possible reason, so the service did not look up the item.
fn refuses_in_an_open_mailbox(context: &EvidenceIndex<'_>, facts: &ConnectionFacts) -> bool {
    let rows = |check| context.rows(check, Some(&facts.name)).iter().copied();
    let refused = rows(CheckId::MailboxCalendarWrite)
        .chain(rows(CheckId::MailSend))
        .filter(|row| refuses_item(row));
    let opened = |subject: &str| {
        let reads = rows(CheckId::MailboxCalendarRead).chain(rows(CheckId::MailboxServiceAccount));
        let mut same = reads.filter(|read| read.subject.eq_ignore_ascii_case(subject));
        same.any(|read| {
            matches!(
                read.finding(),
                Some(Finding::CalendarView(Reply::Success(())))
            )
        })
    };
    refused
        .map(|row| &row.subject)
        .any(|subject| opened(subject))
}

fn refuses_item(row: &Observation) -> bool {
    matches!(row.finding(), Some(Finding::NonexistentItem(reply)) if refuses_access(reply))
        && symptom_of(row) == Some(Symptom::AccessRefused)
}
