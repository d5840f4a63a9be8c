//! Evidence that an administrator collects: the configuration that the app itself cannot see.
//!
//! The script of `collect` writes it as one JSON file. A field that is absent or `null` was not read: its command failed, or
//! did not run. [`AdministratorEvidence::commands`] states which. A list that was read and is empty is an empty list.
//! Every text comes from a file that others wrote; it is data, and is sanitized where it is printed.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::administrator_app::{
    AppAdministration, AppManagementPolicy, DirectoryFacts, WorkloadPolicy,
};
use super::administrator_exchange::{
    ApplicationAccessPolicy, EwsUserAgentPolicy, ExchangeOrganization, ExchangeServicePrincipal,
    HybridFacts, ManagementScope, RoleAssignment,
};
use super::administrator_mailbox::MailboxAdministration;

/// The value of [`AdministratorEvidence::document`].
pub const ADMINISTRATOR_DOCUMENT: &str = "rx-preflight administrator evidence";

/// The version of the form of the evidence. Within a major version, fields are only added.
pub const ADMINISTRATOR_SCHEMA_VERSION: &str = "1.0";

/// What an administrator can see about the tenant, the apps, and the mailboxes of one set of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorEvidence {
    /// The version of this form, `major.minor`.
    pub schema_version: String,
    /// What this file is: always `rx-preflight administrator evidence`.
    pub document: String,
    /// The program that wrote the script.
    pub tool: AdministratorTool,
    /// When the script began to collect, UTC.
    #[schemars(with = "String")]
    pub collected_at: Timestamp,
    /// The tenant ID of the settings that the script was written for, as entered: a GUID or a domain.
    pub tenant_id: String,
    /// The tenant ID of the Exchange Online session (`Get-ConnectionInformation`).
    #[serde(default)]
    pub exchange_tenant_id: Option<String>,
    /// The tenant ID of the Microsoft Graph session (`Get-MgContext`).
    #[serde(default)]
    pub graph_tenant_id: Option<String>,
    /// Every command that the script ran, and how often it succeeded. A command that is not listed did not run.
    #[serde(default)]
    pub commands: Vec<CommandRecord>,
    /// `Get-OrganizationConfig`.
    #[serde(default)]
    pub organization: Option<ExchangeOrganization>,
    /// `EwsAllowedAppIDs` of `Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy`, one app ID each.
    #[serde(default)]
    pub ews_allowed_app_ids: Option<Vec<String>>,
    /// The User-Agent policy of the organization (`Get-OrganizationConfig`).
    #[serde(default)]
    pub ews_user_agents: Option<EwsUserAgentPolicy>,
    /// `Get-OnPremisesOrganization`.
    #[serde(default)]
    pub hybrid: Option<HybridFacts>,
    /// `Get-ApplicationAccessPolicy`: the policies of the apps of the settings and those for every app (`*`).
    #[serde(default)]
    pub access_policies: Option<Vec<ApplicationAccessPolicy>>,
    /// `Get-ServicePrincipal`: the apps of the settings that are registered in Exchange.
    #[serde(default)]
    pub exchange_service_principals: Option<Vec<ExchangeServicePrincipal>>,
    /// `Get-ManagementRoleAssignment`: the assignments of the apps of the settings.
    #[serde(default)]
    pub role_assignments: Option<Vec<RoleAssignment>>,
    /// `Get-ManagementScope`: the scopes that these assignments name.
    #[serde(default)]
    pub management_scopes: Option<Vec<ManagementScope>>,
    /// The tenant in Microsoft Entra ID.
    #[serde(default)]
    pub directory: Option<DirectoryFacts>,
    /// The apps of the settings, one entry for each client ID.
    #[serde(default)]
    pub apps: Vec<AppAdministration>,
    /// The app management policy of the tenant. Those of single apps are in [`AppAdministration::management_policies`].
    #[serde(default)]
    pub app_management: Option<AppManagementPolicy>,
    /// The Conditional Access policies for workload identities.
    #[serde(default)]
    pub workload_policies: Option<Vec<WorkloadPolicy>>,
    /// The rooms, the service accounts and the senders of the settings, one entry for each address.
    #[serde(default)]
    pub mailboxes: Vec<MailboxAdministration>,
}

/// The program that wrote the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorTool {
    /// `rx-preflight`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One command of the script, and how often it succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandRecord {
    /// The command: a cmdlet such as `Get-CalendarProcessing`, or a request such as `GET /applications`.
    pub name: String,
    /// How many of its calls succeeded.
    pub succeeded: u64,
    /// Those that failed.
    #[serde(default)]
    pub failures: Vec<CommandFailure>,
}

/// A call that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandFailure {
    /// The app ID or the address that it was about; absent for a call about the tenant.
    #[serde(default)]
    pub subject: Option<String>,
    /// The app ID, for a call about an address and an app.
    #[serde(default)]
    pub app_id: Option<String>,
    /// The error text.
    pub error: String,
}

impl AdministratorEvidence {
    /// The entry of an app.
    pub fn app(&self, app_id: &str) -> Option<&AppAdministration> {
        self.apps
            .iter()
            .find(|app| app.app_id.eq_ignore_ascii_case(app_id))
    }

    /// The record of a command; `None` if it did not run.
    pub fn command(&self, name: &str) -> Option<&CommandRecord> {
        self.commands
            .iter()
            .find(|command| command.name.eq_ignore_ascii_case(name))
    }

    /// The error of a call about `subject` (`None`: about the tenant); `None` if that call did not fail or did not run.
    pub fn failure(&self, command: &str, subject: Option<&str>) -> Option<&CommandFailure> {
        self.command(command)?
            .failures
            .iter()
            .find(|failure| match (&failure.subject, subject) {
                (None, None) => true,
                (Some(found), Some(wanted)) => found.eq_ignore_ascii_case(wanted),
                _ => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn evidence() -> AdministratorEvidence {
        serde_json::from_value(json!({
            "schema_version": ADMINISTRATOR_SCHEMA_VERSION,
            "document": ADMINISTRATOR_DOCUMENT,
            "tool": { "name": "rx-preflight", "version": "0.1.0" },
            "collected_at": "2026-11-28T08:00:00Z",
            "tenant_id": "contoso.com",
            "commands": [
                { "name": "Get-Recipient", "succeeded": 1,
                  "failures": [{ "subject": "b@contoso.com", "error": "couldn't be found" }] },
                { "name": "Get-OrganizationConfig", "succeeded": 0, "failures": [{ "error": "denied" }] },
            ],
            "access_policies": [],
            "mailboxes": [
                { "address": "a@contoso.com",
                  "recipient": { "addresses": ["alias@contoso.com"] } },
            ],
        }))
        .unwrap()
    }

    #[test]
    fn not_read_differs_from_read_and_empty() {
        let evidence = evidence();
        assert_eq!(evidence.access_policies, Some(Vec::new()));
        assert_eq!(evidence.role_assignments, None);
        assert_eq!(evidence.organization, None);
    }

    #[test]
    fn a_failure_belongs_to_its_subject() {
        let evidence = evidence();
        let error = |command: &str, subject: Option<&str>| {
            evidence
                .failure(command, subject)
                .map(|failure| failure.error.as_str())
        };
        assert_eq!(
            error("Get-Recipient", Some("B@contoso.com")),
            Some("couldn't be found")
        );
        assert_eq!(error("Get-Recipient", Some("a@contoso.com")), None);
        assert_eq!(error("Get-Recipient", None), None);
        assert_eq!(error("Get-OrganizationConfig", None), Some("denied"));
        assert_eq!(evidence.command("Get-CASMailbox"), None);
    }
}
