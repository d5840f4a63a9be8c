//! Declared against observed: the role in the token and the live answer, by section 6 of the design.

use super::access_proof::{self, AccessProof};
use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need, room_check};
use super::ews_schedule::ews_has_ended;
use super::judgment::{Judgment, Raised, from_cause};
use super::judgments::Judgments;
use super::mailbox_cause::cause_of;
use super::missing_grant::{self, missing};
use super::row_response::{observed_with_status, symptom_of};
use super::skipped_rows::blocked_by_sign_in;
use super::surplus;
use super::symptom::Symptom;
use crate::evidence::{ConnectionFacts, Execution, Finding, Observation};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{
    Api, CauseGroup, CauseId, CheckId, Confidence, NeedId, Outcome, Resource, SkipReason,
};

/// The checks of the permissions.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::GrantFullAccessAsApp,
    CheckId::GrantCalendarsReadWrite,
    CheckId::GrantMailSend,
    CheckId::GrantUserReadAll,
    CheckId::GrantGroupReadAll,
    CheckId::GrantSurplus,
];

/// Judges a permission by the token, and by what the `earlier` stages made of the probes that need it.
pub(super) fn judge(context: &Context<'_>, earlier: &Judgments<'_>, row: &Observation) -> Judgment {
    match row.check {
        CheckId::GrantMailSend => judge_feature_permission(context, earlier, row, NeedId::MailSend),
        CheckId::GrantUserReadAll => judge_feature_permission(context, earlier, row, NeedId::Users),
        CheckId::GrantGroupReadAll => {
            judge_feature_permission(context, earlier, row, NeedId::Groups)
        }
        CheckId::GrantSurplus => surplus::judge(context, row),
        _ => judge_calendar(context, earlier, row),
    }
}

/// What the probes said about a permission, all together.
enum LiveResult {
    /// At least one probe was let in.
    Success,
    /// A probe that touches nothing was let in, and no role in the token explains it; the sentence tells why it counts.
    Shown(String),
    /// A probe that touches nothing got a response that does not show whether it was let in.
    Unproven(Raised),
    /// Every probe that decided anything was refused, for this cause.
    Refused(Raised),
    /// Probes were execution, but none could decide; the cause says why.
    NoAnswer(Option<Raised>),
    /// The probes that completed spoke about something else than access, such as a missing mailbox.
    Unrelated,
    /// Nothing was execution.
    NotProbed,
}

/// Judges the grant for the rooms' calendars.
fn judge_calendar(context: &Context<'_>, earlier: &Judgments<'_>, row: &Observation) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let Some(api) = facts.api else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = calendar_need(api);
    judge_permission(context, facts, need, || match api {
        Api::Ews => live_result_of_rooms(context, earlier, facts, api),
        Api::Graph => live_result_over_graph(context, earlier, facts, need),
    })
}

/// Judges the grant of an optional permission by the one probe that needs it.
fn judge_feature_permission(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
    row: &Observation,
    need_id: NeedId,
) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = knowledge::need(need_id);
    judge_permission(context, facts, need, || {
        live_result_of_probe(context, earlier, facts, need)
    })
}

fn judge_permission(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: impl FnOnce() -> LiveResult,
) -> Judgment {
    let declared = context.declared(&facts.name, need);
    let roles = context.declared_roles(&facts.name, need);
    let judgment = match declared {
        Declared::NoToken => return blocked_by_sign_in(context, facts, need.api),
        Declared::Yes(by) => judge_declared(&by, live()),
        Declared::Partly(by) => judge_partly(context, facts, need, &by, live()),
        Declared::No => judge_undeclared(context, facts, need, live()),
        Declared::Unreadable => judge_unreadable(live()),
    };
    let deciding = deciding_row(context, facts, need, judgment.outcome == Outcome::Pass);
    let deciding = deciding.and_then(|row| observed_with_status(context.evidence, row));
    judgment.declared(roles).with_observed(deciding)
}

/// The checks whose live responses decide about a permission, on a connection over `api`.
fn probes(need: &Need, api: Option<Api>) -> &'static [CheckId] {
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

/// The live response to show beside the role: for a pass one that opened something, else the first that was refused or
/// undecided. A pass may rest on another connection of the same app.
fn deciding_row<'e>(
    context: &Context<'e>,
    facts: &ConnectionFacts,
    need: &Need,
    passes: bool,
) -> Option<&'e Observation> {
    let checks = probes(need, facts.api);
    let rows = checks
        .iter()
        .flat_map(|check| context.rows(*check, Some(&facts.name)).iter().copied());
    let execution: Vec<(&Observation, Symptom)> = rows
        .filter_map(|row| Some((row, symptom_of(row)?)))
        .collect();
    let decides = |symptom: &Symptom| {
        if passes {
            *symptom == Symptom::Ok
        } else {
            symptom.is_refusal_of_access() || symptom.is_undecided()
        }
    };
    if let Some((row, _)) = execution.iter().find(|(_, symptom)| decides(symptom)) {
        return Some(row);
    }
    let elsewhere = checks
        .iter()
        .filter(|_| passes)
        .flat_map(|check| context.rows_of_app(*check, facts));
    let mut elsewhere = elsewhere.filter(|row| symptom_of(row) == Some(Symptom::Ok));
    elsewhere
        .next()
        .or_else(|| execution.first().map(|(row, _)| *row))
}

