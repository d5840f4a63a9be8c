//! Which connections belong to one app registration.

use std::collections::HashMap;

use super::context::Context;
use crate::evidence::{ConnectionFacts, Observation};
use crate::terms::CheckId;

/// An app registration in its tenant, in a form that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct AppId {
    /// The GUID of the tenant where discovery found it, else the tenant id as typed; lowercase.
    pub(super) tenant: String,
    /// The client id, lowercase.
    pub(super) client: String,
}

impl<'e> Context<'e> {
    /// The tenant of a connection. A tenant that one connection names by its domain and another by its GUID is the same.
    pub(super) fn tenant_key(&self, facts: &ConnectionFacts) -> String {
        let found = self.tenant(facts).map(|tenant| tenant.tenant_id.as_str());
        found.unwrap_or(&facts.tenant_id).to_ascii_lowercase()
    }

    /// The app registration of a connection, whichever of its secrets the connection uses.
    pub(super) fn app(&self, facts: &ConnectionFacts) -> AppId {
        AppId { tenant: self.tenant_key(facts), client: facts.client_id.to_ascii_lowercase() }
    }

    /// Every connection with the app registration of `facts`, in the order of the settings.
    pub(super) fn connections_of_app(
        &self,
        facts: &ConnectionFacts,
    ) -> impl Iterator<Item = &'e ConnectionFacts> + use<'_, 'e> {
        let app = self.apps.get(facts.name.as_str()).copied();
        let same = move |other: &&ConnectionFacts| self.apps.get(other.name.as_str()).copied() == app;
        self.evidence.connections.iter().filter(same)
    }

    /// Whether two connections use one app registration.
    pub(super) fn is_same_app(&self, one: &ConnectionFacts, other: &ConnectionFacts) -> bool {
        self.apps.get(one.name.as_str()) == self.apps.get(other.name.as_str())
    }

    /// A number for the app of each connection.
    pub(super) fn numbered_apps(&self) -> HashMap<&'e str, usize> {
        let mut known: Vec<AppId> = Vec::new();
        let mut numbered = HashMap::new();
        for facts in &self.evidence.connections {
            let app = self.app(facts);
            let number = known.iter().position(|other| *other == app).unwrap_or_else(|| {
                known.push(app);
                known.len() - 1
            });
            numbered.insert(facts.name.as_str(), number);
        }
        numbered
    }

    /// The rows of a check over every connection with the app and the API of `facts`; those of `facts` first.
    pub(super) fn rows_of_app(&self, check: CheckId, facts: &ConnectionFacts) -> Vec<&'e Observation> {
        let others = self.connections_of_app(facts).filter(|other| other.api == facts.api && other.name != facts.name);
        let mut rows = self.rows(check, Some(&facts.name)).to_vec();
        rows.extend(others.flat_map(|other| self.rows(check, Some(&other.name)).iter().copied()));
        rows
    }
}
