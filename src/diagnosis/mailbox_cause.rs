//! Causes of mailbox responses, by the declared roles and the access pattern of the rooms.

use crate::evidence::{ConnectionFacts, Finding, Observation};
use crate::knowledge::{Need, format_message};
use crate::terms::{Api, CauseGroup, CauseId, Confidence};

use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need, room_check};
use super::judgment::{Judgment, Raised, describe_response, observed_response};
use super::response_cause::from_response;
use super::row_response::symptom_of;
use super::symptom::{Symptom, is_undecided};
use super::{ews_schedule, missing_grant};

/// Judges the response of a mailbox and adds the response and the relevant roles to the row.
pub(super) fn judge_response(
    context: &Context<'_>,
    row: &Observation,
    judge: impl FnOnce(&ConnectionFacts, &Symptom) -> Judgment,
) -> Judgment {
    let Some(symptom) = symptom_of(row) else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
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

/// The cause for the response of the service account; `None` for a success. A rejection that rooms share has their cause; a
/// rejection of this mailbox alone has its own.
pub(super) fn service_account_cause(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    symptom: &Symptom,
) -> Option<Raised> {
    let raised = cause_of(context, facts, row)?;
    Some(if is_shared_with_rooms(context, facts, symptom) {
        raised
    } else {
        own_cause_of_the_account(row, symptom)
    })
}

/// Whether a rejection of the service account has a cause that also applies to the rooms.
fn is_shared_with_rooms(context: &Context<'_>, facts: &ConnectionFacts, symptom: &Symptom) -> bool {
    let pattern = context.access_pattern(&facts.name);
    match symptom {
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
    }
}

/// Whether a room of the app has the same response, so that its cause also explains the service account.
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

/// The cause of a service account that fails on its own. A rejection without a reason does not show that the mailbox is
/// missing: the rooms are accessible, so the scope of the app is the first candidate, then a recent change, then the license.
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

/// The cause for the response of a mailbox; `None` for a success.
pub(super) fn cause_of(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
) -> Option<Raised> {
    let pattern = context.access_pattern(&facts.name);
    let symptom = symptom_of(row)?;
    let raised = match &symptom {
        Symptom::Ok | Symptom::AcceptedCaller => return None,
        // The retirement comes first, because its responses can look like any other rejection.
        refusal if is_the_end_of_ews(context, facts, row, refusal) => {
            Raised::new(CauseId::EwsRetired)
        }
        // One accessible mailbox rules out the switch of the organization, and the switch of the mailbox remains.
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

/// Whether EWS works for any mailbox of the tenant. The switch of the organization applies to every app, so access by another
/// app shows that the switch is not the reason.
fn is_accessible_over_ews(context: &Context<'_>, facts: &ConnectionFacts) -> bool {
    context.access_pattern(&facts.name).access_allowed > 0
        || context.tenant_allows_access(facts, Api::Ews)
}

/// The cause of a valid token that the backend behind the front-end server rejects. Without a reason and with access to other
/// mailboxes the cause remains undecided.
fn rejected_by_backend(row: &Observation, id: CauseId, access_allowed: usize) -> Raised {
    if id == CauseId::ServiceUnexpectedResponse && access_allowed > 0 {
        return from_response(row, id).with_candidate(CauseId::MailboxTokenRefused);
    }
    Raised::new(CauseId::MailboxTokenRefused)
}

/// A cause about the whole tenant or app is certain only if no room is left that could respond differently.
fn with_certainty(raised: Raised, unanimous: bool) -> Raised {
    if unanimous {
        raised
    } else {
        raised.with_confidence(Confidence::Likely)
    }
}

/// Whether a response results from the retirement of EWS. The form of such a response is not known yet.
fn is_the_end_of_ews(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    symptom: &Symptom,
) -> bool {
    may_be_the_end_of_ews(context, facts, row) && ews_schedule::is_refusal_of_ews(row, symptom)
}

/// Whether EWS is retired and no mailbox is accessible over it.
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

/// The cause of a rejection without a reason. The role decides between a missing permission and a policy, the access pattern
/// between tenant and mailbox.
fn access_cause(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Raised {
    let pattern = context.access_pattern(&facts.name);
    // Access to some mailboxes proves that the permission exists, so its scope is the reason.
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

/// The cause for a token that cannot be decoded; the missing permission remains a candidate.
fn blocked_and_undeclared(need: &Need, row: &Observation) -> Raised {
    Raised::new(CauseId::MailboxAccessBlocked)
        .because(describe_response(row))
        .with_candidate(need.missing_cause)
}

/// Adds the primary address to the cause for an alias.
fn with_right_address(raised: Raised, row: &Observation) -> Raised {
    if raised.id != CauseId::MailboxAliasUsed {
        return raised;
    }
    match primary_address(row) {
        Some(address) => {
            let pair = format_message(
                "alias.pair",
                &[("room", &row.subject), ("right_address", address)],
            );
            raised
                .because(pair.clone())
                .with_value("detail", pair)
                .with_value("right_address", address)
        }
        None => raised.in_case(Some("unnamed")),
    }
}

/// The primary address from the response. Exchange returns it with `ErrorNonPrimarySmtpAddress`, but the name of the value is
/// not documented, so the first value that is another address counts.
fn primary_address(row: &Observation) -> Option<&str> {
    let refusal = row.finding().and_then(Finding::refusal)?;
    refusal
        .values
        .values()
        .map(String::as_str)
        .find(|value| value.contains('@') && !value.eq_ignore_ascii_case(&row.subject))
}
