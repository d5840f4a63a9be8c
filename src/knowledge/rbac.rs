//! The commands that limit an app to the mailboxes of ResourceXpress, with the values of the customer.

use super::commands::{quote_powershell, recipient_filter};
use super::permissions::Need;
use super::requirements::{RbacScope, requirements};
use super::template::{fill, marker};

/// Maximum number of addresses in a filter. A longer filter is hard to maintain, so a group replaces it.
const LONGEST_FILTER: usize = 20;
const BY_GROUP: &str = "\"MemberOfGroup -eq '<distinguished name of the group>'\"";

/// What is filled in. A missing value becomes a marker.
#[derive(Debug, Clone, Copy, Default)]
pub struct RbacValues<'v> {
    /// The Application (client) ID.
    pub client_id: Option<&'v str>,
    /// The addresses of the rooms.
    pub rooms: &'v [String],
    /// The Resource Login User ID.
    pub service_account: Option<&'v str>,
    /// The sender of outgoing mail.
    pub sender: Option<&'v str>,
    /// What is appended to the name of each scope. Scopes of two apps with other mailboxes need different names.
    pub scope_suffix: Option<&'v str>,
}

/// The filter of a scope that holds these mailboxes and no others, or the members of a group if there are many.
pub fn scope_filter(mailboxes: &[String]) -> String {
    match mailboxes.len() {
        0 => recipient_filter(["<room address>"]),
        many if many > LONGEST_FILTER => BY_GROUP.to_owned(),
        _ => recipient_filter(mailboxes.iter().map(String::as_str)),
    }
}

/// The commands for the permissions that Exchange can grant, as one script.
pub fn rbac_commands(needs: &[&Need], values: &RbacValues<'_>) -> String {
    let texts = requirements();
    let mut lines = vec![values.fill(&texts.rbac_app, "", None)];
    for scope in &texts.rbac_scopes {
        let served = needs.iter().filter(|need| scope.needs.contains(&need.id));
        let roles: Vec<&str> = served
            .filter_map(|need| need.exchange_rbac_role.as_deref())
            .collect();
        // A scope for which no needed permission has a role in Exchange would only add commands without effect.
        if roles.is_empty() {
            continue;
        }
        lines.push(values.fill(&scope.commands, "", Some(scope)));
        lines.extend(
            roles
                .iter()
                .map(|role| values.fill(&scope.assignment(), role, Some(scope))),
        );
        lines.push(values.fill(&scope.test_command(), "", Some(scope)));
    }
    lines.join("\n")
}

impl RbacValues<'_> {
    /// The values are quoted, so that they cannot become PowerShell code.
    fn fill(&self, template: &str, role: &str, scope: Option<&RbacScope>) -> String {
        let client_id = || {
            self.client_id
                .map_or_else(|| marker("client_id"), str::to_owned)
        };
        let filled = fill(template, &|name| match name {
            "client_id" => Some(quote_powershell(&client_id())),
            // Nothing that this program may read contains this ID before a token was issued.
            "object_id" => Some("'<object id of the enterprise application>'".to_owned()),
            "room" | "service_account" | "sender" => Some(quote_powershell(&self.mailbox(name))),
            "scope_filter" => scope.map(|scope| self.filter(scope)),
            "role" => Some(quote_powershell(role)),
            _ => None,
        });
        match (scope, self.scope_suffix) {
            (Some(scope), Some(suffix)) => {
                let own = format!("{} {suffix}", scope.name);
                filled.replace(&quote_powershell(&scope.name), &quote_powershell(&own))
            }
            _ => filled,
        }
    }

    /// The filter of a scope. Its test names the mailbox that the scope is for.
    fn filter(&self, scope: &RbacScope) -> String {
        match scope.test.trim_matches(['{', '}']) {
            "room" => scope_filter(self.rooms),
            name => recipient_filter([self.mailbox(name).as_str()]),
        }
    }

    fn mailbox(&self, name: &str) -> String {
        let (known, marker) = match name {
            "room" => (self.rooms.first().map(String::as_str), "<room address>"),
            "service_account" => (self.service_account, "<Resource Login User ID>"),
            _ => (self.sender.or(self.service_account), "<sender of the mail>"),
        };
        known.unwrap_or(marker).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::need;
    use crate::terms::NeedId;

    fn rooms(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("r{n}@x.com")).collect()
    }

    #[test]
    fn the_filter_names_the_mailboxes_and_no_others() {
        assert_eq!(
            scope_filter(&rooms(2)),
            "\"PrimarySmtpAddress -eq 'r0@x.com' -or PrimarySmtpAddress -eq 'r1@x.com'\""
        );
        assert_eq!(
            scope_filter(&[]),
            "\"PrimarySmtpAddress -eq '<room address>'\""
        );
        assert_eq!(scope_filter(&rooms(LONGEST_FILTER + 1)), BY_GROUP);
    }

    #[test]
    fn each_scope_has_its_own_mailboxes() {
        let needs = [
            need(NeedId::EwsCalendar),
            need(NeedId::MailSend),
            need(NeedId::Users),
        ];
        let rooms = rooms(1);
        let values = RbacValues {
            client_id: Some("9a41"),
            rooms: &rooms,
            service_account: Some("svc@x.com"),
            sender: Some("mail@x.com"),
            scope_suffix: None,
        };
        let text = rbac_commands(&needs, &values);
        let suffixed = RbacValues {
            scope_suffix: Some("9a41"),
            ..values
        };
        let own = rbac_commands(&needs, &suffixed);
        assert_eq!(
            own.matches("'ResourceXpress rooms 9a41'").count(),
            text.matches("'ResourceXpress rooms'").count()
        );
        assert!(!own.contains("'ResourceXpress rooms'"), "{own}");
        for mailbox in ["r0@x.com", "svc@x.com", "mail@x.com"] {
            let filter = format!("\"PrimarySmtpAddress -eq '{mailbox}'\"");
            assert!(text.contains(&filter), "{text}");
        }
        assert!(
            text.contains("'Application EWS.AccessAsApp'") && !text.contains('{'),
            "{text}"
        );
    }
}
