//! Rooms and the service account: refusals become causes by the declared roles and the pattern over the rooms.

use super::context::{Context, Declared, calendar_need, symptom_of};
use super::judgement::{Judgement, Raised, observed};
use super::result::{Confidence, Observed};
use super::symptom::{Symptom, leaves_open};
use super::{grants, network};
use crate::evidence::{
    Api, Asked, CheckId, ConnectionFacts, EffectiveRights, Failure, Finding, Observation, Refusal, Reply,
};
use crate::knowledge::{self, phrase};

/// Judges a row that asked a room whether it can be reached.
pub(super) fn judge_room(context: &Context<'_>, row: &Observation) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let Some(facts) = context.connection_of(row) else { return Judgement::error(phrase("row.no-connection", &[])) };
    let judgement = match (&symptom, cause_of(context, facts, row)) {
        (Symptom::Fine, _) => Judgement::pass(phrase("room.open", &[])),
        (_, Some(raised)) => from_cause(raised),
        (_, None) => Judgement::unknown(phrase("row.no-answer-kept", &[])),
    };
    judgement.observed(observed_of(row)).declared(declared_for(context, facts))
}

/// Judges the question whether a room's calendar may be written, asked over Graph without touching anything or,
/// where the user allowed it, by a real write.
pub(super) fn judge_write(context: &Context<'_>, row: &Observation) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let Some(facts) = context.connection_of(row) else { return Judgement::error(phrase("row.no-connection", &[])) };
    let judgement = match symptom {
        Symptom::Fine => accepted_write(context, facts, row),
        Symptom::AccessRefused => from_cause(write_cause(context, facts)),
        _ => match cause_of(context, facts, row) {
            Some(raised) => from_cause(raised),
            None => Judgement::unknown(phrase("row.no-answer-kept", &[])),
        },
    };
    judgement.observed(observed_of(row)).declared(declared_for(context, facts))
}

/// Without the role in the token, the acceptance rests on the service deciding about access before it looks at the
/// item. That order is not documented; another refusal of this kind in the same run supports it.
fn accepted_write(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Judgement {
    if let Asked::Answered(Finding::Written(Reply::Success(written))) = &row.asked {
        return match &written.left_behind {
            Some(left) => Judgement::pass(phrase("write.left-behind", &[("detail", left)])),
            None => Judgement::pass(phrase("write.done", &[])),
        };
    }
    let declared = facts.api.and_then(calendar_need).map(|need| context.declared(&facts.name, need));
    if matches!(declared, Some(Declared::Yes(_))) || grants::authorises_first(context) {
        Judgement::pass(phrase("write.accepted", &[]))
    } else {
        Judgement::pass(phrase("write.accepted-uncalibrated", &[])).sure(Confidence::Likely)
    }
}

/// Over EWS the rights of the folder answer the questions about reading and writing.
pub(super) fn judge_rights(context: &Context<'_>, row: &Observation) -> Judgement {
    let first = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    let Some(source) = first.iter().find(|other| other.subject == row.subject) else {
        return Judgement::error(phrase("row.no-answer-kept", &[]));
    };
    let Asked::Answered(Finding::Folder(Reply::Success(folder))) = &source.asked else {
        return super::judge::blocked(source);
    };
    let judgement = match (&folder.rights, row.check) {
        (None, _) => {
            Judgement::unknown(phrase("rights.not-told", &[])).raising(Raised::new("service.unexpected-answer"))
        }
        (Some(rights), CheckId::MailboxCalendarRead) => judge_read_right(*rights),
        (Some(rights), _) => judge_write_rights(*rights),
    };
    judgement.observed(folder.rights.map(shown_rights))
}

fn judge_read_right(rights: EffectiveRights) -> Judgement {
    if rights.read {
        return Judgement::pass(phrase("rights.read", &[]));
    }
    from_cause(Raised::new("mailbox.access-blocked").because(phrase("rights.no-read", &[])))
}

fn judge_write_rights(rights: EffectiveRights) -> Judgement {
    let lacking: Vec<&str> = [("create", rights.create), ("modify", rights.modify), ("delete", rights.delete)]
        .iter()
        .filter(|(_, granted)| !granted)
        .map(|(name, _)| *name)
        .collect();
    if lacking.is_empty() {
        return Judgement::pass(phrase("rights.write", &[]));
    }
    let sentence = phrase("rights.lacking", &[("detail", &lacking.join(", "))]);
    from_cause(Raised::new("mailbox.calendar-not-writable").because(sentence))
}

fn shown_rights(rights: EffectiveRights) -> Observed {
    let word = |granted: bool| if granted { "yes" } else { "no" };
    let detail = format!(
        "effective rights: create {}, modify {}, delete {}, read {}",
        word(rights.create),
        word(rights.modify),
        word(rights.delete),
        word(rights.read)
    );
    Observed { status: None, code: None, detail: Some(detail) }
}

/// Judges whether the Resource Login User ID has a mailbox that can be used.
pub(super) fn judge_service_account(context: &Context<'_>, row: &Observation) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let Some(facts) = context.connection_of(row) else { return Judgement::error(phrase("row.no-connection", &[])) };
    let judgement = match symptom {
        Symptom::Fine => Judgement::pass(phrase("service-account.open", &[])),
        _ if symptom.is_undecided() => cause_of(context, facts, row)
            .map_or_else(|| Judgement::unknown(phrase("row.no-answer-kept", &[])), from_cause),
        symptom => from_cause(service_account_cause(context, facts, row, &symptom)),
    };
    judgement.observed(observed_of(row)).declared(declared_for(context, facts))
}

/// A refusal that the rooms share has the rooms' cause; one that only this mailbox meets is its own.
fn service_account_cause(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    symptom: &Symptom,
) -> Raised {
    let pattern = context.pattern(&facts.name);
    let shared = match symptom {
        Symptom::MailboxMissing => pattern.all_missing(),
        Symptom::Named(id) if id == "mailbox.outside-access-policy" => true,
        Symptom::Named(id) if id.starts_with("sign-in.") || id.starts_with("tenant.") => true,
        other => other.is_refusal_of_access() && pattern.open == 0 && (pattern.rooms == 0 || pattern.refused > 0),
    };
    match cause_of(context, facts, row) {
        Some(raised) if shared => raised,
        _ => Raised::new("mailbox.service-account-unusable").because(told_by(row)),
    }
}

/// Judges an address that must be refused.
pub(super) fn judge_expect_denied(context: &Context<'_>, row: &Observation) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let judgement = match &symptom {
        Symptom::Fine => from_cause(Raised::new("mailbox.reachable-but-should-not-be")),
        Symptom::AccessRefused => Judgement::pass(phrase("expect-denied.refused", &[])),
        Symptom::Named(id) if id == "mailbox.outside-access-policy" || id == "ews.impersonation-denied" => {
            Judgement::pass(phrase("expect-denied.refused", &[]))
        }
        Symptom::Named(id) if leaves_open(id) => from_cause(named(row, id)),
        _ => Judgement::unknown(phrase("expect-denied.proves-nothing", &[])),
    };
    let declared = context.connection_of(row).map(|facts| declared_for(context, facts)).unwrap_or_default();
    judgement.observed(observed_of(row)).declared(declared)
}

