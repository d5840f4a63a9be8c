//! The words of `requirements`: who may consent, and the narrower way inside Exchange.

use serde::Deserialize;

use crate::terms::NeedId;

use super::table::{Embedded, Table};

/// The texts and command templates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// Who may consent to application permissions of Microsoft Graph.
    pub graph_consent: String,
    /// Who may consent to permissions of Exchange Online.
    pub exchange_consent: String,
    /// What the consent address does.
    pub consent_note: String,
    /// What the portal adds without need.
    pub not_needed: String,
    /// What RBAC for Applications is.
    pub rbac_intro: String,
    /// What it cannot do.
    pub rbac_none: String,
    /// In which order to change over.
    pub rbac_order: String,
    /// What is not known about EWS without a consent in Entra.
    pub rbac_doubt: String,
    /// How the app becomes known to Exchange; placeholders `{client_id}` and `{object_id}`.
    pub rbac_app: String,
    /// Who must be in reach of which permission.
    #[serde(rename = "rbac_scope")]
    pub rbac_scopes: Vec<RbacScope>,
}

/// A set of mailboxes that a permission must reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RbacScope {
    /// The ids of the needs whose role is assigned for it.
    pub needs: Vec<NeedId>,
    /// The name of the scope.
    pub name: String,
    /// How the scope is made; placeholder `{scope_filter}`, a filter that holds the mailbox of [`RbacScope::test`].
    pub commands: String,
    /// The mailbox to test it with: a placeholder.
    pub test: String,
}

impl RbacScope {
    /// How a role is assigned for this scope; placeholders `{client_id}` and `{role}`.
    pub fn assignment(&self) -> String {
        format!(
            "New-ManagementRoleAssignment -App {{client_id}} -Role {{role}} -CustomResourceScope '{}'",
            self.name
        )
    }

    /// How the reach of the app is tested; the placeholders of [`RbacScope::test`] and `{client_id}`.
    pub fn test_command(&self) -> String {
        format!(
            "Test-ServicePrincipalAuthorization -Identity {{client_id}} -Resource {}",
            self.test
        )
    }
}

impl Table for Requirements {
    const FILE: &'static str = "requirements.toml";
}

static REQUIREMENTS: Embedded<Requirements> = Embedded::new();

/// The texts and command templates.
pub fn requirements() -> &'static Requirements {
    REQUIREMENTS.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::need;

    #[test]
    fn every_need_that_exchange_can_grant_has_a_scope_of_its_own() {
        let texts = requirements();
        assert!(texts.rbac_app.contains("{client_id}") && texts.rbac_app.contains("{object_id}"));
        for id in [NeedId::EwsCalendar, NeedId::GraphCalendar, NeedId::MailSend] {
            assert!(need(id).exchange_rbac_role.is_some(), "{id}");
            assert!(
                texts
                    .rbac_scopes
                    .iter()
                    .any(|scope| scope.needs.contains(&id)),
                "{id}"
            );
        }
        for scope in &texts.rbac_scopes {
            assert!(
                scope.commands.contains(&format!("-Name '{}'", scope.name)),
                "{}",
                scope.name
            );
            assert!(
                scope.test_command().contains("{client_id}")
                    && scope.assignment().contains("{role}")
            );
        }
    }
}
