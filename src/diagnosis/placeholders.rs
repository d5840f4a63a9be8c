//! Values for the placeholders of a remedy, quoted for the shell in commands.

use std::collections::BTreeMap;

use crate::evidence::{ConnectionFacts, Evidence, Observation};
use crate::knowledge::{self, format_message, quote_bash, quote_powershell};
use crate::terms::{Api, Resource};

use super::diagnosis_context::Context;
use super::mailbox_scope::MailboxScope;
use super::name_enumeration;

/// How many subjects a sentence names before it counts the rest.
const MAX_NAMES: usize = 3;

/// Separator of hosts and permissions in a joined value. A command is repeated for each host.
pub(super) const LIST_SEPARATOR: &str = ", ";

/// The values for one cause.
pub(super) struct Placeholders<'c> {
    evidence: &'c Evidence,
    facts: Option<&'c ConnectionFacts>,
    app_name: Option<String>,
    scope: MailboxScope,
    subjects: &'c [String],
    connections: &'c [String],
    own: &'c BTreeMap<&'static str, String>,
}

impl<'c> Placeholders<'c> {
    pub(super) fn new(
        context: &'c Context<'_>,
        facts: Option<&'c ConnectionFacts>,
        row: Option<&Observation>,
        subjects: &'c [String],
        own: &'c BTreeMap<&'static str, String>,
    ) -> Self {
        let app_name = facts.and_then(|facts| app_name(context, facts));
        let scope = MailboxScope::new(context, facts, row);
        Self {
            evidence: context.evidence,
            facts,
            app_name,
            scope,
            subjects,
            connections: &[],
            own,
        }
    }

    /// Adds the affected connections.
    pub(super) fn of_connections(self, connections: &'c [String]) -> Self {
        Self {
            connections,
            ..self
        }
    }

    /// Fills in the placeholders of a sentence.
    pub(super) fn fill_sentence(&self, template: &str) -> String {
        let filled = knowledge::fill(template, &|name| match name {
            "rooms" => self.short_subject_list(),
            name => self.value(name),
        });
        if template.starts_with('{') {
            capitalized(filled)
        } else {
            filled
        }
    }

