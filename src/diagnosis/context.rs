//! The evidence with what follows from all of it together, so that a judgement over one row can look at the others.

use std::ops::Deref;

use super::index::EvidenceIndex;
use super::order::{self, Order, Orders};
use super::pattern::{Pattern, Patterns};
use super::token_use::TokenUse;
use crate::evidence::{ConnectionFacts, Evidence, Observation};
use crate::terms::{Api, CauseId};

/// The index of the evidence, the patterns over the rooms, and what the services made of the tokens.
pub(super) struct Context<'e> {
    index: EvidenceIndex<'e>,
    patterns: Patterns<'e>,
    orders: Orders<'e>,
    tokens: TokenUse,
}

impl<'e> Context<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        let index = EvidenceIndex::of(evidence);
        let patterns = Patterns::of(&index);
        let orders = order::orders(&index);
        let tokens = TokenUse::of(&index);
        Self {
            index,
            patterns,
            orders,
            tokens,
        }
    }

    /// The order in which the service decides about access and looks at an item, as a connection shows it.
    pub(super) fn order(&self, connection: &str) -> Option<&Order> {
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
    pub(super) fn pattern(&self, connection: &str) -> &Pattern {
        self.patterns.behind(connection)
    }

    /// Whether a mailbox of the tenant let any app in over this API.
    pub(super) fn tenant_is_open(&self, facts: &ConnectionFacts, api: Api) -> bool {
        self.patterns
            .of_tenant(&self.tenant_key(facts), api)
            .any(|pattern| pattern.let_in > 0)
    }
}

/// A context is the index and more: whatever looks something up in the evidence may look it up here.
impl<'e> Deref for Context<'e> {
    type Target = EvidenceIndex<'e>;

    fn deref(&self) -> &Self::Target {
        &self.index
    }
}
