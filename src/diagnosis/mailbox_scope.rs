//! Exchange role that an app needs, with a management scope of exactly the mailboxes of this check.

use std::collections::BTreeSet;

use crate::evidence::{ConnectionFacts, Observation};
use crate::knowledge::{self, Need, quote_powershell, scope_filter};
use crate::terms::{Api, CheckId, NeedId};

use super::diagnosis_context::Context;
use super::evidence_index::room_check;

/// A role and its scope.
pub(super) struct MailboxScope {
    need: &'static Need,
    mailboxes: Vec<String>,
}

impl MailboxScope {
    /// The scope for the first row of a cause: the sender for mail, else the rooms of the app.
    pub(super) fn new(
        context: &Context<'_>,
        facts: Option<&ConnectionFacts>,
        row: Option<&Observation>,
    ) -> Self {
        let sends =
            row.is_some_and(|row| matches!(row.check, CheckId::MailSend | CheckId::GrantMailSend));
        let need = match facts.and_then(|facts| facts.api) {
            _ if sends => NeedId::MailSend,
            Some(Api::Graph) => NeedId::GraphCalendar,
            _ => NeedId::EwsCalendar,
        };
        let mailboxes = match facts {
            Some(facts) if sends => facts.sender.iter().cloned().collect(),
            Some(facts) => rooms_of_app(context, facts),
            None => Vec::new(),
        };
        Self {
            need: knowledge::need(need),
            mailboxes,
        }
    }

    /// The value of a placeholder in a command, quoted for PowerShell.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        match name {
            "scope_name" => self.scope_name().map(quote_powershell),
            "scope_filter" => Some(scope_filter(&self.mailboxes)),
            _ => None,
        }
    }

    /// The name of the role.
    pub(super) fn role(&self) -> Option<&str> {
        self.need.exchange_rbac_role.as_deref()
    }

    fn scope_name(&self) -> Option<&'static str> {
        let id = &self.need.id;
        let scopes = &knowledge::requirements().rbac_scopes;
        scopes
            .iter()
            .find(|scope| scope.needs.contains(id))
            .map(|scope| scope.name.as_str())
    }
}

/// The rooms of all connections that use the same app over the same API. Over EWS the service accounts are included, because
/// ResourceXpress impersonates them.
fn rooms_of_app(context: &Context<'_>, facts: &ConnectionFacts) -> Vec<String> {
    let Some(api) = facts.api else {
        return Vec::new();
    };
    let is_same = |other: &&ConnectionFacts| {
        other.api == facts.api
            && other.client_id == facts.client_id
            && other.tenant_id == facts.tenant_id
    };
    let mut seen = BTreeSet::new();
    let mut mailboxes = Vec::new();
    for other in context.evidence.connections.iter().filter(is_same) {
        for address in mailboxes_of_connection(context, other, api) {
            if seen.insert(address.to_ascii_lowercase()) {
                mailboxes.push(address.clone());
            }
        }
    }
    mailboxes
}

fn mailboxes_of_connection<'a>(
    context: &'a Context<'_>,
    facts: &'a ConnectionFacts,
    api: Api,
) -> impl Iterator<Item = &'a String> {
    let rooms = context
        .rows(room_check(api), Some(&facts.name))
        .iter()
        .map(|row| &row.subject);
    let account = facts.service_account.as_ref().filter(|_| api == Api::Ews);
    rooms.chain(account).filter(|address| address.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(mailboxes: &[&str]) -> MailboxScope {
        let mailboxes = mailboxes
            .iter()
            .map(|&address| address.to_owned())
            .collect();
        MailboxScope {
            need: knowledge::need(NeedId::EwsCalendar),
            mailboxes,
        }
    }

    #[test]
    fn the_role_is_the_one_of_the_api() {
        assert_eq!(scope(&[]).role(), Some("Application EWS.AccessAsApp"));
        assert_eq!(
            scope(&[]).value("scope_name").as_deref(),
            Some("'ResourceXpress rooms'")
        );
    }
}
