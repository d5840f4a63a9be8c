//! Live results: what the probes show about a permission.

use crate::evidence::{ConnectionFacts, Execution, Finding, Observation};
use crate::knowledge::{Need, format_message};
use crate::terms::{Api, CauseId, CheckGroup, CheckId, NeedId, SkipReason};

use super::access_proof::{self, AccessProof};
use super::diagnosis_context::Context;
use super::evidence_index::room_check;
use super::ews_schedule::ews_has_ended;
use super::judgment::Raised;
use super::mailbox_cause::cause_of;
use super::raised_causes::RaisedCauses;
use super::row_response::symptom_of;
use super::symptom::Symptom;

/// The combined result of the probes for a permission.
pub(super) enum LiveResult {
    /// At least one probe had access.
    Success,
    /// A request for a nonexistent item was accepted although the token lacks the role; the sentence gives the evidence.
    Shown(String),
    /// The response to a request for a nonexistent item does not show whether the app has access.
    Unproven(Raised),
    /// Every decided probe was rejected, for this cause.
    Refused(Raised),
    /// The probes ran, but none of them could decide; the cause gives the reason.
    NoResponse(Option<Raised>),
    /// The responses are about something other than access, such as a missing mailbox.
    Unrelated,
    /// No probe ran.
    NotProbed,
}

/// The checks whose responses decide about a permission, in a connection over `api`.
pub(super) fn probes(need: &Need, api: Option<Api>) -> &'static [CheckId] {
    match (need.id, api) {
        (NeedId::MailSend, _) => &[CheckId::MailSend],
        (NeedId::Users, _) => &[CheckId::DirectoryUsers],
        (NeedId::Groups, _) => &[CheckId::DirectoryGroups],
        (_, Some(Api::Ews)) => &[
            CheckId::MailboxImpersonation,
            CheckId::MailboxServiceAccount,
        ],
        (_, Some(Api::Graph)) => &[CheckId::MailboxCalendarRead, CheckId::MailboxCalendarWrite],
        (_, None) => &[],
    }
}

/// The live result of an accepted request. A request for a nonexistent item needs further evidence.
fn live_result_of_no_touch(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
) -> LiveResult {
    if !matches!(row.finding(), Some(Finding::NonexistentItem(_))) {
        return LiveResult::Success;
    }
    // The row can belong to another connection of the app, and the control request of that connection counts.
    let facts = context.connection_of(row).unwrap_or(facts);
    match access_proof::prove_access(context, facts, need) {
        AccessProof::Declared => LiveResult::Success,
        AccessProof::Unreadable => LiveResult::Shown(format_message("grant.unreadable", &[])),
        AccessProof::Shown(why) => LiveResult::Shown(why),
        AccessProof::Unproven(why) => {
            LiveResult::Unproven(access_proof::unproven_access(context, facts, need, &why))
        }
    }
}

/// The live result of rooms and the service account. Access to any mailbox in any connection of the app shows the
/// permission.
pub(super) fn live_result_of_rooms(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    api: Api,
) -> LiveResult {
    let rooms = context.rows(room_check(api), Some(&facts.name));
    let account = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let own = account
        .iter()
        .filter(|row| row.connection.as_deref() == Some(facts.name.as_str()));
    match live_result_of_rows(
        context,
        earlier,
        facts,
        &rooms.iter().chain(own).copied().collect::<Vec<_>>(),
    ) {
        // Another connection of the same app can list an accessible mailbox.
        _ if context.access_pattern(&facts.name).accessible > 0 => LiveResult::Success,
        live => live,
    }
}

/// The live result over Graph. The permission covers reading and writing, so read access alone is not a success.
pub(super) fn live_result_over_graph(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> LiveResult {
    match live_result_of_rooms(context, earlier, facts, Api::Graph) {
        LiveResult::Success => live_result_of_writes(context, earlier, facts, need),
        live => live,
    }
}

/// The live result of the write checks, where the rooms can be read.
fn live_result_of_writes(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> LiveResult {
    let writes = &writes_of_app(context, facts);
    let mut execution = writes
        .iter()
        .copied()
        .filter(|row| symptom_of(row).is_some());
    // A real write is stronger evidence than a request for a nonexistent event, and only the first room has one.
    if let Some(open) = execution
        .clone()
        .find(|row| symptom_of(row) == Some(Symptom::Ok))
    {
        return live_result_of_no_touch(context, facts, need, open);
    }
    match execution.find(|row| symptom_of(row) == Some(Symptom::AccessRefused)) {
        Some(refused) => earlier
            .first_raised(refused)
            .map_or(LiveResult::Success, LiveResult::Refused),
        None => live_result_of_rows(context, earlier, facts, writes),
    }
}

/// The write rows of a connection, or those of its app if the connection has none with a response.
fn writes_of_app<'e>(context: &Context<'e>, facts: &ConnectionFacts) -> Vec<&'e Observation> {
    let own = context.rows(CheckId::MailboxCalendarWrite, Some(&facts.name));
    if own.iter().any(|row| symptom_of(row).is_some()) {
        return own.to_vec();
    }
    context.rows_of_app(CheckId::MailboxCalendarWrite, facts)
}

