//! App registrations and tenants of the connections.

use std::collections::HashMap;

use crate::evidence::{ConnectionFacts, Evidence, Finding, Observation, TenantFacts};

/// An app registration in its tenant, in a comparable form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct AppId {
    /// The GUID of the tenant if discovery found it, else the tenant ID as typed; lowercase.
    pub(super) tenant: String,
    /// The client ID, lowercase.
    pub(super) client: String,
}

/// The tenants that discovery found, and the number of the app of each connection.
#[derive(Default)]
pub(super) struct AppRegistrations<'e> {
    tenants: HashMap<String, &'e TenantFacts>,
    numbers: HashMap<&'e str, usize>,
}

impl<'e> AppRegistrations<'e> {
    pub(super) fn from_evidence(evidence: &'e Evidence) -> Self {
        let tenants = evidence
            .observations
            .iter()
            .filter_map(found_tenant)
            .collect();
        let mut apps = Self {
            tenants,
            numbers: HashMap::new(),
        };
        apps.numbers = apps.numbered(evidence);
        apps
    }

    /// The facts that discovery found about the tenant of a connection.
    pub(super) fn tenant(&self, facts: &ConnectionFacts) -> Option<&'e TenantFacts> {
        self.tenants
            .get(&facts.tenant_id.to_ascii_lowercase())
            .copied()
    }

    /// The tenant of a connection. Its domain in one connection and its GUID in another are the same tenant.
    pub(super) fn tenant_key(&self, facts: &ConnectionFacts) -> String {
        let found = self.tenant(facts).map(|tenant| tenant.tenant_id.as_str());
        found.unwrap_or(&facts.tenant_id).to_ascii_lowercase()
    }

    /// The app registration of a connection, regardless of the client secret.
    pub(super) fn app(&self, facts: &ConnectionFacts) -> AppId {
        AppId {
            tenant: self.tenant_key(facts),
            client: facts.client_id.to_ascii_lowercase(),
        }
    }

    /// Whether two connections use one app registration.
    pub(super) fn is_same_app(&self, one: &ConnectionFacts, other: &ConnectionFacts) -> bool {
        self.numbers.get(one.name.as_str()) == self.numbers.get(other.name.as_str())
    }

    /// The number of the app of a connection.
    pub(super) fn number(&self, connection: &str) -> Option<usize> {
        self.numbers.get(connection).copied()
    }

    /// A number for the app of each connection.
    fn numbered(&self, evidence: &'e Evidence) -> HashMap<&'e str, usize> {
        let mut known: Vec<AppId> = Vec::new();
        let mut numbered = HashMap::new();
        for facts in &evidence.connections {
            // The search is linear; an installation has few different apps.
            let app = self.app(facts);
            let number = known
                .iter()
                .position(|other| *other == app)
                .unwrap_or_else(|| {
                    known.push(app);
                    known.len() - 1
                });
            numbered.insert(facts.name.as_str(), number);
        }
        numbered
    }
}

fn found_tenant(row: &Observation) -> Option<(String, &TenantFacts)> {
    match row.finding()? {
        Finding::Discovery(discovery) => {
            Some((row.subject.to_ascii_lowercase(), discovery.here.success()?))
        }
        _ => None,
    }
}
