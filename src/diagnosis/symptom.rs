//! Symptoms: what a single response shows, without the roles in the token and without the other rooms.

use crate::terms::{CauseGroup, CauseId};

/// The symptom of one response.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Symptom {
    /// The service completed the request, or would complete it.
    Ok,
    /// The response names this cause and no other.
    Named(CauseId),
    /// Permission, scope or policy: the declared roles and the access pattern decide which.
    AccessRefused,
    /// EWS is disabled, for the organization or the mailbox.
    EwsOff,
    /// A policy denies EWS to this app or its User-Agent.
    EwsPolicy,
    /// The service reports that the item does not exist, so it accepted the caller. This is a success only for a request
    /// that expects such a response.
    AcceptedCaller,
    /// Exchange finds no such mailbox; the access pattern distinguishes a typo from a hybrid tenant.
    MailboxMissing,
}

impl Symptom {
    /// Whether the response is about the mailbox and not about access, which shows that access was granted.
    pub(super) fn shows_that_access_was_granted(&self) -> bool {
        matches!(self, Self::Named(id) if AFTER_ACCESS_CHECK.contains(id))
    }

    /// Whether the response leaves the check undecided.
    pub(super) fn is_undecided(&self) -> bool {
        matches!(self, Self::Named(id) if is_undecided(*id))
    }

    /// Whether the response denies access to this app in any form.
    pub(super) fn is_refusal_of_access(&self) -> bool {
        match self {
            Self::AccessRefused | Self::EwsOff | Self::EwsPolicy => true,
            Self::Named(id) => REFUSALS_OF_ACCESS.contains(id),
            Self::Ok | Self::AcceptedCaller | Self::MailboxMissing => false,
        }
    }
}

/// Causes that only a response about the mailbox itself can name.
const AFTER_ACCESS_CHECK: &[CauseId] = &[
    CauseId::MailboxAliasUsed,
    CauseId::MailboxAccountDisabled,
    CauseId::MailboxCalendarMissing,
    CauseId::MailboxLicenseMissing,
    CauseId::MailboxMoving,
];

/// Causes that deny access to this app, as opposed to a problem of one mailbox.
const REFUSALS_OF_ACCESS: &[CauseId] = &[
    CauseId::EwsImpersonationDenied,
    CauseId::MailboxAccessBlocked,
    CauseId::MailboxOutsideAccessPolicy,
    CauseId::SignInConditionalAccess,
    CauseId::SignInServicePrincipalMissing,
    CauseId::SignInTenantRestricted,
    CauseId::SignInTokenRefused,
    CauseId::TenantAccessBlocked,
    CauseId::TenantWrongCloud,
];

/// Whether a cause only states that no decision was possible: no response, an unavailable service, a mailbox being moved.
pub(super) fn is_undecided(cause: CauseId) -> bool {
    matches!(cause.group(), CauseGroup::Service | CauseGroup::Network)
        || cause == CauseId::MailboxMoving
        || cause == CauseId::GrantWriteUnproven
}
