//! Rooms, the service account, the sender and the directory: everything that was asked of mailboxes and lists.

use super::context::Context;
use super::judgement::{Judgement, Raised, describe_response, from_cause};
use super::mailbox_cause::{cause_of, judge_answer, service_account_cause};
use super::named_cause::from_response;
use super::symptom::{Symptom, is_undecided};
use super::{directory, writes};
use crate::evidence::{Execution, Observation};
use crate::knowledge::format_message;
use crate::terms::{CauseId, CheckId, NeedId};

/// The checks that show what the app can do.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::MailboxServiceAccount,
    CheckId::MailboxImpersonation,
    CheckId::MailboxCalendarRead,
    CheckId::MailboxCalendarWrite,
    CheckId::MailboxExpectDenied,
    CheckId::MailSend,
    CheckId::DirectoryUsers,
    CheckId::DirectoryGroups,
];

/// Judges what a mailbox or a list responded.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgement {
    match row.check {
        CheckId::MailboxServiceAccount => judge_service_account(context, row),
        CheckId::MailboxCalendarRead | CheckId::MailboxCalendarWrite
            if row.execution == Execution::Derived =>
        {
            judge_rights(context, row)
        }
        CheckId::MailboxCalendarWrite => writes::judge_write(context, row),
        CheckId::MailboxExpectDenied => judge_expect_denied(context, row),
        CheckId::MailSend => directory::judge_mail(context, row),
        CheckId::DirectoryUsers => directory::judge_listing(context, row, NeedId::Users),
        CheckId::DirectoryGroups => directory::judge_listing(context, row, NeedId::Groups),
        _ => judge_room(context, row),
    }
}

/// Judges a row that asked a room whether it can be reached.
fn judge_room(context: &Context<'_>, row: &Observation) -> Judgement {
    judge_answer(context, row, |facts, symptom| {
        match (symptom, cause_of(context, facts, row)) {
            (Symptom::Ok, _) | (_, None) => Judgement::pass(format_message("room.open", &[])),
            // Which rooms are open and which are not is told once, with the cause; a row tells the answer of its own room.
            (_, Some(raised)) if raised.id == CauseId::MailboxOutsideScope => Judgement {
                message: describe_response(row),
                ..from_cause(raised)
            },
            (_, Some(raised)) => from_cause(raised),
        }
    })
}

/// Judges whether the Resource Login User ID has a mailbox that can be used.
fn judge_service_account(context: &Context<'_>, row: &Observation) -> Judgement {
    judge_answer(context, row, |facts, symptom| {
        match service_account_cause(context, facts, row, symptom) {
            None => Judgement::pass(format_message("service-account.open", &[])),
            Some(raised) => from_cause(raised),
        }
    })
}

/// Causes with which Exchange keeps an app out of a mailbox.
const REFUSES_A_MAILBOX: &[CauseId] = &[
    CauseId::EwsImpersonationDenied,
    CauseId::MailboxAccessBlocked,
    CauseId::MailboxOutsideAccessPolicy,
];

/// Judges an address that must be refused.
fn judge_expect_denied(context: &Context<'_>, row: &Observation) -> Judgement {
    judge_answer(context, row, |_, symptom| match symptom {
        Symptom::Ok => {
            let sentence = format_message("expect-denied.open", &[("detail", &row.subject)]);
            from_cause(Raised::new(CauseId::MailboxReachableButShouldNotBe).because(sentence))
        }
        Symptom::AccessRefused => Judgement::pass(format_message("expect-denied.refused", &[])),
        Symptom::Named(id) if REFUSES_A_MAILBOX.contains(id) => {
            Judgement::pass(format_message("expect-denied.refused", &[]))
        }
        Symptom::Named(id) if is_undecided(*id) => from_cause(from_response(row, *id)),
        _ => Judgement::unknown(format_message("expect-denied.proves-nothing", &[])),
    })
}

/// Over EWS the rights of the folder answer the questions about reading and writing.
fn judge_rights(context: &Context<'_>, row: &Observation) -> Judgement {
    let connection = row.connection.as_deref();
    match context.impersonation(connection, &row.subject) {
        Some(source) => writes::judge_rights(row.check, source),
        None => Judgement::error(format_message("row.no-answer-kept", &[])),
    }
}
