//! Index of the evidence: the rows, tokens and registrations of each connection.

use std::collections::HashMap;

use crate::evidence::{
    ConnectionFacts, Evidence, Finding, Observation, RegistrationFacts, Reply, TenantFacts,
    TokenFacts,
};
use crate::knowledge::{self, AccessLevel, Need};
use crate::terms::{Api, CheckGroup, CheckId, NeedId, Resource, Service};

use super::app_registrations::{AppId, AppRegistrations};

/// Whether the roles in a token satisfy a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Declared {
    /// The token contains a role that satisfies the need.
    Yes(String),
    /// The token contains a role that satisfies a part of the need: read access only, or basic attributes only.
    Partly(String),
    /// The token contains no such role.
    No,
    /// There is a token, but it cannot be decoded.
    Unreadable,
    /// There is no token.
    NoToken,
}

/// The rows of one check.
#[derive(Default)]
struct Rows<'e> {
    shared: Vec<&'e Observation>,
    own: HashMap<&'e str, Vec<&'e Observation>>,
}

impl<'e> Rows<'e> {
    fn push(&mut self, observation: &'e Observation) {
        match observation.connection.as_deref() {
            Some(name) => self.own.entry(name).or_default().push(observation),
            None => self.shared.push(observation),
        }
    }
}

/// The evidence with its index.
pub(super) struct EvidenceIndex<'e> {
    pub(super) evidence: &'e Evidence,
    by_check: HashMap<CheckId, Rows<'e>>,
    /// The impersonation rows by connection and mailbox. Two other rows of each mailbox are derived from them.
    impersonations: HashMap<(Option<&'e str>, &'e str), &'e Observation>,
    apps: AppRegistrations<'e>,
}

impl<'e> EvidenceIndex<'e> {
    pub(super) fn from_evidence(evidence: &'e Evidence) -> Self {
        let mut by_check: HashMap<CheckId, Rows<'e>> = HashMap::new();
        let mut impersonations = HashMap::new();
        for observation in &evidence.observations {
            by_check
                .entry(observation.check)
                .or_default()
                .push(observation);
            if observation.check == CheckId::MailboxImpersonation {
                let mailbox = (
                    observation.connection.as_deref(),
                    observation.subject.as_str(),
                );
                impersonations.entry(mailbox).or_insert(observation);
            }
        }
        Self {
            evidence,
            by_check,
            impersonations,
            apps: AppRegistrations::from_evidence(evidence),
        }
    }

