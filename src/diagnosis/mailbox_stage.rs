//! Stage of the mailboxes: rooms, service account, sender and directory.

use crate::evidence::{ConnectionFacts, Execution, Observation};
use crate::knowledge::format_message;
use crate::terms::{Api, CauseId, CheckId, NeedId};

use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need};
use super::judgment::{Judgment, Raised, describe_response, from_cause};
use super::mailbox_cause::{cause_of, judge_response, service_account_cause};
use super::response_cause::from_response;
use super::symptom::{Symptom, is_undecided};
use super::{mail_and_directory, write_access};

/// The checks of this stage.
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

/// Judges the response of a mailbox or of a directory list.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    match row.check {
        CheckId::MailboxServiceAccount => judge_service_account(context, row),
        CheckId::MailboxCalendarRead | CheckId::MailboxCalendarWrite
            if row.execution == Execution::Derived =>
        {
            judge_rights(context, row)
        }
        CheckId::MailboxCalendarWrite => write_access::judge_write(context, row),
        CheckId::MailboxExpectDenied => judge_expect_denied(context, row),
        CheckId::MailSend => mail_and_directory::judge_mail(context, row),
        CheckId::DirectoryUsers => mail_and_directory::judge_listing(context, row, NeedId::Users),
        CheckId::DirectoryGroups => mail_and_directory::judge_listing(context, row, NeedId::Groups),
        _ => judge_room(context, row),
    }
}

/// Judges whether a room is accessible.
fn judge_room(context: &Context<'_>, row: &Observation) -> Judgment {
    judge_response(context, row, |facts, symptom| {
        match (symptom, cause_of(context, facts, row)) {
            (Symptom::Ok, _) | (_, None) => Judgment::pass(format_message("room.open", &[])),
            // The cause lists the accessible and the denied rooms once. Each row shows the response of its own room only.
            (_, Some(raised)) if raised.id == CauseId::MailboxOutsideScope => Judgment {
                message: describe_response(row),
                ..from_cause(raised)
            },
            (_, Some(raised)) => from_cause(raised),
        }
    })
}

/// Judges whether the Resource Login User ID has a usable mailbox.
fn judge_service_account(context: &Context<'_>, row: &Observation) -> Judgment {
    judge_response(context, row, |facts, symptom| {
        match service_account_cause(context, facts, row, symptom) {
            None => Judgment::pass(format_message("service-account.open", &[])),
            Some(raised) => from_cause(raised),
        }
    })
}

/// Causes with which Exchange denies an app access to a mailbox.
const REFUSES_A_MAILBOX: &[CauseId] = &[
    CauseId::EwsImpersonationDenied,
    CauseId::MailboxAccessBlocked,
    CauseId::MailboxOutsideAccessPolicy,
];

/// Judges a mailbox to which the app must not have access.
fn judge_expect_denied(context: &Context<'_>, row: &Observation) -> Judgment {
    judge_response(context, row, |facts, symptom| match symptom {
        Symptom::Ok => {
            let open = format_message("expect-denied.open", &[("detail", &row.subject)]);
            let over_ews = facts.api == Some(Api::Ews);
            let raised = Raised::new(CauseId::MailboxReachableButShouldNotBe)
                .because(what_grants_it(context, facts))
                .in_case(over_ews.then_some("ews"));
            Judgment {
                message: open,
                ..from_cause(raised)
            }
        }
        Symptom::AccessRefused => Judgment::pass(format_message("expect-denied.refused", &[])),
        Symptom::Named(id) if REFUSES_A_MAILBOX.contains(id) => {
            Judgment::pass(format_message("expect-denied.refused", &[]))
        }
        Symptom::Named(id) if is_undecided(*id) => from_cause(from_response(row, *id)),
        _ => Judgment::unknown(format_message("expect-denied.proves-nothing", &[])),
    })
}

/// What gives an app access to a mailbox that is not a room: a consent in Entra, or an Exchange role.
fn what_grants_it(context: &Context<'_>, facts: &ConnectionFacts) -> String {
    let need = facts.api.map(calendar_need);
    let declared = need.map(|need| context.declared(&facts.name, need));
    match declared {
        Some(Declared::Yes(by) | Declared::Partly(by)) => {
            format_message("expect-denied.by-consent", &[("permission", &by)])
        }
        _ => format_message("expect-denied.by-role", &[]),
    }
}

/// Judges reading or writing over EWS, by the effective rights of the folder.
fn judge_rights(context: &Context<'_>, row: &Observation) -> Judgment {
    let connection = row.connection.as_deref();
    match context.impersonation(connection, &row.subject) {
        Some(source) => write_access::judge_rights(row.check, source),
        None => Judgment::error(format_message("row.no-response-kept", &[])),
    }
}
