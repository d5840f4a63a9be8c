//! Who can fix a problem.

use super::id_enum::id_enum;

id_enum! {
    /// The least powerful role that can fix a cause. Microsoft's roles have the names of the Entra admin center.
    AdminRole, "role":
    /// Can change the ResourceXpress settings.
    ResourceXpressAdministrator = "ResourceXpress administrator",
    /// Can change app registrations and enterprise applications, and consent to all but Graph application permissions.
    CloudApplicationAdministrator = "Cloud Application Administrator",
    /// Can also consent to Microsoft Graph application permissions.
    PrivilegedRoleAdministrator = "Privileged Role Administrator",
    /// Can change mailboxes, Exchange policies and Exchange role assignments.
    ExchangeAdministrator = "Exchange Administrator",
    /// Network operations of the customer. The id is part of saved reports; [`AdminRole::label`] is for people.
    NetworkOperator = "whoever runs the proxy or firewall",
    /// No role is needed: waiting or trying again is enough. The id is part of saved reports.
    NotNeeded = "nobody",
}

impl AdminRole {
    /// The name for people. Microsoft's roles are named by their id.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NetworkOperator => "network administrator (proxy or firewall)",
            Self::NotNeeded => "no action needed; wait and check again",
            role => role.as_str(),
        }
    }
}