/// The cause behind the answer of a mailbox; `None` when nothing is wrong.
pub(super) fn cause_of(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Option<Raised> {
    let pattern = context.pattern(&facts.name);
    let ended = facts.api == Some(Api::Ews) && pattern.open == 0 && ews_has_ended(context);
    let symptom = symptom_of(row)?;
    let raised = match &symptom {
        Symptom::Fine => return None,
        refusal if ended && refusal.is_refusal_of_access() => Raised::new("ews.retired"),
        Symptom::EwsOff if pattern.open == 0 => Raised::new("ews.disabled"),
        Symptom::EwsOff => Raised::new("ews.disabled-for-mailbox"),
        Symptom::EwsPolicy => Raised::new("ews.app-not-allowed"),
        Symptom::MailboxMissing if pattern.all_missing() => {
            Raised::new("mailbox.not-in-exchange-online").sure(Confidence::Likely)
        }
        Symptom::MailboxMissing => Raised::new("mailbox.not-found"),
        Symptom::AccessRefused => return Some(access_cause(context, facts)),
        Symptom::Named(id) => return Some(with_answer(named(row, id), row)),
    };
    Some(raised.because(told_by(row)))
}

/// A cause that the answer itself names; a missing answer is told with its host, layer and limit.
pub(super) fn named(row: &Observation, id: &str) -> Raised {
    match failure_of(row) {
        Some(failure) => network::undecided_by(failure),
        None => Raised::new(id).because(told_by(row)),
    }
}

fn failure_of(row: &Observation) -> Option<&Failure> {
    let Asked::Answered(finding) = &row.asked else { return None };
    match finding {
        Finding::Folder(Reply::Unreachable(failure))
        | Finding::CalendarView(Reply::Unreachable(failure))
        | Finding::Listing(Reply::Unreachable(failure))
        | Finding::NoTouch(Reply::Unreachable(failure))
        | Finding::Written(Reply::Unreachable(failure))
        | Finding::SignIn(Reply::Unreachable(failure))
        | Finding::Registration(Reply::Unreachable(failure)) => Some(failure),
        _ => None,
    }
}

/// A refusal without a reason: the role decides between a missing grant and a block, the pattern between tenant and
/// mailbox.
fn access_cause(context: &Context<'_>, facts: &ConnectionFacts) -> Raised {
    let pattern = context.pattern(&facts.name);
    if pattern.open > 0 {
        let lists = [("open", &*pattern.open_list()), ("refused", &*pattern.refused_list())];
        return Raised::new("mailbox.outside-scope").because(phrase("scope.both-lists", &lists));
    }
    let Some(need) = facts.api.and_then(calendar_need) else { return Raised::new("mailbox.access-blocked") };
    match context.declared(&facts.name, need) {
        Declared::No => grants::missing(context, facts, need),
        Declared::Partly(by) | Declared::Yes(by) => {
            Raised::new("mailbox.access-blocked").because(phrase("access.granted-but-blocked", &[("permission", &by)]))
        }
        Declared::Unreadable | Declared::NoToken => Raised::new("mailbox.access-blocked"),
    }
}

/// Reading works and writing is refused.
fn write_cause(context: &Context<'_>, facts: &ConnectionFacts) -> Raised {
    let writes = context.rows(CheckId::MailboxCalendarWrite, Some(&facts.name));
    if writes.iter().any(|row| symptom_of(row) == Some(Symptom::Fine)) {
        return Raised::new("mailbox.outside-scope").because(phrase("write.some-refused", &[]));
    }
    let Some(need) = facts.api.and_then(calendar_need) else { return Raised::new("mailbox.access-blocked") };
    match context.declared(&facts.name, need) {
        Declared::Partly(by) => {
            Raised::new("grant.calendars-read-only").because(phrase("write.read-role", &[("permission", &by)]))
        }
        Declared::No => {
            Raised::new("grant.calendars-read-only").sure(Confidence::Likely).because(phrase("write.no-role", &[]))
        }
        _ => Raised::new("mailbox.access-blocked").because(phrase("write.refused-though-granted", &[])),
    }
}

/// A judgement that follows from its cause: some causes only say that nothing was decided.
pub(super) fn from_cause(raised: Raised) -> Judgement {
    let entry = knowledge::cause(&raised.id);
    let message = raised.because.clone().or_else(|| entry.map(|entry| entry.title.clone())).unwrap_or_default();
    if leaves_open(&raised.id) {
        return Judgement::unknown(message).raising(raised);
    }
    let confidence = raised.confidence.or_else(|| entry.map(|entry| entry.confidence.into()));
    let judgement = Judgement::fail(message);
    Judgement { confidence, ..judgement }.raising(raised)
}

/// What a mailbox row saw, for the report.
pub(super) fn observed_of(row: &Observation) -> Option<Observed> {
    let Asked::Answered(finding) = &row.asked else { return None };
    Some(match finding {
        Finding::Folder(reply) => observed(reply),
        Finding::CalendarView(reply) | Finding::Listing(reply) | Finding::NoTouch(reply) | Finding::Reached(reply) => {
            observed(reply)
        }
        Finding::Written(reply) => observed(reply),
        Finding::SignIn(reply) => observed(reply),
        Finding::Registration(reply) => observed(reply),
        Finding::Discovery(discovery) => observed(&discovery.here),
        Finding::Settings(_) => return None,
    })
}

/// The answer of a row in a sentence.
pub(super) fn told_by(row: &Observation) -> String {
    let Some(observed) = observed_of(row) else { return phrase("row.no-answer-kept", &[]) };
    let status = observed.status.map(|status| format!("HTTP {status}"));
    let parts: Vec<String> = [status, observed.code, observed.detail].into_iter().flatten().collect();
    phrase("row.answered", &[("detail", &parts.join(", "))])
}

pub(super) fn refusal_of(row: &Observation) -> Option<&Refusal> {
    let Asked::Answered(finding) = &row.asked else { return None };
    match finding {
        Finding::Folder(Reply::Refused(refusal))
        | Finding::CalendarView(Reply::Refused(refusal))
        | Finding::Listing(Reply::Refused(refusal))
        | Finding::NoTouch(Reply::Refused(refusal))
        | Finding::Written(Reply::Refused(refusal))
        | Finding::SignIn(Reply::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

/// Exchange names the primary address beside `ErrorNonPrimarySmtpAddress`; the name of the value is not documented,
/// so the first value that is another address counts.
fn with_answer(raised: Raised, row: &Observation) -> Raised {
    let Some(refusal) = refusal_of(row) else { return raised };
    let other = refusal.values.values().find(|value| value.contains('@') && !value.eq_ignore_ascii_case(&row.subject));
    match other {
        Some(address) if raised.id == "mailbox.alias-used" => raised.with("right_address", address.clone()),
        _ => raised,
    }
}

fn declared_for(context: &Context<'_>, facts: &ConnectionFacts) -> Vec<String> {
    facts.api.and_then(calendar_need).map(|need| context.declared_roles(&facts.name, need)).unwrap_or_default()
}

fn ews_has_ended(context: &Context<'_>) -> bool {
    super::advice::days_until_ews_ends(context.evidence.started_at) <= 0
}
