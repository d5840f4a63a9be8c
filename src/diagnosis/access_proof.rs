//! Evidence that access was granted, for a response about a nonexistent item and a token without the role.

use crate::evidence::ConnectionFacts;
use crate::knowledge::{Need, format_message};
use crate::terms::{CauseId, NeedId};

use super::access_order::AccessOrder;
use super::diagnosis_context::Context;
use super::evidence_index::Declared;
use super::judgment::Raised;
use super::missing_grant;

/// The evidence behind a response about a nonexistent item.
pub(super) enum AccessProof {
    /// The token contains the role.
    Declared,
    /// The token cannot be decoded, so the response counts on its own.
    Unreadable,
    /// The token lacks the role, and the service checks access before it looks up the item.
    Shown(String),
    /// The token lacks the role, and no response shows that order.
    Unproven(String),
}

/// Determines the evidence behind a response about a nonexistent item, for one permission.
pub(super) fn prove_access(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> AccessProof {
    match context.declared(&facts.name, need) {
        Declared::Yes(_) => AccessProof::Declared,
        Declared::Unreadable | Declared::NoToken => AccessProof::Unreadable,
        Declared::Partly(_) | Declared::No => match context.access_order(&facts.name) {
            Some(AccessOrder::AccessFirst(why)) => AccessProof::Shown(why.clone()),
            Some(AccessOrder::Undetermined(why)) => AccessProof::Unproven(why.clone()),
            None => AccessProof::Unproven(format_message("control.not-sent", &[])),
        },
    }
}

/// The note about access that no role in the token explains. There is one note per app.
pub(super) fn granted_in_exchange(facts: &ConnectionFacts, need: &Need, because: String) -> Raised {
    let note = Raised::new(CauseId::GrantByExchangeRbac)
        .because(because)
        .with_subject(Some(facts.client_id.clone()));
    note.with_value("permission", need.value.clone())
}

/// The cause for a response that does not show whether access was granted.
pub(super) fn unproven_access(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    why: &str,
) -> Raised {
    let missing = missing_grant::why_missing(context, facts, need)
        .map_or_else(|| usual_cause(need), |why| why.id);
    let sentence = format_message(
        "grant.unproven",
        &[("permission", &need.value), ("detail", why)],
    );
    let raised = Raised::new(CauseId::GrantWriteUnproven)
        .because(sentence)
        .in_case(Some(case_of(need.id)))
        .with_candidate(missing);
    let raised = raised
        .with_candidate(CauseId::GrantByExchangeRbac)
        .with_subject(Some(facts.client_id.clone()));
    raised
        .with_value("permission", need.value.clone())
        .with_value("api", need.api.title())
}

/// The case of the cause in the knowledge base. Only creating an event and sending a message are tested without the item.
fn case_of(need: NeedId) -> &'static str {
    if need == NeedId::MailSend {
        "mail"
    } else {
        "calendar"
    }
}

/// The cause of a missing permission about which nothing else is known.
fn usual_cause(need: &Need) -> CauseId {
    if need.read_only.is_empty() {
        need.missing_cause
    } else {
        CauseId::GrantCalendarsReadOnly
    }
}
