//! The evidence of an administrator with its index, and whether it belongs to a connection.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::evidence::{
    AdministratorEvidence, ApplicationAccessPolicy, CommandFailure, ConnectionFacts,
    MailboxAdministration,
};

/// The command that lists the access policies.
const LISTS_POLICIES: &str = "Get-ApplicationAccessPolicy";

/// With more time between the run and the evidence, the configuration may have changed, so nothing is confirmed by it.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// The evidence of an administrator with its index.
pub(in crate::diagnosis) struct Configured<'e> {
    pub(super) evidence: &'e AdministratorEvidence,
    by_address: HashMap<String, &'e MailboxAdministration>,
    started_at: Timestamp,
}

impl<'e> Configured<'e> {
    /// Indexes the evidence for a run that began at `started_at`.
    pub(in crate::diagnosis) fn new(
        evidence: &'e AdministratorEvidence,
        started_at: Timestamp,
    ) -> Self {
        let mut by_address = HashMap::new();
        // The address of the settings comes first: an alias of one mailbox can be the entry of another.
        for mailbox in &evidence.mailboxes {
            by_address
                .entry(mailbox.address.to_ascii_lowercase())
                .or_insert(mailbox);
        }
        Self {
            evidence,
            by_address,
            started_at,
        }
    }

    /// The entry of an address of the settings.
    pub(super) fn mailbox(&self, address: &str) -> Option<&'e MailboxAdministration> {
        self.by_address.get(&address.to_ascii_lowercase()).copied()
    }

    /// The access policies of the tenant; `None` if they were not read.
    pub(super) fn access_policies(&self) -> Option<&'e [ApplicationAccessPolicy]> {
        if let Some(policies) = &self.evidence.access_policies {
            return Some(policies);
        }
        let failure = self.evidence.failure(LISTS_POLICIES, None)?;
        means_no_policy(LISTS_POLICIES, failure).then_some(&[])
    }

    /// The tenant of the evidence: that of a session of the administrator, or the one that the script was written for.
    pub(super) fn tenant_id(&self) -> &'e str {
        let session = self.evidence.exchange_tenant_id.as_deref();
        session
            .or(self.evidence.graph_tenant_id.as_deref())
            .unwrap_or(&self.evidence.tenant_id)
    }

    /// Whether it was collected within a day of the run, before or afterward.
    pub(super) fn is_recent(&self) -> bool {
        self.age().abs() <= RECENT
    }

    /// How long before the run it was collected; negative if afterward.
    pub(super) fn age(&self) -> SignedDuration {
        self.started_at.duration_since(self.evidence.collected_at)
    }

    /// Whether the evidence is about the tenant of a connection. `tenant_key` is its GUID, if discovery found it.
    pub(super) fn is_about(&self, facts: &ConnectionFacts, tenant_key: &str) -> bool {
        let sessions = [
            self.evidence.exchange_tenant_id.as_deref(),
            self.evidence.graph_tenant_id.as_deref(),
        ];
        let is_own = |id: &str| id.eq_ignore_ascii_case(tenant_key);
        // The sessions of the administrator decide: the script can be run in another tenant by mistake.
        if sessions.iter().any(Option::is_some) && tenant_key.parse::<uuid::Uuid>().is_ok() {
            return sessions.into_iter().flatten().all(is_own);
        }
        let entered = &self.evidence.tenant_id;
        is_own(entered) || entered.eq_ignore_ascii_case(&facts.tenant_id)
    }
}

/// Whether a failure means that the tenant has no access policy: Exchange has no place for them before the first one.
pub(super) fn means_no_policy(command: &str, failure: &CommandFailure) -> bool {
    command == LISTS_POLICIES && failure.error.contains("couldn't be found")
}
