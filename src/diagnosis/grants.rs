//! Declared against observed: the role in the token and the live answer, by section 6 of the design.

use super::context::Context;
use super::ews_end::ews_has_ended;
use super::index::{Declared, calendar_need, room_check};
use super::judgement::{Judgement, Raised, from_cause};
use super::judgements::Judgements;
use super::mailbox_cause::cause_of;
use super::missing_grant::{self, missing};
use super::proof::{self, Access};
use super::responses::{observed_with_status, symptom_of};
use super::skipped::blocked_by_sign_in;
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
pub(super) fn judge(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    row: &Observation,
) -> Judgement {
    match row.check {
        CheckId::GrantMailSend => judge_single(context, earlier, row, NeedId::MailSend),
        CheckId::GrantUserReadAll => judge_single(context, earlier, row, NeedId::Users),
        CheckId::GrantGroupReadAll => judge_single(context, earlier, row, NeedId::Groups),
        CheckId::GrantSurplus => surplus::judge(context, row),
        _ => judge_calendar(context, earlier, row),
    }
}

/// What the probes said about a permission, all together.
enum Live {
    /// At least one probe was let in.
    Success,
    /// A probe that touches nothing was let in, and no role in the token explains it; the sentence tells why it counts.
    Shown(String),
    /// A probe that touches nothing got a response that does not show whether it was let in.
    Unproven(Raised),
    /// Every probe that decided anything was refused, for this cause.
    Refused(Raised),
    /// Probes were asked, but none could decide; the cause says why.
    NoAnswer(Option<Raised>),
    /// The probes that answered spoke about something else than access, such as a missing mailbox.
    Unrelated,
    /// Nothing was asked.
    NotProbed,
}

/// Judges the grant for the rooms' calendars.
fn judge_calendar(context: &Context<'_>, earlier: &Judgements<'_>, row: &Observation) -> Judgement {
    let Some(facts) = context.connection_of(row) else {
        return Judgement::error(format_message("row.no-connection", &[]));
    };
    let Some(api) = facts.api else {
        return Judgement::error(format_message("row.no-connection", &[]));
    };
    let need = calendar_need(api);
    judge_need(context, facts, need, || match api {
        Api::Ews => rooms_live(context, earlier, facts, api),
        Api::Graph => graph_live(context, earlier, facts, need),
    })
}

/// Judges the grant of an optional permission by the one probe that needs it.
fn judge_single(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    row: &Observation,
    need_id: NeedId,
) -> Judgement {
    let Some(facts) = context.connection_of(row) else {
        return Judgement::error(format_message("row.no-connection", &[]));
    };
    let need = knowledge::need(need_id);
    judge_need(context, facts, need, || {
        single_live(context, earlier, facts, need)
    })
}

fn judge_need(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: impl FnOnce() -> Live,
) -> Judgement {
    let declared = context.declared(&facts.name, need);
    let roles = context.declared_roles(&facts.name, need);
    let judgement = match declared {
        Declared::NoToken => return blocked_by_sign_in(context, facts, need.api),
        Declared::Yes(by) => judge_declared(&by, live()),
        Declared::Partly(by) => judge_partly(context, facts, need, &by, live()),
        Declared::No => judge_undeclared(context, facts, need, live()),
        Declared::Unreadable => judge_unreadable(live()),
    };
    let deciding = deciding_row(context, facts, need, judgement.outcome == Outcome::Pass);
    let deciding = deciding.and_then(|row| observed_with_status(context.evidence, row));
    judgement.declared(roles).observed(deciding)
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
    let asked: Vec<(&Observation, Symptom)> = rows
        .filter_map(|row| Some((row, symptom_of(row)?)))
        .collect();
    let decides = |symptom: &Symptom| {
        if passes {
            *symptom == Symptom::Ok
        } else {
            symptom.is_refusal_of_access() || symptom.is_undecided()
        }
    };
    if let Some((row, _)) = asked.iter().find(|(_, symptom)| decides(symptom)) {
        return Some(row);
    }
    let elsewhere = checks
        .iter()
        .filter(|_| passes)
        .flat_map(|check| context.rows_of_app(*check, facts));
    let mut elsewhere = elsewhere.filter(|row| symptom_of(row) == Some(Symptom::Ok));
    elsewhere
        .next()
        .or_else(|| asked.first().map(|(row, _)| *row))
}

