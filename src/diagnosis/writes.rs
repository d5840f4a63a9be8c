//! Whether a room's calendar may be read and written: by its effective rights over EWS, by a question that touches
//! nothing over Graph, and by a real write where the user allowed one.

use super::context::Context;
use super::index::{Declared, calendar_need};
use super::judgement::{Judgement, Raised, from_cause};
use super::mailbox_cause::{cause_of, judge_answer};
use super::missing_grant;
use super::proof::{self, Access};
use super::result::Observed;
use super::skipped::blocked;
use super::symptom::Symptom;
use crate::evidence::{ConnectionFacts, EffectiveRights, Finding, Observation, Reply, WriteFacts};
use crate::knowledge::format_message;
use crate::terms::{Api, CauseId, CheckId, Confidence};

/// Judges a row about reading or writing out of the folder that `source` has read.
pub(super) fn judge_rights(check: CheckId, source: &Observation) -> Judgement {
    let Some(Finding::Folder(Reply::Success(folder))) = source.finding() else {
        return blocked(source);
    };
    let Some(rights) = folder.rights else {
        let sentence = format_message("rights.not-told", &[]);
        return from_cause(Raised::new(CauseId::ServiceUnexpectedAnswer).because(sentence));
    };
    let judgement = if check == CheckId::MailboxCalendarRead {
        judge_read(rights)
    } else {
        judge_write_rights(rights)
    };
    judgement.observed(Some(shown(rights)))
}

fn judge_read(rights: EffectiveRights) -> Judgement {
    if rights.read {
        return Judgement::pass(format_message("rights.read", &[]));
    }
    from_cause(
        Raised::new(CauseId::MailboxCalendarNotWritable)
            .because(format_message("rights.no-read", &[])),
    )
}

fn judge_write_rights(rights: EffectiveRights) -> Judgement {
    let lacking: Vec<&str> = [
        ("create", rights.create),
        ("modify", rights.modify),
        ("delete", rights.delete),
    ]
    .iter()
    .filter(|(_, granted)| !granted)
    .map(|(name, _)| *name)
    .collect();
    if lacking.is_empty() {
        return Judgement::pass(format_message("rights.write", &[]));
    }
    let sentence = format_message("rights.lacking", &[("detail", &lacking.join(", "))]);
    from_cause(Raised::new(CauseId::MailboxCalendarNotWritable).because(sentence))
}

fn shown(rights: EffectiveRights) -> Observed {
    let word = |granted: bool| if granted { "yes" } else { "no" };
    let detail = format!(
        "effective rights: create {}, modify {}, delete {}, read {}",
        word(rights.create),
        word(rights.modify),
        word(rights.delete),
        word(rights.read)
    );
    Observed {
        status: None,
        code: None,
        detail: Some(detail),
    }
}

/// Judges the question whether a room's calendar may be written.
pub(super) fn judge_write(context: &Context<'_>, row: &Observation) -> Judgement {
    if let Some(judgement) = judge_sent(row) {
        return judgement;
    }
    judge_answer(context, row, |facts, symptom| {
        match (symptom, row.finding()) {
            (
                _,
                Some(Finding::Written {
                    reply: Reply::Success(written),
                    ..
                }),
            ) => judge_written(written),
            (Symptom::Ok, _) => judge_accepted(context, facts),
            (Symptom::AccessRefused, _) => from_cause(refused(context, facts)),
            _ => match cause_of(context, facts, row) {
                Some(raised) => from_cause(raised),
                None => Judgement::unknown(format_message("row.no-answer-kept", &[])),
            },
        }
    })
}

/// Judges a write that was sent and whose response did not come before the run ended.
pub(super) fn judge_sent(row: &Observation) -> Option<Judgement> {
    let Some(Finding::Sent { what }) = row.finding() else {
        return None;
    };
    Some(Judgement::unknown(format_message(
        "write.no-response",
        &[("detail", what)],
    )))
}

/// What was created and could not be removed is said; it shows that creating works and leaves open whether deleting does.
fn judge_written(written: &WriteFacts) -> Judgement {
    match &written.left_behind {
        Some(left) => Judgement::unknown(format_message("write.left-behind", &[("detail", left)])),
        None if written.cleaned_up => Judgement::pass(format_message("write.done", &[])),
        None => Judgement::unknown(format_message("write.left-behind", &[("detail", "")])),
    }
}

/// Without the role in the token, the acceptance rests on the service deciding about access before it looks at the
/// item. That order is not documented; the control of the connection shows it.
fn judge_accepted(context: &Context<'_>, facts: &ConnectionFacts) -> Judgement {
    let Some(need) = facts.api.map(calendar_need) else {
        return Judgement::error(format_message("row.no-connection", &[]));
    };
    let role = [("permission", need.value.as_str())];
    match proof::access(context, facts, need) {
        Access::Declared => Judgement::pass(format_message("write.accepted", &[])),
        Access::Unreadable => Judgement::pass(format_message("write.accepted-unreadable", &[]))
            .sure(Confidence::Likely),
        Access::Shown(why) => Judgement::pass(format_message("write.accepted-without-role", &role))
            .sure(Confidence::Likely)
            .raising(proof::granted_in_exchange(facts, need, why)),
        Access::Unproven(why) => Judgement::unknown(format_message("write.unproven", &role))
            .raising(proof::unproven(context, facts, need, &why)),
    }
}

/// Reading works and writing is refused: by the role where every room refuses, else by the room.
fn refused(context: &Context<'_>, facts: &ConnectionFacts) -> Raised {
    let not_writable = |key| {
        Raised::new(CauseId::MailboxCalendarNotWritable)
            .sure(Confidence::Likely)
            .because(format_message(key, &[]))
    };
    if facts.api == Some(Api::Ews) {
        return not_writable("write.refused-over-ews");
    }
    if context.pattern(&facts.name).writable > 0 {
        return not_writable("write.some-refused");
    }
    let Some(need) = facts.api.map(calendar_need) else {
        return not_writable("write.refused");
    };
    let read_only = |sentence: String, sure| {
        let why = missing_grant::why_missing(context, facts, need)
            .filter(|why| why.id == CauseId::RegistrationConsentMissing);
        let raised = why.unwrap_or_else(|| Raised::new(CauseId::GrantCalendarsReadOnly).sure(sure));
        raised
            .because(sentence)
            .with("permission", need.value.clone())
            .with("api", need.api.title())
    };
    match context.declared(&facts.name, need) {
        Declared::Partly(by) => read_only(
            format_message("write.read-role", &[("permission", &by)]),
            Confidence::Confirmed,
        ),
        Declared::No => read_only(format_message("write.no-role", &[]), Confidence::Likely),
        Declared::Yes(_) => not_writable("write.refused-though-granted"),
        Declared::Unreadable | Declared::NoToken => not_writable("write.refused"),
    }
}