fn judge_declared(by: &str, live: LiveResult) -> Judgment {
    let role = [("permission", by)];
    match live {
        LiveResult::Success | LiveResult::Shown(_) => {
            Judgment::pass(format_message("grant.declared-and-observed", &role))
        }
        LiveResult::Refused(raised) => {
            let judgment = from_cause(raised);
            Judgment {
                message: format_message("grant.granted-but-blocked", &role),
                ..judgment
            }
        }
        LiveResult::NoAnswer(raised) => {
            Judgment::unknown(format_message("grant.declared-only", &role)).raising_all(raised)
        }
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.declared-only", &role)).raising(raised)
        }
        LiveResult::Unrelated | LiveResult::NotProbed => {
            Judgment::pass(format_message("grant.declared-not-probed", &role))
                .with_confidence(Confidence::Likely)
        }
    }
}

fn judge_partly(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    by: &str,
    live: LiveResult,
) -> Judgment {
    match live {
        LiveResult::Success if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by))
        }
        LiveResult::Success if need.api == Resource::Graph && need.id == NeedId::GraphCalendar => {
            granted_elsewhere(facts, need)
        }
        LiveResult::Success => Judgment::pass(format_message(
            "grant.declared-and-observed",
            &[("permission", by)],
        )),
        LiveResult::NotProbed | LiveResult::Unrelated if need.id == NeedId::GraphCalendar => {
            let sentence = format_message("write.read-role", &[("permission", by)]);
            from_cause(
                Raised::new(CauseId::GrantCalendarsReadOnly)
                    .with_confidence(Confidence::Likely)
                    .because(sentence),
            )
        }
        LiveResult::NotProbed | LiveResult::Unrelated if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by).with_confidence(Confidence::Likely))
        }
        LiveResult::Refused(raised) => from_cause(raised),
        live => judge_undeclared(context, facts, need, live),
    }
}

/// A role for basic attributes only; where the full one is requested and waits for consent, that is what mends it.
fn basic_only(context: &Context<'_>, facts: &ConnectionFacts, need: &Need, by: &str) -> Raised {
    let why = missing_grant::why_missing(context, facts, need)
        .filter(|why| why.id == CauseId::RegistrationConsentMissing);
    let raised = why.unwrap_or_else(|| Raised::new(CauseId::GrantUserReadBasicOnly));
    raised
        .because(format_message("grant.basic-only", &[("permission", by)]))
        .with_value("permission", need.value.clone())
}

fn judge_undeclared(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: LiveResult,
) -> Judgment {
    let role = [("permission", need.value.as_str())];
    match live {
        LiveResult::Success => granted_elsewhere(facts, need),
        LiveResult::Shown(why) => likely_granted_elsewhere(facts, need, why),
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.unproven-role", &role)).raising(raised)
        }
        LiveResult::Refused(raised) if is_about_the_grant(raised.id) => from_cause(raised),
        LiveResult::Refused(_) | LiveResult::NotProbed | LiveResult::Unrelated => {
            let raised = missing(context, facts, need).with_confidence(Confidence::Likely);
            from_cause(raised.because(format_message("grant.not-probed", &role)))
        }
        LiveResult::NoAnswer(raised) => {
            Judgment::unknown(format_message("grant.absent-and-no-answer", &role))
                .raising_all(raised)
        }
    }
}

fn judge_unreadable(live: LiveResult) -> Judgment {
    match live {
        LiveResult::Success => Judgment::pass(format_message("grant.unreadable-but-works", &[])),
        LiveResult::Shown(_) => Judgment::pass(format_message("grant.unreadable-but-works", &[]))
            .with_confidence(Confidence::Likely),
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.unreadable", &[])).raising(raised)
        }
        LiveResult::Refused(raised) => from_cause(raised),
        LiveResult::NoAnswer(raised) => {
            Judgment::unknown(format_message("grant.unreadable", &[])).raising_all(raised)
        }
        LiveResult::Unrelated | LiveResult::NotProbed => {
            Judgment::unknown(format_message("grant.unreadable", &[]))
        }
    }
}

