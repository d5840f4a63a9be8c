//! When a response needs a control, and which request that is.

use std::collections::BTreeSet;

use crate::evidence::{Refusal, Reply};

/// When a connection needs a control, and which request that is.
#[derive(Debug, Clone, Default)]
pub struct ControlRules {
    /// Roles that allow writing to calendars.
    pub calendar_roles: Vec<String>,
    /// Roles that allow sending mail.
    pub mail_roles: Vec<String>,
    /// The lists whose items can be requested, in order of preference.
    pub lists: Vec<ControlList>,
    /// Error codes that refuse an item and not the caller.
    pub item_codes: BTreeSet<String>,
}

/// A list whose items are requested for a control.
#[derive(Debug, Clone)]
pub struct ControlList {
    /// The name in the address, such as `messages`.
    pub name: String,
    /// The beginning of every role that allows reading it.
    pub roles: String,
}

impl ControlRules {
    /// The first list for which a token with these roles certainly holds none.
    pub(super) fn list_for(&self, roles: &[String]) -> Option<&str> {
        let is_closed =
            |list: &&ControlList| !roles.iter().any(|role| role.starts_with(&list.roles));
        self.lists
            .iter()
            .find(is_closed)
            .map(|list| list.name.as_str())
    }

    /// Whether a response refuses the item that was requested, and not the caller.
    pub(super) fn is_about_the_item(&self, reply: &Reply<()>) -> bool {
        let Reply::Refused(Refusal {
            code, inner_codes, ..
        }) = reply
        else {
            return false;
        };
        let mut codes = code.iter().chain(inner_codes);
        codes.any(|code| {
            self.item_codes
                .iter()
                .any(|known| known.eq_ignore_ascii_case(code))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> ControlRules {
        let list = |name: &str, roles: &str| ControlList {
            name: name.to_owned(),
            roles: roles.to_owned(),
        };
        ControlRules {
            lists: vec![
                list("messages", "Mail.Read"),
                list("contacts", "Contacts.Read"),
            ],
            item_codes: ["ErrorInvalidIdMalformed".to_owned()].into(),
            ..ControlRules::default()
        }
    }

    #[test]
    fn the_control_requests_what_the_token_holds_no_role_for() {
        let known = rules();
        let list = |roles: &[&str]| {
            let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
            known.list_for(&roles).map(str::to_owned)
        };
        assert_eq!(
            list(&["Calendars.Read", "Mail.Send"]).as_deref(),
            Some("messages")
        );
        for role in ["Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic.All"] {
            assert_eq!(list(&[role]).as_deref(), Some("contacts"), "{role}");
        }
        assert_eq!(list(&["Mail.ReadBasic", "Contacts.ReadWrite"]), None);
    }

    #[test]
    fn only_a_refusal_of_the_item_needs_a_control() {
        let refused = |code: &str, inner: &[&str]| {
            let inner_codes = inner.iter().map(|code| (*code).to_owned()).collect();
            Reply::Refused(Refusal {
                status: 400,
                code: Some(code.to_owned()),
                inner_codes,
                ..Refusal::default()
            })
        };
        assert!(rules().is_about_the_item(&refused("errorInvalidIdMalformed", &[])));
        assert!(rules().is_about_the_item(&refused("UnknownError", &["ErrorInvalidIdMalformed"])));
        assert!(!rules().is_about_the_item(&refused("ErrorAccessDenied", &[])));
        assert!(!rules().is_about_the_item(&Reply::Success(())));
    }
}