    /// The facts that discovery found about the tenant of a connection.
    pub(super) fn tenant(&self, facts: &ConnectionFacts) -> Option<&'e TenantFacts> {
        self.apps.tenant(facts)
    }

    /// The tenant of a connection, as a GUID if discovery found it.
    pub(super) fn tenant_key(&self, facts: &ConnectionFacts) -> String {
        self.apps.tenant_key(facts)
    }

    /// The app registration of a connection.
    pub(super) fn app(&self, facts: &ConnectionFacts) -> AppId {
        self.apps.app(facts)
    }

    /// Whether two connections use one app registration.
    pub(super) fn is_same_app(&self, one: &ConnectionFacts, other: &ConnectionFacts) -> bool {
        self.apps.is_same_app(one, other)
    }

    /// All connections with the app registration of `facts`, in the order of the settings.
    pub(super) fn connections_of_app(
        &self,
        facts: &ConnectionFacts,
    ) -> impl Iterator<Item = &'e ConnectionFacts> + use<'_, 'e> {
        let app = self.apps.number(&facts.name);
        let same = move |other: &&ConnectionFacts| self.apps.number(&other.name) == app;
        self.evidence.connections.iter().filter(same)
    }

    /// The rows of a check in all connections with the app and the API of `facts`; those of `facts` come first.
    pub(super) fn rows_of_app(
        &self,
        check: CheckId,
        facts: &ConnectionFacts,
    ) -> Vec<&'e Observation> {
        let others = self
            .connections_of_app(facts)
            .filter(|other| other.api == facts.api && other.name != facts.name);
        let mut rows = self.rows(check, Some(&facts.name)).to_vec();
        rows.extend(others.flat_map(|other| self.rows(check, Some(&other.name)).iter().copied()));
        rows
    }

    /// The response to the request for an Exchange token whose only purpose is to find unused permissions. Connections over
    /// EWS have their own token.
    pub(super) fn advisory_sign_in(
        &self,
        facts: &ConnectionFacts,
    ) -> Option<&'e Reply<TokenFacts>> {
        let rows = self.rows(CheckId::GrantSurplus, Some(&facts.name)).iter();
        let mut own = rows.filter(|row| {
            self.connection_of(row)
                .is_some_and(|other| self.is_same_app(other, facts))
        });
        own.find_map(|row| match row.finding()? {
            Finding::SignIn(reply) => Some(reply),
            _ => None,
        })
    }

    /// The rows of a check in a connection, or the shared rows if the connection has none of its own.
    pub(super) fn rows(&self, check: CheckId, connection: Option<&str>) -> &[&'e Observation] {
        let Some(rows) = self.by_check.get(&check) else {
            return &[];
        };
        connection
            .and_then(|name| rows.own.get(name))
            .unwrap_or(&rows.shared)
    }

    /// The row that checks whether the app of a connection can impersonate a mailbox.
    pub(super) fn impersonation(
        &self,
        connection: Option<&str>,
        mailbox: &str,
    ) -> Option<&'e Observation> {
        self.impersonations.get(&(connection, mailbox)).copied()
    }

    /// The host of a service, as its `network.*` row names it.
    pub(super) fn host_of(&self, service: Service) -> Option<&'e str> {
        let check = match service {
            Service::SignIn => CheckId::NetworkSignIn,
            Service::Graph => CheckId::NetworkGraph,
            Service::Exchange => CheckId::NetworkExchange,
        };
        self.host_at(check)
    }

    pub(super) fn connection(&self, name: &str) -> Option<&'e ConnectionFacts> {
        self.evidence
            .connections
            .iter()
            .find(|facts| facts.name == name)
    }

    /// The connection of a row; for a shared row the first connection with its app or tenant.
    pub(super) fn connection_of(&self, observation: &Observation) -> Option<&'e ConnectionFacts> {
        if let Some(name) = &observation.connection {
            return self.connection(name);
        }
        // A sign-in row is shared by the connections with the same credentials.
        if let Some(credentials) = observation.credentials {
            return self
                .evidence
                .connections
                .iter()
                .find(|facts| facts.credentials == credentials);
        }
        // The subject of any other shared row is a tenant or an app.
        let is = |id: &str| id.eq_ignore_ascii_case(&observation.subject);
        let connections = &self.evidence.connections;
        connections
            .iter()
            .find(|facts| is(&facts.client_id) || is(&facts.tenant_id))
            .or_else(|| connections.first())
    }

    /// The host whose response a row is based on, as the `network.*` rows name it.
    pub(super) fn host_of_row(&self, observation: &Observation) -> Option<&'e str> {
        self.host_at(self.network_check(observation))
    }

    fn host_at(&self, check: CheckId) -> Option<&'e str> {
        let row = self
            .evidence
            .observations
            .iter()
            .find(|row| row.check == check)?;
        Some(&row.subject)
    }

    fn network_check(&self, observation: &Observation) -> CheckId {
        match observation.check {
            CheckId::NetworkSignIn
            | CheckId::TenantDiscovery
            | CheckId::SignInGraph
            | CheckId::SignInExchange => CheckId::NetworkSignIn,
            CheckId::NetworkExchange
            | CheckId::MailboxImpersonation
            | CheckId::GrantFullAccessAsApp => CheckId::NetworkExchange,
            // Mailboxes are reached over the API of their connection.
            check if check.group() == CheckGroup::Mailbox => {
                match self.connection_of(observation).and_then(|facts| facts.api) {
                    Some(Api::Ews) => CheckId::NetworkExchange,
                    _ => CheckId::NetworkGraph,
                }
            }
            _ => CheckId::NetworkGraph,
        }
    }

    /// The response to the sign-in for one API.
    pub(super) fn sign_in(&self, connection: &str, api: Resource) -> Option<&'e Reply<TokenFacts>> {
        let check = match api {
            Resource::Graph => CheckId::SignInGraph,
            Resource::Exchange => CheckId::SignInExchange,
        };
        self.rows(check, Some(connection))
            .iter()
            .find_map(|row| match row.finding()? {
                Finding::SignIn(reply) => Some(reply),
                _ => None,
            })
    }

    /// The token of a connection. A token of another tenant, or one that acts for a user, does not count.
    pub(super) fn token(&self, connection: &str, api: Resource) -> Option<&'e TokenFacts> {
        self.own_token(connection, self.sign_in(connection, api)?)
    }

    fn own_token(&self, connection: &str, reply: &'e Reply<TokenFacts>) -> Option<&'e TokenFacts> {
        let token = reply.success()?;
        let tenant = self
            .connection(connection)
            .and_then(|facts| self.tenant(facts));
        let foreign = match (&token.tenant_id, tenant) {
            (Some(tid), Some(tenant)) => !tid.eq_ignore_ascii_case(&tenant.tenant_id),
            _ => false,
        };
        // Scopes beside roles are an odd claim, and the live responses decide.
        let is_of_a_user = token.scopes.is_some() && token.roles.is_empty();
        (!foreign && !is_of_a_user).then_some(token)
    }

    /// The registration that the app of a connection can read. It is the same for every credential set of the app.
    pub(super) fn registration(&self, connection: &str) -> Option<&'e RegistrationFacts> {
        let app = &self.connection(connection)?.client_id;
        let rows = self
            .evidence
            .observations
            .iter()
            .filter(|row| row.check == CheckId::RegistrationConsent);
        rows.filter(|row| row.subject.eq_ignore_ascii_case(app))
            .find_map(|row| match row.finding()? {
                Finding::Registration(reply) => reply.success(),
                _ => None,
            })
    }

    /// The token of an app for one API, from any of its connections. If one credential set is rejected, the token of
    /// another one counts, because the roles belong to the app.
    pub(super) fn token_of_app(
        &self,
        facts: &ConnectionFacts,
        api: Resource,
    ) -> Option<&'e TokenFacts> {
        let own = std::iter::once(facts).filter_map(|own| self.token(&own.name, api));
        let others = self
            .connections_of_app(facts)
            .filter_map(|other| self.token(&other.name, api));
        let advisory = || {
            self.advisory_sign_in(facts)
                .filter(|_| api == Resource::Exchange)
        };
        own.chain(others)
            .next()
            .or_else(|| self.own_token(&facts.name, advisory()?))
    }

    pub(super) fn declared(&self, connection: &str, need: &Need) -> Declared {
        let Some(token) = self.token(connection, need.api) else {
            return Declared::NoToken;
        };
        if !token.readable {
            return Declared::Unreadable;
        }
        let satisfaction = knowledge::match_roles(need, &token.roles);
        match (satisfaction.level, satisfaction.by) {
            (AccessLevel::Full, Some(by)) => Declared::Yes(by),
            (AccessLevel::Basic | AccessLevel::ReadOnly, Some(by)) => Declared::Partly(by),
            _ => Declared::No,
        }
    }

    /// All roles in the token that are relevant to a need.
    pub(super) fn declared_roles(&self, connection: &str, need: &Need) -> Vec<String> {
        let Some(token) = self.token(connection, need.api) else {
            return Vec::new();
        };
        let bears = |role: &String| {
            knowledge::match_roles(need, &[role.as_str()]).level != AccessLevel::None
        };
        token
            .roles
            .iter()
            .filter(|role| bears(role))
            .cloned()
            .collect()
    }
}

