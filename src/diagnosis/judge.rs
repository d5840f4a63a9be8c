//! From evidence to rows: every planned check ends as exactly one row.

use super::context::Context;
use super::judgement::{Judgement, Raised, observed_of};
use super::result::{Diagnosis, Observed, ResultRow};
use super::{
    advice, blind_spots, causes, directory, grants, mailboxes, network, registration, rooms, settings, sign_in,
    surplus, tenant, writes,
};
use crate::evidence::{Asked, ConnectionFacts, Evidence, Observation};
use crate::knowledge::{self, phrase};
use crate::terms::{CheckId, NeedId, Resource, SkipReason};

/// Turns evidence into outcomes and causes. The same evidence always gives the same diagnosis.
pub fn diagnose(evidence: &Evidence) -> Diagnosis {
    let context = Context::new(evidence);
    let (mut rows, raised): (Vec<ResultRow>, Vec<Vec<Raised>>) = evidence
        .observations
        .iter()
        .enumerate()
        .map(|(index, observation)| row(evidence, index, observation, judge(&context, observation)))
        .unzip();
    let causes = causes::collect(&context, &raised, &mut rows);
    Diagnosis { rows, causes }
}

/// Judges one row of evidence.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgement {
    let judgement = judge_as_asked(context, row);
    if !row.withheld {
        return judgement;
    }
    let message = phrase("row.withheld", &[("detail", &judgement.message)]);
    Judgement { message, ..judgement }
}

fn judge_as_asked(context: &Context<'_>, row: &Observation) -> Judgement {
    match &row.asked {
        // A request was sent, so this is not a check that was left out.
        Asked::Skipped { reason: SkipReason::OutOfTime, .. } if !row.requests.is_empty() => {
            Judgement::unknown(phrase("row.cut-off", &[]))
        }
        Asked::Skipped { .. } if row.check == CheckId::RoomCalendarProcessing => judge_by_check(context, row),
        Asked::Skipped { reason, .. } if rooms::is_unlisted(row, *reason) => rooms::judge_unlisted(row),
        Asked::Skipped { reason, blocked_by } => skipped(*reason, *blocked_by),
        Asked::Crashed { message } => Judgement::error(message.clone()),
        Asked::Derived | Asked::Answered(_) => judge_by_check(context, row),
    }
}

fn judge_by_check(context: &Context<'_>, row: &Observation) -> Judgement {
    match row.check {
        CheckId::SettingsTenantId
        | CheckId::SettingsClientId
        | CheckId::SettingsClientSecret
        | CheckId::SettingsServerHostName
        | CheckId::SettingsServiceAccount
        | CheckId::SettingsRooms => settings::judge(context, row),
        CheckId::NetworkSignIn | CheckId::NetworkGraph | CheckId::NetworkExchange => network::judge_host(context, row),
        CheckId::NetworkClock => network::judge_clock(context),
        CheckId::TenantDiscovery => tenant::judge(context, row),
        CheckId::SignInGraph | CheckId::SignInExchange => sign_in::judge(context, row),
        CheckId::RegistrationSecretExpiry => registration::judge_secret(context, row),
        CheckId::RegistrationConsent => registration::judge_consent(context, row),
        CheckId::GrantFullAccessAsApp | CheckId::GrantCalendarsReadWrite => grants::judge_calendar(context, row),
        CheckId::GrantMailSend => grants::judge_single(context, row, NeedId::MailSend),
        CheckId::GrantUserReadAll => grants::judge_single(context, row, NeedId::Users),
        CheckId::GrantGroupReadAll => grants::judge_single(context, row, NeedId::Groups),
        CheckId::GrantSurplus => surplus::judge(context, row),
        CheckId::MailboxServiceAccount => mailboxes::judge_service_account(context, row),
        CheckId::MailboxCalendarRead | CheckId::MailboxCalendarWrite if row.asked == Asked::Derived => {
            mailboxes::judge_rights(context, row)
        }
        CheckId::MailboxImpersonation | CheckId::MailboxCalendarRead => mailboxes::judge_room(context, row),
        CheckId::MailboxCalendarWrite => writes::judge_write(context, row),
        CheckId::MailboxExpectDenied => mailboxes::judge_expect_denied(context, row),
        CheckId::MailSend => directory::judge_mail(context, row),
        CheckId::DirectoryUsers => directory::judge_listing(context, row, NeedId::Users),
        CheckId::DirectoryGroups => directory::judge_listing(context, row, NeedId::Groups),
        CheckId::ExchangeEwsRetirement => advice::judge_retirement(context, row),
        CheckId::RoomCalendarProcessing => Judgement::skipped(
            SkipReason::NeedsPermission,
            None,
            blind_spots::calendar_processing_message(context.evidence),
        ),
    }
}

