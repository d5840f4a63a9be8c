//! Context of the diagnosis: the evidence with everything that depends on several rows.

use std::ops::Deref;

use crate::evidence::{AdministratorEvidence, ConnectionFacts, Evidence, Observation};
use crate::terms::{Api, CauseId};

use super::access_order::{self, AccessOrder, AccessOrders};
use super::access_pattern::{AccessPattern, AccessPatterns};
use super::configuration::Configured;
use super::evidence_index::EvidenceIndex;
use super::token_use::TokenUse;

/// The index of the evidence, the access patterns of the rooms, the access orders and the use of the tokens.
pub(super) struct Context<'e> {
    index: EvidenceIndex<'e>,
    patterns: AccessPatterns<'e>,
    orders: AccessOrders<'e>,
    tokens: TokenUse,
    configured: Option<Configured<'e>>,
}

impl<'e> Context<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        Self::with_administrator(evidence, None)
    }

    /// The context with the configuration that an administrator collected.
    pub(super) fn with_administrator(
        evidence: &'e Evidence,
        administrator: Option<&'e AdministratorEvidence>,
    ) -> Self {
        let index = EvidenceIndex::from_evidence(evidence);
        let patterns = AccessPatterns::from_index(&index);
        let orders = access_order::access_orders(&index);
        let tokens = TokenUse::from_index(&index);
        Self {
            index,
            patterns,
            orders,
            tokens,
            configured: administrator.map(|own| Configured::new(own, evidence.started_at)),
        }
    }

    /// The configuration that an administrator collected.
    pub(super) fn configured(&self) -> Option<&Configured<'e>> {
        self.configured.as_ref()
    }

    /// The order in which the service checks access and looks up an item, for a connection.
    pub(super) fn access_order(&self, connection: &str) -> Option<&AccessOrder> {
        self.orders.get(connection)
    }

    /// The use of the tokens: accepted or rejected by the services.
    pub(super) fn tokens(&self) -> &TokenUse {
        &self.tokens
    }

    /// Whether the service rejects a token in this row that it accepts in other rows.
    pub(super) fn is_refused_here_only(&self, row: &Observation, id: CauseId) -> bool {
        self.tokens.is_refused_here_only(&self.index, row, id)
    }

    /// The access pattern of all rooms that the app of a connection books over the same API, in any connection; an empty
    /// pattern if there is none.
    pub(super) fn access_pattern(&self, connection: &str) -> &AccessPattern {
        self.patterns.of_connection(connection)
    }

    /// Whether any app has access to a mailbox of the tenant over this API.
    pub(super) fn tenant_allows_access(&self, facts: &ConnectionFacts, api: Api) -> bool {
        self.patterns
            .of_tenant(&self.tenant_key(facts), api)
            .any(|pattern| pattern.access_allowed > 0)
    }
}

/// A context is also an index, so that callers look up the evidence in one place.
impl<'e> Deref for Context<'e> {
    type Target = EvidenceIndex<'e>;

    fn deref(&self) -> &Self::Target {
        &self.index
    }
}
