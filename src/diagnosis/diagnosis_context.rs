//! The evidence with what follows from all of it together, so that a judgment over one row can look at the others.

use std::ops::Deref;

use super::access_order::{self, AccessOrder, AccessOrders};
use super::access_pattern::{AccessPattern, AccessPatterns};
use super::evidence_index::EvidenceIndex;
use super::token_use::TokenUse;
use crate::evidence::{ConnectionFacts, Evidence, Observation};
use crate::terms::{Api, CauseId};

/// The index of the evidence, the patterns over the rooms, and what the services made of the tokens.
pub(super) struct Context<'e> {
    index: EvidenceIndex<'e>,
    patterns: AccessPatterns<'e>,
    orders: AccessOrders<'e>,
    tokens: TokenUse,
}

impl<'e> Context<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        let index = EvidenceIndex::from_evidence(evidence);
        let patterns = AccessPatterns::from_index(&index);
        let orders = access_order::access_orders(&index);
        let tokens = TokenUse::from_index(&index);
        Self {
            index,
            patterns,
            orders,
            tokens,
        }
    }

    /// The order in which the service decides about access and looks at an item, as a connection shows it.
    pub(super) fn access_order(&self, connection: &str) -> Option<&AccessOrder> {
        self.orders.get(connection)
    }

    /// What the services made of the tokens.
    pub(super) fn tokens(&self) -> &TokenUse {
        &self.tokens
    }

    /// Whether a service rejects a token in this row that it accepts elsewhere.
    pub(super) fn is_refused_here_only(&self, row: &Observation, id: CauseId) -> bool {
        self.tokens.is_refused_here_only(&self.index, row, id)
    }

    /// The pattern over all rooms that the app of a connection books over the same API, whichever connection lists
    /// them; an empty one while it is not known.
    pub(super) fn access_pattern(&self, connection: &str) -> &AccessPattern {
        self.patterns.of_connection(connection)
    }

    /// Whether a mailbox of the tenant let any app in over this API.
    pub(super) fn tenant_allows_access(&self, facts: &ConnectionFacts, api: Api) -> bool {
        self.patterns
            .of_tenant(&self.tenant_key(facts), api)
            .any(|pattern| pattern.access_allowed > 0)
    }
}

/// A context is the index and more: whatever looks something up in the evidence may look it up here.
impl<'e> Deref for Context<'e> {
    type Target = EvidenceIndex<'e>;

    fn deref(&self) -> &Self::Target {
        &self.index
    }
}