fn judge_declared(by: &str, live: Live) -> Judgement {
    let role = [("permission", by)];
    match live {
        Live::Success | Live::Shown(_) => {
            Judgement::pass(format_message("grant.declared-and-observed", &role))
        }
        Live::Refused(raised) => {
            let judgement = from_cause(raised);
            Judgement {
                message: format_message("grant.granted-but-blocked", &role),
                ..judgement
            }
        }
        Live::NoAnswer(raised) => {
            Judgement::unknown(format_message("grant.declared-only", &role)).raising_all(raised)
        }
        Live::Unproven(raised) => {
            Judgement::unknown(format_message("grant.declared-only", &role)).raising(raised)
        }
        Live::Unrelated | Live::NotProbed => {
            Judgement::pass(format_message("grant.declared-not-probed", &role))
                .sure(Confidence::Likely)
        }
    }
}

fn judge_partly(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    by: &str,
    live: Live,
) -> Judgement {
    match live {
        Live::Success if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by))
        }
        Live::Success if need.api == Resource::Graph && need.id == NeedId::GraphCalendar => {
            granted_elsewhere(facts, need)
        }
        Live::Success => Judgement::pass(format_message(
            "grant.declared-and-observed",
            &[("permission", by)],
        )),
        Live::NotProbed | Live::Unrelated if need.id == NeedId::GraphCalendar => {
            let sentence = format_message("write.read-role", &[("permission", by)]);
            from_cause(
                Raised::new(CauseId::GrantCalendarsReadOnly)
                    .sure(Confidence::Likely)
                    .because(sentence),
            )
        }
        Live::NotProbed | Live::Unrelated if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by).sure(Confidence::Likely))
        }
        Live::Refused(raised) => from_cause(raised),
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
        .with("permission", need.value.clone())
}

fn judge_undeclared(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: Live,
) -> Judgement {
    let role = [("permission", need.value.as_str())];
    match live {
        Live::Success => granted_elsewhere(facts, need),
        Live::Shown(why) => shown_elsewhere(facts, need, why),
        Live::Unproven(raised) => {
            Judgement::unknown(format_message("grant.unproven-role", &role)).raising(raised)
        }
        Live::Refused(raised) if is_about_the_grant(raised.id) => from_cause(raised),
        Live::Refused(_) | Live::NotProbed | Live::Unrelated => {
            let raised = missing(context, facts, need).sure(Confidence::Likely);
            from_cause(raised.because(format_message("grant.not-probed", &role)))
        }
        Live::NoAnswer(raised) => {
            Judgement::unknown(format_message("grant.absent-and-no-answer", &role))
                .raising_all(raised)
        }
    }
}

fn judge_unreadable(live: Live) -> Judgement {
    match live {
        Live::Success => Judgement::pass(format_message("grant.unreadable-but-works", &[])),
        Live::Shown(_) => Judgement::pass(format_message("grant.unreadable-but-works", &[]))
            .sure(Confidence::Likely),
        Live::Unproven(raised) => {
            Judgement::unknown(format_message("grant.unreadable", &[])).raising(raised)
        }
        Live::Refused(raised) => from_cause(raised),
        Live::NoAnswer(raised) => {
            Judgement::unknown(format_message("grant.unreadable", &[])).raising_all(raised)
        }
        Live::Unrelated | Live::NotProbed => {
            Judgement::unknown(format_message("grant.unreadable", &[]))
        }
    }
}

/// The probe succeeds without a role in the token: Exchange granted it, where Exchange can.
fn granted_elsewhere(facts: &ConnectionFacts, need: &Need) -> Judgement {
    let role = [("permission", need.value.as_str())];
    if need.exchange_rbac_role.is_none() {
        return Judgement::pass(format_message("grant.observed-only", &role));
    }
    let sentence = format_message("grant.by-exchange-rbac", &role);
    Judgement::pass(sentence.clone()).raising(proof::granted_in_exchange(facts, need, sentence))
}

/// The same, where it rests on a probe that touches nothing: no surer than the row of that probe.
fn shown_elsewhere(facts: &ConnectionFacts, need: &Need, why: String) -> Judgement {
    let sentence = format_message(
        "grant.by-exchange-rbac",
        &[("permission", need.value.as_str())],
    );
    let note = proof::granted_in_exchange(facts, need, why);
    Judgement::pass(sentence)
        .sure(Confidence::Likely)
        .raising(note)
}