    /// Fills in the placeholders of a command, quoted for `shell`.
    pub(super) fn fill_command(&self, shell: &str, template: &str) -> String {
        let quote = if shell == "powershell" {
            quote_powershell
        } else {
            quote_bash
        };
        let fill = |host: Option<&str>| {
            knowledge::fill(template, &|name| {
                let known = match name {
                    // PowerShell receives the rooms as an array, bash as separate arguments.
                    "rooms" => self.joined(if shell == "powershell" { "," } else { " " }, quote),
                    "host" => host.map(quote),
                    "port" => self.value(name),
                    name => self
                        .scope
                        .value(name)
                        .or_else(|| self.value(name).map(|value| quote(&value))),
                };
                // Without quotes a shell interprets the angle brackets of a missing value as redirection.
                known.or_else(|| Some(quote(&knowledge::marker(name))))
            })
        };
        let hosts: Vec<&str> = self
            .own
            .get("host")
            .into_iter()
            .flat_map(|hosts| hosts.split(LIST_SEPARATOR))
            .collect();
        match hosts.as_slice() {
            [] => fill(None),
            [first, ..] if !template.contains("{host}") => fill(Some(first)),
            hosts => hosts
                .iter()
                .map(|host| fill(Some(host)))
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// The first subjects and the number of the others, because a cause can affect thousands of rooms.
    fn short_subject_list(&self) -> Option<String> {
        Some(name_enumeration::join_first(self.subjects, MAX_NAMES))
            .filter(|named| !named.is_empty())
    }

    /// The first subject, preferably not the service account, which need not be in the scope of the rooms.
    fn room(&self) -> Option<String> {
        let account = self.facts.and_then(|facts| facts.service_account.as_ref());
        let is_room =
            |own: &&String| !account.is_some_and(|account| own.eq_ignore_ascii_case(account));
        let room = self.subjects.iter().find(is_room);
        room.or(self.subjects.first()).cloned()
    }

    fn joined(&self, separator: &str, write: impl Fn(&str) -> String) -> Option<String> {
        let written: Vec<String> = self.subjects.iter().map(|subject| write(subject)).collect();
        (!written.is_empty()).then(|| written.join(separator))
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(own) = self.own.get(name) {
            return Some(own.clone());
        }
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        match name {
            "tenant_id" => self.facts.and_then(|facts| given(&facts.tenant_id)),
            "client_id" => self.facts.and_then(|facts| given(&facts.client_id)),
            "connection" => self.connection(),
            "service_account" => self.facts.and_then(|facts| facts.service_account.clone()),
            "sender" => self.facts.and_then(|facts| facts.sender.clone()),
            // The name is only known after a sign-in; the portal finds an app by its id as well.
            "app_name" => self.app_name.clone().or_else(|| self.value("client_id")),
            "room" => self.room(),
            "sign_in_host" => Some(self.evidence.sign_in_host.clone()),
            "graph_url" => {
                knowledge::cloud(&self.evidence.cloud).map(|cloud| cloud.graph_url.clone())
            }
            "ews_url" => knowledge::cloud(&self.evidence.cloud).map(|cloud| cloud.ews_url.clone()),
            "portal" => {
                knowledge::cloud(&self.evidence.cloud).and_then(|cloud| cloud.portal.clone())
            }
            "right_address" => match self.facts?.api? {
                Api::Ews => self.value("ews_url"),
                Api::Graph => self.value("graph_url"),
            },
            "rbac_role" => self.scope.role().map(str::to_owned),
            "user_agent" => Some(self.evidence.user_agent.clone()),
            "consent_url" => self.consent_address(),
            "consequence" => self.consequence(),
            "other_cloud_name" => self.own.get("other_cloud").map(|ids| cloud_names(ids)),
            _ => None,
        }
    }

    /// The connection, or the first of several with the number of the others.
    fn connection(&self) -> Option<String> {
        match self.connections {
            [first, others @ ..] if !others.is_empty() => Some(format!(
                "{} (and {} more)",
                in_a_sentence(first),
                others.len()
            )),
            [only] => Some(in_a_sentence(only)),
            _ => self.facts.map(|facts| in_a_sentence(&facts.name)),
        }
    }

    /// What does not work without the missing permissions; each sentence appears once.
    fn consequence(&self) -> Option<String> {
        let permissions = self.own.get("permission")?;
        let mut sentences: Vec<&str> = Vec::new();
        for need in permissions
            .split(LIST_SEPARATOR)
            .filter_map(knowledge::need_of_value)
        {
            if !sentences.contains(&need.without.as_str()) {
                sentences.push(&need.without);
            }
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// Entra's consent address in its documented form.
    fn consent_address(&self) -> Option<String> {
        let facts = self.facts?;
        let host = &self.evidence.sign_in_host;
        Some(format!(
            "https://{host}/{}/adminconsent?client_id={}",
            facts.tenant_id, facts.client_id
        ))
    }
}

/// The names of the clouds in a value such as `gcc-high or dod`.
fn cloud_names(ids: &str) -> String {
    let labels: Vec<&str> = ids.split(" or ").map(knowledge::cloud_label).collect();
    labels.join(" or ")
}

/// The name of a connection in a sentence. `system` would look like an ordinary word.
pub(super) fn in_a_sentence(connection: &str) -> String {
    if connection == "system" {
        format_message("connection.main", &[])
    } else {
        connection.to_owned()
    }
}

/// Capitalizes a sentence that begins with the main connection. A customer's name keeps its case.
fn capitalized(sentence: String) -> String {
    let main = format_message("connection.main", &[]);
    match sentence.strip_prefix(&main) {
        Some(rest) => format!("{}{}{rest}", main[..1].to_uppercase(), &main[1..]),
        None => sentence,
    }
}

/// A host without its port. An IPv6 address without brackets has no port.
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if !name.ends_with(':') && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    }
}

/// The port of a host; 443 if it has none.
pub(super) fn port_of(host: &str) -> &str {
    host.get(without_port(host).len() + 1..).unwrap_or("443")
}

fn app_name(context: &Context<'_>, facts: &ConnectionFacts) -> Option<String> {
    let registered = context
        .registration(&facts.name)
        .and_then(|registration| registration.display_name.clone());
    let from_token = |api| {
        context
            .token(&facts.name, api)
            .and_then(|token| token.app_name.clone())
    };
    registered
        .or_else(|| from_token(Resource::Graph))
        .or_else(|| from_token(Resource::Exchange))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_without_a_port_has_that_of_https() {
        assert_eq!(
            (
                without_port("graph.microsoft.com"),
                port_of("graph.microsoft.com")
            ),
            ("graph.microsoft.com", "443")
        );
        assert_eq!(
            (without_port("127.0.0.1:8443"), port_of("127.0.0.1:8443")),
            ("127.0.0.1", "8443")
        );
        assert_eq!(
            (without_port("[::1]:8443"), without_port("2001:db8::1")),
            ("[::1]", "2001:db8::1")
        );
    }
}
