//! Judgments of read and write access to a calendar: by effective rights over EWS, by a request for a nonexistent event over
//! Graph, and by a test event if the user allows one.

use crate::evidence::{ConnectionFacts, EffectiveRights, Finding, Observation, Reply, WriteFacts};
use crate::knowledge::format_message;
use crate::terms::{Api, CauseId, CheckId, Confidence};

use super::access_proof::{self, AccessProof};
use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need};
use super::judgment::{Judgment, Raised, from_cause};
use super::mailbox_cause::{cause_of, judge_response};
use super::missing_grant;
use super::result::Observed;
use super::skipped_rows::judge_by_source;
use super::symptom::Symptom;

/// Judges reading or writing by the folder in the response of `source`.
pub(super) fn judge_rights(check: CheckId, source: &Observation) -> Judgment {
    let Some(Finding::Folder(Reply::Success(folder))) = source.finding() else {
        return judge_by_source(source);
    };
    let Some(rights) = folder.rights else {
        let sentence = format_message("rights.not-returned", &[]);
        return from_cause(Raised::new(CauseId::ServiceUnexpectedResponse).because(sentence));
    };
    let judgment = if check == CheckId::MailboxCalendarRead {
        judge_read(rights)
    } else {
        judge_write_rights(rights)
    };
    judgment.with_observed(Some(describe_rights(rights)))
}

fn judge_read(rights: EffectiveRights) -> Judgment {
    if rights.read {
        return Judgment::pass(format_message("rights.read", &[]));
    }
    from_cause(
        Raised::new(CauseId::MailboxCalendarNotWritable)
            .because(format_message("rights.no-read", &[])),
    )
}

fn judge_write_rights(rights: EffectiveRights) -> Judgment {
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
        return Judgment::pass(format_message("rights.write", &[]));
    }
    let sentence = format_message("rights.lacking", &[("detail", &lacking.join(", "))]);
    from_cause(Raised::new(CauseId::MailboxCalendarNotWritable).because(sentence))
}

fn describe_rights(rights: EffectiveRights) -> Observed {
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

/// Judges write access to the calendar of a room.
pub(super) fn judge_write(context: &Context<'_>, row: &Observation) -> Judgment {
    if let Some(judgment) = judge_sent(row) {
        return judgment;
    }
    judge_response(context, row, |facts, symptom| {
        match (symptom, row.finding()) {
            (
                _,
                Some(Finding::Written {
                    reply: Reply::Success(written),
                    ..
                }),
            ) => judge_written(written),
            (Symptom::Ok, _) => judge_accepted(context, facts),
            (Symptom::AccessRefused, _) => from_cause(write_refused_cause(context, facts)),
            _ => match cause_of(context, facts, row) {
                Some(raised) => from_cause(raised),
                None => Judgment::unknown(format_message("row.no-response-kept", &[])),
            },
        }
    })
}

/// Judges a write request whose response did not arrive before the end of the run.
pub(super) fn judge_sent(row: &Observation) -> Option<Judgment> {
    let Some(Finding::Sent { what }) = row.finding() else {
        return None;
    };
    Some(Judgment::unknown(format_message(
        "write.no-response",
        &[("detail", what)],
    )))
}

/// Judges a created test event. One that could not be deleted is unknown: creating works, but deleting is not proven.
fn judge_written(written: &WriteFacts) -> Judgment {
    match &written.left_behind {
        Some(left) => Judgment::unknown(format_message("write.left-behind", &[("detail", left)])),
        None if written.cleaned_up => Judgment::pass(format_message("write.done", &[])),
        None => Judgment::unknown(format_message("write.left-behind", &[("detail", "")])),
    }
}

/// Judges an accepted request for a nonexistent event. Without the role in the token, it proves access only if the service
/// checks access before it looks up the item. That order is not documented; the control request of the connection shows it.
fn judge_accepted(context: &Context<'_>, facts: &ConnectionFacts) -> Judgment {
    let Some(need) = facts.api.map(calendar_need) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let role = [("permission", need.value.as_str())];
    match access_proof::prove_access(context, facts, need) {
        AccessProof::Declared => Judgment::pass(format_message("write.accepted", &[])),
        AccessProof::Unreadable => Judgment::pass(format_message("write.accepted-unreadable", &[]))
            .with_confidence(Confidence::Likely),
        AccessProof::Shown(why) => {
            Judgment::pass(format_message("write.accepted-without-role", &role))
                .with_confidence(Confidence::Likely)
                .raising(access_proof::granted_in_exchange(facts, need, why))
        }
        AccessProof::Unproven(why) => Judgment::unknown(format_message("write.unproven", &role))
            .raising(access_proof::unproven_access(context, facts, need, &why)),
    }
}

/// The cause of denied write access with read access: the role if all rooms deny it, else the room.
fn write_refused_cause(context: &Context<'_>, facts: &ConnectionFacts) -> Raised {
    let not_writable = |key| {
        Raised::new(CauseId::MailboxCalendarNotWritable)
            .with_confidence(Confidence::Likely)
            .because(format_message(key, &[]))
    };
    if facts.api == Some(Api::Ews) {
        return not_writable("write.refused-over-ews");
    }
    // Write access to another room proves that the role is sufficient.
    if context.access_pattern(&facts.name).writable > 0 {
        return not_writable("write.some-refused");
    }
    let Some(need) = facts.api.map(calendar_need) else {
        return not_writable("write.refused");
    };
    let read_only = |sentence: String, sure| {
        let why = missing_grant::why_missing(context, facts, need)
            .filter(|why| why.id == CauseId::RegistrationConsentMissing);
        let raised = why
            .unwrap_or_else(|| Raised::new(CauseId::GrantCalendarsReadOnly).with_confidence(sure));
        raised
            .because(sentence)
            .with_value("permission", need.value.clone())
            .with_value("api", need.api.title())
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
