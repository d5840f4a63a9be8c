//! Judgments of checks that did not run: without input, blocked by another check, or excluded by the user.

use crate::evidence::{ConnectionFacts, Execution, Observation};
use crate::knowledge::{self, format_message};
use crate::terms::{CheckId, Resource, SkipReason};

use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised};

/// The judgment of a check that did not run, for one of the listed reasons.
pub(super) fn skipped_judgment(reason: SkipReason, blocked_by: Option<CheckId>) -> Judgment {
    let message = match blocked_by {
        Some(blocker) => format_message("skipped.blocked-by", &[("detail", blocker.as_str())]),
        None => knowledge::skip_sentence(reason).to_owned(),
    };
    Judgment::skipped(reason, blocked_by, message)
}

/// The judgment of a row that depends on `source`, if `source` has no usable result: skipped for the same reason, or blocked.
pub(super) fn judge_by_source(source: &Observation) -> Judgment {
    match &source.execution {
        Execution::Skipped { reason, .. } if lacks_room_list(source, *reason) => {
            judge_without_room_list(source)
        }
        Execution::Skipped { reason, blocked_by } => skipped_judgment(*reason, *blocked_by),
        _ => skipped_judgment(SkipReason::Blocked, Some(source.check)),
    }
}

/// The judgment of a row that needs a missing token.
pub(super) fn blocked_by_sign_in(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    api: Resource,
) -> Judgment {
    let check = match api {
        Resource::Graph => CheckId::SignInGraph,
        Resource::Exchange => CheckId::SignInExchange,
    };
    match context.rows(check, Some(&facts.name)).first() {
        Some(row) => judge_by_source(row),
        None => skipped_judgment(SkipReason::NotApplicable, None),
    }
}

/// Whether the user excluded a check.
pub(super) fn is_deselected(row: &Observation) -> bool {
    matches!(
        row.execution,
        Execution::Skipped {
            reason: SkipReason::Deselected,
            ..
        }
    )
}

/// Judges a row about rooms if no room is known, because the app cannot list them.
pub(super) fn judge_without_room_list(row: &Observation) -> Judgment {
    let message = format_message("rooms.none-known", &[]);
    Judgment::skipped(SkipReason::NeedsPermission, None, message)
        .raising(room_list_note().with_subject(row.connection.clone()))
}

/// Whether a check of rooms did not run because there is no room list.
pub(super) fn lacks_room_list(row: &Observation, reason: SkipReason) -> bool {
    let rooms = [
        CheckId::MailboxImpersonation,
        CheckId::MailboxCalendarRead,
        CheckId::MailboxCalendarWrite,
    ];
    reason == SkipReason::NeedsPermission && rooms.contains(&row.check)
}

/// The note about other ways to provide the rooms.
pub(super) fn room_list_note() -> Raised {
    Raised::new(knowledge::room_list_need().missing_cause)
}

/// Whether a check did not run because no mailbox could be chosen for it.
pub(super) fn lacks_choice(row: &Observation, reason: SkipReason) -> bool {
    let without_list = [SkipReason::NeedsPermission, SkipReason::NeedsInput];
    row.check == CheckId::MailboxExpectDenied && without_list.contains(&reason)
}

/// Judges a check for which no mailbox could be chosen. The user wants a proof, so the verdict must not be `ready` without it.
pub(super) fn judge_unchosen(reason: SkipReason) -> Judgment {
    let key = match reason {
        SkipReason::NeedsPermission => "expect-denied.not-listed",
        _ => "expect-denied.none-found",
    };
    Judgment::unknown(format_message(key, &[]))
}