/// What a probe that touches nothing and was answered about its item shows of a permission.
fn no_touch_live(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
) -> Live {
    if !matches!(row.finding(), Some(Finding::NonexistentItem(_))) {
        return Live::Success;
    }
    // The row can be one of another connection of the app, and its control is the one of that connection.
    let facts = context.connection_of(row).unwrap_or(facts);
    match proof::access(context, facts, need) {
        Access::Declared => Live::Success,
        Access::Unreadable => Live::Shown(format_message("grant.unreadable", &[])),
        Access::Shown(why) => Live::Shown(why),
        Access::Unproven(why) => Live::Unproven(proof::unproven(context, facts, need, &why)),
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
fn rooms_live(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    facts: &ConnectionFacts,
    api: Api,
) -> Live {
    let rooms = context.rows(room_check(api), Some(&facts.name));
    let account = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let own = account
        .iter()
        .filter(|row| row.connection.as_deref() == Some(facts.name.as_str()));
    match live_over(
        context,
        earlier,
        facts,
        &rooms.iter().chain(own).copied().collect::<Vec<_>>(),
    ) {
        _ if context.pattern(&facts.name).open > 0 => Live::Success,
        live => live,
    }
}

/// Over Graph the grant is about reading and writing: an open room counts only when writing is accepted as well.
fn graph_live(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> Live {
    match rooms_live(context, earlier, facts, Api::Graph) {
        Live::Success => {
            let writes = &writes_of_app(context, facts);
            let mut asked = writes
                .iter()
                .copied()
                .filter(|row| symptom_of(row).is_some());
            // A real write, which says more than a probe that touches nothing, is always that of the first room.
            if let Some(open) = asked
                .clone()
                .find(|row| symptom_of(row) == Some(Symptom::Ok))
            {
                return no_touch_live(context, facts, need, open);
            }
            match asked.find(|row| symptom_of(row) == Some(Symptom::AccessRefused)) {
                Some(refused) => earlier
                    .first_raised(refused)
                    .map_or(Live::Success, Live::Refused),
                None => live_over(context, earlier, facts, writes),
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

fn live_over(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    facts: &ConnectionFacts,
    rows: &[&Observation],
) -> Live {
    let symptoms: Vec<(&Observation, Symptom)> = rows
        .iter()
        .filter_map(|row| Some((*row, symptom_of(row)?)))
        .collect();
    if symptoms.iter().any(|(_, symptom)| *symptom == Symptom::Ok) {
        return Live::Success;
    }
    let find = |wanted: &dyn Fn(&Symptom) -> bool| {
        symptoms
            .iter()
            .find(|(_, symptom)| wanted(symptom))
            .map(|(row, _)| *row)
    };
    if let Some(refused) = find(&Symptom::is_refusal_of_access) {
        return cause_of(context, facts, refused).map_or(Live::Unrelated, Live::Refused);
    }
    if ews_has_ended(context.evidence) {
        let causes = symptoms
            .iter()
            .filter_map(|(row, _)| cause_of(context, facts, row));
        if let Some(retired) = causes
            .into_iter()
            .find(|cause| cause.id == CauseId::EwsRetired)
        {
            return Live::Refused(retired);
        }
    }
    if let Some(undecided) = find(&Symptom::is_undecided) {
        return Live::NoAnswer(cause_of(context, facts, undecided));
    }
    if !symptoms.is_empty() {
        return Live::Unrelated;
    }
    not_asked(context, earlier, rows)
}

/// Nothing was asked: because the way was blocked (then there is no answer), or because there was nothing to ask.
fn not_asked(context: &Context<'_>, earlier: &Judgements<'_>, rows: &[&Observation]) -> Live {
    for row in rows {
        match &row.execution {
            Execution::Skipped {
                reason: SkipReason::OutOfTime,
                ..
            } => return Live::NoAnswer(None),
            Execution::Completed(finding) if matches!(**finding, Finding::Sent { .. }) => {
                return Live::NoAnswer(None);
            }
            Execution::Skipped {
                reason: SkipReason::Blocked,
                blocked_by: Some(check),
            } if check.group() == "network" || check.group() == "sign-in" => {
                let blockers = context.rows(*check, row.connection.as_deref());
                let raised = blockers
                    .iter()
                    .find_map(|blocker| earlier.first_raised(blocker));
                return Live::NoAnswer(raised);
            }
            _ => {}
        }
    }
    Live::NotProbed
}

fn single_live(
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> Live {
    let Some(probe) = probes(need, facts.api).first() else {
        return Live::NotProbed;
    };
    let rows = context.rows(*probe, Some(&facts.name));
    let Some(row) = rows.first() else {
        return Live::NotProbed;
    };
    let Some(symptom) = symptom_of(row) else {
        return not_asked(context, earlier, rows);
    };
    let raised = || earlier.first_raised(row);
    match symptom {
        Symptom::Ok => no_touch_live(context, facts, need, row),
        symptom if symptom.is_undecided() => Live::NoAnswer(raised()),
        symptom if symptom.is_refusal_of_access() => {
            raised().map_or(Live::Unrelated, Live::Refused)
        }
        _ => Live::Unrelated,
    }
}