fn skipped(reason: SkipReason, blocked_by: Option<CheckId>) -> Judgement {
    let message = match blocked_by {
        Some(blocker) => phrase("skipped.blocked-by", &[("detail", blocker.as_str())]),
        None => knowledge::skip_sentence(reason),
    };
    Judgement::skipped(reason, blocked_by, message)
}

/// The judgement over a row that follows from `source`, when `source` gave nothing to follow from: it is skipped for
/// the same reason, or blocked by it.
pub(super) fn blocked(source: &Observation) -> Judgement {
    match &source.asked {
        Asked::Skipped { reason, .. } if rooms::is_unlisted(source, *reason) => rooms::judge_unlisted(source),
        Asked::Skipped { reason, blocked_by } => skipped(*reason, *blocked_by),
        _ => skipped(SkipReason::Blocked, Some(source.check)),
    }
}

/// The judgement over a row that needs a token which is not there.
pub(super) fn blocked_by_sign_in(context: &Context<'_>, facts: &ConnectionFacts, api: Resource) -> Judgement {
    let check = match api {
        Resource::Graph => CheckId::SignInGraph,
        Resource::Exchange => CheckId::SignInExchange,
    };
    match context.rows(check, Some(&facts.name)).first() {
        Some(row) => blocked(row),
        None => skipped(SkipReason::NotApplicable, None),
    }
}

/// Whether the user left a check out.
pub(super) fn is_deselected(row: &Observation) -> bool {
    matches!(row.asked, Asked::Skipped { reason: SkipReason::Deselected, .. })
}

/// The row of the report, and the causes that it raises.
fn row(evidence: &Evidence, index: usize, observation: &Observation, judgement: Judgement) -> (ResultRow, Vec<Raised>) {
    let (skip_reason, blocked_by) = match judgement.skip {
        Some((reason, blocker)) => (Some(reason), blocker),
        None => (None, None),
    };
    let row = ResultRow {
        n: u32::try_from(index + 1).unwrap_or(u32::MAX),
        check: observation.check,
        connection: observation.connection.clone(),
        subject: observation.subject.clone(),
        outcome: judgement.outcome,
        requirement: observation.requirement,
        confidence: judgement.confidence,
        declared: judgement.declared,
        observed: judgement.observed.map(|observed| with_status(observed, evidence, observation)),
        message: judgement.message,
        cause: judgement.raised.first().map(|raised| raised.id.to_string()),
        skip_reason,
        blocked_by,
        requests: observation.requests.clone(),
        duration_ms: observation.duration_ms,
    };
    (row, judgement.raised)
}

/// What a row saw, with the status of a success out of the ledger.
pub(super) fn observed_with_status(evidence: &Evidence, row: &Observation) -> Option<Observed> {
    Some(with_status(observed_of(row)?, evidence, row))
}

/// What was seen, with the status out of the ledger where neither a status nor a detail was: it was a success.
fn with_status(mut observed: Observed, evidence: &Evidence, row: &Observation) -> Observed {
    if observed.status.is_none() && observed.detail.is_none() {
        observed.status = last_status(evidence, row);
    }
    observed
}

/// Said of a batch of Graph in which something else failed, never of what succeeded in it.
const FAILED_ELSEWHERE: u16 = 424;

/// The status of the last request behind a row, out of the ledger.
fn last_status(evidence: &Evidence, observation: &Observation) -> Option<u16> {
    let last = observation.requests.last()?;
    let index = usize::try_from(last.checked_sub(1)?).ok()?;
    let status = evidence.requests.get(index).filter(|request| request.n == *last)?.status;
    status.filter(|status| *status != FAILED_ELSEWHERE)
}