/// The first check of each room, by the API of the connection.
pub(super) fn room_check(api: Api) -> CheckId {
    match api {
        Api::Ews => CheckId::MailboxImpersonation,
        Api::Graph => CheckId::MailboxCalendarRead,
    }
}

/// The permission for room calendars, by the API of the connection.
pub(super) fn calendar_need(api: Api) -> &'static Need {
    knowledge::need(NeedId::calendar(api))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{evidence, row, token};
    use super::*;
    use crate::evidence::Execution;

    #[test]
    fn every_row_belongs_to_the_host_that_responded() {
        let (sign_in, graph, exchange) =
            ("login.example:443", "graph.example:443", "ews.example:443");
        let mut evidence = evidence(token(&[]), Vec::new());
        for (check, host) in [
            (CheckId::NetworkSignIn, sign_in),
            (CheckId::NetworkGraph, graph),
            (CheckId::NetworkExchange, exchange),
        ] {
            evidence
                .observations
                .push(row(check, host, Execution::Derived));
        }
        let host = |check, api| {
            let mut evidence = evidence.clone();
            evidence.connections[0].api = Some(api);
            let index = EvidenceIndex::from_evidence(&evidence);
            index
                .host_of_row(&row(check, "", Execution::Derived))
                .map(str::to_owned)
        };
        for (check, over_ews, over_graph) in [
            (CheckId::NetworkSignIn, sign_in, sign_in),
            (CheckId::TenantDiscovery, sign_in, sign_in),
            (CheckId::SignInGraph, sign_in, sign_in),
            (CheckId::SignInExchange, sign_in, sign_in),
            (CheckId::NetworkExchange, exchange, exchange),
            (CheckId::MailboxImpersonation, exchange, exchange),
            (CheckId::GrantFullAccessAsApp, exchange, exchange),
            (CheckId::MailboxServiceAccount, exchange, graph),
            (CheckId::MailboxCalendarWrite, exchange, graph),
            (CheckId::NetworkGraph, graph, graph),
            (CheckId::DirectoryUsers, graph, graph),
            (CheckId::MailSend, graph, graph),
        ] {
            assert_eq!(host(check, Api::Ews).as_deref(), Some(over_ews), "{check}");
            assert_eq!(
                host(check, Api::Graph).as_deref(),
                Some(over_graph),
                "{check}"
            );
        }
    }
}
