//! Why a mailbox refused: refusals become causes by the declared roles and the pattern over the rooms.

use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need, room_check};
use super::judgment::{Judgment, Raised, describe_response, observed_response};
use super::response_cause::from_response;
use super::row_response::symptom_of;
use super::symptom::{Symptom, is_undecided};
use super::{ews_schedule, missing_grant};
use crate::evidence::{ConnectionFacts, Finding, Observation};
use crate::knowledge::{Need, format_message};
use crate::terms::{Api, CauseGroup, CauseId, Confidence};

/// Judges the answer of a mailbox with what every such row carries: what was seen, and the roles that bear on it.
pub(super) fn judge_response(
    context: &Context<'_>,
    row: &Observation,
    judge: impl FnOnce(&ConnectionFacts, &Symptom) -> Judgment,
) -> Judgment {
    let Some(symptom) = symptom_of(row) else {
        return Judgment::error(format_message("row.no-answer-kept", &[]));
    };
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = facts.api.map(calendar_need);
    let declared = need
        .map(|need| context.declared_roles(&facts.name, need))
        .unwrap_or_default();
    judge(facts, &symptom)
        .with_observed(observed_response(row))
        .declared(declared)
}

/// The cause behind the answer of the service account; `None` when nothing is wrong. A refusal that rooms share has the
/// rooms' cause, one that only this mailbox meets is its own.
pub(super) fn service_account_cause(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    symptom: &Symptom,
) -> Option<Raised> {
    let pattern = context.access_pattern(&facts.name);
    let shared = match symptom {
        Symptom::MailboxMissing => pattern.all_missing(),
        Symptom::Named(id) if *id == CauseId::MailboxOutsideAccessPolicy || is_undecided(*id) => {
            true
        }
        Symptom::Named(id) if matches!(id.group(), CauseGroup::SignIn | CauseGroup::Tenant) => true,
        other
            if other.is_refusal_of_access()
                && pattern.access_allowed == 0
                && pattern.rooms == 0 =>
        {
            true
        }
        other => is_met_by_a_room(context, facts, other),
    };
    let raised = cause_of(context, facts, row)?;
    Some(if shared {
        raised
    } else {
        own_cause_of_the_account(row, symptom)
    })
}

/// Whether a room of the app gave the same response, so that its cause explains the service account as well.
fn is_met_by_a_room(context: &Context<'_>, facts: &ConnectionFacts, symptom: &Symptom) -> bool {
    let Some(api) = facts.api else { return false };
    let pattern = context.access_pattern(&facts.name);
    let refused_alike =
        symptom.is_refusal_of_access() && pattern.access_allowed == 0 && pattern.refused > 0;
    refused_alike
        || context
            .rows_of_app(room_check(api), facts)
            .iter()
            .any(|room| symptom_of(room).as_ref() == Some(symptom))
}

/// A refusal without a reason does not say that the mailbox is missing: the rooms are open, so the reach of the app comes
/// first, then a fresh change, then the license.
fn own_cause_of_the_account(row: &Observation, symptom: &Symptom) -> Raised {
    let raised =
        Raised::new(CauseId::MailboxServiceAccountUnusable).because(describe_response(row));
    if *symptom != Symptom::AccessRefused {
        return raised;
    }
    [
        CauseId::MailboxOutsideScope,
        CauseId::MailboxOutsideAccessPolicy,
        CauseId::GrantNotYetEffective,
        CauseId::MailboxLicenseMissing,
    ]
    .into_iter()
    .fold(
        raised
            .with_confidence(Confidence::Possible)
            .in_case(Some("refused")),
        Raised::with_candidate,
    )
}

/// The cause behind the answer of a mailbox; `None` when nothing is wrong.
pub(super) fn cause_of(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
) -> Option<Raised> {
    let pattern = context.access_pattern(&facts.name);
    let symptom = symptom_of(row)?;
    let raised = match &symptom {
        Symptom::Ok | Symptom::AcceptedCaller => return None,
        refusal if is_the_end_of_ews(context, facts, row, refusal) => {
            Raised::new(CauseId::EwsRetired)
        }
        Symptom::EwsOff if !is_accessible_over_ews(context, facts) => {
            with_certainty(Raised::new(CauseId::EwsDisabled), pattern.is_unanimous())
        }
        Symptom::EwsOff => Raised::new(CauseId::EwsDisabledForMailbox),
        Symptom::EwsPolicy => Raised::new(CauseId::EwsAppNotAllowed),
        Symptom::MailboxMissing if pattern.all_missing() => {
            Raised::new(CauseId::MailboxNotInExchangeOnline).with_confidence(Confidence::Likely)
        }
        Symptom::MailboxMissing => Raised::new(CauseId::MailboxNotFound),
        Symptom::AccessRefused => return Some(access_cause(context, facts, row)),
        Symptom::Named(id) if context.is_refused_here_only(row, *id) => {
            rejected_by_backend(row, *id, pattern.access_allowed)
        }
        Symptom::Named(id)
            if *id == CauseId::ServiceUnavailable && may_be_the_end_of_ews(context, facts, row) =>
        {
            return Some(from_response(row, *id).with_candidate(CauseId::EwsRetired));
        }
        Symptom::Named(id) if *id == CauseId::MailboxNotFound && pattern.none_found() => {
            let raised = from_response(row, *id)
                .in_case(Some("every-room"))
                .with_confidence(Confidence::Likely);
            return Some(raised.with_candidate(CauseId::MailboxNotInExchangeOnline));
        }
        Symptom::Named(id) => return Some(with_right_address(from_response(row, *id), row)),
    };
    Some(raised.because(describe_response(row)))
}