/// The probe succeeds without a role in the token: Exchange granted it, where Exchange can.
fn granted_elsewhere(facts: &ConnectionFacts, need: &Need) -> Judgment {
    let role = [("permission", need.value.as_str())];
    if need.exchange_rbac_role.is_none() {
        return Judgment::pass(format_message("grant.observed-only", &role));
    }
    let sentence = format_message("grant.by-exchange-rbac", &role);
    Judgment::pass(sentence.clone())
        .raising(access_proof::granted_in_exchange(facts, need, sentence))
}

/// The same, where it rests on a probe that touches nothing: no surer than the row of that probe.
fn likely_granted_elsewhere(facts: &ConnectionFacts, need: &Need, why: String) -> Judgment {
    let sentence = format_message(
        "grant.by-exchange-rbac",
        &[("permission", need.value.as_str())],
    );
    let note = access_proof::granted_in_exchange(facts, need, why);
    Judgment::pass(sentence)
        .with_confidence(Confidence::Likely)
        .raising(note)
}

/// What a probe that touches nothing and was completed about its item shows of a permission.
fn live_result_of_no_touch(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
) -> LiveResult {
    if !matches!(row.finding(), Some(Finding::NonexistentItem(_))) {
        return LiveResult::Success;
    }
    // The row can be one of another connection of the app, and its control is the one of that connection.
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

/// Whether a cause speaks about the grant itself, rather than about a lock in front of it. After the end of EWS no grant
/// for it is missing any more.
fn is_about_the_grant(id: CauseId) -> bool {
    matches!(
        id.group(),
        CauseGroup::Grant | CauseGroup::Registration | CauseGroup::SignIn
    ) || id == CauseId::EwsRetired
}

/// Rooms, and the service account: a mailbox that was let in shows the grant whichever it is, and whichever connection of
/// the app lists it.
fn live_result_of_rooms(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
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
        _ if context.access_pattern(&facts.name).accessible > 0 => LiveResult::Success,
        live => live,
    }
}

/// Over Graph the grant is about reading and writing: an open room counts only when writing is accepted as well.
fn live_result_over_graph(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> LiveResult {
    match live_result_of_rooms(context, earlier, facts, Api::Graph) {
        LiveResult::Success => {
            let writes = &writes_of_app(context, facts);
            let mut execution = writes
                .iter()
                .copied()
                .filter(|row| symptom_of(row).is_some());
            // A real write, which says more than a probe that touches nothing, is always that of the first room.
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
        live => live,
    }
}

/// The writes of a connection, or those of its app where the connection got to none.
fn writes_of_app<'e>(context: &Context<'e>, facts: &ConnectionFacts) -> Vec<&'e Observation> {
    let own = context.rows(CheckId::MailboxCalendarWrite, Some(&facts.name));
    if own.iter().any(|row| symptom_of(row).is_some()) {
        return own.to_vec();
    }
    context.rows_of_app(CheckId::MailboxCalendarWrite, facts)
}

fn live_result_of_rows(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
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
    let find = |wanted: &dyn Fn(&Symptom) -> bool| {
        symptoms
            .iter()
            .find(|(_, symptom)| wanted(symptom))
            .map(|(row, _)| *row)
    };
    if let Some(refused) = find(&Symptom::is_refusal_of_access) {
        return cause_of(context, facts, refused)
            .map_or(LiveResult::Unrelated, LiveResult::Refused);
    }
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
        return LiveResult::NoAnswer(cause_of(context, facts, undecided));
    }
    if !symptoms.is_empty() {
        return LiveResult::Unrelated;
    }
    live_result_of_skipped(context, earlier, rows)
}

/// Nothing was execution: because the way was blocked (then there is no answer), or because there was nothing to ask.
fn live_result_of_skipped(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
    rows: &[&Observation],
) -> LiveResult {
    for row in rows {
        match &row.execution {
            Execution::Skipped {
                reason: SkipReason::OutOfTime,
                ..
            } => return LiveResult::NoAnswer(None),
            Execution::Completed(finding) if matches!(**finding, Finding::Sent { .. }) => {
                return LiveResult::NoAnswer(None);
            }
            Execution::Skipped {
                reason: SkipReason::Blocked,
                blocked_by: Some(check),
            } if check.group() == "network" || check.group() == "sign-in" => {
                let blockers = context.rows(*check, row.connection.as_deref());
                let raised = blockers
                    .iter()
                    .find_map(|blocker| earlier.first_raised(blocker));
                return LiveResult::NoAnswer(raised);
            }
            _ => {}
        }
    }
    LiveResult::NotProbed
}

fn live_result_of_probe(
    context: &Context<'_>,
    earlier: &Judgments<'_>,
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
        symptom if symptom.is_undecided() => LiveResult::NoAnswer(raised()),
        symptom if symptom.is_refusal_of_access() => {
            raised().map_or(LiveResult::Unrelated, LiveResult::Refused)
        }
        _ => LiveResult::Unrelated,
    }
}