fn live_result_of_rows(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    rows: &[&Observation],
) -> LiveResult {
    let symptoms: Vec<(&Observation, Symptom)> = rows
        .iter()
        .filter_map(|row| Some((*row, symptom_of(row)?)))
        .collect();
    if symptoms.iter().any(|(_, symptom)| *symptom == Symptom::Ok) {
        return LiveResult::Success;
    }
    // Rooms can respond differently. The order in which they are listed must not decide which response counts.
    let find = |wanted: &dyn Fn(&Symptom) -> bool| {
        symptoms
            .iter()
            .filter(|(_, symptom)| wanted(symptom))
            .min_by_key(|(_, symptom)| symptom)
            .map(|(row, _)| *row)
    };
    // A rejection is more specific than a missing response, so it is looked up first.
    if let Some(refused) = find(&Symptom::is_refusal_of_access) {
        return cause_of_probe(context, earlier, facts, refused)
            .map_or(LiveResult::Unrelated, LiveResult::Refused);
    }
    // After the retirement a response of any form can be its result, so the causes decide.
    if ews_has_ended(context.evidence) {
        let causes = symptoms
            .iter()
            .filter_map(|(row, _)| cause_of(context, facts, row));
        if let Some(retired) = causes
            .into_iter()
            .find(|cause| cause.id == CauseId::EwsRetired)
        {
            return LiveResult::Refused(retired);
        }
    }
    if let Some(undecided) = find(&Symptom::is_undecided) {
        return LiveResult::NoResponse(cause_of_probe(context, earlier, facts, undecided));
    }
    if !symptoms.is_empty() {
        return LiveResult::Unrelated;
    }
    live_result_of_skipped(context, earlier, rows)
}

/// The cause of a probe's response. Where the configuration of an administrator settled it, it is settled here as well.
fn cause_of_probe(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
) -> Option<Raised> {
    let settled = earlier.first_raised(row);
    settled
        .filter(Raised::is_settled)
        .or_else(|| cause_of(context, facts, row))
}

/// The live result if no probe ran: no response if another check blocked the probe or time ran out, else not probed.
fn live_result_of_skipped(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    rows: &[&Observation],
) -> LiveResult {
    for row in rows {
        match &row.execution {
            Execution::Skipped {
                reason: SkipReason::OutOfTime,
                ..
            } => return LiveResult::NoResponse(None),
            // A request was sent, so its missing response differs from a check that did not run.
            Execution::Completed(finding) if matches!(**finding, Finding::Sent { .. }) => {
                return LiveResult::NoResponse(None);
            }
            Execution::Skipped {
                reason: SkipReason::Blocked,
                blocked_by: Some(check),
            } if matches!(check.group(), CheckGroup::Network | CheckGroup::SignIn) => {
                return LiveResult::NoResponse(raised_by_blocker(context, earlier, row, *check));
            }
            _ => {}
        }
    }
    LiveResult::NotProbed
}

/// The cause of the check that blocked a row.
fn raised_by_blocker(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
    check: CheckId,
) -> Option<Raised> {
    let blockers = context.rows(check, row.connection.as_deref());
    blockers
        .iter()
        .find_map(|blocker| earlier.first_raised(blocker))
}

pub(super) fn live_result_of_probe(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> LiveResult {
    let Some(probe) = probes(need, facts.api).first() else {
        return LiveResult::NotProbed;
    };
    let rows = context.rows(*probe, Some(&facts.name));
    let Some(row) = rows.first() else {
        return LiveResult::NotProbed;
    };
    let Some(symptom) = symptom_of(row) else {
        return live_result_of_skipped(context, earlier, rows);
    };
    let raised = || earlier.first_raised(row);
    match symptom {
        Symptom::Ok => live_result_of_no_touch(context, facts, need, row),
        symptom if symptom.is_undecided() => LiveResult::NoResponse(raised()),
        symptom if symptom.is_refusal_of_access() => {
            raised().map_or(LiveResult::Unrelated, LiveResult::Refused)
        }
        _ => LiveResult::Unrelated,
    }
}