/// Whether EWS works for any mailbox of the tenant. The switch of the organization concerns every app, so a mailbox that
/// another app opened shows that it is not the reason.
fn is_accessible_over_ews(context: &Context<'_>, facts: &ConnectionFacts) -> bool {
    context.access_pattern(&facts.name).access_allowed > 0
        || context.tenant_allows_access(facts, Api::Ews)
}

/// The token is good, and the service behind the front does not take it. Where it says nothing and lets the app into
/// other mailboxes, that stays open.
fn rejected_by_backend(row: &Observation, id: CauseId, access_allowed: usize) -> Raised {
    if id == CauseId::ServiceUnexpectedAnswer && access_allowed > 0 {
        return from_response(row, id).with_candidate(CauseId::MailboxTokenRefused);
    }
    Raised::new(CauseId::MailboxTokenRefused)
}

/// A verdict about the whole tenant or app is only certain when no room is left that could still answer otherwise.
fn with_certainty(raised: Raised, unanimous: bool) -> Raised {
    if unanimous {
        raised
    } else {
        raised.with_confidence(Confidence::Likely)
    }
}

/// From its last day on EWS refuses every room; in which form is not known.
fn is_the_end_of_ews(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    symptom: &Symptom,
) -> bool {
    may_be_the_end_of_ews(context, facts, row) && ews_schedule::is_refusal_of_ews(row, symptom)
}

/// Whether the day has come and no mailbox was let in over EWS.
fn may_be_the_end_of_ews(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
) -> bool {
    let over_ews = facts.api == Some(Api::Ews) && matches!(row.finding(), Some(Finding::Folder(_)));
    over_ews
        && context.access_pattern(&facts.name).access_allowed == 0
        && ews_schedule::ews_has_ended(context.evidence)
}

/// A refusal without a reason: the role decides between a missing grant and a block, the pattern between tenant and
/// mailbox.
fn access_cause(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Raised {
    let pattern = context.access_pattern(&facts.name);
    if pattern.access_allowed > 0 {
        let lists = [
            ("open", &*pattern.accessible_list()),
            ("refused", &*pattern.refused_list()),
        ];
        return Raised::new(CauseId::MailboxOutsideScope)
            .because(format_message("scope.both-lists", &lists));
    }
    let Some(need) = facts.api.map(calendar_need) else {
        return Raised::new(CauseId::MailboxAccessBlocked);
    };
    match context.declared(&facts.name, need) {
        Declared::No => with_certainty(
            missing_grant::missing(context, facts, need),
            pattern.is_unanimous(),
        ),
        Declared::Partly(by) | Declared::Yes(by) => blocked_despite_role(&by, row),
        Declared::Unreadable | Declared::NoToken => blocked_and_undeclared(need, row),
    }
}

fn blocked_despite_role(role: &str, row: &Observation) -> Raised {
    let sentence = format_message(
        "access.granted-but-blocked",
        &[("permission", role), ("detail", &describe_response(row))],
    );
    Raised::new(CauseId::MailboxAccessBlocked).because(sentence)
}

/// A token that cannot be read leaves the missing grant among the candidates.
fn blocked_and_undeclared(need: &Need, row: &Observation) -> Raised {
    Raised::new(CauseId::MailboxAccessBlocked)
        .because(describe_response(row))
        .with_candidate(need.missing_cause)
}

/// Exchange names the primary address beside `ErrorNonPrimarySmtpAddress`; the name of the value is not documented,
/// so the first value that is another address counts.
fn with_right_address(raised: Raised, row: &Observation) -> Raised {
    if raised.id != CauseId::MailboxAliasUsed {
        return raised;
    }
    let values = row
        .finding()
        .and_then(Finding::refusal)
        .map(|refusal| &refusal.values);
    let mut others = values.into_iter().flat_map(|values| values.values());
    match others.find(|value| value.contains('@') && !value.eq_ignore_ascii_case(&row.subject)) {
        Some(address) => {
            let pair = format_message(
                "alias.pair",
                &[("room", &row.subject), ("right_address", address)],
            );
            raised
                .because(pair.clone())
                .with_value("detail", pair)
                .with_value("right_address", address.clone())
        }
        None => raised.in_case(Some("unnamed")),
    }
}
