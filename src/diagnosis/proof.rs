//! Without a role in the token: does a response about an item that does not exist show that access was granted?

use super::context::Context;
use super::index::Declared;
use super::judgement::Raised;
use super::missing_grant;
use super::order::Order;
use crate::evidence::ConnectionFacts;
use crate::knowledge::{Need, format_message};
use crate::terms::CauseId;

/// What stands behind a response about an item that does not exist.
pub(super) enum Access {
    /// A role in the token.
    Declared,
    /// The token cannot be read, so that the response counts by itself.
    Unreadable,
    /// No role is in the token, and the service decides about access before it looks at the item.
    Shown(String),
    /// No role is in the token, and nothing shows that order.
    Unproven(String),
}

/// What stands behind a response about an item that does not exist, for a permission.
pub(super) fn access(context: &Context<'_>, facts: &ConnectionFacts, need: &Need) -> Access {
    match context.declared(&facts.name, need) {
        Declared::Yes(_) => Access::Declared,
        Declared::Unreadable | Declared::NoToken => Access::Unreadable,
        Declared::Partly(_) | Declared::No => match context.order(&facts.name) {
            Some(Order::AccessFirst(why)) => Access::Shown(why.clone()),
            Some(Order::Open(why)) => Access::Unproven(why.clone()),
            None => Access::Unproven(format_message("control.not-sent", &[])),
        },
    }
}

/// The note about access that no role in the token explains. It is one for the app, whatever rows it explains.
pub(super) fn granted_in_exchange(facts: &ConnectionFacts, need: &Need, because: String) -> Raised {
    let note = Raised::new(CauseId::GrantByExchangeRbac)
        .because(because)
        .about(Some(facts.client_id.clone()));
    note.with("permission", need.value.clone())
}

/// The cause of a response that does not show whether access was granted.
pub(super) fn unproven(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    why: &str,
) -> Raised {
    let missing = missing_grant::why_missing(context, facts, need).map_or_else(
        || {
            if need.read_only.is_empty() {
                need.missing_cause
            } else {
                CauseId::GrantCalendarsReadOnly
            }
        },
        |why| why.id,
    );
    let sentence = format_message(
        "grant.unproven",
        &[("permission", &need.value), ("detail", why)],
    );
    let raised = Raised::new(CauseId::GrantWriteUnproven)
        .because(sentence)
        .or_perhaps(missing);
    let raised = raised
        .or_perhaps(CauseId::GrantByExchangeRbac)
        .about(Some(facts.client_id.clone()));
    raised
        .with("permission", need.value.clone())
        .with("api", need.api.title())
}
